// What all parts of the diagram draw with: lines, marks, and labels that keep clear of each other.

// Rectangles that labels have taken: a label that would lie on another is not drawn.
class LabelSpace {
  constructor() {
    this.taken = [];
  }
  // A mark that is there in any case.
  keep(x, y, width, height) {
    this.taken.push({ x, y, width, height });
  }
  take(x, y, width, height) {
    const free = this.taken.every(
      (box) =>
        x >= box.x + box.width ||
        x + width <= box.x ||
        y >= box.y + box.height ||
        y + height <= box.y,
    );
    if (free) this.taken.push({ x, y, width, height });
    return free;
  }
}

// Steps of 1, 2 or 5 times a power of ten: about one for every 110 pixels.
function tickStep(span, width) {
  const least = (span * 110) / Math.max(width, 1);
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= least);
}

// One drawing of the diagram: what its parts have in common.
class Drawing {
  constructor(lanes, context) {
    this.lanes = lanes;
    this.context = context;
    this.space = new LabelSpace();
    this.waiting = []; // labels, to be placed when all else is drawn
  }
}

class LanePart {
  constructor(drawing) {
    Object.assign(this, drawing);
    const { trace, spans, axis, paint, cursor, filter, search } = drawing.lanes;
    Object.assign(this, { trace, spans, axis, paint, cursor, filter, search });
  }

  line(x0, y0, x1, y1) {
    const { context } = this;
    context.beginPath();
    context.moveTo(x0, y0);
    context.lineTo(x1, y1);
    context.stroke();
  }

  font(weight = 400, factor = 0.85) {
    this.context.font = `${weight} ${factor * this.paint.size}px ${this.paint.font}`;
  }

  // Asks for a label around (x, y); greater ranks come first.
  label(text, x, y, rank, colour = this.paint.ink, align = "center") {
    this.waiting.push({ text, x, y, rank, colour, align });
  }

  // The left and right edge of a span of positions, or nothing where it cannot be seen.
  edges(from, to) {
    const { lanes, axis, trace } = this;
    const left = Math.max(lanes.xOf(from), lanes.gutter);
    const end = to >= trace.count ? axis.end : axis.of(to);
    const right = Math.min(lanes.x(end), lanes.width);
    return right > lanes.gutter && left < lanes.width && right >= left ? [left, right] : null;
  }

  disc(x, y, radius, colour = this.paint.ink) {
    const { context } = this;
    context.fillStyle = colour;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fill();
  }

  ring(x, y, radius, colour = this.paint.ink, width = 1.5) {
    const { context } = this;
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.stroke();
    context.lineWidth = 1;
  }

  polygon(points, colour = this.paint.ink) {
    const { context } = this;
    context.fillStyle = colour;
    context.beginPath();
    for (const [x, y] of points) context.lineTo(x, y);
    context.fill();
  }

  cross(x, y, size, colour) {
    const { context } = this;
    context.strokeStyle = colour;
    context.lineWidth = 2;
    this.line(x - size, y - size, x + size, y + size);
    this.line(x - size, y + size, x + size, y - size);
    context.lineWidth = 1;
  }

  arrowHead({ x0, y0, x1, y1 }) {
    const { context } = this;
    const angle = Math.atan2(y1 - y0, x1 - x0);
    context.beginPath();
    context.moveTo(x1, y1);
    for (const turn of [-0.36, 0.36]) {
      context.lineTo(x1 - 8 * Math.cos(angle + turn), y1 - 8 * Math.sin(angle + turn));
    }
    context.fill();
  }
}
