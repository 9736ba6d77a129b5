// The events as a table: what the diagram shows, in words, for eyes and for screen readers. Only
// the rows in sight exist; two empty rows stand for what lies above and below.

class EventTable {
  static most = 1_000_000; // browsers limit the height of an element

  constructor(app) {
    Object.assign(this, app);
    this.scroll = document.getElementById("table-scroll");
    this.table = document.getElementById("table");
    this.rows = document.getElementById("rows");
    this.scroll.addEventListener("scroll", () => this.refresh());
    this.rows.addEventListener("click", (event) => {
      const row = event.target.closest("tr[data-at]");
      if (row) this.cursor.go(Number(row.dataset.at), "click");
    });
    this.measure();
  }

  // A row's height follows the size of the letters.
  measure() {
    const probe = element("tr", {}, element("td", { textContent: "e0" }));
    this.rows.replaceChildren(probe);
    this.rowHeight = probe.getBoundingClientRect().height || 24;
    this.rows.replaceChildren();
  }

  draw() {
    const { filter, scroll, rowHeight } = this;
    const count = Math.min(filter.count, EventTable.most);
    const seen = Math.ceil(scroll.clientHeight / rowHeight) + 2;
    const first = Math.max(0, Math.min(Math.floor(scroll.scrollTop / rowHeight) - 1, count - seen));
    const last = Math.min(count, first + seen + 1);
    const rows = [this.gap(first * rowHeight)];
    for (let rank = first; rank < last; ++rank) rows.push(this.row(rank));
    rows.push(this.gap((count - last) * rowHeight));
    this.rows.replaceChildren(...rows);
    this.table.setAttribute("aria-rowcount", String(filter.count + 1));
    this.point();
  }
  // The grid has the focus, the row at hand is its active one.
  point() {
    const id = `row-${this.cursor.at}`;
    if (document.getElementById(id)) this.table.setAttribute("aria-activedescendant", id);
    else this.table.removeAttribute("aria-activedescendant");
  }
  gap(height) {
    const gap = element("tr", { className: "gap" });
    gap.setAttribute("aria-hidden", "true");
    gap.style.height = `${height}px`;
    return gap;
  }
  row(rank) {
    const { trace, filter, cursor, search } = this;
    const at = filter.positionAt(rank);
    const kind = KINDS[trace.kind[at]];
    const row = element(
      "tr",
      { id: `row-${at}`, className: `kind-${kind}` },
      element("td", { textContent: eventName(trace, at) }),
      element("td", { textContent: timeText(trace.time[at]) }),
      element("td", { textContent: trace.placeName(trace.node[at]) }),
      element("td", { textContent: kind }),
      element("td", { textContent: clipped(sentenceOf(trace, at), 300) }),
    );
    row.dataset.at = String(at);
    row.setAttribute("aria-rowindex", String(rank + 2));
    row.setAttribute("aria-selected", String(at === cursor.at));
    const place = lowerBound(search.found, search.found.length, at);
    row.classList.toggle("found", search.found[place] === at);
    return row;
  }

  // Scrolls so that the event at hand can be seen.
  reveal() {
    const { filter, cursor, scroll, rowHeight } = this;
    const head = this.table.tHead.getBoundingClientRect().height;
    const top = filter.rankOf(cursor.at) * rowHeight;
    const room = scroll.clientHeight - head - rowHeight;
    if (top >= scroll.scrollTop && top <= scroll.scrollTop + room) return;
    scroll.scrollTop = Math.max(0, top - room / 2);
    this.draw();
  }
}
