// Faults draw from streams of their own, and an injector is a value.
#include <doctest/doctest.h>

#include "tests/fault/fake_control.hpp"

namespace quorate::testing {
namespace {

// Crashes for a while, splits for a while, omissions: all drawn.
std::vector<Fault> mix() {
  Fault crashes = fault("crashes", every(Distribution::exponential(20ms)),
                        act(Verb::crash, by(Selector::Kind::random)));
  crashes.lasts = Distribution::uniform(1ms, 30ms);
  crashes.chance = parse_probability("70%").value;
  Fault splits = fault("splits", every(Distribution::uniform(10ms, 50ms)),
                       shaped(PartitionShape::random_halves));
  splits.lasts = Distribution::exponential(15ms);
  Fault pauses = fault("pauses", every(Distribution::exponential(25ms)),
                       act(Verb::pause, by(Selector::Kind::random, "follower")));
  pauses.lasts = Distribution::constant(5ms);
  return {crashes, splits, pauses};
}

Lines told(std::vector<Fault> faults, std::uint64_t seed = 1) {
  FakeControl control(5, std::move(faults), seed);
  control.start();
  control.run_until(at(2s));
  return control.take();
}

// The lines about one fault.
Lines about(const Lines& lines, const std::string& id) {
  Lines result;
  for (const std::string& line : lines) {
    if (line.find(" " + id + ":") != std::string::npos) result.push_back(line);
  }
  return result;
}

}  // namespace

TEST_CASE("fault streams: the same seed tells the same, another seed something else") {
  CHECK(told(mix()).size() > 300);
  CHECK(told(mix()) == told(mix()));
  CHECK(told(mix(), 1) != told(mix(), 2));
}

TEST_CASE("fault streams: switching one fault off does not shift another") {
  std::vector<Fault> faults = mix();
  const Lines splits = about(told(faults), "splits");
  CHECK(splits.size() > 50);
  faults[0].chance = Probability{};
  faults[2].times = 0;
  CHECK(about(told(faults), "splits") == splits);
}

TEST_CASE("fault streams: moments do not depend on whether there was anybody to pick") {
  const auto moments = [](std::uint32_t down) {
    std::vector<Fault> faults = mix();
    faults.resize(1);
    faults[0].lasts.reset();
    FakeControl control(5, std::move(faults));
    for (std::uint32_t i = 1; i <= down; ++i) control.crash(n(i), 0);
    control.start();
    control.run_until(at(2s));
    return control.asked;
  };
  CHECK(moments(0) == moments(5));
}

TEST_CASE("fault streams: two omissions of one node draw apart") {
  Fault omit = fault("a", when(1ms), act(Verb::omit, node_list({1})));
  omit.times = 2;
  Fault other = omit;
  other.id = "b";
  FakeControl control(2, {omit, other});
  control.start();
  control.run_until(at(1ms));
  std::vector<MessageRule> rules = control.interference().rules;
  REQUIRE(rules.size() == 2);
  CHECK(rules[0].stream.next() != rules[1].stream.next());
}

TEST_CASE("fault streams: an omission that fires again draws anew") {
  Fault omit = fault("omit", every(Distribution::constant(1ms)), act(Verb::omit, node_list({1})));
  FakeControl control(2, {omit});
  control.start();
  control.run_until(at(1ms));
  Stream first = control.interference().rules.at(0).stream;
  control.run_until(at(2ms));
  Stream second = control.interference().rules.at(0).stream;
  CHECK(first.next() != second.next());
}

TEST_CASE("fault streams: equal faults at two places, and gap and length of one, are independent") {
  Fault kill =
      fault("kill", every(Distribution::exponential(20ms)), act(Verb::crash, node_list({1})));
  kill.lasts = kill.trigger.every;
  Fault other = kill;
  other.id = "other";
  other.action.target = node_list({2});
  FakeControl control(2, {kill, other});
  control.start();
  REQUIRE(control.asked.size() == 2);
  CHECK(control.asked[0] != control.asked[1]);
  control.run_until(std::min(control.asked[0], control.asked[1]));
  // What was asked for since: the crash at this instant, the next one, and the restart.
  REQUIRE(control.asked.size() == 5);
  CHECK(control.asked[2] == control.now());
  CHECK(control.asked[4] - control.now() != control.now() - Time{});
}

TEST_CASE("fault streams: a fault of probability zero leaves everything as it was") {
  std::vector<Fault> faults = mix();
  const Lines before = told(faults);
  Fault nothing = fault("nothing", every(Distribution::exponential(1ms)),
                        act(Verb::crash, by(Selector::Kind::random)));
  nothing.chance = Probability{};
  faults.push_back(nothing);
  CHECK(told(faults) == before);
}

TEST_CASE("fault injector: a copy goes on as the original does") {
  FakeControl control(5, mix());
  control.start();
  control.run_until(at(500ms));
  FakeControl copy = control;
  control.run_until(at(2s));
  copy.run_until(at(2s));
  CHECK(copy.take() == control.take());
  CHECK(copy.injector.fired() == control.injector.fired());
}

TEST_CASE("fault injector: without faults there is nothing to do") {
  FakeControl control(3, {});
  control.start();
  control.elect(n(1));
  control.tell(Kind::recv, n(2));
  CHECK(control.asked.empty());
  CHECK(control.take().empty());
  CHECK(control.injector.fired().empty());
  CHECK_FALSE(control.injector.wants_state());
}

}  // namespace quorate::testing
