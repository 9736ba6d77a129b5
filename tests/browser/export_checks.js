// Whether what `quorate export` writes is accepted by programs that read it, and is there whole:
// Mermaid, speedscope (Trace Event JSON), Graphviz, Python's csv. ShiViz can be had as a page on
// the web only: what it demands of a log is asked here, with the expression the log begins with.
"use strict";

const assert = require("node:assert/strict");
const { execFileSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");
const { program, folder, check, file, textOf, linesOf } = require("./harness.js");

const TRACES = ["crash", "commit", "copies"];

// A trace of words that mean something to readers: keywords, quotes, markup, ends of lines.
const ODD_NAMES = ['"q"', "a:b,c", "end"];
const ODD_TEXT = 'end; #35; <img src=x onerror=alert(1)> "q", {"a":1}';

function writeOddTrace() {
  const nodes = ["end", "a:b,c", '"q"'];
  const header = { quorate_trace: 4, protocol: "p", protocol_version: 1, seed: "1", nodes };
  const scenario = { title: "t", lesson: "l", teaches: [] };
  const events = [
    { i: 0, t: 1, k: "send", n: "end", to: "a:b,c", m: 0, type: ODD_TEXT },
    { i: 1, t: 2, k: "recv", n: "a:b,c", from: "end", m: 0, type: ODD_TEXT, cause: 0 },
    { i: 2, t: 3, k: "note", text: ODD_TEXT },
    { i: 3, t: 4, k: "event", n: '"q"', name: "told", text: `two\nlines ${ODD_TEXT}` },
  ];
  const end = { end: true, events: 4, digest: "0".repeat(16), verdict: "pass", diagnosis: [] };
  const lines = [{ ...header, clients: [], scenario }, ...events, end];
  fs.writeFileSync(file("odd.jsonl"), `${lines.map((line) => JSON.stringify(line)).join("\n")}\n`);
}
writeOddTrace();

// The text of a trace in a format.
function exported(name, format, ...more) {
  const words = ["export", `${name}.jsonl`, "--to", format, "-o", "-", "--quiet", ...more];
  const options = { cwd: folder, encoding: "utf8", maxBuffer: 1 << 28 };
  return execFileSync(program, words, options);
}

// A page of its own; gives what `use` does, and fails if anything goes wrong in the page.
async function inPage(driver, use) {
  const page = await driver.browser.newPage();
  const wrong = [];
  page.on("pageerror", (error) => wrong.push(error.message));
  page.on("dialog", (dialog) => wrong.push(`dialog: ${dialog.message()}`));
  try {
    await use(page);
  } finally {
    await page.close();
  }
  assert.deepEqual(wrong, []);
}

function renderMermaid(page, text) {
  return page.evaluate(async (source) => {
    const { mermaid } = globalThis;
    mermaid.initialize({ startOnLoad: false, securityLevel: "strict" });
    const { svg } = await mermaid.render("figure", source);
    document.body.innerHTML = svg;
    const texts = (chosen) => [...document.querySelectorAll(chosen)].map((one) => one.textContent);
    return {
      names: texts("text.actor"),
      messages: texts(".messageText"),
      notes: texts(".noteText"),
    };
  }, text);
}

check("export: Mermaid draws every message and note of a window", async (driver) => {
  for (const [name, window] of [
    ["crash", "600ms..720ms"],
    ["commit", "0ms..300ms"],
    ["copies", "150ms..250ms"],
  ]) {
    const text = exported(name, "mermaid", "--window", window);
    await inPage(driver, async (page) => {
      await page.addScriptTag({ path: path.join(folder, "readers/mermaid.min.js") });
      const drawn = await renderMermaid(page, text);
      const count = (pattern) => (text.match(pattern) ?? []).length;
      assert.equal(drawn.messages.length, count(/->>|--x/g), name);
      assert.equal(drawn.notes.length, count(/Note over/g), name);
      assert.equal(new Set(drawn.names).size, count(/participant/g), name);
      assert.ok(drawn.messages.length > 5);
    });
  }
});

check("export: words of a trace are words in Mermaid, whatever they are", async (driver) => {
  const text = exported("odd", "mermaid");
  await inPage(driver, async (page) => {
    await page.addScriptTag({ path: path.join(folder, "readers/mermaid.min.js") });
    const { names, messages, notes } = await renderMermaid(page, text);
    assert.deepEqual([...new Set(names)].sort(), ODD_NAMES);
    assert.deepEqual(messages, [ODD_TEXT]);
    assert.ok(notes.some((note) => note.includes(ODD_TEXT)), notes.join());
    assert.equal(await page.locator("img").count(), 0);
  });
});

// speedscope says on the console what it could not make sense of.
check("export: speedscope reads all tracks of a Trace Event file; slices end", async (driver) => {
  for (const name of TRACES) {
    const json = file(`${name}.trace.json`);
    fs.writeFileSync(json, exported(name, "trace-event"));
    await inPage(driver, async (page) => {
      const said = [];
      page.on("console", (message) => said.push(message.text()));
      await page.goto(`file://${folder}/readers/speedscope/index.html`);
      await page.setInputFiles("input[type=file]", json);
      await page.waitForFunction(() => document.title.includes("trace.json"));
      assert.ok(said.includes("Importing as Trace Event Format profile"), said.join("\n"));
      const odd = said.filter((text) => /tried to end|still open|warn|error/i.test(text));
      assert.deepEqual(odd, [], name);
      const tracks = tracksOf(json);
      const shown = (await page.textContent("body")).match(/\(1\/(\d+)\)/);
      assert.equal(shown === null ? 1 : Number(shown[1]), tracks.size, name);
    });
  }
});

// The tracks of a file that have slices.
function tracksOf(json) {
  const { traceEvents } = JSON.parse(fs.readFileSync(json, "utf8"));
  return new Set(traceEvents.filter(({ ph }) => ph === "X" || ph === "B").map(({ tid }) => tid));
}

check("export: an arrow joins two slices, where a reader draws it, for each arrival", () => {
  for (const name of TRACES) {
    const { traceEvents } = JSON.parse(exported(name, "trace-event"));
    const slices = new Set();
    let arrows = 0;
    for (const { ph, tid, ts } of traceEvents) {
      if (ph === "X") slices.add(`${tid} ${ts}`);
      if (ph === "s" || ph === "f") assert.ok(slices.has(`${tid} ${ts}`), `${name} ${tid} ${ts}`);
      if (ph === "f") ++arrows;
    }
    assert.equal(arrows, linesOf(`${name}.jsonl`).filter(({ k }) => k === "recv").length, name);
  }
});

check("export: Graphviz draws every event and edge", () => {
  const text = exported("crash", "dot", "--window", "600ms..720ms");
  const drawn = execFileSync("dot", ["-Tplain"], { input: text, encoding: "utf8" });
  const count = (pattern, of) => of.match(pattern).length;
  assert.equal(count(/^node /gm, drawn), count(/ \[label=/g, text));
  assert.equal(count(/^edge /gm, drawn), count(/ -> e\d+ \[/g, text));
  const odd = execFileSync("dot", ["-Tplain"], { input: exported("odd", "dot"), encoding: "utf8" });
  assert.ok(count(/^node /gm, odd) > 2);
});

check("export: Python's csv reads a row for each event", () => {
  const script =
    "import csv, json, sys; rows = list(csv.DictReader(sys.stdin, strict=True)); " +
    "assert all(None not in row and None not in row.values() for row in rows); " +
    "print(json.dumps([[int(row['index']), int(row['time_ns']), row['kind'], row['place']] " +
    "for row in rows]))";
  for (const name of [...TRACES, "odd"]) {
    const read = execFileSync("python3", ["-c", script], {
      input: exported(name, "csv"),
      encoding: "utf8",
      maxBuffer: 1 << 28,
    });
    const lines = linesOf(`${name}.jsonl`);
    const rows = JSON.parse(read);
    assert.deepEqual(
      rows.map(([i, t, k]) => [i, t, k]),
      lines.map(({ i, t, k }) => [i, t, k]),
      name,
    );
  }
});

const SHIVIZ_RUNS = [["crash"], ["commit"], ["copies"], ["crash", "--window", "1s..2s"], ["odd"]];

// As ShiViz: the expression finds an event after the other, and nothing else in the log.
function shivizEvents(text) {
  const [expression, delimiter] = text.split("\n", 2);
  assert.equal(delimiter, "");
  const body = text.slice(expression.length + 2);
  const events = [...body.matchAll(new RegExp(expression, "gm"))];
  assert.equal(2 * events.length, body.trimEnd().split("\n").length);
  return events.map(({ groups: { host, clock } }) => ({ host, clock: JSON.parse(clock) }));
}

check("export: a log's clocks are what ShiViz demands", () => {
  for (const [name, ...more] of SHIVIZ_RUNS) {
    const events = shivizEvents(exported(name, "shiviz", ...more));
    const own = new Map();
    for (const { host, clock } of events) {
      own.set(host, (own.get(host) ?? 0) + 1);
      assert.equal(clock[host], own.get(host), `${name}: ${host} counts from 1, by 1`);
    }
    for (const { clock } of events) {
      for (const [host, time] of Object.entries(clock)) {
        assert.ok(time >= 1 && time <= own.get(host), `${name}: ${host} has an event ${time}`);
      }
    }
    assert.equal(events.length > 50, name !== "odd", name);
  }
});
