// Each kind of expectation, met, missed and impossible to test, from records made by hand.
#include "sim/run/expectations.hpp"

#include <doctest/doctest.h>

#include <limits>

namespace quorate {
namespace {

constexpr NodeId n1{0};
constexpr NodeId n2{1};

Time at(Duration since_start) { return Time{} + since_start; }

// The end of a run, as a test wants it.
struct End final : EndState {
  bool up(NodeId node) const override { return !down.contains(node); }
  bool predicate(std::string_view name) const override { return name == "logs_equal"; }
  std::string field_text(NodeId node, std::string_view name) const override {
    if (name == "current_term") return node == n1 ? "3" : "4";
    if (name == "role") return "\"leader\"";
    if (name == "vote") return R"({"node":"n2","term":4})";
    return {};
  }
  NodeSet down;
};

// A run of one expectation (or several), told record by record.
class Judged {
 public:
  explicit Judged(std::vector<Expectation> expect) {
    auto scenario = std::make_shared<Scenario>();
    scenario->nodes = {{"n1", 1}, {"n2", 1}};
    scenario->clients = {"c1"};
    scenario->expect = std::move(expect);
    scenario->stop = at(10s);
    scenario_ = scenario;
    expectations_ = std::make_unique<Expectations>(scenario_);
  }
  explicit Judged(const Expectation& expectation) : Judged(std::vector{expectation}) {}

  void fault(std::string_view id, Duration since_start) {
    Record line;
    line.kind = Kind::fault;
    line.time = at(since_start);
    line.text = id;
    expectations_->on_fault(line);
    record(Kind::fault, since_start, no_node, {});
  }
  void elected(Duration since_start, NodeId node = n1, std::uint64_t epoch = 1) {
    const Elected event{epoch};
    record(Kind::event, since_start, node, AnyRef::to(event));
  }
  void record(Kind kind, Duration since_start, NodeId node, AnyRef body) {
    Record record;
    record.kind = kind;
    record.time = at(since_start);
    record.node = node;
    record.body = body;
    expectations_->on(record, scenario_->names());
  }
  std::vector<ExpectationResult> results() const {
    return expectations_->results(outcome, diagnosis, end, scenario_->initial_members());
  }
  ExpectationResult result() const { return results().at(0); }
  std::string why() const { return result().why; }
  bool met() const {
    CHECK(result().met == why().empty());
    return result().met;
  }
  Judged copied() const {
    Judged copy(scenario_->expect);
    *copy.expectations_ = *expectations_;
    return copy;
  }

  Outcome outcome;
  End end;
  std::vector<std::string> diagnosis;

 private:
  std::shared_ptr<const Scenario> scenario_;
  std::unique_ptr<Expectations> expectations_;
};

Expectation expect(Expectation::Kind kind, std::string name = {}) {
  Expectation expectation;
  expectation.kind = kind;
  expectation.name = std::move(name);
  return expectation;
}

Expectation elected_within(Duration within, std::string of = {}) {
  Expectation expectation = expect(Expectation::Kind::event_within);
  expectation.within = within;
  expectation.of = std::move(of);
  expectation.event.event = "elected";
  expectation.text = "elected in time";
  return expectation;
}

Expectation never(std::string event, std::string of = {}) {
  Expectation expectation = expect(Expectation::Kind::never);
  expectation.event.event = std::move(event);
  expectation.of = std::move(of);
  return expectation;
}

Expectation metric(std::string name) { return expect(Expectation::Kind::metric, std::move(name)); }

Expectation field(std::string name, Value is, std::vector<NodeId> nodes = {n1}) {
  Expectation expectation = expect(Expectation::Kind::field_at_end, std::move(name));
  expectation.node.kind = Selector::Kind::nodes;
  expectation.node.nodes = std::move(nodes);
  expectation.is = std::move(is);
  return expectation;
}

}  // namespace

TEST_CASE("expectations: an event within a time of a fault") {
  Judged run(elected_within(1s, "kill"));
  run.elected(200ms);  // before the fault: does not count
  SUBCASE("met at the last moment") {
    run.fault("kill", 714ms);
    run.elected(1714ms);
    CHECK(run.met());
    CHECK(run.result().text == "elected in time");
  }
  SUBCASE("a moment too late") {
    run.fault("kill", 714ms);
    run.elected(1714ms + 1ns);
    CHECK_FALSE(run.met());
    CHECK(run.why() == "no `elected` event within 1s of \"kill\" (0.714 s)");
    CHECK_FALSE(run.result().open);
  }
  SUBCASE("the run ended first") {
    CHECK(run.result().open);
    run.fault("kill", 714ms);
    CHECK(run.result().open);
    CHECK(
        run.why() ==
        "no `elected` event within 1s of \"kill\" (0.714 s); the run's last event was at 0.714 s");
  }
  SUBCASE("what was missed once is missed") {
    run.fault("kill", 714ms);
    run.fault("kill", 5s);
    run.elected(5100ms);
    CHECK_FALSE(run.met());
  }
  SUBCASE("a fault that repeats is followed by it each time") {
    run.fault("kill", 714ms);
    run.elected(800ms);
    run.fault("kill", 5s);
    CHECK_FALSE(run.met());
    run.elected(6s + 1ns);
    CHECK(run.why() == "no `elected` event within 1s of \"kill\" (5.000 s)");
  }
  SUBCASE("but not in a time that the end cuts") {
    run.fault("kill", 714ms);
    run.elected(800ms);
    run.fault("kill", 9s + 1ns);
    CHECK(run.met());
  }
  SUBCASE("another fault does not count") {
    run.fault("cut", 714ms);
    run.elected(800ms);
    CHECK_FALSE(run.met());
  }
  SUBCASE("the fault never fired") {
    run.elected(800ms);
    CHECK(run.why() == "the fault \"kill\" never fired, so this could not be tested");
  }
}

TEST_CASE("expectations: an event within a time of the start, at a node, for the nth time") {
  Expectation expectation = elected_within(500ms);
  expectation.event.node.kind = Selector::Kind::nodes;
  expectation.event.node.nodes = {n2};
  expectation.event.nth = 2;
  Judged run(expectation);
  run.elected(100ms, n1);
  run.elected(200ms, n2);
  CHECK(run.why() ==
        "only 1 of 2 matches: `elected` event at n2 within 500ms of the start; "
        "the run's last event was at 0.200 s");
  run.elected(300ms, n2);
  CHECK(run.met());
}

TEST_CASE("expectations: an event with given fields") {
  Expectation expectation = elected_within(1s);
  expectation.event.fields = {{"epoch", {}, Value::of(std::int64_t{2})}};
  Judged run(expectation);
  run.elected(100ms, n1, 1);
  CHECK_FALSE(run.met());
  run.elected(200ms, n1, 2);
  CHECK(run.met());
}

TEST_CASE("expectations: never") {
  SUBCASE("met") {
    Judged run(never("elected"));
    const Epoch epoch{1};
    run.record(Kind::event, 1ms, n1, AnyRef::to(epoch));
    CHECK(run.met());
  }
  SUBCASE("missed") {
    Judged run(never("elected"));
    run.elected(214ms, n2);
    run.elected(300ms, n1);
    CHECK(run.why() == "`elected` event at 0.214 s at n2, which must never happen");
  }
  SUBCASE("a kind of record") {
    Judged run(never("crash"));
    CHECK(run.met());
    run.record(Kind::crash, 1s, n1, {});
    CHECK_FALSE(run.met());
  }
  SUBCASE("after a fault only") {
    Judged run(never("elected", "kill"));
    run.elected(1ms);
    run.fault("kill", 2ms);
    CHECK(run.met());
    run.elected(3ms);
    CHECK_FALSE(run.met());
  }
  SUBCASE("after a fault that never fired it is not met for nothing") {
    Judged run(never("elected", "kill"));
    CHECK(run.why() == "the fault \"kill\" never fired, so this could not be tested");
  }
}

TEST_CASE("expectations: metrics and witnesses within bounds") {
  Expectation expectation = metric("ops.acked");
  expectation.min = 100;
  expectation.max = 120;
  Judged run(expectation);
  CHECK(run.why() == "metric \"ops.acked\" has no value in this run");
  for (const auto& [value, met] : {std::pair{99, false}, {100, true}, {120, true}, {121, false}}) {
    run.outcome.metrics["ops.acked"] = value;
    CHECK(run.met() == met);
  }
  CHECK(run.why() == "metric \"ops.acked\" is 121, expected at most 120");
  run.outcome.metrics["ops.acked"] = 97;
  CHECK(run.why() == "metric \"ops.acked\" is 97, expected at least 100");

  Expectation time = metric("latency_us_p99");
  time.max = 39'500;
  Judged slow(time);
  slow.outcome.metrics["latency_us_p99"] = 40'000;
  CHECK(slow.why() == "metric \"latency_us_p99\" is 40ms, expected at most 39.5ms");
  slow.outcome.metrics["latency_us_p99"] = std::numeric_limits<std::int64_t>::max();
  CHECK(slow.why() ==
        "metric \"latency_us_p99\" is 9223372036854775807us, expected at most 39.5ms");

  Expectation exact = metric("split_votes");
  exact.is = Value::of(std::int64_t{0});
  Judged witness(exact);
  witness.outcome.witnesses["split_votes"] = 0;
  CHECK(witness.met());
  witness.outcome.witnesses["split_votes"] = 2;
  CHECK(witness.why() == "metric \"split_votes\" is 2, expected 0");
}

TEST_CASE("expectations: a lesson expects that a property breaks") {
  Judged run(expect(Expectation::Kind::violation, "election_safety"));
  CHECK(run.why() == "the property \"election_safety\" was expected to break and was not checked");
  run.outcome.properties = {{"election_safety", 3, 1}};
  CHECK(run.why() == "the property \"election_safety\" was expected to break and held");
  run.outcome.violation = Violation{"log_matching", {n1}, "Logs differ."};
  CHECK(run.why() ==
        "the property \"election_safety\" was expected to break, but \"log_matching\" broke first");
  run.outcome.violation->property = "election_safety";
  CHECK(run.met());
}

TEST_CASE("expectations: a diagnosis") {
  Judged run(expect(Expectation::Kind::diagnosis, "deadlock"));
  CHECK(run.why() == "the run was expected to end in \"deadlock\", and nothing was diagnosed");
  run.diagnosis = {"blocked", "livelock"};
  CHECK(run.why() ==
        "the run was expected to end in \"deadlock\"; diagnosed: \"blocked\" \"livelock\"");
  run.diagnosis = {"blocked", "deadlock"};
  CHECK(run.met());
}

TEST_CASE("expectations: the state at the end") {
  CHECK(Judged(expect(Expectation::Kind::state_at_end, "logs_equal")).met());
  const Judged missed(expect(Expectation::Kind::state_at_end, "one_leader"));
  CHECK(missed.why() == "\"one_leader\" does not hold at the end");
}

TEST_CASE("expectations: of nodes that are down at the end nothing holds") {
  Judged everybody(expect(Expectation::Kind::state_at_end, "logs_equal"));
  everybody.end.down.insert(n1);
  CHECK(everybody.met());
  everybody.end.down.insert(n2);
  CHECK(everybody.why() == "\"logs_equal\" holds of nobody: no node is up at the end");
  Judged one(field("role", Value::of("leader")));
  one.end.down.insert(n1);
  CHECK(one.why() == "n1 is down at the end, so it has no role");
  Expectation all = field("role", Value::of("leader"), {});
  all.node.kind = Selector::Kind::all;
  Judged living(all);
  living.end.down.insert(n1);
  CHECK(living.met());
  living.end.down.insert(n2);
  CHECK_FALSE(living.met());
}

TEST_CASE("expectations: a field at the end") {
  const Value three = Value::of(std::int64_t{3});
  CHECK(Judged(field("current_term", three)).met());
  CHECK(Judged(field("role", Value::of("leader"), {n1, n2})).met());
  CHECK(Judged(field("current_term", three, {n1, n2})).why() ==
        "n2's current_term is 4 at the end, expected 3");
  CHECK(Judged(field("currant_term", three)).why() == "n1 has no field \"currant_term\"");
  CHECK_FALSE(Judged(field("current_term", Value::of("3"))).met());
  Expectation everybody = field("current_term", three, {});
  everybody.node.kind = Selector::Kind::all;
  CHECK_FALSE(Judged(everybody).met());
  everybody.name = "role";
  everybody.is = Value::of("leader");
  CHECK(Judged(everybody).met());
  CHECK_FALSE(Judged(field("role", Value::of("leader"), {})).met());
}

TEST_CASE("expectations: an object is met by one with at least its members") {
  Value wanted;
  wanted.kind = Value::Kind::object;
  wanted.members = {{"term", {}, Value::of(std::int64_t{4})}};
  CHECK(Judged(field("vote", wanted)).met());
  wanted.members.push_back({"node", {}, Value::of("n1")});
  CHECK_FALSE(Judged(field("vote", wanted)).met());
}

TEST_CASE("expectations: several keep the scenario's order, and a copy judges for itself") {
  Judged run({never("elected"), elected_within(1s, "kill"), elected_within(1s)});
  run.elected(100ms);
  const Judged before = run.copied();
  run.fault("kill", 200ms);
  run.elected(300ms);
  const auto met = [](const Judged& judged) {
    std::vector<bool> result;
    for (const ExpectationResult& one : judged.results()) result.push_back(one.met);
    return result;
  };
  CHECK(met(run) == std::vector<bool>{false, true, true});
  CHECK(met(before) == std::vector<bool>{false, false, true});
}

TEST_CASE("stop event: the nth match stops the run, and nothing else does") {
  auto scenario = std::make_shared<Scenario>();
  Record record;
  record.kind = Kind::event;
  const Elected event{1};
  record.body = AnyRef::to(event);
  StopEvent none(scenario);
  none.on(record, {});
  CHECK_FALSE(none.reached());
  scenario->stop_at_event.emplace();
  scenario->stop_at_event->event = "elected";
  scenario->stop_at_event->nth = 2;
  StopEvent second(scenario);
  second.on(record, {});
  CHECK_FALSE(second.reached());
  Record other = record;
  other.kind = Kind::crash;
  second.on(other, {});
  CHECK_FALSE(second.reached());
  second.on(record, {});
  CHECK(second.reached());
  second.on(record, {});
  CHECK(second.reached());
}

TEST_CASE("expectations: who leaves in a partition that swizzles fires nothing") {
  Fault swizzle;
  swizzle.id = "sw";
  swizzle.action.verb = Verb::partition;
  swizzle.action.shape = PartitionShape::swizzle;
  Fault other = swizzle;
  other.id = "other";
  auto scenario = std::make_shared<Scenario>();
  scenario->faults = {swizzle, other};
  Expectations expectations{scenario};
  const auto fires = [&](std::string_view id, std::uint64_t index, std::uint64_t cause) {
    Record line;
    line.kind = Kind::fault;
    line.text = id;
    line.index = index;
    line.cause = cause;
    return expectations.on_fault(line);
  };
  CHECK(fires("sw", 3, no_cause));
  CHECK_FALSE(fires("sw", 8, 3));
  CHECK(fires("sw", 9, 8));  // by what happened as a node left
  CHECK_FALSE(fires("sw", 12, 3));
  CHECK_FALSE(fires("sw", 13, 9));
}

}  // namespace quorate
