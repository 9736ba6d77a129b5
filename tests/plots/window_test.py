"""Which part of a run a timeline shows by itself."""
import unittest

from made_up import MS, beats, event, fault, in_order, trace
from plots.window import SHOWN_AT_MOST, SHOWN_OTHERWISE, default_window


def window(events):
    run = trace(in_order(events))
    begin, end = default_window(run, run.nodes)
    return begin / MS, end / MS, len(run.between(run.nodes, begin, end))


def violation(time):
    return (time, "violation", None, {"property": "agreement", "nodes": ["n1"]})


class AroundAFault(unittest.TestCase):
    def test_until_what_came_of_it(self):
        begin, end, _ = window(beats() + [fault(400, "crash n3"),
                                          event(520, "n2", "elected", epoch=2)])
        self.assertLess(begin, 400)
        self.assertGreater(begin, 350)
        self.assertGreater(end, 520)
        self.assertLess(end, 700)

    def test_that_somebody_is_suspected_is_not_what_came_of_it(self):
        _, end, _ = window(beats() + [fault(400, "crash n3"),
                                      event(500, "n2", "suspected", node="n3"),
                                      event(800, "n2", "elected", epoch=2)])
        self.assertGreater(end, 800)
        _, end, _ = window(beats() + [fault(400, "crash n3"),
                                      event(500, "n2", "suspected", node="n3")])
        self.assertLess(end, 700)

    def test_the_end_of_the_fault_is_shown_where_there_is_room(self):
        heal = (600, "heal", None, {"id": "f0", "do": "partition n1 | n2 n3"})
        _, end, _ = window(beats() + [fault(300, "partition n1 | n2 n3"), heal,
                                      event(400, "n2", "elected", epoch=2)])
        self.assertGreater(end, 700)

    def test_a_run_without_faults_begins_at_its_begin(self):
        begin, _, count = window(beats())
        self.assertEqual(begin, 0)
        self.assertLessEqual(count, SHOWN_AT_MOST + 1)

    def test_a_run_without_messages(self):
        self.assertEqual(window([]), (0, 1000, 0))


class AroundAViolation(unittest.TestCase):
    def test_from_the_fault_where_there_is_room(self):
        begin, end, _ = window(beats() + [fault(300, "crash n3"),
                                          event(400, "n2", "elected", epoch=2), violation(880)])
        self.assertLess(begin, 300)
        self.assertGreaterEqual(end, 880)

    def test_else_from_where_the_run_took_another_course(self):
        often = beats() + [(time + 5, kind, node, dict(more, m=more["m"] + 1000))
                           for time, kind, node, more in beats()]
        begin, end, count = window(often + [fault(100, "crash n3"),
                                            event(700, "n2", "elected", epoch=3),
                                            violation(880)])
        self.assertLess(begin, 700)
        self.assertGreater(begin, 500)
        self.assertGreaterEqual(end, 880)
        self.assertGreaterEqual(count, SHOWN_OTHERWISE)

    def test_else_with_what_went_before(self):
        begin, end, count = window(beats() + [fault(20, "crash n3"), violation(880)])
        self.assertTrue(begin < 880 <= end)
        self.assertLessEqual(count, SHOWN_AT_MOST + 1)
        self.assertGreater(count, SHOWN_AT_MOST // 2)

    def test_long_after_the_last_message(self):
        begin, end, count = window(beats(50) + [event(40, "n1", "committed"), violation(330)])
        self.assertEqual(count, 5)
        self.assertTrue(begin < 40 and end >= 330)

    def test_at_the_very_begin(self):
        begin, end, _ = window([violation(0)] + beats(50))
        self.assertTrue(begin <= 0 <= end and begin < end)


if __name__ == "__main__":
    unittest.main()
