// The bully algorithm against its lecture: one case per sentence, message counts and times from
// first principles, and many seeds within and beyond the assumptions it makes.
#include <doctest/doctest.h>

#include "sim/run/protocol_entry.hpp"
#include "tests/support/zoo.hpp"

namespace quorate::bully {

ProtocolEntry protocol();

namespace {

constexpr Duration d = 10ms;  // every message takes exactly this long, unless a case says otherwise
constexpr Duration ok_timeout = 100ms;
constexpr Time notices{std::chrono::nanoseconds(1s).count()};  // when an election begins

enum Type : std::size_t { election, ok, coordinator, heartbeat };  // as Bully::Messages lists them

NodeId node(std::uint32_t number) { return NodeId{number - 1}; }  // n1 is node(1)

// What a run shows to somebody who sees every record.
struct Log final : Observer {
  struct Line {
    Time time;
    Kind kind;
    std::string name;
    NodeId node;
    NodeId to;
  };
  void on(const Record& record, const StateChange*) override {
    lines.push_back(
        {record.time, record.kind, std::string(record.body.name()), record.node, record.to});
  }
  std::vector<Line> find(Kind kind, std::string_view name) const {
    std::vector<Line> result;
    for (const Line& line : lines) {
      if (line.kind == kind && line.name == name) result.push_back(line);
    }
    return result;
  }
  std::vector<Line> lines;
};

// How a run went.
struct Told {
  std::unique_ptr<Run> run;
  Log log;

  const Outcome& outcome() const { return run->outcome(); }
  std::uint64_t sent(Type type) const { return run->ledger().counts()[type].sent; }
  std::string field(std::uint32_t number, std::string_view name) const {
    return run->field(node(number), name);
  }
  // Whom the messages of this type went to, from node `number`.
  std::vector<NodeId> receivers(std::uint32_t number, std::string_view type) const {
    std::vector<NodeId> result;
    for (const Log::Line& line : log.find(Kind::send, type)) {
      if (line.node == node(number)) result.push_back(line.to);
    }
    return result;
  }
  // From the start of the election until the last peer has learnt who won.
  Duration learnt() const {
    const std::vector<Log::Line> told = log.find(Kind::recv, "Coordinator");
    REQUIRE_FALSE(told.empty());
    return told.back().time - notices;
  }
  bool violated(std::string_view property) const {
    return outcome().violation && outcome().violation->property == property;
  }
};

// A scenario in the making: n peers in peace, the highest coordinating, no detector, no faults.
class Group {
 public:
  explicit Group(std::uint32_t size) {
    for (std::uint32_t i = 1; i <= size; ++i)
      scenario_.nodes.push_back({"n" + std::to_string(i), 1});
    scenario_.protocol = "bully";
    scenario_.network.nodes = size;
    scenario_.stop = Time{} + 5s;
    scenario_.params.kind = Value::Kind::object;
    delay("10ms").param("detection", "none");
  }
  Group& param(std::string_view name, std::string_view value) {
    scenario_.params.members.push_back({std::string(name), {}, Value::of(value)});
    return *this;
  }
  Group& delay(std::string_view distribution) {
    scenario_.network.link.delay = parse_distribution(distribution).value;
    return *this;
  }
  Group& bug(std::string_view name) {
    scenario_.bugs.push_back({std::string(name), {}, {}, Time::never(), {}});
    return *this;
  }
  Group& stop(Duration at) {
    scenario_.stop = Time{} + at;
    return *this;
  }
  Group& expect_agreed() {
    Expectation agreed;
    agreed.kind = Expectation::Kind::state_at_end;
    agreed.name = "agreed";
    scenario_.expect.push_back(agreed);
    return *this;
  }
  Fault& fault(Verb verb, Selector::Kind whom) {
    Fault fault;
    fault.id = "f" + std::to_string(scenario_.faults.size() + 1);
    fault.action.verb = verb;
    fault.action.target.kind = whom;
    scenario_.faults.push_back(fault);
    return scenario_.faults.back();
  }
  Group& at(Time moment, Verb verb, std::uint32_t number) {
    Fault& added = fault(verb, Selector::Kind::nodes);
    added.trigger.at = moment;
    added.action.target.nodes = {node(number)};
    return *this;
  }
  Group& crash(std::uint32_t number) { return at(Time{} + 500ms, Verb::crash, number); }
  // The peer notices that its coordinator no longer responds.
  Group& notice(std::uint32_t number) {
    at(notices, Verb::fire, number);
    scenario_.faults.back().action.timer = "watch_timeout";
    return *this;
  }
  // Dies right after its first OK of a handler has left.
  Group& crash_after_ok(std::uint32_t number) {
    at(Time{}, Verb::crash, number);
    scenario_.faults.back().action.moment = CrashMoment::after_sends;
    scenario_.faults.back().action.message = "Ok";
    return *this;
  }
  Scenario& scenario() { return scenario_; }
  Told run(std::uint64_t seed = 1) const {
    Told told;
    told.run = protocol().make(std::make_shared<const Scenario>(scenario_), seed, {});
    told.run->observe(told.log);
    told.run->run();
    return told;
  }

 private:
  Scenario scenario_;
};

using Nodes = std::vector<NodeId>;

}  // namespace

// ---- the lecture, sentence by sentence
// ------------------------------------------------------------

TEST_CASE("bully: P_k sends ELECTION to all processes with higher identifiers, and to no others") {
  const Told told = Group(5).crash(5).notice(3).run();
  CHECK(told.receivers(3, "Election") == Nodes{node(4), node(5)});
  CHECK(told.receivers(4, "Election") == Nodes{node(5)});
  CHECK(told.receivers(1, "Election").empty());
}

TEST_CASE("bully: if no one responds, P_k wins the election and becomes coordinator") {
  const Told told = Group(5).crash(5).notice(4).expect_agreed().run();
  CHECK(told.outcome().verdict == Verdict::pass);
  CHECK(told.field(4, "state") == "\"coordinator\"");
  const auto elected = told.log.find(Kind::event, "Elected");
  REQUIRE(elected.size() == 1);  // n5, with whom the run began, was in office, not elected
  CHECK(elected[0].node == node(4));
  CHECK(elected[0].time - notices == ok_timeout);
  CHECK(told.outcome().metrics.at("leaders") == 1);
  CHECK(told.outcome().metrics.at("leaderless_time_us") == 600'000);  // from crash to victory
}

TEST_CASE("bully: if a process with higher ID answers, it takes over and P_k's job is done") {
  const Told told = Group(5).crash(5).notice(3).expect_agreed().run();
  CHECK(told.receivers(4, "Ok") == Nodes{node(3)});
  CHECK(told.receivers(3, "Coordinator").empty());
  CHECK(told.field(3, "state") == "\"worker\"");
  CHECK(told.field(3, "coordinator") == "\"n4\"");
}

TEST_CASE("bully: the winning process sends COORDINATOR to all other processes, dead ones too") {
  const Told told = Group(4).crash(4).notice(3).run();
  CHECK(told.receivers(3, "Coordinator") == Nodes{node(1), node(2), node(4)});
}

TEST_CASE("bully: a process that comes back up holds an election") {
  Group group(5);
  group.crash(5).notice(4).at(notices + 1s, Verb::crash, 2).at(notices + 2s, Verb::restart, 2);
  const Told told = group.expect_agreed().run();
  CHECK(told.outcome().verdict == Verdict::pass);
  CHECK(told.receivers(2, "Election") == Nodes{node(3), node(4), node(5)});
  CHECK(told.field(4, "state") == "\"coordinator\"");
}

TEST_CASE("bully: a higher process that hears of a lower coordinator holds a new election") {
  // n5 restarts while n4's COORDINATOR is on its way to it.
  Group group(5);
  group.crash(5).notice(4).at(notices + ok_timeout + 5ms, Verb::restart, 5).expect_agreed();
  const Told told = group.run();
  CHECK(told.outcome().verdict == Verdict::pass);
  // Once because it came back, once because it heard of n4.
  CHECK(told.receivers(5, "Coordinator").size() == 8);
  CHECK(told.outcome().witnesses.at("taken_over") == 1);
}

TEST_CASE("bully: a peer holds one election at a time, however many ELECTIONs reach it") {
  const Told told = Group(6).crash(6).notice(1).run();
  CHECK(told.receivers(5, "Ok") == Nodes{node(1), node(2), node(3), node(4)});
  CHECK(told.receivers(5, "Election") == Nodes{node(6)});
}

TEST_CASE("bully: when the one that said OK dies, the election is held again after the timeout") {
  const Told told = Group(5).crash(5).notice(3).crash_after_ok(4).expect_agreed().run();
  CHECK(told.outcome().verdict == Verdict::pass);
  CHECK(told.outcome().witnesses.at("held_again") == 1);
  CHECK(told.field(3, "state") == "\"coordinator\"");
  // OK after 2d, then coordinator_timeout (200ms), then a second ELECTION that nobody answers.
  CHECK(told.learnt() == 2 * d + 200ms + ok_timeout + d);
}

TEST_CASE("bully: heartbeats keep the peace, and their silence starts an election") {
  const Told peace = Group(4).param("detection", "heartbeat").expect_agreed().run();
  CHECK(peace.outcome().verdict == Verdict::pass);
  CHECK(peace.sent(heartbeat) == 3 * (5s / 50ms));
  CHECK(peace.sent(election) + peace.sent(ok) + peace.sent(coordinator) == 0);

  const Told dead = Group(4).param("detection", "heartbeat").crash(4).expect_agreed().run();
  CHECK(dead.outcome().verdict == Verdict::pass);
  // The last heartbeat leaves at 450ms, before that of 500ms could.
  const Time silent = Time{} + 450ms + d + 200ms;
  for (const Log::Line& line : dead.log.find(Kind::event, "Suspected")) CHECK(line.time == silent);
  CHECK(dead.log.find(Kind::event, "Suspected").size() == 3);
}

// ---- what it costs
// ----------------------------------------------------------------------------------

// ---- mistakes
// ---------------------------------------------------------------------------------------

TEST_CASE("bully: an ok_timeout below two delays makes two coordinators") {
  // Nobody is dead but n2, which comes back and cannot wait for the answer.
  Group group(5);
  group.crash(2).at(notices, Verb::restart, 2).delay("20ms");
  CHECK(group.run().outcome().verdict == Verdict::pass);
  group.param("ok_timeout", "35ms");
  const Told told = group.run();
  CHECK(told.violated("one_coordinator"));
  CHECK(told.outcome().violation->nodes == Nodes{node(2), node(5)});
}

TEST_CASE("bully: without a coordinator_timeout nobody is elected once the one that said OK dies") {
  Group group(5);
  group.crash(5).notice(3).crash_after_ok(4).bug("no_coordinator_timeout");
  const Told told = group.expect_agreed().run();
  CHECK(told.outcome().verdict == Verdict::fail);
  CHECK_FALSE(told.outcome().violation);
  CHECK(told.field(3, "state") == "\"waiting\"");
}

TEST_CASE("bully: who obeys any COORDINATOR obeys a lower one") {
  Group group(5);
  group.crash(5).notice(4).at(notices + ok_timeout + 5ms, Verb::restart, 5);
  const Told told = group.bug("lower_coordinator_accepted").run();
  CHECK(told.violated("highest_wins"));
  CHECK(told.outcome().violation->nodes == Nodes{node(5), node(4)});
}

// ---- many seeds
// -------------------------------------------------------------------------------------

namespace {

// Peers crash and come back, some in the middle of a broadcast; delays vary, but stay below half an
// ok_timeout. Peace from about 5.6 s on.
Group stormy(std::uint64_t seed) {
  Group group(3 + static_cast<std::uint32_t>(seed % 5));
  group.delay("uniform(1ms, 49ms)").stop(9s).expect_agreed();
  group.scenario().params.members.clear();
  if (seed % 2 == 0) group.param("boot", "election");
  Fault& crashes = group.fault(Verb::crash, Selector::Kind::random);
  crashes.trigger.kind = Trigger::Kind::every;
  crashes.trigger.every = Distribution::exponential(200ms);
  crashes.lasts = Distribution::uniform(1ms, 600ms);
  crashes.until = Time{} + 5s;
  for (const std::string_view type : {"Coordinator", "Ok", "Election"}) {
    Fault& halfway = group.fault(Verb::crash, Selector::Kind::random);
    halfway.trigger.kind = Trigger::Kind::every;
    halfway.trigger.every = Distribution::exponential(1s);
    halfway.lasts = Distribution::uniform(1ms, 600ms);
    halfway.until = Time{} + 5s;
    halfway.may_not_fire = true;
    halfway.action.moment = CrashMoment::after_sends;
    halfway.action.message = type;
  }
  return group;
}

}  // namespace

TEST_CASE("bully: crashes and restarts under bounded delays violate nothing and end in agreement") {
  std::uint64_t crashes = 0;
  std::map<std::string, std::uint64_t> seen;
  for (std::uint64_t seed = 1; seed <= 600; ++seed) {
    const Told told = stormy(seed).run(seed);
    CHECK_MESSAGE(told.outcome().verdict == Verdict::pass, seed, ": ", told.outcome().reason);
    crashes += static_cast<std::uint64_t>(told.outcome().metrics.at("crashes"));
    for (const auto& [name, count] : told.outcome().witnesses) seen[name] += count;
    for (const PropertyResult& property : told.outcome().properties) {
      seen[property.name] += property.exercised;
    }
  }
  CHECK(crashes > 600 * 10);
  for (const std::string_view name :
       {"one_coordinator", "highest_wins", "elections_at_once", "taken_over", "held_again"}) {
    CHECK_MESSAGE(seen[std::string(name)] > 100, name, " was seen ", seen[std::string(name)]);
  }
}

TEST_CASE("bully: a coordinator that is slow, not dead, is replaced while it lives: reported") {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    Group group(5);
    group.param("detection", "heartbeat").delay("uniform(1ms, 49ms)");
    group.at(Time{} + 1s, Verb::pause, 5).at(Time{} + 2s, Verb::resume, 5);
    const Told told = group.run(seed);
    CHECK(told.violated("one_coordinator"));
    CHECK(told.outcome().violation->nodes.back() == node(5));
  }
}

TEST_CASE("bully: a partition has a coordinator on each side: reported") {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    Group group(5);
    group.param("detection", "heartbeat").delay("uniform(1ms, 49ms)");
    Fault& split = group.fault(Verb::partition, Selector::Kind::none);
    split.trigger.at = Time{} + 1s;
    split.action.shape = PartitionShape::random_halves;
    CHECK(group.run(seed).violated("one_coordinator"));
  }
}

TEST_CASE("bully: a node that is no member holds no election, however high") {
  Group group(5);
  group.param("detection", "heartbeat");
  group.scenario().members = {node(1), node(2), node(3)};
  group.at(Time{} + 1s, Verb::crash, 5).at(Time{} + 2s, Verb::restart, 5);
  const Told told = group.run(1);
  CHECK_FALSE(told.outcome().violation.has_value());
  for (const std::uint32_t number : {1, 2, 3}) CHECK(told.field(number, "coordinator") == "\"n3\"");
  for (const std::uint32_t number : {4, 5}) CHECK(told.field(number, "coordinator") == "null");
  CHECK(told.sent(election) == 0);
}

TEST_CASE("bully: lost messages are outside its assumptions, and that is seen") {
  std::uint32_t reported = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    Group group = stormy(seed);
    group.scenario().network.link.loss = parse_probability("20%").value;
    reported += group.run(seed).outcome().violation ? 1 : 0;
  }
  CHECK(reported > 50);
}

TEST_CASE("bully zoo: each mistake breaks what it is said to, and alone does") {
  testing::check_zoo_lessons("bully");
  testing::check_zoo_caught("bully");
  testing::check_zoo_first_broken("bully");
  testing::check_zoo_innocent("bully");
}

}  // namespace quorate::bully
