// How surely seeded runs say what they say: means and shares with 95 % intervals.
//
// The same values give the same bytes everywhere: what is drawn comes from a stream of its own, and
// all that is added up is a whole number.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace quorate {

struct Interval {
  double low{};
  double high{};
  bool contains(double value) const { return low <= value && value <= high; }
};

struct Estimate {
  double value{};
  std::optional<Interval> interval;  // nothing: fewer than two values say nothing about it
  std::uint64_t values{};            // how many there were; of none, nothing else is true
};

// The mean, with an interval by bootstrap (Efron 1979): percentiles of the means of resamples,
// moved apart by as much as Student's t is wider than the normal distribution (Hesterberg 2015,
// section 5.3), without which few values promise too much. Costs about 20 million draws at most.
Estimate mean_of(std::span<const std::int64_t> values);
// The same without the interval and its cost; 0 of none.
double plain_mean(std::span<const std::int64_t> values);

// `part` of `whole`, from 0 to 1, with Wilson's interval (1927), which is honest where none or all
// are part. REQUIRES part <= whole.
Estimate share_of(std::uint64_t part, std::uint64_t whole);

}  // namespace quorate
