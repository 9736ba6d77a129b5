// Playback: the playhead moves along the axis, the cursor follows from event to event. Where motion
// is unwelcome, it goes from event to event instead.

class Player {
  constructor(app) {
    Object.assign(this, app); // axis, cursor, filter, lanes
    this.playing = false;
    this.button = document.getElementById("play");
    this.speed = document.getElementById("speed");
    this.still = matchMedia("(prefers-reduced-motion: reduce)");
    this.button.addEventListener("click", () => this.toggle());
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }
  play() {
    if (this.trace.count === 0) return;
    const atEnd = this.filter.rankOf(this.cursor.at) >= this.filter.count - 1;
    if (atEnd) this.cursor.first();
    this.playing = true;
    this.place = this.axis.of(this.cursor.at);
    this.last = performance.now();
    this.show();
    requestAnimationFrame((now) => this.frame(now));
  }
  pause() {
    if (!this.playing) return;
    this.playing = false;
    this.lanes.playhead = null;
    this.show();
    this.cursor.go(this.cursor.at, "step");
  }
  show() {
    this.button.textContent = this.playing ? "❚❚" : "▶";
    this.button.setAttribute("aria-label", this.playing ? "Pause" : "Play");
    this.button.setAttribute("aria-pressed", String(this.playing));
  }
  changeSpeed(by) {
    const last = this.speed.options.length - 1;
    this.speed.selectedIndex = Math.min(Math.max(this.speed.selectedIndex + by, 0), last);
    this.say(`Speed ${this.speed.selectedOptions[0].textContent}`);
  }

  // At speed 1 what the diagram shows passes in twelve seconds.
  frame(now) {
    if (!this.playing) return;
    const passed = Math.min(now - this.last, 200) / 1000;
    const speed = Number(this.speed.value);
    if (this.still.matches) return this.stepAfter(900 / speed);
    this.last = now;
    this.place += (passed * speed * this.axis.span) / 12;
    if (this.place >= this.axis.end) {
      this.cursor.last();
      return this.pause();
    }
    this.lanes.playhead = this.place;
    const at = this.axis.eventAt(this.place);
    const margin = this.axis.left + 0.8 * this.axis.span;
    if (this.place > margin) this.axis.pan(this.place - margin);
    if (at !== NONE && at !== this.cursor.at && at > this.cursor.at) this.cursor.go(at, "play");
    else this.lanes.refresh();
    requestAnimationFrame((next) => this.frame(next));
  }
  stepAfter(milliseconds) {
    setTimeout(() => {
      if (!this.playing) return;
      if (this.filter.rankOf(this.cursor.at) >= this.filter.count - 1) return this.pause();
      this.cursor.step(1);
      this.frame(performance.now());
    }, milliseconds);
  }
}
