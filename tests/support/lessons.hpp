// What every protocol's test demands of its lessons: a mistake is caught by the property that it
// is said to break, without it nothing breaks, and a storm is weathered under every seed.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "tests/support/run_text.hpp"

namespace quorate::testing {

// The scenario, at its own seed, ends with a violation of this property, as it expects to.
void check_caught(const std::string& file, const std::string& property);

// The same scenario without its mistakes breaks none of the protocol's properties under 200 seeds.
void check_innocent(const std::string& file);

// The scenario passes under every seed from 1 to `seeds`. The sums of all their witnesses tell what
// those runs went through.
std::map<std::string, std::uint64_t> check_weathered(const std::string& file, std::uint64_t seeds,
                                                     const Settings& settings = {});

}  // namespace quorate::testing
