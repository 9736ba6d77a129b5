// Faults of links and old messages: what they ask of the network, and how that ends.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>

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

TEST_CASE("fault link: what is set for good again and again is kept once, and is undone once") {
  const Action slow = setting(node_list({1}), node_list({2}), 10);
  FakeControl control(2, {fault("slow", every(Distribution::constant(1ms)), slow),
                          fault("end", when(99500us), act(Verb::heal))});
  control.start();
  control.run_until(at(99ms));
  CHECK(takes(control, n(1), n(2)) == 10ms);
  const Lines fired = control.take();
  CHECK(fired.size() == 99);
  control.run_until(at(99500us));
  CHECK(takes(control, n(1), n(2)) == 0ms);
  const Lines ended = control.take();
  CHECK(ended.size() == 2);  // the heal and what it ended
}

TEST_CASE("fault link: settings that a link has from the start change nothing") {
  Action plain = setting(node_list({1}), node_list({2}), 1);
  LinkSettings settings;
  settings.loss = parse_probability("0%").value;
  plain.settings = std::make_shared<const LinkSettings>(settings);
  FakeControl control(2, {lasting(fault("none", when(1ms), plain), 5ms)});
  control.start();
  control.run_until(at(6ms));
  CHECK(control.take() == Lines{});
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

namespace {

Fault swizzling(std::string id, Selector nodes, Duration length) {
  return lasting(
      fault(std::move(id), when(10ms), shaped(PartitionShape::swizzle, std::move(nodes))), length);
}

// How many lines begin so.
std::ptrdiff_t beginning(const Lines& lines, std::string_view with) {
  return std::ranges::count_if(lines,
                               [&](const std::string& line) { return line.starts_with(with); });
}

}  // namespace

TEST_CASE("fault swizzle: all leave in the first half of its time and are back in the second") {
  FakeControl control(3, {swizzling("sw", by(Selector::Kind::all), 100ms)});
  control.start();
  control.run_until(at(10ms));
  CHECK(control.take() == Lines{"fault sw: swizzle n1 n2 n3"});
  CHECK(control.injector.fired()[0] == 1);
  control.run_until(at(60ms - Duration{1}));
  Lines left = control.take();
  std::ranges::sort(left);
  CHECK(left == Lines{"fault sw: isolate n1", "fault sw: isolate n2", "fault sw: isolate n3"});
  CHECK(control.severed() == "n1>n2 n1>n3 n2>n1 n2>n3 n3>n1 n3>n2");
  control.run_until(at(110ms - Duration{1}));
  Lines back = control.take();
  std::ranges::sort(back);
  CHECK(back ==
        Lines{"heal sw: undo isolate n1", "heal sw: undo isolate n2", "heal sw: undo isolate n3"});
  CHECK(control.severed().empty());
  CHECK(control.injector.fired()[0] == 1);
  // The firing from nothing, whoever leaves from the firing, whoever is back from its leaving.
  CHECK(control.causes.front() == no_cause);
  for (std::size_t i = 1; i <= 3; ++i) CHECK(control.causes[i] == control.announced[0]);
  for (std::size_t i = 4; i <= 6; ++i) {
    CHECK(std::ranges::count(control.announced.begin() + 1, control.announced.begin() + 4,
                             control.causes[i]) == 1);
  }
}

TEST_CASE("fault swizzle: an order of its own under each seed") {
  std::set<Lines> orders;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    FakeControl control(3, {swizzling("sw", by(Selector::Kind::all), 100ms)}, seed);
    control.start();
    control.run_until(at(1s));
    orders.insert(control.take());
  }
  CHECK(orders.size() > 24);  // of 6 times 6
}

TEST_CASE("fault swizzle: one way, keeping what is in flight, and only those named") {
  Fault swizzle = swizzling("sw", node_list({2}), 100ms);
  swizzle.action.one_way = true;
  swizzle.action.in_flight = InFlight::keep;
  FakeControl control(3, {swizzle});
  control.start();
  control.run_until(at(60ms));
  CHECK(control.severed() == "n2>n1 n2>n3");
  CHECK_FALSE(control.network().cuts.swallows(n(2), n(1)));
  control.run_until(at(110ms));
  CHECK(control.severed().empty());
}

TEST_CASE("fault swizzle: a heal brings back who is away, and nobody leaves any more") {
  for (const char* whom : {"", "sw"}) {
    Fault heal = fault("h", when(30ms), act(Verb::heal));
    heal.action.fault = whom;
    FakeControl control(5, {swizzling("sw", by(Selector::Kind::all), 100ms), heal});
    control.start();
    control.run_until(at(30ms));
    CHECK(control.severed().empty());
    control.run_until(at(1s));
    const Lines lines = control.take();
    CHECK(beginning(lines, "fault sw: isolate") == beginning(lines, "heal sw: undo isolate"));
    CHECK(beginning(lines, "fault sw: isolate") < 5);
    CHECK(beginning(lines, "fault h: heal") == 1);
  }
}

TEST_CASE("fault swizzle: a heal before anybody left changes what was to come") {
  Fault heal = fault("h", when(10ms), act(Verb::heal));
  CHECK(told(3, {swizzling("sw", by(Selector::Kind::all), 1000s), heal}, at(2000s)) ==
        Lines{"fault sw: swizzle n1 n2 n3", "fault h: heal the network"});
}

TEST_CASE("fault swizzle: where there is nobody to leave, or to be left, it does not fire") {
  CHECK(told(1, {swizzling("sw", by(Selector::Kind::all), 100ms)}).empty());
  CHECK(told(3, {swizzling("sw", by(Selector::Kind::role, "leader"), 100ms)}).empty());
}

TEST_CASE("fault node: handlers take so long, key by key what was asked for last, until its end") {
  const auto work = [](std::optional<Duration> cost, std::optional<std::uint32_t> slow) {
    Action action = act(Verb::node, node_list({1}));
    if (cost) action.cost = Distribution::constant(*cost);
    action.slow = slow;
    return action;
  };
  FakeControl control(2, {lasting(fault("a", when(1ms), work(2ms, std::nullopt)), 9ms),
                          lasting(fault("b", when(2ms), work(std::nullopt, 10)), 4ms),
                          fault("same", when(3ms), work(2ms, 10))});
  control.start();
  control.run_until(at(1s));
  CHECK(control.take() ==
        Lines{"work n1 2ms x1", "fault a: let n1 take 2ms over each handler", "work n1 2ms x10",
              "fault b: let n1 take 10 times as long over each handler",
              "heal b: undo let n1 take 10 times as long over each handler", "work n1 2ms x1",
              "heal a: undo let n1 take 2ms over each handler", "work n1 own x1"});
  CHECK(control.injector.fired()[2] == 0);
}

TEST_CASE("fault disk: disks stall, lie or are slow, the latest of those in force counts") {
  Action stall = act(Verb::disk, node_list({1}));
  stall.stall = true;
  Action lie = act(Verb::disk, node_list({1}));
  lie.lie = true;
  Action slow = act(Verb::disk, node_list({1, 2}));
  slow.sync = Distribution::constant(50ms);
  FakeControl control(
      2, {lasting(fault("a", when(1ms), stall), 9ms), lasting(fault("b", when(2ms), lie), 4ms),
          fault("again", when(3ms), stall), fault("c", when(4ms), slow)});
  control.start();
  control.run_until(at(1s));
  CHECK(control.take() == Lines{"disk n1 own stalls", "fault a: stall the disk of n1",
                                "disk n1 own stalls lies", "fault b: let the disk of n1 lie",
                                "disk n1 50ms stalls lies", "disk n2 50ms",
                                "fault c: let the disk of n1 n2 take 50ms over each write",
                                "heal b: undo let the disk of n1 lie", "disk n1 50ms stalls",
                                "heal a: undo stall the disk of n1", "disk n1 50ms"});
  CHECK(control.injector.fired()[2] == 0);
}

TEST_CASE("fault disk: one is full until its fault is over, whatever else it is") {
  Action full = act(Verb::disk, node_list({1}));
  full.full = true;
  Action lie = act(Verb::disk, node_list({1}));
  lie.lie = true;
  FakeControl control(
      2, {lasting(fault("a", when(1ms), full), 9ms), lasting(fault("b", when(2ms), lie), 4ms)});
  control.start();
  control.run_until(at(1s));
  CHECK(control.take() == Lines{"disk n1 own full", "fault a: fill the disk of n1",
                                "disk n1 own lies full", "fault b: let the disk of n1 lie",
                                "heal b: undo let the disk of n1 lie", "disk n1 own full",
                                "heal a: undo fill the disk of n1", "disk n1 own"});
}

TEST_CASE("fault disk: one is read-only until its fault is over, or it settles") {
  Action mount = act(Verb::disk, node_list({1, 2}));
  mount.read_only = true;
  Action full = act(Verb::disk, node_list({1}));
  full.full = true;
  FakeControl control(
      2, {lasting(fault("a", when(1ms), mount), 9ms), lasting(fault("b", when(2ms), full), 4ms),
          fault("c", when(3ms), act(Verb::settle, node_list({1})))});
  control.start();
  control.run_until(at(1s));
  CHECK(control.take() ==
        Lines{"disk n1 own read-only", "disk n2 own read-only",
              "fault a: mount the disk of n1 n2 read-only", "disk n1 own full read-only",
              "fault b: fill the disk of n1", "fault c: settle n1",
              "heal c: undo mount the disk of n1 n2 read-only within the core", "disk n1 own full",
              "heal b: undo fill the disk of n1", "disk n1 own",
              "heal a: undo mount the disk of n1 n2 read-only", "disk n2 own"});
}

TEST_CASE("fault disk: acts hit nodes that are down, once, and nothing undoes them") {
  Action rot = act(Verb::disk, node_list({1, 2}));
  rot.harm.emplace().act = DiskAct::rot;
  Action random = act(Verb::disk, Selector{Selector::Kind::random, {}, {}});
  random.harm.emplace().act = DiskAct::truncate;
  random.harm->entries = 3;
  FakeControl control(3, {fault("early", when(1ms), rot),
                          fault("kill", when(2ms), act(Verb::crash, node_list({2}))),
                          fault("a", when(3ms), rot), fault("b", when(4ms), random)});
  control.start();
  control.run_until(at(1s));
  CHECK(control.take() == Lines{"fault kill: crash n2", "crash n2", "rot n2",
                                "fault a: let something rot on the disk of n2", "truncate n2",
                                "fault b: truncate what is on the disk of n2 by 3 entries"});
  CHECK(control.injector.fired()[0] == 0);
  REQUIRE(control.drawn.size() == 2);
  CHECK(control.drawn[0] != control.drawn[1]);
}

TEST_CASE("fault crash point: how much a write that ends short leaves is drawn, for each node") {
  Fault kill = fault("kill", when(1ms), act(Verb::crash, node_list({1, 2})));
  kill.action.moment = CrashMoment::short_write;
  Fault sync = kill;
  sync.id = "sync";
  sync.action.moment = CrashMoment::sync_error;
  FakeControl control(2, {kill, sync});
  control.start();
  control.run_until(at(3ms));
  const std::vector<CrashPoint>& points = control.interference().crash_points;
  REQUIRE(points.size() == 4);
  CHECK(points[0].draw != points[1].draw);
  CHECK(points[2].draw == 0);
  CHECK(points[3].draw == 0);
}

}  // namespace quorate::testing
