"""Which part of a run a timeline shows where nobody says: from shortly before the first fault until
shortly after what came of it. A violation is what the run is about, so it is always in sight."""
SHOWN_BEFORE = 10  # messages that lead up to a fault
SHOWN_AFTER = 10  # messages that follow what it led to
SHOWN_OTHERWISE = 26  # where it led to nothing that anybody told
SHOWN_AT_MOST = 70  # more than that is no picture
SHOWN_WITH_HEALING = 80  # where that shows the end of a fault, too

OUTCOMES = ("elected", "committed", "aborted", "blocked")
TURNS = OUTCOMES + ("crash", "restart", "pause", "resume", "suspected")


def first_fault(trace):
    """When something first went wrong; nothing where nothing did."""
    times = [fault[0] for fault in trace.faults]
    times += [mark.time for mark in trace.marks if mark.kind == "crash"]
    later = [time for time in times if time > 0]
    return min(later or times, default=None)


def first_violation(trace):
    return min((mark.time for mark in trace.marks if mark.kind == "violation"), default=None)


class Story:
    """What the bounds of a window are taken from."""

    def __init__(self, trace, lanes):
        self.trace = trace
        self.sent = sorted(m.start for m in trace.between(lanes, 0, trace.ended))
        self.delay = trace.typical_delay()
        self.violation = first_violation(trace)
        fault = first_fault(trace)
        if self.violation is not None and (fault is None or fault > self.violation):
            fault = self.sent[0] if self.sent else 0
        self.fault = fault if fault is not None else self.sent[0] if self.sent else 0

    def count(self, begin, end):
        """How many messages set out in this time."""
        return sum(begin <= time <= end for time in self.sent)

    def lead(self, time):
        """Shortly before a moment, with the last messages that set out before it."""
        before = [sent for sent in self.sent if sent < time][-SHOWN_BEFORE:]
        return max(before[0] if before else time, time - 6 * self.delay)

    def trail(self, time, messages):
        """Shortly after a moment, with the next messages."""
        few = [sent for sent in self.sent if sent >= time][:messages]
        return max(few[-1] if few else time, time) + 2 * self.delay

    def outcome(self):
        """What the fault led to; that somebody was suspected only where nothing else came of it."""
        later = [mark for mark in self.trace.marks if mark.time > self.fault]
        for kinds in (OUTCOMES, ("suspected",)):
            found = next((mark.time for mark in later if mark.kind in kinds), None)
            if found is not None:
                return found
        return None

    def healed(self, begin, outcome):
        """The end of the faults that lasted when the outcome came, where there is room for it."""
        ends = [fault[1] for fault in self.trace.faults
                if fault[1] is not None and fault[0] <= outcome < fault[1]]
        end = max(ends, default=outcome)
        return end if self.count(begin, end) <= SHOWN_WITH_HEALING else outcome

    def turns(self):
        """The moments at which the run took another course."""
        times = [mark.time for mark in self.trace.marks if mark.kind in TURNS]
        times += [time for fault in self.trace.faults for time in fault[:2] if time is not None]
        return sorted(set(times))

    def until_violation(self):
        """From the fault, where that is no more than a picture holds; else from the first turn
        since which it is; else, or where that is next to nothing, as many messages as it holds."""
        end = self.trail(self.violation, SHOWN_AFTER)
        begin = self.lead(self.fault)
        if self.count(begin, end) <= SHOWN_AT_MOST:
            return begin, end
        leads = [self.lead(turn) for turn in self.turns() if self.fault < turn < self.violation]
        for begin in leads:
            if SHOWN_OTHERWISE <= self.count(begin, end) <= SHOWN_AT_MOST:
                return begin, end
        before = [time for time in self.sent if time <= self.violation]
        return before[-(SHOWN_AT_MOST - SHOWN_AFTER):][0], end

    def until_outcome(self):
        begin = self.lead(self.fault)
        outcome = self.outcome()
        if outcome is None:
            return self.cut(begin, self.trail(self.fault, SHOWN_OTHERWISE))
        healed = self.healed(begin, outcome)
        if healed > outcome:
            return begin, self.trail(healed, 2 * SHOWN_AFTER)
        return self.cut(begin, self.trail(outcome, SHOWN_AFTER))

    def cut(self, begin, end):
        within = [time for time in self.sent if begin <= time <= end]
        if len(within) > SHOWN_AT_MOST:
            end = within[SHOWN_AT_MOST] + self.delay
        return begin, end


def default_window(trace, lanes):
    story = Story(trace, lanes)
    if not story.sent:
        return 0, max(trace.ended, 1)
    begin, end = story.until_outcome() if story.violation is None else story.until_violation()
    margin = max((end - begin) // 50, story.delay // 4)
    begin = max(begin - margin, 0)
    return begin, min(end, max(trace.ended, begin + 1))
