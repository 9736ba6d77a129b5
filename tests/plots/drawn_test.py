"""What stands in a figure once it is drawn: words on the paper, nothing hidden, points in place."""
import unittest

from made_up import MS, drop, event, fault, in_order, recv, send, trace

try:
    import matplotlib
except ImportError:
    matplotlib = None

if matplotlib:
    import matplotlib.pyplot
    from plots import parameters, style, time_axis, timeline
    from plots import messages
    from plots.distributions import Cdf, Histogram, Line, log_axis

LONG = ("Mistake: the configuration is changed before the leader has committed anything, "
        "and then somebody makes the title of the lesson longer than any paper is wide")


def job(**more):
    return dict({"theme": "paper", "format": "svg", "axis": "time", "window": None,
                 "clients": False, "title": None, "caption": None, "log": None,
                 "statistic": "mean"}, **more)


def picture(run, **more):
    """The figure of a trace, its axes, and where things lie on it in pixels."""
    one = job(**more)
    drawn = timeline.Picture(one, style.Look(one), run)
    figure = drawn.draw("A title", "a caption")
    return drawn, figure, figure.axes[0]


def boxes(figure, ax):
    """Of the words inside the axes, in pixels."""
    renderer = figure.canvas.get_renderer()
    return {text.get_text(): text.get_window_extent(renderer) for text in ax.texts}


@unittest.skipIf(matplotlib is None, "no matplotlib here")
class Titles(unittest.TestCase):
    def titled(self, theme, words):
        look = style.Look(job(theme=theme, title=words, caption=words))
        figure, _ = look.figure()
        look.head(figure, "", "")
        figure.draw_without_rendering()
        return figure

    def test_a_long_one_is_wrapped_and_whole(self):
        for theme in style.THEMES:
            figure = self.titled(theme, LONG)
            whole = figure.bbox
            for text in (figure._suptitle, figure._supxlabel):
                box = text.get_window_extent(figure.canvas.get_renderer())
                self.assertGreaterEqual(box.x0, 0)
                self.assertLess(box.x1, whole.x1, theme)
                self.assertEqual(text.get_text().replace("\n", " "), LONG)

    def test_the_figure_grows_with_its_lines(self):
        short, tall = (self.titled("slides", words).get_size_inches()[1]
                       for words in ("Short", LONG))
        self.assertGreater(tall, short + 0.3)

    def test_a_word_longer_than_a_line_and_a_text_without_end(self):
        look = style.Look(job())
        lines = look.wrapped("x" * 200, 12, "bold").split("\n")
        self.assertTrue(len(lines) > 1)
        for line in look.wrapped("word " * 120, 12, "bold").split("\n"):
            self.assertLessEqual(look.text_width(line, 12, "bold"), look.width)
        self.assertEqual(look.wrapped("word " * 120, 12).count("\n"), style.MOST_LINES - 1)
        self.assertEqual(look.wrapped("", 12), "")


@unittest.skipIf(matplotlib is None, "no matplotlib here")
class Legends(unittest.TestCase):
    def test_its_title_is_there_above_the_axes_too_and_whole(self):
        for theme in style.THEMES:
            for label in ("1%", "a value of what was varied that takes up a third of the paper"):
                look = style.Look(job(theme=theme))
                figure, axes = look.figure()
                ax = axes[0][0]
                handles = [ax.plot([0, 1], [0, number])[0] for number in range(3)]
                look.legend(ax, handles, [label + str(number) for number in range(3)], "varied")
                look.head(figure, "A title", "")
                figure.draw_without_rendering()
                legend = ax.get_legend()
                self.assertEqual(legend.get_title().get_text(), "varied", (theme, label))
                box = legend.get_window_extent(figure.canvas.get_renderer())
                self.assertGreaterEqual(box.x0, 0, (theme, label))
                self.assertLessEqual(box.y1, figure._suptitle.get_window_extent().y0,
                                     (theme, label))
                matplotlib.pyplot.close("all")


@unittest.skipIf(matplotlib is None, "no matplotlib here")
class Timelines(unittest.TestCase):
    def election(self):
        """n1 leads and dies, n2 is elected with much under way around it."""
        events = [event(0, "n1", "role", role="leader"), event(0, "n2", "role", role="follower"),
                  event(0, "n3", "role", role="follower"), fault(60, "crash n1"),
                  (60, "crash", "n1", {}), event(200, "n2", "suspected", node="n1"),
                  event(200, "n2", "suspected", node="n3"),
                  event(200, "n2", "role", role="candidate"),
                  event(202, "n2", "role", role="leader"),
                  event(202, "n2", "elected", epoch=2)]
        for number in range(40):
            source, target = (("n1", "n2"), ("n2", "n3"), ("n3", "n2"), ("n2", "n1"))[number % 4]
            at = 40 + 5 * number
            events += [send(at, source, target, number), recv(at + 4, source, target, number)]
        return trace(in_order(events))

    def tearDown(self):
        matplotlib.pyplot.close("all")

    def looks(self):
        for theme in ("paper", "slides", "dark"):
            for axis in ("time", "linear", "events"):
                yield theme, axis, picture(self.election(), theme=theme, axis=axis)

    def test_every_sign_can_be_seen_whole(self):
        for theme, axis, (drawn, figure, ax) in self.looks():
            words = boxes(figure, ax)
            signs = [tuple(ax.transData.transform((line.get_xdata()[0], line.get_ydata()[0])))
                     for line in ax.lines if line.get_marker() in "*dPXhs" and
                     len(line.get_xdata()) == 1]
            self.assertEqual(len(signs), 3, (theme, axis))
            for x, y in signs:
                for word, box in words.items():
                    self.assertFalse(box.contains(x, y), (theme, axis, word))
            for number, (x, _) in enumerate(signs):  # nor does one hide the other
                self.assertTrue(all(abs(x - other) > 0.5 * drawn.look.size
                                    for other, _ in signs[:number]), (theme, axis))

    def test_an_election_is_always_named_and_words_keep_clear_of_each_other(self):
        for theme, axis, (_, figure, ax) in self.looks():
            words = [(text.get_text(), text.get_window_extent()) for text in ax.texts]
            self.assertIn("elected (2)", [word for word, _ in words], (theme, axis))
            for number, (word, box) in enumerate(words):
                for other, taken in words[:number]:
                    self.assertFalse(box.overlaps(taken), (theme, axis, word, other))

    def test_words_lie_below_messages(self):
        _, figure, ax = picture(self.election())
        arrows = min(patch.get_zorder() for patch in ax.patches
                     if isinstance(patch, timeline.FancyArrowPatch))
        beside = [text for text in ax.texts if text.get_text() == "elected (2)"]
        self.assertLess(beside[0].get_zorder(), arrows)

    def test_the_dead_leader_is_named(self):
        for theme, axis, (_, figure, ax) in self.looks():
            names = [text.get_text() for text in ax.texts]
            self.assertEqual(names.count("leader"), 2, (theme, axis, names))

    def test_messages_of_one_moment_can_be_told_apart(self):
        run = trace([send(10, "n1", "n2", 0, "Ping"), send(10, "n1", "n2", 1, "Pong"),
                     recv(20, "n1", "n2", 0, "Ping"), recv(20, "n1", "n2", 1, "Pong")])
        drawn, _, ax = picture(run)
        starts = sorted(patch._posA_posB[0][0] for patch in ax.patches
                        if isinstance(patch, timeline.FancyArrowPatch))
        inches = (starts[1] - starts[0]) * drawn.width
        self.assertTrue(0.03 < inches < 0.12, inches)

    def test_a_fault_at_the_edge_stands_up_to_its_line(self):
        run = trace(in_order([send(10, "n1", "n2", 0), recv(20, "n1", "n2", 0),
                              (30, "violation", None, {"property": "leader_completeness"})]))
        run.ended = 30 * MS
        _, figure, ax = picture(run)
        box = boxes(figure, ax)["✗ leader_completeness violated"]
        line = ax.transData.transform((1.0, 0))[0]
        self.assertTrue(line - 10 < box.x1 <= line, (box.x1, line))

    def test_a_message_lost_at_the_end_has_its_whole_cross(self):
        run = trace(in_order([send(10, "n1", "n2", 0), recv(20, "n1", "n2", 0),
                              send(30, "n1", "n2", 1), drop(30, "n1", "n2", 1, "loss", "n1")]))
        _, _, ax = picture(run, window=(9 * MS, 38_600_000), axis="linear")
        crosses = [line for line in ax.lines if line.get_marker() == "x"]
        self.assertEqual(len(crosses), 1)
        self.assertGreater(crosses[0].get_xdata()[0], 0.985)
        self.assertGreater(ax.get_xlim()[1], 1.015)

    def test_a_message_ends_at_the_bare_lane_or_at_the_band_that_is_there_then(self):
        run = trace(in_order([send(10, "n1", "n2", 0), recv(20, "n1", "n2", 0),
                              event(30, "n2", "role", role="leader"),
                              send(40, "n1", "n2", 1), recv(50, "n1", "n2", 1)]))
        _, _, ax = picture(run, axis="linear", window=(0, 60 * MS))
        ends = sorted(patch._posA_posB[1][1] for patch in ax.patches
                      if isinstance(patch, timeline.FancyArrowPatch))
        self.assertGreater(ends[1], 0.95)
        self.assertLess(ends[0], 0.9)

    def test_a_message_that_is_still_under_way_arrives_nowhere(self):
        run = trace(in_order([send(10, "n1", "n2", 0), recv(20, "n1", "n2", 0),
                              send(30, "n1", "n2", 1), send(200, "n2", "n1", 2),
                              recv(210, "n2", "n1", 2)]))
        run.ended = 300 * MS
        drawn, _, ax = picture(run, axis="linear", window=(0, 300 * MS))
        held = [message for message in drawn.messages if message.fate == "under way"]
        self.assertEqual(len(held), 1)
        ends = [patch._posA_posB[1][0] for patch in ax.patches
                if isinstance(patch, timeline.FancyArrowPatch)]
        self.assertEqual(sum(end > 1 for end in ends), 1)

    def test_a_suggested_window_can_be_read_and_drawn(self):
        self.assertEqual(time_axis.window_text(0, 464_230_123), "0ms..464ms")
        self.assertEqual(time_axis.window_text(1_200_400_000, 1_900_000_000), "1200ms..1900ms")
        self.assertEqual(time_axis.window_text(0, 40_000_000_000), "0s..40s")
        self.assertEqual(time_axis.window_text(5_000_000, 5_000_040), "5000000ns..5000040ns")


@unittest.skipIf(matplotlib is None, "no matplotlib here")
class Parameters(unittest.TestCase):
    class Question:
        job = {"log": None}

    class Axis:
        places = [3.0, 5.0, 7.0]
        numeric = True

        def texts(self):
            return ["3", "5", "7"]

    def panel(self, most, reach=0):
        def point(value):
            one = parameters.Point.__new__(parameters.Point)
            one.value, one.low, one.high = value, value - reach, value + reach
            one.runs, one.without = 9, 0
            return one

        lines = [parameters.Series(name, [(place, point(most - 90 + 10 * number + place))
                                          for place in (3.0, 5.0, 7.0)])
                 for number, name in enumerate("abc")]
        return parameters.Panel("", parameters.Measure("messages.sent", most), lines)

    def drawn(self, most, log=None, reach=0):
        look = style.Look(job())
        question = self.Question()
        question.job = {"log": log}
        question.bars = set()
        figure, ((ax,),) = look.figure()
        panel = self.panel(most, reach)
        parameters.LinePlot(look, self.Axis(), question).draw(ax, panel)
        figure.draw_without_rendering()
        self.bars = question.bars
        return figure, ax, panel

    def test_an_interval_has_a_bar_where_its_point_does_not_hide_it(self):
        for log, reach, bars in ((None, 0, set()), (None, 2, {"hidden"}), (None, 400, {"drawn"}),
                                 (True, 0, set()), (True, 400, {"drawn"})):
            _, ax, _ = self.drawn(2400, log, reach)
            self.assertEqual(self.bars, bars, (log, reach))
            self.assertEqual(len(ax.collections), 3 if "drawn" in bars else 0, (log, reach))
        self.assertEqual(parameters.about_bars({"hidden"}), "")
        self.assertIn("longer", parameters.about_bars({"hidden", "drawn"}))

    def test_runs_without_a_value_are_counted_below_the_axis(self):
        panel = self.panel(2400)
        self.assertEqual(parameters.left_out(panel), [])
        panel.series[1].points[2][1].without = 4
        self.assertEqual(parameters.left_out(panel),
                         ["left out: 4 of 81 runs, which never got there"])

    def test_a_log_axis_holds_whole_intervals(self):
        _, ax, panel = self.drawn(2400, True, 400)
        low, high = ax.get_ylim()
        for line in panel.series:
            for _, point in line.points:
                self.assertTrue(low < point.low and point.high < high)

    def test_the_top_marker_is_whole(self):
        _, ax, panel = self.drawn(2400)
        top = max(point.value for line in panel.series for _, point in line.points)
        edge, centre = (ax.transData.transform((0, y))[1] for y in (ax.get_ylim()[1], top))
        self.assertGreater(edge - centre, 8)

    def test_points_stand_at_their_true_place(self):
        _, ax, _ = self.drawn(2400)
        lines = [line for line in ax.lines if len(line.get_xdata()) == 3 and
                 line.get_linestyle() != "None"]
        self.assertEqual(len(lines), 3)
        for line in lines:
            self.assertEqual(list(line.get_xdata()), [3.0, 5.0, 7.0])

    def test_numbers_at_ticks_are_written_alike(self):
        for log in (None, True):
            figure, ax, _ = self.drawn(2400, log)
            ticks = [label.get_text() for label in ax.get_yticklabels() +
                     ax.get_yticklabels(minor=True)]
            self.assertTrue(any("," in text for text in ticks), ticks)
            self.assertFalse(any("$" in text or "1000" in text for text in ticks), ticks)

    def test_numbers_of_a_heat_map_fit_their_cells_or_are_left_out(self):
        look = style.Look(job())
        for columns, rows, text in ((3, 3, "12"), (10, 4, "12,345"), (3, 24, "1"), (24, 3, "12")):
            table = [[1.0] * columns] * rows
            size = parameters.number_size(look, table, [text])
            wide, high = parameters.cell_of(look, table)
            self.assertTrue(4 < size <= look.size, (columns, rows))
            self.assertLess(look.text_width(text, size), wide)
            self.assertLess(size / 72, high)
        self.assertEqual(parameters.number_size(look, [[1.0] * 24] * 24, ["12,345"]), 0)

    def test_ticks_of_distributions_are_written_alike(self):
        for log in (None, True):
            look = style.Look(job())
            figure, ((ax,),) = look.figure()
            ax.plot([900, 2100], [0, 1])
            line = type("Line", (), {"values": [900, 2100]})
            log_axis(ax, log, [line])
            figure.draw_without_rendering()
            ticks = [label.get_text() for label in ax.get_xticklabels() +
                     ax.get_xticklabels(minor=True)]
            self.assertIn("1,000", ticks)
            self.assertFalse(any("$" in text for text in ticks), ticks)


@unittest.skipIf(matplotlib is None, "no matplotlib here")
class Distributions(unittest.TestCase):
    def test_panels_share_an_axis_that_holds_what_every_one_of_them_draws(self):
        one = job(marks=[])
        panels = [("short", [Line("a", [100, 200, 300], 3)]),
                  ("long", [Line("a", [100, 200, 900], 3)])]
        measure = parameters.Measure("messages.sent", 200)
        figure, _ = Cdf(one, style.Look(one), measure, panels, "").draw()
        figure.draw_without_rendering()
        for ax in figure.axes:
            self.assertEqual(ax.get_xlim()[0], 0)
            self.assertGreater(ax.get_xlim()[1], 900)

    def test_runs_that_never_got_there_are_counted_where_they_hide_nothing(self):
        one = job(marks=[])
        line = Line("", [100 + step for step in range(50)], 57)
        measure = parameters.Measure("messages.sent", 200)
        for drawing in (Cdf, Histogram):
            figure, _ = drawing(one, style.Look(one), measure, [("", [line])], "").draw()
            (ax,) = figure.axes
            self.assertIn("n = 57; 7 never", ax.get_ylabel().replace("\u00a0", " "))
            self.assertEqual(len(ax.texts), 0)

    def test_long_names_leave_the_width_to_what_is_drawn(self):
        for name, share in (("raft", 0.6), ("chang_roberts.join_worst_messages", 0.8)):
            one = job(marks=[])
            lines = [Line(name, [1, 2, 3], 3), Line(name + "2", [1, 2, 4], 3)]
            measure = parameters.Measure("messages.sent", 2)
            figure, _ = Cdf(one, style.Look(one), measure, [("", lines)], "").draw()
            figure.draw_without_rendering()
            self.assertGreater(figure.axes[0].get_position().width, share, name)


@unittest.skipIf(matplotlib is None, "no matplotlib here")
class Messages(unittest.TestCase):
    def test_few_messages_of_a_kind_keep_their_colour(self):
        bars = [messages.Bar("one", {"Ping": 1000, "Pong": 900, "Rare": 4})]
        figure = messages.Bars(style.Look(job()), bars).draw("", "messages sent")
        (ax,) = figure.axes
        edges = {round(part.get_width()): (part.get_linewidth(), part.get_hatch())
                 for part in ax.patches}
        self.assertEqual(edges[4], (0, None))
        self.assertGreater(edges[900][0], 0)
        samples = ax.get_legend().get_patches()
        self.assertTrue(samples[2].get_hatch())


if __name__ == "__main__":
    unittest.main()
