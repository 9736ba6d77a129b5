#include "tests/support/lessons.hpp"

#include <doctest/doctest.h>

#include "tests/support/sanitized.hpp"

namespace quorate::testing {

void check_caught(const std::string& file, const std::string& property) {
  CAPTURE(file);
  const auto run = run_to_end(scenario_file(file));
  REQUIRE(run->outcome().violation.has_value());
  CHECK(run->outcome().violation->property == property);
  CHECK(run->outcome().verdict == Verdict::pass);
}

void check_innocent(const std::string& file) {
  constexpr std::uint64_t seeds = seeds_here(200);
  const auto innocent =
      scenario_file(file, {{"protocol.bugs", "[]"}, {"check", "[]"}, {"expect", "[]"}});
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    CAPTURE(file);
    CAPTURE(seed);
    REQUIRE_FALSE(run_to_end(innocent, seed)->outcome().violation.has_value());
  }
}

std::map<std::string, std::uint64_t> check_weathered(const std::string& file, std::uint64_t seeds,
                                                     const Settings& settings) {
  const auto scenario = scenario_file(file, settings);
  std::map<std::string, std::uint64_t> witnesses;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const auto run = run_to_end(scenario, seed);
    CAPTURE(file);
    CAPTURE(seed);
    INFO(run->outcome().reason);
    REQUIRE(run->outcome().verdict == Verdict::pass);
    for (const auto& [name, count] : run->outcome().witnesses) witnesses[name] += count;
  }
  return witnesses;
}

}  // namespace quorate::testing
