// The known mistakes of Raft, each in a scenario of its own: it is caught by the property it is
// said to break, and without the mistake the same scenario breaks nothing, so the property blames
// the right thing.
#include <doctest/doctest.h>

#include "tests/support/run_text.hpp"
#include "tests/support/sanitized.hpp"
#include "tests/support/zoo.hpp"

namespace quorate::raft {

namespace {

using testing::run_to_end;
using testing::scenario_file;

constexpr std::uint64_t innocent_seeds = testing::seeds_here(200);

}  // namespace

TEST_CASE("raft zoo: each mistake has a lesson that expects what the protocol says it breaks") {
  testing::check_zoo_lessons("raft");
}

TEST_CASE("raft zoo: each mistake is caught, at its lesson's seed and by a short sweep") {
  testing::check_zoo_caught("raft");
}

TEST_CASE("raft zoo: each mistake names the property that breaks first where all are checked") {
  testing::check_zoo_first_broken("raft");
}

TEST_CASE("raft zoo: without the mistake nothing breaks in the same scenario") {
  testing::check_zoo_innocent("raft");
}

// What is not looked for is not found, but neither does the code meet what it takes for impossible:
// two leaders of a term, what is discarded and not committed, what is committed and cut off.
TEST_CASE("raft zoo: no mistake ends in an assertion where its property is not checked") {
  struct Mistake {
    const char* name;
    const char* params;
    const char* checked;
  };
  const Mistake mistakes[] = {
      {"vote_ignored", "{}", "term_monotone"},
      {"applies_on_append", R"({"snapshot_threshold": 3})", "committed_never_truncated"},
      {"applies_on_append", R"({"snapshot_threshold": 3})", "leader_completeness"},
      {"no_log_check", R"({"membership": "joint"})", "term_monotone"}};
  const char* const storm = R"j({"quorate": 1, "protocol": {"use": "raft", "nodes": 3},
    "stop": {"at": "5s"},
    "network": {"delay": "lognormal(median 10ms, p99 150ms)", "duplicate": "20%"},
    "workload": [{"client": "c1", "op": "put", "every": "exponential(100ms)", "until": "4s",
                  "timeout": "400ms", "target": "random"}],
    "faults": [{"every": "exponential(300ms)", "until": "4s", "for": "exponential(200ms)",
                "may_not_fire": true, "do": {"crash": "random"}},
               {"every": "exponential(600ms)", "until": "4s", "for": "exponential(300ms)",
                "may_not_fire": true, "do": {"partition": "random_halves"}},
               {"every": "exponential(600ms)", "until": "4s", "may_not_fire": true, "do":
                 {"request": {"node": "$leader", "op": "change_servers", "value": "n2 n3"}}},
               {"every": "exponential(600ms)", "until": "4s", "may_not_fire": true, "do":
                 {"request": {"node": "$leader", "op": "change_servers", "value": "n1..n3"}}}]})j";
  for (const Mistake& mistake : mistakes) {
    const auto scenario =
        testing::scenario_of(storm, {{"protocol.bugs", "[\"" + std::string(mistake.name) + "\"]"},
                                     {"protocol.params", mistake.params},
                                     {"check", "[\"" + std::string(mistake.checked) + "\"]"}});
    for (std::uint64_t seed = 1; seed <= testing::seeds_here(100); ++seed) {
      const auto violation = run_to_end(scenario, seed)->outcome().violation;
      CAPTURE(mistake.name);
      CAPTURE(mistake.params);
      CAPTURE(seed);
      CHECK((!violation || violation->property == mistake.checked));
    }
  }
}

TEST_CASE("raft zoo: fixed timeouts elect nobody, a range elects a leader") {
  const std::string file = "scenarios/raft/fixed-timeouts.json";
  const auto fixed = run_to_end(scenario_file(file));
  CHECK(fixed->outcome().verdict == Verdict::pass);
  CHECK(fixed->outcome().metrics.at("leaders") == 0);
  const auto spread = scenario_file(
      file, {{"protocol.params.election_timeout", "uniform(150ms, 300ms)"}, {"expect", "[]"}});
  for (std::uint64_t seed = 1; seed <= innocent_seeds; ++seed) {
    CHECK(run_to_end(spread, seed)->outcome().metrics.at("leaders") >= 1);
  }
}

TEST_CASE("raft zoo: without sessions a retry is executed twice, with them once") {
  const std::string file = "scenarios/raft/no-sessions.json";
  const auto without = run_to_end(scenario_file(file));
  REQUIRE(without->outcome().violation.has_value());
  CHECK(without->outcome().violation->property == "exactly_once");
  CHECK(without->outcome().violation->why == "n3 executed operation 1 of c1 again, at index 2.");
  const auto with = scenario_file(file, {{"protocol.params.sessions", "true"}, {"expect", "[]"}});
  for (std::uint64_t seed = 1; seed <= innocent_seeds; ++seed) {
    CHECK_FALSE(run_to_end(with, seed)->outcome().violation.has_value());
  }
  // Not promised, and not asked for: not checked.
  const auto plain = run_to_end(scenario_file(file, {{"check", "[]"}, {"expect", "[]"}}));
  CHECK_FALSE(plain->outcome().violation.has_value());
}

}  // namespace quorate::raft
