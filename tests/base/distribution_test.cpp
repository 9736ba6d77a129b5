#include "sim/base/distribution.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "sim/base/assert.hpp"
#include "sim/base/decimal.hpp"
#include "sim/base/fixed.hpp"
#include "sim/base/hash.hpp"

#include "tests/base/second_opinion.hpp"

using namespace quorate;
using namespace quorate::testing;

namespace {

Probability chance(std::string_view text) {
  const Parsed<Probability> parsed = parse_probability(text);
  INFO(parsed.error);
  REQUIRE(parsed);
  return parsed.value;
}

const std::vector<std::string> samplers{"7ms",
                                        "uniform(1ms, 10ms)",
                                        "uniform(3ms, 3ms)",
                                        "normal(8ms, 2ms)",
                                        "normal(1ms, 2ms) min 500us max 3ms",
                                        "exponential(5ms)",
                                        "exponential(5ms) max 20ms",
                                        "lognormal(median 5ms, p99 20ms)",
                                        "lognormal(median 5ms, p99 5ms)",
                                        "pareto(5ms, 2.5)",
                                        "pareto(1ms, 0.1) max 1s",
                                        "empirical(1ms:70, 5ms:25, 200ms:5)"};

std::vector<Real> samples_of(std::string_view text, std::size_t count) {
  const Distribution distribution = distribution_of(text);
  Stream stream = test_stream();
  std::vector<Real> result(count);
  for (Real& value : result) value = static_cast<Real>(sample(distribution, stream).count());
  return result;
}

struct Moments {
  Real mean{};
  Real variance{};
};

Moments moments_of(const std::vector<Real>& values) {
  Moments result;
  for (const Real value : values) result.mean += value;
  result.mean /= static_cast<Real>(values.size());
  for (const Real value : values) result.variance += (value - result.mean) * (value - result.mean);
  result.variance /= static_cast<Real>(values.size());
  return result;
}

// Kolmogorov and Smirnov: sqrt(n) * the largest gap between the samples and the distribution
// function. 1.95 is exceeded once in a thousand.
template <class F>
Real largest_gap(std::vector<Real> values, F&& distribution_function) {
  std::sort(values.begin(), values.end());
  const auto n = static_cast<Real>(values.size());
  Real gap = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Real expected = distribution_function(values[i] + Real{0.5});  // samples are truncated
    gap = std::max(
        {gap, expected - static_cast<Real>(i) / n, static_cast<Real>(i + 1) / n - expected});
  }
  return gap * std::sqrt(n);
}

}  // namespace

// Part of the trace format: a changed number here means that published runs change.
TEST_CASE("test vectors: eight samples and a digest of a million") {
  struct Vector {
    const char* text;
    std::array<std::int64_t, 8> first;
    std::uint64_t digest;
  };
  const std::vector<Vector> expected{
      {"uniform(1ms, 10ms)",
       {2084367, 4232232, 5082889, 6433377, 1573310, 3647199, 1794190, 9194495},
       0x32046FC19111E0A1U},
      {"exponential(5ms)",
       {641924, 2224697, 3022517, 4628027, 329103, 1741644, 461910, 12067556},
       0xF4ECAC0724890980U},
      {"normal(8ms, 2ms)",
       {5654871, 7278467, 7767133, 8525916, 4951149, 6917301, 5296697, 10687674},
       0xFD68C8968FB2F0C0U},
      {"lognormal(median 5ms, p99 20ms)",
       {2486049, 4032769, 4664841, 5848220, 2015801, 3621332, 2234404, 11136681},
       0xC3FF10EE487B70B5U},
      {"exponential(876000h)",
       {404874701733277270, 1403161203270141936, 1906362342187425804, 2918989512544391634,
        207571849384331824, 1098489839882226608, 291336468752860639, 7611249340890759592},
       0xD6526CFE285325CBU},
      {"normal(1ms, 2ms) min 500us max 3ms",
       {500000, 500000, 767133, 1525916, 500000, 500000, 500000, 3000000},
       0xDB94720A9BEC2E4EU},
      {"lognormal(median 1ns, p99 876000h)",
       {0, 0, 0, 123, 0, 0, 0, 48530576875},
       0x0D9A9104DE5602D6U},
      {"pareto(5ms, 2.5)",
       {5263477, 5973982, 6367706, 7240426, 5133389, 5747525, 5188220, 13129248},
       0x90048B8716A90EA5U},
      {"empirical(1ms:70, 5ms:25, 200ms:5)",
       {1000000, 1000000, 1000000, 1000000, 1000000, 1000000, 1000000, 5000000},
       0xE159873D997FC7B0U},
  };
  for (const Vector& vector : expected) {
    CAPTURE(vector.text);
    const Distribution distribution = distribution_of(vector.text);
    Stream stream = test_stream();
    for (const std::int64_t ns : vector.first) CHECK(sample(distribution, stream).count() == ns);
    stream = test_stream();
    Hasher digest;
    for (int i = 0; i < 1'000'000; ++i) {
      digest.word(static_cast<std::uint64_t>(sample(distribution, stream).count()));
    }
    CHECK(digest.result() == vector.digest);
  }
}

TEST_CASE("test vector: a chance of 5%, a million times") {
  const Probability probability = chance("5%");
  Stream stream = test_stream();
  Hasher digest;
  for (int i = 0; i < 1'000'000; ++i) digest.word(probability.hit(stream) ? 1 : 0);
  CHECK(digest.result() == 0x39B9A8B5E9572E82U);
}

TEST_CASE("every sample takes exactly one draw, a constant none") {
  for (const Engine engine : {Engine::xoshiro256pp, Engine::mt19937_64}) {
    for (const std::string& text : samplers) {
      CAPTURE(text);
      const Distribution distribution = distribution_of(text);
      Stream stream(8, engine);
      Stream twin = stream;
      for (int i = 0; i < 200; ++i) {
        sample(distribution, stream);
        if (distribution.kind != Distribution::Kind::constant) twin.next();
        REQUIRE(stream == twin);
      }
    }
  }
}

TEST_CASE("samples equal the textbook formulas in long double, to a nanosecond") {
  const Distribution exponential = distribution_of("exponential(5ms)");
  const Distribution normal = distribution_of("normal(100ms, 2ms)");
  const Distribution lognormal = distribution_of("lognormal(median 5ms, p99 20ms)");
  const Real sigma = std::log(Real{4}) / Real{2.32634787404084110088L};
  Stream stream = test_stream();
  for (int i = 0; i < 100'000; ++i) {
    Stream copies[3] = {stream, stream, stream};
    const std::uint64_t draw = stream.next();
    const Real z = static_cast<Real>(fixed::normal_quantile(draw)) / two_58;
    const Real waited = -std::log(static_cast<Real>(~draw | 1) / two_64) * 5'000'000;
    REQUIRE(std::abs(static_cast<Real>(sample(exponential, copies[0]).count()) - waited) <= 1.001L);
    const Real around = 100'000'000 + 2'000'000 * z;
    REQUIRE(std::abs(static_cast<Real>(sample(normal, copies[1]).count()) - around) <= 1.001L);
    const Real skewed = 5'000'000 * std::exp(sigma * z);
    REQUIRE(std::abs(static_cast<Real>(sample(lognormal, copies[2]).count()) - skewed) <= 1.001L);
  }
}

TEST_CASE("a lognormal delay's spread is log2(p99 / median) / z99") {
  const Real z99 = 2.32634787404084110088L;
  for (const auto& [median, p99] : {std::pair{5ms, 20ms}, std::pair{1ms, 86'400'000ms}}) {
    const Real ratio = static_cast<Real>(p99 / median);
    const auto spread = static_cast<Real>(Distribution::lognormal(median, p99).spread) / two_58;
    CHECK(std::abs(spread - std::log2(ratio) / z99) < 1e-14L);
  }
  CHECK(Distribution::lognormal(7ms, 7ms).spread == 0);
}

TEST_CASE("every sampler increases with its draw") {
  // Streams ordered by their next draw give samples in the same order.
  std::vector<Stream> streams;
  for (std::uint64_t key = 0; key < 2000; ++key) streams.emplace_back(key);
  std::sort(streams.begin(), streams.end(), [](Stream a, Stream b) { return a.next() < b.next(); });
  for (const std::string& text : samplers) {
    CAPTURE(text);
    const Distribution distribution = distribution_of(text);
    Duration before{};
    for (Stream stream : streams) {
      const Duration drawn = sample(distribution, stream);
      REQUIRE(drawn >= before);
      before = drawn;
    }
  }
}

TEST_CASE("a uniform delay covers its range and never its upper end") {
  const Distribution narrow = Distribution::uniform(10ns, 13ns);
  Stream stream = test_stream();
  std::array<int, 3> hits{};
  for (int i = 0; i < 30'000; ++i)
    ++hits.at(static_cast<std::size_t>(sample(narrow, stream).count() - 10));
  for (const int count : hits) CHECK(std::abs(count - 10'000) < 4 * 82);

  const std::vector<Real> values = samples_of("uniform(1ms, 10ms)", 1'000'000);
  const Moments moments = moments_of(values);
  const Real deviation = 9e6L / std::sqrt(Real{12});
  CHECK(std::abs(moments.mean - 5.5e6L) < 4 * deviation / 1000);
  CHECK(std::abs(moments.variance / (deviation * deviation) - 1) < 4 * std::sqrt(Real{0.8}) / 1000);
  CHECK(largest_gap(values, [](Real x) { return (x - 1e6L) / 9e6L; }) < 1.95L);
}

TEST_CASE("an exponential delay has the mean, the variance and the shape it should") {
  const std::vector<Real> values = samples_of("exponential(5ms)", 1'000'000);
  const Moments moments = moments_of(values);
  CHECK(std::abs(moments.mean - 5e6L) < 4 * 5e6L / 1000);
  CHECK(std::abs(moments.variance / 25e12L - 1) < 4 * std::sqrt(Real{8}) / 1000);
  CHECK(largest_gap(values, [](Real x) { return 1 - std::exp(-x / 5e6L); }) < 1.95L);
}

TEST_CASE("a normal delay has the mean, the variance and the shape it should") {
  const std::vector<Real> values = samples_of("normal(100ms, 2ms)", 1'000'000);
  const Moments moments = moments_of(values);
  CHECK(std::abs(moments.mean - 100e6L) < 4 * 2e6L / 1000);
  CHECK(std::abs(moments.variance / 4e12L - 1) < 4 * std::sqrt(Real{2}) / 1000);
  CHECK(largest_gap(values, [](Real x) { return 1 - upper_tail((x - 100e6L) / 2e6L); }) < 1.95L);
}

TEST_CASE("a lognormal delay has the median and the 99th percentile it was given") {
  const std::vector<Real> values = samples_of("lognormal(median 5ms, p99 20ms)", 1'000'000);
  const auto share_above = [&](Real limit) {
    return static_cast<Real>(
               std::count_if(values.begin(), values.end(), [=](Real x) { return x >= limit; })) /
           1e6L;
  };
  CHECK(std::abs(share_above(5e6L) - 0.5L) < 4 * 0.5L / 1000);
  CHECK(std::abs(share_above(20e6L) - 0.01L) < 4 * 0.0995L / 1000);
  const Real sigma = std::log(Real{4}) / Real{2.32634787404084110088L};
  CHECK(largest_gap(values, [=](Real x) { return 1 - upper_tail(std::log(x / 5e6L) / sigma); }) <
        1.95L);
}

TEST_CASE("samples stay within min and max, and are never negative") {
  const Distribution wide = distribution_of("normal(1ms, 100ms)");
  const Distribution limited = distribution_of("normal(1ms, 100ms) min 2ms max 3ms");
  Stream stream = test_stream();
  int at_zero = 0;
  for (int i = 0; i < 10'000; ++i) {
    const Duration drawn = sample(wide, stream);
    REQUIRE(drawn.count() >= 0);
    at_zero += drawn.count() == 0 ? 1 : 0;
    const Duration clamped = sample(limited, stream);
    REQUIRE(clamped >= 2ms);
    REQUIRE(clamped <= 3ms);
  }
  CHECK(at_zero > 4000);  // about half lie below zero and are moved up to it
  CHECK(sample(distribution_of("5ms min 10ms"), stream) == 10ms);
  CHECK(sample(distribution_of("5ms max 2ms"), stream) == 2ms);
  CHECK(sample(Distribution{}, stream) == 0ms);
  CHECK(sample(distribution_of("uniform(3ms, 3ms)"), stream) == 3ms);
}

TEST_CASE("the largest delays saturate and do not wrap") {
  const std::vector<Distribution> extreme{
      Distribution::constant(Duration::max()),
      Distribution::uniform(0ns, Duration::max()),
      Distribution::exponential(Duration::max()),
      Distribution::normal(Duration::max(), Duration::max()),
      Distribution::lognormal(1ns, Duration::max()),
      Distribution::lognormal(Duration::max(), Duration::max()),
  };
  for (const Distribution& distribution : extreme) {
    Stream stream = test_stream();
    Duration largest{};
    for (int i = 0; i < 20'000; ++i) {
      const Duration drawn = sample(distribution, stream);
      REQUIRE(drawn.count() >= 0);
      largest = std::max(largest, drawn);
    }
    CAPTURE(to_text(distribution));
    CHECK(largest > Duration::max() / 2);
    CHECK(Time{1} + largest <= Time::never());
  }
}

TEST_CASE("a distribution made of impossible lengths is an assertion") {
  CHECK_THROWS_AS(Distribution::constant(-1ns), AssertionFailure);
  CHECK_THROWS_AS(Distribution::uniform(2ms, 1ms), AssertionFailure);
  CHECK_THROWS_AS(Distribution::uniform(-1ms, 1ms), AssertionFailure);
  CHECK_THROWS_AS(Distribution::exponential(-1ms), AssertionFailure);
  CHECK_THROWS_AS(Distribution::normal(1ms, -1ms), AssertionFailure);
  CHECK_THROWS_AS(Distribution::lognormal(0ms, 1ms), AssertionFailure);
  CHECK_THROWS_AS(Distribution::lognormal(2ms, 1ms), AssertionFailure);
  CHECK_THROWS_AS(Distribution::pareto(0ms, 2'000'000), AssertionFailure);
  CHECK_THROWS_AS(Distribution::pareto(1ms, 99'999), AssertionFailure);
  CHECK_THROWS_AS(Distribution::empirical({}), AssertionFailure);
  CHECK_THROWS_AS(Distribution::empirical({{2ms, 1}, {1ms, 1}}), AssertionFailure);
  CHECK_THROWS_AS(Distribution::empirical({{2ms, 0}}), AssertionFailure);
  CHECK_THROWS_AS(Distribution::constant(1ms).clamped(2ms, 1ms), AssertionFailure);
}

TEST_CASE("distributions are read") {
  CHECK(distribution_of("150ms") == Distribution::constant(150ms));
  CHECK(distribution_of("constant(5ms)") == Distribution::constant(5ms));
  CHECK(distribution_of("uniform(150ms, 300ms)") == Distribution::uniform(150ms, 300ms));
  CHECK(distribution_of("uniform(150ms,300ms)") == Distribution::uniform(150ms, 300ms));
  CHECK(distribution_of("  uniform ( 1ms , 2ms )  ") == Distribution::uniform(1ms, 2ms));
  CHECK(distribution_of("exponential(3s)") == Distribution::exponential(3s));
  CHECK(distribution_of("normal(8ms, 2ms) min 1ms") ==
        Distribution::normal(8ms, 2ms).clamped(1ms, Duration::max()));
  CHECK(distribution_of("exponential(5ms) max 400ms") ==
        Distribution::exponential(5ms).clamped(0ms, 400ms));
  CHECK(distribution_of("10ms max 2s min 1ms") == Distribution::constant(10ms).clamped(1ms, 2s));
  CHECK(distribution_of("lognormal(median 5ms, p99 20ms)") == Distribution::lognormal(5ms, 20ms));
  CHECK(distribution_of("pareto(5ms, 2.5)") == Distribution::pareto(5ms, 2'500'000));
  CHECK(distribution_of("pareto(5ms,2.500000) max 1s") ==
        Distribution::pareto(5ms, 2'500'000).clamped(0ms, 1s));
  CHECK(distribution_of("empirical(1ms:70,5ms:25)") ==
        Distribution::empirical({{1ms, 70}, {5ms, 25}}));
}

TEST_CASE("distributions are written canonically and read back equal") {
  CHECK(to_text(Distribution{}) == "0s");
  CHECK(to_text(distribution_of("constant(5000us)")) == "5ms");
  CHECK(to_text(distribution_of("uniform(0.15s,300ms)")) == "uniform(150ms, 300ms)");
  CHECK(to_text(distribution_of("normal(8ms,2ms) max 1s min 1ms")) ==
        "normal(8ms, 2ms) min 1ms max 1s");
  CHECK(to_text(distribution_of("lognormal(median 5ms,p99 20ms)")) ==
        "lognormal(median 5ms, p99 20ms)");
  for (const std::string& text : samplers) {
    CAPTURE(text);
    CHECK(to_text(distribution_of(text)) == text);
    CHECK(distribution_of(to_text(distribution_of(text))) == distribution_of(text));
  }
}

TEST_CASE("a bad distribution is explained in one sentence") {
  const std::string known =
      "; write a duration, or constant, uniform, normal, exponential, lognormal, pareto or "
      "empirical "
      "with parentheses";
  struct Case {
    std::string text;
    std::string error;
  };
  const std::vector<Case> cases{
      {"", "\"\" is not a duration; write a number and a unit, for example \"150ms\""},
      {"5", "\"5\" has no unit; write \"5ms\" or \"5s\""},
      {"-5ms", "\"-5ms\" is negative; a duration is at least 0s"},
      {"uniform(5, 10ms)", "\"5\" has no unit; write \"5ms\" or \"5s\""},
      {"gaussian(1ms, 2ms)", "\"gaussian(1ms, 2ms)\" starts with \"gaussian\"" + known},
      {"weibull(5ms, 2)", "\"weibull(5ms, 2)\" starts with \"weibull\"" + known},
      {"fast", "\"fast\" is no distribution" + known},
      {"uniform 1ms 2ms", "\"uniform 1ms 2ms\" starts with \"uniform\"" + known},
      {"uniform(1ms)", "\"uniform(1ms)\" is not well formed; write uniform(150ms, 300ms)"},
      {"uniform(1ms, )", "\"uniform(1ms, )\" is not well formed; write uniform(150ms, 300ms)"},
      {"uniform(1ms, 2ms", "\"uniform(1ms, 2ms\" is not well formed; write uniform(150ms, 300ms)"},
      {"uniform(1ms, 2ms, 3ms)",
       "\"uniform(1ms, 2ms, 3ms)\" is not well formed; write uniform(150ms, 300ms)"},
      {"exponential()", "\"exponential()\" is not well formed; write exponential(3s)"},
      {"lognormal(5ms, 20ms)",
       "\"lognormal(5ms, 20ms)\" is not well formed; write lognormal(median 5ms, p99 20ms)"},
      {"uniform(3ms, 2ms)", "\"uniform(3ms, 2ms)\" has its upper end below its lower end"},
      {"lognormal(median 0s, p99 1s)",
       "\"lognormal(median 0s, p99 1s)\" needs a median above zero"},
      {"lognormal(median 2s, p99 1s)",
       "\"lognormal(median 2s, p99 1s)\" has its p99 below its median"},
      {"5ms min 3ms max 2ms", "\"5ms min 3ms max 2ms\" has its max below its min"},
      {"5ms min 3", "\"3\" has no unit; write \"3ms\" or \"3s\""},
      {"5ms min 1ms min 2ms", "\"5ms min 1ms min 2ms\" goes on with \"min 2ms\""},
      {"5ms 6ms", "\"5ms 6ms\" goes on with \"6ms\""},
      {"uniform(1ms, 2ms))", "\"uniform(1ms, 2ms))\" goes on with \")\""},
  };
  for (const Case& bad : cases) {
    CAPTURE(bad.text);
    const Parsed<Distribution> parsed = parse_distribution(bad.text);
    CHECK(parsed.error == bad.error);
    CHECK(parsed.value == Distribution{});
  }
}

TEST_CASE("a probability is an exact share of the draws") {
  CHECK(chance("50%").threshold == std::uint64_t{1} << 63);
  CHECK(chance("25%").threshold == std::uint64_t{1} << 62);
  CHECK(chance("5%").threshold == 922'337'203'685'477'580U);   // floor(2^64 / 20)
  CHECK(chance("0.5%").threshold == 92'233'720'368'547'758U);  // floor(2^64 / 200)
  CHECK(chance("99.9%").threshold == 18'428'297'329'635'842'064U);
  CHECK(chance("0.0000000000000001%").threshold == 18);  // floor(2^64 / 10^18)
  CHECK(chance("99.9999999999999999%").threshold == 18'446'744'073'709'551'597U);
  CHECK(chance("0%").threshold == 0);
  CHECK_FALSE(chance("0%").certain);
  CHECK(chance("100%").certain);
  CHECK(chance("050.00%") == chance("50%"));
  CHECK(Probability{} == chance("0%"));
}

TEST_CASE("the longest sample is an end, or of a curve what one in a thousand exceeds") {
  CHECK(longest_of(Distribution::constant(5ms)) == 5ms);
  CHECK(longest_of(Distribution::uniform(150ms, 300ms)) == 300ms);
  CHECK(longest_of(Distribution::empirical({{1ms, 9}, {7ms, 1}})) == 7ms);
  CHECK(longest_of(Distribution::exponential(10ms).clamped(0ms, 30ms)) == 30ms);
  const Distribution curves[] = {Distribution::exponential(10ms), Distribution::normal(100ms, 20ms),
                                 Distribution::lognormal(5ms, 40ms),
                                 Distribution::pareto(10ms, 2 * Distribution::shape_unit)};
  for (const Distribution& curve : curves) {
    const Duration longest = longest_of(curve);
    CAPTURE(to_text(curve));
    CHECK(longest > std::max(curve.a, curve.kind == Distribution::Kind::pareto ? 0ms : curve.b));
    Stream stream = make_stream(1, Purpose::timer);
    int beyond = 0;
    for (int i = 0; i < 100'000; ++i) beyond += sample(curve, stream) > longest ? 1 : 0;
    CHECK(beyond > 70);
    CHECK(beyond < 130);
  }
}

TEST_CASE("a chance takes one draw, unless it is 0% or 100%") {
  Stream stream = test_stream();
  const Stream start = stream;
  for (int i = 0; i < 100; ++i) {
    CHECK_FALSE(chance("0%").hit(stream));
    CHECK(chance("100.0%").hit(stream));
  }
  CHECK(stream == start);
  Stream twin = stream;
  chance("0.0000000000000001%").hit(stream);
  twin.next();
  CHECK(stream == twin);
}

TEST_CASE("a chance is hit by the draws below its threshold") {
  Stream stream = test_stream();
  const std::uint64_t draw = Stream(stream).next();
  Probability probability = chance("50%");
  for (const std::uint64_t threshold : {draw - 1, draw, draw + 1}) {
    probability.threshold = threshold;
    Stream twin = stream;
    CHECK(probability.hit(twin) == (draw < threshold));
  }
}

TEST_CASE("an event of 0.5% happens in 0.5% of cases") {
  const Probability probability = chance("0.5%");
  Stream stream = test_stream();
  int hits = 0;
  for (int i = 0; i < 1'000'000; ++i) hits += probability.hit(stream) ? 1 : 0;
  CHECK(std::abs(hits - 5000) < 4 * 71);  // binomial: standard deviation 70.5
}

TEST_CASE("probabilities are written in their shortest form and read back equal") {
  for (const char* text : {"0%", "5%", "0.5%", "12.5%", "99.9999999999999999%",
                           "0.0000000000000001%", "100%", "10%"}) {
    CHECK(to_text(chance(text)) == text);
  }
  CHECK(to_text(chance("050.00%")) == "50%");
  Stream stream = test_stream();
  for (int i = 0; i < 5000; ++i) {
    const Decimal percent{stream.below(1'000'000),
                          static_cast<std::uint32_t>(4 + stream.below(13))};
    const Probability probability = chance(to_text(percent) + "%");
    REQUIRE(chance(to_text(probability)) == probability);
  }
}

TEST_CASE("a bad probability is explained in one sentence") {
  const std::string hint = "; write a share of 100 with its sign, for example \"0.5%\"";
  for (const std::string text : {"", "%", "-5%", " 5%", "5 %", "5%%", "5.%", "1e1%", "five"}) {
    CHECK(parse_probability(text).error == "\"" + text + "\" is not a probability" + hint);
  }
  CHECK(parse_probability("0.05").error == "\"0.05\" has no percent sign" + hint);
  CHECK(parse_probability("100.1%").error == "\"100.1%\" is more than 100%");
  CHECK(parse_probability("101%").error == "\"101%\" is more than 100%");
  CHECK(parse_probability("0.00000000000000001%").error ==
        "\"0.00000000000000001%\" has more than 16 decimals");
}
