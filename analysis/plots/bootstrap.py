"""Begins in a Python that was given nothing but this text, and reads the rest from stdin: one line
of JSON with the modules of this folder and the job, then the bytes of the files to draw. Answers
on stdout with one line of JSON, then the bytes of the figure and of its data."""
import sys

sys.path[:] = [place for place in sys.path if place]  # nothing comes from the current folder

import importlib.machinery
import json
import os


class Embedded:
    """Imports the modules that came through stdin."""

    def __init__(self, sources):
        self.sources = sources

    def find_spec(self, name, path=None, target=None):
        if name not in self.sources:
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=name == "plots")

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        name = module.__name__
        exec(compile(self.sources[name], name, "exec"), module.__dict__)


def begin():
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not get into the answer
    order = json.loads(sys.stdin.buffer.readline().decode("utf-8"))
    sys.meta_path.insert(0, Embedded(order["modules"]))
    from plots.main import main

    main(order["job"], sys.stdin.buffer, answer)


begin()
