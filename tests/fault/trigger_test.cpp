// When faults fire: every form of trigger, and what narrows it down.
#include <doctest/doctest.h>

#include <cmath>

#include "tests/fault/fake_control.hpp"

namespace quorate::testing {
namespace {

// A message of the tests' own.
struct RequestVote {
  std::uint64_t term{};
  NodeId candidate;
  QUORATE_FIELDS(RequestVote, term, candidate)
};

Action crash(std::uint32_t number) { return act(Verb::crash, node_list({number})); }
Action request(std::uint32_t number) {
  Action action = act(Verb::request, node_list({number}));
  action.operation.verb = "put";
  return action;
}

std::vector<Time> fired_at(FakeControl& control, Time end) {
  std::vector<Time> moments;
  for (std::uint64_t before = 0; control.now() < end;) {
    control.run_until(control.now() + 1ms);
    if (control.injector.fired()[0] != before) moments.push_back(control.now());
    before = control.injector.fired()[0];
  }
  return moments;
}

}  // namespace

TEST_CASE("fault trigger: at fires once at its moment, after waits on top") {
  Fault late = fault("late", when(2ms), crash(2));
  late.after = 3ms;
  FakeControl control(3, {fault("kill", when(2ms), crash(1)), late});
  control.start();
  control.run_until(at(1ms));
  CHECK(control.take().empty());
  control.run_until(at(2ms));
  CHECK(control.take() == Lines{"fault kill: crash n1", "crash n1"});
  control.run_until(at(100ms));
  CHECK(control.take() == Lines{"fault late: crash n2", "crash n2"});
  CHECK(control.injector.fired() == std::vector<std::uint64_t>{1, 1});
  CHECK(control.injector.first_fired("kill") == at(2ms));
  CHECK(control.injector.first_fired("late") == at(5ms));
  CHECK_FALSE(control.injector.first_fired("nobody"));
}

TEST_CASE("fault trigger: at never comes before from, and not at all once until is reached") {
  Fault early = fault("early", when(2ms), crash(1));
  early.from = at(10ms);
  Fault over = fault("over", when(5ms), crash(2));
  over.until = at(5ms);
  FakeControl control(3, {early, over});
  control.start();
  control.run_until(at(9ms));
  CHECK(control.take().empty());
  control.run_until(at(1s));
  CHECK(control.take() == Lines{"fault early: crash n1", "crash n1"});
  CHECK(control.injector.fired() == std::vector<std::uint64_t>{1, 0});
  CHECK_FALSE(control.injector.first_fired("over"));
}

TEST_CASE("fault trigger: every counts its gaps from from, ends at until, without limit between") {
  Fault often = fault("often", every(Distribution::constant(10ms)), request(1));
  often.from = at(5ms);
  often.until = at(45ms);
  FakeControl control(1, {often});
  control.start();
  CHECK(fired_at(control, at(100ms)) == std::vector<Time>{at(15ms), at(25ms), at(35ms)});
}

TEST_CASE("fault trigger: every stops after its times") {
  Fault often = fault("often", every(Distribution::constant(10ms)), request(1));
  often.times = 2;
  FakeControl control(1, {often});
  control.start();
  CHECK(fired_at(control, at(100ms)) == std::vector<Time>{at(10ms), at(20ms)});
  CHECK(control.injector.first_fired("often") == at(10ms));
  CHECK(control.asked.back() == at(30ms));  // and then lets the run come to rest
}

TEST_CASE("fault trigger: every with a gap of 0 still lets time pass") {
  Fault often = fault("often", every(Distribution::constant(0ns)), request(1));
  often.until = at(10ns);
  FakeControl control(1, {often});
  control.start();
  control.run_until(at(1us));
  CHECK(control.injector.fired()[0] == 9);
}

TEST_CASE("fault trigger: p is drawn per occurrence, and what it refuses does not use up times") {
  const Probability half = parse_probability("50%").value;
  constexpr int occurrences = 1'000'000;
  Fault often = fault("often", every(Distribution::constant(1us)), request(1));
  often.chance = half;
  FakeControl control(1, {often});
  control.start();
  for (int i = 1; i <= occurrences / 1000; ++i) {
    control.run_until(at(i * 1ms));
    control.take();
    control.asked.clear();
  }
  const double fired = static_cast<double>(control.injector.fired()[0]);
  CHECK(std::abs(fired - occurrences * 0.5) < 4 * std::sqrt(occurrences * 0.25));

  often.until = at(2ms);
  often.times = 20;
  FakeControl limited(1, {often});
  limited.start();
  limited.run_until(at(2s));
  CHECK(limited.injector.fired()[0] == 20);

  often.chance = Probability{};
  FakeControl never(1, {often});
  never.start();
  never.run_until(at(2s));
  CHECK(never.injector.fired()[0] == 0);
}

TEST_CASE("fault trigger: a protocol's event by its name, at the nth match") {
  FakeControl control(3, {fault("kill", on_event("elected", 2), crash(1))});
  control.start();
  control.elect(n(2));
  control.event(n(2), Blocked{"x"});
  control.run_until(at(1ms));
  CHECK(control.take().empty());
  control.elect(n(3));
  CHECK(control.take().empty());  // not inside the step, but as the next event of this instant
  control.run_until(at(1ms));
  CHECK(control.take() == Lines{"fault kill: crash n1", "crash n1"});
  CHECK(control.asked == std::vector<Time>{at(1ms)});
}

TEST_CASE("fault trigger: matches outside the window do not count towards the nth") {
  Fault kill = fault("kill", on_event("elected", 2), crash(1));
  kill.from = at(5ms);
  kill.until = at(10ms);
  FakeControl control(3, {kill});
  control.start();
  for (const Duration moment : {1ms, 2ms, 5ms}) {
    control.run_until(at(moment));
    control.elect(n(2));
  }
  control.run_until(at(10ms));
  control.elect(n(2));
  control.run_until(at(1s));
  CHECK(control.injector.fired()[0] == 0);
}

TEST_CASE("fault trigger: with times, an event fires at its nth match and at every later one") {
  Fault again = fault("again", on_event("elected", 2), request(1));
  again.times = 2;
  FakeControl control(3, {again});
  control.start();
  std::vector<std::uint64_t> fired;
  for (int i = 0; i < 5; ++i) {
    control.elect(n(1));
    control.run_until(control.now() + 1ms);
    fired.push_back(control.injector.fired()[0]);
  }
  CHECK(fired == std::vector<std::uint64_t>{0, 1, 2, 2, 2});
}

TEST_CASE("fault trigger: matches while the action waits do not queue up") {
  Fault slow = fault("slow", on_event("elected"), request(1));
  slow.after = 10ms;
  FakeControl control(3, {slow});
  control.start();
  for (int i = 0; i < 5; ++i) control.elect(n(1));
  control.run_until(at(1s));
  CHECK(control.injector.fired()[0] == 1);
  CHECK(control.asked == std::vector<Time>{at(10ms)});
}

TEST_CASE("fault trigger: a kind of record, with message, node, fields and window") {
  Fault strict = fault("strict", on_event("recv"), request(1));
  strict.from = at(5ms);
  EventPattern& pattern = strict.trigger.event;
  pattern.message = "Request*";
  pattern.node = node_list({3});
  pattern.fields = {{"term", {}, Value::of(std::int64_t{2})}, {"candidate", {}, Value::of("n2")}};
  FakeControl control(3, {strict});
  control.start();
  const auto fires = [&](Kind kind, NodeId node, const RequestVote& vote) {
    const std::uint64_t before = control.injector.fired()[0];
    control.tell(kind, node, AnyRef::to(vote), n(2), node);
    control.run_until(control.now());
    return control.injector.fired()[0] != before;
  };
  CHECK_FALSE(fires(Kind::recv, n(3), {2, n(2)}));  // before from
  control.run_until(at(5ms));
  CHECK_FALSE(fires(Kind::send, n(3), {2, n(2)}));
  CHECK_FALSE(fires(Kind::recv, n(2), {2, n(2)}));
  CHECK_FALSE(fires(Kind::recv, n(3), {1, n(2)}));
  CHECK_FALSE(fires(Kind::recv, n(3), {2, n(1)}));
  CHECK(fires(Kind::recv, n(3), {2, n(2)}));
  CHECK_FALSE(fires(Kind::recv, n(3), {2, n(2)}));  // once
}

TEST_CASE("fault trigger: an event somewhere, by leader, role and an earlier fault") {
  Fault first = fault("first", on_event("crash"), request(1));
  first.trigger.event.node = by(Selector::Kind::leader);
  Fault second = fault("second", on_event("restart"), request(1));
  second.trigger.event.node = by(Selector::Kind::fault_node, "kill");
  Fault third = fault("third", on_event("blocked"), request(1));
  third.trigger.event.node = by(Selector::Kind::role, "witness");
  Fault fourth = fault("fourth", on_event("blocked"), request(1));
  fourth.trigger.event.node = by(Selector::Kind::all);
  FakeControl control(4, {fault("kill", when(1ms), crash(3)), first, second, third, fourth});
  control.roles[3] = "witness";
  control.start();
  control.elect(n(2));
  control.run_until(at(2ms));
  control.crash(n(4), 0);
  control.restart(n(4), {}, 0);
  control.event(NodeId{4}, Blocked{"a client"});
  control.run_until(at(3ms));
  CHECK(control.injector.fired() == std::vector<std::uint64_t>{1, 0, 0, 0, 0});
  control.event(n(1), Blocked{"x"});
  control.run_until(at(4ms));
  CHECK(control.injector.fired() == std::vector<std::uint64_t>{1, 0, 0, 0, 1});
  control.event(n(4), Blocked{"x"});
  control.crash(n(2), 0);
  control.restart(n(3), {}, 0);
  control.run_until(at(5ms));
  CHECK(control.injector.fired() == std::vector<std::uint64_t>{1, 1, 1, 1, 1});
}

TEST_CASE("fault trigger: another fault, when that one fires") {
  Fault back = fault("back", on_fault("kill"), act(Verb::restart, node_list({1})));
  back.after = 7ms;
  Fault idle = fault("idle", on_fault("vain"), request(2));
  FakeControl control(
      3, {back, fault("kill", when(1ms), crash(1)), fault("vain", when(2ms), crash(1)), idle});
  control.start();
  control.run_until(at(1s));
  CHECK(control.take() ==
        Lines{"fault kill: crash n1", "crash n1", "fault back: restart n1", "restart n1"});
  CHECK(control.injector.first_fired("back") == at(8ms));
  CHECK(control.injector.fired() == std::vector<std::uint64_t>{1, 1, 0, 0});
}

TEST_CASE("fault trigger: a state fires when it becomes true, not while it stays so") {
  Fault kill = fault("kill", on_state(Quantifier::any, "ready"), request(1));
  kill.times = 5;
  FakeControl control(3, {kill});
  control.start();
  const auto fired_after = [&](NodeId node, const char* status) {
    control.set_status(node, status);
    control.run_until(control.now() + 1ms);
    return control.injector.fired()[0];
  };
  CHECK(fired_after(n(1), "init") == 0);
  CHECK(fired_after(n(1), "ready") == 1);
  CHECK(fired_after(n(2), "ready") == 1);
  CHECK(fired_after(n(1), "init") == 1);
  CHECK(fired_after(n(2), "init") == 1);
  CHECK(fired_after(n(3), "ready") == 2);
}

TEST_CASE("fault trigger: states quantify over the live nodes that play the role") {
  const auto holds = [](Quantifier quantifier, std::vector<std::string> statuses, bool third_up) {
    FakeControl control(4, {});
    control.statuses = std::move(statuses);
    control.roles[3] = "witness";
    if (!third_up) control.crash(n(3), 0);
    return state_holds({quantifier, "server", "ready"}, control);
  };
  const std::vector<std::string> none{"init", "init", "init", "ready"};
  const std::vector<std::string> one{"ready", "init", "init", "init"};
  const std::vector<std::string> two{"ready", "ready", "init", "init"};
  CHECK_FALSE(holds(Quantifier::any, none, true));
  CHECK(holds(Quantifier::any, one, true));
  CHECK(holds(Quantifier::one, one, true));
  CHECK_FALSE(holds(Quantifier::one, two, true));
  CHECK_FALSE(holds(Quantifier::majority, one, true));
  CHECK(holds(Quantifier::majority, two, true));
  CHECK_FALSE(holds(Quantifier::majority, one, false));
  CHECK_FALSE(holds(Quantifier::all, two, true));
  CHECK(holds(Quantifier::all, two, false));
  FakeControl lonely(3, {});
  lonely.crash(n(2), 0);
  lonely.crash(n(3), 0);
  CHECK(state_holds({Quantifier::all, "", "follower"}, lonely));
  CHECK_FALSE(state_holds({Quantifier::majority, "", "follower"}, lonely));  // one of three
  CHECK_FALSE(state_holds({Quantifier::all, "nothing", "ready"}, FakeControl(2, {})));
}

TEST_CASE("fault trigger: a state is looked at within its window, and no more once used up") {
  Fault kill = fault("kill", on_state(Quantifier::any, "ready"), request(1));
  kill.from = at(10ms);
  FakeControl control(1, {kill});
  control.start();
  CHECK(control.injector.wants_state());
  control.set_status(n(1), "ready");
  control.run_until(at(10ms));
  CHECK(control.injector.fired()[0] == 0);
  control.handled();
  control.run_until(at(11ms));
  CHECK(control.injector.fired()[0] == 1);
  control.handled();
  CHECK_FALSE(control.injector.wants_state());
  CHECK_FALSE(FakeControl(1, {fault("f", when(1ms), crash(1))}).injector.wants_state());
}

TEST_CASE("fault trigger: a fault that never fired shows in fired()") {
  FakeControl control(
      2, {fault("never", on_event("elected"), crash(1)), fault("kill", when(1ms), crash(1))});
  control.start();
  control.run_until(at(1s));
  CHECK(control.injector.fired() == std::vector<std::uint64_t>{0, 1});
  CHECK(control.injector.faults()[0].id == "never");
}

TEST_CASE("fault trigger: a fault follows from what triggered it, a moment from nothing") {
  Fault event = fault("event", on_event("elected"), crash(1));
  event.after = 3ms;
  const Fault state = fault("state", on_state(Quantifier::any, "leader"), crash(2));
  FakeControl control(4, {fault("moment", when(1ms), crash(4)), event, state,
                          fault("follower", on_fault("event"), crash(3))});
  control.start();
  control.run_until(at(1ms));
  control.tell(Kind::pause, n(1));     // e2, behind the fault line and the crash
  control.elect(n(1));                 // e3
  control.set_status(n(1), "leader");  // e4
  control.run_until(at(10ms));
  CHECK(control.take() == Lines{"fault moment: crash n4", "crash n4", "fault state: crash n2",
                                "crash n2", "fault event: crash n1", "crash n1",
                                "fault follower: crash n3", "crash n3"});
  const std::uint64_t event_line = control.announced.at(2);
  CHECK(control.causes == std::vector<std::uint64_t>{no_cause, 4, 3, event_line});
}

TEST_CASE("fault trigger: triggers that wait together keep their causes apart") {
  Fault twice = fault("twice", on_event("elected"), request(1));
  twice.after = 5ms;
  twice.times = 2;
  FakeControl control(3, {twice});
  control.start();
  control.elect(n(1));  // e0
  control.tell(Kind::pause, n(2));
  control.elect(n(2));  // e2
  control.run_until(at(10ms));
  CHECK(control.causes == std::vector<std::uint64_t>{0, 2});
}

}  // namespace quorate::testing
