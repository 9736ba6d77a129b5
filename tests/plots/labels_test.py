"""Where words stand in a timeline, and arrows that would lie on one another."""
import unittest

from plots.labels import CLEAR, Box, Paper, Pole, apart, around, rooms, string

WORD = (0.8, 0.1)


class Boxes(unittest.TestCase):
    def test_lines_through_a_box(self):
        box = Box(1, 1, 2, 2)
        for line in ((0, 0, 3, 3), (1.5, 0, 1.5, 3), (0, 1.5, 1.2, 1.5), (1.2, 1.2, 1.4, 1.4)):
            self.assertTrue(box.crossed(line), line)
        for line in ((0, 0, 0.9, 3), (0, 2.5, 3, 2.5), (0, 1.5, 0.5, 1.6), (2.5, 0, 2.5, 3)):
            self.assertFalse(box.crossed(line), line)


class Places(unittest.TestCase):
    def setUp(self):
        self.paper = Paper(8.0, 4.0)

    def place(self, x, y, end=None):
        return self.paper.place(around(x, y, 0.1, WORD, end))

    def test_above_its_sign_where_nothing_is_in_the_way(self):
        box = self.place(4, 2)
        self.assertTrue(box.bottom < 1.9 and 3.9 < box.left <= 4)

    def test_beside_what_stands_there(self):
        self.paper.add(Box(3.9, 1.5, 5.2, 1.9))
        box = self.place(4, 2)
        self.assertFalse(box.meets(Box(3.9, 1.5, 5.2, 1.9)))

    def test_no_two_words_on_one_another(self):
        boxes = [self.place(4, 2) for _ in range(6)]
        for number, box in enumerate(boxes):
            self.assertFalse(any(box.meets(other) for other in boxes[:number]))

    def test_on_the_paper_and_across_no_break(self):
        for x in (0, 0.2, 7.9, 8.0):
            box = self.place(x, 1)
            self.assertTrue(box.left >= 0 and box.right <= 8)
        self.paper.add(Box(4.3, 0, 4.6, 4))
        box = self.place(4.2, 2)
        self.assertTrue(box.right <= 4.3 or box.left >= 4.6)

    def test_none_rather_than_on_something_that_matters(self):
        self.paper.add(Box(0, 0, 8, 4), CLEAR)
        self.assertIsNone(self.place(4, 2))

    def test_fewer_lines_are_better(self):
        for step in range(10):
            self.paper.add_line((4 + step / 10, 0, 4 + step / 10, 2))
        box = self.place(4, 2)
        self.assertFalse(any(box.crossed(line) for line in self.paper.lines))

    def test_a_name_that_lines_run_through_is_left_out_where_it_may_be(self):
        for step in range(40):
            self.paper.add_line((2 + step / 10, 0, 2 + step / 10, 4))
        places = around(4, 2, 0.1, WORD)
        self.assertIsNone(self.paper.place(places, 2.5))
        self.assertIsNotNone(self.paper.place(places))

    def test_a_word_is_tied_to_a_sign_that_is_not_at_hand(self):
        self.assertIsNone(string(Box(3.95, 1.7, 4.8, 1.85), 4, 2, 0.1))
        (x0, y0), (x1, y1) = string(Box(4.6, 1.6, 5.4, 1.75), 4, 2, 0.1)
        self.assertEqual((x0, y0, x1, y1), (4.6, 1.75, 4, 1.9))
        (x0, y0), (x1, y1) = string(Box(2.6, 2.3, 3.4, 2.4), 4, 2, 0.1, 5)
        self.assertEqual((x0, y0, x1, y1), (3.4, 2.3, 4, 2.1))

    def test_a_name_stands_between_marks_breaks_and_lines_from_left_to_right(self):
        found = list(rooms((0.1, 0.9), [0.5], 0.01, [(0.6, 0.7)], [0.3]))
        self.assertEqual([round(left, 3) for left, _ in found], [0.106, 0.306, 0.51, 0.706])
        self.assertEqual([round(right, 3) for _, right in found], [0.296, 0.486, 0.596, 0.896])

    def test_a_band_keeps_its_word(self):
        self.paper.add(Box(3, 0, 4.2, 1.9), CLEAR / 2)
        box = self.place(4, 2, 4.3)
        self.assertTrue(box.left < 4.3 and box.right > 4)


class Arrows(unittest.TestCase):
    def test_those_on_one_another_stand_beside_each_other(self):
        self.assertEqual(apart([(0.5, 0.6)], 0.01), [0.0])
        a, b = apart([(0.5, 0.6), (0.5, 0.6)], 0.01)
        self.assertAlmostEqual(b - a, 0.01)
        self.assertAlmostEqual(a + b, 0.0)
        self.assertEqual(apart([(0.5, 0.6), (0.5, 0.7), (0.8, 0.9)], 0.01), [0.0, 0.0, 0.0])

    def test_many_stay_near_their_moment(self):
        shifts = apart([(0.5, 0.6)] * 50, 0.01)
        self.assertEqual(len(set(shifts)), 50)
        self.assertLessEqual(max(shifts) - min(shifts), 0.0401)


class Flags(unittest.TestCase):
    def test_right_of_the_pole_or_else_up_to_it(self):
        pole = Pole(1.0, 2.0, 8.0)
        self.assertTrue(pole.right and 1.0 < pole.left < 1.1)
        pole = Pole(7.5, 2.0, 8.0)
        self.assertFalse(pole.right)
        self.assertTrue(7.4 < pole.left + pole.width < 7.5)

    def test_never_off_the_paper(self):
        for x in (0.5, 4.0, 7.5):
            pole = Pole(x, 20.0, 8.0)
            self.assertTrue(pole.left >= 0 and pole.left + pole.width <= 8.0)


if __name__ == "__main__":
    unittest.main()
