// What scenarios draw: chances ("5%") and delays ("uniform(1ms, 4ms)"). Integers only, one draw a
// sample. Every sample increases with its draw, so that runs which share a seed share their luck.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/base/parsed.hpp"
#include "sim/base/random.hpp"
#include "sim/base/time.hpp"

namespace quorate {

// The chance of an event, kept as the exact decimal parts / 10^decimals, without trailing zeros.
struct Probability {
  std::uint64_t parts{};
  std::uint8_t decimals{};    // at most 18
  bool certain{};             // exactly 100%
  std::uint64_t threshold{};  // floor(2^64 * parts / 10^decimals); 0 only for 0% and 100%

  // One draw, unless the chance is 0% or 100%, which need none.
  bool hit(Stream& stream) const {
    if (threshold == 0) return certain;
    return stream.next() < threshold;
  }
  friend bool operator==(const Probability&, const Probability&) = default;
};

// "5%", "0.5%", "100%": 0 to 100 with at most 16 decimals. A number without the sign is refused.
Parsed<Probability> parse_probability(std::string_view text);

// The shortest form that parse_probability reads back to the same value.
std::string to_text(Probability probability);

// A random length of time. Made by the functions below or read by parse_distribution, never filled
// in by hand: `spread` depends on the rest. The default is always 0.
struct Distribution {
  enum class Kind : std::uint8_t {
    constant,
    uniform,
    exponential,
    normal,
    lognormal,
    pareto,
    empirical,
  };
  // One value of an empirical distribution.
  struct Point {
    Duration value;
    std::uint64_t up_to{};  // the weights of this and all lower values
    friend bool operator==(const Point&, const Point&) = default;
  };
  static constexpr std::uint64_t shape_unit =
      1'000'000;  // what `b` of a pareto counts: 2.5 is 2.5e6

  Kind kind{Kind::constant};
  Duration a{};  // constant: its value; uniform: lower end; lognormal: median; pareto, empirical:
                 // the least; others: mean
  Duration b{};  // uniform: upper end, never drawn; normal: deviation; lognormal: 99th percentile;
                 // pareto: its shape, in millionths; empirical: the largest
  Duration min{};                 // samples outside [min, max] are moved to the nearer end
  Duration max{Duration::max()};  // the default means no limit
  std::uint64_t spread{};         // lognormal: log2(b / a) / z99 in Q6.58; pareto: 1 / (shape ln 2)
                                  // in Q4.60
  std::vector<Point> points{};    // empirical only, values and sums rising

  // All lengths are at least 0; asserted, as are the conditions beside them.
  static Distribution constant(Duration value);
  static Distribution uniform(Duration low, Duration high);  // low <= high; equal ends give low
  static Distribution exponential(Duration mean);
  static Distribution normal(Duration mean, Duration deviation);
  static Distribution lognormal(Duration median, Duration p99);  // 1ns <= median <= p99
  // P(X > x) = (least / x)^shape, the shape in millionths from 0.1 to 1000; 1ns <= least.
  static Distribution pareto(Duration least, std::uint64_t shape);
  // Values with their weights: values rising, weights from 1 to 1,000,000,000, 1 to 1,000 of them.
  static Distribution empirical(const std::vector<std::pair<Duration, std::uint64_t>>& weighted);
  Distribution clamped(Duration lowest, Duration highest) const;  // lowest <= highest

  friend bool operator==(const Distribution&, const Distribution&) = default;
};

// The least that it can give: 0 for a curve without a lower limit of its own.
Duration least_of(const Distribution& distribution);

// The most that it can give; of a curve without an upper limit of its own, what one sample in a
// thousand exceeds.
Duration longest_of(const Distribution& distribution);

// `150ms`, `constant(d)`, `uniform(a, b)`, `normal(mean, sd)`, `exponential(mean)`,
// `lognormal(median d, p99 d)`, `pareto(least, shape)`, `empirical(d:weight, ...)`, each followed,
// if wanted, by `min d` and `max d`.
Parsed<Distribution> parse_distribution(std::string_view text);

// The canonical form; parse_distribution reads it back to an equal value.
std::string to_text(const Distribution& distribution);

// Samples of the curved kinds before clamping; sample() is what to call.
Duration sample_curve(const Distribution& distribution, Stream& stream);

// One sample: exactly one draw, none for a constant. Never negative, saturating, within [min, max].
// A constant or uniform sample costs 1-3 ns, the others 7-18.
inline Duration sample(const Distribution& distribution, Stream& stream) {
  Duration drawn = distribution.a;
  if (distribution.kind == Distribution::Kind::uniform) {
    const auto width = static_cast<std::uint64_t>((distribution.b - distribution.a).count());
    drawn += Duration{static_cast<std::int64_t>(stream.below(width + (width == 0 ? 1 : 0)))};
  } else if (distribution.kind != Distribution::Kind::constant) {
    drawn = sample_curve(distribution, stream);
  }
  if (drawn < distribution.min) return distribution.min;
  return distribution.max < drawn ? distribution.max : drawn;
}

}  // namespace quorate
