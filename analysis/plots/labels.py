"""Where words may stand in a timeline: a label takes the place where it hides least, and gives way
where every place would hide something that matters. All lengths are in inches, down the paper."""

CLEAR = 100.0  # the cost of a place that no label may take
CROSSED = 1.3  # the cost of a line through a word: more than to stand one row farther away
MOST_FOR_STATE = 2.5  # the legend has it as well: no name rather than one that lines run through
NEARBY = 0.1  # a word that is farther from its sign is tied to it


class Box:
    """A rectangle on the paper."""

    __slots__ = ("left", "top", "right", "bottom")

    def __init__(self, left, top, right, bottom):
        self.left = left
        self.top = top
        self.right = right
        self.bottom = bottom

    def meets(self, other):
        return self.left < other.right and other.left < self.right and \
            self.top < other.bottom and other.top < self.bottom

    def holds(self, x, y):
        return self.left <= x <= self.right and self.top <= y <= self.bottom

    def crossed(self, line):
        """Whether a line (x0, y0, x1, y1) runs through it: what is left of it after clipping."""
        x0, y0, x1, y1 = line
        first, last = 0.0, 1.0
        for start, step, low, high in ((x0, x1 - x0, self.left, self.right),
                                       (y0, y1 - y0, self.top, self.bottom)):
            if step == 0:
                if not low <= start <= high:
                    return False
                continue
            a, b = sorted(((low - start) / step, (high - start) / step))
            first, last = max(first, a), min(last, b)
        return first < last


class Paper:
    """What stands on the paper already, and what it costs to lie over it."""

    def __init__(self, width, height):
        self.whole = Box(0.0, 0.0, width, height)
        self.lines = []
        self.things = []  # (box, cost)

    def add_line(self, line):
        self.lines.append(line)

    def add(self, box, cost=CLEAR):
        self.things.append((box, cost))

    def add_point(self, x, y, radius, cost):
        self.add(Box(x - radius, y - radius, x + radius, y + radius), cost)

    def cost(self, box):
        whole = self.whole
        outside = box.left < whole.left or box.right > whole.right or \
            box.top < whole.top or box.bottom > whole.bottom
        if outside:
            return 10 * CLEAR
        found = sum(cost for thing, cost in self.things if thing.meets(box))
        return found + sum(CROSSED for line in self.lines if box.crossed(line))

    def place(self, places, most=CLEAR):
        """The best of the places (box, cost), the first of equals, which from now on is taken; None
        where none costs less than `most`."""
        costs = [(self.cost(box) + cost, number) for number, (box, cost) in enumerate(places)]
        least, best = min(costs)
        if least >= most:
            return None
        box = places[best][0]
        self.add(box)
        return box


def around(x, y, reach, size, end=None):
    """[(box, cost)] for a word of (width, height) at what stands at (x, y) and reaches so far up
    and down: above it and below, from there on, up to there, or across; then farther away. What
    ends at `end` is a band; its word stays with it."""
    width, height = size
    gap = 0.02
    if end is None:
        lefts = [(x - gap, 0.0), (x - width + gap, 0.1), (x - width / 2, 0.1)]
        lefts += [(x + step * 0.9 * height, 0.3 * step) for step in range(1, 7)]
        lefts += [(x - width - step * 0.9 * height, 0.3 * step) for step in range(1, 7)]
    else:
        lefts = [(x, 0.0), ((x + end - width) / 2, 0.1), (end - width, 0.2)]
    found = []
    for level in range(3):
        far = reach + gap + level * height
        for top in (y - far - height, y + far):
            found += [(Box(left, top, left + width, top + height), cost + 1.2 * level)
                      for left, cost in lefts]
    return found


def rooms(span, marks, radius, cuts, poles):
    """[(left, right)] in which a band's name may stand, from left to right: from its begin, from
    behind a break, a mark of this radius, or the line of a fault, up to the next of these."""
    begins = [span[0]] + [end for _, end in cuts if span[0] < end < span[1]]
    begins += [x for x in marks + poles if span[0] < x < span[1]]
    stops = [begin for begin, _ in cuts] + [x - radius for x in marks] + poles + [span[1]]
    for begin in sorted(begins):
        marked = any(abs(x - begin) < 0.01 for x in marks)
        yield (begin + (radius if marked else 0.006),
               min(x for x in stops if x > begin + 0.01 or x == span[1]) - 0.004)


def string(box, x, y, reach, end=None):
    """The line ((x0, y0), (x1, y1)) that ties a word to what it is about, where another could be
    taken for that: from its nearest edge to the sign at (x, y), or to the band up to `end`."""
    edge = box.bottom if box.bottom <= y else box.top
    to = y - reach if box.bottom <= y else y + reach
    last = x if end is None else end
    near = min(max((box.left + box.right) / 2, x), last)  # of what the word is about
    begin = min(max(near, box.left), box.right)
    if abs(begin - near) <= NEARBY and abs(edge - to) <= NEARBY:
        return None
    return (begin, edge), (near, to)


def apart(ends, gap):
    """Sideways shifts for arrows [(x0, x1)] between the same two lanes, so that none lies on
    another: those that would stand beside each other, in their order, around where they belong."""
    shifts = [0.0] * len(ends)
    order = sorted(range(len(ends)), key=lambda number: ends[number])
    cluster = []
    for number in order + [None]:
        if cluster and (number is None or not near(ends[cluster[-1]], ends[number], gap)):
            step = gap * min(1.0, 4.0 / max(len(cluster) - 1, 1))
            for place, one in enumerate(cluster):
                shifts[one] = (place - (len(cluster) - 1) / 2) * step
            cluster = []
        if number is not None:
            cluster.append(number)
    return shifts


def near(one, other, gap):
    return abs(one[0] - other[0]) < gap / 2 and abs(one[1] - other[1]) < gap / 2


class Pole:
    """A word about a moment, like a flag at its pole: right of it, or left for want of room."""

    def __init__(self, x, width, whole):
        gap = 0.05
        self.right = x + gap + width <= whole or x < whole / 2
        self.room = (whole - x if self.right else x) - gap
        self.width = min(width, self.room)
        self.left = x + gap if self.right else x - gap - self.width
