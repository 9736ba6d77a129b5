// The event at hand, and how to go from it to others. Whoever shows something listens.

class Cursor {
  constructor(trace, filter) {
    this.trace = trace;
    this.filter = filter;
    this.at = 0;
    this.listeners = [];
  }
  onChange(listener) {
    this.listeners.push(listener);
  }

  // `how` tells listeners what led here: "play" moves gently, anything else may jump.
  go(at, how = "step") {
    if (this.trace.count === 0 || at === NONE || at === undefined) return false;
    this.at = Math.min(Math.max(at, 0), this.trace.count - 1);
    for (const listener of this.listeners) listener(this.at, how);
    return true;
  }

  step(by) {
    const { filter } = this;
    const rank = filter.rankOf(this.at);
    const shown = filter.isShown(this.at);
    return this.go(filter.positionAt(by > 0 && !shown ? rank : rank + by));
  }
  first() {
    this.go(this.filter.positionAt(0));
  }
  last() {
    this.go(this.filter.positionAt(this.filter.count - 1));
  }
  // The next or previous event at the same place.
  stepAtPlace(by) {
    const place = this.trace.node[this.at];
    for (let at = this.at + by; at >= 0 && at < this.trace.count; at += by) {
      if (this.trace.node[at] === place && this.filter.isShown(at)) return this.go(at);
    }
    return false;
  }
  toCause() {
    return this.go(this.trace.cause[this.at], "cause");
  }
  // Of a message, its arrival rather than its loss or copy.
  toEffect() {
    const effects = this.trace.effectsOf(this.at);
    const arrival = this.trace.arrival[this.at];
    return this.go(arrival !== NONE ? arrival : effects[0], "cause");
  }
  toOneOf(positions) {
    if (positions.length === 0) return false;
    return this.go(positions.find((at) => at > this.at) ?? positions[0]);
  }

  // The event, its cause, and so on to a root.
  chain(most = Infinity) {
    const events = [];
    for (let at = this.at; at !== NONE && events.length < most; at = this.trace.cause[at]) {
      events.push(at);
    }
    return events;
  }
}
