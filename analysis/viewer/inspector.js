// All about the event at hand: what it says, what it changed, why it happened, what came of it.

class Inspector {
  constructor(app) {
    Object.assign(this, app); // trace, cursor, states, spans
    this.box = document.getElementById("inspector");
    this.longest = 8; // links of the chain of causes that are shown
  }

  draw() {
    const { trace, cursor } = this;
    const at = cursor.at;
    if (trace.count === 0) {
      this.box.replaceChildren(element("p", { textContent: "No events." }));
      return;
    }
    const parts = [
      this.heading(at),
      this.sentence(at),
      this.body(at),
      this.rest(at),
      this.changes(at),
      this.causes(at),
      this.effects(at),
      ...this.statesOf(at),
      this.replay(at),
    ];
    this.box.replaceChildren(...parts.filter(Boolean));
  }

  heading(at) {
    const place = this.trace.placeName(this.trace.node[at]);
    const head = element(
      "h2",
      {},
      element("span", { className: "index", textContent: eventName(this.trace, at) }),
    );
    if (place) head.append(element("span", { className: "place", textContent: place }));
    head.append(element("span", { className: "time", textContent: timeText(this.trace.time[at]) }));
    return head;
  }
  sentence(at) {
    const { trace } = this;
    const kind = KINDS[trace.kind[at]];
    const detail = trace.detailOf(at);
    const words = {
      name: trace.nameOf(at),
      from: trace.placeName(trace.from[at]),
      to: trace.placeName(trace.to[at]),
      detail: { ...detail, body: undefined },
    };
    const text = ["send", "local", "timer"].includes(kind)
      ? SENTENCES[kind](words)
      : sentenceOf(trace, at);
    return element("p", { className: `sentence kind-${kind}` }, ...wholeWords(text));
  }

  // Of a message, wherever on its way it is: its body, how long it took, how it ended.
  body(at) {
    const { trace } = this;
    const send = trace.isMessage(at) ? trace.sendOf(at) : at;
    const detail = send === NONE ? {} : trace.detailOf(send);
    const section = element("section");
    if (isObject(detail.body) && Object.keys(detail.body).length > 0) {
      section.append(
        element("h3", { textContent: `${trace.nameOf(send)}` }),
        this.fields(detail.body),
      );
    }
    const way = trace.isMessage(at) ? this.wayOf(at, detail.bytes) : "";
    if (way) section.append(element("p", { className: "quiet", textContent: way }));
    return section.children.length > 0 ? section : null;
  }
  wayOf(at, bytes) {
    const { trace } = this;
    const copy = trace.copyOf(at);
    if (copy === NONE) return `message ${trace.message[at]}; it was sent outside of what is shown`;
    const arrival = trace.arrival[copy];
    const parts = [`message ${trace.message[at]}`];
    if (bytes) parts.push(counted(bytes, "byte", "bytes"));
    if (arrival === NONE) parts.push("still under way at the end");
    else {
      const took = durationText(trace.time[arrival] - trace.time[copy]);
      const lost = trace.kind[arrival] === Kind.drop;
      parts.push(
        lost
          ? `lost after ${took}: ${trace.detailOf(arrival).why ?? "?"}`
          : `under way for ${took}`,
      );
    }
    return parts.join(" · ");
  }

  // What else the line holds, disk and lost writes before all.
  rest(at) {
    const { disk, lost } = this.trace.detailOf(at);
    const notes = [];
    if (disk === true) notes.push("On disk now: all durable fields, as the node has them.");
    else if (isObject(disk)) notes.push(`On disk now: ${clipped(valueText(disk), 400)}`);
    if (lost) notes.push("A write that was not yet on disk is lost.");
    return notes.length === 0
      ? null
      : element(
          "section",
          {},
          ...notes.map((textContent) => element("p", { className: "quiet", textContent })),
        );
  }

  // What the event changed at its node, and what that was before.
  changes(at) {
    const { trace, states } = this;
    const node = trace.node[at];
    const after = flattened(states.after(node, at));
    const before = flattened(states.before(node, at));
    const differs = (key) => {
      const [now, then] = [after.get(key), before.get(key)];
      return now !== then && valueText(now) !== valueText(then);
    };
    const keys = [...after.keys()].filter(differs);
    if (keys.length === 0) return null;
    const table = element("table", { className: "fields" });
    table.append(element("caption", { textContent: `Changed at ${trace.placeName(node)}` }));
    for (const key of keys) table.append(this.changedRow(key, before.get(key), after.get(key)));
    return element("section", {}, table);
  }
  // The fields of the node where it happened; of a violation, of all that are in conflict.
  statesOf(at) {
    const { trace } = this;
    const named = trace.kind[at] === Kind.violation ? trace.conflictAt(at) : [];
    const nodes = named.length > 0 ? named : [trace.node[at]];
    return nodes
      .filter((node) => node >= 0 && node < trace.nodeCount)
      .map((node) => this.state(node, at));
  }
  state(node, at) {
    const { trace, states } = this;
    const fields = flattened(states.after(node, at));
    if (fields.size === 0) return null;
    const name = trace.placeName(node);
    const down = this.spans.bandAt(node, at) === "down";
    const title = down ? `Last state of ${name}, which is down` : `State of ${name}`;
    const table = element("table", { className: "fields" });
    table.append(element("caption", { textContent: title }));
    for (const [key, value] of fields) table.append(this.fieldRow(key, value));
    return element("section", {}, table);
  }
  changedRow(key, before, after) {
    const cell = element("td");
    if (before !== undefined) {
      const old = after instanceof Log ? logChange(asLog(before), after) : valueText(before);
      cell.append(element("del", {}, longText(old)), " ");
    }
    cell.append(element("ins", {}, shownValue(after)));
    return element(
      "tr",
      { className: "changed" },
      element("th", { scope: "row" }, ...breakable(key)),
      cell,
    );
  }
  fieldRow(key, value) {
    return element(
      "tr",
      {},
      element("th", { scope: "row" }, ...breakable(key)),
      element("td", {}, shownValue(value)),
    );
  }
  fields(object) {
    const table = element("table", { className: "fields" });
    for (const [key, value] of Object.entries(object)) table.append(this.fieldRow(key, value));
    return table;
  }

  link(at) {
    const { trace } = this;
    const place = trace.placeName(trace.node[at]);
    const button = element(
      "button",
      { type: "button", className: "link" },
      element("span", { className: "index", textContent: eventName(trace, at) }),
      element("span", { className: "place", textContent: place }),
      element("span", { textContent: clipped(sentenceOf(trace, at), 90) }),
    );
    button.addEventListener("click", () => this.cursor.go(at, "cause"));
    return element("li", {}, button);
  }
  list(title, positions, more) {
    if (positions.length === 0) return null;
    const items = positions.map((at) => this.link(at));
    if (more > 0)
      items.push(
        element("li", { className: "quiet", textContent: `and ${groupedNumber(more)} more` }),
      );
    return element(
      "section",
      {},
      element("h3", { textContent: title }),
      element("ol", {}, ...items),
    );
  }
  causes(at) {
    const chain = this.cursor.chain().slice(1);
    if (chain.length === 0) {
      const text = this.trace.count === 0 || at < 0 ? "" : "Nothing caused it: a root.";
      return element(
        "section",
        {},
        element("h3", { textContent: "Because" }),
        element("p", { className: "quiet", textContent: text }),
      );
    }
    return this.list("Because", chain.slice(0, this.longest), chain.length - this.longest);
  }
  effects(at) {
    const effects = [...this.trace.effectsOf(at)];
    return this.list("So", effects.slice(0, this.longest), effects.length - this.longest);
  }

  replayCommand(at) {
    return `${this.trace.header.replay} --until ${eventName(this.trace, at)}`;
  }
  replay(at) {
    const command = this.replayCommand(at);
    const button = element("button", { type: "button", textContent: "Copy" });
    button.setAttribute("aria-label", "Copy the command");
    button.addEventListener("click", () => copyText(command, this.say));
    return element(
      "section",
      { className: "replay" },
      element("h3", {}, "Replay until here ", element("kbd", { textContent: "y" })),
      element("p", {}, element("code", {}, ...wholeWords(command)), " ", button),
    );
  }
}

// A text that breaks between its words alone: "->" and "--until" are such.
function wholeWords(line) {
  return line.split(" ").flatMap((textContent, place) => {
    const word = element("span", { className: "word", textContent });
    return place > 0 ? [" ", word] : [word];
  });
}

// The fields of a node with several roles as "coordinator.log": one level is opened.
function flattened(state) {
  const fields = new Map();
  const roles = Object.values(state);
  const several = roles.length > 0 && roles.every((value) => isObject(value));
  for (const [key, value] of Object.entries(state)) {
    if (!several) fields.set(key, value);
    else for (const [inner, one] of Object.entries(value)) fields.set(`${key}.${inner}`, one);
  }
  return fields;
}

// A field's name, with a place to break the line behind each "_" and ".".
function breakable(name) {
  const parts = name.split(/(?<=[._])/);
  return parts.flatMap((part, i) => (i === 0 ? [part] : [element("wbr"), part]));
}

// A value as parts of a cell: a log with its last entries one below the other, long text folded.
function shownValue(value) {
  if (!(value instanceof Log) || value.size === 0) return longText(valueText(value));
  const shown = value.last(5);
  const list = element("ol", { className: "log", start: value.size - shown.length + 1 });
  list.append(...shown.map((entry) => element("li", {}, longText(entryText(entry)))));
  const earlier = value.size - shown.length;
  if (earlier === 0) return list;
  return element(
    "div",
    {},
    element("span", {
      className: "quiet",
      textContent: `${counted(earlier, "entry", "entries")} before`,
    }),
    list,
  );
}
function longText(text) {
  if (text.length <= 160) return text;
  return element("details", {}, element("summary", { textContent: clipped(text, 110) }), text);
}

// Of a log that changed: what went, or how long it was.
function logChange(before, after) {
  const length = counted(before.size, "entry", "entries");
  if (before.start !== after.start) return length;
  const most = Math.min(before.length, after.length);
  const same = (i) =>
    before.cells === after.cells || valueText(before.cells[i]) === valueText(after.cells[i]);
  let kept = 0;
  while (kept < most && same(kept)) ++kept;
  const gone = before.behind(kept);
  return gone.length > 0 ? new Log(gone, before.start + kept).text() : length;
}
