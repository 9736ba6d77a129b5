// What opens over the page: help, the lesson of the scenario, and the filter below the toolbar.

const HELP = [
  ["← →", "previous, next event"],
  ["↑ ↓", "the same, at the same node"],
  ["Home End", "first, last event"],
  ["c", "to what caused it"],
  ["v", "to what it caused"],
  ["!", "next violation"],
  ["space", "play, pause"],
  [", .", "slower, faster"],
  ["/", "search; Enter: next, Shift Enter: previous, Esc: back"],
  ["n N", "next, previous event that was found"],
  ["f", "filter by node, kind and type"],
  ["x", "axis: time, or one event beside the other"],
  ["+ − 0", "zoom in, out, whole run"],
  ["[ ]", "move the view left, right"],
  ["y", "copy the command that replays until here"],
  ["l", "the lesson"],
  ["?", "this help"],
];

class Dialogs {
  constructor(app) {
    Object.assign(this, app); // trace, filter, spans, keys
    this.help = document.getElementById("help");
    this.lesson = document.getElementById("lesson");
    this.filterBox = document.getElementById("filter");
    this.filterButton = document.getElementById("open-filter");
    this.fillHelp();
    this.fillLesson();
    document.getElementById("open-help").addEventListener("click", () => this.open(this.help));
    document.getElementById("open-lesson").addEventListener("click", () => this.open(this.lesson));
    this.filterButton.addEventListener("click", () => this.toggleFilter());
  }

  open(dialog) {
    if (dialog.open) dialog.close();
    else if (dialog.children.length > 0) dialog.showModal();
  }
  closing(dialog) {
    const button = element("button", { type: "button", textContent: "Close" });
    button.addEventListener("click", () => dialog.close());
    return element("p", { className: "closing" }, button);
  }

  fillHelp() {
    const rows = HELP.map(([keys, text]) =>
      element(
        "tr",
        {},
        element(
          "th",
          { scope: "row" },
          ...keys.split(" ").flatMap((key) => [element("kbd", { textContent: key }), " "]),
        ),
        element("td", { textContent: text }),
      ),
    );
    const single = element("input", { type: "checkbox", checked: true, id: "single-keys" });
    single.addEventListener("change", () => {
      this.keys.enabled = single.checked;
    });
    this.help.append(
      element("h2", { id: "help-title", textContent: "Keys" }),
      element("table", {}, element("tbody", {}, ...rows)),
      element(
        "p",
        {},
        element("label", {}, single, " Letters and arrows work everywhere on the page"),
      ),
      element("p", {
        textContent:
          "In the diagram, turn the wheel to zoom, drag to move, click an event or " +
          "a message. Orange lines lead from the event at hand back to its cause. A " +
          "dashed line that ends in a cross is a message that was lost.",
      }),
      element("p", {
        className: "quiet",
        textContent:
          "The address holds the event at hand: a link to " +
          "it shows the same. The page needs no network and sends nothing anywhere.",
      }),
      this.closing(this.help),
    );
  }

  fillLesson() {
    const { scenario, end } = this.trace;
    if (typeof scenario.lesson !== "string" && typeof scenario.title !== "string") return;
    const teaches = Array.isArray(scenario.teaches) ? scenario.teaches.join(" · ") : "";
    const paragraphs = String(scenario.lesson ?? "")
      .split(/\n\s*\n/)
      .filter((text) => text.trim());
    this.lesson.append(
      element("h2", { id: "lesson-title", textContent: String(scenario.title ?? "Lesson") }),
      element("p", { className: "quiet", textContent: teaches }),
      ...paragraphs.map((textContent) => element("p", { textContent })),
    );
    if (end?.diagnosis?.length > 0) {
      this.lesson.append(
        element("p", { className: "quiet", textContent: `Diagnosis: ${end.diagnosis.join(", ")}` }),
      );
    }
    this.lesson.append(this.closing(this.lesson));
    document.getElementById("open-lesson").hidden = false;
  }

  toggleFilter() {
    const shown = this.filterBox.hidden;
    if (shown && this.filterBox.children.length === 0) this.fillFilter();
    this.filterBox.hidden = !shown;
    this.filterButton.setAttribute("aria-expanded", String(shown));
    if (shown) this.filterBox.querySelector("input")?.focus();
    else this.filterButton.focus();
    this.refresh();
  }
  fillFilter() {
    const { trace } = this;
    const kinds = KINDS.map((name, kind) => [kind, name]).filter(([kind]) =>
      trace.kind.includes(kind),
    );
    const places = trace.places.map((name, place) => [place, name]);
    const named = new Set();
    for (let at = 0; at < trace.count; ++at) if (trace.isMessage(at)) named.add(trace.name[at]);
    const types = [...named].sort((a, b) => a - b).map((name) => [name, trace.names[name]]);
    const all = element("button", { type: "button", textContent: "Show all" });
    all.addEventListener("click", () => {
      for (const box of this.filterBox.querySelectorAll("input")) box.checked = true;
      this.filter.clear();
    });
    this.filterBox.append(
      this.choices("Nodes", "places", places),
      this.choices("Messages", "names", types),
      this.choices("Kinds", "kinds", kinds),
      all,
    );
  }
  choices(title, group, items) {
    const boxes = items.map(([key, name]) => {
      const box = element("input", {
        type: "checkbox",
        checked: !this.filter.hidden[group].has(key),
      });
      box.addEventListener("change", () => this.filter.toggle(group, key, box.checked));
      return element("label", {}, box, ` ${name}`);
    });
    return element("fieldset", {}, element("legend", { textContent: title }), ...boxes);
  }
}

// The roles that occur, each with its colour and hatch, then what other marks mean.
function fillLegend(app) {
  const legend = document.getElementById("legend");
  const roles = new Set(app.spans.labels);
  for (const [name, spans] of [
    ["down", app.spans.down],
    ["paused", app.spans.paused],
  ]) {
    if (spans.some((one) => one.length > 0)) roles.add(name);
  }
  legend.replaceChildren(
    ...[...roles].slice(0, 9).map((role) => {
      const swatch = element("canvas", { className: "swatch" });
      const ratio = window.devicePixelRatio || 1;
      swatch.width = 26 * ratio;
      swatch.height = 12 * ratio;
      swatch.setAttribute("aria-hidden", "true");
      const context = swatch.getContext("2d");
      context.scale(ratio, ratio);
      app.paint.fill(context, role, 0, 0, 26, 12);
      return element("li", {}, swatch, ` ${role.replace(/_/g, " ")}`);
    }),
  );
  const has = (kind) => app.trace.kind.includes(kind);
  const marks = [
    ["◆", "timer", Kind.timer],
    ["▲", "event", Kind.event],
    ["■", "on disk", Kind.persist],
    ["✕", "lost", Kind.drop],
    ["▶", "client asks", Kind.op],
  ];
  for (const [mark, text, kind] of marks) {
    if (has(kind))
      legend.append(
        element(
          "li",
          {},
          element("span", { className: `mark mark-${KINDS[kind]}`, textContent: mark }),
          ` ${text}`,
        ),
      );
  }
}
