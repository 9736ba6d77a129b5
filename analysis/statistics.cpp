#include "analysis/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "sim/base/assert.hpp"
#include "sim/base/random.hpp"

namespace quorate {
namespace {

constexpr double z = 1.959963984540054;  // the normal distribution's 97.5th percentile
constexpr std::uint64_t most_resamples = 2000;
constexpr std::uint64_t most_draws = 20'000'000;

// Student's 97.5th percentile: a table, and from six degrees of freedom on the expansion of Cornish
// and Fisher, which is right to four digits there.
double student(std::uint64_t degrees) {
  constexpr double table[] = {12.706, 4.303, 3.182, 2.776, 2.571};
  if (degrees <= std::size(table)) return table[degrees - 1];
  const double n = static_cast<double>(degrees);
  const double z3 = z * z * z;
  const double z5 = z3 * z * z;
  return z + (z3 + z) / (4 * n) + (5 * z5 + 16 * z3 + 3 * z) / (96 * n * n);
}

double sum_of(std::span<const std::int64_t> values) {
  double sum = 0;
  for (const std::int64_t value : values) sum += static_cast<double>(value);
  return sum;
}

// The sums of resamples, sorted.
std::vector<double> resampled(std::span<const std::int64_t> values) {
  const std::uint64_t n = values.size();
  const std::uint64_t resamples = std::clamp<std::uint64_t>(most_draws / n, 200, most_resamples);
  Stream stream(n);
  std::vector<double> sums(static_cast<std::size_t>(resamples));
  for (double& sum : sums) {
    for (std::uint64_t i = 0; i < n; ++i) {
      sum += static_cast<double>(values[static_cast<std::size_t>(stream.below(n))]);
    }
  }
  std::sort(sums.begin(), sums.end());  // a total order: no sum is a NaN
  return sums;
}

}  // namespace

double plain_mean(std::span<const std::int64_t> values) {
  return values.empty() ? 0 : sum_of(values) / static_cast<double>(values.size());
}

Estimate mean_of(std::span<const std::int64_t> values) {
  const std::uint64_t n = values.size();
  if (n == 0) return {};
  const double count = static_cast<double>(n);
  Estimate estimate{plain_mean(values), std::nullopt, n};
  if (n == 1) return estimate;
  const std::vector<double> sums = resampled(values);
  const std::size_t tail = sums.size() / 40;  // 2.5 % on either side
  const double wider = std::sqrt(count / (count - 1)) * student(n - 1) / z;
  const auto bound = [&](double sum) {
    return estimate.value + (sum / count - estimate.value) * wider;
  };
  estimate.interval = {bound(sums[tail - 1]), bound(sums[sums.size() - tail])};
  return estimate;
}

Estimate share_of(std::uint64_t part, std::uint64_t whole) {
  QUORATE_ASSERT(part <= whole, "A part is no more than the whole.");
  if (whole == 0) return {};
  const double n = static_cast<double>(whole);
  const double share = static_cast<double>(part) / n;
  const double middle = (share + z * z / (2 * n)) / (1 + z * z / n);
  const double half =
      z / (1 + z * z / n) * std::sqrt(share * (1 - share) / n + z * z / (4 * n * n));
  return {share, Interval{std::max(0.0, middle - half), std::min(1.0, middle + half)}, whole};
}

}  // namespace quorate
