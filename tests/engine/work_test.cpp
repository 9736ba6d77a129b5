// Nodes whose handlers take time: what waits, what leaves when, and in which order.
#include <doctest/doctest.h>

#include <cmath>

#include "tests/engine/puppet.hpp"

namespace quorate::testing {

namespace {

using Lines = std::vector<std::string>;
using Numbers = std::vector<std::uint64_t>;

std::function<void(Setup<Puppet>&)> slow_node(std::uint32_t number, Duration cost,
                                              std::uint32_t slow = 1) {
  return [=](Setup<Puppet>& setup) {
    setup.nodes[number - 1].work = {Distribution::constant(cost), slow};
  };
}

}  // namespace

TEST_CASE("work: what a handler puts out leaves when the node is done with it") {
  Stage stage(2, slow_node(1, 3ms, 10));
  stage.tell(1, "say", "7");
  stage.run();
  CHECK(stage.lines() == Lines{"0s local n1", "30ms send n1>n2 7", "31ms recv n1>n2 7"});
}

TEST_CASE("work: what comes to a busy node waits, and is handled one by one, in its order") {
  Stage stage(2, slow_node(2, 10ms));
  for (const char* number : {"1", "2", "3"}) stage.tell(1, "say", number);
  stage.run();
  CHECK(stage.doll(2).heard == Numbers{1, 2, 3});
  CHECK(stage.count("1ms recv n1>n2 1") == 1);
  CHECK(stage.count("11ms recv n1>n2 2") == 1);
  CHECK(stage.count("21ms recv n1>n2 3") == 1);
}

TEST_CASE("work: nothing that comes as a node is done overtakes what has waited") {
  Stage stage(2, slow_node(2, 10ms));
  stage.tell(1, "say", "1");
  stage.tell(1, "say", "2");
  stage.pass_time(10ms);
  stage.tell(1, "say", "3");  // there at 11 ms, when the first is done
  stage.pass_time(20ms);
  stage.tell(1, "say", "4");
  stage.run();
  CHECK(stage.doll(2).heard == Numbers{1, 2, 3, 4});
  CHECK(stage.lines().back() == "31ms recv n1>n2 4");
}

TEST_CASE("work: a timer of a busy node goes off when it is done, unless it was set again") {
  Stage stage(1, slow_node(1, 10ms));
  stage.tell(1, "arm", "15");  // busy until 10 ms
  stage.pass_time(12ms);
  stage.tell(1, "look");  // until 22 ms
  stage.run();
  CHECK(stage.lines().back() == "22ms timer n1");
  CHECK(stage.doll(1).rung == 1);

  Stage again(1, slow_node(1, 10ms));
  again.tell(1, "arm", "5");
  again.tell(1, "arm", "20");  // at 10 ms, when the alarm waits behind it already
  again.run();
  CHECK(again.lines() == Lines{"0s local n1", "10ms local n1", "30ms timer n1"});
}

// Who puts it off does so in the instant in which its turn has come, before it goes off.
TEST_CASE("work: a timer that is put off when its turn has come lets the next one have it") {
  Stage stage(2, slow_node(1, 10ms));
  stage.tell(1, "arm", "5");  // busy until 10 ms, when the alarm that waits has its turn
  stage.pass_time(6ms);
  stage.tell(2, "say", "7");  // waits behind it
  stage.pass_time(9ms);
  stage.world().step(stage);  // n1 is done
  CHECK(stage.world().move_timer(
      NodeId{0}, [](AnyRef) { return true; }, 25ms));
  stage.run();
  CHECK(stage.doll(1).heard == Numbers{7});
  CHECK(stage.count("10ms recv n2>n1 7") == 1);
  CHECK(stage.count("30ms timer n1") == 1);
}

TEST_CASE("work: a crash ends it, and what waited is lost") {
  Stage stage(2, slow_node(2, 10ms));
  for (const char* number : {"1", "2", "3"}) stage.tell(1, "say", number);
  stage.pass_time(5ms);
  CHECK(stage.crash(2));
  CHECK(stage.count("5ms drop dead n1>n2") == 2);
  CHECK(stage.restart(2));
  stage.tell(1, "say", "4");
  stage.run();
  CHECK(stage.doll(2).heard == Numbers{4});
  // Its restart has said something, once done with it: at 15 ms, and not at 11 ms.
  CHECK(stage.count("15ms send n2>n1 900") == 1);
  CHECK(stage.count("15ms recv n1>n2 4") == 1);
}

TEST_CASE("work: a node that is paused while it is busy goes on when both are over") {
  for (const Duration resumed : {5ms, 15ms}) {
    Stage stage(2, slow_node(2, 10ms));
    stage.tell(1, "say", "1");
    stage.tell(1, "say", "2");
    stage.pass_time(3ms);
    stage.tell(2, "say", "9");
    CHECK(stage.pause(2));
    stage.pass_time(resumed);
    CHECK(stage.resume(2));
    stage.run();
    CHECK(stage.doll(2).heard == Numbers{1, 2});
    CHECK(stage.count(resumed == 5ms ? "11ms recv n1>n2 2" : "15ms recv n1>n2 2") == 1);
    CHECK(stage.count(resumed == 5ms ? "31ms send n2>n1 9" : "35ms send n2>n1 9") == 1);
  }
}

TEST_CASE("work: it may begin and end while a cluster runs, and whoever waits is then handled") {
  Stage stage(2);
  CHECK(stage.world().set_work(NodeId{1}, {Distribution::constant(10ms), std::nullopt}));
  CHECK_FALSE(stage.world().set_work(NodeId{1}, {Distribution::constant(10ms), 1}));
  for (const char* number : {"1", "2", "3"}) stage.tell(1, "say", number);
  stage.pass_time(5ms);
  CHECK(stage.world().set_work(NodeId{1}, {}));
  stage.run();
  CHECK(stage.doll(2).heard == Numbers{1, 2, 3});
  CHECK(stage.count("1ms recv n1>n2 1") == 1);
  CHECK(stage.count("11ms recv") == 2);  // what had begun took its time
}

TEST_CASE("work: a cost of no time changes nothing, and draws nothing") {
  const auto lines = [](const std::function<void(Setup<Puppet>&)>& adjust) {
    Stage stage(3, adjust);
    for (const char* number : {"1", "2"}) {
      for (std::uint32_t node = 1; node <= 3; ++node) stage.tell(node, "say", number);
    }
    stage.tell(1, "roll");
    stage.run();
    return stage.lines();
  };
  CHECK(lines({}) == lines(slow_node(2, 0ms, 10)));
}

TEST_CASE("work: a handler takes what was drawn for it, so many times") {
  constexpr int million = 1'000'000;
  NodeWork work{{Distribution::uniform(1ms, 3ms), 5}, Stream(9)};
  double sum = 0;
  for (int i = 0; i < million; ++i) {
    const Duration length = work.next();
    CHECK(length >= 5ms);
    CHECK(length < 15ms);
    CHECK(length.count() % 5 == 0);
    sum += static_cast<double>(length.count());
  }
  CHECK(std::abs(sum / million - 1e7) < 4 * (1e7 / std::sqrt(12.0)) / std::sqrt(million));
  CHECK(NodeWork{{Distribution::constant(Duration::max() / 2), 3}, {}}.next() == Duration::max());
}

}  // namespace quorate::testing
