// Nodes whose clocks are not true: what a protocol sees of it, and when its timers go off.
#include <doctest/doctest.h>

#include <set>

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

bool is_alarm(AnyRef timer) { return timer.type == &type_info<Alarm>; }

}  // namespace

TEST_CASE("clocks: a timer of 150 ms on a clock 100,000 ppm slow goes off after 166,666,667 ns") {
  Stage stage(1, clocks(tenth_slow));
  stage.tell(1, "arm", "150");
  stage.run();
  CHECK(stage.lines().back() == "166666667ns timer n1");
}

TEST_CASE("clocks: a node reads its own clocks, never the time") {
  Stage stage(1, clocks(twice_as_fast, -30ms));
  stage.pass_time(10ms);
  stage.tell(1, "look");
  CHECK(stage.doll(1).local == 20'000'000);
  CHECK(stage.doll(1).wall == -10'000'000);
  stage.world().clock(NodeId{0}).step(1s);
  stage.tell(1, "look");
  CHECK(stage.doll(1).local == 20'000'000);
  CHECK(stage.doll(1).wall == 990'000'000);
}

TEST_CASE("clocks: no timer notices a step of the wall clock") {
  Stage stage(1);
  stage.tell(1, "arm", "150");
  stage.world().clock(NodeId{0}).step(-1h);
  stage.run();
  CHECK(stage.lines().back() == "150ms timer n1");
}

TEST_CASE("clocks: what is left of a timer, by its node's clock, survives a change of drift") {
  Stage stage(2);
  stage.tell(1, "arm", "100");
  stage.tell(2, "arm", "100");
  stage.pass_time(40ms);
  CHECK(stage.world().set_drift(NodeId{0}, twice_as_fast));  // 60 ms left: 30 ms
  CHECK_FALSE(stage.world().set_drift(NodeId{0}, twice_as_fast));
  stage.pass_time(50ms);
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
    stage.pass_time(std::chrono::milliseconds(i));
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
  stage.pass_time(20ms);
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
    stage.pass_time(10s);
    stage.tell(1, "look");
    stage.tell(2, "look");
    return std::pair(stage.doll(1).local, stage.doll(2).local);
  };
  CHECK(shown(1) == shown(1));
  CHECK(shown(1) != shown(2));
  CHECK(shown(1).first != shown(1).second);
}

TEST_CASE("clocks: while a clock is frozen no timer goes off, and then it takes what was left") {
  Stage stage(1, clocks(Drift{}));
  stage.tell(1, "arm", "150");
  stage.pass_time(100ms);
  CHECK(stage.world().set_drift(NodeId{0}, frozen));
  stage.pass_time(10s);
  CHECK(stage.doll(1).rung == 0);
  stage.tell(1, "look");
  CHECK(stage.doll(1).local == 100'000'000);
  CHECK(stage.doll(1).wall == 100'000'000);
  CHECK(stage.world().set_drift(NodeId{0}, std::nullopt));
  stage.run();
  CHECK(stage.lines().back() == "10.05s timer n1");
}

TEST_CASE(
    "clocks: a timer that is set on a frozen clock waits for it, and one that is fired does not") {
  Stage stage(1, clocks(Drift{}));
  stage.world().set_drift(NodeId{0}, frozen);
  stage.tell(1, "arm", "150");
  stage.pass_time(1s);
  CHECK(stage.doll(1).rung == 0);
  CHECK(stage.world().move_timer(NodeId{0}, is_alarm, {}));
  stage.pass_time(2s);
  CHECK(stage.doll(1).rung == 1);
  stage.tell(1, "arm", "150");
  stage.world().set_drift(NodeId{0}, std::nullopt);
  stage.run();
  CHECK(stage.lines().back() == "2.15s timer n1");
}

TEST_CASE("clocks: a timer that is postponed goes off so much later, by its node's clock") {
  Stage stage(1, clocks(Drift{-500'000'000}));
  stage.tell(1, "arm", "100");
  stage.pass_time(60ms);
  CHECK(stage.world().move_timer(NodeId{0}, is_alarm, 25ms));  // 50 ms, and 200 ms were to come
  CHECK_FALSE(stage.world().move_timer(
      NodeId{0}, [](AnyRef) { return false; }, 25ms));
  stage.run();
  CHECK(stage.lines() == Lines{"0s local n1", "250ms timer n1"});
  CHECK_FALSE(stage.world().move_timer(NodeId{0}, is_alarm, 25ms));  // none is armed
}

TEST_CASE("clocks: who arms a postponed timer again, or stops, knows nothing of that") {
  Stage stage(2);
  stage.tell(1, "arm", "100");
  stage.tell(2, "arm", "100");
  CHECK(stage.world().move_timer(NodeId{0}, is_alarm, 1s));
  CHECK(stage.world().move_timer(NodeId{1}, is_alarm, 1s));
  stage.tell(1, "arm", "50");
  stage.crash(2);
  stage.run();
  CHECK(stage.lines().back() == "50ms timer n1");
  CHECK(stage.count("timer") == 1);
}

TEST_CASE("clocks: a smear moves what the wall clock shows, and no timer") {
  Stage stage(1);
  stage.tell(1, "arm", "100");
  stage.world().clock(NodeId{0}).smear({-10ms, 50ms}, stage.world().now());
  stage.pass_time(25ms);
  stage.tell(1, "look");
  CHECK(stage.doll(1).wall == 20'000'000);
  CHECK(stage.doll(1).local == 25'000'000);
  stage.run();
  CHECK(stage.lines().back() == "100ms timer n1");
}

TEST_CASE("clocks: with jitter timers are off, each by itself, until it is taken away") {
  const auto rings = [](std::string_view share) {
    std::vector<std::string> lines;
    Stage stage(1, [&](Setup<Puppet>& setup) {
      setup.nodes[0].clock.jitter = parse_probability(share).value;
    });
    for (int i = 0; i < 20; ++i) {
      stage.tell(1, "arm", "100");
      const Time armed = stage.world().now();
      stage.run();
      lines.push_back(to_text(stage.world().now() - armed));
    }
    return lines;
  };
  CHECK(rings("0%") == std::vector<std::string>(20, "100ms"));
  const std::vector<std::string> off = rings("10%");
  CHECK(std::set<std::string>(off.begin(), off.end()).size() == 20);
  for (const std::string& length : off) {
    CHECK(parse_duration(length).value >= 90ms);
    CHECK(parse_duration(length).value <= 110ms);
  }
  CHECK(rings("10%") == off);
  Stage stage(1);
  CHECK(stage.world().set_jitter(NodeId{0}, parse_probability("10%").value));
  CHECK_FALSE(stage.world().set_jitter(NodeId{0}, parse_probability("10%").value));
  stage.tell(1, "arm", "100");
  CHECK(stage.world().set_jitter(NodeId{0}, std::nullopt));  // what is set stays as it is
  stage.run();
  CHECK(stage.lines().back() == off.front() + " timer n1");
}

}  // namespace quorate::testing
