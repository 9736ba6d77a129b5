// Which events are shown, and which a search finds. Both are answered from tables, so that a
// hundred thousand events take a few milliseconds.

class Filter {
  constructor(trace) {
    this.trace = trace;
    this.hidden = { kinds: new Set(), places: new Set(), names: new Set() };
    this.listeners = [];
    this.rank = new Uint32Array(trace.count + 1);
    this.update();
  }
  onChange(listener) {
    this.listeners.push(listener);
  }

  toggle(group, key, shown) {
    if (shown) this.hidden[group].delete(key);
    else this.hidden[group].add(key);
    this.update();
    for (const listener of this.listeners) listener();
  }
  clear() {
    for (const group of Object.values(this.hidden)) group.clear();
    this.update();
    for (const listener of this.listeners) listener();
  }
  get active() {
    return Object.values(this.hidden).some((group) => group.size > 0);
  }

  // A message is shown where one of its ends is.
  accepts(at) {
    const { trace, hidden } = this;
    if (hidden.kinds.has(trace.kind[at])) return false;
    if (trace.name[at] >= 0 && hidden.names.has(trace.name[at])) return false;
    if (hidden.places.size === 0) return true;
    return !hidden.places.has(trace.node[at]);
  }
  update() {
    const { trace, rank } = this;
    const shown = [];
    for (let at = 0; at < trace.count; ++at) {
      rank[at] = shown.length;
      if (this.accepts(at)) shown.push(at);
    }
    rank[trace.count] = shown.length;
    this.shown = Uint32Array.from(shown);
    this.count = shown.length;
  }

  isShown(at) {
    return this.rank[at + 1] > this.rank[at];
  }
  // How many shown events lie before the position; the position of the one of a rank.
  rankOf(at) {
    return this.rank[at];
  }
  positionAt(rank) {
    if (this.count === 0) return NONE;
    return this.shown[Math.min(Math.max(rank, 0), this.count - 1)];
  }
}

// Every word must be found: in the place, the kind, a name, an end of the message or the details.
class Search {
  constructor(trace, filter) {
    this.trace = trace;
    this.filter = filter;
    this.text = "";
    this.found = [];
  }

  isFor(text) {
    return this.text === text.trim().toLowerCase();
  }
  run(text) {
    this.text = text.trim().toLowerCase();
    this.found = [];
    const words = this.text.split(/\s+/).filter((word) => word !== "");
    if (words.length === 0) return;
    const tables = words.map((word) => this.tablesFor(word));
    for (let at = 0; at < this.trace.count; ++at) {
      if (this.filter.isShown(at) && tables.every((table) => this.matches(table, at))) {
        this.found.push(at);
      }
    }
  }
  tablesFor(word) {
    const { trace } = this;
    const holds = (text) => text.toLowerCase().includes(word);
    return {
      index: /^e\d+$/.test(word) ? Number(word.slice(1)) : NaN,
      places: trace.places.map((name) => name.toLowerCase() === word),
      kinds: KINDS.map(holds),
      names: trace.names.map(holds),
      details: trace.details.map((block) => block.search(word)),
    };
  }
  matches(tables, at) {
    const { trace } = this;
    const isAt = (place) => place >= 0 && tables.places[place];
    return (
      trace.index[at] === tables.index ||
      tables.kinds[trace.kind[at]] ||
      (trace.name[at] >= 0 && tables.names[trace.name[at]]) ||
      isAt(trace.node[at]) ||
      isAt(trace.from[at]) ||
      isAt(trace.to[at]) ||
      (trace.detail[at] > 0 && tables.details[trace.block[at]][trace.detail[at] - 1])
    );
  }

  // The match behind (or before) a position, around the end.
  next(at, by) {
    if (this.found.length === 0) return NONE;
    if (by > 0) return this.found.find((one) => one > at) ?? this.found[0];
    return this.found.findLast((one) => one < at) ?? this.found.at(-1);
  }
  // "3 of 17", for a position.
  place(at) {
    if (this.text === "") return "";
    if (this.found.length === 0) return "not found";
    const place = lowerBound(this.found, this.found.length, at);
    const exact = this.found[place] === at;
    return exact ? `${place + 1} of ${this.found.length}` : `${this.found.length} found`;
  }
}
