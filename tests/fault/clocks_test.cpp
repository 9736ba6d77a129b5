// Faults that set clocks, and how they are undone.
#include <doctest/doctest.h>

#include <cmath>

#include "tests/fault/fake_control.hpp"

namespace quorate::testing {
namespace {

// How far ahead each node's wall clock is by all the steps that were told.
std::map<std::string, std::int64_t> ahead(const Lines& lines) {
  std::map<std::string, std::int64_t> result;
  for (const std::string& line : lines) {
    if (!line.starts_with("step ")) continue;
    const std::size_t space = line.find(' ', 5);
    result[line.substr(5, space - 5)] += parse_shift(line.substr(space + 1)).value.count();
  }
  return result;
}

}  // namespace

TEST_CASE("fault action: a jump of a wall clock is taken back after its time") {
  CHECK(told(2, {lasting(fault("j", when(1ms), jumping(node_list({1, 2}), 250ms)), 5ms)}) ==
        Lines{"step n1 +250ms", "step n2 +250ms",
              "fault j: set the wall clock of n1 n2 forward by 250ms",
              "heal j: undo set the wall clock of n1 n2 forward by 250ms", "step n1 -250ms",
              "step n2 -250ms"});
}

TEST_CASE("fault action: clocks change while their node is down, but not to what they are") {
  CHECK(told(2, {fault("kill", when(1ms), act(Verb::crash, node_list({1}))),
                 fault("a", when(2ms), drifting(node_list({1}), -100'000'000)),
                 fault("b", when(3ms), drifting(node_list({1, 2}), -100'000'000)),
                 fault("c", when(4ms), drifting(node_list({1, 2}), -100'000'000))}) ==
        Lines{"fault kill: crash n1", "crash n1", "drift n1 -10%",
              "fault a: let the clock of n1 run 10% slow", "drift n2 -10%",
              "fault b: let the clock of n2 run 10% slow"});
}

TEST_CASE("fault action: when a drift ends, the latest of the others holds, else the clock's own") {
  const auto drift = [](const char* id, Duration from, std::int64_t ppb, Duration length) {
    return lasting(fault(id, when(from), drifting(node_list({1}), ppb)), length);
  };
  FakeControl control(
      1, {drift("a", 1ms, 1000, 9ms), drift("b", 2ms, 2000, 5ms), drift("c", 3ms, 3000, 1ms)});
  control.start();
  const auto after = [&](Duration moment) {
    control.run_until(at(moment));
    return control.drifts[0].ppb;
  };
  CHECK(after(3ms) == 3000);
  CHECK(after(4ms) == 2000);
  CHECK(after(7ms) == 1000);
  CHECK(after(10ms) == 0);
}

TEST_CASE("fault clock: a frozen clock runs on as it did before, or as a later drift has it") {
  const Action freeze = drifting(node_list({1}), frozen.ppb);
  FakeControl control(
      2, {lasting(fault("slow", when(1ms), drifting(node_list({1}), -1000)), 9ms),
          lasting(fault("ice", when(2ms), freeze), 4ms), fault("again", when(3ms), freeze)});
  control.start();
  control.run_until(at(5ms));
  CHECK(control.drifts[0] == frozen);
  control.run_until(at(6ms));
  CHECK(control.drifts[0] == Drift{-1000});
  control.run_until(at(1s));
  CHECK(control.drifts[0] == Drift{});
  const Lines lines = control.take();
  CHECK(std::ranges::count(lines, "fault ice: freeze the clock of n1") == 1);
  CHECK(std::ranges::count(lines, "heal ice: undo freeze the clock of n1") == 1);
  CHECK(control.injector.fired()[2] == 0);  // it stood already
}

TEST_CASE("fault clock: of two jitters the later one holds while it lasts") {
  FakeControl control(2, {lasting(fault("a", when(1ms), jittering(node_list({1, 2}), "20%")), 9ms),
                          lasting(fault("b", when(2ms), jittering(node_list({1}), "50%")), 2ms)});
  control.start();
  control.run_until(at(1s));
  CHECK(control.take() ==
        Lines{"jitter n1 20%", "jitter n2 20%",
              "fault a: let timers of n1 n2 go off up to 20% early or late", "jitter n1 50%",
              "fault b: let timers of n1 go off up to 50% early or late",
              "heal b: undo let timers of n1 go off up to 50% early or late", "jitter n1 20%",
              "heal a: undo let timers of n1 n2 go off up to 20% early or late", "jitter n1 0%",
              "jitter n2 0%"});
}

TEST_CASE(
    "fault clock: a strobe sets wall clocks ahead or behind, and in the end as they would be") {
  FakeControl control(
      2, {lasting(fault("s", when(10ms), strobing(node_list({1, 2}), 1s, 10ms)), 95ms)});
  control.start();
  Lines all;
  std::set<std::int64_t> seen;
  for (Duration moment = 10ms; moment < 105ms; moment += 10ms) {
    control.run_until(at(moment));
    for (const std::string& line : control.take()) all.push_back(line);
    for (const auto& [node, by] : ahead(all)) {
      CHECK(std::abs(by) == 1'000'000'000);
      seen.insert(by);
    }
    CHECK(ahead(all).size() == 2);
  }
  CHECK(seen.size() == 2);
  control.run_until(at(1s));
  for (const std::string& line : control.take()) all.push_back(line);
  for (const auto& [node, by] : ahead(all)) CHECK(by == 0);
  const auto told = [&](std::string_view what) {
    return std::ranges::count_if(all, [&](const auto& line) { return line.starts_with(what); });
  };
  CHECK(told("fault s: set the wall clock of n1 n2 ahead or back by 1s every 10ms") == 1);
  CHECK(told("heal s: ") == 1);
  CHECK(control.injector.fired()[0] == 1);
}

TEST_CASE("fault clock: a strobe is as often ahead as behind, whatever it was before") {
  constexpr int swings = 1'000'000;
  FakeControl control(1, {fault("s", when(0ms), strobing(node_list({1}), 1ns, 1us))});
  control.start();
  int changes = 0;
  int ahead_of = 0;
  std::int64_t by = 0;
  for (int i = 0; i < swings; ++i) {
    control.run_until(at(i * 1us));
    const auto moved = ahead(control.take());
    changes += moved.empty() || i == 0 ? 0 : 1;
    if (!moved.empty()) by += moved.begin()->second;
    ahead_of += by > 0 ? 1 : 0;
    control.asked.clear();
  }
  const double sigma = std::sqrt(0.25 * swings);
  CHECK(std::abs(ahead_of - swings * 0.5) < 4 * sigma);
  CHECK(std::abs(changes - swings * 0.5) < 4 * sigma);
}

}  // namespace quorate::testing
