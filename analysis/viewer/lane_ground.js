// The ground of the diagram: grid, faults, bands, and the words around it.

class LaneGround extends LanePart {
  grid() {
    const { context, lanes, paint, axis } = this;
    context.strokeStyle = paint.line;
    context.lineWidth = 1;
    if (axis.byTime) {
      for (const tick of this.ticksSeen()) {
        const x = Math.round(lanes.x(tick)) + 0.5;
        this.line(x, lanes.top - 4, x, lanes.bottom);
      }
    }
    this.trace.places.forEach((_, place) => {
      const y = Math.round(lanes.laneY(place)) + 0.5;
      context.strokeStyle = paint.lane;
      this.line(lanes.gutter, y, lanes.width, y);
    });
  }

  ticksSeen() {
    const { axis, lanes } = this;
    const step = Math.max(tickStep(axis.span, lanes.width - lanes.gutter), 1);
    const ticks = [];
    for (let at = Math.ceil(axis.left / step) * step; at <= axis.right; at += step) ticks.push(at);
    if (axis.byTime)
      ticks.splice(
        0,
        ticks.findIndex((at) => at >= 0),
      );
    this.tickStep = step;
    return ticks;
  }

  // A partition tints the lanes by side; any other lasting fault shades all of them a little.
  faultShades() {
    const { context, lanes, paint, trace } = this;
    for (const fault of this.spans.faults) {
      const seen = fault.lasting && this.edges(fault.from, fault.to);
      if (!seen) continue;
      const width = Math.max(seen[1] - seen[0], 1);
      context.globalAlpha = fault.groups ? 1 : 0.5;
      trace.places.forEach((_, place) => {
        const side = fault.groups ? fault.groups[place] : 0;
        if (side === undefined) return;
        context.fillStyle = paint[`side${side % 3}`];
        context.fillRect(seen[0], lanes.top + place * lanes.laneHeight, width, lanes.laneHeight);
      });
      context.globalAlpha = 1;
      this.separations(fault, seen);
    }
  }

  // A dashed line between neighbouring lanes that cannot reach each other.
  separations(fault, [left, right]) {
    const { context, lanes, paint } = this;
    if (!fault.groups) return;
    context.strokeStyle = paint.fault;
    context.setLineDash([6, 4]);
    for (let place = 1; place < fault.groups.length; ++place) {
      if (fault.groups[place] === fault.groups[place - 1]) continue;
      const y = Math.round(lanes.top + place * lanes.laneHeight) + 0.5;
      this.line(left, y, right, y);
    }
    context.setLineDash([]);
  }

  bands() {
    const { spans, trace } = this;
    trace.places.forEach((_, place) => {
      for (const span of spans.roles[place]) this.bandOf(place, span, span.label);
      for (const span of spans.paused[place]) this.bandOf(place, span, "paused");
      for (const span of spans.down[place]) this.bandOf(place, span, "down");
    });
  }

  bandOf(place, span, label) {
    const { context, lanes, paint } = this;
    const seen = this.edges(span.from, span.to);
    if (!seen) return;
    const y = Math.round(lanes.laneY(place) - lanes.band / 2);
    const width = Math.max(seen[1] - seen[0], 1.5);
    if (label === "down") {
      context.fillStyle = paint.paper;
      context.fillRect(seen[0], y - 1, width, lanes.band + 2);
    }
    paint.fill(context, label, seen[0], y, width, lanes.band);
    context.strokeStyle = paint.paper;
    context.lineWidth = 1;
    if (seen[0] > lanes.gutter) this.line(seen[0], y, seen[0], y + lanes.band);
  }

  faultStrip() {
    const { context, lanes, paint, spans } = this;
    this.font(500, 0.8);
    context.textBaseline = "middle";
    context.textAlign = "left";
    const words = [];
    for (const fault of spans.faults) {
      const y = 5 + 18 * fault.row;
      const seen = this.edges(fault.from, fault.lasting ? fault.to : fault.from);
      if (!seen) continue;
      const width = fault.lasting ? Math.max(seen[1] - seen[0], 3) : 3;
      context.fillStyle = paint.fault;
      context.globalAlpha = fault.lasting ? 0.3 : 1;
      context.fillRect(seen[0], y, width, 15);
      context.globalAlpha = 1;
      context.fillRect(seen[0], y, 3, 15);
      words.push({ text: `${fault.id}: ${fault.text}`, x: seen[0], y: y + 8 });
    }
    context.fillStyle = paint.ink;
    words.forEach(({ text, x, y }, i) => {
      const next = words.slice(i + 1).find((other) => other.y === y)?.x ?? lanes.width;
      const whole = context.measureText(text).width;
      const shown = clipped(text, Math.floor((text.length * (next - x - 12)) / whole));
      if (shown.length > 3) context.fillText(shown, x + 7, y);
    });
  }

  ticks() {
    const { context, lanes, paint, axis } = this;
    this.font(400, 0.8);
    context.fillStyle = paint.faint;
    context.textAlign = "center";
    context.textBaseline = "middle";
    const y = lanes.bottom + 0.95 * paint.size;
    const now = this.nowText();
    const width = context.measureText(now).width + 12;
    const at = Math.min(
      Math.max(lanes.x(lanes.now()), lanes.gutter + width / 2),
      lanes.width - width / 2,
    );
    for (const tick of this.ticksSeen()) {
      const text = axis.byTime ? tickText(tick, this.tickStep) : this.rankText(tick);
      const x = lanes.x(tick);
      const half = context.measureText(text).width / 2 + 4;
      if (Math.abs(x - at) < width / 2 + half || x - half < lanes.gutter) continue;
      if (x + half > lanes.width || text === "") continue;
      context.fillText(text, x, y);
    }
    if (this.trace.count === 0) return;
    context.fillStyle = paint.accent;
    context.fillRect(at - width / 2, y - 0.7 * paint.size, width, 1.4 * paint.size);
    context.fillStyle = paint.paper;
    context.fillText(now, at, y);
  }

  nowText() {
    const { lanes, axis, trace, cursor } = this;
    if (trace.count === 0) return "";
    return axis.byTime ? timeText(lanes.now()) : eventName(trace, cursor.at);
  }

  rankText(rank) {
    const at = this.filter.positionAt(Math.round(rank));
    return at === NONE || rank < 0 || rank > this.filter.count - 1 ? "" : eventName(this.trace, at);
  }

  // Names, and what each node is at the moment.
  gutter() {
    const { context, lanes, paint, trace, spans, axis } = this;
    context.fillStyle = paint.strip;
    context.fillRect(0, 0, lanes.gutter, lanes.height);
    const now = this.lanes.playhead === null ? this.cursor.at : axis.eventAt(lanes.now());
    const two = lanes.laneHeight > 2.6 * paint.size;
    trace.places.forEach((name, place) => {
      const role = spans.bandAt(place, now);
      const task = role === "" ? spans.tasks[place] : "";
      const y = lanes.laneY(place) - (two && (role || task) ? 0.62 * paint.size : 0);
      this.font(600, 1);
      context.textAlign = "left";
      context.textBaseline = "middle";
      context.fillStyle = paint.ink;
      context.fillText(clipped(name, 20), 12, y, lanes.gutter - 20);
      if (task && two) this.words(task, 12, y + 1.32 * paint.size);
      if (!role) return;
      if (!two) return paint.fill(context, role, 2, lanes.laneY(place) - 6, 6, 12);
      paint.fill(context, role, 12, y + 0.85 * paint.size, 11, 11);
      this.words(role.replace(/_/g, " "), 28, y + 1.32 * paint.size);
    });
  }
  words(text, x, y) {
    this.font(400, 0.8);
    this.context.fillStyle = this.paint.ink;
    this.context.fillText(clipped(text, 40), x, y, this.lanes.gutter - x - 4);
  }
}
