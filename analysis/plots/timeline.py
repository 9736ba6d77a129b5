"""`timeline`: a space-time diagram. Time goes to the right; every node has a lane with what it is
at that moment; messages go from lane to lane; what is done to nodes and links stands above."""
import collections
import math

from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch, Patch, Rectangle

from plots import style
from plots.labels import CLEAR, MOST_FOR_STATE, Box, Paper, Pole, apart, around, rooms, string
from plots.scene import Scene
from plots.signs import MARKERS, MESSAGES, TOLD_FIRST
from plots.time_axis import milliseconds
from plots.trace import sides_of, the_trace

LOST_AT = 0.85  # of its way: at the middle it would lie on another node's lane
BESIDE = 1.02  # the width with room for half a sign


def draw(job):
    trace = the_trace(job)
    look = style.Look(job)
    picture = Picture(job, look, trace)
    caption = "%s · seed %s · %s to %s ms%s" % (trace.protocol, trace.seed,
                                                milliseconds(picture.begin),
                                                milliseconds(picture.end), job["drawn_by"])
    title = trace.title if job["title"] is None else ""
    return look.saved(picture.draw(title, caption)), picture.data(), picture.notes


def is_lost(message):
    return message.fate not in ("received", "under way")


class Picture(Scene):
    """A scene on paper."""

    def __init__(self, job, look, trace):
        super().__init__(job, look, trace)
        self.band = 0.13 if look.size < 12 else 0.17  # half its height, where lanes are 1 apart
        self.words = []  # (rank, x, lane, text, weight), to be placed when all else is drawn

    def draw(self, title, caption):
        lanes = len(self.lanes)
        height = self.look.height * min(max(0.62 + 0.085 * lanes, 0.85), 1.6)
        figure, ((ax,),) = self.look.figure(height=height)
        self._dress(ax, lanes)
        self._legend(ax)
        self.look.head(figure, title, caption)
        self._measure(figure, ax)
        rows, flags = self._flags()
        ax.set_ylim(lanes - 0.45, -0.6 - 0.5 * rows)
        self.per_lane = self.height / (lanes + 0.15 + 0.5 * rows)
        self.above = 0.6 + 0.5 * rows  # lanes above the first
        for place, lane in enumerate(self.lanes):
            self._lane(ax, place, lane)
        self._partitions(ax)
        self._all_messages(ax)
        for a, b in self.axis.cuts:
            self._cut(ax, a, b)
        self._faults_above(ax, flags, rows)
        self._marks_on_lanes(ax)
        self._words_beside(ax)
        return figure

    def _measure(self, figure, ax):
        """How much paper the lanes have, in inches; from here on nothing moves."""
        figure.draw_without_rendering()
        width, self.height = (
            ax.get_window_extent().transformed(figure.dpi_scale_trans.inverted()).size)
        at_end = any(self.axis.at(mark.time) > 0.985 for mark in self._marks())
        if at_end or any(0.985 < self._lost_at(m) <= 1 for m in self.messages if is_lost(m)):
            ax.set_xlim(0, BESIDE)  # a sign at the very end is whole
        self.seen = Rectangle((0, -99), 1, 199, transform=ax.transData)
        self.width = width / ax.get_xlim()[1]
        self.paper = Paper(width, self.height)
        figure.set_layout_engine("none") if hasattr(figure, "set_layout_engine") else \
            figure.set_constrained_layout(False)

    def _on_paper(self, x, y):
        """In inches, of a place in the picture."""
        return x * self.width, (y + self.above) * self.per_lane

    def _dress(self, ax, lanes):
        ticks = self.axis.ticks(9)
        ax.set_xlim(0, 1)
        ax.set_xticks([place for place, _ in ticks])
        ax.set_xticklabels([text for _, text in ticks])
        ax.set_xlabel(self.axis.label)
        ax.set_yticks(range(lanes))
        ax.set_yticklabels(self.lanes, fontsize=self.look.size)
        ax.tick_params(axis="y", length=0)
        ax.spines["left"].set_visible(False)

    def _span(self, begin, end):
        """Both ends on the paper, cut to the window; None where it lies outside."""
        end = self.end if end is None else end
        if end < self.begin or begin > self.end:
            return None
        return self.axis.at(max(begin, self.begin)), self.axis.at(min(end, self.end))

    def _lane(self, ax, place, lane):
        ax.plot([0, 1], [place, place], color=self.look.faint, linewidth=0.8, zorder=1)
        named, nameless = set(), {}
        for begin, end, state in self.bands[lane]:
            span = self._span(begin, end)
            if span is None or state not in self.states:
                continue
            colour, hatch = self.states[state]
            ax.add_patch(Rectangle((span[0], place - self.band), span[1] - span[0], 2 * self.band,
                                   facecolor=colour, edgecolor=self._edge(state), hatch=hatch,
                                   linewidth=0.6, zorder=4))
            left, top = self._on_paper(span[0], place - self.band)
            right, bottom = self._on_paper(span[1], place + self.band)
            self.paper.add(Box(left, top, right, bottom))
            if self._state_name(ax, state, span, place):
                named.add(state)
            else:
                nameless.setdefault(state, span)
        self.words += [(len(TOLD_FIRST), x, place, state.replace("_", " "), end)
                       for state, (x, end) in nameless.items() if state not in named]

    def _edge(self, state):
        return self.look.faint if state in ("down", "paused") else "#333333"

    def _state_name(self, ax, state, span, place):
        """In the band where there is room, on ground of its own where the band is hatched. Says
        whether there was."""
        size = self.look.small * 0.85
        text = state.replace("_", " ")
        width = self.look.text_width(text, size) / self.width
        poles = [self.axis.at(fault[0]) for fault in self._faults() if self._within(fault[0])]
        marks = [self.axis.at(mark.time) for mark in self._marks()
                 if mark.node == self.lanes[place] and mark.kind in MARKERS]
        radius = 0.1 * self.look.size / 10 / self.width
        cuts = [(self.axis.at(begin), self.axis.at(end)) for begin, end in self.axis.cuts]
        left = next((left for lines in (poles, []) for left, right in
                     rooms(span, marks, radius, cuts, lines) if width <= right - left), None)
        if left is None:
            return False
        colour, hatch = self.states[state]
        down = state in ("down", "paused")
        ground = {"facecolor": self.look.paper if down else colour, "edgecolor": "none",
                  "pad": 0.8} if hatch else None
        ax.text(left, place, text, fontsize=size, va="center_baseline", ha="left",
                color=self.look.ink if down else "#000000", bbox=ground, zorder=5,
                clip_on=True)
        return True

    def _half(self, lane, time):
        """Half the height of what an arrow ends at: a band, or the bare lane."""
        banded = any(begin <= time <= end and state in self.states
                     for begin, end, state in self.bands[lane])
        return self.band if banded else 0.02

    def _ends(self, message):
        """(x0, y0, x1, y1) of its arrow."""
        source, target = self.lanes.index(message.source), self.lanes.index(message.target)
        step = 1 if target > source else -1
        end = self._arrival(message)
        return (self.axis.at(message.start),
                source + step * self._half(message.source, message.start),
                self.axis.at(end),
                target - step * self._half(message.target, min(end, self.trace.ended)))

    def _all_messages(self, ax):
        """Those of a kind that comes often lie below; those that would lie on one another stand
        beside each other, by less than anybody reads off the axis."""
        often = collections.Counter(message.type for message in self.messages)
        links = {}
        for message in self.messages:
            links.setdefault((message.source, message.target), []).append(message)
        gap = 0.45 * self.look.size / 72 / self.width
        for messages in links.values():
            messages.sort(key=lambda one: (one.start, self.types.index(one.type)))
            ends = [self._ends(message) for message in messages]
            shifts = apart([(x0, x1) for x0, _, x1, _ in ends], gap)
            for message, (x0, y0, x1, y1), shift in zip(messages, ends, shifts):
                rare = 0.5 / often[message.type]
                self._message(ax, message, (x0 + shift, y0, x1 + shift, y1), 3 + rare)

    def _lost_at(self, message):
        x0, _, x1, _ = self._ends(message)
        return x0 + (x1 - x0) * LOST_AT

    def _message(self, ax, message, ends, zorder):
        x0, y0, x1, y1 = ends
        lost = is_lost(message)
        colour, dashes = self._message_style(message.type)
        if lost:
            x1, y1 = x0 + (x1 - x0) * LOST_AT, y0 + (y1 - y0) * LOST_AT
            colour = style.VERMILLION
        arrow = ax.add_patch(FancyArrowPatch(
            (x0, y0), (x1, y1), arrowstyle="-" if lost else "-|>", color=colour,
            mutation_scale=self.look.size * 0.75, linewidth=self.look.line * 0.55,
            linestyle=dashes, shrinkA=0, shrinkB=0, zorder=zorder, clip_on=True))
        arrow.set_clip_path(self.seen)
        if lost and x1 <= 1:
            ax.plot([x1], [y1], marker="x", color=style.VERMILLION, markersize=self.look.size * 0.6,
                    markeredgewidth=self.look.line, zorder=6, clip_on=True)
        self._keep_clear(x0, y0, x1, y1, lost)

    def _keep_clear(self, x0, y0, x1, y1, lost):
        """No word stands on the end of an arrow: it says where the message went."""
        (left, top), (right, bottom) = self._on_paper(x0, y0), self._on_paper(x1, y1)
        self.paper.add_line((left, top, right, bottom))
        length = max(math.hypot(right - left, bottom - top), 1e-6)
        head = 0 if lost else min(0.3 * self.look.size * 0.5 / 72 / length, 1.0)
        radius = self.look.size * (0.3 if lost else 0.18) / 72
        self.paper.add_point(right - (right - left) * head, bottom - (bottom - top) * head, radius,
                             CLEAR / 5)

    def _message_style(self, kind):
        order = self.types if len(self.trace.types) > len(MESSAGES) else \
            self.trace.types or self.types
        colour, dashes = MESSAGES[min(order.index(kind), len(MESSAGES) - 1)]
        return self.look.colour(colour), dashes

    def _cut(self, ax, begin, end):
        """A stretch in which nothing was under way: how much of it is left out."""
        x0, x1 = self.axis.at(begin), self.axis.at(end)
        low, high = -0.5, len(self.lanes) - 0.5
        ax.add_patch(Rectangle((x0, low), x1 - x0, high - low, facecolor=self.look.paper,
                               edgecolor="none", zorder=7))
        for x in (x0, x1):
            ax.plot([x, x], [low, high], color=self.look.faint, linestyle=(0, (2, 2)),
                    linewidth=0.8, zorder=8)
        self.paper.add(Box(self._on_paper(x0, 0)[0], 0, self._on_paper(x1, 0)[0], self.height))
        text = "%s ms later" % milliseconds(end - begin)
        ax.text((x0 + x1) / 2, (low + high) / 2, text, rotation=90, ha="center", va="center",
                fontsize=self.look.small * 0.9, color=self.look.faint, zorder=9)

    def _partitions(self, ax):
        """The lanes of each side on ground of their own."""
        hatches = ["", "///", "\\\\\\", "..."]
        for begin, end, text in self._faults():
            span = self._span(begin, end)
            sides = sides_of(text)
            for number, side in enumerate(sides):
                for lane in side:
                    if lane not in self.lanes or span is None:
                        continue
                    place = self.lanes.index(lane)
                    ax.add_patch(Rectangle(
                        (span[0], place - 0.5), span[1] - span[0], 1.0, zorder=0,
                        facecolor=self.look.grid if number % 2 else "none", alpha=0.8,
                        edgecolor=self.look.faint, hatch=hatches[number % 4], linewidth=0))
                    others = [one for other in sides if other is not side for one in other]
                    self._border(ax, span, place, others)

    def _border(self, ax, span, place, others):
        """A line where the next lane is on another side, and no bridge."""
        if place + 1 < len(self.lanes) and self.lanes[place + 1] in others:
            ax.plot(span, [place + 0.5] * 2, color=style.VERMILLION, linestyle=(0, (5, 2)),
                    linewidth=self.look.line, zorder=2)
            ends = [self._on_paper(x, place + 0.5) for x in span]
            self.paper.add_line(ends[0] + ends[1])

    def _flags(self):
        """What was done, above the lanes, in as many rows as it needs: the first on top, so that
        few lines cross a later one's words. Gives the number of rows, and what stands where."""
        size = self.look.small * 0.9
        rows, flags = [], []
        for begin, end, text, colour in self._fault_texts():
            span = self._span(begin, end if end is not None else begin)
            if span is None:
                continue
            x, until = span[0] * self.width, span[1] * self.width
            pole = Pole(x, self.look.text_width(text, size) + 0.05, self.width)
            text = self.look.fitted(text, size, pole.room)
            taken = min(pole.left, x), max(pole.left + pole.width, until) + 0.05
            row = next((number for number, row in enumerate(rows)
                        if all(taken[1] <= a or b <= taken[0] for a, b in row)), len(rows))
            rows[row:] = rows[row:] or [[]]
            rows[row].append(taken)
            flags.append((row, pole, span, begin >= self.begin, end is not None, text, colour))
        return len(rows), flags

    def _faults_above(self, ax, flags, rows):
        size = self.look.small * 0.9
        for row, pole, span, begins, lasting, text, colour in flags:
            y = -0.85 - 0.5 * (rows - 1 - row)
            if begins:
                ax.plot([span[0]] * 2, [y - 0.16, len(self.lanes) - 0.5], color=colour,
                        linestyle=(0, (1, 1.5)), linewidth=self.look.line * 0.7, zorder=6)
                x = span[0] * self.width
                self.paper.add(Box(x, 0, x, self.height), 3.0)
            if lasting and span[1] > span[0]:
                ax.plot(span, [y + 0.24] * 2, color=colour, linewidth=self.look.line * 1.6,
                        zorder=6, solid_capstyle="butt")
            left = (pole.left if pole.right else pole.left + pole.width) / self.width
            ax.text(left, y, text, fontsize=size, color=self.look.ink, va="center_baseline",
                    ha="left" if pole.right else "right", zorder=9,
                    bbox={"facecolor": self.look.paper, "edgecolor": "none", "pad": 0.6})

    def _fault_texts(self):
        """(from, until, text, colour), in the order of time."""
        found = []
        for begin, end, text in self._faults():
            lasting = text.split(" ")[0] in ("partition", "cut", "omit", "hold", "pause")
            if not lasting and not self._within(begin):
                continue
            found.append((begin, (end or self.trace.ended) if lasting else None,
                          text, style.VERMILLION))
        told = {fault[0] for fault in self._faults()}
        for mark in self._marks():
            if mark.kind == "violation":
                found.append((mark.time, None, "✗ %s violated" % mark.text, style.VERMILLION))
            elif mark.kind in ("crash", "restart") and mark.time not in told:
                found.append((mark.time, None, "%s %s" % (mark.text, mark.node), self.look.faint))
        return sorted(found, key=lambda one: one[0])

    def _marks_on_lanes(self, ax):
        """Crashes as a cross; what the protocol tells as a sign with a word."""
        shown = [mark for mark in self._marks() if mark.node in self.lanes and mark.kind in MARKERS]
        blocked = {mark.node: mark for mark in reversed(shown) if mark.kind == "blocked"}
        shown = [mark for mark in shown if mark.kind != "blocked" or mark is blocked[mark.node]]
        for mark, x in self._beside(shown):
            place = self.lanes.index(mark.node)
            crash = mark.kind == "crash"
            size = self.look.size * (1.15 if crash or mark.kind == "elected" else 0.8)
            ax.plot([x], [place], marker=MARKERS[mark.kind], zorder=8, linestyle="none",
                    markersize=size,
                    color=style.VERMILLION if crash else self.look.paper,
                    markeredgecolor=style.VERMILLION if crash else self.look.ink,
                    markeredgewidth=self.look.line * (1.6 if crash else 0.6), clip_on=False)
            self.paper.add_point(*self._on_paper(x, place), size * 0.6 / 72, CLEAR)
            if mark.kind in TOLD_FIRST:
                self.words.append((TOLD_FIRST.index(mark.kind), x, place, self._words(mark), None))

    def _beside(self, marks):
        """[(mark, x)]: of those at one moment on one lane, all but the first in rank stand before
        it, so that no sign hides another."""
        step = self.look.size / 72 / self.width
        taken = set()
        for mark in sorted(marks, key=lambda one: TOLD_FIRST.index(one.kind)
                           if one.kind in TOLD_FIRST else -1):
            x = self.axis.at(mark.time)
            while any(lane == mark.node and abs(x - other) < 0.8 * step for lane, other in taken):
                x -= step / 4
            taken.add((mark.node, x))
            yield mark, x

    def _words_beside(self, ax):
        """Words at their signs, and at bands that are too short for their names, where they hide
        nothing; below all lines, so that even where the paper is full no message is hidden."""
        size = self.look.small * 0.85
        reach = self.band * self.per_lane
        for _, x, place, text, end in sorted(self.words, key=lambda one: one[:3]):
            weight = "bold" if end is None else "normal"
            wide = self.look.text_width(text, size, weight) + 0.04, 1.3 * size / 72
            left, y = self._on_paper(x, place)
            right = None if end is None else self._on_paper(end, place)[0]
            box = self.paper.place(around(left, y, reach, wide, right),
                                   CLEAR if end is None else MOST_FOR_STATE)
            if box is not None:
                self._string(ax, string(box, left, y, reach, right))
                ax.text((box.left + 0.02) / self.width,
                        (box.top + box.bottom) / 2 / self.per_lane - self.above, text,
                        fontsize=size, ha="left", va="center_baseline", color=self.look.ink,
                        zorder=2.5, fontweight=weight,
                        bbox={"facecolor": self.look.paper, "edgecolor": "none", "pad": 0.5})

    def _string(self, ax, ends):
        if ends is None:
            return
        (x0, y0), (x1, y1) = ends
        ax.plot([x0 / self.width, x1 / self.width],
                [y0 / self.per_lane - self.above, y1 / self.per_lane - self.above],
                color=self.look.faint, linewidth=0.8, zorder=2.4)

    def _words(self, mark):
        """"elected (term 2)": epochs by the protocol's own word."""
        word = self.trace.epoch_word
        return mark.text.replace("(", "(%s " % word) if word and mark.kind == "elected" else \
            mark.text

    def _legend(self, ax):
        handles = []
        for kind in self.types[:len(MESSAGES)]:
            colour, dashes = self._message_style(kind)
            more = len(self.types) - len(MESSAGES)
            last = kind == self.types[len(MESSAGES) - 1] if more > 0 else False
            rest = " and %d more" % more if last else ""
            handles.append(Line2D([], [], color=colour, linestyle=dashes, label=kind + rest,
                                  linewidth=self.look.line * 0.8))
        if any(map(is_lost, self.messages)):
            handles.append(Line2D([], [], color=style.VERMILLION, marker="x", label="lost",
                                  markersize=self.look.size * 0.6,
                                  markeredgewidth=self.look.line, linewidth=self.look.line * 0.5))
        for state, (colour, hatch) in self.states.items():
            handles.append(Patch(facecolor=colour, edgecolor=self._edge(state), hatch=hatch,
                                 label=state.replace("_", " "), linewidth=0.6))
        columns = self.look.legend_columns([handle.get_label() for handle in handles],
                                           self.look.width * 0.9)
        ax.legend(handles=handles, loc="lower left", bbox_to_anchor=(0, 1.0), ncol=columns,
                  frameon=False, borderaxespad=0.2, handlelength=2.6, handleheight=1.0,
                  columnspacing=1.4)
