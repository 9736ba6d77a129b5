// A core at which nothing goes wrong any more: what ends there, what does not begin, and what
// stays.
#include <doctest/doctest.h>

#include <cmath>
#include <map>
#include <set>

#include "tests/fault/fake_control.hpp"

namespace quorate::testing {

namespace {

Fault settling(Duration moment, Selector core) {
  return fault("gst", when(moment), act(Verb::settle, std::move(core)));
}

// Of nodes n1 to this one a majority is drawn.
Fault drawing(std::uint32_t nodes) {
  Fault result = settling(1ms, {});
  result.action.groups = {node_range(0, nodes)};
  return result;
}

// The lines from the settling on.
Lines told_of_core(std::vector<Fault> faults, Time end = at(1s)) {
  FakeControl control(5, std::move(faults));
  control.start();
  control.run_until(at(99ms));
  control.take();
  control.run_until(end);
  return control.take();
}

const Selector three = node_list({1, 2, 3});

}  // namespace

TEST_CASE("fault settle: its nodes come back and go on, each once, and others do not") {
  CHECK(told_of_core({fault("kill", when(1ms), act(Verb::crash, node_list({1, 4}))),
                      fault("stop", when(2ms), act(Verb::pause, node_list({2, 5}))),
                      settling(100ms, three)}) == Lines{"fault gst: settle n1 n2 n3",
                                                        "heal gst: restart n1", "restart n1",
                                                        "heal gst: resume n2", "resume n2"});
}

TEST_CASE("fault settle: who came back is not brought back again by the fault that stopped it") {
  const Lines lines =
      told_of_core({lasting(fault("kill", when(1ms), act(Verb::crash, node_list({1, 4}))), 200ms),
                    settling(100ms, three)});
  CHECK(lines == Lines{"fault gst: settle n1 n2 n3", "heal gst: restart n1", "restart n1",
                       "heal kill: restart n4", "restart n4"});
}

TEST_CASE("fault settle: cuts end between two of the core and clients, and stay anywhere else") {
  FakeControl control(
      4,
      {fault("cut", when(1ms), about_messages(Verb::cut, node_list({1}), by(Selector::Kind::all))),
       fault("one", when(2ms), about_messages(Verb::cut, node_list({2}), node_list({3}))),
       settling(100ms, three)});
  control.start();
  control.run_until(at(100ms));
  CHECK(control.severed() == "n1>n4");
  const Lines lines = control.take();
  CHECK(lines[3] == "heal gst: undo cut n1 -> n1 n2 n3 n4 within the core");
  CHECK(lines[4] == "heal one: undo cut n2 -> n3");
}

TEST_CASE("fault settle: what is left of a cut ends with its time") {
  FakeControl control(
      4, {lasting(fault("cut", when(1ms),
                        about_messages(Verb::cut, node_list({1}), by(Selector::Kind::all))),
                  200ms),
          settling(100ms, three)});
  control.start();
  control.run_until(at(202ms));
  CHECK(control.severed().empty());
}

TEST_CASE("fault settle: cuts that come later leave the core out, or do not fire") {
  FakeControl control(
      4, {settling(1ms, three),
          fault("iso", when(2ms), shaped(PartitionShape::isolate, node_list({1}))),
          fault("one", when(3ms), about_messages(Verb::cut, node_list({2}), node_list({3})))});
  control.start();
  control.run_until(at(1s));
  CHECK(control.severed() == "n1>n4 n4>n1");
  CHECK(control.injector.fired()[1] == 1);
  CHECK(control.injector.fired()[2] == 0);
}

TEST_CASE("fault settle: rules take no message within the core, and go on taking others") {
  Action omit = act(Verb::omit, by(Selector::Kind::all));
  FakeControl control(4, {fault("omit", when(1ms), omit), settling(100ms, three)});
  control.start();
  const auto takes = [&](std::uint32_t from, std::uint32_t to) {
    return control.interference().take(RuleEffect::omit_send, n(from), n(to), 0) != nullptr;
  };
  control.run_until(at(99ms));
  CHECK(takes(1, 2));
  control.run_until(at(100ms));
  CHECK_FALSE(takes(1, 2));
  CHECK(takes(1, 4));
  CHECK(takes(4, 1));
  CHECK_FALSE(takes(1, 5));  // c1, of whom there are none but whole links with the core
  CHECK(takes(4, 5));
}

TEST_CASE(
    "fault settle: a hold lets go of what it has, and goes on holding what is not the core's") {
  FakeControl control(4, {fault("hold", when(1ms), act(Verb::hold)), settling(100ms, three)});
  control.start();
  control.run_until(at(100ms));
  CHECK(control.take() == Lines{"fault hold: hold messages", "fault gst: settle n1 n2 n3",
                                "heal gst: undo hold messages within the core", "release 0"});
  CHECK(control.interference().take(RuleEffect::hold, n(1), n(4), 0) != nullptr);
  CHECK(control.interference().take(RuleEffect::hold, n(1), n(2), 0) == nullptr);
}

TEST_CASE("fault settle: clocks, disks and work are as they were at its nodes, not at others") {
  Action stall = act(Verb::disk, node_list({2, 4}));
  stall.stall = true;
  CHECK(told_of_core({fault("fast", when(1ms), drifting(node_list({1, 5}), 100'000'000)),
                      fault("stall", when(2ms), stall), settling(100ms, three)}) ==
        Lines{"fault gst: settle n1 n2 n3",
              "heal gst: undo let the clock of n1 n5 run 10% fast within the core", "drift n1 0ppm",
              "heal gst: undo stall the disk of n2 n4 within the core", "disk n2 own"});
}

TEST_CASE("fault settle: no later fault stops its nodes, and chance picks among the others") {
  FakeControl control(4, {settling(1ms, three),
                          fault("kill", every(Distribution::constant(10ms)),
                                act(Verb::crash, by(Selector::Kind::random))),
                          fault("all", when(500ms), act(Verb::pause, by(Selector::Kind::all)))});
  control.start();
  control.run_until(at(1s));
  CHECK(control.take() == Lines{"fault gst: settle n1 n2 n3", "fault kill: crash n4", "crash n4"});
}

TEST_CASE("fault settle: crash points at its nodes are gone") {
  Action crash = act(Verb::crash, node_list({1, 4}));
  crash.moment = CrashMoment::before_persist;
  FakeControl control(4, {fault("point", when(1ms), crash), settling(100ms, three)});
  control.start();
  control.run_until(at(100ms));
  REQUIRE(control.interference().crash_points.size() == 1);
  CHECK(control.interference().crash_points[0].node == n(4));
}

TEST_CASE("fault settle: who swizzles leaves those outside of the core only") {
  FakeControl control(
      4, {lasting(fault("sw", when(10ms), shaped(PartitionShape::swizzle, by(Selector::Kind::all))),
                  100ms),
          settling(1ms, three)});
  control.start();
  control.run_until(at(60ms));
  CHECK(control.severed() == "n1>n4 n2>n4 n3>n4 n4>n1 n4>n2 n4>n3");
  control.run_until(at(111ms));
  CHECK(control.severed().empty());
}

TEST_CASE("fault settle: messages within the core are not sent again") {
  Fault again = fault("again", on_event("send"), act(Verb::replay));
  again.times = 100;
  FakeControl control(4, {settling(1ms, three), again});
  control.start();
  control.run_until(at(1ms));
  for (const std::uint32_t to : {2U, 4U}) {
    control.tell(Kind::send, n(1), {}, n(1), n(to));
    CHECK(control.interference().take_rememberers().size() == (to == 4 ? 1 : 0));
  }
}

TEST_CASE(
    "fault settle: a core is a majority of those who play each role, or as large as a quorum") {
  Fault draws = settling(1ms, {});
  draws.action.groups = {node_range(0, 1), node_range(1, 5), node_range(4, 5)};
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    FakeControl control(5, {draws}, seed);
    control.start();
    control.run_until(at(1ms));
    const NodeSet core = control.interference().core;
    CHECK(core.contains(n(1)));
    CHECK(core.contains(n(5)));
    CHECK((core.contains(n(2)) ? 1 : 0) + (core.contains(n(3)) ? 1 : 0) +
              (core.contains(n(4)) ? 1 : 0) >=
          2);
  }
  for (const std::uint32_t quorum : {0U, 2U, 4U, 9U}) {
    FakeControl control(5, {drawing(5)});
    control.injector.set_quorum(quorum);
    control.start();
    control.run_until(at(1ms));
    const std::uint32_t wanted = quorum == 4 ? 4 : quorum == 9 ? 5 : 3;
    CHECK(control.interference().core.size() == wanted + 2);  // and both clients
  }
}

// Of C(5, 3) = 10 cores each is drawn with the same chance.
TEST_CASE("fault settle: every majority is drawn equally often, within 4 sigma of a million") {
  constexpr int draws = 1'000'000;
  Fault often = drawing(5);
  often.trigger = every(Distribution::constant(1ms));
  FakeControl control(5, {often});
  control.start();
  std::map<std::vector<NodeId>, int> seen;
  for (int i = 1; i <= draws; ++i) {
    control.run_until(at(i * 1ms));
    ++seen[control.interference().core.members()];
    control.take();
  }
  CHECK(seen.size() == 10);
  for (const auto& entry : seen) {
    CAPTURE(entry.first.front().value);
    CHECK(std::abs(entry.second - draws / 10) < 4 * std::sqrt(draws * 0.1 * 0.9));
  }
}

TEST_CASE("fault settle: which majority is drawn depends on the seed, and on nothing else") {
  std::map<Lines, int> seen;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    FakeControl control(5, {drawing(5)}, seed);
    control.start();
    control.run_until(at(1ms));
    ++seen[control.take()];
  }
  CHECK(seen.size() == 10);
}

TEST_CASE("fault settle: it draws nothing that another fault draws") {
  const Fault kill =
      fault("kill", every(Distribution::exponential(10ms)), act(Verb::crash, node_list({5})));
  Fault draws = drawing(4);
  FakeControl alone(5, {kill});
  FakeControl beside(5, {kill, draws});
  for (FakeControl* control : {&alone, &beside}) {
    control->start();
    control->run_until(at(1s));
  }
  Lines rest = beside.take();
  std::erase_if(rest, [](const std::string& line) { return line.starts_with("fault gst"); });
  CHECK(rest == alone.take());
}

}  // namespace quorate::testing
