"""What all figures look like. Colours are those of Okabe and Ito, fixed by what they mean; a hatch,
a line style or a marker always says the same, for whoever sees no colours."""
import csv
import io
import re

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot as plt
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path
from matplotlib.ticker import LogLocator, NullFormatter

BLACK = "#000000"
ORANGE = "#E69F00"
SKY = "#56B4E9"
GREEN = "#009E73"
YELLOW = "#F0E442"
BLUE = "#0072B2"
VERMILLION = "#D55E00"
PURPLE = "#CC79A7"

# Of the lines and bars that mean nothing in particular, in the order they are given out.
SERIES = [(BLUE, "-", "o", ""), (ORANGE, "--", "s", "//"), (GREEN, "-.", "^", ".."),
          (VERMILLION, (0, (1, 1)), "D", "xx"), (PURPLE, (0, (5, 1, 1, 1, 1, 1)), "v", "\\\\"),
          (SKY, (0, (8, 2)), "P", "++"), ("ink", (0, (3, 3)), "X", "oo"),
          (YELLOW, (0, (1, 3)), "*", "--")]

THEMES = {
    "paper": {"size": 10, "width": 8.0, "height": 4.5, "ink": "#1a1a1a", "paper": "#ffffff",
              "faint": "#6b6b6b", "grid": "#e3e3e3", "line": 1.6, "yellow": "#a08c00"},
    "slides": {"size": 16, "width": 10.0, "height": 5.625, "ink": "#1a1a1a", "paper": "#ffffff",
               "faint": "#5f5f5f", "grid": "#e3e3e3", "line": 2.6, "yellow": "#a08c00"},
    "dark": {"size": 16, "width": 10.0, "height": 5.625, "ink": "#f2f2f2", "paper": "#15181c",
             "faint": "#a9b0b8", "grid": "#343a40", "line": 2.6, "blue": "#3d8fd1"},
}

MOST_LINES = 5  # of a title or a caption

# What a reader of the file finds: nothing of the day or of the machine.
METADATA = {
    "svg": {"Date": None, "Creator": "quorate"},
    "pdf": {"CreationDate": None, "ModDate": None, "Creator": "quorate", "Producer": "matplotlib"},
    "png": {"Software": "quorate"},
}


class Look:
    """A theme, and what depends on it."""

    def __init__(self, job):
        self.name = job["theme"]
        theme = THEMES[self.name]
        self.size = theme["size"]
        self.small = theme["size"] * 0.8
        self.ink = theme["ink"]
        self.paper = theme["paper"]
        self.faint = theme["faint"]
        self.grid = theme["grid"]
        self.line = theme["line"]
        self.blue = theme.get("blue", BLUE)  # of thin lines on dark ground, a lighter one
        self.yellow = theme.get("yellow", YELLOW)  # of lines on white, a darker one
        self.width = theme["width"]
        self.height = theme["height"]
        self.title = job.get("title", "")
        self.job = job
        matplotlib.rcdefaults()  # a matplotlibrc of the user must not change a byte
        matplotlib.use("Agg")
        known = matplotlib.rcParams  # an older matplotlib has fewer
        known.update({name: value for name, value in self.settings().items() if name in known})

    def settings(self):
        ink, paper = self.ink, self.paper
        return {
            "font.family": "sans-serif",
            "font.sans-serif": ["DejaVu Sans", "Verdana", "Arial"],
            "font.size": self.size, "axes.titlesize": self.size, "axes.labelsize": self.size,
            "xtick.labelsize": self.small, "ytick.labelsize": self.small,
            "legend.fontsize": self.small, "legend.title_fontsize": self.small,
            "figure.titlesize": self.size * 1.15,
            "text.color": ink, "axes.labelcolor": ink, "axes.edgecolor": ink,
            "xtick.color": ink, "ytick.color": ink, "axes.facecolor": paper,
            "figure.facecolor": paper, "savefig.facecolor": paper, "legend.framealpha": 0.9,
            "legend.facecolor": paper, "legend.edgecolor": self.grid, "grid.color": self.grid,
            "axes.spines.top": False, "axes.spines.right": False, "axes.axisbelow": True,
            "lines.linewidth": self.line, "hatch.linewidth": 0.7,
            "figure.constrained_layout.use": True,
            "svg.fonttype": "none", "svg.hashsalt": "quorate", "pdf.fonttype": 42,
            "text.parse_math": False,
        }

    def figure(self, rows=1, columns=1, height=None, **more):
        figure, axes = plt.subplots(rows, columns, squeeze=False,
                                    figsize=(self.width, height or self.height), **more)
        return figure, axes

    def series(self, index):
        """Colour, line style, marker and hatch of the nth line or bar."""
        colour, line, marker, hatch = SERIES[index % len(SERIES)]
        return self.yellow if colour == YELLOW else self.colour(colour), line, marker, hatch

    def colour(self, name):
        """A colour as this theme has it."""
        return {"ink": self.ink, "faint": self.faint, "paper": self.paper,
                BLUE: self.blue}.get(name, name)

    def text_width(self, text, size, weight="normal"):
        """Of a text on the paper, in inches."""
        if not text.strip():
            return 0.0
        prop = FontProperties(size=size, weight=weight)
        return text_to_path.get_text_width_height_descent(text, prop, ismath=False)[0] / 72

    def legend_columns(self, labels, room):
        """How many columns a legend may have that is filled column by column, in so many inches."""
        widths = [self.text_width(label, self.small) for label in labels]
        handle = 0.072 * self.small  # the sample with the gaps around it
        for columns in range(len(labels), 1, -1):
            rows, longer = divmod(len(labels), columns)
            needed, at = 0.0, 0
            for column in range(columns):
                following = at + rows + (1 if column < longer else 0)
                needed += max(widths[at:following]) + handle
                at = following
            if needed <= room:
                return columns
        return 1

    def legend(self, ax, handles, labels, title):
        """Beside the axes; above them where names are so long that little were left to draw in."""
        widest = max(self.text_width(label, self.small) for label in labels) + 0.072 * self.small
        above = widest > 0.3 * self.width and not ax.get_title(loc="left")
        place = {"loc": "lower left", "bbox_to_anchor": (0, 1.0), "borderaxespad": 0.2,
                 "ncol": self.legend_columns(labels, self.width * 0.85)} if above else \
            {"loc": "center left", "bbox_to_anchor": (1.0, 0.5)}
        ax.legend(handles, labels, title=title or None, handlelength=3.4,
                  frameon=False, **place)

    def finish(self, figure, default_title, caption):
        """Title above, caption below, both inside the layout. Gives the bytes of the file."""
        self.head(figure, default_title, caption)
        return self.saved(figure)

    def head(self, figure, default_title, caption):
        """The figure grows by the lines that a long title or caption needs, so that what is drawn
        keeps its size."""
        size = self.size * 1.15
        title = self.wrapped(self.title or default_title, size, "bold")
        if title:
            figure.suptitle(title, x=0.012, ha="left", fontweight="bold")
        given = self.job.get("caption")
        small = self.small * 0.85
        words = self.wrapped(caption if given is None else given, small)
        if words:
            figure.supxlabel(words, x=0.012, ha="left", fontsize=small, color=self.faint)
        more = title.count("\n") * size + words.count("\n") * small
        width, height = figure.get_size_inches()
        figure.set_size_inches(width, height + 1.3 * more / 72)

    def saved(self, figure):
        file = io.BytesIO()
        form = self.job["format"]
        figure.savefig(file, format=form, metadata=METADATA[form], dpi=200)
        plt.close(figure)
        return lean(file.getvalue()) if form == "svg" else file.getvalue()

    def wrapped(self, text, size, weight="normal"):
        """The text in as many lines as it needs; one that nobody would read is cut."""
        room = self.width * 0.97
        lines = [line for given in text.split("\n") for line in
                 lines_of(given, lambda words: self.text_width(words, size, weight) <= room)]
        cut = lines[:MOST_LINES]
        if len(lines) > MOST_LINES:
            cut[-1] = self.fitted(cut[-1] + " " + lines[MOST_LINES], size, room, weight)
        return "\n".join(cut)

    def axis_label(self, text, room):
        """The text in lines of so many inches."""
        return "\n".join(lines_of(text, lambda words: self.text_width(words, self.size) <= room))

    def fitted(self, text, size, room, weight="normal"):
        """The text, cut to so many inches."""
        if self.text_width(text, size, weight) <= room:
            return text
        return text[:longest(text, lambda part:
                             self.text_width(part + "…", size, weight) <= room)] + "…"


def lines_of(text, fits):
    """Lines that fit, broken between words, and within a word that alone is too long."""
    lines = [""]
    for word in text.split(" "):
        joined = lines[-1] + " " + word if lines[-1] else word
        if fits(joined):
            lines[-1] = joined
            continue
        lines.append(word)
        while not fits(lines[-1]) and len(lines[-1]) > 1:
            most = max(longest(lines[-1], fits), 1)
            lines[-1:] = [lines[-1][:most], lines[-1][most:]]
    return lines if lines[0] or len(lines) == 1 else lines[1:]


def longest(text, fits):
    """How many of its first letters fit."""
    least, most = 0, len(text)
    while least < most:
        middle = (least + most + 1) // 2
        least, most = (middle, most) if fits(text[:middle]) else (least, middle - 1)
    return least


def thousands(value, _place=None):
    """A tick: 1,000 rather than 1000, and no digits but those that say something."""
    return "{:,.0f}".format(value) if value == int(value) else "{:,g}".format(value)


def log_ticks(axis, ratio):
    """Plain numbers on a logarithmic axis whose ends have this ratio: powers of ten, and between
    them as many as it needs."""
    subs = (1,) if ratio > 100 else (1, 2, 5) if ratio > 12 else (1, 2, 3, 5, 7) if ratio > 4 else \
        range(1, 10)
    axis.set_major_locator(LogLocator(subs=subs, numticks=12))
    axis.set_major_formatter(thousands)
    axis.set_minor_formatter(NullFormatter())


LONG_NUMBER = re.compile(rb"\d+\.\d{3,}")
OUTLINE = re.compile(rb' d="[^"]*"')


def lean(svg):
    """Outlines to a hundredth of a point, which nobody sees: half the bytes where a hatch is made
    of hundreds of dots."""
    def short(number):
        return (b"%.2f" % float(number.group())).rstrip(b"0").rstrip(b".")

    return OUTLINE.sub(lambda outline: LONG_NUMBER.sub(short, outline.group()), svg)


def luminance(colour):
    """How bright an (r, g, b) appears, from 0 to 1."""
    return 0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2]


def csv_bytes(head, rows):
    """What was drawn, for whoever wants to draw it again elsewhere."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8")


def number(value):
    """A number for the CSV beside a figure: short, and the same everywhere."""
    return ("%.6f" % value).rstrip("0").rstrip(".") if isinstance(value, float) else value
