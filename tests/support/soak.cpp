#include "tests/support/soak.hpp"

#include <doctest/doctest.h>

#include "tests/support/sanitized.hpp"

namespace quorate::testing {

Hardships soak(const std::string& file, std::uint64_t seeds, const Settings& settings,
               Observer* observer) {
  const auto scenario = scenario_file(file, settings);
  const bool judged = !scenario->expect.empty();
  Hardships sum;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const auto run = make_run(scenario, seed);
    if (observer != nullptr) run->observe(*observer);
    run->run();
    const Outcome& outcome = run->outcome();
    CAPTURE(file);
    CAPTURE(seed);
    INFO(outcome.reason);
    REQUIRE_FALSE(outcome.violation.has_value());
    if (judged) REQUIRE(outcome.verdict == Verdict::pass);
    for (const auto& [name, count] : outcome.witnesses) sum.witnesses[name] += count;
    for (const PropertyResult& property : outcome.properties) {
      sum.exercised[property.name] += property.exercised;
    }
  }
  return sum;
}

void check_soak(const Soak& demanded, std::uint64_t wanted, const Settings& settings) {
  const std::uint64_t seeds = seeds_here(wanted);
  Hardships sum = soak(demanded.file, seeds, settings);
  for (const auto& situation : demanded.situations) {
    CAPTURE(situation.first);
    CHECK(sum.witnesses[situation.first] >= situation.second * seeds / 100);
  }
  CHECK(sum.exercised.size() == demanded.properties);
  for (const auto& property : sum.exercised) {
    CAPTURE(property.first);
    CHECK(property.second >= demanded.exercised * seeds / 100);
  }
}

}  // namespace quorate::testing
