"""What all figures look like. Colours are those of Okabe and Ito, fixed by what they mean; a hatch,
a line style or a marker always says the same, for whoever sees no colours."""
import csv
import io
import re

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot as plt
from matplotlib.textpath import TextPath

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
              "faint": "#6b6b6b", "grid": "#e3e3e3", "line": 1.6},
    "slides": {"size": 16, "width": 10.0, "height": 5.625, "ink": "#1a1a1a", "paper": "#ffffff",
               "faint": "#5f5f5f", "grid": "#e3e3e3", "line": 2.6},
    "dark": {"size": 16, "width": 10.0, "height": 5.625, "ink": "#f2f2f2", "paper": "#15181c",
             "faint": "#a9b0b8", "grid": "#343a40", "line": 2.6},
}

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
        return self.ink if colour == "ink" else colour, line, marker, hatch

    def text_width(self, text, size):
        """Of a text on the paper, in inches."""
        return TextPath((0, 0), text, size=size).get_extents().width / 72 if text.strip() else 0.0

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

    def finish(self, figure, default_title, caption):
        """Title above, caption below, both inside the layout. Gives the bytes of the file."""
        title = self.title or default_title
        if title:
            figure.suptitle(self.fitted(title, self.size * 1.15), x=0.012, ha="left",
                            fontweight="bold")
        given = self.job.get("caption")
        words = caption if given is None else given
        if words:
            figure.supxlabel(self.fitted(words, self.small * 0.85), x=0.012, ha="left",
                             fontsize=self.small * 0.85, color=self.faint)
        file = io.BytesIO()
        form = self.job["format"]
        figure.savefig(file, format=form, metadata=METADATA[form], dpi=200)
        plt.close(figure)
        return lean(file.getvalue()) if form == "svg" else file.getvalue()

    def fitted(self, text, size):
        """The text, cut to the width of the figure."""
        room = self.width * 0.97
        if self.text_width(text, size) <= room:
            return text
        while text and self.text_width(text + "…", size) > room:
            text = text[:-1]
        return text + "…"


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
