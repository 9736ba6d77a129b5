// Nodes whose clocks are not true: what a protocol sees of it, and when its timers go off.
#include <doctest/doctest.h>

#include "tests/engine/puppet.hpp"

namespace quorate::testing {

namespace {

using Lines = std::vector<std::string>;

constexpr Drift tenth_slow{-100'000'000};
constexpr Drift twice_as_fast{1'000'000'000};

std::function<void(Setup<Puppet>&)> clocks(Drift drift, Duration offset = {}) {
  return [=](Setup<Puppet>& setup) {
    for (auto& node : setup.nodes) {
      node.clock.drift = {drift.ppb, drift.ppb};
      node.clock.offset = {offset.count(), offset.count()};
    }
  };
}

Time at(Duration moment) { return Time{} + moment; }

// Nothing happens until `moment`.
void pass(Stage& stage, Duration moment) {
  stage.world().schedule_external(at(moment), 0);
  stage.run_until(moment);
}

}  // namespace

TEST_CASE("clocks: a timer of 150 ms on a clock 100,000 ppm slow goes off after 166,666,667 ns") {
  Stage stage(1, clocks(tenth_slow));
  stage.tell(1, "arm", "150");
  stage.run();
  CHECK(stage.lines().back() == "166666667ns timer n1");
}

TEST_CASE("clocks: a node reads its own clocks, never the time") {
  Stage stage(1, clocks(twice_as_fast, -30ms));
  pass(stage, 10ms);
  stage.tell(1, "look");
  CHECK(stage.doll(1).local == 20'000'000);
  CHECK(stage.doll(1).wall == -10'000'000);
  stage.world().step_clock(NodeId{0}, 1s);
  stage.tell(1, "look");
  CHECK(stage.doll(1).local == 20'000'000);
  CHECK(stage.doll(1).wall == 990'000'000);
}

TEST_CASE("clocks: no timer notices a step of the wall clock") {
  Stage stage(1);
  stage.tell(1, "arm", "150");
  stage.world().step_clock(NodeId{0}, -1h);
  stage.run();
  CHECK(stage.lines().back() == "150ms timer n1");
}

TEST_CASE("clocks: what is left of a timer, by its node's clock, survives a change of drift") {
  Stage stage(2);
  stage.tell(1, "arm", "100");
  stage.tell(2, "arm", "100");
  pass(stage, 40ms);
  CHECK(stage.world().set_drift(NodeId{0}, twice_as_fast));  // 60 ms left: 30 ms
  CHECK_FALSE(stage.world().set_drift(NodeId{0}, twice_as_fast));
  pass(stage, 50ms);
  CHECK(stage.world().set_drift(NodeId{0}, Drift{-500'000'000}));  // 40 ms left: 80 ms
  CHECK(stage.world().set_drift(NodeId{1}, Drift{-900'000'000}));  // 50 ms left: 500 ms
  stage.run();
  CHECK(stage.lines() == Lines{"0s local n1", "0s local n2", "130ms timer n1", "550ms timer n2"});
}

TEST_CASE("clocks: a timer set and read again many times loses nothing to rounding") {
  Stage stage(1);
  stage.tell(1, "arm", "1000");
  std::int64_t drift = 0;
  for (int i = 1; i <= 90; ++i) {
    pass(stage, std::chrono::milliseconds(i));
    drift = (drift + 333'333'337) % 1'000'000'007;
    stage.world().set_drift(NodeId{0}, Drift{drift});
  }
  stage.world().set_drift(NodeId{0}, std::nullopt);
  stage.tell(1, "look");
  const std::int64_t left = 1'000'000'000 - stage.doll(1).local;
  const Time expected = stage.world().now() + Duration{left};
  stage.run();
  CHECK(stage.doll(1).rung == 1);
  CHECK(stage.lines().back() == to_text(expected.since_start()) + " timer n1");
}

TEST_CASE("clocks: they go on while the node is down or stands still") {
  Stage stage(2, clocks(tenth_slow));
  stage.crash(1);
  stage.tell(2, "arm", "9");
  stage.pause(2);
  pass(stage, 20ms);
  stage.restart(1);
  stage.tell(1, "look");
  CHECK(stage.doll(1).local == 18'000'000);
  stage.world().set_drift(NodeId{1}, twice_as_fast);  // its timer waits for it, long due
  stage.resume(2);
  stage.run();
  CHECK(stage.doll(2).rung == 1);
  CHECK(stage.world().now() >= at(20ms));
  CHECK(stage.world().now() <= at(21ms));  // the notes of the restart
}

TEST_CASE("clocks: a disarmed timer stays so when the drift changes") {
  Stage stage(1);
  stage.tell(1, "arm", "10");
  stage.tell(1, "disarm");
  stage.world().set_drift(NodeId{0}, twice_as_fast);
  stage.run();
  CHECK(stage.doll(1).rung == 0);
}

TEST_CASE("clocks: a drift in a range is drawn from the seed, for every node apart") {
  const auto shown = [](std::uint64_t seed) {
    Stage stage(2, [=](Setup<Puppet>& setup) {
      setup.seed = seed;
      for (auto& node : setup.nodes) node.clock.drift = {-100'000'000, 100'000'000};
    });
    pass(stage, 10s);
    stage.tell(1, "look");
    stage.tell(2, "look");
    return std::pair(stage.doll(1).local, stage.doll(2).local);
  };
  CHECK(shown(1) == shown(1));
  CHECK(shown(1) != shown(2));
  CHECK(shown(1).first != shown(1).second);
}

}  // namespace quorate::testing
