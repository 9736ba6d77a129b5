"""What a timeline needs of a trace: who sent what to whom and what became of it, what each node
was at each moment, and what was done to them."""
import json
import re

from plots.failure import Refused, invalid

# Events that bring a story forward: where a fault led to.
MILESTONES = {"elected": "elected", "committed": "commits", "aborted": "aborts",
              "chosen": "chosen", "delivered": "delivers", "blocked": "blocked",
              "suspected": "suspects"}
NS_PER_MS = 1_000_000


class Message:
    """One copy of a message under way; `end` is None while nothing is known of its arrival."""

    __slots__ = ("source", "target", "type", "start", "end", "fate", "client")

    def __init__(self, source, target, kind, start, client):
        self.source = source
        self.target = target
        self.type = kind
        self.start = start
        self.end = None
        self.fate = "under way"
        self.client = client


class Happening:
    """Something at one moment: at a node, or at nobody in particular."""

    __slots__ = ("time", "node", "kind", "text")

    def __init__(self, time, node, kind, text=""):
        self.time = time
        self.node = node
        self.kind = kind
        self.text = text


class Trace:
    """Read line by line; the command has made sure that the lines are those of a trace."""

    def __init__(self, one):
        self.name = one["name"]
        lines = one["bytes"].decode("utf-8").split("\n")
        header = json.loads(lines[0])
        self.nodes = header["nodes"]
        self.clients = header.get("clients", [])
        self.protocol = header["protocol"]
        self.epoch_word = one.get("epoch_word", "")
        self.seed = header["seed"]
        self.title = header["scenario"].get("title", "")
        self.messages = []
        self.marks = []  # crash, restart, pause, resume and milestones, in order
        self.states = []  # (time, node, state): roles, or what was logged where there are none
        self.faults = []  # (from, until or None, text)
        self.ended = 0
        self.types = []  # of messages, in the protocol's own order
        self._flying = {}  # m -> copies not yet arrived
        self._open = {}  # id of a fault -> its place in faults
        self._logged = []
        for line in lines[1:]:
            if line:
                self._read(line)
        if not self.states:
            self.states = self._logged

    def _read(self, line):
        """The reader of all commands lets pass what it does not need; a line without what is drawn
        was not written by quorate."""
        try:
            self._take(json.loads(line))
        except (KeyError, TypeError, ValueError, AttributeError):
            raise invalid("%s holds a line that cannot be drawn: %s" % (self.name, line[:100]),
                          "quorate check says what is wrong with a trace") from None

    def _take(self, event):
        if "k" not in event:
            self.ended = max(event.get("ended", 0), self.ended)
            self.types = list(event.get("messages", {})) + list(event.get("client_messages", {}))
            return
        self.ended = max(self.ended, event["t"])
        handler = getattr(self, "_" + event["k"], None)
        if handler:
            handler(event)

    def _send(self, event):
        message = Message(event["n"], event["to"], event["type"], event["t"],
                          event.get("client", False))
        self.messages.append(message)
        self._flying.setdefault(event["m"], []).append(message)

    def _dup(self, event):
        copies = self._flying.get(event["m"])
        start = copies[0].start if copies else event["t"]
        message = Message(event["from"], event["to"], event["type"], start,
                          event.get("client", False))
        self.messages.append(message)
        self._flying.setdefault(event["m"], []).append(message)

    def _arrive(self, event, fate):
        copies = self._flying.get(event["m"])
        if not copies:
            return  # its send stands before what was written down
        message = copies.pop(0)
        message.fate = fate
        if fate == "received" or event["t"] > message.start:
            message.end = event["t"]
        if not copies:
            del self._flying[event["m"]]

    def _recv(self, event):
        self._arrive(event, "received")

    _unexpected = _recv

    def _drop(self, event):
        self._arrive(event, event["why"])

    def _event(self, event):
        name = event["name"]
        if name == "role":
            self.states.append((event["t"], event["n"], str(event.get("role", ""))))
        elif name == "logged":
            self._logged.append((event["t"], event["n"], str(event.get("record", ""))))
        elif name in MILESTONES:
            text = MILESTONES[name]
            if name == "elected" and event.get("epoch"):
                text += " (%s)" % event["epoch"]
            if name == "suspected":
                text += " %s" % event.get("node", "")
            self.marks.append(Happening(event["t"], event["n"], name, text))

    def _node(self, event):
        self.marks.append(Happening(event["t"], event["n"], event["k"], event["k"]))

    _crash = _restart = _pause = _resume = _node

    def _fault(self, event):
        self._open[event["id"]] = len(self.faults)
        self.faults.append([event["t"], None, event["do"]])

    def _heal(self, event):
        place = self._open.pop(event["id"], None)
        if place is not None:
            self.faults[place][1] = event["t"]

    def _violation(self, event):
        self.marks.append(Happening(event["t"], None, "violation", event["property"]))

    # ---- questions ------------------------------------------------------------------------------

    def typical_delay(self):
        """The median of all messages that arrived: how long one that was lost would have taken."""
        delays = sorted(m.end - m.start for m in self.messages
                        if m.fate == "received" and m.end > m.start)
        return delays[len(delays) // 2] if delays else 5 * NS_PER_MS

    def arrival(self, message, delay):
        """When it arrived; of one that was lost, when it would have; of one that was under way when
        the run ended, later than that."""
        if message.end is not None:
            return message.end
        late = self.ended + delay if message.fate == "under way" else 0
        return max(message.start + delay, late)

    def lanes(self, clients):
        return self.nodes + (self.clients if clients else [])

    def between(self, lanes, begin, end):
        """The messages that were sent in this time, between these."""
        known = set(lanes)
        return [m for m in self.messages if begin <= m.start <= end
                and m.source in known and m.target in known and m.source != m.target]

    def bands(self, node):
        """[(from, until, state)]: "down" and "paused" cover what the node was before."""
        changes = sorted([(t, i, s) for i, (t, n, s) in enumerate(self.states) if n == node] +
                         [(m.time, len(self.states), m.kind) for m in self.marks
                          if m.node == node and m.kind in ("crash", "restart", "pause", "resume")])
        found = []
        state, covered, since = "", "", 0
        for time, _, change in changes:
            found.append((since, time, covered or state))
            since = time
            if change == "crash":
                covered, state = "down", ""
            elif change == "pause":
                covered = "paused"
            elif change in ("restart", "resume"):
                covered = ""
            else:
                state = change
        found.append((since, self.ended, covered or state))
        return joined([band for band in found if band[2] and band[1] > band[0]])


def joined(bands):
    """Neighbours of one state as one."""
    found = []
    for band in bands:
        if found and found[-1][1] == band[0] and found[-1][2] == band[2]:
            found[-1] = (found[-1][0], band[1], band[2])
        else:
            found.append(band)
    return found


def sides_of(text):
    """The sides of a partition, "partition n1 n2 | n3": [["n1", "n2"], ["n3"]]; else nothing."""
    match = re.match(r"partition ([^,]*)", text)
    if not match or "|" not in text:
        return []
    return [side.split() for side in match.group(1).split("|")]


def the_trace(job):
    """The one trace that a timeline draws."""
    if len(job["inputs"]) != 1:
        raise Refused("a timeline draws one trace", "name one file, or draw two figures")
    one = job["inputs"][0]
    if one["format"] != "trace":
        raise invalid("%s is no trace" % one["name"],
                      "quorate run FILE --trace run.jsonl writes one")
    trace = Trace(one)
    if not trace.messages and not trace.states:
        raise invalid("%s holds neither messages nor states" % one["name"],
                      "was it written with --trace-level outline?")
    return trace
