// What Raft costs, exactly: messages and delays with fixed timers and one delay d for every
// message, and the paper's figure 7, counted.
#include <doctest/doctest.h>

#include "protocols/raft/messages.hpp"
#include "tests/support/run_text.hpp"

namespace quorate::raft {

namespace {

using testing::make_run;
using testing::run_to_end;
using testing::scenario_file;
using testing::scenario_of;
using testing::Settings;

constexpr Duration d = 10ms;
constexpr Duration timeout = 150ms;

enum Type : std::size_t {
  request_vote,
  request_vote_reply,
  append_entries,
  append_entries_reply,
  pre_vote = 5,
  pre_vote_reply
};

// When an event of this type happened, where.
template <class E>
struct When final : Observer {
  void on(const Record& record, const StateChange*) override {
    if (record.kind == Kind::event && record.body.type == &type_info<E>) {
      happened.push_back({record.time.since_start(), record.node});
    }
  }
  std::vector<std::pair<Duration, NodeId>> happened;
};

// n1 alone is impatient; `more` adds keys to the scenario.
std::string impatient_n1(std::uint32_t n, Duration stop, std::string_view more = {}) {
  return R"({ "quorate": 1, "network": { "delay": "10ms" }, "stop": { "at": ")" + to_text(stop) +
         R"(" }, "protocol": { "use": "raft", "nodes": )" + std::to_string(n) +
         R"(, "params": { "election_timeout": "10s", "heartbeat": "50ms" },
              "node_params": { "n1": { "election_timeout": "150ms" } } })" +
         std::string(more) + " }";
}

std::uint64_t sent(const Run& run, Type type) { return run.ledger().counts()[type].sent; }

std::uint64_t sent(const Run& run) {
  return sent(run, request_vote) + sent(run, request_vote_reply) + sent(run, append_entries) +
         sent(run, append_entries_reply);
}

}  // namespace

TEST_CASE("raft cost: before timeout + 3d the followers do not know their leader") {
  const auto run = run_to_end(scenario_of(impatient_n1(5, timeout + 3 * d - 1ns)));
  for (std::uint32_t i = 1; i < 5; ++i) CHECK(run->field(NodeId{i}, "leader") == "null");
}

TEST_CASE("raft cost: check-quorum: no message more; gone within two shortest timeouts") {
  const std::string cut = R"(, "faults": [
    { "at": "1s", "do": { "cut": { "from": ["n2", "n3", "n4", "n5"], "to": "n1" } } }])";
  const std::string peace = impatient_n1(5, 900ms);
  const Settings on{{"protocol.params.check_quorum", "true"}};
  CHECK(sent(*run_to_end(scenario_of(peace, on))) == sent(*run_to_end(scenario_of(peace))));
  const auto run = make_run(scenario_of(impatient_n1(5, 2s, cut), on), 1);
  When<QuorumLost> lost;
  run->observe(lost);
  run->run();
  REQUIRE(lost.happened.size() == 1);
  // It counts every 150 ms from 170 ms on: at 920 ms, at 1.07 s, when it has heard the answers to
  // the heartbeats of 970 ms, and at 1.22 s, when it has heard none.
  CHECK(lost.happened[0] == std::pair{Duration{1220ms}, NodeId{0}});
}

// ---- figure 7
// -------------------------------------------------------------------------------------

namespace {

// Counts what followers answer.
struct Answers final : Observer {
  void on(const Record& record, const StateChange*) override {
    if (record.kind != Kind::recv) return;
    if (record.body.type == &type_info<RequestVoteReply>) {
      grants += static_cast<const RequestVoteReply*>(record.body.value)->vote_granted ? 1 : 0;
    } else if (record.body.type == &type_info<AppendEntriesReply>) {
      refusals += static_cast<const AppendEntriesReply*>(record.body.value)->success ? 0 : 1;
    }
  }
  std::uint32_t grants{};
  std::uint32_t refusals{};
};

// How many entries all AppendEntries carried together.
struct Entries final : Observer {
  void on(const Record& record, const StateChange*) override {
    if (record.kind != Kind::send || record.body.type != &type_info<AppendEntries>) return;
    sent += static_cast<const AppendEntries*>(record.body.value)->entries.size();
  }
  std::uint64_t sent{};
};

constexpr std::string_view figure_7 = "scenarios/raft/figure-7.json";

}  // namespace

TEST_CASE("raft cost: in a pipeline an entry travels once to each follower, else until answered") {
  const auto entries_sent = [](bool pipelining) {
    const auto run = make_run(
        scenario_of(
            impatient_n1(3, 1s, R"(, "workload": [{ "client": "c1", "op": "put", "every": "1ms",
                                     "from": "500ms", "count": 100, "target": "leader" }])"),
            {{"protocol.params.pipelining", pipelining ? "true" : "false"}}),
        1);
    Entries entries;
    run->observe(entries);
    run->run();
    return entries.sent;
  };
  CHECK(entries_sent(true) == 2 * 100);
  // An answer takes 2d = 20 ms: the message that follows the j-th of 100 commands carries min(j,
  // 20) entries to each of two followers; one more where command and answer come at the same
  // instant, and again with each of three heartbeats.
  const std::uint64_t unanswered = 2 * (20 * 21 / 2 + 80 * 20);
  CHECK(entries_sent(false) >= unanswered);
  CHECK(entries_sent(false) <= unanswered + 2 * (80 + 3 * 21));
}

TEST_CASE("raft cost: figure 7: who can win, by comparing last term, then length") {
  // Last entries (term, length): leader (6, 10), a (6, 9), b (4, 4), c (6, 11), d (7, 12), e (4,
  // 7), f (3, 11). In order of up-to-dateness f < b < e < a < leader < c < d. A candidate gets the
  // votes of all before it and its own, and needs 4 of 7: a, leader, c and d can win.
  const std::pair<std::string, std::uint32_t> votes[] = {
      {"f", 1}, {"b", 2}, {"e", 3}, {"a", 4}, {"leader", 5}, {"c", 6}, {"d", 7}};
  for (const auto& [name, expected] : votes) {
    const std::string& candidate = name;
    const auto scenario = scenario_file(
        std::string(figure_7),
        {{"faults.0.do.fire.node", "\"" + candidate + "\""}, {"expect", "[]"}, {"workload", "[]"}});
    const auto run = make_run(scenario, 1);
    Answers answers;
    When<Elected> elected;
    run->observe(answers);
    run->observe(elected);
    run->run();
    CAPTURE(candidate);
    CHECK(answers.grants + 1 == expected);
    CHECK(elected.happened.size() == (expected >= 4 ? 1 : 0));
    CHECK_FALSE(run->outcome().violation.has_value());
  }
}

TEST_CASE(
    "raft cost: figure 7: refusals by decrement 19, by conflict term 6, by halves 9; then equal "
    "logs") {
  // Decrement, from prevLogIndex 10 down to where the logs agree: a 9, b 4, e 5, f 3; c and d agree
  // at 10. 1 + 6 + 5 + 7 = 19. By conflict term: a and b are short (1 each); e is short, then skips
  // its term 4; f skips term 3, then term 2. 1 + 1 + 2 + 2 = 6.
  // By halves, of 10, 5, then up or down: a matches at 5, 7, 8, 9; b refuses 5; e matches at 5 and
  // refuses 7, 6; f refuses 5, matches at 2, 3 and refuses 4. 1 + 2 + 3 + 3 = 9.
  for (const auto& [repair, refusals] : {std::pair<std::string, std::uint32_t>{"decrement", 19},
                                         {"conflict_term", 6},
                                         {"binary", 9}}) {
    const auto scenario =
        scenario_file(std::string(figure_7),
                      {{"protocol.params.repair", "\"" + repair + "\""}, {"expect", "[]"}});
    const auto run = make_run(scenario, 1);
    Answers answers;
    run->observe(answers);
    run->run();
    CHECK(answers.refusals == refusals);
    const std::string log = run->field(NodeId{0}, "log");
    for (std::uint32_t i = 1; i < 7; ++i) CHECK(run->field(NodeId{i}, "log") == log);
  }
}

}  // namespace quorate::raft
