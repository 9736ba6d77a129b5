// Timers that go off early or late, clocks that are smeared, memories that are hit, and nodes that
// come back as another version of their program.
#include <doctest/doctest.h>

#include <cmath>

#include "tests/fault/fake_control.hpp"

namespace quorate::testing {
namespace {

constexpr int million = 1'000'000;

Action moving(Verb verb, Selector target, const Distribution& later = {}) {
  Action action = act(verb, std::move(target));
  action.timer = "election";
  if (verb == Verb::postpone) action.later = later;
  return action;
}
Action smearing(Selector target, Duration by, Duration over) {
  Action action = act(Verb::clock, std::move(target));
  action.smear = Smear{by, over};
  return action;
}
Action scrambling(Selector target) {
  Action action = act(Verb::node, std::move(target));
  action.scramble = true;
  return action;
}

}  // namespace

TEST_CASE("fault postpone: of an armed timer of that name, at nodes that are up") {
  FakeControl control(
      4, {fault("kill", when(1ms), act(Verb::crash, node_list({3}))),
          fault("late", when(2ms),
                moving(Verb::postpone, by(Selector::Kind::all), Distribution::constant(500ms)))});
  control.armed_timers = {{0, "election"}, {1, "heartbeat"}, {2, "election"}, {3, "election"}};
  control.start();
  control.run_until(at(1s));
  CHECK(control.take() == Lines{"fault kill: crash n3", "crash n3", "timer election n1 +500ms",
                                "timer election n4 +500ms",
                                "fault late: postpone election at n1 n4 by 500ms"});
}

TEST_CASE("fault postpone, fire: of several timers of a name the one that says this") {
  for (const Verb verb : {Verb::fire, Verb::postpone}) {
    Fault one =
        fault("one", when(2ms), moving(verb, node_list({1}), Distribution::constant(500ms)));
    one.action.where = {{"node", {}, Value::of(std::string("n2"))}};
    FakeControl control(3, {one, fault("none", when(9ms), one.action)});
    control.armed_timers = {{0, "election"}};
    control.watched = 1;
    control.start();
    control.run_until(at(5ms));
    control.watched = 2;
    control.run_until(at(1s));
    CHECK(control.take().back() == (verb == Verb::fire
                                        ? "fault one: fire election (node n2) at n1"
                                        : "fault one: postpone election (node n2) at n1 by 500ms"));
    CHECK(control.injector.fired() == std::vector<std::uint64_t>{1, 0});
  }
}

// What a detector's noise is made of: any node, by a draw, and late by a draw.
TEST_CASE("fault postpone: now and then, of a node that is drawn, by a draw: a million times") {
  Fault noise = fault(
      "noise", every(Distribution::constant(1us)),
      moving(Verb::postpone, by(Selector::Kind::random), Distribution::uniform(100ms, 500ms)));
  noise.chance = parse_probability("50%").value;
  FakeControl control(4, {noise});
  for (std::uint32_t node = 0; node < 4; ++node) control.armed_timers.emplace(node, "election");
  control.start();
  std::array<int, 4> hits{};
  double sum = 0;
  for (Duration moment = 1ms; control.injector.fired()[0] < million / 2; moment += 1ms) {
    control.run_until(at(moment));
    control.take();
    control.asked.clear();
    control.announced.clear();
    control.causes.clear();
    for (const auto& [node, late] : std::exchange(control.delays, {})) {
      CHECK(late >= 100ms);
      CHECK(late <= 500ms);
      ++hits.at(node);
      sum += static_cast<double>(late.count()) - 3e8;
    }
  }
  const auto fired = static_cast<double>(control.injector.fired()[0]);
  const auto chances = static_cast<double>((control.now() - Time{}) / 1us);
  CHECK(std::abs(fired - chances / 2) < 4 * std::sqrt(chances / 4));
  for (const int count : hits) {
    CHECK(std::abs(count - fired / 4) < 4 * std::sqrt(fired * 0.25 * 0.75));
  }
  CHECK(std::abs(sum / fired) < 4 * (4e8 / std::sqrt(12.0)) / std::sqrt(fired));
}

TEST_CASE("fault clock: a smear is taken back after its time, and one without end by nobody") {
  FakeControl control(2,
                      {fault("for ever", when(1ms), smearing(node_list({1}), 1s, 10s)),
                       lasting(fault("a", when(2ms), smearing(node_list({1, 2}), -1s, 10s)), 5ms)});
  control.start();
  control.run_until(at(1s));
  CHECK(control.take() == Lines{"smear n1 +1s over 10s #0",
                                "fault for ever: smear the wall clock of n1 forward by 1s over 10s",
                                "smear n1 -1s over 10s #1", "smear n2 -1s over 10s #1",
                                "fault a: smear the wall clock of n1 n2 back by 1s over 10s",
                                "heal a: undo smear the wall clock of n1 n2 back by 1s over 10s",
                                "take back n1 #1", "take back n2 #1"});
}

TEST_CASE("fault node: a memory that is hit is told of, by a fault that is over at once") {
  FakeControl control(3, {fault("kill", when(1ms), act(Verb::crash, node_list({3}))),
                          fault("hit", when(2ms), scrambling(by(Selector::Kind::all))),
                          fault("none", when(4ms), scrambling(node_list({1})))});
  control.start();
  control.run_until(at(3ms));
  CHECK(control.take() == Lines{"fault kill: crash n3", "crash n3", "scramble n1",
                                "fault hit: let something in the memory of n1 n2 become another",
                                "note n1 in the memory of n1 `status` has become another",
                                "scramble n2",
                                "note n2 in the memory of n2 `status` has become another"});
  REQUIRE(control.drawn.size() == 2);
  CHECK(control.drawn[0] != control.drawn[1]);
  control.memories.clear();
  control.run_until(at(1s));
  CHECK(control.take().empty());
}

TEST_CASE("fault restart: as a version with mistakes, which the next restart does not have") {
  Fault wrong = fault("wrong", when(2ms), act(Verb::restart, node_list({1})));
  wrong.action.bugs = {"forgets", "lies"};
  const Fault kill = fault("kill", when(1ms), act(Verb::crash, node_list({1})));
  const Fault again = lasting(fault("again", when(3ms), act(Verb::crash, node_list({1}))), 1ms);
  CHECK(told(2, {kill, wrong, again}) ==
        Lines{"fault kill: crash n1", "crash n1",
              "fault wrong: restart n1 as a version with forgets lies", "restart n1 v2",
              "fault again: crash n1", "crash n1", "heal again: restart n1", "restart n1"});
}

}  // namespace quorate::testing
