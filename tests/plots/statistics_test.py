"""Percentiles, distribution functions and intervals."""
import random
import unittest

from plots import statistics_of as stats

try:
    import numpy
except ImportError:
    numpy = None


class Ranks(unittest.TestCase):
    def test_nearest_rank(self):
        values = list(range(1, 101))
        random.Random(1).shuffle(values)
        self.assertEqual([stats.ranked(values, p) for p in (1, 50, 95, 99, 100)],
                         [1, 50, 95, 99, 100])

    def test_never_between_two_values(self):
        self.assertEqual(stats.ranked([10, 20], 50), 10)
        self.assertEqual(stats.ranked([10, 20], 51), 20)
        self.assertEqual(stats.ranked([7], 99), 7)

    def test_statistics(self):
        values = [1, 2, 3, 10]
        self.assertEqual(stats.STATISTICS["mean"](values), 4)
        self.assertEqual(stats.STATISTICS["median"](values), 2)
        self.assertEqual(stats.STATISTICS["p99"](values), 10)


class Steps(unittest.TestCase):
    def test_equal_values_are_one_step(self):
        self.assertEqual(stats.steps([3, 1, 3, 2], 4), [(1, 0.25), (2, 0.5), (3, 1.0)])

    def test_runs_without_a_value_keep_it_below_one(self):
        self.assertEqual(stats.steps([5], 4), [(5, 0.25)])
        self.assertEqual(stats.steps([], 4), [])


    def test_thinning_moves_no_step_by_more_than_can_be_seen(self):
        points = stats.steps(range(5000), 5000)
        few = stats.thinned(points)
        self.assertLessEqual(len(few), 402)
        self.assertEqual((few[0], few[-1]), (points[0], points[-1]))
        self.assertTrue(set(few) <= set(points))
        self.assertLess(max(b[1] - a[1] for a, b in zip(few, few[1:])), 2 / 400)
        self.assertEqual(stats.thinned(points[:300]), points[:300])


@unittest.skipIf(numpy is None, "no numpy here")
class Intervals(unittest.TestCase):
    def test_same_data_same_interval_in_any_order(self):
        chance = random.Random(3)
        values = [chance.expovariate(1) for _ in range(50)]
        once = stats.bootstrap(values, "mean")
        self.assertEqual(once, stats.bootstrap(list(reversed(values)), "mean"))
        self.assertLess(once[0], stats.mean(values))
        self.assertGreater(once[1], stats.mean(values))

    def test_interval_is_as_wide_as_theory_says(self):
        chance = random.Random(5)
        values = [chance.gauss(100, 10) for _ in range(400)]
        low, high = stats.bootstrap(values, "mean")
        self.assertAlmostEqual(high - low, 2 * 1.96 * 10 / 20, delta=0.35)

    def test_resampled_statistics_are_the_plain_ones(self):
        chance = random.Random(7)
        for count in (1, 2, 19, 20, 100, 101):
            values = [chance.randrange(50) for _ in range(count)]
            for name in stats.STATISTICS:
                self.assertAlmostEqual(stats.resampled(numpy.array(values, dtype=float), name),
                                       stats.STATISTICS[name](values))

    def test_one_value_has_no_interval(self):
        self.assertIsNone(stats.bootstrap([1.0], "mean"))


if __name__ == "__main__":
    unittest.main()
