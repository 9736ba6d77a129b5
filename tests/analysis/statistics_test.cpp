// Intervals that are honest: they hold the truth as often as they say.
#include "analysis/statistics.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "analysis/comparison.hpp"
#include "sim/base/random.hpp"
#include "tests/support/sanitized.hpp"

namespace quorate {
namespace {

// In what share of trials the interval holds the mean of what is drawn.
double coverage(std::size_t values, int trials, double truth,
                const std::function<std::int64_t(Stream&)>& draw) {
  Stream stream(20'260'101);
  int held = 0;
  for (int trial = 0; trial < trials; ++trial) {
    std::vector<std::int64_t> sample(values);
    for (std::int64_t& value : sample) value = draw(stream);
    held += mean_of(sample).interval->contains(truth) ? 1 : 0;
  }
  return static_cast<double>(held) / trials;
}

// The same for the share of runs that something happens in, in `percent` of them.
double share_coverage(std::uint64_t runs, int trials, std::uint64_t percent) {
  Stream stream(20'260'102);
  int held = 0;
  for (int trial = 0; trial < trials; ++trial) {
    std::uint64_t part = 0;
    for (std::uint64_t run = 0; run < runs; ++run) part += stream.below(100) < percent ? 1 : 0;
    held += share_of(part, runs).interval->contains(static_cast<double>(percent) / 100) ? 1 : 0;
  }
  return static_cast<double>(held) / trials;
}

// Uniform in (0, 1).
double unit(Stream& stream) {
  return (static_cast<double>(stream.below(1U << 30)) + 0.5) / (1U << 30);
}

// By Box and Muller; mean 0, standard deviation 1.
double bell(Stream& stream) {
  constexpr double turn = 6.283185307179586;
  return std::sqrt(-2 * std::log(unit(stream))) * std::cos(turn * unit(stream));
}

SweepRow row(std::size_t contender, std::uint64_t seed, std::int64_t messages, bool blocked) {
  SweepRow result;
  result.point = contender;
  result.seed = seed;
  result.verdict = Verdict::pass;
  result.outcome.metrics["messages.sent"] = messages;
  if (blocked) result.outcome.diagnosis.emplace_back("blocked");
  return result;
}

}  // namespace

TEST_CASE("statistics: intervals of means hold the mean in 95 of 100 trials") {
  const auto even = [](Stream& stream) { return static_cast<std::int64_t>(stream.below(1001)); };
  const auto exponential = [](Stream& stream) {
    return static_cast<std::int64_t>(std::lround(-1e6 * std::log(unit(stream))));
  };
  const auto coin = [](Stream& stream) { return static_cast<std::int64_t>(stream.below(2)); };
  // The standard deviation of a share of 2,000 trials is half a percent, of 200 one and a half.
  constexpr int trials = testing::sanitized ? 200 : 2000;
  const auto honest = doctest::Approx(0.95).epsilon(testing::sanitized ? 0.05 : 0.02);
  CHECK(coverage(20, trials, 500, even) == honest);
  CHECK(coverage(60, trials, 1e6, exponential) == honest);
  CHECK(coverage(60, trials, 0.5, coin) == honest);
}

// What `compare` promises of its intervals, by enough trials to tell: the standard deviation of a
// share of 10,000 is a fifth of a percent.
TEST_CASE("statistics: 10,000 intervals of each kind hold the truth in 93 to 97 of 100" *
          doctest::test_suite("long")) {
  constexpr int trials = testing::sanitized ? 200 : 10'000;
  constexpr double margin = testing::sanitized ? 0.06 : 0.02;
  const auto judge = [&](const char* of, double share) {
    MESSAGE(std::string(of), ": ", share);
    CHECK(share >= 0.95 - margin);
    CHECK(share <= 0.95 + margin);
  };
  const auto whole = [](double value) { return static_cast<std::int64_t>(std::llround(value)); };
  const auto normal = [&](Stream& stream) { return whole(1e6 + 2e5 * bell(stream)); };
  const auto exponential = [&](Stream& stream) { return whole(-1e6 * std::log(unit(stream))); };
  const auto lognormal = [&](Stream& stream) { return whole(1e6 * std::exp(0.5 * bell(stream))); };
  judge("mean of a normal, 10 values", coverage(10, trials, 1e6, normal));
  judge("mean of a normal, 50 values", coverage(50, trials, 1e6, normal));
  judge("mean of an exponential, 50 values", coverage(50, trials, 1e6, exponential));
  judge("mean of an exponential, 100 values", coverage(100, trials, 1e6, exponential));
  judge("mean of a lognormal, 50 values", coverage(50, trials, 1e6 * std::exp(0.125), lognormal));
  judge("mean of a lognormal, 100 values", coverage(100, trials, 1e6 * std::exp(0.125), lognormal));
  judge("share of 10 %, 100 runs", share_coverage(100, trials, 10));
  judge("share of 30 %, 50 runs", share_coverage(50, trials, 30));
  judge("share of 50 %, 100 runs", share_coverage(100, trials, 50));
}

TEST_CASE("statistics: fewer values, wider intervals, by Student's t") {
  // Two values: every mean is one of three, and the interval reaches 12.7 / 1.96 * sqrt(2) times as
  // far as these do.
  const std::vector<std::int64_t> two{0, 10};
  const Estimate estimate = mean_of(two);
  CHECK(estimate.value == 5);
  CHECK(estimate.interval->high == doctest::Approx(5 + 5 * 12.706 / 1.95996 * std::sqrt(2.0)));
  CHECK_FALSE(mean_of(std::vector<std::int64_t>{7}).interval.has_value());
  CHECK(mean_of({}).values == 0);
  const std::vector<std::int64_t> same(50, 12);
  CHECK(mean_of(same).interval->low == 12);
  CHECK(mean_of(same).interval->high == 12);
}

TEST_CASE("statistics: Wilson's interval where none, some or all are part") {
  // Wilson 1927; the values of Newcombe 1998, table I, to four digits.
  const Estimate some = share_of(81, 263);
  CHECK(some.value == doctest::Approx(0.3080).epsilon(0.0002));
  CHECK(some.interval->low == doctest::Approx(0.2553).epsilon(0.0003));
  CHECK(some.interval->high == doctest::Approx(0.3662).epsilon(0.0003));
  CHECK(share_of(0, 20).interval->low == 0);
  CHECK(share_of(0, 20).interval->high == doctest::Approx(0.1611).epsilon(0.0005));
  CHECK(share_of(29, 29).interval->low == doctest::Approx(0.8830).epsilon(0.0003));
  CHECK(share_of(29, 29).interval->high == doctest::Approx(1.0));
  CHECK(share_of(0, 0).values == 0);
}

TEST_CASE("comparison: seeds are paired, so that what they share does not hide a difference") {
  const std::vector<Quantity> quantities{*find_quantity("messages.sent"),
                                         *find_quantity("runs.blocked")};
  Comparison comparison({"two", "three"}, quantities, 40);
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const auto noise = static_cast<std::int64_t>(seed * 1000);
    comparison.add(row(0, seed + 5, 100 + noise, seed % 4 == 0), seed);
    comparison.add(row(1, seed + 5, 103 + noise, false), seed);
  }
  CHECK(comparison.estimate(0, 0).value == 100 + 19'500);
  CHECK(comparison.estimate(0, 0).interval->contains(comparison.estimate(1, 0).value));
  const Difference difference = comparison.difference(0, 1, 0);
  CHECK(difference.seen());
  CHECK(difference.estimate.value == 3);
  CHECK(difference.estimate.interval->low == 3);
  CHECK(comparison.estimate(0, 1).value == 0.25);
  CHECK(comparison.estimate(1, 1).interval->low == 0);
  CHECK(comparison.difference(0, 1, 1).estimate.value == -0.25);
}

TEST_CASE("comparison: runs without a value, or without an end, do not count") {
  Comparison comparison(
      {"a", "b"}, {*find_quantity("latency_us_p50"), *find_quantity("messages.Vote.sent")}, 3);
  SweepRow answered = row(0, 1, 0, false);
  answered.outcome.metrics["latency_us_p50"] = 10;
  comparison.add(answered, 0);
  comparison.add(row(0, 2, 0, false), 1);  // nobody was answered
  SweepRow crashed = answered;
  crashed.end = RowEnd::crashed;
  comparison.add(crashed, 2);
  CHECK(comparison.estimate(0, 0).values == 1);
  CHECK(comparison.estimate(1, 0).values == 0);
  CHECK(comparison.difference(0, 1, 0).estimate.values == 0);
  CHECK_FALSE(comparison.idle(0));
  CHECK(comparison.idle(1));
  CHECK_FALSE(find_quantity("messages..sent").has_value());
  CHECK_FALSE(find_quantity("latency").has_value());
}

}  // namespace quorate
