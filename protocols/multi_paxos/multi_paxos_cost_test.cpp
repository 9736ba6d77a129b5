// What a leader and its commands cost, exactly: one delay d for every message, no failures.
#include <doctest/doctest.h>

#include "protocols/multi_paxos/messages.hpp"
#include "tests/support/run_text.hpp"

namespace quorate::multi_paxos {

namespace {

using testing::make_run;
using testing::scenario_of;

constexpr Duration d = 10ms;
constexpr std::int64_t commands = 7;

std::int64_t sent(const Outcome& outcome, const std::string& type) {
  const auto found = outcome.metrics.find("messages." + type + ".sent");
  return found == outcome.metrics.end() ? 0 : found->second;
}

// When n1 became leader, and when each slot was first known as chosen, and applied by all.
struct Times final : Observer {
  void on(const Record& record, const StateChange*) override {
    const Duration now = record.time.since_start();
    if (record.body.get_if<Elected>() != nullptr) elected = now;
    if (const auto* m = record.body.get_if<Chosen>()) chosen.emplace(m->instance, now);
    if (const auto* m = record.body.get_if<Applied>()) applied[m->index] = now;
    if (const auto* m = record.body.get_if<Proposed>()) proposed.emplace(m->instance, now);
  }
  Duration elected{};
  std::map<std::uint64_t, Duration> proposed, chosen, applied;
};

// n1 stands at 50 ms; heartbeats are rare, so that commands alone are counted.
std::string stable(std::int64_t n, const std::string& params) {
  return R"({ "quorate": 1, "network": { "delay": "10ms" }, "stop": { "at": "1s" },
    "protocol": { "use": "multi_paxos", "nodes": )" +
         std::to_string(n) + R"(, "params": { "election_timeout": "1h", "heartbeat": "900ms")" +
         params + R"( }, "node_params": { "n1": { "election_timeout": "50ms" } } },
    "workload": [{ "client": "c1", "op": "put", "every": "100ms", "from": "100ms", "count": 7,
      "node": "n1" }] })";
}

}  // namespace

TEST_CASE("multi_paxos cost: 2(n-1) messages and 2d elect, and then choose each command") {
  for (std::int64_t n = 3; n <= 9; ++n) {
    CAPTURE(n);
    const auto run = make_run(scenario_of(stable(n, "")), 1);
    Times times;
    run->observe(times);
    run->run();
    const Outcome& outcome = run->outcome();
    CHECK(outcome.metrics.at("ops.acked") == commands);
    CHECK(sent(outcome, "Prepare") == n - 1);
    CHECK(sent(outcome, "Promise") == n - 1);
    CHECK(times.elected == 50ms + 2 * d);
    CHECK(sent(outcome, "Accept") == commands * (n - 1));
    CHECK(sent(outcome, "Accepted") == commands * (n - 1));
    CHECK(sent(outcome, "Nack") + sent(outcome, "Missing") + sent(outcome, "Learn") == 0);
    for (std::uint64_t slot = 1; slot <= commands; ++slot) {
      CHECK(times.chosen.at(slot) == times.proposed.at(slot) + 2 * d);
    }
    // The next command tells the others: a delay after it was proposed.
    CHECK(times.applied.at(1) == times.proposed.at(2) + d);
  }
}

TEST_CASE("multi_paxos cost: pushed, the news cost n-1 messages and everybody knows after 3d") {
  for (std::int64_t n = 3; n <= 9; ++n) {
    CAPTURE(n);
    const auto run = make_run(scenario_of(stable(n, R"(, "push_chosen": true)")), 1);
    Times times;
    run->observe(times);
    run->run();
    CHECK(sent(run->outcome(), "Heartbeat") == (1 + commands) * (n - 1) + (n - 1));
    for (std::uint64_t slot = 1; slot <= commands; ++slot) {
      CHECK(times.applied.at(slot) == times.proposed.at(slot) + 3 * d);
    }
  }
}

// Between two steady leaders: one Prepare for all slots, then one phase 2 for each open one.
TEST_CASE("multi_paxos cost: a new leader pays one phase 1, and one phase 2 for each open slot") {
  for (std::int64_t open = 0; open <= 5; ++open) {
    CAPTURE(open);
    std::string faults =
        R"({ "at": "10ms", "do": { "fire": { "node": "n1", "timer": "silence" } } })";
    for (std::int64_t i = 0; i < open; ++i) {
      faults += R"(, { "at": ")" + std::to_string(100 + i) +
                R"(ms", "do": { "request": { "node": "n1", "op": "put" } } })";
    }
    faults += R"(, { "at": "112ms", "do": { "crash": "n1" } },
      { "at": "200ms", "do": { "fire": { "node": "n2", "timer": "silence" } } })";
    const auto run = make_run(scenario_of(R"({ "quorate": 1, "network": { "delay": "10ms" },
      "stop": { "at": "1s" }, "protocol": { "use": "multi_paxos", "nodes": 5,
        "params": { "election_timeout": "1h", "heartbeat": "1h" } }, "faults": [)" +
                                          faults + "] }"),
                              1);
    Times times;
    run->observe(times);
    run->run();
    CHECK(sent(run->outcome(), "Prepare") == 2 * 4);
    CHECK(sent(run->outcome(), "Accept") == 2 * 4 * open);
    CHECK(times.elected == 200ms + 2 * d);
    for (std::int64_t slot = 1; slot <= open; ++slot) {
      CHECK(times.chosen.at(static_cast<std::uint64_t>(slot)) == 200ms + 4 * d);
    }
  }
}

}  // namespace quorate::multi_paxos
