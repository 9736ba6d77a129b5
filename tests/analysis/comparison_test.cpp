// What a comparison makes of the values of runs.
#include "analysis/comparison.hpp"

#include <doctest/doctest.h>

namespace quorate {
namespace {

// One contender with these values of a metric.
Comparison of_values(const std::string& metric, const std::vector<std::int64_t>& values) {
  Comparison comparison({"one"}, {*find_quantity(metric)}, values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    SweepRow row;
    row.end = RowEnd::finished;
    row.outcome.metrics[metric] = values[i];
    comparison.add(row, i);
  }
  return comparison;
}

}  // namespace

TEST_CASE("comparison: the interval of a mean does not leave the values that it can have") {
  const Estimate times = of_values("blocked_time_us", {0, 10}).estimate(0, 0);
  CHECK(times.value == 5);
  REQUIRE(times.interval);
  CHECK(times.interval->low == 0);  // by the bootstrap alone it is less
  CHECK(times.interval->high > 10);
  const Estimate parts = of_values("availability_ppm", {999'990, 1'000'000}).estimate(0, 0);
  REQUIRE(parts.interval);
  CHECK(parts.interval->high == 1'000'000);
  CHECK(parts.interval->low < 999'990);
}

TEST_CASE("comparison: a difference may be less than 0, and so may its interval") {
  Comparison two({"a", "b"}, {*find_quantity("crashes")}, 2);
  for (const auto& [point, run, value] :
       {std::tuple{0, 0, 4}, std::tuple{0, 1, 6}, std::tuple{1, 0, 2}, std::tuple{1, 1, 1}}) {
    SweepRow row;
    row.end = RowEnd::finished;
    row.point = static_cast<std::size_t>(point);
    row.outcome.metrics["crashes"] = value;
    two.add(row, static_cast<std::uint64_t>(run));
  }
  const Difference difference = two.difference(0, 1, 0);
  CHECK(difference.estimate.value == -3.5);
  CHECK(difference.estimate.interval->low < -5);
}

}  // namespace quorate
