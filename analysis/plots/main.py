"""From a job to an answer. The job says what to draw; the bytes of its input files follow it."""
import json
import sys
import traceback

from plots.failure import Refused

INTERNAL_ERROR = 70


def read_inputs(job, stream):
    """Puts the text of every input beside its name."""
    for one in job["inputs"]:
        one["bytes"] = stream.read(one["size"])


def draw(job):
    """The figure and its data, both as bytes, and remarks about them."""
    if job["kind"] == "timeline":
        from plots import timeline as room
    elif job["kind"] == "messages":
        from plots import messages as room
    elif job["kind"] in ("cdf", "latency"):
        from plots import distributions as room
    else:
        from plots import parameters as room
    return room.draw(job)


def answer(stream, head, figure=b"", data=b""):
    head.update(figure=len(figure), data=len(data))
    stream.write(json.dumps(head).encode("ascii") + b"\n" + figure + data)
    stream.flush()


def where(error):
    """The innermost place in our own modules, which a report of the mistake needs."""
    places = [place for place in traceback.extract_tb(error.__traceback__)
              if place.filename.startswith("plots")] or traceback.extract_tb(error.__traceback__)
    place = places[-1]
    return "%s:%d: %s: %s" % (place.filename, place.lineno, type(error).__name__, error)


def main(job, source, target):
    try:
        read_inputs(job, source)
        figure, data, notes = draw(job)
    except Refused as refused:
        return answer(target, {"exit": refused.code, "error": refused.sentence,
                               "hint": refused.hint})
    except MemoryError:
        return answer(target, {"exit": INTERNAL_ERROR, "error": "there is too little memory",
                               "hint": "fewer runs, or a narrower --window, need less"})
    except Exception as error:  # a mistake of ours
        traceback.print_exc(file=sys.stderr)
        return answer(target, {"exit": INTERNAL_ERROR, "error": where(error), "hint": ""})
    return answer(target, {"exit": 0, "note": "; ".join(notes)}, figure, data)
