// Puts the parts together, and draws what has changed once per frame.

// "#e=318&axis=events": the event at hand, and how it is looked at.
class Address {
  constructor(app) {
    Object.assign(this, app);
  }
  read() {
    const words = new URLSearchParams(location.hash.slice(1));
    const index = Number(words.get("e") ?? NaN);
    const at = this.trace.positionOf(index);
    const number = (key) => (words.has(key) ? Number(words.get(key)) : NaN);
    return {
      at,
      byTime: words.get("axis") !== "events",
      left: number("from"),
      right: number("to"),
    };
  }
  write() {
    const { trace, cursor, axis } = this;
    if (trace.count === 0) return;
    const words = [`e=${trace.index[cursor.at]}`];
    if (!axis.byTime) words.push("axis=events");
    words.push(`from=${Math.round(axis.left)}`, `to=${Math.round(axis.right)}`);
    try {
      history.replaceState(null, "", `#${words.join("&")}`);
    } catch {
      // Some browsers count what a page does to its address; the next change will get through.
    }
  }
}

// A function that runs at most once per frame, and one that runs when nothing came for a while.
function oncePerFrame(run) {
  let due = false;
  return () => {
    if (due) return;
    due = true;
    requestAnimationFrame(() => {
      due = false;
      run();
    });
  };
}
function afterQuiet(milliseconds, run) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(run, milliseconds);
  };
}

function fillHeader(trace) {
  const { header, scenario, end } = trace;
  const title = typeof scenario.title === "string" ? scenario.title : header.protocol;
  document.title = `${title} · quorate`;
  document.getElementById("title").textContent = title;
  const verdict = document.getElementById("verdict");
  const words = { pass: "✓ pass", fail: "✗ fail", inconclusive: "? inconclusive" };
  verdict.textContent = words[end?.verdict] ?? "cut off";
  verdict.dataset.verdict = end?.verdict ?? "none";
  const facts = [
    header.protocol,
    counted(trace.nodeCount, "node", "nodes"),
    `seed ${header.seed}`,
    counted(trace.count, "event", "events"),
  ];
  if (header.level !== "all") facts.push(`level ${header.level}`);
  document.getElementById("facts").textContent = facts.join(" · ");
}

function start() {
  const began = performance.now();
  const trace = readTrace();
  const app = { trace };
  app.spans = new Spans(trace);
  app.filter = new Filter(trace);
  app.search = new Search(trace, app.filter);
  app.cursor = new Cursor(trace, app.filter);
  app.axis = new Axis(trace, app.filter);
  app.states = new NodeStates(trace);
  app.paint = new Paint(document.documentElement);
  const status = document.getElementById("status");
  app.say = (text) => {
    status.textContent = text;
  };

  let redraw = () => {};
  app.refresh = () => redraw();
  app.lanes = new Lanes(app);
  app.scrubber = new Scrubber(app);
  app.table = new EventTable(app);
  app.inspector = new Inspector(app);
  app.player = new Player(app);
  app.dialogs = new Dialogs(app);
  app.address = new Address(app);
  app.keys = new Keys(app);
  app.dialogs.keys = app.keys;

  const address = app.address.read();
  fillHeader(trace);
  fillLegend(app);
  document.getElementById("to-violation").hidden = app.spans.violations.length === 0;
  connect(app, (draw) => {
    redraw = draw;
  });
  look(app, address);
  // For whoever measures: how long it took until the first picture.
  document.documentElement.dataset.ready = String(Math.round(performance.now() - began));
}

// Where to look first: where the address says, else at a violation, else at the first fault.
function look(app, { at, byTime, left, right }) {
  const { trace, spans, axis, cursor } = app;
  if (trace.count === 0) return app.refresh();
  const fault = spans.faults[0]?.from;
  const begin = trace.positionAtTime(trace.header.from ?? 0);
  const first = at !== NONE ? at : (spans.violations[0] ?? atNode(trace, fault) ?? begin);
  const small = trace.count <= 220;
  const ordered = location.hash === "" && small && axis.mostlyQuiet;
  if (!byTime || ordered) app.keys.toggleAxis();
  if (!small) axis.focus(first, 150);
  else axis.seeEvents();
  cursor.go(Math.max(first, Math.min(begin, trace.count - 1)), "open");
  if (left < right) axis.see(left, right);
  axis.reveal(axis.of(cursor.at), 0.5, 0);
  app.refresh();
}

// Of a fault that strikes a node, what it does there.
function atNode(trace, fault) {
  if (fault === undefined) return undefined;
  const [effect] = trace.effectsOf(fault);
  return [Kind.crash, Kind.pause, Kind.timer].includes(trace.kind[effect]) ? effect : fault;
}

function connect(app, setRedraw) {
  const { cursor, filter, axis, lanes, scrubber, table, inspector, keys, search } = app;
  const inspect = oncePerFrame(() => inspector.draw());
  const speak = afterQuiet(250, () => app.say(spokenEvent(app.trace, cursor.at)));
  const link = afterQuiet(300, () => app.address.write());
  let reveal = false;
  const draw = oncePerFrame(() => {
    lanes.draw();
    scrubber.draw();
    scrubber.describe();
    table.draw();
    if (reveal) table.reveal();
    reveal = false;
    link();
  });
  setRedraw(draw);
  cursor.onChange((at, how) => {
    if (how !== "play" && app.player.playing) app.player.place = axis.of(at);
    if (how !== "play" && how !== "open") axis.reveal(axis.of(at), how === "cause" ? 0.6 : 0.5);
    reveal = true;
    keys.showFound();
    inspect();
    if (how !== "open") speak();
    draw();
  });
  filter.onChange(() => {
    search.run(document.getElementById("search").value);
    if (!axis.byTime) axis.focus(cursor.at, 150);
    keys.showFound();
    document.getElementById("open-filter").classList.toggle("active", filter.active);
    app.say(`${counted(filter.count, "event", "events")} shown`);
    reveal = true;
    draw();
  });
  new ResizeObserver(() => {
    table.measure();
    app.paint.refresh();
    reveal = true;
    draw();
  }).observe(document.getElementById("stage"));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    app.paint.refresh();
    fillLegend(app);
    draw();
  });
  window.addEventListener("hashchange", () => {
    const { at } = app.address.read();
    if (at !== NONE && at !== cursor.at) cursor.go(at, "link");
  });
}

start();
