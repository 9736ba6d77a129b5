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
