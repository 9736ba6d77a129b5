"""`lines`, `heatmap` and `grid`: a metric against what a sweep varied."""
from matplotlib.ticker import FuncFormatter

from plots import style
from plots.distributions import assigned, heading
from plots.failure import Refused
from plots.statistics_of import STATISTICS, bootstrap, ranked
from plots.table import FILE, Measure, Sweep, last_word, scale_of, shown

PREFERRED = ("leaderless_time_us", "latency_us_p50", "first_leader_at_us", "messages.sent")
MOST_CELLS = 24
MOST_TICKS = 15  # more numbers below an axis run into each other


class Axis:
    """A varied parameter: at true distances where its values are numbers, else side by side."""

    def __init__(self, sweep, column):
        self.column = column
        self.values = [value for value in sweep.values(column) if value]
        scaled = scale_of(self.values)
        self.numeric = scaled is not None
        self.places, unit = scaled or (list(range(len(self.values))), "")
        if self.numeric:
            pairs = sorted(zip(self.places, self.values))
            self.places, self.values = [p for p, _ in pairs], [v for _, v in pairs]
        self.label = last_word(column) + (" (%s)" % unit if unit else "")

    def place(self, value):
        return self.places[self.values.index(value)]

    def texts(self):
        if self.numeric:
            return ["{:g}".format(place) for place in self.places]
        return [shown(value) for value in self.values]


class Point:
    """One statistic over the runs of one variant, with its interval."""

    def __init__(self, sweep, rows, measure, statistic):
        values = sweep.numbers(rows, measure.metric)
        self.runs = len(rows)
        self.without = len(rows) - len(values)
        self.value = measure.of(STATISTICS[statistic](values)) if values else None
        ends = bootstrap(values, statistic)
        self.low, self.high = [measure.of(end) for end in ends] if ends else (self.value,) * 2


class Series:
    """One line: its points in the order of the axis."""

    def __init__(self, label, points):
        self.label = label
        self.points = points  # [(place, Point)]


class Panel:
    """One pair of axes: a metric, or a value of the third parameter."""

    def __init__(self, title, measure, series, limits=None):
        self.title = title
        self.measure = measure
        self.series = series
        self.limits = limits or y_limits(series)


class Question:
    """What is drawn against what: from the options, or from what was varied."""

    def __init__(self, job):
        self.job = job
        self.sweep = Sweep(job["inputs"], job["labels"])
        self.varied = [column for column in self.sweep.varied]
        if not self.varied:
            raise Refused("nothing was varied in %s" % self.sweep.where(),
                          "quorate sweep FILE --vary PATH=V1,V2 --csv runs.csv")
        self.notes = []
        self.metrics = [self.sweep.metric(name, PREFERRED) for name in job["metrics"] or [""]]
        if not job["metrics"]:
            self.notes.append("drew %s; --metric names another" % self.metrics[0])
        self.statistic = job["statistic"]
        self.bars = set()  # whether intervals were "drawn", and whether some were "hidden"

    def measure(self, metric):
        values = self.sweep.numbers(self.sweep.rows, metric)
        return Measure(metric, ranked(values, 50) if values else 0)

    def take(self, asked, taken, numeric=False):
        """The column that was asked for, else the first that is left, or the first numeric one."""
        if asked:
            return self.sweep.axis(asked)
        left = [column for column in self.varied if column not in taken]
        if numeric:
            left.sort(key=lambda column: not Axis(self.sweep, column).numeric or column == FILE)
        return left[0] if left else None

    def series(self, rows, axis, by, measure):
        """The lines of one panel."""
        lines = {}
        for row in rows:
            if row.get(axis.column):
                key = tuple(row.get(column, "") for column in by)
                lines.setdefault(key, {}).setdefault(row[axis.column], []).append(row)
        found = []
        for key, places in lines.items():
            points = [(axis.place(value), Point(self.sweep, of, measure, self.statistic))
                      for value, of in places.items()]
            label = ", ".join(shown(part) for part in key if part)
            if all(point.value is None for _, point in points):
                label += " (never)"
            found.append(Series(label, sorted(points, key=lambda one: one[0])))
        if len(found) > len(style.SERIES):
            raise Refused("%d lines are more than anyone can tell apart" % len(found),
                          "--by COLUMN chooses one; --kind grid --panel COLUMN draws more panels")
        return found


def draw(job):
    question = Question(job)
    look = style.Look(job)
    kind = {"lines": draw_lines, "grid": draw_grid, "heatmap": draw_heatmap}[job["kind"]]
    figure, title, data = kind(question, look)
    caption = question.sweep.caption() + about_bars(question.bars) + job["drawn_by"]
    title = title if job["title"] is None else ""
    return look.finish(figure, title, caption), data, question.notes


def about_bars(bars):
    if "drawn" not in bars:
        return ""
    return " · bars: 95 % bootstrap intervals" + \
        (", where longer than their point" if "hidden" in bars else "")


def capital(text):
    return text[:1].upper() + text[1:]


def value_label(measure, statistic):
    if measure.unit == "%":
        return measure.label
    return "%s, %s" % (measure.label, statistic)


# ---- lines and grid -----------------------------------------------------------------------------

def draw_lines(question, look):
    job = question.job
    if len(question.metrics) > 1:
        raise Refused("lines show one metric", "--kind grid has a panel for each")
    column = question.take(job["x"], [], numeric=True)
    axis = Axis(question.sweep, column)
    by = [question.sweep.axis(one) for one in job["by"]] or \
        [one for one in question.varied if one != column]
    measure = question.measure(question.metrics[0])
    panel = Panel("", measure, question.series(question.sweep.rows, axis, by, measure))
    figure, ((ax,),) = look.figure()
    LinePlot(look, axis, question).draw(ax, panel)
    ax.set_xlabel("\n".join([axis.label] + left_out(panel)))
    ax.set_ylabel(look.axis_label(value_label(measure, question.statistic), 0.75 * look.height))
    legend_beside(look, ax, panel, heading(by))
    return figure, capital(measure.words), line_data(axis, [panel], question)


def panels_of(question, axis, by, panel):
    """A panel for each metric, or for each value of a column."""
    sweep = question.sweep
    if len(question.metrics) > 1:
        found = []
        for metric in question.metrics:
            measure = question.measure(metric)
            found.append(Panel(value_label(measure, question.statistic), measure,
                               question.series(sweep.rows, axis, by, measure)))
        return found
    measure = question.measure(question.metrics[0])
    values = sweep.values(panel) if panel else [None]
    return [Panel(assigned(panel, value) if panel else "", measure, question.series(
        [row for row in sweep.rows if panel is None or row.get(panel, "") == value], axis, by,
        measure)) for value in values]


def draw_grid(question, look):
    job = question.job
    column = question.take(job["x"], [], numeric=True)
    axis = Axis(question.sweep, column)
    panel = question.sweep.axis(job["panel"]) if job["panel"] else None
    if panel is None and len(question.metrics) == 1:
        panel = question.take("", [column])
    if panel is None and len(question.metrics) == 1:
        raise Refused("one panel is no grid", "name several --metric, or vary another parameter; "
                      "--kind lines draws one")
    by = [question.sweep.axis(one) for one in job["by"]] or \
        [one for one in question.varied if one not in (column, panel)]
    panels = panels_of(question, axis, by, panel)
    if len(panels) > 9:
        raise Refused("%d panels are too many for one figure" % len(panels))
    columns = len(panels) if len(panels) <= 3 else 2 if len(panels) == 4 else 3
    rows = -(-len(panels) // columns)
    shared = len(question.metrics) == 1
    if shared:  # one axis for all
        panels = [Panel(one.title, one.measure, one.series,
                        y_limits([line for each in panels for line in each.series]))
                  for one in panels]
    height = look.height * (0.75 if rows == 1 else 0.55 * rows)
    figure, axes = look.figure(rows, columns, height, sharex=True, sharey=shared)
    plot = LinePlot(look, axis, question, columns)
    places = [ax for row in axes for ax in row]
    for ax, one in zip(places, panels):
        plot.draw(ax, one)
        ax.set_title(one.title, loc="left", fontsize=look.small if not shared else look.size)
    for ax in places[len(panels):]:
        ax.set_visible(False)
    for number, (ax, one) in enumerate(zip(places, panels)):
        bottom = number >= len(panels) - columns
        words = ([axis.label] if bottom else []) + left_out(one)
        ax.set_xlabel("\n".join(look.axis_label(line, 0.75 * look.width / columns)
                                for line in words))
        ax.tick_params(labelbottom=bottom)
    if shared:
        for row in axes:
            row[0].set_ylabel(look.axis_label(value_label(panels[0].measure, question.statistic),
                                              0.65 * height / rows))
    if len(panels[0].series) > 1:
        legend_beside(look, places[min(columns, len(panels)) - 1], panels[0], heading(by))
    title = capital(panels[0].measure.words) if shared else ""
    return figure, title, line_data(axis, panels, question)


class LinePlot:
    """Lines with bars for the 95 % intervals. Points stand at their true place; where bars meet,
    those of the first line have the widest caps."""

    def __init__(self, look, axis, question, columns=1):
        self.look = look
        self.axis = axis
        self.question = question
        self.log = bool(question.job["log"])
        self.step = 0.6 * look.width * 72 / columns / len(axis.places)  # to the next, in points
        self.marker = min(look.size * (0.6 if columns == 1 else 0.45), 0.4 * self.step)

    def draw(self, ax, panel):
        for index, series in enumerate(panel.series):
            self._line(ax, series, index)
        self._dress(ax, panel, self.axis.places)
        for index, series in enumerate(panel.series):
            self._bars(ax, series, index, len(panel.series))

    def _line(self, ax, series, index):
        colour, dashes, marker, _ = self.look.series(index)
        told = [(place, point) for place, point in series.points if point.value is not None]
        ax.plot([place for place, _ in told], [point.value for _, point in told], color=colour,
                marker=marker, markersize=self.marker, linestyle=dashes, label=series.label)
        ax.update_datalim([(place, end) for place, point in told
                           for end in (point.low, point.high)])

    def _bars(self, ax, series, index, lines):
        """An interval that its point hides has no bar: its caps alone would say something else."""
        told = [(place, point) for place, point in series.points if point.value is not None]
        seen = [(place, point) for place, point in told if self._seen(ax, point)]
        if any(point.high > point.low for _, point in told if not self._seen(ax, point)):
            self.question.bars.add("hidden")
        if not seen:
            return
        self.question.bars.add("drawn")
        errors = [[max(point.value - point.low, 0) for _, point in seen],
                  [max(point.high - point.value, 0) for _, point in seen]]
        cap = self.marker * (0.5 + 0.65 * (lines - 1 - index) / lines)
        thick = self.look.line * 0.75
        ax.errorbar([place for place, _ in seen], [point.value for _, point in seen], yerr=errors,
                    fmt="none", ecolor=self.look.series(index)[0], elinewidth=thick,
                    capsize=cap, capthick=thick)

    def _seen(self, ax, point):
        """Whether its interval reaches out of its marker."""
        low, middle, high = (ax.transData.transform((0, value))[1] * 72 / ax.figure.dpi
                             for value in (point.low, point.value, point.high))
        return max(high - middle, middle - low) > self.marker / 2

    def _dress(self, ax, panel, places):
        ax.grid(True)
        ax.margins(x=0.07)
        step = -(-len(places) // MOST_TICKS) if self.axis.numeric else 1
        ax.set_xticks(places[::step])
        texts = self.axis.texts()[::step]
        room = self.step * (1.0 if len(panel.series) > 1 else 1.25) / 72
        if not self.axis.numeric and \
                any(self.look.text_width(text, self.look.small) > room for text in texts):
            texts = [text.replace(" ", "\n") for text in texts]
        ax.set_xticklabels(texts)
        if self.log:
            ax.set_yscale("log")
            ax.autoscale_view()
            low, high = ax.get_ylim()
            style.log_ticks(ax.yaxis, high / low)
        else:
            ax.set_ylim(*panel.limits)
            ax.yaxis.set_major_formatter(style.thousands)
            if panel.measure.unit == "%":
                ax.set_ylim(-3, 103)


def left_out(panel):
    """What is said of runs that have no value, below the axis, where it hides nothing."""
    points = [point for series in panel.series for _, point in series.points]
    lost = sum(point.without for point in points)
    return ["left out: {:,} of {:,} runs, which never got there".format(
        lost, sum(point.runs for point in points))] if lost else []


def y_limits(lines):
    """From 0, or below where there is less, to what has room for a whole marker."""
    points = [point for line in lines for _, point in line.points if point.value is not None]
    low = min([0.0] + [point.low for point in points])
    high = max([0.0] + [point.high for point in points])
    room = 0.07 * ((high - low) or 1.0)
    return low - room if low < 0 else 0.0, high + room


def legend_beside(look, ax, panel, title):
    if len(panel.series) > 1:
        look.legend(ax, *ax.get_legend_handles_labels(), title)


def line_data(axis, panels, question):
    head = ["panel", "line", axis.label, "statistic", "value", "low", "high", "runs", "without"]
    rows = [(panel.title, series.label, style.number(float(place)), question.statistic) +
            tuple("" if number is None else style.number(float(number))
                  for number in (point.value, point.low, point.high)) +
            (point.runs, point.without)
            for panel in panels for series in panel.series for place, point in series.points]
    return style.csv_bytes(head, rows)


# ---- heat map -----------------------------------------------------------------------------------

def draw_heatmap(question, look):
    job = question.job
    x = question.take(job["x"], [job["y"]])
    y = question.take(job["y"], [x])
    if y is None or x is None or x == y:
        raise Refused("a heat map needs two varied parameters; %s was varied"
                      % " and ".join(question.varied),
                      "quorate sweep FILE --vary A=1,2,3 --vary B=4,5,6 --csv runs.csv")
    columns, rows = Axis(question.sweep, x), Axis(question.sweep, y)
    if len(columns.values) > MOST_CELLS or len(rows.values) > MOST_CELLS:
        raise Refused("a heat map of %d by %d cells has no room for numbers"
                      % (len(columns.values), len(rows.values)))
    measure = question.measure(question.metrics[0])
    cells = {}
    for row in question.sweep.rows:
        cells.setdefault((row.get(x, ""), row.get(y, "")), []).append(row)
    table = [[cell_value(question, cells.get((a, b), []), measure) for a in columns.values]
             for b in rows.values]
    figure, ((ax,),) = look.figure()
    paint(figure, ax, table, look, measure, value_label(measure, question.statistic))
    wide, high = cell_of(look, table)
    widest = max(look.text_width(text, look.small) for text in columns.texts())
    step = -int(-1.15 * widest // wide)  # so that names do not run into each other
    ax.set_xticks(range(0, len(columns.values), step))
    ax.set_xticklabels(columns.texts()[::step])
    step = -int(-1.3 * look.small / 72 // high)
    ax.set_yticks(range(0, len(rows.values), step))
    ax.set_yticklabels(rows.texts()[::step])
    ax.set_xlabel(columns.label)
    ax.set_ylabel(look.axis_label(rows.label, 0.75 * look.height))
    data = [(a, b, "" if value is None else style.number(float(value)))
            for b, line in zip(rows.values, table) for a, value in zip(columns.values, line)]
    return (figure, capital(measure.words),
            style.csv_bytes([x, y, value_label(measure, question.statistic)], data))


def cell_value(question, rows, measure):
    values = question.sweep.numbers(rows, measure.metric)
    return measure.of(STATISTICS[question.statistic](values)) if values else None


def cell_of(look, table):
    """About how wide and high one is, in inches."""
    return 0.7 * look.width / len(table[0]), 0.72 * look.height / len(table)


def number_size(look, table, texts):
    """The size in which all numbers fit into their cells; 0 where nobody could read it."""
    wide, high = cell_of(look, table)
    widest = max(look.text_width(text, 1.0) for text in texts)
    size = min(look.size, 0.88 * wide / widest, 0.7 * high * 72)
    return size if size >= 0.45 * look.size else 0


def paint(figure, ax, table, look, measure, label):
    """Cividis reads the same to everybody; numbers in dark or light, whatever the cell is not."""
    import matplotlib

    colours = matplotlib.colormaps["cividis"].with_extremes(bad=look.grid)
    values = [value for line in table for value in line if value is not None]
    if not values:
        raise Refused("no run has %s" % measure.metric)
    filled = [[float("nan") if value is None else value for value in line] for line in table]
    image = ax.imshow(filled, cmap=colours, aspect="auto", origin="lower",
                      vmin=min(values), vmax=max(values) if max(values) > min(values) else
                      min(values) + 1)
    texts = [["none" if value is None else measure.text(value * measure.factor)
              for value in line] for line in table]
    size = number_size(look, table, [text for line in texts for text in line])
    for y, line in enumerate(table if size else []):
        for x, value in enumerate(line):
            ground = look.grid if value is None else colours(image.norm(value))
            ax.text(x, y, texts[y][x], ha="center", va="center", fontsize=size,
                    color=look.ink if value is None else
                    "#000000" if style.luminance(ground) > 0.45 else "#ffffff")
    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.tick_params(length=0)
    label = look.axis_label(label, 0.75 * look.height)
    bar = figure.colorbar(image, ax=ax, label=label, format=FuncFormatter(style.thousands))
    bar.outline.set_visible(False)
