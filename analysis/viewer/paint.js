// Colours and hatches by meaning (after Okabe and Ito, told apart by colour-blind people too). The
// colours stand in style.css, so that dark mode is one media query; the canvas asks for them here.

const COLOURS = [
  "paper",
  "ink",
  "faint",
  "line",
  "strip",
  "accent",
  "bad",
  "fault",
  "lane",
  "down",
  "leader",
  "candidate",
  "follower",
  "good",
  "other1",
  "other2",
  "other3",
  "message",
  "client",
  "side0",
  "side1",
  "side2",
  "veil",
];

// Which colour and hatch a role has; roles that are not named here take the others in turn.
const ROLE_STYLES = {
  leader: ["leader", "slashes"],
  coordinator: ["leader", "slashes"],
  primary: ["leader", "slashes"],
  candidate: ["candidate", "dots"],
  election: ["candidate", "dots"],
  electing: ["candidate", "dots"],
  pre_candidate: ["candidate", "rings"],
  follower: ["follower", "plain"],
  normal: ["follower", "plain"],
  worker: ["follower", "plain"],
  backup: ["follower", "plain"],
  init: ["follower", "plain"],
  down: ["down", "crosses"],
  paused: ["down", "bars"],
};
const OTHER_STYLES = [
  ["other1", "bars"],
  ["other2", "rings"],
  ["other3", "slashes"],
  ["good", "dots"],
  ["candidate", "crosses"],
  ["leader", "bars"],
];

class Paint {
  constructor(root) {
    this.root = root;
    this.styles = new Map(Object.entries(ROLE_STYLES));
    this.others = 0;
    this.refresh();
  }

  // Reads the colours anew; hatches are made from them.
  refresh() {
    const style = getComputedStyle(this.root);
    for (const name of COLOURS) this[name] = style.getPropertyValue(`--${name}`).trim();
    this.font = style.fontFamily;
    this.size = parseFloat(style.fontSize);
    this.patterns = new Map();
  }

  styleOf(role) {
    let style = this.styles.get(role);
    if (!style) {
      if (/commit/.test(role) && !/vote|pre/.test(role)) style = ["good", "plain"];
      else if (/abort/.test(role)) style = ["bad", "crosses"];
      else style = OTHER_STYLES[this.others++ % OTHER_STYLES.length];
      this.styles.set(role, style);
    }
    return style;
  }

  // What a band of that role is filled with: its colour, and over it its hatch.
  fill(context, role, x, y, width, height) {
    const [colour, hatch] = this.styleOf(role);
    context.fillStyle = this[colour];
    context.fillRect(x, y, width, height);
    if (hatch === "plain") return;
    context.fillStyle = this.pattern(context, hatch);
    context.fillRect(x, y, width, height);
  }

  pattern(context, hatch) {
    let pattern = this.patterns.get(hatch);
    if (!pattern) {
      pattern = context.createPattern(this.tile(hatch), "repeat");
      const scale = 1 / (window.devicePixelRatio || 1);
      pattern.setTransform(new DOMMatrix().scale(scale));
      this.patterns.set(hatch, pattern);
    }
    return pattern;
  }
  tile(hatch) {
    const ratio = window.devicePixelRatio || 1;
    const tile = document.createElement("canvas");
    const size = Math.round(8 * ratio);
    tile.width = tile.height = size;
    const context = tile.getContext("2d");
    context.scale(size / 8, size / 8);
    context.strokeStyle = context.fillStyle = this.veil;
    context.lineWidth = 1.4;
    const line = (...points) => {
      context.beginPath();
      for (let i = 0; i < points.length; i += 4) {
        context.moveTo(points[i], points[i + 1]);
        context.lineTo(points[i + 2], points[i + 3]);
      }
      context.stroke();
    };
    const circle = (radius, filled) => {
      context.beginPath();
      context.arc(4, 4, radius, 0, 2 * Math.PI);
      filled ? context.fill() : context.stroke();
    };
    if (hatch === "slashes") line(-1, 9, 9, -1, -5, 5, 5, -5, 3, 13, 13, 3);
    if (hatch === "crosses") line(0, 0, 8, 8, 0, 8, 8, 0);
    if (hatch === "bars") line(4, -1, 4, 9);
    if (hatch === "dots") circle(1.6, true);
    if (hatch === "rings") circle(2.2, false);
    return tile;
  }
}

// A canvas as large as its element, in device pixels, drawn in CSS pixels.
function fitCanvas(canvas) {
  const ratio = window.devicePixelRatio || 1;
  const box = canvas.parentElement;
  const width = box.clientWidth;
  const height = box.clientHeight;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return { context, width, height };
}
