"""What of a trace stands in a timeline: a window of it, the messages, states, faults and marks in
it, and the axis on which they lie."""
import collections

from plots import style
from plots.failure import Refused
from plots.signs import OTHER_ROLES, ROLES
from plots.time_axis import BrokenAxis, EventAxis, LinearAxis, milliseconds, window_text
from plots.window import default_window

MOST_MESSAGES = 600


class Scene:
    """One window of one trace."""

    def __init__(self, job, look, trace):
        self.job = job
        self.look = look
        self.trace = trace
        self.lanes = trace.lanes(job["clients"])
        self.notes = []
        self.begin, self.end = self._window()
        self.delay = trace.typical_delay()
        first = self.begin - 4 * self.delay
        self.messages = [m for m in trace.between(self.lanes, first, self.end)
                         if self._arrival(m) > self.begin]
        if len(self.messages) > MOST_MESSAGES:
            raise Refused("%d messages in one window are no picture" % len(self.messages),
                          self._narrower())
        self.bands = {lane: trace.bands(lane) for lane in self.lanes}
        self.types = self._types()
        self.axis = self._axis()
        self.states = self._states()

    def _types(self):
        """Those in the window, in the protocol's order."""
        seen = list(dict.fromkeys(m.type for m in self.messages))
        return [kind for kind in self.trace.types if kind in seen] + \
            [kind for kind in seen if kind not in self.trace.types]

    def _window(self):
        if self.job["window"] is None:
            return default_window(self.trace, self.lanes)
        begin, end = self.job["window"]
        if begin >= self.trace.ended:
            raise Refused("the run ended at %s ms, before the window begins"
                          % milliseconds(self.trace.ended))
        return begin, min(end, self.trace.ended)

    def _narrower(self):
        """A window that begins at the same moment and can be drawn, in numbers that can be read."""
        last = sorted(m.start for m in self.messages)[80]
        return "--window, for example %s" % window_text(self.begin, last) if last > self.begin \
            else "so many set out at once: fewer nodes make a picture"

    def _arrival(self, message):
        return self.trace.arrival(message, self.delay)

    def _within(self, time):
        return self.begin <= time <= self.end

    def _marks(self):
        """Those in the window; of what happens all the time, nothing."""
        found = [mark for mark in self.trace.marks if self._within(mark.time)]
        counts = collections.Counter((mark.kind, mark.node) for mark in found)
        return [mark for mark in found if mark.kind not in ("chosen", "delivered")
                or counts[mark.kind, mark.node] <= 2]

    def _faults(self):
        return [fault for fault in self.trace.faults
                if fault[0] <= self.end and (fault[1] is None or fault[1] >= self.begin)]

    def _axis(self):
        """A pause ends no later for a message that is under way when the run ends: it keeps the
        axis whole only for as long as messages take."""
        busy = [(m.start, min(m.start + self.delay if m.end is None else m.end, self.end))
                for m in self.messages]
        points = [mark.time for mark in self._marks()]
        points += [time for fault in self._faults() for time in fault[:2]
                   if time is not None and self._within(time)]
        points += [band[0] for bands in self.bands.values() for band in bands
                   if self._within(band[0])]
        if self.job["axis"] == "events":
            return EventAxis(self.begin, self.end, points + [t for span in busy for t in span])
        if self.job["axis"] == "linear":
            return LinearAxis(self.begin, self.end)
        return BrokenAxis(self.begin, self.end, busy + [(time, time) for time in points],
                          10 * self.delay)

    def _states(self):
        """Colour and hatch of every state in the window, the known ones as always."""
        found = {}
        others = iter(OTHER_ROLES * 3)
        for bands in self.bands.values():
            for begin, end, state in bands:
                if end < self.begin or begin > self.end or state in found:
                    continue
                colour, hatch = ROLES.get(state) or next(others, OTHER_ROLES[0])
                found[state] = self.look.colour(colour), hatch
        order = list(ROLES)
        return dict(sorted(found.items(), key=lambda one: order.index(one[0])
                           if one[0] in order else -1))

    def data(self):
        """What was drawn: messages, states, and what happened."""
        rows = [("message", m.source, m.target, m.start, self._arrival(m), m.type, m.fate)
                for m in self.messages]
        for lane in self.lanes:
            rows += [("state", lane, "", begin, end, state, "")
                     for begin, end, state in self.bands[lane]
                     if end >= self.begin and begin <= self.end]
        rows += [("fault", "", "", begin, self.trace.ended if end is None else end, text, "")
                 for begin, end, text in self._faults()]
        rows += [(mark.kind, mark.node or "", "", mark.time, mark.time, mark.text, "")
                 for mark in self._marks()]
        head = ["what", "node", "to", "from_ns", "until_ns", "text", "fate"]
        return style.csv_bytes(head, rows)
