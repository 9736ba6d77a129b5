// Echo's test, and the pattern for a new protocol's: one case per sentence of its README.
#include <doctest/doctest.h>

#include "sim/run/protocol_entry.hpp"

namespace quorate {

ProtocolEntry echo_protocol();

namespace {

// Three nodes, messages of 10ms, and a client that asks n1 once, at the start.
Scenario quiet() {
  Scenario scenario;
  scenario.protocol = "echo";
  scenario.nodes = {{"n1", 1}, {"n2", 1}, {"n3", 1}};
  scenario.clients = {"c1"};
  scenario.network.nodes = 3;
  scenario.network.clients = 1;
  scenario.network.link.delay = Distribution::constant(10ms);
  Workload once;
  once.operation = {"say", "hello", ""};
  once.node = NodeId{0};
  once.at = Time{};
  once.count = 1;
  scenario.workload = {once};
  scenario.stop = Time{} + 5s;
  return scenario;
}

Fault crash(std::string id, std::uint32_t node, Duration at, Duration lasts) {
  Fault fault;
  fault.id = std::move(id);
  fault.trigger.at = Time{} + at;
  fault.lasts = Distribution::constant(lasts);
  fault.action.target.kind = Selector::Kind::nodes;
  fault.action.target.nodes = {NodeId{node}};
  return fault;
}

std::unique_ptr<Run> run(const Scenario& scenario, std::uint64_t seed = 1) {
  auto run = echo_protocol().make(std::make_shared<const Scenario>(scenario), seed, {});
  run->run();
  return run;
}

std::int64_t metric(const Run& run, const std::string& name) {
  return run.outcome().metrics.at(name);
}

}  // namespace

TEST_CASE("echo: a request costs a Ping and a Pong for every other node, and two delays") {
  const auto told = run(quiet());
  CHECK(told->outcome().verdict == Verdict::pass);
  CHECK(metric(*told, "messages.Ping.sent") == 2);
  CHECK(metric(*told, "messages.Pong.sent") == 2);
  CHECK(metric(*told, "ops.acked") == 1);
  CHECK(metric(*told, "latency_us_max") == 20'000);  // clients are next to their node here
}

TEST_CASE("echo: a Ping or Pong that is lost is asked for again, and only that one") {
  Scenario scenario = quiet();
  scenario.faults = {crash("down", 2, 5ms, 100ms)};  // n3 misses the Ping of 0ms, not that of 100ms
  const auto told = run(scenario);
  CHECK(metric(*told, "messages.Ping.sent") == 3);
  CHECK(metric(*told, "ops.acked") == 1);
  CHECK(metric(*told, "latency_us_max") == 120'000);
}

TEST_CASE("echo: what was open in a crash is asked anew, under a serial never used before") {
  Scenario scenario = quiet();
  scenario.faults = {crash("down", 0, 15ms, 10ms)};  // n1 dies before the Pongs reach it
  const auto told = run(scenario);
  CHECK(told->outcome().verdict == Verdict::pass);
  CHECK(metric(*told, "ops.acked") == 1);
  CHECK(told->field(NodeId{0}, "last_serial") == "2");
  CHECK(told->field(NodeId{0}, "answered") == "2");
}

TEST_CASE("echo: every request is answered under loss, duplication and crashes, never too early") {
  Scenario scenario = quiet();
  scenario.network.link.loss = parse_probability("20%").value;
  scenario.network.link.duplicate = parse_probability("20%").value;
  scenario.workload[0].at.reset();
  scenario.workload[0].every = Distribution::constant(10ms);
  scenario.workload[0].count = 50;
  scenario.faults = {crash("first", 0, 100ms, 300ms), crash("second", 1, 300ms, 300ms)};
  scenario.stop = Time{} + 30s;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const auto told = run(scenario, seed);
    CHECK(told->outcome().verdict == Verdict::pass);
    CHECK(metric(*told, "ops.acked") == 50);
    CHECK(told->outcome().properties.at(0).exercised >= 50);
  }
}

TEST_CASE("echo: answering at the first Pong is found") {
  Scenario scenario = quiet();
  scenario.bugs = {{"answers_early", {}, {}, Time::never()}};
  scenario.faults = {crash("down", 2, 5ms, 100ms)};
  const auto told = run(scenario);
  REQUIRE(told->outcome().violation);
  CHECK(told->outcome().violation->property == "answered_by_all");
}

}  // namespace quorate
