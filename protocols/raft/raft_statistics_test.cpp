// How long elections take and how often votes split, over thousands of seeds, against closed
// formulas.
//
// Fresh servers with equal logs draw their timeouts from U[a, b], every message takes d. The first
// of s live servers times out at a + (b - a) / (s + 1) on average. Whoever times out less than d
// later has not heard of it and stands too. With l = d / (b - a), that c - 1 or more others do so
// has the probability P(Bin(s, l) >= c - 1), and with c = s - floor(n / 2) + 1 candidates nobody
// gets a majority. A split term costs another timeout: the mean is (a + (b - a) / (s + 1) + d) / (1
// - p) + d.
#include <doctest/doctest.h>

#include <cmath>

#include "tests/support/run_text.hpp"
#include "tests/support/sanitized.hpp"

namespace quorate::raft {

namespace {

using testing::run_to_end;
using testing::scenario_of;

constexpr double a = 150;  // ms
constexpr double b = 300;

struct Setting {
  std::uint32_t nodes{};
  std::uint32_t live{};
  std::uint32_t delay{};  // ms

  double l() const { return delay / (b - a); }
  std::uint32_t candidates_that_split() const { return live - nodes / 2 + 1; }
};

double binomial(std::uint32_t n, std::uint32_t k) {
  double result = 1;
  for (std::uint32_t i = 1; i <= k; ++i) result = result * (n - k + i) / i;
  return result;
}

double split_probability(const Setting& setting) {
  double below = 0;
  for (std::uint32_t k = 0; k + 1 < setting.candidates_that_split(); ++k) {
    below += binomial(setting.live, k) * std::pow(setting.l(), k) *
             std::pow(1 - setting.l(), setting.live - k);
  }
  return 1 - below;
}

double mean_time(const Setting& setting) {
  const double first = a + (b - a) / (setting.live + 1) + setting.delay;
  return first / (1 - split_probability(setting)) + setting.delay;
}

std::string text(const Setting& setting) {
  std::string dead;
  for (std::uint32_t i = setting.live + 1; i <= setting.nodes; ++i) {
    dead += (dead.empty() ? "\"n" : ", \"n") + std::to_string(i) + "\"";
  }
  const std::string faults = R"(, "faults": [{ "at": "0ms", "do": { "crash": [)" + dead + "] } }]";
  return R"({ "quorate": 1, "protocol": { "use": "raft", "nodes": )" +
         std::to_string(setting.nodes) + R"( }, "stop": { "at": "60s", "or": "elected" },
         "network": { "delay": ")" +
         std::to_string(setting.delay) + "ms\" }" + (dead.empty() ? "" : faults) + " }";
}

struct Measured {
  double mean{};       // ms until a leader was elected
  double deviation{};  // of that mean
  double splits{};     // elections whose first term had no winner
};

Measured measure(const Setting& setting, std::uint64_t seeds) {
  const auto scenario = scenario_of(text(setting));
  double sum = 0;
  double squares = 0;
  Measured result;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const auto run = run_to_end(scenario, seed);
    const auto& metrics = run->outcome().metrics;
    REQUIRE(metrics.at("leaders") == 1);
    const double time = static_cast<double>(metrics.at("first_leader_at_us")) / 1000;
    sum += time;
    squares += time * time;
    result.splits += metrics.at("epochs") > 1 ? 1 : 0;
  }
  const double count = static_cast<double>(seeds);
  result.mean = sum / count;
  result.deviation = std::sqrt((squares / count - result.mean * result.mean) / count);
  return result;
}

void check_splits(const Setting& setting, const Measured& measured, std::uint64_t seeds) {
  const double p = split_probability(setting);
  const double expected = p * static_cast<double>(seeds);
  const double sigma = std::sqrt(expected * (1 - p));
  CAPTURE(setting.nodes);
  CAPTURE(setting.live);
  CAPTURE(expected);
  CAPTURE(measured.splits);
  CHECK(std::abs(measured.splits - expected) <=
        4 * sigma + 1);  // + 1: rare events are counted whole
}

void check_elections(std::uint64_t seeds) {
  for (const std::uint32_t n : {3u, 5u, 9u}) {
    const Setting setting{n, n, 5};
    const Measured measured = measure(setting, seeds);
    const double expected = mean_time(setting);
    INFO("n = " << n << ": mean " << measured.mean << " ms, formula " << expected << " ms; split "
                << measured.splits << " of " << seeds << ", formula "
                << split_probability(setting) * static_cast<double>(seeds));
    CHECK(std::abs(measured.mean - expected) <= 0.02 * expected);
    CHECK(std::abs(measured.mean - expected) <= 4 * measured.deviation);
    check_splits(setting, measured, seeds);
  }
}

}  // namespace

TEST_CASE("raft statistics: election time with timeouts U[150,300] ms and d = 5 ms, 10,000 seeds" *
          doctest::skip(testing::sanitized)) {
  check_elections(10'000);
}

TEST_CASE("raft statistics: split votes as published, with dead servers and long delays") {
  // Ongaro's dissertation, figures of chapter 9: n, live,
  // l = 0.1 or 0.2, and the share of split terms.
  const std::pair<Setting, double> published[] = {
      {{5, 4, 15}, 5.2},  {{5, 4, 30}, 18.1}, {{5, 3, 30}, 48.8}, {{9, 5, 30}, 67.2},
      {{9, 5, 15}, 41.0}, {{9, 7, 30}, 14.8}, {{9, 6, 30}, 34.5}, {{7, 6, 30}, 9.9}};
  for (const auto& [setting, percent] : published) {
    CHECK(std::abs(100 * split_probability(setting) - percent) < 0.06);
    check_splits(setting, measure(setting, 1000), 1000);
  }
}

}  // namespace quorate::raft
