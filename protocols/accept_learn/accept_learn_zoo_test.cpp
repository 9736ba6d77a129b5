// The derivation's last step with everything going wrong at once, over many seeds; the steps before
// it under the same; and the known mistakes.
#include <doctest/doctest.h>

#include "tests/support/run_text.hpp"
#include "tests/support/sanitized.hpp"
#include "tests/support/soak.hpp"
#include "tests/support/zoo.hpp"

namespace quorate::accept_learn {

namespace {

using testing::Settings;

const std::string soak_file = "scenarios/accept_learn/soak.json";

void soak(std::uint64_t seeds, const Settings& settings = {}) {
  testing::check_soak({.file = soak_file,
                       .situations = {{"leader_changed", 500},
                                      {"falsely_suspected", 500},
                                      {"operation_flushed", 100},
                                      {"deposed", 500},
                                      {"caught_up", 500}},
                       .properties = 5},
                      seeds, settings);
}

// How many of the seeds break a property.
std::uint64_t broken(std::uint64_t wanted, const Settings& settings) {
  const auto scenario = testing::scenario_file(soak_file, settings);
  std::uint64_t count = 0;
  for (std::uint64_t seed = 1; seed <= testing::seeds_here(wanted); ++seed) {
    const auto run = testing::run_to_end(scenario, seed);
    count += run->outcome().violation.has_value() ? 1 : 0;
  }
  return count;
}

}  // namespace

TEST_CASE("accept_learn soak: three servers, five") {
  soak(100);
  soak(20, {{"protocol.nodes", "5"}});
}

// Where servers tell each other, each learns one operation per timestamp and stays with it: no two
// majorities differ, with IDs or without. What is missing then is progress.
TEST_CASE("accept_learn soak: who is told executes nothing wrong, with IDs or without") {
  CHECK(broken(40, {{"protocol.params.takeover", R"("told")"}}) == 0);
  CHECK(broken(40, {{"protocol.params.takeover", R"("told")"},
                    {"protocol.params.leader_id", "false"}}) == 0);
}

TEST_CASE("accept_learn soak: every other step breaks under false suspicions") {
  CHECK(broken(40, {{"protocol.params.execute", R"("at_once")"}}) > 0);
  CHECK(broken(40, {{"protocol.params.execute", R"("learned")"}}) > 0);
  CHECK(broken(40, {{"protocol.params.execute", R"("all")"}}) > 0);
  CHECK(broken(40, {{"protocol.params.takeover", R"("silent")"}}) > 0);
  CHECK(broken(250, {{"protocol.params.leader_id", "false"}}) > 0);
}

TEST_CASE("accept_learn zoo: each mistake has a lesson that expects what it is said to break") {
  testing::check_zoo_lessons("accept_learn");
}

TEST_CASE("accept_learn zoo: each mistake is caught, at its lesson's seed and by a short sweep") {
  testing::check_zoo_caught("accept_learn");
}

TEST_CASE("accept_learn zoo: each mistake names the property that breaks first") {
  testing::check_zoo_first_broken("accept_learn");
}

TEST_CASE("accept_learn zoo: without the mistake nothing breaks in the same scenario") {
  testing::check_zoo_innocent("accept_learn");
}

TEST_SUITE("long") {
  TEST_CASE("accept_learn soak: three servers, 1,000 seeds") { soak(1'000); }
}

}  // namespace quorate::accept_learn
