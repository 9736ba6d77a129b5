// What a transaction costs, exactly: messages, delays and log records without failures, one delay d
// for every message.
#include <doctest/doctest.h>

#include "protocols/3pc/messages.hpp"
#include "tests/support/run_text.hpp"

namespace quorate::p3pc {

namespace {

using testing::make_run;
using testing::scenario_of;

constexpr Duration d = 10ms;
constexpr Duration asked = 20ms;  // the client's request reaches the coordinator

std::int64_t sent(const Outcome& outcome, const std::string& type) {
  const auto found = outcome.metrics.find("messages." + type + ".sent");
  return found == outcome.metrics.end() ? 0 : found->second;
}
std::int64_t protocol_messages(const Outcome& outcome) {
  std::int64_t sum = 0;
  for (const char* type : {"VoteRequest", "Vote", "PreCommit", "PreAbort", "Ack", "GlobalCommit",
                           "GlobalAbort", "Done", "DecisionRequest", "StateRequest", "State"}) {
    sum += sent(outcome, type);
  }
  return sum;
}

// Log lines, and when each node first knew what was decided.
struct Watcher final : Observer {
  void on(const Record& record, const StateChange*) override {
    if (record.kind != Kind::event) return;
    if (record.body.type == &type_info<Logged>) ++lines;
    const bool decided =
        record.body.type == &type_info<Committed> || record.body.type == &type_info<Aborted>;
    if (decided) known.emplace(record.node, record.time.since_start() - asked);
  }
  std::int64_t lines{};
  std::map<NodeId, Duration> known;  // n0 is the coordinator where roles are apart
};

std::string participants(std::int64_t n) {
  std::string list;
  for (std::int64_t i = 1; i <= n; ++i)
    list += (i == 1 ? "\"p" : ", \"p") + std::to_string(i) + '"';
  return list;
}
std::string scenario(const std::string& protocol, const std::string& coordinator,
                     const std::string& more) {
  return R"({ "quorate": 1, "network": { "delay": "10ms" }, "stop": { "at": "5s" },
    "protocol": { "use": "3pc", )" +
         protocol + R"( }, "workload": [{ "client": "c1", "op": "transfer", "at": "10ms",
      "timeout": "4900ms", "node": ")" +
         coordinator + "\" }]" + more + " }";
}
// `who` is more of "protocol", `more` of the whole scenario.
std::string apart(std::int64_t n, const std::string& params = "", const std::string& who = "",
                  const std::string& more = "") {
  return scenario(R"("roles": { "coordinator": ["co"], "participant": [)" + participants(n) +
                      R"(] }, "params": { )" + params + " }" + who,
                  "co", more);
}
std::string together(std::int64_t n) {
  return scenario("\"nodes\": " + std::to_string(n), "n1", "");
}

struct Cost {
  std::int64_t messages{};
  std::int64_t lines{};
  Duration first{};  // participant to know
  Duration last{};
  std::int64_t answered{};
};
Cost cost(const std::string& text, bool coordinator_apart = true) {
  const auto run = make_run(scenario_of(text), 1);
  Watcher watcher;
  run->observe(watcher);
  run->run();
  CHECK(run->outcome().verdict == Verdict::pass);
  Cost result{protocol_messages(run->outcome()), watcher.lines, Duration::max(), Duration{0},
              run->outcome().metrics.at("ops.acked")};
  for (const auto& [node, time] : watcher.known) {
    if (coordinator_apart && node == NodeId{0}) continue;
    result.first = std::min(result.first, time);
    result.last = std::max(result.last, time);
  }
  return result;
}

}  // namespace

TEST_CASE("3pc cost: 5N messages, 6N with acknowledgements, known after 5d, 3 + 4N log records") {
  for (std::int64_t n = 2; n <= 9; ++n) {
    CAPTURE(n);
    for (const char* termination : {"naive", "elected", "quorum"}) {
      const Cost plain = cost(apart(n, "\"termination\": \"" + std::string(termination) + '"'));
      CHECK(plain.messages == 5 * n);
      CHECK(plain.first == 5 * d);
      CHECK(plain.last == 5 * d);
      CHECK(plain.lines == 3 + 4 * n);
      CHECK(plain.answered == 1);
    }
    CHECK(cost(apart(n, R"("ack": true)")).messages == 6 * n);
    CHECK(cost(together(n), false).messages == 5 * (n - 1));
  }
}

TEST_CASE("3pc cost: a no costs 3N messages, like two phases") {
  const std::string no = R"(, "node_params": { "p1": { "vote": "no" } })";
  for (std::int64_t n = 2; n <= 9; ++n) {
    CAPTURE(n);
    const Cost refused = cost(apart(n, "", no));
    CHECK(refused.messages == 3 * n);
    CHECK(refused.last == 3 * d);
  }
}

}  // namespace quorate::p3pc
