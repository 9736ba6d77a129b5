"""Where a moment lies on the paper. Long stretches in which nothing is under way are cut short, so
that the milliseconds of messages do not stand upright in seconds of waiting."""
import bisect
import math

NS_PER_MS = 1_000_000
CUT = 0.05  # of the width, for a stretch that was cut
WORTH_CUTTING = 0.12  # of the window; shorter ones stay


class LinearAxis:
    """Nothing is cut."""

    label = "time (ms)"

    def __init__(self, begin, end):
        self.begin = begin
        self.end = max(end, begin + 1)
        self.cuts = []  # (from, until), drawn as breaks

    def at(self, time):
        return (time - self.begin) / (self.end - self.begin)

    def ticks(self, most=9):
        """[(place, text)] at round numbers."""
        step = round_step(self.shown_length() / NS_PER_MS / most)
        digits = max(0, -math.floor(math.log10(step)))
        found = []
        for begin, end in self._shown():
            first = math.ceil(begin / NS_PER_MS / step)
            last = math.floor(end / NS_PER_MS / step)
            for number in range(first, last + 1):
                text = "{:,.{}f}".format(number * step, digits)
                found.append((self.at(number * step * NS_PER_MS), text))
        return apart(found, 0.55 / most)

    def _shown(self):
        """The stretches between the cuts."""
        begins = [self.begin] + [cut[1] for cut in self.cuts]
        ends = [cut[0] for cut in self.cuts] + [self.end]
        return list(zip(begins, ends))

    def shown_length(self):
        return self.end - self.begin - sum(b - a for a, b in self.cuts)


class BrokenAxis(LinearAxis):
    """`busy`: stretches (from, until) in which something is under way. Gaps shorter than `least`
    stay as they are."""

    def __init__(self, begin, end, busy, least):
        super().__init__(begin, end)
        self.cuts = self._quiet(busy, least)
        drawn = self.shown_length()
        scale = (1 - CUT * len(self.cuts)) / drawn if drawn else 1.0
        self.corners = [(self.begin, 0.0)]
        place, time = 0.0, self.begin
        for a, b in self.cuts:
            place += (a - time) * scale
            self.corners += [(a, place), (b, place + CUT)]
            place += CUT
            time = b
        self.corners.append((self.end, place + (self.end - time) * scale))

    def _quiet(self, busy, least):
        """The long gaps between what is busy, less a margin on both sides."""
        whole = self.end - self.begin
        margin = min(whole * 0.015, least * 0.25)
        gaps = []
        covered = self.begin
        for a, b in sorted(busy) + [(self.end, self.end)]:
            if a - covered > max(whole * WORTH_CUTTING, least):
                gaps.append((covered + margin, a - margin))
            covered = max(covered, b)
        return gaps

    def at(self, time):
        place = bisect.bisect_right(self.corners, (time, math.inf))
        place = min(max(place, 1), len(self.corners) - 1)
        (t0, x0), (t1, x1) = self.corners[place - 1], self.corners[place]
        return x0 + (time - t0) * (x1 - x0) / (t1 - t0) if t1 > t0 else x0


class EventAxis(LinearAxis):
    """The order of events alone: every moment at which something happens takes as much room."""

    label = "order of events (times in ms)"

    def __init__(self, begin, end, moments):
        super().__init__(begin, end)
        self.moments = sorted({time for time in moments if begin <= time <= end}) or [begin]

    def at(self, time):
        """Between two moments by their distance; outside by one step."""
        last = len(self.moments) - 1
        step = 1 / (last + 2)
        place = bisect.bisect_left(self.moments, time)
        if place > last:
            return (last + 1.5) * step if time > self.moments[-1] else (last + 1) * step
        if place == 0:
            return step if time == self.moments[0] else 0.5 * step
        before, after = self.moments[place - 1], self.moments[place]
        return (place + (time - before) / (after - before)) * step

    def ticks(self, most=9):
        every = max(1, -(-len(self.moments) // most))
        return [(self.at(time), "{:,.1f}".format(time / NS_PER_MS))
                for time in self.moments[::every]]


def milliseconds(time):
    return "{:,.0f}".format(time / NS_PER_MS)


def window_text(begin, end):
    """"1200ms..1460ms": in the greatest unit that tells a tenth of its length."""
    unit, name = next((unit, name) for unit, name in
                      ((1_000_000_000, "s"), (NS_PER_MS, "ms"), (1000, "us"), (1, "ns"))
                      if end - begin >= 10 * unit or unit == 1)
    return "%d%s..%d%s" % (begin // unit, name, end // unit, name)


def round_step(least):
    """The least of 1, 2 and 5 times a power of ten that is not less."""
    if least <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(least))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= least * 0.999999)


def apart(ticks, least):
    """Without those that stand too near to the one before."""
    found = []
    for place, text in ticks:
        if not found or place - found[-1][0] >= least:
            found.append((place, text))
    return found
