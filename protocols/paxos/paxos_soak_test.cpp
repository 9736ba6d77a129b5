// Paxos with everything going wrong at once, over many seeds: no promise breaks, everybody is
// answered in the end, and the runs were hard enough for that to mean something.
#include <doctest/doctest.h>

#include "tests/support/run_text.hpp"
#include "tests/support/sanitized.hpp"

namespace quorate::paxos {

namespace {

using testing::run_to_end;
using testing::scenario_file;
using testing::Settings;

// How often, at least, each situation was met in a hundred runs.
const std::pair<std::string, std::uint64_t> hardships[] = {
    {"rounds_at_once", 100}, {"value_adopted", 100}, {"chosen_twice", 50}};

void soak(std::uint64_t wanted, const Settings& settings = {}) {
  const std::uint64_t seeds = testing::seeds_here(wanted);
  const auto scenario = scenario_file("scenarios/paxos/soak.json", settings);
  std::map<std::string, std::uint64_t> witnesses;
  std::map<std::string, std::uint64_t> exercised;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const auto run = run_to_end(scenario, seed);
    const Outcome& outcome = run->outcome();
    CAPTURE(seed);
    INFO(outcome.reason);
    REQUIRE_FALSE(outcome.violation.has_value());
    REQUIRE(outcome.verdict == Verdict::pass);
    for (const auto& [name, count] : outcome.witnesses) witnesses[name] += count;
    for (const PropertyResult& property : outcome.properties) {
      exercised[property.name] += property.exercised;
    }
  }
  for (const auto& hardship : hardships) {
    CAPTURE(hardship.first);
    CHECK(witnesses[hardship.first] >= hardship.second * seeds / 100);
  }
  CHECK(exercised.size() == 9);
  for (const auto& property : exercised) {
    CAPTURE(property.first);
    CHECK(property.second >= seeds / 2);
  }
}

}  // namespace

TEST_CASE("paxos soak: five servers") { soak(200); }
TEST_CASE("paxos soak: three servers") { soak(200, {{"protocol.nodes", "3"}}); }
TEST_CASE("paxos soak: acceptors tell the learners") {
  soak(100, {{"protocol.params.learning", "acceptors"}});
}
TEST_CASE("paxos soak: a distinguished learner") {
  soak(100, {{"protocol.params.learning", "distinguished"}});
}
TEST_CASE("paxos soak: thrifty, without nack") {
  soak(100, {{"protocol.params.thrifty", "true"}, {"protocol.params.nack", "false"}});
}
TEST_CASE("paxos soak: flexible quorums") {
  soak(100, {{"protocol.params.prepare_quorum", "4"}, {"protocol.params.accept_quorum", "2"}});
}

TEST_SUITE("long") {
  TEST_CASE("paxos soak: five servers, 10,000 seeds") { soak(10'000); }
  TEST_CASE("paxos soak: three servers, 10,000 seeds") { soak(10'000, {{"protocol.nodes", "3"}}); }
}

}  // namespace quorate::paxos
