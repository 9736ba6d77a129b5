// The known mistakes of Multi-Paxos, each in a scenario of its own; and Multi-Paxos without any,
// with everything going wrong at once, over many seeds.
#include <doctest/doctest.h>

#include "tests/support/run_text.hpp"
#include "tests/support/sanitized.hpp"
#include "tests/support/zoo.hpp"

namespace quorate::multi_paxos {

namespace {

using testing::run_to_end;
using testing::scenario_file;
using testing::Settings;

// How often, at least, each situation was met in a hundred runs.
const std::pair<std::string, std::uint64_t> hardships[] = {{"leader_changed", 500},
                                                           {"value_adopted", 500},
                                                           {"gap_filled", 10},
                                                           {"chosen_out_of_order", 500},
                                                           {"caught_up", 500}};

void soak(std::uint64_t wanted, const Settings& settings = {}) {
  const std::uint64_t seeds = testing::seeds_here(wanted);
  const auto scenario = scenario_file("scenarios/multi_paxos/soak.json", settings);
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
    CHECK(property.second >= seeds);
  }
}

const Settings three{{"protocol.nodes", "3"}};

}  // namespace

TEST_CASE("multi_paxos zoo: each mistake has a lesson that expects what it is said to break") {
  testing::check_zoo_lessons("multi_paxos");
}

TEST_CASE("multi_paxos zoo: each mistake is caught, at its lesson's seed and by a short sweep") {
  testing::check_zoo_caught("multi_paxos");
}

TEST_CASE("multi_paxos zoo: each mistake names the property that breaks first") {
  testing::check_zoo_first_broken("multi_paxos");
}

TEST_CASE("multi_paxos zoo: without the mistake nothing breaks in the same scenario") {
  testing::check_zoo_innocent("multi_paxos");
}

TEST_CASE("multi_paxos soak: five servers, three, flexible quorums, news pushed") {
  soak(60);
  soak(60, three);
  soak(40, {{"protocol.params.prepare_quorum", "4"}, {"protocol.params.accept_quorum", "2"}});
  soak(40, {{"protocol.params.push_chosen", "true"}});
}

TEST_SUITE("long") {
  TEST_CASE("multi_paxos soak: five servers, 10,000 seeds") { soak(10'000); }
  TEST_CASE("multi_paxos soak: three servers, 10,000 seeds") { soak(10'000, three); }
}

}  // namespace quorate::multi_paxos
