// What is told of a fault that never fired: what it waited for, and what came nearest.
#include <doctest/doctest.h>

#include <functional>

#include "tests/fault/fake_control.hpp"

namespace quorate::testing {
namespace {

Action crash_of(std::uint32_t number) { return act(Verb::crash, node_list({number})); }

// Why the first of the faults has not fired once it is 10 s.
std::string why_idle(FakeControl& control) {
  control.run_until(at(10s));
  return control.injector.why_idle(0, at(10s), control.names());
}

std::string why_idle(Fault waiting, const std::function<void(FakeControl&)>& happens = {}) {
  FakeControl control(3, {std::move(waiting)});
  control.start();
  if (happens) happens(control);
  return why_idle(control);
}

}  // namespace

TEST_CASE("fault idle: nothing is said of a fault that fired") {
  CHECK(why_idle(fault("kill", when(2ms), crash_of(1))).empty());
}

TEST_CASE("fault idle: a moment that lies behind the end of the run") {
  Fault late = fault("late", when(9s), crash_of(1));
  late.after = 2s;
  CHECK(why_idle(late) == "it was due at 11s, and the run ended at 10s");
  Fault seldom = fault("seldom", every(Distribution::constant(1min)), crash_of(1));
  CHECK(why_idle(seldom) == "none of its gaps was over before the run ended at 10s");
  seldom.until = at(4s);
  CHECK(why_idle(seldom) == "none of its gaps was over before its time was, at 4s");
}

TEST_CASE("fault idle: an event that came too seldom, or elsewhere") {
  const auto two = [](FakeControl& control) {
    control.elect(NodeId{0});
    control.elect(NodeId{1});
  };
  CHECK(why_idle(fault("kill", on_event("elected", 3), crash_of(1)), two) ==
        "it waited for the 3rd `elected` event; 2 came");
  CHECK(why_idle(fault("kill", on_event("recv"), crash_of(1)), two) ==
        "it waited for a `recv` event; none came");
  Trigger elsewhere = on_event("elected");
  elsewhere.event.node = node_list({3});
  CHECK(why_idle(fault("kill", elsewhere, crash_of(1)), two) ==
        "it waited for an `elected` event at n3; none came, and 2 at another node or time, or with "
        "other fields");
  CHECK(why_idle(fault("kill", elsewhere, crash_of(1))) ==
        "it waited for an `elected` event at n3; none came");
  Fault slow = fault("slow", on_event("elected"), crash_of(1));
  slow.after = 20s;
  CHECK(why_idle(slow, two) ==
        "its trigger was met, and the run ended within the 20s that it waits after that");
}

TEST_CASE("fault idle: a state that never held tells how near it came") {
  const auto two_of_three = [](FakeControl& control) {
    control.set_status(NodeId{0}, "ready");
    control.set_status(NodeId{2}, "ready");
    control.set_status(NodeId{0}, "follower");
  };
  CHECK(why_idle(fault("kill", on_state(Quantifier::all, "ready"), crash_of(1)), two_of_three) ==
        "it waited until every live node is ready; at most 2 of 3 live ones were at once");
  const auto one_of_three = [](FakeControl& control) { control.set_status(NodeId{1}, "ready"); };
  CHECK(
      why_idle(fault("kill", on_state(Quantifier::majority, "ready"), crash_of(1)), one_of_three) ==
      "it waited until more than half of all nodes are live and ready; at most 1 of 3 were at "
      "once");
  CHECK(why_idle(fault("kill", on_state(Quantifier::any, "leader"), crash_of(1)), two_of_three) ==
        "it waited until a live node is leader; none ever was");
}

TEST_CASE("fault idle: a state of exactly one may be too much, and of all it counts the living") {
  Fault lone = fault("kill", on_state(Quantifier::one, "ready"), crash_of(1));
  lone.from = at(2s);
  CHECK(why_idle(lone) ==
        "it waited until exactly one live node is ready; nothing happened in its "
        "time");
  const auto all_then_two = [](FakeControl& control) {
    for (std::uint32_t i = 0; i < 3; ++i) control.set_status(NodeId{i}, "ready");
    control.run_until(at(3s));
    control.set_status(NodeId{2}, "follower");
  };
  CHECK(why_idle(lone, all_then_two) ==
        "it waited until exactly one live node is ready; as many as 2 of 3 were at once");
  const auto one_of_two = [](FakeControl& control) {
    control.crash(NodeId{2}, no_cause);
    control.set_status(NodeId{0}, "ready");
  };
  CHECK(why_idle(fault("kill", on_state(Quantifier::all, "ready"), crash_of(1)), one_of_two) ==
        "it waited until every live node is ready; at most 1 of 2 live ones were at once");
  lone.from = at(20s);
  CHECK(why_idle(lone) == "it looks from 20s on, and the run ended at 10s");
}

TEST_CASE("fault idle: another fault that never fired") {
  FakeControl control(3, {fault("back", on_fault("kill"), act(Verb::restart, node_list({1}))),
                          fault("kill", when(1min), crash_of(1))});
  control.start();
  CHECK(why_idle(control) == "it waited for \"kill\", which never fired in its time");
}

TEST_CASE("fault idle: a firing that would have changed nothing") {
  CHECK(why_idle(fault("back", when(2ms), act(Verb::restart, node_list({1})))) ==
        "when it was due, at 2ms, \"restart n1\" would have changed nothing");
  Fault often =
      fault("often", every(Distribution::constant(4s)), act(Verb::resume, node_list({2})));
  CHECK(why_idle(often) ==
        "when it was due, at 8s the last of 2 times, \"resume n2\" would have changed nothing");
}

TEST_CASE("fault idle: a chance that never came up") {
  Fault unlucky = fault("unlucky", when(2ms), crash_of(1));
  unlucky.chance = Probability{};
  CHECK(why_idle(unlucky) == "it was due once, and its chance of 0% never came up");
}

TEST_CASE("fault idle: a crash point that no handler reached") {
  Action action = crash_of(1);
  action.moment = CrashMoment::before_persist;
  CHECK(why_idle(fault("torn", when(2ms), action)) ==
        "\"crash n1 before it writes to disk\": no handler came so far");
}

}  // namespace quorate::testing
