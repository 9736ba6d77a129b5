"""Traces made up of a few events."""
import json

from plots import trace as traces

MS = 1_000_000


def trace(events, nodes=("n1", "n2", "n3")):
    """A trace of events (ms, kind, node, further fields)."""
    lines = [{"quorate_trace": 4, "protocol": "raft", "seed": "7", "nodes": list(nodes),
              "clients": ["c1"], "scenario": {"title": "A title"}}]
    for index, (time, kind, node, more) in enumerate(events):
        lines.append(dict({"i": index, "t": time * MS, "k": kind, "n": node}, **more))
    lines.append({"end": True, "ended": 1000 * MS, "messages": {"Ping": {}, "Pong": {}}})
    text = "\n".join(json.dumps(line) for line in lines) + "\n"
    return traces.Trace({"name": "run.jsonl", "bytes": text.encode("utf-8")})


def send(time, source, target, number, kind="Ping"):
    return (time, "send", source, {"m": number, "to": target, "type": kind})


def recv(time, source, target, number, kind="Ping"):
    return (time, "recv", target, {"m": number, "from": source, "type": kind})


def drop(time, source, target, number, why, at):
    return (time, "drop", at, {"m": number, "from": source, "to": target, "why": why})


def event(time, at, name, **more):
    return (time, "event", at, dict({"name": name}, **more))


def fault(time, what, number=0):
    return (time, "fault", None, {"id": "f%d" % number, "do": what})


def beats(until=900, source="n1", target="n2"):
    """A message every 10 ms that takes 2 ms."""
    events = []
    for number in range(until // 10):
        events += [send(10 * number, source, target, number),
                   recv(10 * number + 2, source, target, number)]
    return events


def in_order(events):
    return sorted(events, key=lambda one: one[0])
