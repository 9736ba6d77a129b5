// What lies between left and right: virtual time, or the shown events in order, one beside the
// other. Which part is seen, and where an event is in it.

class Axis {
  constructor(trace, filter) {
    this.trace = trace;
    this.filter = filter;
    this.byTime = true;
    this.left = 0; // the seen part, in nanoseconds or ranks
    this.right = 1;
    this.measure();
    this.showAll();
  }
  measure() {
    const { trace } = this;
    const last = trace.count > 0 ? trace.time[trace.count - 1] : 0;
    const told = Number.isFinite(trace.end?.ended) ? trace.end.ended : last;
    const ended = Math.min(told, trace.header.to ?? Infinity);
    this.firstTime = trace.header.from ?? 0;
    this.lastTime = Math.max(last, ended, this.firstTime + 1000);
    this.room = 0.015 * (this.lastTime - this.firstTime);
  }

  // All there is to see, with a little room at both ends.
  get begin() {
    return this.byTime ? this.firstTime - this.room : -1;
  }
  get end() {
    return this.byTime ? this.lastTime + this.room : Math.max(this.filter.count, 1);
  }
  get span() {
    return this.right - this.left;
  }

  of(at) {
    return this.byTime ? this.trace.time[at] : this.filter.rankOf(at);
  }
  // The first position at or behind a place of the axis.
  positionAt(place) {
    if (this.byTime) return this.trace.positionAtTime(place);
    if (place > this.filter.count - 1) return this.trace.count;
    return this.filter.positionAt(Math.ceil(place));
  }
  // The last shown event at or before a place.
  eventAt(place) {
    const at = this.positionAt(this.byTime ? place + 0.5 : Math.floor(place) + 1);
    return this.filter.positionAt(this.filter.rankOf(Math.min(at, this.trace.count)) - 1);
  }
  // The positions that can be seen, with what is just outside.
  seenPositions() {
    const from = Math.max(this.positionAt(this.left) - 1, 0);
    return [from, Math.min(this.positionAt(this.right) + 1, this.trace.count)];
  }

  see(left, right) {
    const least = this.byTime ? 1000 : 4;
    const all = this.end - this.begin;
    const span = Math.min(Math.max(right - left, Math.min(least, all)), all);
    const middle = (left + right) / 2;
    this.left = Math.min(Math.max(middle - span / 2, this.begin), this.end - span);
    this.right = this.left + span;
  }
  showAll() {
    this.left = this.begin;
    this.right = this.end;
  }
  zoom(factor, around) {
    const share = (around - this.left) / this.span;
    const span = this.span * factor;
    this.see(around - share * span, around + (1 - share) * span);
  }
  pan(by) {
    this.see(this.left + by, this.right + by);
  }
  // Moves only if the place is not well inside.
  reveal(place, share = 0.5, border = 0.06) {
    const margin = border * this.span;
    if (place >= this.left + margin && place <= this.right - margin) return;
    const left = place - share * this.span;
    this.see(left, left + this.span);
  }

  // To the other axis, with the same events in sight.
  toggle() {
    const [from, to] = this.seenPositions();
    this.byTime = !this.byTime;
    this.see(this.of(from), this.of(Math.max(to - 1, from)));
  }
  // All events, but not the quiet time behind them. Where most of the time is quiet, one event
  // beside the other shows more.
  seeEvents() {
    const { trace } = this;
    if (!this.byTime) return this.showAll();
    const first = trace.time[0];
    const last = trace.time[trace.count - 1];
    const pad = 0.08 * (last - first);
    this.see(first - pad, last + pad);
  }
  // Whether more than half of the time between first and last event is one quiet gap.
  get mostlyQuiet() {
    const { time, count } = this.trace;
    let widest = 0;
    for (let at = 1; at < count; ++at) widest = Math.max(widest, time[at] - time[at - 1]);
    return widest > 0.5 * (time[count - 1] - time[0]);
  }
  // So that about `count` events can be seen, those around a position.
  focus(at, count) {
    const { trace, filter } = this;
    const rank = filter.rankOf(at);
    const from = filter.positionAt(rank - Math.floor(count / 3));
    const to = filter.positionAt(rank + Math.ceil((2 * count) / 3));
    if (from === NONE) return;
    if (!this.byTime) return this.see(filter.rankOf(from) - 1, filter.rankOf(to) + 1);
    const pad = 0.04 * (trace.time[to] - trace.time[from]);
    this.see(trace.time[from] - pad, trace.time[to] + pad);
  }
}
