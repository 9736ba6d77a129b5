// What the page of `quorate view` must do, checked in a browser; each check throws what is wrong.
"use strict";

const assert = require("node:assert/strict");
const { execFileSync } = require("node:child_process");
const fs = require("node:fs");
const { program, folder, check, file, linesOf } = require("./harness.js");
const { settled, press, eventAtHand, colours } = require("./page_driver.js");

const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

for (const name of ["crash", "partition", "violation", "commit", "paxos", "window", "cut"]) {
  check(`${name}: opens without a request or an error, and is not blank`, async (driver) => {
    await driver.open(file(`${name}.html`), async (page) => {
      assert.ok((await colours(page, "#lanes-canvas")) > 20);
      assert.ok((await colours(page, "#scrubber-canvas")) > 4);
      assert.ok((await page.locator("#rows tr[data-at]").count()) > 5);
      assert.match(await eventAtHand(page), /^e\d+$/);
      await press(page, "0", "x", "End", "Home", "x", "+", "-", "]", "[");
      assert.ok((await colours(page, "#lanes-canvas")) > 20);
    });
  });
}

check("a run opens at its violation, else at its first fault", async (driver) => {
  const violation = linesOf("violation.jsonl").find((line) => line.k === "violation");
  await driver.open(file("violation.html"), async (page) => {
    assert.equal(await eventAtHand(page), `e${violation.i}`);
  });
  const crash = linesOf("crash.jsonl").find((line) => line.k === "crash");
  await driver.open(file("crash.html"), async (page) => {
    assert.equal(await eventAtHand(page), `e${crash.i}`);
  });
});

check("by keyboard alone: search, next, cause, effect, step, copy", async (driver) => {
  const lines = linesOf("crash.jsonl");
  const restart = lines.find((line) => line.k === "restart");
  await driver.open(file("crash.html"), async (page) => {
    await press(page, "/");
    await page.keyboard.type("restart");
    await press(page, "Enter", "Escape");
    let at = Number((await eventAtHand(page)).slice(1));
    assert.equal(lines[at].k, "fault");
    await press(page, "n");
    assert.equal(await eventAtHand(page), `e${restart.i}`);
    await press(page, "c");
    assert.equal(await eventAtHand(page), `e${restart.cause}`);
    await press(page, "v", "ArrowRight", "ArrowLeft", "ArrowLeft");
    assert.equal(await eventAtHand(page), `e${restart.i - 1}`);
    await press(page, "End");
    assert.equal(await eventAtHand(page), `e${lines.length - 1}`);
    await press(page, "y");
    await page.waitForFunction(() => document.getElementById("status").textContent !== "");
    assert.match(await page.textContent("#status"), /^(Copied: )?.*e\d+/);
  });
});

check("Tab reaches every part of the page, and what has the focus shows it", async (driver) => {
  await driver.open(file("commit.html"), async (page) => {
    const seen = new Set();
    for (let i = 0; i < 60; ++i) {
      await page.keyboard.press("Tab");
      const [id, outline] = await page.evaluate(() => {
        const { activeElement } = document;
        return [activeElement.id, getComputedStyle(activeElement).outlineWidth];
      });
      if (id !== "") assert.notEqual(outline, "0px", id);
      seen.add(id);
    }
    for (const id of ["play", "search", "lanes", "scrubber", "table", "inspector", "open-help"]) {
      assert.ok(seen.has(id), id);
    }
  });
});

check("the table mirrors the diagram: arrows move its row, which is announced", async (driver) => {
  await driver.open(file("paxos.html"), async (page) => {
    await page.focus("#table");
    await press(page, "Home", "ArrowDown", "ArrowDown", "PageDown");
    const active = await page.getAttribute("#table", "aria-activedescendant");
    const row = page.locator(`#${active}`);
    assert.equal(await row.getAttribute("aria-selected"), "true");
    const name = await row.locator("td").first().textContent();
    assert.equal(name, await eventAtHand(page));
    await page.waitForFunction((start) => {
      return document.getElementById("status").textContent.startsWith(`${start}, `);
    }, name);
    const rows = Number(await page.getAttribute("#table", "aria-rowcount"));
    assert.equal(rows, linesOf("paxos.jsonl").length + 1);
    assert.ok((await page.locator("#rows tr").count()) < 100, "only rows in sight exist");
  });
});

check("a link leads to its event and its view, and the address follows", async (driver) => {
  await driver.open(
    file("crash.html"),
    async (page) => {
      assert.equal(await eventAtHand(page), "e318");
      await press(page, "ArrowRight");
      await page.waitForFunction(() => location.hash.startsWith("#e=319&axis=events&"));
      await page.evaluate(() => (location.hash = "#e=40"));
      await page.waitForFunction(
        () => document.querySelector("#inspector h2 .index").textContent === "e40",
      );
    },
    { hash: "#e=318&axis=events&from=300&to=340" },
  );
});

// The fields of a node as the inspector shows them; of a log, how many entries it has.
function shownFields(page) {
  return page.$$eval("#inspector table.fields:has(caption) tr", (rows) =>
    rows.map((row) => {
      const log = row.querySelector("ol.log");
      const now = row.querySelector("ins") ?? row.querySelector("td");
      const text = log ? `${log.start + log.children.length - 1} entries` : now.textContent;
      return [row.querySelector("th").textContent, text];
    }),
  );
}
// The same for a state as `replay` prints it, as far as fields are plain enough to compare.
function fieldsOf(state) {
  const several = Object.values(state).every((value) => value && value.constructor === Object);
  const fields = several
    ? Object.entries(state).flatMap(([role, inner]) =>
        Object.entries(inner).map(([key, value]) => [`${role}.${key}`, value]),
      )
    : Object.entries(state);
  const isWord = (value) => /^\w+$/.test(String(value));
  return fields.flatMap(([key, value]) => {
    if (key === "log" && value.length > 0) return [[key, `${value.length} entries`]];
    if (Array.isArray(value) && value.every(isWord)) return [[key, `[${value.join(", ")}]`]];
    return value === null || isWord(value) ? [[key, String(value)]] : [];
  });
}

for (const [name, seeds] of [
  ["crash", 12],
  ["commit", 12],
  ["paxos", 8],
  ["window", 4],
]) {
  check(`${name}: states are those of quorate replay --until`, async (driver) => {
    const trace = name === "window" ? "crash" : name;
    let events = linesOf(`${trace}.jsonl`).filter((line) => line.set);
    if (name === "window") events = events.filter((line) => line.t >= 65e7 && line.t <= 1e9);
    await driver.open(file(`${name}.html`), async (page) => {
      let compared = 0;
      for (let i = 0; i < seeds; ++i) {
        const event = events[Math.floor((i * (events.length - 1)) / (seeds - 1))];
        const words = ["replay", file(`${trace}.jsonl`), "--until", `e${event.i}`, "--json"];
        const { nodes } = JSON.parse(execFileSync(program, words, { encoding: "utf8" }));
        if (!nodes) continue; // the last event: the run is over
        const { state } = nodes.find((node) => node.name === event.n);
        await page.evaluate((at) => (location.hash = `#e=${at}`), event.i);
        await page.waitForFunction(
          (at) => document.querySelector("#inspector h2 .index").textContent === `e${at}`,
          event.i,
        );
        const shown = new Map(await shownFields(page));
        for (const [key, text] of fieldsOf(state)) {
          assert.equal(shown.get(key)?.replace("empty", "[]"), text, `${key} at e${event.i}`);
          ++compared;
        }
      }
      assert.ok(compared > 10, `${compared} fields`);
    });
  });
}

// To the event at that position of the trace.
async function goTo(page, index) {
  await page.evaluate((at) => (location.hash = `#e=${at}`), index);
  await page.waitForFunction(
    (at) => document.querySelector("#inspector h2 .index").textContent === `e${at}`,
    index,
  );
}

check("names of fields break between words, never within one", async (driver) => {
  for (const [name, key] of [
    ["crash", "next_index"],
    ["commit", "coordinator"],
  ]) {
    for (const width of [1280, 1000, 380]) {
      await driver.open(
        file(`${name}.html`),
        async (page) => {
          const last = linesOf(`${name}.jsonl`).findLast((line) => line.set);
          await goTo(page, last.i);
          const words = await page.$$eval("#inspector table.fields th", (cells) =>
            cells.flatMap((cell) =>
              [...cell.childNodes]
                .filter((node) => node.nodeType === Node.TEXT_NODE)
                .map((node) => {
                  const range = document.createRange();
                  range.selectNode(node);
                  const tops = [...range.getClientRects()].map((box) => Math.round(box.top));
                  return [node.textContent, new Set(tops).size];
                }),
            ),
          );
          assert.ok(words.length > 5);
          const found = await page.$$eval("#inspector table.fields th", (cells) =>
            cells.map((cell) => cell.textContent).join(" "),
          );
          assert.match(found, new RegExp(key));
          for (const [word, lines] of words) assert.equal(lines, 1, `${word} at ${width} pixels`);
        },
        { viewport: { width, height: 800 } },
      );
    }
  }
});

check("a sentence and a command break between their words alone", async (driver) => {
  await driver.open(file("commit.html"), async (page) => {
    const words = await page.$$eval("#inspector .word", (all) =>
      all.map((one) => [one.textContent, one.offsetHeight]),
    );
    const texts = words.map(([text]) => text);
    assert.ok(texts.includes("->") && texts.includes("--until"), texts.join(" "));
    const heights = words.filter(([text]) => text.length < 9).map(([, height]) => height);
    assert.ok(Math.max(...heights) < 1.5 * Math.min(...heights), heights.join());
  });
});

check("an epoch has its protocol's name, and numbers of an entry theirs", async (driver) => {
  const lines = linesOf("crash.jsonl");
  await driver.open(file("crash.html"), async (page) => {
    for (const name of ["epoch", "elected"]) {
      await goTo(page, lines.findLast((line) => line.k === "event" && line.name === name).i);
      const sentence = await page.textContent("#inspector .sentence");
      assert.match(sentence, /term/);
      assert.doesNotMatch(sentence, /epoch/);
    }
    await goTo(page, lines.findLast((line) => line.set?.log).i);
    const entry = await page.locator("#inspector ol.log li").last().textContent();
    assert.match(entry, /^term \d+ · command client \d+, serial \d+, \w+ \w+ \w+$/);
  });
});

// The words that the diagram draws beside its marks.
async function drawnLabels(page) {
  await page.evaluate(() => {
    const { prototype } = CanvasRenderingContext2D;
    const draw = prototype.strokeText;
    window.drawnLabels = [];
    prototype.strokeText = function (text, ...rest) {
      window.drawnLabels.push(text);
      return draw.call(this, text, ...rest);
    };
  });
  await press(page, "+", "-");
  return page.evaluate(() => window.drawnLabels);
}

check("of records at one moment the label names the last, as the band does", async (driver) => {
  await driver.open(file("commit.html"), async (page) => {
    await press(page, "0");
    const labels = await drawnLabels(page);
    assert.ok(labels.includes("vote commit"), labels.join(", "));
    assert.ok(!labels.includes("INIT") && !labels.includes("init"), labels.join(", "));
  });
});

check("search finds what the trace holds; filters take out, and give back", async (driver) => {
  const lines = linesOf("crash.jsonl");
  const lost = lines.filter((line) => line.k === "drop" && line.type === "AppendEntries");
  await driver.open(file("crash.html"), async (page) => {
    await press(page, "/");
    await page.keyboard.type("drop AppendEntries");
    const replies = lines.filter((line) => line.k === "drop" && line.type === "AppendEntriesReply");
    const all = lost.length + replies.length;
    await page.waitForFunction((count) => {
      const { textContent } = document.getElementById("found");
      return new RegExp(`^(${count} found|\\d+ of ${count})$`).test(textContent);
    }, all);
    await press(page, "Escape", "f");
    await page
      .locator("#filter label", { hasText: /^\s*n3$/ })
      .locator("input")
      .uncheck();
    await settled(page);
    const kept = lines.filter((line) => (line.n ?? line.client) !== "n3").length;
    assert.equal(Number(await page.getAttribute("#table", "aria-rowcount")), kept + 1);
    await page.locator("#filter button").click();
    await settled(page);
    assert.equal(Number(await page.getAttribute("#table", "aria-rowcount")), lines.length + 1);
  });
});

check("playback goes on from event to event, with and without motion", async (driver) => {
  for (const reducedMotion of ["no-preference", "reduce"]) {
    await driver.open(
      file("crash.html"),
      async (page) => {
        const before = Number((await eventAtHand(page)).slice(1));
        await press(page, ".", ".", " ");
        await page.waitForFunction((old) => {
          const now = document.querySelector("#inspector h2 .index").textContent;
          return Number(now.slice(1)) >= old + 2;
        }, before);
        assert.equal(await page.getAttribute("#play", "aria-label"), "Pause");
        await press(page, " ");
        assert.equal(await page.getAttribute("#play", "aria-label"), "Play");
      },
      { reducedMotion },
    );
  }
});

check("dark mode: another ground, on the page and on the canvas", async (driver) => {
  const ground = {};
  for (const colorScheme of ["light", "dark"]) {
    await driver.open(
      file("crash.html"),
      async (page) => {
        const paper = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
        const gutter = await page.$eval("#lanes-canvas", (canvas) =>
          [...canvas.getContext("2d").getImageData(2, 2, 1, 1).data].join(" "),
        );
        ground[colorScheme] = [paper, gutter];
      },
      { colorScheme },
    );
  }
  assert.notEqual(ground.light[0], ground.dark[0]);
  assert.notEqual(ground.light[1], ground.dark[1]);
});

check("axe finds nothing, light and dark, with what opens open", async (driver) => {
  for (const colorScheme of ["light", "dark"]) {
    for (const name of ["crash", "violation", "commit"]) {
      await driver.open(
        file(`${name}.html`),
        async (page) => {
          await page.evaluate(axe);
          for (const keys of [[], ["f"], ["?"], ["Escape", "l"]]) {
            await press(page, ...keys);
            const { violations } = await page.evaluate(() => axe.run());
            const found = violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`);
            assert.deepEqual(found, [], `${name}, ${colorScheme}, keys ${keys}`);
          }
        },
        { colorScheme, bypassCSP: true },
      );
    }
  }
});

check("nothing is cut off: no sideways scrolling, down to a small window", async (driver) => {
  for (const [width, height] of [
    [1920, 1080],
    [1280, 800],
    [800, 600],
    [640, 400],
    [380, 700],
  ]) {
    await driver.open(
      file("crash.html"),
      async (page) => {
        const [wide, seen] = await page.evaluate(() => [
          document.documentElement.scrollWidth,
          document.documentElement.clientWidth,
        ]);
        assert.ok(wide <= seen, `${wide} of ${seen} pixels`);
      },
      { viewport: { width, height } },
    );
  }
});

check("100,000 events are there in less than two seconds, and move smoothly", async (driver) => {
  const events = linesOf("large.jsonl").length;
  assert.ok(events >= 100_000, `${events} events`);
  await driver.open(file("large.html"), async (page) => {
    const loaded = await page.evaluate(() => {
      const [navigation] = performance.getEntriesByType("navigation");
      return navigation.loadEventEnd;
    });
    const frames = await page.evaluate(async () => {
      const frame = () => new Promise((done) => requestAnimationFrame(done));
      const box = document.getElementById("lanes");
      const times = [];
      for (let i = 0; i < 60; ++i) {
        const deltaY = i < 30 ? 120 : -120;
        box.dispatchEvent(new WheelEvent("wheel", { deltaY, clientX: 500, clientY: 300 }));
        const began = performance.now();
        await frame();
        times.push(performance.now() - began);
      }
      return times.sort((a, b) => a - b);
    });
    console.log(
      `   ${events} events: loaded in ${Math.round(loaded)} ms, frames of ` +
        `${Math.round(frames[30])} ms, the slowest ${Math.round(frames[59])} ms`,
    );
    assert.ok(loaded < 2000, `${loaded} ms`);
    assert.ok(frames[30] < 100, `frames of ${frames[30]} ms`);
  });
});

check("a hostile trace is text and nothing else", async (driver) => {
  const evil = "</script><script>alert(1)</script><img src=x onerror=alert(1)><!--";
  const header = {
    quorate_trace: 4,
    protocol: evil,
    protocol_version: 1,
    seed: "1",
    nodes: [evil, "__proto__"],
    clients: [],
    scenario: { title: evil, lesson: evil, teaches: [evil] },
  };
  const events = [
    { i: 0, t: 1, k: "note", text: evil },
    { i: 1, t: 1, k: "event", n: evil, name: evil, [evil]: evil },
    { i: 2, t: 1, k: "event", n: "__proto__", name: "role", role: evil, set: { __proto__: 1 } },
    { i: 3, t: 1, k: "fault", id: evil, do: `partition ${evil}` },
    { i: 4, t: 1, k: "violation", property: evil, nodes: [evil], why: evil },
  ];
  const end = { end: true, events: 5, digest: "0".repeat(16), verdict: "fail", diagnosis: [] };
  const text = [header, ...events, end].map((line) => JSON.stringify(line)).join("\n");
  fs.writeFileSync(file("hostile.jsonl"), `${text}\n`);
  const words = ["view", "hostile.jsonl", "--force", "--quiet"];
  execFileSync(program, words, { cwd: folder, stdio: "ignore" });
  await driver.open(file("hostile.html"), async (page) => {
    assert.equal(await page.textContent("#title"), evil);
    await press(page, "Home", "End", "f", "Escape", "l", "Escape");
    assert.equal(await page.locator("img").count(), 0);
    assert.equal(await page.locator("script:not([type])").count(), 1);
  });
});
