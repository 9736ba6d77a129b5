// Faults of links and old messages: what they ask of the network, and how that ends.
#include <doctest/doctest.h>

#include "tests/fault/fake_control.hpp"

namespace quorate::testing {

namespace {

Action setting(Selector from, Selector to, std::uint32_t slow) {
  Action action = about_messages(Verb::link, std::move(from), std::move(to));
  LinkSettings settings;
  settings.slow = slow;
  settings.delay = Distribution::constant(1ms);
  action.settings = std::make_shared<const LinkSettings>(settings);
  return action;
}

Action kept(Action action) {
  action.in_flight = InFlight::keep;
  return action;
}

// How long a message takes now.
Duration takes(FakeControl& control, NodeId from, NodeId to) {
  const Time now = control.now();
  return control.network().fate(from, to, now, Duration{}).arrival - now;
}

Record sent_record(std::uint64_t index) {
  Record record;
  record.kind = Kind::send;
  record.index = index;
  record.node = record.from = n(1);
  record.to = n(2);
  return record;
}

}  // namespace

TEST_CASE("fault link: directed links have other settings until its time is up") {
  FakeControl control(
      3, {lasting(fault("slow", when(1ms), setting(node_list({1}), by(Selector::Kind::all), 10)),
                  5ms)});
  control.start();
  control.run_until(at(1ms));
  CHECK(takes(control, n(1), n(2)) == 10ms);
  CHECK(takes(control, n(1), n(3)) == 10ms);
  CHECK(takes(control, n(2), n(1)) == 0ms);
  control.run_until(at(6ms));
  CHECK(takes(control, n(1), n(2)) == 0ms);
  CHECK(control.take() == Lines{"fault slow: set links n1 -> n1 n2 n3 to delay 1ms, slow 10",
                                "heal slow: undo set links n1 -> n1 n2 n3 to delay 1ms, slow 10"});
}

TEST_CASE("fault link: of two the later one wins while it lasts") {
  FakeControl control(
      2, {lasting(fault("one", when(1ms), setting(node_list({1}), node_list({2}), 10)), 10ms),
          lasting(fault("two", when(3ms), setting(node_list({1}), node_list({2}), 3)), 4ms)});
  control.start();
  control.run_until(at(2ms));
  CHECK(takes(control, n(1), n(2)) == 10ms);
  control.run_until(at(4ms));
  CHECK(takes(control, n(1), n(2)) == 3ms);
  control.run_until(at(8ms));
  CHECK(takes(control, n(1), n(2)) == 10ms);
  control.run_until(at(12ms));
  CHECK(takes(control, n(1), n(2)) == 0ms);
}

TEST_CASE("fault link: a heal takes it back, of all or by name, and a partition beside it stays") {
  for (const char* whom : {"", "slow"}) {
    Fault heal = fault("h", when(5ms), act(Verb::heal));
    heal.action.fault = whom;
    FakeControl control(
        2,
        {fault("slow", when(1ms), setting(node_list({1}), node_list({2}), 10)),
         fault("cut", when(1ms), about_messages(Verb::cut, node_list({2}), node_list({1}))), heal});
    control.start();
    control.run_until(at(6ms));
    CHECK(takes(control, n(1), n(2)) == 0ms);
    CHECK(control.severed() == (*whom == '\0' ? "" : "n2>n1"));
  }
}

TEST_CASE("fault link: where no such link is, it does not fire") {
  CHECK(told(2, {fault("none", when(1ms), setting(node_list({1}), node_list({1}), 10))}).empty());
}

TEST_CASE("fault cut: one that keeps what is in flight says so, and is undone as it was made") {
  FakeControl control(
      2, {lasting(fault("cut", when(1ms),
                        kept(about_messages(Verb::cut, node_list({1}), node_list({2})))),
                  9ms),
          lasting(fault("iso", when(2ms), kept(shaped(PartitionShape::isolate, node_list({1})))),
                  4ms)});
  control.start();
  control.run_until(at(3ms));
  CHECK(control.severed() == "n1>n2 n2>n1");
  CHECK_FALSE(control.network().cuts.swallows(n(1), n(2)));
  control.run_until(at(7ms));
  CHECK(control.severed() == "n1>n2");
  CHECK_FALSE(control.network().cuts.swallows(n(1), n(2)));
  control.run_until(at(11ms));
  CHECK(control.severed().empty());
  CHECK(control.take().front() == "fault cut: cut n1 -> n2, but not for what is on its way");
}

TEST_CASE("fault replay: sends again the message whose send met the trigger") {
  Fault again = fault("again", on_event("send", 2), act(Verb::replay));
  again.after = 2s;
  FakeControl control(2, {again});
  control.start();
  for (const std::uint64_t index : {11U, 12U, 13U}) {
    control.injector.on(sent_record(index), control);
    const bool wanted = !control.interference().take_rememberers().empty();
    CHECK(wanted == (index == 12));  // before the message has gone on
  }
  control.run_until(at(3s));
  CHECK(control.take() == Lines{"fault again: replay the message sent at e12", "replay 0 e12"});
  CHECK(control.causes.back() == 12);
}

TEST_CASE("fault replay: each of several messages in its turn, but for those that chance spares") {
  Fault again = fault("again", on_event("send"), act(Verb::replay));
  again.after = 1s;
  again.times = 1000;
  again.chance = parse_probability("50%").value;
  FakeControl control(2, {again});
  control.start();
  for (std::uint64_t index = 100; index < 140; ++index) {
    control.injector.on(sent_record(index), control);
  }
  control.run_until(at(2s));
  std::vector<std::string> replays;
  for (const std::string& line : control.take()) {
    if (line.starts_with("replay")) replays.push_back(line);
  }
  CHECK(replays.size() > 8);
  CHECK(replays.size() < 32);
  CHECK(std::is_sorted(replays.begin(), replays.end()));
}

}  // namespace quorate::testing
