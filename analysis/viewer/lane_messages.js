// Messages on their way, the chain of causes, and what is under way at the moment.

class LaneMessages extends LanePart {
  messages(first, last) {
    const { context, lanes, trace, filter } = this;
    const ways = [];
    for (let i = first; i < last; ++i) {
      const copy = this.spans.copies[i];
      const arrival = trace.arrival[copy];
      if (!filter.isShown(copy) && (arrival === NONE || !filter.isShown(arrival))) continue;
      const way = lanes.way(copy);
      if (way && way.x1 >= lanes.gutter && way.x0 <= lanes.width) ways.push(way);
    }
    const many = ways.length > 500;
    context.globalAlpha = Math.max(0.3, Math.min(0.95, 260 / ways.length));
    context.lineWidth = many ? 0.8 : 1.2;
    for (const way of ways) this.message(way, many);
    context.globalAlpha = 1;
    for (const way of ways) if (way.lost) this.lostAt(way, many);
    if (ways.length <= 160) this.messageLabels(ways);
  }

  message(way, many) {
    const { context, paint, trace } = this;
    const client = trace.isClient(trace.from[way.copy]) || trace.isClient(trace.to[way.copy]);
    context.strokeStyle = way.lost ? paint.bad : client ? paint.client : paint.message;
    context.fillStyle = context.strokeStyle;
    context.setLineDash(way.lost || way.open ? [5, 3] : []);
    this.line(way.x0, way.y0, way.x1, way.y1);
    context.setLineDash([]);
    if (!many && !way.lost && !way.open) this.arrowHead(way);
  }

  lostAt({ x1, y1 }, many) {
    this.cross(x1, y1, many ? 3 : 5, this.paint.bad);
    if (!many) this.space.keep(x1 - 6, y1 - 6, 12, 12);
  }

  // One label for all messages of a type that one handler sends; another for those that get lost.
  messageLabels(ways) {
    const { trace } = this;
    const seen = new Set();
    for (const way of ways) {
      const key = `${trace.cause[way.copy]} ${trace.name[way.copy]} ${way.lost}`;
      if (trace.cause[way.copy] !== NONE && seen.has(key)) continue;
      if (this.messageLabel(way)) seen.add(key);
    }
  }

  // Half way between two lanes, near the receiver's: there messages of one sender are farthest
  // apart.
  messageLabel(way) {
    const { lanes, trace, paint } = this;
    const rise = way.y1 - way.y0;
    const back = (Math.sign(rise) * lanes.laneHeight) / 2;
    const gap = Math.round((way.y1 - back - lanes.top) / lanes.laneHeight);
    const y = lanes.top + gap * lanes.laneHeight;
    if ((y - way.y0) * (y - way.y1) > 0) return false;
    const x = way.x0 + ((y - way.y0) / rise) * (way.x1 - way.x0);
    this.label(trace.nameOf(way.copy), x, y, way.lost ? 5 : 2, way.lost ? paint.bad : paint.ink);
    return true;
  }

  // The way by which the event at hand came about.
  chain() {
    const { lanes, context, paint, trace } = this;
    context.strokeStyle = context.fillStyle = paint.accent;
    context.lineWidth = 2.6;
    const chain = this.cursor.chain(2000);
    chain.forEach((at, i) => {
      if (trace.arrival[at] !== NONE && trace.arrival[at] === chain[i - 1] && trace.isCopy(at)) {
        const way = lanes.way(at);
        if (!way) return;
        this.line(way.x0, way.y0, way.x1, way.y1);
        if (!way.lost) this.arrowHead(way);
      } else if (i > 0 && trace.node[at] >= 0 && trace.node[at] === trace.node[chain[i - 1]]) {
        const y = lanes.laneY(trace.node[at]);
        this.line(lanes.xOf(at), y, lanes.xOf(chain[i - 1]), y);
      }
    });
    if (chain.length > 0 && trace.isCopy(chain[0])) this.ownMessage(chain[0]);
    context.lineWidth = 1;
  }

  ownMessage(at) {
    const way = this.lanes.way(at);
    if (!way) return;
    this.context.strokeStyle = this.context.fillStyle = this.paint.accent;
    this.line(way.x0, way.y0, way.x1, way.y1);
    if (!way.lost && !way.open) this.arrowHead(way);
  }

  // The line of the moment, and on it what is under way then.
  playhead() {
    const { lanes, context, paint, trace, axis } = this;
    if (trace.count === 0) return;
    const now = lanes.now();
    const x = lanes.x(now);
    context.strokeStyle = paint.accent;
    context.globalAlpha = 0.75;
    context.lineWidth = 1.5;
    this.line(x, lanes.top - 4, x, lanes.bottom);
    context.globalAlpha = 1;
    const at = Math.min(axis.positionAt(now), trace.count - 1);
    const [first, last] = this.spans.copiesTouching(at, at);
    for (let i = first; i < last && last - first < MOST_MESSAGES; ++i) {
      const way = lanes.way(this.spans.copies[i]);
      if (!way || way.x0 > x || way.x1 < x || way.x1 - way.x0 < 1) continue;
      const share = (x - way.x0) / (way.x1 - way.x0);
      this.envelope(x, way.y0 + share * (way.y1 - way.y0), way.lost);
    }
    context.lineWidth = 1;
  }

  envelope(x, y, lost) {
    const { context, paint } = this;
    context.fillStyle = paint.paper;
    context.strokeStyle = lost ? paint.bad : paint.accent;
    context.lineWidth = 1.6;
    context.fillRect(x - 6, y - 4, 12, 8);
    context.strokeRect(x - 6, y - 4, 12, 8);
    context.beginPath();
    context.moveTo(x - 6, y - 4);
    context.lineTo(x, y + 1);
    context.lineTo(x + 6, y - 4);
    context.stroke();
  }
}
