// Echo's test, and the pattern for a new protocol's: one case per sentence of its README.
#include <doctest/doctest.h>

#include "tests/support/run_text.hpp"

namespace quorate::echo {

namespace {

using testing::run_to_end;
using testing::scenario_of;

constexpr NodeId n1{0};

// Three nodes, messages of 10ms, and a client next to n1 that asks it once, at the start. A case
// sets whatever is different.
constexpr std::string_view quiet = R"({
  "quorate": 1,
  "protocol": { "use": "echo", "nodes": 3 },
  "stop": { "at": "30s" },
  "network": { "delay": "10ms", "clients": { "delay": "0ms" } },
  "workload": [{ "client": "c1", "op": "say", "node": "n1", "at": "0ms" }]
})";
constexpr const char* many = R"([
  { "client": "c1", "op": "say", "node": "n1", "every": "10ms", "count": 50 }
])";
constexpr const char* two_crashes = R"([
  { "at": "100ms", "for": "300ms", "do": { "crash": "n1" } },
  { "at": "300ms", "for": "300ms", "do": { "crash": "n2" } }
])";

std::int64_t metric(const Run& run, const std::string& name) {
  return run.outcome().metrics.at(name);
}

}  // namespace

TEST_CASE("echo: a request costs a Ping and a Pong for every other node, and two delays") {
  const auto told = run_to_end(scenario_of(quiet));
  CHECK(told->outcome().verdict == Verdict::pass);
  CHECK(metric(*told, "messages.Ping.sent") == 2);
  CHECK(metric(*told, "messages.Pong.sent") == 2);
  CHECK(metric(*told, "ops.acked") == 1);
  CHECK(metric(*told, "latency_us_max") == 20'000);
}

TEST_CASE("echo: a Ping or Pong that is lost is asked for again, and only that one") {
  // n3 misses the Ping of 0ms, not that of 100ms.
  const auto told = run_to_end(scenario_of(
      quiet, {{"faults", R"([{ "at": "5ms", "for": "100ms", "do": { "crash": "n3" } }])"}}));
  CHECK(metric(*told, "messages.Ping.sent") == 3);
  CHECK(metric(*told, "ops.acked") == 1);
  CHECK(metric(*told, "latency_us_max") == 120'000);
}

TEST_CASE("echo: what was open in a crash is asked anew, under a serial never used before") {
  // n1 dies before the Pongs reach it.
  const auto told = run_to_end(scenario_of(
      quiet, {{"faults", R"([{ "at": "15ms", "for": "10ms", "do": { "crash": "n1" } }])"}}));
  CHECK(told->outcome().verdict == Verdict::pass);
  CHECK(metric(*told, "ops.acked") == 1);
  CHECK(told->field(n1, "last_serial") == "2");
  CHECK(told->field(n1, "answered") == "2");
}

TEST_CASE("echo: every request is answered under loss, duplication and crashes, never too early") {
  const auto stormy = scenario_of(quiet, {{"network.loss", "20%"},
                                          {"network.duplicate", "20%"},
                                          {"workload", many},
                                          {"faults", two_crashes}});
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const auto told = run_to_end(stormy, seed);
    CHECK(told->outcome().verdict == Verdict::pass);
    CHECK(metric(*told, "ops.acked") == 50);
    CHECK(told->outcome().properties.at(0).exercised >= 50);
  }
}

TEST_CASE("echo: answering at the first Pong is found") {
  const auto told = run_to_end(scenario_of(
      quiet, {{"protocol.bugs", R"(["answers_early"])"},
              {"faults", R"([{ "at": "5ms", "for": "100ms", "do": { "crash": "n3" } }])"}}));
  REQUIRE(told->outcome().violation);
  CHECK(told->outcome().violation->property == "answered_by_all");
}

}  // namespace quorate::echo
