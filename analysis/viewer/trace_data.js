// The trace as columns: one array per property, one place ("position") per event. A position is not
// an event's index where the trace leaves lines out, so both exist.

const NOBODY = -1;
const NONE = -1;

// The kinds as the trace names them, for code that asks "is it a send?".
const KINDS = [
  "send",
  "recv",
  "drop",
  "dup",
  "local",
  "timer",
  "unexpected",
  "event",
  "op",
  "ack",
  "crash",
  "restart",
  "pause",
  "resume",
  "persist",
  "fault",
  "heal",
  "note",
  "violation",
  "alter",
];
const Kind = Object.fromEntries(KINDS.map((name, number) => [name, number]));

// JSON that somebody may have damaged: null where it is none.
function parsedJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

// Takes the text out of the elements of a class, so that the page does not hold it twice.
function takeElements(name) {
  return [...document.querySelectorAll(`script.${name}`)].map((element) => {
    const text = element.textContent;
    element.remove();
    return text;
  });
}

// The details of one block of events; lines are cut apart when the first is asked for.
class DetailBlock {
  constructor(text) {
    this.text = text;
    this.lines = null;
    this.lowered = null;
  }

  line(number) {
    this.lines ??= this.text.split("\n");
    return this.lines[number - 1] ?? "";
  }

  // For each line, whether it holds the word, which is in small letters.
  search(word) {
    this.lowered ??= this.text.toLowerCase().split("\n");
    return this.lowered.map((line) => line.includes(word));
  }
}

class Trace {
  constructor(header, scenario, blocks, details, states, end) {
    this.header = header;
    this.scenario = scenario ?? {};
    this.end = end;
    this.states = states;
    this.epochWord = header.epoch_word || "epoch"; // the protocol's own: "term"
    this.places = [...header.nodes, ...header.clients];
    this.nodeCount = header.nodes.length;
    this.details = details.map((text) => new DetailBlock(text));
    this.names = [];
    this.allocate(blocks.reduce((sum, block) => sum + block.count, 0));
    let position = 0;
    blocks.forEach((block, number) => {
      this.names.push(...block.names);
      this.readBlock(block, number, position);
      position += block.count;
    });
    this.linkCauses();
    this.linkEffects();
  }

  allocate(count) {
    this.count = count;
    this.index = new Float64Array(count);
    this.time = new Float64Array(count);
    this.kind = new Uint8Array(count);
    this.node = new Int32Array(count);
    this.name = new Int32Array(count);
    this.cause = new Int32Array(count); // a distance at first, then a position
    this.block = new Uint16Array(count);
    this.detail = new Int32Array(count);
    this.message = new Float64Array(count);
    this.from = new Int32Array(count).fill(NOBODY);
    this.to = new Int32Array(count).fill(NOBODY);
  }

  readBlock(block, number, begin) {
    let message = this.lastMessage ?? 0;
    let ends = 0;
    for (let i = 0; i < block.count; ++i) {
      const at = begin + i;
      this.index[at] = (at === 0 ? 0 : this.index[at - 1]) + block.index[i];
      this.time[at] = (at === 0 ? 0 : this.time[at - 1]) + block.time[i];
      this.kind[at] = block.kind[i];
      this.node[at] = block.node[i];
      this.name[at] = block.name[i];
      this.cause[at] = block.cause[i];
      this.block[at] = number;
      this.detail[at] = block.detail[i];
      if (!this.isMessage(at)) continue;
      message += block.message[ends];
      this.message[at] = message;
      this.from[at] = block.from[ends];
      this.to[at] = block.to[ends];
      ++ends;
    }
    this.lastMessage = message;
  }

  linkCauses() {
    for (let at = 0; at < this.count; ++at) {
      const distance = this.cause[at];
      this.cause[at] = distance === 0 ? NONE : this.positionOf(this.index[at] - distance);
    }
  }

  // What an event caused: effects[effectsFrom[e]] up to effects[effectsFrom[e + 1]]. And where each
  // message copy came to its end: `arrival` of its send or dup.
  linkEffects() {
    const counts = new Int32Array(this.count + 1);
    for (const cause of this.cause) if (cause !== NONE) ++counts[cause + 1];
    for (let at = 0; at < this.count; ++at) counts[at + 1] += counts[at];
    this.effectsFrom = counts;
    this.effects = new Int32Array(counts[this.count]);
    this.arrival = new Int32Array(this.count).fill(NONE);
    const next = counts.slice();
    for (let at = 0; at < this.count; ++at) {
      const cause = this.cause[at];
      if (cause === NONE) continue;
      this.effects[next[cause]++] = at;
      const arrives = this.kind[at] === Kind.recv || this.kind[at] === Kind.drop;
      if (arrives && this.isCopy(cause)) this.arrival[cause] = at;
    }
  }

  isMessage(at) {
    const kind = this.kind[at];
    return kind <= Kind.dup || kind === Kind.unexpected || kind === Kind.alter;
  }
  // Whether a copy of a message sets out here.
  isCopy(at) {
    return this.kind[at] === Kind.send || this.kind[at] === Kind.dup;
  }
  isClient(place) {
    return place >= this.nodeCount;
  }

  nameOf(at) {
    return this.name[at] < 0 ? "" : this.names[this.name[at]];
  }
  // A field of an event as the protocol calls it.
  fieldName(key) {
    return key === "epoch" ? this.epochWord : key;
  }
  placeName(place) {
    return place < 0 ? "" : (this.places[place] ?? "?");
  }
  // What the event's line says beyond the columns, as JSON text and as an object.
  detailText(at) {
    return this.detail[at] === 0 ? "" : this.details[this.block[at]].line(this.detail[at]);
  }
  detailOf(at) {
    return parsedJson(this.detailText(at)) ?? {};
  }
  // The nodes that a violation names.
  conflictAt(at) {
    const { nodes } = this.detailOf(at);
    return Array.isArray(nodes) ? nodes.map((name) => this.places.indexOf(name)) : [];
  }
  effectsOf(at) {
    return this.effects.subarray(this.effectsFrom[at], this.effectsFrom[at + 1]);
  }
  // The send or dup that an event of a message stems from; NONE if it is not in the trace.
  copyOf(at) {
    if (this.isCopy(at)) return at;
    for (let up = at; up !== NONE && this.isMessage(up); up = this.cause[up]) {
      if (this.isCopy(up)) return up;
    }
    return NONE;
  }
  // The send itself, which holds the body.
  sendOf(at) {
    const copy = this.copyOf(at);
    return copy !== NONE && this.kind[copy] === Kind.dup ? this.cause[copy] : copy;
  }

  // The first position whose time is at least `time`; whose index is at least `index`.
  positionAtTime(time) {
    return lowerBound(this.time, this.count, time);
  }
  positionOf(index) {
    const at = lowerBound(this.index, this.count, index);
    return at < this.count && this.index[at] === index ? at : NONE;
  }
}

function lowerBound(sorted, count, value) {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function readTrace() {
  const header = parsedJson(takeElements("header")[0] ?? "");
  const scenario = parsedJson(takeElements("scenario")[0] ?? "");
  const blocks = takeElements("events").map((text) => JSON.parse(text));
  const details = takeElements("details");
  const states = parsedJson(takeElements("states")[0] ?? "");
  const end = parsedJson(takeElements("end")[0] ?? "");
  return new Trace(header, scenario, blocks, details, states, end);
}
