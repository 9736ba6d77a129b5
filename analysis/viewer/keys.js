// The keyboard: everything the pointer can do, and most with one key.

class Keys {
  constructor(app) {
    Object.assign(this, app);
    this.enabled = true;
    const { cursor, player, axis, dialogs, search, spans } = app;
    const moved = (move) => () => {
      move();
      this.refresh();
    };
    this.map = new Map(
      Object.entries({
        ArrowRight: () => cursor.step(1),
        ArrowLeft: () => cursor.step(-1),
        ArrowDown: () => cursor.stepAtPlace(1),
        ArrowUp: () => cursor.stepAtPlace(-1),
        Home: () => cursor.first(),
        End: () => cursor.last(),
        c: () => this.orSay(cursor.toCause(), "Nothing caused it"),
        v: () => this.orSay(cursor.toEffect(), "It caused nothing"),
        "!": () => this.orSay(cursor.toOneOf(spans.violations), "No violation"),
        " ": () => player.toggle(),
        ",": () => player.changeSpeed(-1),
        ".": () => player.changeSpeed(1),
        "/": () => document.getElementById("search").select(),
        n: () => cursor.go(search.next(cursor.at, 1)),
        N: () => cursor.go(search.next(cursor.at, -1)),
        f: () => dialogs.toggleFilter(),
        x: () => this.toggleAxis(),
        X: () => this.toggleAxis(),
        "+": moved(() => axis.zoom(0.5, axis.of(cursor.at))),
        "=": moved(() => axis.zoom(0.5, axis.of(cursor.at))),
        "-": moved(() => axis.zoom(2, axis.of(cursor.at))),
        0: moved(() => axis.showAll()),
        "[": moved(() => axis.pan(-axis.span / 4)),
        "]": moved(() => axis.pan(axis.span / 4)),
        y: () => copyText(this.inspector.replayCommand(cursor.at), this.say),
        l: () => dialogs.open(dialogs.lesson),
        "?": () => dialogs.open(dialogs.help),
      }),
    );
    document.addEventListener("keydown", (event) => this.onKey(event));
    this.listenToButtons();
    this.listenToSearch();
  }

  orSay(done, text) {
    if (!done) this.say(text);
  }
  toggleAxis() {
    this.axis.toggle();
    this.axis.reveal(this.axis.of(this.cursor.at));
    const button = document.getElementById("axis");
    button.textContent = this.axis.byTime ? "Axis: time" : "Axis: events";
    button.setAttribute("aria-pressed", String(!this.axis.byTime));
    this.say(button.textContent);
    this.refresh();
  }

  onKey(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const { target } = event;
    if (event.key === "Escape") return this.escape(event);
    if (target.matches("input, select, textarea") && target.type !== "checkbox") return;
    if (document.querySelector("dialog[open]")) return;
    if (target.id === "scrubber" && this.onSlider(event)) return;
    if (target.matches("button, input, summary") && [" ", "Enter"].includes(event.key)) return;
    if (target.id === "inspector" && /^(Arrow(Up|Down)|Page)/.test(event.key)) return;
    if (target.id === "table" && this.onTable(event)) return;
    const act = this.enabled || event.key === "?" ? this.map.get(event.key) : undefined;
    if (!act) return;
    event.preventDefault();
    act();
  }
  // Out of the search, which keeps its words.
  escape(event) {
    if (!document.getElementById("filter").hidden) return this.dialogs.toggleFilter();
    const search = document.getElementById("search");
    if (document.activeElement !== search) return;
    event.preventDefault();
    document.getElementById("lanes").focus();
  }
  // In the table, up and down are rows, as in every table.
  onTable(event) {
    const page = Math.max(1, Math.floor(this.table.scroll.clientHeight / this.table.rowHeight) - 2);
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page };
    const by = steps[event.key];
    if (by === undefined) return false;
    event.preventDefault();
    this.cursor.step(by);
    return true;
  }
  onSlider(event) {
    const shares = {
      PageUp: 0.1,
      PageDown: -0.1,
      ArrowUp: 0.01,
      ArrowDown: -0.01,
      ArrowRight: 0.01,
      ArrowLeft: -0.01,
    };
    const share = shares[event.key];
    if (share === undefined) return false;
    event.preventDefault();
    this.scrubber.moveBy(share);
    return true;
  }

  listenToButtons() {
    const buttons = {
      first: "Home",
      previous: "ArrowLeft",
      next: "ArrowRight",
      last: "End",
      "to-cause": "c",
      "to-effect": "v",
      "to-violation": "!",
      axis: "x",
      "zoom-in": "+",
      "zoom-out": "-",
      "zoom-all": "0",
    };
    for (const [id, key] of Object.entries(buttons)) {
      document.getElementById(id).addEventListener("click", () => this.map.get(key)());
    }
  }
  // Typing searches; Enter goes to the next one, or to the event whose number was typed.
  listenToSearch() {
    const box = document.getElementById("search");
    const run = () => {
      this.search.run(box.value);
      this.showFound();
      this.refresh();
    };
    box.addEventListener("input", afterQuiet(80, run));
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      if (!this.search.isFor(box.value)) run();
      const number = /^\s*e?(\d+)\s*$/.exec(box.value);
      const at = number ? this.trace.positionOf(Number(number[1])) : NONE;
      this.cursor.go(at !== NONE ? at : this.search.next(this.cursor.at, event.shiftKey ? -1 : 1));
    });
  }
  showFound() {
    document.getElementById("found").textContent = this.search.place(this.cursor.at);
  }
}
