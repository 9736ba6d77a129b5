"""What a timeline takes from a trace, and where moments lie on its axis."""
import unittest

from made_up import MS, drop, recv, send, trace
from plots import trace as traces
from plots.failure import Refused
from plots.time_axis import BrokenAxis, EventAxis, LinearAxis, round_step


class Messages(unittest.TestCase):
    def test_fates(self):
        run = trace([send(1, "n1", "n2", 0), recv(6, "n1", "n2", 0),
                     send(10, "n1", "n3", 1), drop(10, "n1", "n3", 1, "loss", "n1"),
                     send(11, "n1", "n3", 2), drop(15, "n1", "n3", 2, "dead", "n3"),
                     send(20, "n1", "n2", 3)])
        told = [(m.fate, m.end and m.end // MS) for m in run.messages]
        self.assertEqual(told, [("received", 6), ("loss", None), ("dead", 15),
                                ("under way", None)])
        self.assertEqual(run.typical_delay(), 5 * MS)

    def test_copies(self):
        run = trace([send(1, "n1", "n2", 0),
                     (1, "dup", "n1", {"m": 0, "from": "n1", "to": "n2", "type": "Ping"}),
                     recv(4, "n1", "n2", 0), recv(9, "n1", "n2", 0)])
        self.assertEqual([m.end // MS for m in run.messages], [4, 9])

    def test_an_arrival_whose_send_was_not_written_down(self):
        self.assertEqual(trace([recv(4, "n1", "n2", 0)]).messages, [])

    def test_a_line_without_what_is_drawn(self):
        for more in ({"m": 0}, {"m": [], "to": "n2", "type": "Ping"}):
            with self.assertRaises(Refused) as caught:
                trace([(1, "send", "n1", more)])
            self.assertEqual(caught.exception.code, 3)

    def test_clients_are_left_out_unless_asked_for(self):
        run = trace([send(1, "c1", "n2", 0)])
        self.assertEqual(len(run.between(run.lanes(False), 0, 10 * MS)), 0)
        self.assertEqual(len(run.between(run.lanes(True), 0, 10 * MS)), 1)


class Bands(unittest.TestCase):
    def role(self, time, name, node="n1"):
        return (time, "event", node, {"name": "role", "role": name})

    def test_roles_and_crashes(self):
        run = trace([self.role(0, "follower"), self.role(100, "leader"), (200, "crash", "n1", {}),
                     (300, "restart", "n1", {}), self.role(300, "follower")])
        self.assertEqual([(a // MS, b // MS, s) for a, b, s in run.bands("n1")],
                         [(0, 100, "follower"), (100, 200, "leader"), (200, 300, "down"),
                          (300, 1000, "follower")])

    def test_a_pause_covers_the_role_and_gives_it_back(self):
        run = trace([self.role(0, "leader"), (10, "pause", "n1", {}), (20, "resume", "n1", {})])
        self.assertEqual([s for _, _, s in run.bands("n1")], ["leader", "paused", "leader"])

    def test_what_was_logged_where_there_are_no_roles(self):
        run = trace([(5, "event", "n1", {"name": "logged", "record": "READY"})])
        self.assertEqual([s for _, _, s in run.bands("n1")], ["READY"])

    def test_sides_of_a_partition(self):
        self.assertEqual(traces.sides_of("partition n1 n2 | n3"), [["n1", "n2"], ["n3"]])
        self.assertEqual(traces.sides_of("partition n1 | n3, bridged by n2"), [["n1"], ["n3"]])
        self.assertEqual(traces.sides_of("cut n1 -> n2"), [])


class Inputs(unittest.TestCase):
    def test_one_trace_and_nothing_else(self):
        with self.assertRaises(Refused):
            traces.the_trace({"inputs": []})
        with self.assertRaises(Refused) as caught:
            traces.the_trace({"inputs": [{"name": "a.csv", "format": "csv", "bytes": b""}]})
        self.assertEqual(caught.exception.code, 3)


class Axes(unittest.TestCase):
    def test_linear(self):
        axis = LinearAxis(100 * MS, 300 * MS)
        self.assertEqual([axis.at(t * MS) for t in (100, 200, 300)], [0.0, 0.5, 1.0])
        self.assertEqual([text for _, text in axis.ticks(4)], ["100", "150", "200", "250", "300"])

    def test_a_long_pause_is_cut_and_order_is_kept(self):
        axis = BrokenAxis(0, 1000 * MS, [(0, 100 * MS), (900 * MS, 1000 * MS)], 0)
        self.assertEqual(len(axis.cuts), 1)
        places = [axis.at(t * MS) for t in range(0, 1001, 10)]
        self.assertEqual(places, sorted(places))
        self.assertAlmostEqual(places[0], 0.0)
        self.assertAlmostEqual(places[-1], 1.0)
        self.assertGreater(axis.at(100 * MS), 0.4)
        cut = axis.cuts[0]
        self.assertTrue(all(not cut[0] < float(text.replace(",", "")) * MS < cut[1]
                            for _, text in axis.ticks()))

    def test_days_between_two_messages_take_no_room(self):
        day = 86_400_000 * MS
        axis = BrokenAxis(0, 2 * day, [(0, 10 * MS), (2 * day - 10 * MS, 2 * day)], 20 * MS)
        self.assertEqual(len(axis.cuts), 1)
        self.assertGreater(axis.at(10 * MS), 0.25)
        self.assertLess(len(axis.ticks()), 20)

    def test_a_short_pause_stays(self):
        busy = [(0, 100 * MS), (900 * MS, 1000 * MS)]
        self.assertEqual(BrokenAxis(0, 1000 * MS, busy, 2000 * MS).cuts, [])

    def test_events_stand_at_equal_distances(self):
        axis = EventAxis(0, 100 * MS, [0, 1 * MS, 99 * MS])
        places = [axis.at(t * MS) for t in (0, 1, 99)]
        self.assertAlmostEqual(places[1] - places[0], places[2] - places[1])
        self.assertLess(axis.at(50 * MS), places[2])
        self.assertTrue(0 < places[0] and places[2] < 1)

    def test_round_steps(self):
        self.assertEqual([round_step(x) for x in (0.3, 1, 1.1, 3, 24, 70)],
                         [0.5, 1, 2, 5, 50, 100])


if __name__ == "__main__":
    unittest.main()
