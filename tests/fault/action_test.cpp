// What faults do: every verb, whom each selector means, how each is undone.
#include <doctest/doctest.h>

#include <cmath>

#include "tests/fault/fake_control.hpp"

namespace quorate::testing {
namespace {

constexpr std::uint32_t first_client = 5;

std::string severed_by(std::uint32_t nodes, Action action) {
  FakeControl control(nodes, {fault("f", when(1ms), std::move(action))});
  control.start();
  control.run_until(at(1ms));
  return control.severed();
}

}  // namespace

TEST_CASE("fault action: crash, restart, pause and resume change nodes that can be changed") {
  Fault reset = fault("reset", when(3ms), act(Verb::restart, by(Selector::Kind::all)));
  reset.action.amnesia = true;
  FakeControl control(3, {fault("kill", when(1ms), act(Verb::crash, node_list({1, 3}))),
                          fault("more", when(2ms), act(Verb::crash, by(Selector::Kind::all))),
                          reset, fault("stop", when(4ms), act(Verb::pause, node_list({2}))),
                          fault("stop2", when(5ms), act(Verb::pause, node_list({2, 3}))),
                          fault("go", when(6ms), act(Verb::resume, by(Selector::Kind::all)))});
  control.start();
  control.run_until(at(1s));
  CHECK(control.take() ==
        Lines{"fault kill: crash n1 n3", "crash n1", "crash n3", "fault more: crash n2", "crash n2",
              "fault reset: restart n1 n2 n3 with an empty disk", "reset n1", "reset n2",
              "reset n3", "fault stop: pause n2", "pause n2", "fault stop2: pause n3", "pause n3",
              "fault go: resume n2 n3", "resume n2", "resume n3"});
}

TEST_CASE("fault action: what would change nothing does not fire and says nothing") {
  FakeControl control(
      2, {fault("kill", when(1ms), act(Verb::crash, node_list({1}))),
          fault("again", when(2ms), act(Verb::crash, node_list({1}))),
          fault("up", when(2ms), act(Verb::restart, node_list({2}))),
          fault("go", when(2ms), act(Verb::resume, node_list({2}))),
          fault("freeze", when(2ms), act(Verb::pause, node_list({1}))),
          fault("ask", when(2ms), act(Verb::request, node_list({1}))),
          fault("fire", when(2ms), act(Verb::fire, node_list({2}))),
          fault("heal", when(2ms), act(Verb::heal)), fault("let", when(2ms), act(Verb::release)),
          fault("whole", when(2ms), split({{n(1), n(2)}})),
          fault("self", when(2ms), about_messages(Verb::cut, node_list({1}), node_list({1}))),
          fault("who", when(2ms), act(Verb::crash, by(Selector::Kind::fault_node, "up"))),
          fault("role", when(2ms), act(Verb::crash, by(Selector::Kind::role, "king")))});
  control.start();
  control.run_until(at(1s));
  CHECK(control.take() == Lines{"fault kill: crash n1", "crash n1"});
  std::vector<std::uint64_t> fired(13, 0);
  fired[0] = 1;
  CHECK(control.injector.fired() == fired);
}

TEST_CASE("fault action: a crash or pause that lasts is undone at the nodes it stopped") {
  CHECK(told(3, {fault("kill", when(1ms), act(Verb::crash, node_list({1}))),
                 lasting(fault("both", when(2ms), act(Verb::crash, node_list({1, 2}))), 5ms),
                 lasting(fault("gc", when(3ms), act(Verb::pause, node_list({3}))), 6ms)}) ==
        Lines{"fault kill: crash n1", "crash n1", "fault both: crash n2", "crash n2",
              "fault gc: pause n3", "pause n3", "heal both: restart n2", "restart n2",
              "heal gc: resume n3", "resume n3"});
}

TEST_CASE("fault action: the end of a crash leaves a node alone that another fault crashed since") {
  const Lines lines =
      told(2, {lasting(fault("short", when(1ms), act(Verb::crash, node_list({1}))), 10ms),
               fault("back", when(2ms), act(Verb::restart, node_list({1}))),
               fault("final", when(3ms), act(Verb::crash, node_list({1})))});
  CHECK(lines.back() == "crash n1");
  CHECK(lines.size() == 6);
}

TEST_CASE("fault action: fire and request") {
  Fault timer = fault("timer", when(1ms), act(Verb::fire, by(Selector::Kind::all)));
  timer.action.timer = "election";
  Fault ask = fault("ask", when(2ms), act(Verb::request, node_list({2})));
  ask.action.operation = {"put", "x", "1"};
  FakeControl control(3, {timer, ask});
  control.armed_timers = {{0, "election"}, {1, "heartbeat"}, {2, "election"}};
  control.start();
  control.run_until(at(1s));
  CHECK(control.take() == Lines{"timer election n1", "timer election n3",
                                "fault timer: fire election at n1 n3",
                                "fault ask: request put x 1 at n2", "submit put n2"});
}

// ---- selectors ---------------------------------------------------------------------------------

TEST_CASE("fault selector: the leader is who was elected last and lives") {
  const auto crashed = [](auto&& prepare) {
    FakeControl control(4,
                        {fault("kill", when(1ms), act(Verb::crash, by(Selector::Kind::leader)))});
    control.start();
    prepare(control);
    control.take();
    control.run_until(at(1ms));
    return control.take();
  };
  CHECK(crashed([](FakeControl&) {}).empty());
  CHECK(crashed([](FakeControl& control) {
          control.elect(n(2));
          control.elect(n(3));
        }) == Lines{"fault kill: crash n3", "crash n3"});
  CHECK(crashed([](FakeControl& control) {
          control.elect(n(3));
          control.crash(n(3), 0);
          control.restart(n(3), {}, 0);
        }).empty());
  CHECK(crashed([](FakeControl& control) {
          control.elect(n(3));
          control.crash(n(3), 0);
          control.statuses = {"follower", "leader", "follower", "coordinator"};
        }) == Lines{"fault kill: crash n2", "crash n2"});
  CHECK(crashed([](FakeControl& control) { control.roles[3] = "coordinator"; }) ==
        Lines{"fault kill: crash n4", "crash n4"});
}

TEST_CASE("fault selector: by role, by status of live nodes, and whom a fault hit last") {
  FakeControl control(
      4, {fault("down", when(1ms), act(Verb::crash, by(Selector::Kind::role, "b"))),
          fault("s", when(2ms), act(Verb::crash, by(Selector::Kind::role, "ready"))),
          fault("up", when(3ms), act(Verb::restart, by(Selector::Kind::role, "b"))),
          fault("dead", when(4ms), act(Verb::restart, by(Selector::Kind::role, "ready"))),
          fault("back", when(5ms), act(Verb::restart, by(Selector::Kind::fault_node, "s")))});
  control.roles = {"a", "b", "a", "b"};
  control.statuses = {"ready", "ready", "init", "init"};
  control.start();
  control.run_until(at(1s));
  CHECK(control.take() == Lines{"fault down: crash n2 n4", "crash n2", "crash n4",
                                "fault s: crash n1", "crash n1", "fault up: restart n2 n4",
                                "restart n2", "restart n4", "fault back: restart n1",
                                "restart n1"});
}

TEST_CASE("fault selector: random takes one node that the action can change") {
  Fault kill = fault("kill", every(Distribution::constant(1ms)),
                     act(Verb::crash, by(Selector::Kind::random)));
  FakeControl control(5, {kill});
  control.start();
  control.run_until(at(5ms));
  CHECK(control.injector.fired()[0] == 5);  // each time another
  control.run_until(at(1s));
  CHECK(control.injector.fired()[0] == 5);  // nobody is left
  for (std::uint32_t i = 1; i <= 5; ++i) CHECK_FALSE(control.up(n(i)));

  Fault back = fault("back", when(1ms), act(Verb::restart, by(Selector::Kind::random)));
  FakeControl one_down(5, {back});
  one_down.crash(n(4), 0);
  one_down.take();
  one_down.start();
  one_down.run_until(at(1ms));
  CHECK(one_down.take() == Lines{"fault back: restart n4", "restart n4"});
}

TEST_CASE("fault selector: random among those of a status, each as likely as the other") {
  constexpr int draws = 1'000'000;
  Fault ask = fault("ask", every(Distribution::constant(1us)),
                    act(Verb::request, by(Selector::Kind::random, "follower")));
  FakeControl control(4, {ask});
  control.statuses[1] = "leader";
  control.start();
  std::map<std::string, int> hits;
  for (int i = 1; i <= draws / 1000; ++i) {
    control.run_until(at(i * 1ms));
    for (const std::string& line : control.take()) {
      if (line.starts_with("submit")) ++hits[line.substr(line.size() - 2)];
    }
    control.asked.clear();
  }
  CHECK(hits.size() == 3);
  for (const auto& [node, count] : hits) {
    CHECK(std::abs(count - draws / 3.0) < 4 * std::sqrt(draws * 2.0 / 9));
  }
  CHECK(hits.count("n2") == 0);
}

// ---- the network -------------------------------------------------------------------------------

TEST_CASE("fault action: partitions of every shape, between nodes only") {
  CHECK(severed_by(3, split({{n(1)}, {n(2), n(3)}})) == "n1>n2 n1>n3 n2>n1 n3>n1");
  CHECK(severed_by(3, split({{n(1), n(2)}})) == "n1>n3 n2>n3 n3>n1 n3>n2");
  CHECK(severed_by(3, shaped(PartitionShape::isolate, node_list({2}))) ==
        "n1>n2 n2>n1 n2>n3 n3>n2");
  CHECK(severed_by(4, shaped(PartitionShape::isolate, node_list({1, 2}))) ==
        "n1>n2 n1>n3 n1>n4 n2>n1 n2>n3 n2>n4 n3>n1 n3>n2 n4>n1 n4>n2");
  CHECK(severed_by(5, shaped(PartitionShape::bridge, node_list({3}))) ==
        "n1>n4 n1>n5 n2>n4 n2>n5 n4>n1 n4>n2 n5>n1 n5>n2");
  Action one_way = split({{n(1)}, {n(2), n(3)}});
  one_way.one_way = true;
  CHECK(severed_by(3, one_way) == "n1>n2 n1>n3");
}

TEST_CASE("fault action: a ring of majorities severs opposites, and needs four nodes") {
  CHECK(severed_by(4, shaped(PartitionShape::majorities_ring)) == "n1>n3 n2>n4 n3>n1 n4>n2");
  CHECK(severed_by(5, shaped(PartitionShape::majorities_ring)) ==
        "n1>n3 n1>n4 n2>n4 n2>n5 n3>n1 n3>n5 n4>n1 n4>n2 n5>n2 n5>n3");
  FakeControl three(3, {fault("ring", when(1ms), shaped(PartitionShape::majorities_ring))});
  three.start();
  three.run_until(at(2ms));
  CHECK(three.injector.fired() == std::vector<std::uint64_t>{0});
}

TEST_CASE("fault action: a client named in a group reaches only its side") {
  CHECK(severed_by(2, split({{n(1), NodeId{2}}, {n(2)}})) == "n1>n2 n2>n1 n2>c1 c1>n2");
}

TEST_CASE("fault action: random halves differ by at most one and are told in the trace") {
  Fault halves = fault("split", when(1ms), shaped(PartitionShape::random_halves));
  FakeControl control(5, {halves});
  control.start();
  control.run_until(at(1ms));
  const std::string line = control.take().at(0);
  CHECK(line.starts_with("fault split: partition n"));
  CHECK(line.find(" | ") != std::string::npos);
  const std::string severed = control.severed();
  CHECK(std::count(severed.begin(), severed.end(), '>') == 12);  // 2 * 3, both ways
}

TEST_CASE("fault action: cut is directed, and may name clients") {
  CHECK(severed_by(3, about_messages(Verb::cut, node_list({2, 3}), node_list({1}))) ==
        "n2>n1 n3>n1");
  CHECK(severed_by(3, about_messages(Verb::cut, node_list({1}), {})) == "n1>n2 n1>n3");
  Selector client{Selector::Kind::nodes, {NodeId{3}}, {}};
  CHECK(severed_by(3, about_messages(Verb::cut, client, node_list({1}))) == "c1>n1");
}

TEST_CASE("fault action: what was cut opens when its time is up, but for what others cut too") {
  FakeControl control(
      3,
      {lasting(fault("iso", when(1ms), shaped(PartitionShape::isolate, node_list({1}))), 10ms),
       lasting(fault("cut", when(5ms), about_messages(Verb::cut, node_list({1}), node_list({2}))),
               10ms)});
  control.start();
  control.run_until(at(12ms));
  CHECK(control.severed() == "n1>n2");
  control.run_until(at(16ms));
  CHECK(control.severed().empty());
  CHECK(control.take() == Lines{"fault iso: isolate n1", "fault cut: cut n1 -> n2",
                                "heal iso: undo isolate n1", "heal cut: undo cut n1 -> n2"});
}

TEST_CASE("fault action: a partition that fires again before its end overlaps with itself") {
  Fault iso = lasting(fault("iso", every(Distribution::constant(10ms)),
                            shaped(PartitionShape::isolate, node_list({1}))),
                      15ms);
  iso.times = 2;
  FakeControl control(2, {iso});
  control.start();
  control.run_until(at(26ms));
  CHECK(control.severed() == "n1>n2 n2>n1");
  control.run_until(at(35ms));
  CHECK(control.severed().empty());
}

TEST_CASE("fault action: heal undoes one fault, or everything in the network") {
  Fault one = fault("one", when(3ms), act(Verb::heal));
  one.action.fault = "a";
  FakeControl control(
      3, {lasting(fault("a", when(1ms), about_messages(Verb::cut, node_list({1}), node_list({2}))),
                  10ms),
          fault("b", when(2ms), about_messages(Verb::cut, node_list({1, 2}), node_list({3}))), one,
          fault("all", when(4ms), act(Verb::heal))});
  control.start();
  control.run_until(at(3ms));
  CHECK(control.severed() == "n1>n3 n2>n3");
  control.run_until(at(1s));
  CHECK(control.severed().empty());
  CHECK(control.take() == Lines{"fault a: cut n1 -> n2", "fault b: cut n1 n2 -> n3",
                                "fault one: heal a", "heal a: undo cut n1 -> n2",
                                "fault all: heal the network", "heal b: undo cut n1 n2 -> n3"});
}

TEST_CASE("fault action: omission puts a rule on messages and takes it away again") {
  Fault sends = lasting(fault("sends", when(1ms), act(Verb::omit, node_list({1}))), 5ms);
  sends.action.message = "AppendEntries";
  sends.action.chance = parse_probability("25%").value;
  sends.action.count = 3;
  Fault receives = fault("receives", when(2ms), act(Verb::omit, node_list({2})));
  receives.action.side = OmissionSide::receive;
  receives.action.from = node_list({1, 3});
  FakeControl control(3, {sends, receives});
  control.start();
  control.run_until(at(2ms));
  const std::vector<MessageRule>& rules = control.interference().rules;
  REQUIRE(rules.size() == 2);
  CHECK(rules[0].effect == RuleEffect::omit_send);
  CHECK(rules[0].from.members() == std::vector{n(1)});
  CHECK(rules[0].to.size() == first_client);  // three nodes and two clients
  CHECK(rules[0].type == 1);
  CHECK(rules[0].chance == sends.action.chance);
  CHECK(rules[0].remaining == 3);
  CHECK(rules[1].fault == 1);
  CHECK(rules[1].effect == RuleEffect::omit_receive);
  CHECK(rules[1].from.members() == std::vector{n(1), n(3)});
  CHECK(rules[1].to.members() == std::vector{n(2)});
  CHECK_FALSE(rules[1].type);
  CHECK(rules[1].chance == certainty);
  control.run_until(at(1s));
  REQUIRE(rules.size() == 1);
  CHECK(rules[0].fault == 1);
  CHECK(control.take() ==
        Lines{"fault sends: omit to send AppendEntries n1 -> anybody, 25%, at most 3",
              "fault receives: omit to receive messages n1 n3 -> n2",
              "heal sends: undo omit to send AppendEntries n1 -> anybody, 25%, at most 3"});
}

TEST_CASE("fault action: an omission of a message the protocol does not have never fires") {
  Fault omit = fault("omit", when(1ms), act(Verb::omit, node_list({1})));
  omit.action.message = "Gossip";
  FakeControl control(2, {omit});
  control.start();
  control.run_until(at(1s));
  CHECK(control.injector.fired()[0] == 0);
  CHECK(control.interference().rules.empty());
}

TEST_CASE("fault action: an omission that fires again begins anew") {
  Fault omit = lasting(
      fault("omit", every(Distribution::constant(10ms)), act(Verb::omit, node_list({1}))), 15ms);
  omit.times = 2;
  omit.action.count = 1;
  FakeControl control(2, {omit});
  control.start();
  control.run_until(at(12ms));
  control.interference().rules.at(0).remaining = 0;
  control.run_until(at(26ms));  // the first one would have ended
  REQUIRE(control.interference().rules.size() == 1);
  CHECK(control.interference().rules[0].remaining == 1);
  control.run_until(at(35ms));
  CHECK(control.interference().rules.empty());
}

TEST_CASE("fault action: hold keeps messages until a release, a heal or its end") {
  Fault hold = fault("hold", when(1ms), about_messages(Verb::hold, node_list({1}), node_list({2})));
  hold.action.message = "RequestVote";
  Fault other =
      lasting(fault("other", when(1ms), about_messages(Verb::hold, {}, node_list({3}))), 9ms);
  Fault third = fault("third", when(1ms), about_messages(Verb::hold, node_list({2}), {}));
  Fault release = fault("go", when(3ms), act(Verb::release));
  release.action.fault = "hold";
  FakeControl control(3, {hold, other, third, release, fault("heal", when(20ms), act(Verb::heal))});
  control.start();
  control.run_until(at(1ms));
  REQUIRE(control.interference().rules.size() == 3);
  CHECK(control.interference().rules[0].type == 0);
  CHECK(control.interference().rules[1].from.size() == first_client);
  CHECK(control.interference().rules[1].to.members() == std::vector{n(3)});
  control.run_until(at(1s));
  CHECK(control.interference().rules.empty());
  CHECK(control.take() ==
        Lines{"fault hold: hold RequestVote n1 -> n2", "fault other: hold messages anybody -> n3",
              "fault third: hold messages n2 -> anybody", "fault go: release hold",
              "heal hold: undo hold RequestVote n1 -> n2", "release 0",
              "heal other: undo hold messages anybody -> n3", "release 1",
              "fault heal: heal the network", "heal third: undo hold messages n2 -> anybody",
              "release 2"});
}

TEST_CASE("fault action: release lets go of holds only") {
  FakeControl control(
      2, {fault("cut", when(1ms), about_messages(Verb::cut, node_list({1}), node_list({2}))),
          fault("hold", when(1ms), about_messages(Verb::hold, node_list({1}), {})),
          fault("go", when(2ms), act(Verb::release))});
  control.start();
  control.run_until(at(1s));
  CHECK(control.severed() == "n1>n2");
  CHECK(control.lines.back() == "release 1");
}

// ---- crash points ------------------------------------------------------------------------------

TEST_CASE("fault crash point: armed silently, announced when it is reached") {
  Fault kill = fault("kill", on_event("elected"), act(Verb::crash, by(Selector::Kind::leader)));
  kill.action.moment = CrashMoment::after_sends;
  kill.action.nth = 2;
  kill.action.message = "AppendEntries";
  Fault back =
      fault("back", on_fault("kill"), act(Verb::restart, by(Selector::Kind::fault_node, "kill")));
  back.after = 4ms;
  FakeControl control(3, {kill, back});
  control.start();
  control.elect(n(2));
  control.run_until(at(1ms));
  CHECK(control.take().empty());
  CHECK(control.injector.fired()[0] == 0);
  CHECK_FALSE(control.injector.first_fired("kill"));
  const std::vector<CrashPoint>& points = control.interference().crash_points;
  REQUIRE(points.size() == 1);
  CHECK(points[0].node == n(2));
  CHECK(points[0].moment == CrashMoment::after_sends);
  CHECK(points[0].nth == 2);
  CHECK(points[0].type == 1);
  control.elect(n(3));  // used up: it may fire once, and is armed
  control.run_until(at(5ms));
  REQUIRE(points.size() == 1);
  CHECK(points[0].node == n(2));
  control.reach(points[0]);
  CHECK(control.injector.fired()[0] == 1);
  CHECK(control.injector.first_fired("kill") == at(5ms));
  control.run_until(at(1s));
  CHECK(control.take() == Lines{"fault kill: crash n2 after 2 AppendEntries of one handler",
                                "crash n2", "fault back: restart n2", "restart n2"});
}

TEST_CASE("fault crash point: lasts restarts the node so much later") {
  Fault kill = lasting(fault("kill", when(1ms), act(Verb::crash, node_list({1}))), 6ms);
  kill.action.moment = CrashMoment::before_persist;
  FakeControl control(2, {kill});
  control.start();
  control.run_until(at(3ms));
  control.reach(control.interference().crash_points.at(0));
  control.run_until(at(8ms));
  CHECK(control.take() == Lines{"fault kill: crash n1 before it writes to disk", "crash n1"});
  control.run_until(at(9ms));
  CHECK(control.take() == Lines{"heal kill: restart n1", "restart n1"});
}

TEST_CASE("fault crash point: one that is never reached has not fired") {
  Fault kill = fault("kill", when(1ms), act(Verb::crash, node_list({1})));
  kill.action.moment = CrashMoment::after_persist;
  FakeControl control(2, {kill});
  control.start();
  control.run_until(at(1s));
  CHECK(control.interference().crash_points.size() == 1);
  CHECK(control.injector.fired()[0] == 0);
  CHECK(control.take().empty());
}

TEST_CASE("fault crash point: armed again, the newest trigger decides whom it is about") {
  Fault kill = fault("kill", on_event("elected"), act(Verb::crash, by(Selector::Kind::leader)));
  kill.action.moment = CrashMoment::after_persist;
  kill.times = 2;
  FakeControl control(3, {kill});
  control.start();
  control.elect(n(2));
  control.run_until(at(1ms));
  control.elect(n(3));
  control.run_until(at(2ms));
  REQUIRE(control.interference().crash_points.size() == 1);
  CHECK(control.interference().crash_points[0].node == n(3));
  control.reach(control.interference().crash_points[0]);
  control.elect(n(1));
  control.run_until(at(3ms));
  CHECK(control.interference().crash_points.size() == 1);  // one of two used
  control.reach(control.interference().crash_points[0]);
  control.elect(n(2));
  control.run_until(at(4ms));
  CHECK(control.interference().crash_points.empty());
  CHECK(control.injector.fired()[0] == 2);
}

TEST_CASE("fault action: a heal follows from the fault whose time is up, or from who ended it") {
  Fault nap = fault("nap", when(1ms), act(Verb::pause, node_list({1})));
  nap.lasts = Distribution::constant(2ms);
  Fault split_a = fault("split", when(5ms), split({{n(1)}, {n(2), n(3)}}));
  split_a.lasts = Distribution::constant(2ms);
  FakeControl control(3, {nap, split_a, fault("cut", when(10ms), split({{n(2)}, {n(1), n(3)}})),
                          fault("end", when(20ms), act(Verb::heal))});
  control.start();
  control.run_until(at(30ms));
  REQUIRE(control.announced.size() == 7);  // nap, its heal, split, its heal, cut, end, cut's heal
  CHECK(control.causes == std::vector<std::uint64_t>{no_cause, control.announced[0], no_cause,
                                                     control.announced[2], no_cause, no_cause,
                                                     control.announced[5]});
}

TEST_CASE("fault action: a general omission is a rule for either side, and one fault") {
  Fault omit = lasting(fault("deaf", when(1ms), act(Verb::omit, node_list({2}))), 5ms);
  omit.action.side = OmissionSide::both;
  omit.action.to = node_list({3});
  omit.action.chance = parse_probability("30%").value;
  FakeControl control(3, {omit});
  control.start();
  control.run_until(at(2ms));
  std::vector<MessageRule> rules = control.interference().rules;
  REQUIRE(rules.size() == 2);
  CHECK(rules[0].effect == RuleEffect::omit_send);
  CHECK(rules[0].from.members() == std::vector{n(2)});
  CHECK(rules[0].to.members() == std::vector{n(3)});
  CHECK(rules[1].effect == RuleEffect::omit_receive);
  CHECK(rules[1].from.size() == first_client);  // everybody
  CHECK(rules[1].to.members() == std::vector{n(2)});
  CHECK(rules[0].stream.next() != rules[1].stream.next());
  control.run_until(at(1s));
  CHECK(control.interference().rules.empty());
  const std::string words =
      "omit to send messages n2 -> n3, and to receive messages anybody -> n2, 30%";
  CHECK(control.take() == Lines{"fault deaf: " + words, "heal deaf: undo " + words});
  CHECK(control.injector.fired()[0] == 1);
}

}  // namespace quorate::testing
