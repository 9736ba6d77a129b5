"""Rows of sweeps: what is read, what is refused, and how values are called."""
import json
import unittest

from plots.failure import Refused
from plots.table import Measure, Sweep, last_word, near_names, scale_of, shown, words_of

HEAD = "network.loss,nodes,seed,verdict,events,digest,property,reason,leaders,latency_us_p50\n"


def one(text, name="runs/loss.csv"):
    return {"name": name, "bytes": text.encode("utf-8"), "format": "csv"}


def sweep(rows=("0%,3,1,pass,9,ab,,,1,1500", "5%,3,1,fail,9,ab,p,\"a, b\",2,"), **more):
    return Sweep([one(HEAD + "\n".join(rows) + "\n")], **more)


class Reading(unittest.TestCase):
    def refusal(self, text):
        with self.assertRaises(Refused) as caught:
            Sweep([one(text)])
        self.assertEqual(caught.exception.code, 3)
        return caught.exception.sentence

    def test_columns(self):
        table = sweep()
        self.assertEqual(table.varied, ["network.loss"])  # nodes is the same everywhere
        self.assertEqual(table.metrics, ["leaders", "latency_us_p50"])
        self.assertEqual(table.numbers(table.rows, "latency_us_p50"), [1500.0])
        self.assertEqual(table.numbers(table.rows, "failed"), [0.0, 100.0])

    def test_what_is_no_sweep(self):
        self.assertIn("empty", self.refusal(""))
        self.assertIn('no column "seed"', self.refusal("a,b\n1,2\n"))
        self.assertIn('no column "verdict"', self.refusal("seed,b\n1,2\n"))
        self.assertIn("row 2 has 2 cells where the first has 3",
                      self.refusal("seed,verdict,x\n1,pass\n"))
        self.assertIn("no run", self.refusal("seed,verdict,x\n"))
        self.assertIn("two columns", self.refusal("seed,verdict,x,x\n1,pass,1,2\n"))
        self.assertIn("no CSV", self.refusal('seed,verdict,x\n1,pass,"1\n'))
        self.assertIn("zero byte", self.refusal("seed,verdict\n1,\0\n"))

    def test_bytes_that_are_no_text(self):
        bad = one("")
        bad["bytes"] = b"seed,verdict\n\xff,pass\n"
        with self.assertRaises(Refused):
            Sweep([bad])

    def test_a_metric_that_is_no_number(self):
        for text in ("x", "nan", "inf", "-inf"):
            table = sweep(["0%%,3,1,pass,9,ab,,,%s,1" % text])
            with self.assertRaises(Refused):
                table.numbers(table.rows, "leaders")

    def test_seeds_that_are_none(self):
        self.assertIn("seed 0", sweep(["0%,3,x,pass,9,ab,,,1,1"]).caption())

    def test_names_that_are_not_there(self):
        table = sweep()
        with self.assertRaises(Refused) as caught:
            table.metric("latency_p50", ())
        self.assertIn("latency_us_p50", caught.exception.hint)
        with self.assertRaises(Refused) as caught:
            table.axis("network.los")
        self.assertIn("network.loss", caught.exception.hint)

    def test_the_first_metric_that_says_something(self):
        rows = ["0%,3,1,pass,9,ab,,,1,10", "5%,3,1,pass,9,ab,,,1,20"]
        self.assertEqual(sweep(rows).metric("", ("leaders", "latency_us_p50")), "latency_us_p50")

    def test_files_are_a_column(self):
        both = Sweep([one(HEAD + "0%,3,1,pass,9,ab,,,1,1\n", "a.csv"),
                      one(HEAD + "0%,3,2,pass,9,ab,,,1,1\n", "b.csv")])
        self.assertEqual([label for label, _ in both.groups(both.varied)], ["a", "b"])
        self.assertEqual(both.caption(), "a, b · seeds 1–2 · 2 runs")
        with self.assertRaises(Refused):
            sweep(labels=["one", "two"])

    def test_a_metric_that_begins_so_comes_before_one_that_looks_so(self):
        names = ["leaders", "leaderless_time_us", "epochs", "latency_us_p50", "latency_us_p99"]
        self.assertEqual(near_names("leaderless", names), ["leaderless_time_us"])
        self.assertEqual(near_names("latency", names), ["latency_us_p50", "latency_us_p99"])
        self.assertEqual(near_names("epoch", names), ["epochs"])
        self.assertEqual(near_names("laeders", names), ["leaders"])
        self.assertEqual(near_names("nosuch", names), [])
        self.assertEqual(near_names("", names), [])


class Subjects(unittest.TestCase):
    ROWS = HEAD + "0%,3,1,pass,9,ab,,,1,1\n"
    KEPT = json.dumps({"quorate_sweep": 1, "file": "scenarios/raft/leader-crash.json",
                       "scenario": {"protocol": {"use": "raft"}}})

    def test_a_folder_of_a_sweep_is_called_by_its_name_and_its_figure_by_what_was_run(self):
        kept = dict(one(self.ROWS, "night/runs.csv"), sweep=self.KEPT)
        table = Sweep([kept])
        self.assertEqual(table.names, ["night"])
        self.assertEqual(table.caption(), "raft · leader-crash · seed 1 · 1 runs")
        self.assertEqual(Sweep([kept, dict(kept, name="day/runs.csv")]).values("file"),
                         ["night", "day"])

    def test_a_folder_is_not_the_name_of_a_file_in_it(self):
        for sweep in ("", "{}", "[1]", "no JSON", '{"file": 1, "scenario": {"protocol": 2}}'):
            table = Sweep([dict(one(self.ROWS, "user/runs.csv"), sweep=sweep)])
            self.assertEqual(table.subjects, ["runs"], sweep)
        with self.assertRaises(Refused) as caught:
            Sweep([one(self.ROWS, "user/runs.csv")]).metric("nosuch", ())
        self.assertTrue(caught.exception.sentence.startswith("runs.csv has no metric"))

    def test_columns_say_it_better_than_anything(self):
        head = HEAD.strip() + ",protocol,scenario\n"
        row = "0%,3,1,pass,9,ab,,,1,1,{},scenarios/x/{}.json\n"
        table = Sweep([one(head + row.format("raft", "calm"))])
        self.assertEqual(table.caption(), "raft · calm · seed 1 · 1 runs")
        self.assertEqual(table.metrics, ["leaders", "latency_us_p50"])
        self.assertEqual(table.varied, [])
        both = Sweep([one(head + row.format("raft", "calm") + row.format("paxos", "calm"))])
        self.assertEqual(both.varied, ["protocol"])
        self.assertEqual(both.subjects, ["raft, paxos · calm"])


class Values(unittest.TestCase):
    def test_what_a_path_is_called(self):
        self.assertEqual(last_word("network.loss"), "loss")
        self.assertEqual(last_word("protocol.params.election_timeout"), "election timeout")
        self.assertEqual(last_word("protocol.use"), "protocol")
        self.assertEqual(last_word("use"), "use")

    def test_shown(self):
        self.assertEqual(shown("uniform(150ms, 300ms)"), "150–300 ms")
        self.assertEqual(shown("uniform(1ms, 3s)"), "uniform(1ms, 3s)")
        self.assertEqual(shown("20ms"), "20 ms")
        self.assertEqual(shown('"raft"'), "raft")

    def test_scales(self):
        self.assertEqual(scale_of(["0%", "0.5%"]), ([0.0, 0.5], "%"))
        self.assertEqual(scale_of(["3", "5"]), ([3.0, 5.0], ""))
        self.assertEqual(scale_of(["10ms", "20ms"]), ([10.0, 20.0], "ms"))
        self.assertEqual(scale_of(["500ms", "20s"]), ([0.5, 20.0], "s"))
        self.assertIsNone(scale_of(["raft", "paxos"]))
        self.assertIsNone(scale_of(["1%", "3"]))

    def test_units_of_metrics(self):
        self.assertEqual(words_of("latency_us_p99"), "latency p99")
        self.assertEqual(words_of("first_leader_at_us"), "first leader at")
        self.assertEqual(words_of("messages.sent"), "messages.sent")
        measure = Measure("latency_us_p99", 250_000)
        self.assertEqual((measure.label, measure.text(1_234_000)), ("latency p99 (ms)", "1,234"))
        self.assertEqual(Measure("latency_us_p99", 25_000_000).text(2_500_000), "2.5")


if __name__ == "__main__":
    unittest.main()
