// Delays with a heavy tail, and delays as they were measured: Pareto and empirical.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "sim/base/distribution.hpp"

#include "tests/base/second_opinion.hpp"

using namespace quorate;
using namespace quorate::testing;

TEST_CASE("a Pareto delay has the tail, the median and the mean it should") {
  const Distribution distribution = distribution_of("pareto(5ms, 2.5)");
  Stream stream = test_stream();
  constexpr int draws = 1'000'000;
  std::vector<Real> values(draws);
  Real mean = 0;
  for (Real& value : values) {
    value = static_cast<Real>(sample(distribution, stream).count());
    mean += value / draws;
  }
  std::sort(values.begin(), values.end());
  CHECK(values.front() >= 5e6L);
  Real gap = 0;  // Kolmogorov and Smirnov; samples are truncated
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Real expected = 1 - std::pow(5e6L / (values[i] + 0.5L), 2.5L);
    gap = std::max(gap, std::abs(expected - static_cast<Real>(i) / draws));
  }
  CHECK(gap * std::sqrt(Real{draws}) < 1.95L);  // exceeded once in a thousand
  // The mean is 5/3 of the least, the variance 20/9 of its square.
  CHECK(std::abs(mean - 5e6L * 5 / 3) < 4 * 5e6L * std::sqrt(Real{20} / 9 / draws));
}

TEST_CASE("a Pareto sample is the least value times a power of the draw, to a nanosecond") {
  Stream stream = test_stream();
  for (const auto& [text, shape] : {std::pair{"pareto(5ms, 2.5)", 2.5L},
                                    {"pareto(1us, 0.5)", 0.5L},
                                    {"pareto(1ms, 1000)", 1000.0L},
                                    {"pareto(1us, 0.7)", 0.7L}}) {
    const std::string name = text;
    CAPTURE(name);
    const Distribution distribution = distribution_of(name);
    for (int i = 0; i < 20'000; ++i) {
      Stream copy = stream;
      const Real u = static_cast<Real>(~stream.next() | 1) / two_64;
      const Real expected = static_cast<Real>(distribution.a.count()) * std::pow(u, -1 / shape);
      const auto got = static_cast<Real>(sample(distribution, copy).count());
      REQUIRE(std::abs(got - expected) <= 1.001L + expected * 1e-14L);
    }
  }
}

TEST_CASE("an empirical delay takes its values as often as they weigh, the lower for lower draws") {
  const Distribution distribution = distribution_of("empirical(1ms:70, 5ms:25, 200ms:5)");
  Stream stream = test_stream();
  constexpr int draws = 1'000'000;
  std::array<int, 3> seen{};
  for (int i = 0; i < draws; ++i) {
    Stream copy = stream;
    const Real u = static_cast<Real>(stream.next()) / two_64;
    const Duration value = sample(distribution, copy);
    REQUIRE(value == (u < 0.70L ? Duration{1ms} : u < 0.95L ? Duration{5ms} : Duration{200ms}));
    ++seen[value == 1ms ? 0 : value == 5ms ? 1 : 2];
  }
  const std::array<Real, 3> shares{0.70L, 0.25L, 0.05L};
  for (std::size_t i = 0; i < 3; ++i) {
    const Real sigma = std::sqrt(shares[i] * (1 - shares[i]) * draws);
    CHECK(std::abs(static_cast<Real>(seen[i]) - shares[i] * draws) < 4 * sigma);
  }
  Stream other(1);
  CHECK(sample(Distribution::empirical({{7ms, 1}}), other) == 7ms);
}

TEST_CASE("a Pareto delay without end saturates") {
  Stream stream = test_stream();
  const Distribution wild = distribution_of("pareto(876000h, 0.1)");
  bool never = false;
  for (int i = 0; i < 1000; ++i) {
    const Duration drawn = sample(wild, stream);
    CHECK(drawn >= wild.a);
    never = never || drawn == Duration::max();
  }
  CHECK(never);
}

TEST_CASE("a bad Pareto or empirical delay is explained in one sentence") {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"pareto(5ms)", "\"pareto(5ms)\" is not well formed; write pareto(5ms, 2.5)"},
      {"pareto(0s, 2)", "\"pareto(0s, 2)\" needs a least value above zero"},
      {"pareto(5ms, 0)",
       "\"pareto(5ms, 0)\" needs a shape from 0.1 to 1000, with at most 6 decimals"},
      {"pareto(5ms, 0.0999)",
       "\"pareto(5ms, 0.0999)\" needs a shape from 0.1 to 1000, with at most 6 decimals"},
      {"pareto(5ms, 1000.1)",
       "\"pareto(5ms, 1000.1)\" needs a shape from 0.1 to 1000, with at most 6 decimals"},
      {"pareto(5ms, 2.5ms)",
       "\"pareto(5ms, 2.5ms)\" needs a shape from 0.1 to 1000, with at most 6 decimals"},
      {"empirical()",
       "\"empirical()\" is not well formed; write empirical(1ms:70, 5ms:25, 200ms:5)"},
      {"empirical(1ms)",
       "\"empirical(1ms)\" is not well formed; write empirical(1ms:70, 5ms:25, 200ms:5)"},
      {"empirical(1ms:1",
       "\"empirical(1ms:1\" is not well formed; write empirical(1ms:70, 5ms:25, 200ms:5)"},
      {"empirical(1:5)", "\"1\" has no unit; write \"1ms\" or \"1s\""},
      {"empirical(1ms:0)",
       "\"empirical(1ms:0)\" needs weights that are whole numbers from 1 to 1000000000"},
      {"empirical(1ms:0.5)",
       "\"empirical(1ms:0.5)\" needs weights that are whole numbers from 1 to 1000000000"},
      {"empirical(1ms:1000000001)",
       "\"empirical(1ms:1000000001)\" needs weights that are whole numbers from 1 to 1000000000"},
      {"empirical(5ms:1, 5ms:1)", "\"empirical(5ms:1, 5ms:1)\" has values that do not rise"},
  };
  for (const auto& [text, error] : cases) {
    const std::string found = parse_distribution(text).error;
    CHECK(found == error);
  }
}
