// The space-time diagram: a lane per node and client, time to the right, messages across.
// This file knows where things are and in which order they are drawn; lane_ground.js,
// lane_messages.js and lane_marks.js draw them.

// Beyond so many, single lines and marks tell nothing: densities are drawn instead.
const MOST_MESSAGES = 1500;
const MOST_MARKS = 2500;
// A lost message's line stops short, so that its cross does not lie on somebody else's lane.
const LOST_SHARE = 0.85;

class Lanes {
  constructor(app) {
    Object.assign(this, app); // trace, spans, axis, cursor, filter, search, paint
    this.box = document.getElementById("lanes");
    this.canvas = document.getElementById("lanes-canvas");
    this.playhead = null; // a place of the axis while playing; else the cursor's
    this.box.style.minHeight = `${this.topHeight() + 24 * this.trace.places.length + 30}px`;
    this.listen();
  }

  // ---- where things are

  topHeight() {
    return 10 + 18 * this.spans.faultRows;
  }
  measure(context, width, height) {
    const { paint, trace } = this;
    context.font = `600 ${paint.size}px ${paint.font}`;
    const names = trace.places.map((name) => context.measureText(name).width);
    context.font = `${0.8 * paint.size}px ${paint.font}`;
    const roles = [...this.spans.labels, ...this.spans.tasks].map(
      (role) => context.measureText(role).width + 14,
    );
    const widest = Math.min(Math.max(...names, ...roles, 0), 180);
    this.width = width;
    this.height = height;
    this.gutter = Math.round(Math.max(widest + 24, 6.6 * paint.size));
    this.top = this.topHeight();
    this.bottom = height - 1.9 * paint.size;
    this.laneHeight = (this.bottom - this.top) / Math.max(trace.places.length, 1);
    this.band = Math.round(Math.min(14, 0.36 * this.laneHeight));
  }
  x(place) {
    const share = (place - this.axis.left) / this.axis.span;
    return this.gutter + share * (this.width - this.gutter);
  }
  xOf(at) {
    return this.x(this.axis.of(at));
  }
  placeAtX(x) {
    return this.axis.left + ((x - this.gutter) / (this.width - this.gutter)) * this.axis.span;
  }
  laneY(place) {
    return this.top + (place + 0.5) * this.laneHeight;
  }
  // The line of a copy: where it begins and ends, and what became of it.
  way(copy) {
    const { trace, axis } = this;
    const from = trace.from[copy];
    const to = trace.to[copy];
    if (from < 0 || to < 0 || from === to) return null;
    const arrival = trace.arrival[copy];
    const lost = arrival !== NONE && trace.kind[arrival] === Kind.drop;
    const down = to > from ? 1 : -1;
    const way = { copy, arrival, lost, open: arrival === NONE, x0: this.xOf(copy) };
    way.y0 = this.laneY(from) + (down * this.band) / 2;
    way.y1 = this.laneY(to) - (down * this.band) / 2;
    const usual = axis.byTime ? this.spans.typicalDelay : 3;
    const short = arrival === NONE || axis.of(arrival) - axis.of(copy) < 0.05 * usual;
    way.x1 = (lost || way.open) && short ? this.x(axis.of(copy) + usual) : this.xOf(arrival);
    if (way.lost || way.open) this.shorten(way, way.lost ? LOST_SHARE : 0.5);
    return way;
  }
  shorten(way, share) {
    way.x1 = way.x0 + share * (way.x1 - way.x0);
    way.y1 = way.y0 + share * (way.y1 - way.y0);
  }
  // The playhead's place: where the cursor is, unless a playback is under way.
  now() {
    return this.playhead ?? (this.trace.count > 0 ? this.axis.of(this.cursor.at) : 0);
  }

  // ---- drawing

  draw() {
    const { context, width, height } = fitCanvas(this.canvas);
    if (width < 50 || height < 50) return;
    this.measure(context, width, height);
    const [from, to] = this.axis.seenPositions();
    const [first, last] = this.spans.copiesTouching(from, to);
    const drawing = new Drawing(this, context);
    const ground = new LaneGround(drawing);
    const messages = new LaneMessages(drawing);
    const marks = new LaneMarks(drawing);
    context.save();
    context.beginPath();
    context.rect(this.gutter, 0, width - this.gutter, height);
    context.clip();
    ground.grid();
    ground.faultShades();
    ground.bands();
    if (last - first <= MOST_MESSAGES) messages.messages(first, last);
    if (to - from <= MOST_MARKS) marks.marks(from, to);
    else marks.densities(from, to);
    marks.found(from, to);
    marks.violations();
    messages.chain();
    messages.playhead();
    marks.selection();
    ground.faultStrip();
    marks.labels();
    ground.ticks();
    context.restore();
    ground.gutter();
  }

  // ---- pointer

  listen() {
    const { box } = this;
    this.tip = document.createElement("div");
    this.tip.id = "tip";
    this.tip.hidden = true;
    document.body.append(this.tip);
    box.addEventListener("wheel", (event) => this.onWheel(event), { passive: false });
    box.addEventListener("pointerdown", (event) => this.onDown(event));
    box.addEventListener("pointermove", (event) => this.onMove(event));
    box.addEventListener("pointerup", (event) => this.onUp(event));
    box.addEventListener("pointerleave", () => {
      this.tip.hidden = true;
    });
  }
  pointOf(event) {
    const frame = this.canvas.getBoundingClientRect();
    return [event.clientX - frame.left, event.clientY - frame.top];
  }
  onWheel(event) {
    event.preventDefault();
    const [x] = this.pointOf(event);
    const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
    if (sideways) this.axis.pan((event.deltaX / this.width) * this.axis.span);
    else this.axis.zoom(Math.exp(event.deltaY * 0.0015), this.placeAtX(x));
    this.refresh();
  }
  onDown(event) {
    const [x] = this.pointOf(event);
    this.drag = { x, moved: false };
    this.box.setPointerCapture(event.pointerId);
  }
  onMove(event) {
    const [x, y] = this.pointOf(event);
    if (!this.drag) return this.showTip(event, this.hit(x, y, 9));
    const by = this.drag.x - x;
    if (Math.abs(by) < 4 && !this.drag.moved) return;
    this.drag = { x, moved: true };
    this.tip.hidden = true;
    this.axis.pan((by / (this.width - this.gutter)) * this.axis.span);
    this.refresh();
  }
  onUp(event) {
    const moved = this.drag?.moved;
    this.drag = null;
    if (moved) return;
    const [x, y] = this.pointOf(event);
    this.cursor.go(this.hit(x, y, Infinity), "click");
  }
  showTip(event, at) {
    this.tip.hidden = at === NONE;
    if (at === NONE) return;
    this.tip.textContent = spokenEvent(this.trace, at);
    const right = event.clientX > window.innerWidth / 2;
    this.tip.style.left = right ? "" : `${event.clientX + 14}px`;
    this.tip.style.right = right ? `${window.innerWidth - event.clientX + 14}px` : "";
    this.tip.style.top = `${event.clientY + 14}px`;
  }

  // The event nearest to a point: on its lane, or the end of a message's line. What is farther than
  // `reach` pixels does not count.
  hit(x, y, reach) {
    if (this.trace.count === 0 || x < this.gutter) return NONE;
    const [from, to] = this.axis.seenPositions();
    let best = NONE;
    let least = reach;
    const consider = (at, distance) => {
      if (distance < least && this.filter.isShown(at)) [best, least] = [at, distance];
    };
    for (let at = from; at < to; ++at) {
      const place = this.trace.node[at];
      const away = place < 0 ? Math.abs(y - this.top / 2) : Math.abs(y - this.laneY(place));
      consider(at, Math.hypot(this.xOf(at) - x, away));
    }
    const [first, last] = this.spans.copiesTouching(from, to);
    if (last - first > MOST_MESSAGES) return best;
    for (let i = first; i < last; ++i) {
      const way = this.way(this.spans.copies[i]);
      if (!way) continue;
      const [distance, share] = this.distanceTo(way, x, y);
      consider(share > 0.5 && way.arrival !== NONE ? way.arrival : way.copy, distance + 2);
    }
    return best;
  }
  distanceTo({ x0, y0, x1, y1 }, x, y) {
    const square = (x1 - x0) ** 2 + (y1 - y0) ** 2 || 1;
    const along = ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / square;
    const share = Math.min(Math.max(along, 0), 1);
    return [Math.hypot(x0 + share * (x1 - x0) - x, y0 + share * (y1 - y0) - y), share];
  }
}
