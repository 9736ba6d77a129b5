// The whole run in one strip: how much happens when, faults, violations, what a search found, and
// the part that the diagram shows. As a slider for the keyboard, as a handle for the pointer.

class Scrubber {
  constructor(app) {
    Object.assign(this, app);
    this.box = document.getElementById("scrubber");
    this.canvas = document.getElementById("scrubber-canvas");
    this.bins = null;
    this.box.addEventListener("pointerdown", (event) => this.onPointer(event, true));
    this.box.addEventListener("pointermove", (event) => event.buttons & 1 && this.onPointer(event));
  }

  // Counts of shown events by pixel; kept until the filter, the axis or the width changes.
  counts(width) {
    const { axis, filter, trace } = this;
    const key = `${width} ${axis.byTime} ${filter.count}`;
    if (this.bins?.key === key) return this.bins;
    const bins = { key, events: new Uint32Array(width), lost: new Uint32Array(width), most: 1 };
    for (const at of filter.shown) {
      const x = Math.min(Math.max(Math.floor(this.x(axis.of(at), width)), 0), width - 1);
      bins.most = Math.max(bins.most, ++bins.events[x]);
      if (trace.kind[at] === Kind.drop) ++bins.lost[x];
    }
    this.bins = bins;
    return bins;
  }
  x(place, width) {
    const { axis } = this;
    return ((place - axis.begin) / (axis.end - axis.begin)) * width;
  }

  draw() {
    const { context, width, height } = fitCanvas(this.canvas);
    const { paint, axis, spans, search, cursor, trace, lanes } = this;
    if (width < 20) return;
    const x = (place) => this.x(place, width);
    const rows = 7;
    for (const fault of spans.faults) {
      const from = x(axis.of(fault.from));
      const to = fault.to >= trace.count ? width : x(axis.of(fault.to));
      context.fillStyle = paint.fault;
      context.fillRect(from, 0, Math.max(to - from, 2), rows - 1);
    }
    const bins = this.counts(Math.floor(width));
    const room = height - rows - 2;
    bins.events.forEach((count, at) => {
      if (count === 0) return;
      const tall = Math.max(1.5, room * Math.sqrt(count / bins.most));
      context.fillStyle = paint.message;
      context.fillRect(at, height - tall, 1, tall);
      if (bins.lost[at] === 0) return;
      context.fillStyle = paint.bad;
      context.fillRect(at, height - Math.max(2, (tall * bins.lost[at]) / count), 1, tall);
    });
    context.fillStyle = paint.accent;
    for (const at of search.found.slice(0, 5000)) context.fillRect(x(axis.of(at)) - 1, rows, 2, 5);
    context.fillStyle = paint.bad;
    for (const at of spans.violations) context.fillRect(x(axis.of(at)) - 1.5, 0, 3, height);
    this.seenPart(context, x, width, height);
    if (trace.count === 0) return;
    context.fillStyle = paint.accent;
    context.fillRect(x(lanes.playhead ?? axis.of(cursor.at)) - 1, 0, 2, height);
  }
  // What the diagram does not show lies in the shade.
  seenPart(context, x, width, height) {
    const { axis, paint } = this;
    const left = x(axis.left);
    const right = Math.max(x(axis.right), left + 3);
    context.fillStyle = paint.strip;
    context.globalAlpha = 0.62;
    context.fillRect(0, 0, left, height);
    context.fillRect(right, 0, width - right, height);
    context.globalAlpha = 1;
    context.strokeStyle = paint.accent;
    context.lineWidth = 1.5;
    context.strokeRect(left + 0.75, 0.75, Math.max(right - left - 1.5, 2), height - 1.5);
  }

  describe() {
    const { box, cursor, filter, trace } = this;
    if (trace.count === 0) return;
    box.setAttribute("aria-valuemax", String(Math.max(filter.count - 1, 0)));
    box.setAttribute("aria-valuenow", String(Math.min(filter.rankOf(cursor.at), filter.count - 1)));
    box.setAttribute(
      "aria-valuetext",
      `${eventName(trace, cursor.at)} at ${timeText(trace.time[cursor.at])}`,
    );
  }

  onPointer(event, first) {
    const { axis } = this;
    const frame = this.canvas.getBoundingClientRect();
    const share = Math.min(Math.max((event.clientX - frame.left) / frame.width, 0), 1);
    if (first) this.box.setPointerCapture(event.pointerId);
    const place = axis.begin + share * (axis.end - axis.begin);
    axis.see(place - axis.span / 2, place + axis.span / 2);
    this.cursor.go(axis.eventAt(place), "click");
  }
  // Arrow keys on the slider move by a hundredth, page keys by a tenth of the run.
  moveBy(share) {
    const { axis, cursor, filter } = this;
    if (this.trace.count === 0) return;
    const place = axis.of(cursor.at) + share * (axis.end - axis.begin);
    let at = axis.eventAt(Math.min(Math.max(place, axis.begin), axis.end));
    if (at === cursor.at) at = filter.positionAt(filter.rankOf(at) + Math.sign(share));
    cursor.go(at);
  }
}
