// What every node knows at an event: its fields as the run began (or the window), changed by every
// `set` since. Walking forward is cheap; for walking back, copies are kept on the way.

// A log: the first `length` of its cells, behind `start` entries that a snapshot replaced. A log
// that only grew shares its cells with what it was before, so that long ones cost little.
class Log {
  constructor(cells = [], start = 0) {
    this.cells = cells;
    this.length = cells.length;
    this.start = start;
  }
  get size() {
    return this.start + this.length;
  }
  // {"keep":7,"add":[…]}, with "start" where it begins elsewhere than before.
  changed({ start = this.start, keep, add }) {
    const kept = Math.min(Math.max(0, keep - this.start), this.length);
    const grows = start === this.start && kept === this.cells.length;
    const cells = grows ? this.cells : this.cells.slice(Math.max(0, start - this.start), kept);
    for (const entry of add) cells.push(entry);
    return new Log(cells, start);
  }
  // Its last entries, at most so many; those behind a place.
  last(most) {
    return this.cells.slice(Math.max(0, this.length - most), this.length);
  }
  behind(place) {
    return this.cells.slice(place, this.length);
  }
  text() {
    const shown = this.last(8);
    const first = this.size - shown.length + 1;
    const texts = shown.map((entry, i) => `${first + i}: ${entryText(entry)}`);
    return (first > 1 ? `… ` : "") + (texts.join("; ") || "empty");
  }
}

// As the run began, a log is an array like any other: the first change says what it is.
function asLog(value) {
  if (value instanceof Log) return value;
  return new Log(Array.isArray(value) ? value.slice() : []);
}

function isObject(value) {
  return (
    value !== null && typeof value === "object" && !Array.isArray(value) && !(value instanceof Log)
  );
}
function isLogChange(value) {
  return isObject(value) && Array.isArray(value.add) && typeof value.keep === "number";
}

class NodeStates {
  static stride = 256; // changes between two copies

  constructor(trace) {
    this.trace = trace;
    this.names = new Set(trace.places);
    // By node: the positions that may change it, copies of its state, and where it stands now.
    this.nodes = trace.header.nodes.map((name, node) => ({
      changes: [],
      copies: [this.initial(node)],
    }));
    this.findChanges();
  }

  initial(node) {
    const state = this.trace.states?.[node] ?? {};
    return Object.fromEntries(
      Object.entries(state).map(([key, value]) => [key, this.whole(value)]),
    );
  }
  whole(value) {
    return isLogChange(value) ? new Log().changed(value) : value;
  }

  findChanges() {
    const trace = this.trace;
    const changing = trace.details.map((block) =>
      block.text.split("\n").map((line) => [line.includes('"set":'), line.includes('"start":{')]),
    );
    for (let at = 0; at < trace.count; ++at) {
      if (trace.detail[at] === 0) continue;
      const [set, start] = changing[trace.block[at]][trace.detail[at] - 1];
      const node = trace.node[at];
      if (set && node >= 0 && node < trace.nodeCount) this.nodes[node].changes.push(at);
      if (start) this.startedAt(at);
    }
  }
  // Nodes may start at a line that is about another one.
  startedAt(at) {
    for (const name of Object.keys(this.trace.detailOf(at).start ?? {})) {
      const node = this.nodes[this.trace.places.indexOf(name)];
      if (node && node.changes.at(-1) !== at) node.changes.push(at);
    }
  }

  // The node's fields just behind the event. The object is the caller's to read, not to change.
  after(node, position) {
    const one = this.nodes[node];
    if (!one) return {};
    const count = lowerBound(one.changes, one.changes.length, position + 1);
    return this.atChange(node, one, count);
  }
  before(node, position) {
    return this.after(node, position - 1);
  }

  // After the first `count` changes.
  atChange(node, one, count) {
    const stride = NodeStates.stride;
    const wanted = Math.floor(count / stride);
    while (one.copies.length <= wanted) {
      const from = (one.copies.length - 1) * stride;
      one.copies.push(this.walk(node, one, one.copies.at(-1), from, from + stride));
    }
    return this.walk(node, one, one.copies[wanted], wanted * stride, count);
  }
  walk(node, one, state, from, to) {
    let changed = { ...state };
    for (let i = from; i < to; ++i) changed = this.apply(node, changed, one.changes[i]);
    return changed;
  }

  // The fields that an event changed at a node, as its line has them.
  changeAt(node, at) {
    const detail = this.trace.detailOf(at);
    const started = detail.start?.[this.trace.places[node]];
    const set = this.trace.node[at] === node ? detail.set : undefined;
    return [started, set].filter(isObject);
  }
  apply(node, state, at) {
    for (const change of this.changeAt(node, at)) {
      for (const [key, value] of Object.entries(change)) {
        state[key] = this.changed(state[key], value, true);
      }
    }
    return state;
  }
  // Logs, tables by node, and the roles of a node with several come as what changed; all else
  // whole.
  changed(old, value, top) {
    if (isLogChange(value)) return asLog(old).changed(value);
    if (!isObject(value) || !isObject(old)) return isObject(value) ? this.inner(value) : value;
    const keys = Object.keys(value);
    const byNode = keys.every((key) => this.names.has(key));
    if (keys.length === 0 || !(byNode || top)) return value;
    const result = { ...old };
    for (const key of keys) result[key] = this.changed(old[key], value[key], false);
    return result;
  }
  inner(value) {
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, this.whole(one)]));
  }
}
