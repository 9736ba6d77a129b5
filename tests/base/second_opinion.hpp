// What the tests of random draws share. Long double is the independent second opinion on code that
// computes in integers alone.
#pragma once

#include <doctest/doctest.h>

#include <cmath>
#include <string_view>

#include "sim/base/distribution.hpp"

namespace quorate::testing {

using Real = long double;

inline constexpr Real two_64 = 18446744073709551616.0L;
inline constexpr Real two_58 = two_64 / 64;

// How likely a standard normal draw is beyond z.
inline Real upper_tail(Real z) { return std::erfc(z / std::sqrt(Real{2})) / 2; }

inline Distribution distribution_of(std::string_view text) {
  const Parsed<Distribution> parsed = parse_distribution(text);
  INFO(parsed.error);
  REQUIRE(parsed);
  return parsed.value;
}

inline Stream test_stream() { return make_stream(42, Purpose::link_delay, 0, 1); }

}  // namespace quorate::testing
