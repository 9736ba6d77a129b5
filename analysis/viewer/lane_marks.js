// Events as marks on their lanes, and the labels of all parts.

class LaneMarks extends LanePart {
  marks(from, to) {
    const { lanes, trace, filter } = this;
    const size = Math.max(2, Math.min(4.2, lanes.band / 3));
    for (let at = from; at < to; ++at) {
      const place = trace.node[at];
      if (place >= 0 && filter.isShown(at)) {
        this.mark(at, lanes.xOf(at), lanes.laneY(place), size, to - from < 600);
      }
    }
  }

  mark(at, x, y, size, few) {
    const { context, paint, trace, lanes } = this;
    context.fillStyle = context.strokeStyle = paint.ink;
    const above = y - lanes.band / 2 - size - 2;
    switch (KINDS[trace.kind[at]]) {
      case "recv":
        return this.disc(x, y, size * 0.75);
      case "unexpected":
        return this.ring(x, y, size);
      case "timer":
        return this.polygon([
          [x, above - size],
          [x + size, above],
          [x, above + size],
          [x - size, above],
        ]);
      case "event":
        return this.eventMark(at, x, above, size, few);
      case "local":
        return this.ring(x, y, size * 0.8);
      case "persist":
        return context.fillRect(x - size * 0.7, y + lanes.band / 2 + 2, size * 1.4, size * 1.1);
      case "crash":
        this.cross(x, y, size * 1.8, paint.bad);
        return this.label("crash", x + 6, above, 8, paint.bad, "left");
      case "restart":
        this.disc(x, y, size * 1.4, paint.good);
        return this.label("restart", x + 6, above, 7, paint.ink, "left");
      case "op":
        return this.polygon(
          [
            [x - size, y - size],
            [x + size, y],
            [x - size, y + size],
          ],
          paint.client,
        );
      case "ack":
        return this.polygon(
          [
            [x + size, y - size],
            [x - size, y],
            [x + size, y + size],
          ],
          paint.good,
        );
      default:
        return undefined;
    }
  }

  // Roles and records can be seen in the bands already.
  eventMark(at, x, y, size, few) {
    const name = this.trace.nameOf(at);
    if (name === this.spans.bandEvent && name === "role") return;
    this.polygon([
      [x - size, y + size],
      [x, y - size],
      [x + size, y + size],
    ]);
    this.space.keep(x - size, y - size, 2 * size, 2 * size);
    if (!few || name === "epoch") return;
    const detail = this.trace.detailOf(at);
    const [key, first] = Object.entries(detail.body ?? detail)[0] ?? [];
    const word = key === "epoch" ? `${this.trace.epochWord} ` : "";
    const value = ["string", "number"].includes(typeof first) ? ` ${word}${first}` : "";
    if (name === "logged" && this.isOvertaken(at, x)) return;
    const record = String(first).toLowerCase().replace(/_/g, " "); // as its band is called
    this.label(
      clipped(name === "logged" ? record : name + value, 28),
      x + 6,
      y - 2,
      4,
      this.paint.ink,
      "left",
    );
  }

  // Whether the node logs another record at the same place: the band shows that one.
  isOvertaken(at, x) {
    const { trace, lanes, filter } = this;
    for (let next = at + 1; next < trace.count && lanes.xOf(next) < x + 4; ++next) {
      const logs = trace.kind[next] === Kind.event && trace.nameOf(next) === "logged";
      if (logs && trace.node[next] === trace.node[at] && filter.isShown(next)) return true;
    }
    return false;
  }

  // How much happens on each lane, where single events would lie on one another.
  densities(from, to) {
    const { lanes, trace, filter, context, paint } = this;
    const bins = Math.ceil((lanes.width - lanes.gutter) / 3);
    const counts = trace.places.map(() => new Uint32Array(bins));
    const lost = trace.places.map(() => new Uint32Array(bins));
    let most = 1;
    for (let at = from; at < to; ++at) {
      const place = trace.node[at];
      const bin = Math.floor((lanes.xOf(at) - lanes.gutter) / 3);
      if (place < 0 || bin < 0 || bin >= bins || !filter.isShown(at)) continue;
      most = Math.max(most, ++counts[place][bin]);
      if (trace.kind[at] === Kind.drop) ++lost[place][bin];
    }
    const room = (lanes.laneHeight - lanes.band) / 2 - 3;
    counts.forEach((row, place) => {
      const y = lanes.laneY(place);
      row.forEach((count, bin) => {
        const x = lanes.gutter + 3 * bin;
        context.fillStyle = paint.message;
        const height = room * Math.sqrt(count / most);
        context.fillRect(x, y - lanes.band / 2 - height, 2.4, height);
        context.fillStyle = paint.bad;
        const loss = room * Math.sqrt(lost[place][bin] / most);
        context.fillRect(x, y + lanes.band / 2, 2.4, loss);
      });
    });
  }

  found(from, to) {
    const { lanes, paint, search, trace } = this;
    const { found } = search;
    const first = lowerBound(found, found.length, from);
    const last = lowerBound(found, found.length, to);
    if (last - first > MOST_MARKS) return; // the strip below shows where they are
    for (let i = first; i < last; ++i) {
      const place = trace.node[found[i]];
      if (place >= 0) this.ring(lanes.xOf(found[i]), lanes.laneY(place), 6, paint.accent, 1.5);
    }
  }

  violations() {
    const { lanes, context, paint, trace } = this;
    for (const at of this.spans.violations) {
      const x = lanes.xOf(at);
      context.strokeStyle = paint.bad;
      context.lineWidth = 2;
      this.line(x, lanes.top - 6, x, lanes.bottom);
      this.polygon(
        [
          [x, lanes.top + 6],
          [x - 8, lanes.top - 8],
          [x + 8, lanes.top - 8],
        ],
        paint.bad,
      );
      this.label(trace.nameOf(at), x - 10, lanes.top + 4, 9, paint.bad, "right");
      for (const place of trace.conflictAt(at)) {
        if (place >= 0) this.ring(x, lanes.laneY(place), lanes.band * 0.8, paint.bad, 2.5);
      }
    }
    context.lineWidth = 1;
  }

  selection() {
    const { lanes, paint, trace, cursor } = this;
    if (trace.count === 0 || trace.node[cursor.at] < 0) return;
    const x = lanes.xOf(cursor.at);
    const y = lanes.laneY(trace.node[cursor.at]);
    this.ring(x, y, lanes.band * 0.62 + 3, paint.paper, 5);
    this.ring(x, y, lanes.band * 0.62 + 3, paint.accent, 2.6);
  }

  labels() {
    const { context, paint } = this;
    this.font();
    const height = 1.15 * paint.size;
    this.waiting.sort((a, b) => b.rank - a.rank);
    context.textBaseline = "middle";
    context.lineJoin = "round";
    for (const { text, x, y, colour, align } of this.waiting.slice(0, 400)) {
      const width = context.measureText(text).width + 6;
      const left = align === "left" ? x : align === "right" ? x - width : x - width / 2;
      if (left < this.lanes.gutter || left + width > this.lanes.width) continue;
      if (!this.space.take(left, y - height / 2, width, height)) continue;
      context.strokeStyle = paint.paper;
      context.lineWidth = 4;
      context.textAlign = "left";
      context.strokeText(text, left + 3, y);
      context.fillStyle = colour;
      context.fillText(text, left + 3, y);
    }
    context.lineWidth = 1;
  }
}
