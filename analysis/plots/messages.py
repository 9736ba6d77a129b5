"""`messages`: how many messages of which type, a bar for each run, file or variant, types on top of
each other and the total above."""
import json
import os

from matplotlib.patches import Patch

from plots import style
from plots.failure import Refused, invalid
from plots.statistics_of import mean
from plots.table import FILE, Sweep, last_word, name_of, shown, unique_names

MOST_BARS = 16


class Bar:
    """What stands at one place of the axis: mean numbers by type."""

    def __init__(self, label, counts):
        self.label = label
        self.counts = counts

    @property
    def total(self):
        return sum(self.counts.values())


def bars_of_sweeps(job):
    """A bar per variant, of the means over its runs."""
    sweep = Sweep(job["inputs"], job["labels"])
    by = [sweep.axis(column) for column in job["by"]] or sweep.varied
    prefixes = ("messages.", "client_messages.") if job["clients"] else ("messages.",)
    columns = [name for name in sweep.metrics if name.endswith(".sent")
               and name.startswith(prefixes) and name.count(".") == 2]
    if not columns:
        raise invalid("%s has no columns messages.TYPE.sent" % sweep.where(),
                      "quorate sweep FILE --csv runs.csv writes them")
    bars = []
    for label, rows in sweep.groups(by):
        counts = {}
        for name in columns:
            numbers = sweep.numbers(rows, name)
            if numbers and any(numbers):
                counts[name.split(".")[1]] = mean(numbers)
        bars.append(Bar(label, counts))
    heads = [last_word(column) for column in by if column != FILE]
    return bars, ", ".join(heads), sweep.caption(), "messages sent, mean of a run"


def footer_of(one):
    """The last line of a trace, which has the sums."""
    last = json.loads(one["bytes"].decode("utf-8").rstrip("\n").rsplit("\n", 1)[-1])
    if "messages" not in last:
        raise invalid("%s was cut off: the sums stand in its last line" % one["name"])
    return last


def sums_of(one, last, clients):
    try:
        ledgers = dict(last["messages"], **(last["client_messages"] if clients else {}))
        return {kind: int(ledger["sent"]) for kind, ledger in ledgers.items() if ledger["sent"]}
    except (KeyError, TypeError, ValueError, AttributeError):
        raise invalid("the sums in the last line of %s are none" % one["name"],
                      "quorate check says what is wrong with a trace") from None


def bars_of_traces(job):
    """A bar per trace, of what its footer says."""
    names = job["labels"] or unique_names(job["inputs"])
    if len(names) != len(job["inputs"]):
        raise Refused("%d labels do not fit %d files" % (len(names), len(job["inputs"])))
    bars = []
    for one, label in zip(job["inputs"], names):
        last = footer_of(one)
        bars.append(Bar(label, sums_of(one, last, job["clients"])))
    heads = [json.loads(one["bytes"].split(b"\n", 1)[0].decode("utf-8")) for one in job["inputs"]]
    seeds = {head["seed"] for head in heads}
    caption = "%s · %s · %s %s" % (
        ", ".join(dict.fromkeys(head["protocol"] for head in heads)),
        ", ".join(os.path.splitext(name_of(one))[0] for one in job["inputs"]),
        "seed" if len(seeds) == 1 else "seeds", ", ".join(sorted(seeds)))
    return bars, "", caption, "messages sent"


def draw(job):
    forms = {one["format"] for one in job["inputs"]}
    if len(forms) > 1:
        raise Refused("traces and sweeps do not go into one figure",
                      "draw one of each, or sweep with --seeds 1..1")
    bars, heading, caption, label = (bars_of_traces if forms == {"trace"} else bars_of_sweeps)(job)
    if len(bars) > MOST_BARS:
        raise Refused("%d bars are too many" % len(bars), "--by COLUMN draws fewer")
    if not any(bar.counts for bar in bars):
        raise Refused("no message was sent")
    look = style.Look(job)
    figure = Bars(look, bars).draw(heading, label)
    title = "Messages by type" if job["title"] is None else ""
    rows = [(bar.label, kind, style.number(float(count)))
            for bar in bars for kind, count in bar.counts.items()]
    return (look.finish(figure, title, caption + job["drawn_by"]),
            style.csv_bytes(["bar", "type", label], rows), [])


def number_text(value):
    return "{:,.0f}".format(value) if value >= 100 or value == int(value) else \
        "{:,.1f}".format(value)


class Bars:
    """Lying bars: names of variants are long, and so have room."""

    def __init__(self, look, bars):
        self.look = look
        self.bars = bars
        kinds = {}
        for bar in bars:
            for kind, count in bar.counts.items():
                kinds[kind] = kinds.get(kind, 0) + count
        order = sorted(kinds, key=lambda kind: -kinds[kind])
        self.kinds = order[:7]
        self.rest = order[7:]

    def draw(self, heading, label):
        rows = len(self.bars)
        height = self.look.height * min(max(0.45 + 0.13 * rows, 0.6), 1.7)
        figure, ((ax,),) = self.look.figure(height=height)
        ends = [0.0] * rows
        for index, kind in enumerate(self.kinds + (["others"] if self.rest else [])):
            widths = [self._count(bar, kind) for bar in self.bars]
            colour, _, _, hatch = self.look.series(index)
            drawn = ax.barh(range(rows), widths, left=ends, height=0.62, color=colour,
                            hatch=hatch, edgecolor=self.look.paper, linewidth=0.8)
            self._keep_slivers(ax, drawn)
            ends = [end + width for end, width in zip(ends, widths)]
        for row, bar in enumerate(self.bars):
            ax.annotate(number_text(bar.total), (bar.total, row), xytext=(5, 0), va="center",
                        textcoords="offset points", fontweight="bold")
        self._dress(ax, heading, label, rows)
        return figure

    def _keep_slivers(self, ax, drawn):
        """A part of a few points would vanish below its own edge and hatch: it has its colour, and
        where there is room, a hair between it and the one before."""
        whole = max(bar.total for bar in self.bars)
        for part in drawn:
            points = part.get_width() / whole * self.look.width * 0.75 * 72
            if points >= 4:
                continue
            part.set_linewidth(0)
            part.set_hatch(None)
            if points > 1.5:
                ax.plot([part.get_x()] * 2, [part.get_y(), part.get_y() + part.get_height()],
                        color=self.look.paper, linewidth=0.5, solid_capstyle="butt")

    def _count(self, bar, kind):
        if kind == "others":
            return sum(bar.counts.get(other, 0) for other in self.rest)
        return bar.counts.get(kind, 0)

    def _dress(self, ax, heading, label, rows):
        ax.set_yticks(range(rows))
        ax.set_yticklabels([self._short(bar.label) for bar in self.bars], fontsize=self.look.size
                           if rows < 8 else self.look.small)
        ax.set_ylim(rows - 0.4, -0.6)
        ax.set_xlim(0, max(bar.total for bar in self.bars) * 1.14)
        ax.set_xlabel(label)
        if heading:
            ax.set_ylabel(heading)
        ax.tick_params(axis="y", length=0)
        ax.xaxis.set_major_locator(whole_ticks())
        ax.xaxis.set_major_formatter(style.thousands)
        ax.grid(True, axis="x")
        names = self.kinds + (["others"] if self.rest else [])
        ax.legend(handles=[self._sample(number, name) for number, name in enumerate(names)],
                  loc="lower left", bbox_to_anchor=(0, 1.0), frameon=False, borderaxespad=0.2,
                  ncol=self.look.legend_columns(names, self.look.width * 0.8), handlelength=2.2,
                  handleheight=1.1)

    def _sample(self, number, name):
        """Of a kind, for the legend: the first bar may have a sliver of it only. Its hatch is half
        as dense again, or so small a thing would show next to nothing of it."""
        colour, _, _, hatch = self.look.series(number)
        return Patch(facecolor=colour, hatch=hatch + hatch[:1], edgecolor=self.look.paper,
                     linewidth=0, label=name)

    def _short(self, text):
        """A name that leaves two thirds of the width to the bars."""
        while self.look.text_width(text, self.look.size) > self.look.width / 3 and len(text) > 4:
            text = text[:-2] + "…"
        return text


def whole_ticks():
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(nbins=7, integer=True)
