// What a transaction costs, exactly: messages, delays and log records without failures, one delay d
// for every message; and the questions of cooperative termination.
#include <doctest/doctest.h>

#include "protocols/2pc/messages.hpp"
#include "tests/support/run_text.hpp"

namespace quorate::p2pc {

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
  for (const char* type :
       {"Work", "VoteRequest", "Vote", "GlobalCommit", "GlobalAbort", "Ack", "DecisionRequest"}) {
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
    "protocol": { "use": "2pc", )" +
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

TEST_CASE("2pc cost: 3N messages, 4N with acknowledgements, known after 3d, 2 + 3N log records") {
  for (std::int64_t n = 2; n <= 9; ++n) {
    CAPTURE(n);
    const Cost plain = cost(apart(n));
    CHECK(plain.messages == 3 * n);
    CHECK(plain.first == 3 * d);
    CHECK(plain.last == 3 * d);
    CHECK(plain.lines == 2 + 3 * n);
    CHECK(plain.answered == 1);
    CHECK(cost(apart(n, R"("ack": true)")).messages == 4 * n);
    CHECK(cost(apart(n, R"("work": true)")).messages == 4 * n);
    const Cost with_a_participant = cost(together(n), false);
    CHECK(with_a_participant.messages == 3 * (n - 1));
    CHECK(with_a_participant.lines == 2 + 3 * n);
  }
}

TEST_CASE("2pc cost: a no costs 3N messages, or 3N-1 where who said it is not told") {
  const std::string no = R"(, "node_params": { "p1": { "vote": "no" } })";
  for (std::int64_t n = 2; n <= 9; ++n) {
    CAPTURE(n);
    const Cost told = cost(apart(n, "", no));
    CHECK(told.messages == 3 * n);
    CHECK(told.lines == 2 + 3 * n - 1);
    CHECK(cost(apart(n, R"("spare_no_voters": true)", no)).messages == 3 * n - 1);
  }
}

TEST_CASE("2pc cost: presumptions save acknowledgements and records") {
  const std::string no = R"(, "node_params": { "p1": { "vote": "no" } })";
  const std::string abort = R"("ack": true, "presume": "abort")";
  const std::string commit = R"("ack": true, "presume": "commit")";
  for (std::int64_t n = 2; n <= 9; ++n) {
    CAPTURE(n);
    CHECK(cost(apart(n, abort)).messages == 4 * n);
    CHECK(cost(apart(n, abort)).lines == 1 + 3 * n);
    CHECK(cost(apart(n, abort, no)).messages == 3 * n);
    CHECK(cost(apart(n, abort, no)).lines == 3 * n - 1);
    CHECK(cost(apart(n, commit)).messages == 3 * n);
    CHECK(cost(apart(n, commit, no)).messages == 4 * n);
  }
}

TEST_CASE("2pc cost: linear 2N messages; the last knows after N·d, the first after (2N-1)d") {
  for (std::int64_t n = 2; n <= 9; ++n) {
    CAPTURE(n);
    const Cost linear =
        cost(apart(n, R"("form": "linear", "vote_timeout": "2s", "decision_timeout": "2s")"));
    CHECK(linear.messages == 2 * n);
    CHECK(linear.first == n * d);
    CHECK(linear.last == (2 * n - 1) * d);
    CHECK(linear.answered == 1);
  }
}

TEST_CASE(
    "2pc cost: decentralised N + N(N-1) messages and one for the coordinator, known after 2d") {
  for (std::int64_t n = 2; n <= 9; ++n) {
    CAPTURE(n);
    const Cost all = cost(apart(n, R"("form": "decentralised")"));
    CHECK(all.messages == n + n * (n - 1) + 1);
    CHECK(all.last == 2 * d);
    CHECK(all.answered == 1);
  }
}

TEST_CASE("2pc cost: one phase N messages, known after d, 1 + N records") {
  for (std::int64_t n = 2; n <= 9; ++n) {
    CAPTURE(n);
    const Cost one = cost(apart(n, R"("form": "one_phase")"));
    CHECK(one.messages == n);
    CHECK(one.last == d);
    CHECK(one.lines == 1 + n);
  }
}

// The coordinator dies when the first r of N participants have been asked; the others answer.
TEST_CASE("2pc cost: r who are ready ask N-1 others and the coordinator") {
  constexpr std::int64_t n = 5;
  for (std::int64_t r = 1; r <= n; ++r) {
    CAPTURE(r);
    const std::string crash =
        R"(, "faults": [{ "at": "0s", "do": { "crash": { "node": "co", "after_sends": )" +
        std::to_string(r) + R"(, "message": "VoteRequest" } } }])";
    const std::string params = R"("termination": "cooperative", "decision_timeout": "4s")";
    const auto run = make_run(scenario_of(apart(n, params, "", crash)), 1);
    run->run();
    CHECK(sent(run->outcome(), "DecisionRequest") == r * (n - 1) + r);
    CHECK(sent(run->outcome(), "GlobalAbort") == r * (n - r));
  }
}

}  // namespace quorate::p2pc
