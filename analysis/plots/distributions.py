"""`cdf` and `latency`: how one metric is spread over the runs of a sweep."""
from plots import style
from plots.failure import Refused
from plots.statistics_of import ranked, steps, thinned
from plots.table import FILE, Measure, Sweep, last_word, shown

CDF_METRICS = ("leaderless_time_us", "latency_us_p50", "messages.sent")
LATENCY_METRICS = ("latency_us_p50", "leaderless_time_us", "first_leader_at_us")


class Line:
    """The runs that one line or histogram stands for."""

    def __init__(self, label, values, total):
        self.label = label
        self.values = sorted(values)
        self.total = total

    @property
    def without(self):
        return self.total - len(self.values)


def panels_of(sweep, job, metric):
    """[(title, [Line])]: one panel, or one per value of the column --panel."""
    panel = sweep.axis(job["panel"]) if job["panel"] else None
    by = [sweep.axis(column) for column in job["by"]]
    if not panel and not by and len(sweep.groups(sweep.varied)) > len(style.SERIES):
        panel = sweep.varied[0]
    by = by or [column for column in sweep.varied if column != panel]
    panels = {}
    for row in sweep.rows:
        key = tuple(row.get(column, "") for column in by)
        panels.setdefault(row.get(panel, "") if panel else "", {}).setdefault(key, []).append(row)
    found = []
    for title, lines in panels.items():
        found.append((assigned(panel, title), [
            Line(", ".join(shown(part) for part in key if part), sweep.numbers(rows, metric),
                 len(rows)) for key, rows in lines.items()]))
    most = max(len(lines) for _, lines in found)
    if most > len(style.SERIES):
        raise Refused("%d lines are more than anyone can tell apart" % most,
                      "--by COLUMN draws one line per value of that column only, "
                      "--panel COLUMN a panel for each")
    return found, by, panel


def heading(columns):
    """What the lines of a legend have in common: the last words of the varied paths."""
    return ", ".join(last_word(column) for column in columns if column != FILE)


def assigned(column, value):
    """"nodes = 5", for the head of a panel."""
    if not column or column in (FILE, "panel"):
        return shown(value)
    return "%s = %s" % (heading([column]), shown(value))


def marks_of(job):
    """--mark LABEL=NUMBER, in the unit of the axis."""
    marks = []
    for text in job["marks"]:
        label, equals, number = text.rpartition("=")
        try:
            marks.append((label, float(number)))
        except ValueError:
            raise Refused('--mark "%s" is not LABEL=NUMBER' % text) from None
        if not equals:
            raise Refused('--mark "%s" has no label' % text, "--mark 'published=171'")
    return marks


def draw(job):
    sweep = Sweep(job["inputs"], job["labels"])
    preferred = CDF_METRICS if job["kind"] == "cdf" else LATENCY_METRICS
    asked = job["metrics"][0] if job["metrics"] else ""
    metric = sweep.metric(asked, preferred)
    notes = [] if asked else ["drew %s; --metric names another" % metric]
    panels, by, panel = panels_of(sweep, job, metric)
    measure = Measure(metric, typical(panels))
    look = style.Look(job)
    drawing = Cdf if job["kind"] == "cdf" else Histogram
    figure, data = drawing(job, look, measure, panels, heading(by)).draw()
    title = measure.words[0].upper() + measure.words[1:] if job["title"] is None else ""
    return (look.finish(figure, title, sweep.caption() + job["drawn_by"]), data, notes)


def typical(panels):
    """A value that decides the unit: the median of all, which no single slow run moves."""
    values = [value for _, lines in panels for line in lines for value in line.values]
    return ranked(values, 50) if values else 0


def counted_label(line, totals):
    """A line's name; with its number of runs where that is not the same for all, and how many of
    them never got there."""
    words = ["n = %d" % line.total] if len(totals) > 1 else []
    if line.without:
        words.append("never" if not line.values else "%d never" % line.without)
    return "%s (%s)" % (line.label, ", ".join(words)) if words else line.label


class Cdf:
    """One staircase per line: the share of runs in which it took at most so long."""

    def __init__(self, job, look, measure, panels, title):
        self.job = job
        self.look = look
        self.measure = measure
        self.panels = panels
        self.title = title
        self.marks = marks_of(job)

    def draw(self):
        rows = len(self.panels)
        if rows > 6:
            raise Refused("%d panels are too many" % rows, "--by and --panel choose fewer")
        height = self.look.height * (1 if rows == 1 else 0.5 * rows + 0.25)
        self.height = height / rows
        figure, axes = self.look.figure(rows, 1, height, sharex=True)
        data = []
        for number, ((title, lines), (ax,)) in enumerate(zip(self.panels, axes)):
            self._panel(ax, title, lines, data, last=number == rows - 1)
        everything = [line for _, lines in self.panels for line in lines]
        for (ax,) in axes:  # they share an axis: its ends are known when all is drawn
            log_axis(ax, self.job["log"], everything)
        head = ["panel", "line", self.measure.label, "share of runs"]
        return figure, style.csv_bytes(head, data)

    def _panel(self, ax, title, lines, data, last):
        totals = {line.total for line in lines}
        for index, line in enumerate(lines):
            colour, dashes, marker, _ = self.look.series(index)
            points = [(self.measure.of(value), share)
                      for value, share in steps(line.values, line.total)]
            data += [(title, line.label, style.number(x), style.number(y)) for x, y in points]
            self._line(ax, line, thinned(points), colour, dashes, marker, totals)
        self._dress(ax, title, lines, totals, last)

    def _line(self, ax, line, points, colour, dashes, marker, totals):
        if not points:
            ax.plot([], [], color=colour, linestyle=dashes, marker=marker,
                    label=counted_label(line, totals))
            return
        x = [points[0][0]] + [point[0] for point in points]
        y = [0.0] + [point[1] for point in points]
        ax.plot(x, y, drawstyle="steps-post", color=colour, linestyle=dashes, zorder=3,
                label=counted_label(line, totals), marker=marker, markevery=sparse(len(x)),
                markersize=self.look.size * 0.5)
        for label, value in self.marks:
            if label == line.label:
                ax.plot([value], [0.5], marker="D", markersize=self.look.size * 0.95, zorder=5,
                        color=colour, markeredgecolor=self.look.ink,
                        markeredgewidth=self.look.line * 0.8, linestyle="none")

    def _dress(self, ax, title, lines, totals, last):
        ax.grid(True)
        ax.set_ylim(0, 1.03)
        ax.set_yticks([0, 0.25, 0.5, 0.75, 1.0])
        ax.set_yticklabels(["0", "25", "50", "75", "100"])
        whole = counted("% of runs", lines[0], len(lines) == 1) if len(totals) == 1 else "% of runs"
        ax.set_ylabel(self.look.axis_label(whole, 0.75 * self.height))
        if last:
            ax.set_xlabel(self.measure.label)
        if title:
            ax.set_title(title, loc="left")
        self._foreign_marks(ax, lines)
        if len(lines) > 1 or self.marks:
            first = self.panels[0][1]
            if lines is first or [counted_label(line, totals) for line in lines] != \
                    [counted_label(line, totals) for line in first]:
                self._legend(ax)

    def _foreign_marks(self, ax, lines):
        """Marks that belong to no line stand across the whole panel."""
        everywhere = {line.label for _, all_lines in self.panels for line in all_lines}
        for label, value in self.marks:
            if label in everywhere:
                continue
            ax.axvline(value, color=self.look.ink, linestyle=(0, (2, 2)),
                       linewidth=self.look.line * 0.8, label=label)

    def _legend(self, ax):
        handles, labels = ax.get_legend_handles_labels()
        if any(marker.get_marker() == "D" and marker.get_linestyle() == "None"
               for marker in ax.lines):
            from matplotlib.lines import Line2D
            handles.append(Line2D([], [], marker="D", linestyle="none", color=self.look.paper,
                                  markeredgecolor=self.look.ink))
            labels.append("published median")
        self.look.legend(ax, handles, labels, self.title)


def sparse(count):
    """A handful of markers on a staircase of so many points."""
    return (max(count // 12, 0), max(count // 6, 1))


def log_axis(ax, log, lines):
    values = [value for line in lines for value in line.values]
    if not log or not values:
        ax.xaxis.set_major_formatter(style.thousands)
        ax.set_xlim(left=0) if values and min(values) >= 0 and not log else None
        return
    if min(values) <= 0:
        raise Refused("a value of 0 has no place on a logarithmic axis", "leave out --log")
    ax.set_xscale("log")
    low, high = ax.get_xlim()
    style.log_ticks(ax.xaxis, high / low)


def counted(what, line, alone=True):
    """"runs (n = 240; 60 never)": runs without a value are no runs with a small one."""
    never = "; {:,}\u00a0never".format(line.without) if alone and line.without else ""
    return "%s (n\u00a0=\u00a0%s%s)" % (what, "{:,}".format(line.total), never)


class Histogram:
    """One panel per line, bins of equal ratio, and where half, 95 and 99 of 100 runs lie."""

    def __init__(self, job, look, measure, panels, title):
        self.look = look
        self.measure = measure
        self.title = title
        self.log = job["log"]
        self.lines = [Line(" · ".join(word for word in (panel, line.label) if word),
                           line.values, line.total) for panel, lines in panels for line in lines]

    def draw(self):
        if not any(line.values for line in self.lines):
            raise Refused("no run has %s" % self.measure.metric)
        if len(self.lines) > 6:
            raise Refused("%d histograms below each other are too many" % len(self.lines),
                          "--by COLUMN draws fewer; --kind cdf puts them into one panel")
        rows = len(self.lines)
        height = self.look.height * (1 if rows == 1 else 0.45 * rows + 0.35)
        self.height = height / rows
        figure, axes = self.look.figure(rows, 1, height, sharex=True)
        edges = self._edges()
        data = []
        for index, (line, (ax,)) in enumerate(zip(self.lines, axes)):
            self._panel(ax, line, index, edges, data)
        axes[-1][0].set_xlabel(self.measure.label)
        return figure, style.csv_bytes(["line", "from", "to", "runs"], data)

    def _edges(self):
        """The same bins for all: about thirty, of equal ratio where the axis is logarithmic."""
        values = [self.measure.of(value) for line in self.lines for value in line.values]
        least, most = min(values), max(values)
        count = 30
        if self.log is None:
            self.log = least > 0 and most / least > 5
        if self.log and least <= 0:
            raise Refused("a value of 0 has no place on a logarithmic axis", "leave out --log")
        if least == most:
            return [least - 0.5, least + 0.5] if not self.log else [least / 1.1, least * 1.1]
        if not self.log:
            return [least + (most - least) * i / count for i in range(count + 1)]
        return [least * (most / least) ** (i / count) for i in range(count)] + [most]

    def _panel(self, ax, line, index, edges, data):
        colour, _, _, hatch = self.look.series(index)
        values = [self.measure.of(value) for value in line.values]
        counts, _, _ = ax.hist(values, bins=edges, color=colour, edgecolor=self.look.paper,
                               hatch=hatch, linewidth=0.5)
        data += [(line.label, style.number(a), style.number(b), int(n))
                 for a, b, n in zip(edges, edges[1:], counts)]
        ax.set_ylabel(self.look.axis_label(counted("runs", line), 0.75 * self.height))
        ax.set_ylim(0, max(list(counts) + [1]) * 1.08)
        ax.grid(True, axis="y")
        if line.label:
            ax.set_title(" = ".join(word for word in (self.title, line.label) if word), loc="left")
        if self.log:
            self._log(ax, edges)
        else:
            margin = (edges[-1] - edges[0]) * 0.04
            ax.set_xlim(edges[0] - margin, edges[-1] + margin)
            ax.xaxis.set_major_formatter(style.thousands)
        ax.yaxis.set_major_formatter(style.thousands)
        if line.values:
            self._percentiles(ax, values)

    def _log(self, ax, edges):
        ax.set_xscale("log")
        ratio = edges[-1] / edges[0]
        ax.set_xlim(edges[0] / ratio ** 0.04, edges[-1] * ratio ** 0.04)
        style.log_ticks(ax.xaxis, ratio)

    def _percentiles(self, ax, values):
        """As lines, with their values beside the panel, where nothing is in their way."""
        for percent, dashes in ((50, "-"), (95, (0, (5, 2))), (99, (0, (1, 1.5)))):
            value = ranked(values, percent)
            text = "p%d: %s %s" % (percent, self.measure.text(value * self.measure.factor),
                                   self.measure.unit)
            ax.axvline(value, color=self.look.ink, linestyle=dashes, label=text.strip(),
                       linewidth=self.look.line * 0.8)
        ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False, handlelength=2.2)
