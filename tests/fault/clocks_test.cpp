// Faults that set clocks, and how they are undone.
#include <doctest/doctest.h>

#include "tests/fault/fake_control.hpp"

namespace quorate::testing {
namespace {}  // namespace

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

}  // namespace quorate::testing
