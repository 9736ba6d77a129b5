"""The rows of a sweep: a column for each varied path, `seed`, `verdict` and what else is told of a
run, then the metrics. What a run does not have is empty."""
import csv
import difflib
import io
import json
import os
import re

from plots.failure import Refused, invalid

SUBJECT = ("protocol", "scenario")  # what was run, where a file has columns for it
TOLD = ("seed", "verdict", "events", "digest", "property", "reason") + SUBJECT
FILE = "file"  # the column that says which of several files a row is from
VERDICTS = {"passed": "pass", "failed": "fail", "inconclusive": "inconclusive"}


class Sweep:
    """The rows of all files together: dictionaries by column."""

    def __init__(self, inputs, labels=()):
        if labels and len(labels) != len(inputs):
            raise Refused("%d labels do not fit %d files" % (len(labels), len(inputs)),
                          "one --label for each file, in their order")
        self.names = [name_of(one) for one in inputs]
        self.rows = []
        self.varied = [FILE] if len(inputs) > 1 else []
        self.metrics = []
        shown = list(labels) or unique_names(inputs)
        self.subjects = []
        for one, label in zip(inputs, shown):
            self._read(one, label)
        self.varied += [column for column in SUBJECT if column not in self.varied]
        self.varied = [column for column in self.varied if len(self.values(column)) > 1
                       or column == FILE]

    def _read(self, one, label):
        name = one["name"]
        if one["format"] == "trace":
            raise invalid("%s is a trace; this figure needs the runs of a sweep" % name,
                          HOW_TO_SWEEP)
        lines = rows_of(name, one["bytes"])
        head = next(lines, None)
        if head is None:
            raise invalid("%s is empty" % name, HOW_TO_SWEEP)
        if "seed" not in head or "verdict" not in head:
            missing = "seed" if "seed" not in head else "verdict"
            raise invalid('%s does not hold the runs of a sweep: it has no column "%s"'
                          % (name, missing), HOW_TO_SWEEP)
        if len(set(head)) != len(head):
            raise invalid("%s has two columns of one name" % name)
        place = head.index("seed")
        for column in head[:place]:
            if column not in self.varied:
                self.varied.append(column)
        for column in head[place:]:
            if column not in TOLD and column not in self.metrics:
                self.metrics.append(column)
        before = len(self.rows)
        for number, cells in enumerate(lines, 2):
            if len(cells) != len(head):
                raise invalid("%s: row %d has %d cells where the first has %d"
                              % (name, number, len(cells), len(head)),
                              "was the file cut off?")
            row = dict(zip(head, cells))
            row[FILE] = label
            self.rows.append(row)
        if len(self.rows) == before:
            raise invalid("%s holds no run" % name, HOW_TO_SWEEP)
        self.subjects.append(subject_of(one, self.rows[before:]))

    def values(self, column):
        """The different values of a column, in the order they come."""
        return list(dict.fromkeys(row.get(column, "") for row in self.rows))

    def axis(self, column):
        """A column that was asked for as parameter."""
        if column in self.varied or (column == FILE and self.names):
            return column
        near = difflib.get_close_matches(column, self.varied, 1, 0.4)
        hint = ('did you mean "%s"?' % near[0] if near else
                "varied: " + ", ".join(self.varied) if self.varied else
                "nothing was varied: quorate sweep FILE --vary PATH=V1,V2 does")
        raise Refused('no column "%s" was varied in %s' % (column, self.where()), hint)

    def metric(self, asked, preferred):
        """The metric that was asked for, or the first of the preferred ones that says something."""
        if asked:
            return self._asked(asked)
        led = any(row.get("first_leader_at_us") for row in self.rows)
        for name in preferred:
            if name.endswith("leader_at_us") or name.startswith("leaderless"):
                if not led:
                    continue  # this protocol has no leader
            if name in self.metrics and len({row.get(name, "") for row in self.rows} - {""}) > 1:
                return name
        raise Refused("which metric? None of %s differs between runs" % ", ".join(preferred),
                      "--metric NAME; quorate list metrics explains them")

    def _asked(self, asked):
        if asked in VERDICTS:
            return asked
        if asked not in self.metrics:
            near = near_names(asked, self.metrics)
            raise Refused('%s has no metric "%s"' % (self.where(), asked),
                          "did you mean %s?" % " or ".join('"%s"' % one for one in near)
                          if near else "quorate list metrics names them all")
        if not any(row.get(asked) for row in self.rows):
            raise Refused("no run in %s has %s" % (self.where(), asked),
                          "a metric that does not apply is empty in every row")
        return asked

    def number(self, row, metric):
        """The metric of a run, or None where it has none."""
        if metric in VERDICTS:
            return 100.0 if row["verdict"] == VERDICTS[metric] else 0.0
        text = row.get(metric, "")
        if text == "":
            return None
        try:
            number = float(text)
            if number != number or number in (float("inf"), -float("inf")):
                raise ValueError
            return number
        except ValueError:
            raise invalid('%s: "%s" in column %s is no number' % (self.where(), text[:40],
                                                                  metric)) from None

    def numbers(self, rows, metric):
        """Those of the runs that have one."""
        found = (self.number(row, metric) for row in rows)
        return [number for number in found if number is not None]

    def groups(self, columns):
        """[(label, rows)] for all different values of these columns together."""
        groups = {}
        for row in self.rows:
            groups.setdefault(tuple(row.get(column, "") for column in columns), []).append(row)
        return [(", ".join(shown(value) for value in key), rows) for key, rows in groups.items()]

    def where(self):
        return ", ".join(self.names) if len(self.names) < 4 else "%d files" % len(self.names)

    def caption(self):
        """Where the numbers come from, for the line below the figure."""
        seeds = sorted({int(row["seed"]) for row in self.rows if row["seed"].isdecimal()}) or [0]
        words = "seed" if len(seeds) == 1 else "seeds"
        span = "%d" % seeds[0] if len(seeds) == 1 else "%d–%d" % (seeds[0], seeds[-1])
        text = "%s · %s %s" % (", ".join(dict.fromkeys(self.subjects)), words, span)
        return text + " · {:,} runs".format(len(self.rows))


HOW_TO_SWEEP = "quorate sweep FILE --seeds 1..200 --csv runs.csv writes one"


def rows_of(name, data):
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise invalid("%s is no text in UTF-8" % name) from None
    if "\0" in text:
        raise invalid("%s is no CSV file: it holds a zero byte" % name)
    try:
        yield from (row for row in csv.reader(io.StringIO(text), strict=True) if row)
    except csv.Error as error:
        raise invalid("%s is no CSV file: %s" % (name, error)) from None


def name_of(one):
    """runs.csv; of what `sweep --out DIR` keeps, the folder's name."""
    path = one["name"]
    folder = os.path.basename(os.path.dirname(os.path.abspath(path)))
    return folder if kept_subject(one) and folder else os.path.basename(path)


def unique_names(inputs):
    stems = [os.path.splitext(name_of(one))[0] for one in inputs]
    return stems if len(set(stems)) == len(stems) else [one["name"] for one in inputs]


def subject_of(one, rows):
    """"raft, leader-crash": what was run, as the columns say or what the sweep kept beside its
    rows; the file's name where neither does."""
    told = [column for column in SUBJECT if rows[0].get(column)]
    values = [[scenario_name(value) for value in dict.fromkeys(row.get(column, "") for row in rows)]
              for column in told]
    if not told:
        values = [[word] for word in kept_subject(one)]
    words = [", ".join(some) if len(some) < 4 else "%d %ss" % (len(some), column)
             for some, column in zip(values, told or SUBJECT) if some[0]]
    return " · ".join(words) or os.path.splitext(name_of(one))[0]


def kept_subject(one):
    """(protocol, scenario) by sweep.json, which names the scenario's file and holds its text."""
    try:
        kept = json.loads(one.get("sweep") or "{}")
        return [str(kept["scenario"]["protocol"]["use"]), scenario_name(str(kept["file"]))]
    except (ValueError, KeyError, TypeError):
        return []


def scenario_name(text):
    """"leader-crash" of a file scenarios/raft/leader-crash.json; else what it says."""
    return os.path.basename(text)[:-len(".json")] if text.endswith(".json") else text


def near_names(asked, names):
    """Those that begin with what was asked for, or hold it; else the one that looks like it."""
    for holds in (lambda name: name.startswith(asked), lambda name: asked in name):
        found = [name for name in names if holds(name)]
        if found and asked:
            return found if len(found) < 4 else found[:3]
    return difflib.get_close_matches(asked, names, 1, 0.7)


# ---- what a value says --------------------------------------------------------------------------

def last_word(column):
    """What a varied path is called: network.loss is "loss", protocol.use is "protocol"."""
    words = column.split(".")
    return (words[-2] if words[-1] == "use" and len(words) > 1 else words[-1]).replace("_", " ")


UNITS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}
RANGE = re.compile(r"uniform\(\s*(\d+(?:\.\d+)?)([a-z]+)\s*,\s*(\d+(?:\.\d+)?)([a-z]+)\s*\)$")


def shown(value):
    """A parameter's value for people: "uniform(150ms, 300ms)" is "150–300 ms"."""
    match = RANGE.match(value)
    if match and match.group(2) == match.group(4):
        return "%s–%s %s" % (match.group(1), match.group(3), match.group(2))
    one = re.match(r"(\d+(?:\.\d+)?)([a-z]+)$", value)
    if one and one.group(2) in UNITS:
        return "%s %s" % (one.group(1), one.group(2))
    return value.strip('"')


def scale_of(values):
    """(numbers, unit) where all values are numbers of one kind, else None: then they are names."""
    matches = [re.match(r"(-?\d+(?:\.\d+)?)\s*(%|[a-z]*)$", value) for value in values]
    if not all(matches):
        return None
    units = {match.group(2) for match in matches}
    if len(units) == 1 and not units & set(UNITS):
        return [float(match.group(1)) for match in matches], units.pop()
    if units <= set(UNITS):
        seconds = [float(match.group(1)) * UNITS[match.group(2)] for match in matches]
        factor, unit = time_unit(max(seconds) * 1e6)
        return [value * 1e6 / factor for value in seconds], unit
    return None


def time_unit(most_us):
    """The unit in which so many microseconds are a handy number, and its microseconds."""
    for factor, unit in ((1e6, "s"), (1e3, "ms")):
        if most_us >= 10 * factor:
            return factor, unit
    return (1e3, "ms") if most_us >= 1000 else (1.0, "µs")


def words_of(metric):
    """A metric's name without its unit: "latency_us_p99" is "latency p99"."""
    words = re.sub(r"_us(_|$)", r"\1", metric) if not metric.startswith("messages.") else metric
    return words.replace("_", " ").strip()


def is_time(metric):
    return re.search(r"_us(_|$)", metric) is not None


class Measure:
    """A metric with the unit that suits its numbers."""

    def __init__(self, metric, most):
        self.metric = metric
        self.factor, self.unit = 1.0, ""
        if is_time(metric):
            self.factor, self.unit = time_unit(most)
        elif metric in VERDICTS:
            self.unit = "%"
        self.words = "runs that " + metric if metric in VERDICTS else words_of(metric)
        self.label = "%s (%s)" % (self.words, self.unit) if self.unit else self.words

    def of(self, value):
        return value / self.factor

    def text(self, value):
        """A number beside a mark: three digits tell enough."""
        scaled = value / self.factor
        digits = 0 if abs(scaled) >= 100 else 1 if abs(scaled) >= 10 else 2
        text = "{:,.{}f}".format(scaled, digits)
        return text.rstrip("0").rstrip(".") if "." in text else text
