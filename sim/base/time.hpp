// Virtual time: int64 nanoseconds since the start of the run.
// Sums saturate at `Time::never()`; nothing wraps.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "sim/base/parsed.hpp"

namespace quorate {

using namespace std::chrono_literals;

// A span of virtual time; negative only as a difference. `150ms`, `2s` are literals of it.
using Duration = std::chrono::duration<std::int64_t, std::nano>;

// The longest span a scenario may name: 100 years of 365 days.
inline constexpr Duration max_duration{std::int64_t{100} * 365 * 24 * 3600 * 1'000'000'000};

struct Time {
  std::int64_t ns{};

  static constexpr Time never() { return Time{std::numeric_limits<std::int64_t>::max()}; }
  constexpr Duration since_start() const { return Duration{ns}; }
  friend constexpr auto operator<=>(Time, Time) = default;
};

// Saturates at never() (delay >= 0) instead of wrapping.
constexpr Time operator+(Time at, Duration delay) {
  const std::int64_t room = std::numeric_limits<std::int64_t>::max() - at.ns;
  return delay.count() > room ? Time::never() : Time{at.ns + delay.count()};
}

constexpr Duration operator-(Time later, Time earlier) { return Duration{later.ns - earlier.ns}; }

// "150ms", "2.5s", "10us", "7ns", "3m", "1h": a decimal number and a unit, exact to the nanosecond,
// at least 0 and at most max_duration. A bare number is refused: it has no unit.
Parsed<Duration> parse_duration(std::string_view text);

// The shortest form that parse_duration reads back exactly, with at least 1 before its unit:
// "150ms", "2.5us", "1.5s", "0s". A difference below zero gets a "-".
std::string to_text(Duration duration);

// Seconds with three decimals for people, truncated: "0.214 s".
std::string to_seconds(Time time);

}  // namespace quorate
