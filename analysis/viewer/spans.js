// What lasts: a node's role, its down time, a fault from its begin to its end. And which messages
// are under way when. All found in one pass, when the page opens.

// Faults that are over at once; all others last until healed, or to the end of the run.
const MOMENTARY = new Set([
  "crash",
  "restart",
  "fire",
  "request",
  "release",
  "pause",
  "resume",
  "swizzle",
  "settle",
]);

class Spans {
  constructor(trace) {
    this.trace = trace;
    this.roles = trace.places.map(() => []); // {from, to, label}: positions, `to` excluded
    this.down = trace.places.map(() => []);
    this.paused = trace.places.map(() => []);
    this.faults = []; // {from, to, id, text, lasting, groups}
    this.violations = [];
    this.findBands();
    this.pass();
    this.findReach();
    this.packFaults();
    this.typicalDelay = this.medianDelay();
    this.labels = new Set(this.roles.flat().map((span) => span.label));
    this.tasks = trace.places.map((name) => this.tasksOf(name));
  }

  // What the scenario makes of a node for good: "proposer, learner".
  tasksOf(name) {
    const roles = Object.entries(this.trace.scenario.protocol?.roles ?? {});
    const has = (names) => Array.isArray(names) && names.includes(name);
    return roles
      .filter(([, names]) => has(names))
      .map(([role]) => role)
      .join(", ");
  }

  // Bands show roles; where a protocol has none, the last record in the node's log of steps.
  findBands() {
    const has = (name) => this.trace.names.includes(name);
    this.bandEvent = has("role") ? "role" : has("logged") ? "logged" : "";
    this.bandField = this.bandEvent === "role" ? "role" : "record";
  }

  pass() {
    const { trace } = this;
    const open = new Map(); // faults by id
    const handle = {
      [Kind.event]: (at) => this.band(at),
      [Kind.crash]: (at) => this.open(this.down, at),
      [Kind.restart]: (at) => this.close(this.down, at),
      [Kind.pause]: (at) => this.open(this.paused, at),
      [Kind.resume]: (at) => this.close(this.paused, at),
      [Kind.fault]: (at) => this.fault(at, open),
      [Kind.heal]: (at) => this.heal(at, open),
      [Kind.violation]: (at) => this.violations.push(at),
    };
    for (let at = 0; at < trace.count; ++at) handle[trace.kind[at]]?.(at);
  }

  band(at) {
    const { trace } = this;
    if (trace.nameOf(at) !== this.bandEvent) return;
    const label = String(trace.detailOf(at)[this.bandField] ?? "").toLowerCase();
    const spans = this.roles[trace.node[at]];
    if (!spans || spans.at(-1)?.label === label) return;
    if (spans.length > 0) spans.at(-1).to = at;
    spans.push({ from: at, to: trace.count, label });
  }
  open(of, at) {
    const spans = of[this.trace.node[at]];
    if (spans && !(spans.at(-1)?.to === this.trace.count)) {
      spans.push({ from: at, to: this.trace.count });
    }
  }
  close(of, at) {
    const span = of[this.trace.node[at]]?.at(-1);
    if (span && span.to === this.trace.count) span.to = at;
  }
  fault(at, open) {
    const text = String(this.trace.detailOf(at).do ?? "");
    const id = this.trace.nameOf(at);
    const lasting = !MOMENTARY.has(text.split(" ")[0]);
    const fault = {
      from: at,
      to: lasting ? this.trace.count : at,
      id,
      text,
      lasting,
      groups: this.groupsOf(text),
    };
    this.faults.push(fault);
    open.set(id, [...(open.get(id) ?? []), fault]);
  }
  // Its cause is the fault that it ends, of several with one id.
  heal(at, open) {
    const id = this.trace.nameOf(at);
    const faults = open.get(id) ?? [];
    const place = faults.findIndex((fault) => fault.from === this.trace.cause[at]);
    const [fault] = faults.splice(Math.max(place, 0), 1);
    if (fault && fault.lasting) fault.to = at;
  }

  // "partition n1 n2 | n3" gives the side of each node; "isolate n1" one side against the rest.
  groupsOf(text) {
    const [verb, ...rest] = text.split(/[ ,]+/);
    if (verb !== "partition" && verb !== "isolate") return null;
    const sides = rest
      .join(" ")
      .split("|")
      .map((side) => side.trim().split(" "));
    return this.trace.header.nodes.map((name) => {
      const side = sides.findIndex((one) => one.includes(name));
      return side >= 0 ? side : verb === "isolate" ? 1 : sides.length;
    });
  }

  // Copies of messages in the order they set out, and for each the latest arrival of those up to
  // it: with that, all that are under way at a moment are found without looking at all.
  findReach() {
    const { trace } = this;
    const copies = [];
    for (let at = 0; at < trace.count; ++at) if (trace.isCopy(at)) copies.push(at);
    this.copies = Int32Array.from(copies);
    this.reach = new Int32Array(copies.length);
    let reach = -1;
    this.copies.forEach((at, i) => {
      reach = Math.max(reach, trace.arrival[at], at);
      this.reach[i] = reach;
    });
  }
  // The range of `copies` that may touch the positions from..to.
  copiesTouching(from, to) {
    const count = this.copies.length;
    return [lowerBound(this.reach, count, from), lowerBound(this.copies, count, to + 1)];
  }

  // In which row of the strip a fault's bar stands, so that none covers another.
  packFaults() {
    const ends = [];
    for (const fault of this.faults) {
      let row = ends.findIndex((end) => end <= fault.from);
      if (row < 0) row = ends.length;
      ends[row] = Math.max(fault.to, fault.from + 1);
      fault.row = Math.min(row, 3);
    }
    this.faultRows = Math.min(Math.max(ends.length, 1), 4);
  }

  medianDelay() {
    const { trace } = this;
    const delays = [];
    for (let i = 0; i < this.copies.length && delays.length < 2000; ++i) {
      const sent = this.copies[i];
      const arrival = trace.arrival[sent];
      if (arrival !== NONE && trace.kind[arrival] === Kind.recv) {
        delays.push(trace.time[arrival] - trace.time[sent]);
      }
    }
    delays.sort((a, b) => a - b);
    return delays[delays.length >> 1] ?? 1e6;
  }

  // The label of the band at a position, "" if there is none; "down" comes first.
  bandAt(place, at) {
    if (spanAt(this.down[place], at)) return "down";
    if (spanAt(this.paused[place], at)) return "paused";
    return spanAt(this.roles[place], at)?.label ?? "";
  }
}

function spanAt(spans, at) {
  return spans.findLast((span) => span.from <= at && at < span.to);
}
