#include "sim/base/distribution.hpp"

#include <array>
#include <utility>

#include "sim/base/assert.hpp"
#include "sim/base/decimal.hpp"
#include "sim/base/fixed.hpp"
#include "sim/base/uint128.hpp"

namespace quorate {
namespace {

using Law = Distribution::Kind;

std::uint64_t amount(Duration duration) { return static_cast<std::uint64_t>(duration.count()); }

Duration duration_of(std::uint64_t ns) { return Duration{static_cast<std::int64_t>(ns)}; }

// 1 / (ln 2 * z99) in Q0.64; z99 = 2.32634787... is the 99th percentile of the standard normal.
constexpr std::uint64_t inverse_ln2_z99 = 0x9EC2'718D'F05A'2793;

// log2(high / low) / z99 in Q6.58: how far one standard deviation goes, in doublings.
std::uint64_t doublings_per_deviation(Duration low, Duration high) {
  const std::uint64_t ratio =
      fixed::negative_log(amount(low)) - fixed::negative_log(amount(high));  // ln(high / low)
  return multiply_high(ratio, inverse_ln2_z99);
}

Duration exponential_at(const Distribution& d, std::uint64_t draw) {
  // The complement makes the sample increase with the draw; the last bit keeps zero out.
  return duration_of(fixed::scale(amount(d.a), fixed::negative_log(~draw | 1)));
}

Duration normal_at(const Distribution& d, std::uint64_t draw) {
  const std::int64_t z = fixed::normal_quantile(draw);
  const auto size = static_cast<std::uint64_t>(z < 0 ? -z : z);
  const std::uint64_t offset = fixed::scale(amount(d.b), size);
  if (z < 0) return d.a - duration_of(offset);
  const std::uint64_t sum = amount(d.a) + offset;  // below 2^64: both are below 2^63
  return duration_of(std::min(sum, fixed::largest_amount));
}

Duration lognormal_at(const Distribution& d, std::uint64_t draw) {
  const std::int64_t z = fixed::normal_quantile(draw);
  const UInt128 product = multiply_wide(static_cast<std::uint64_t>(z < 0 ? -z : z), d.spread);
  const auto size = static_cast<std::int64_t>(product.high << 2 | product.low >> 62);  // Q10.54
  return duration_of(fixed::scale_by_power_of_two(amount(d.a), z < 0 ? -size : size));
}

// 1 / ln 2 in Q4.60.
constexpr std::uint64_t inverse_ln2 = 0x1715'4765'2B82'FE17;
constexpr std::uint64_t least_shape = Distribution::shape_unit / 10;
constexpr std::uint64_t largest_shape = Distribution::shape_unit * 1000;
constexpr std::uint64_t largest_weight = 1'000'000'000;
constexpr std::size_t most_points = 1'000;

// least * U^(-1 / shape), as a power of two.
Duration pareto_at(const Distribution& d, std::uint64_t draw) {
  constexpr std::uint64_t enough = std::uint64_t{128} << 54;  // doublings, Q10.54: saturates
  const std::uint64_t doublings =
      multiply_high(fixed::negative_log(~draw | 1), d.spread);  // Q6.58 * Q4.60
  const auto exponent = static_cast<std::int64_t>(std::min(doublings, enough));
  return duration_of(fixed::scale_by_power_of_two(amount(d.a), exponent));
}

Duration sample_empirical(const Distribution& d, Stream& stream) {
  const std::uint64_t drawn = stream.below(d.points.back().up_to);
  const auto above = [](std::uint64_t n, const Distribution::Point& point) {
    return n < point.up_to;
  };
  return std::upper_bound(d.points.begin(), d.points.end(), drawn, above)->value;
}

// Of a kind without an upper limit: what this draw, of 2^64 equally likely ones, gives.
Duration curve_at(const Distribution& distribution, std::uint64_t draw) {
  if (distribution.kind == Law::exponential) return exponential_at(distribution, draw);
  if (distribution.kind == Law::normal) return normal_at(distribution, draw);
  if (distribution.kind == Law::pareto) return pareto_at(distribution, draw);
  return lognormal_at(distribution, draw);
}

}  // namespace

Duration sample_curve(const Distribution& distribution, Stream& stream) {
  if (distribution.kind == Law::empirical) return sample_empirical(distribution, stream);
  return curve_at(distribution, stream.next());
}

Duration longest_of(const Distribution& distribution) {
  constexpr std::uint64_t one_in_a_thousand = ~std::uint64_t{0} - ~std::uint64_t{0} / 1000;
  const bool limited = distribution.kind == Law::constant || distribution.kind == Law::uniform ||
                       distribution.kind == Law::empirical;
  const Duration longest = limited ? std::max(distribution.a, distribution.b)
                                   : curve_at(distribution, one_in_a_thousand);
  return std::clamp(longest, distribution.min, distribution.max);
}

Distribution Distribution::constant(Duration value) {
  QUORATE_ASSERT(value.count() >= 0, "A delay is never negative.");
  return {.kind = Law::constant, .a = value};
}

Distribution Distribution::uniform(Duration low, Duration high) {
  QUORATE_ASSERT(low.count() >= 0, "A delay is never negative.");
  QUORATE_ASSERT(low <= high, "A range goes from its lower to its upper end.");
  return {.kind = Law::uniform, .a = low, .b = high};
}

Distribution Distribution::exponential(Duration mean) {
  QUORATE_ASSERT(mean.count() >= 0, "A mean delay is never negative.");
  return {.kind = Law::exponential, .a = mean};
}

Distribution Distribution::normal(Duration mean, Duration deviation) {
  QUORATE_ASSERT(mean.count() >= 0, "A mean delay is never negative.");
  QUORATE_ASSERT(deviation.count() >= 0, "A standard deviation is never negative.");
  return {.kind = Law::normal, .a = mean, .b = deviation};
}

Distribution Distribution::lognormal(Duration median, Duration p99) {
  QUORATE_ASSERT(median.count() >= 1, "A lognormal delay has a median above zero.");
  QUORATE_ASSERT(median <= p99, "A 99th percentile is not below the median.");
  return {.kind = Law::lognormal,
          .a = median,
          .b = p99,
          .spread = doublings_per_deviation(median, p99)};
}

Distribution Distribution::pareto(Duration least, std::uint64_t shape) {
  QUORATE_ASSERT(least.count() >= 1, "A Pareto delay has a least value above zero.");
  QUORATE_ASSERT(least_shape <= shape && shape <= largest_shape,
                 "The shape of a Pareto delay is from 0.1 to 1000.");
  const std::uint64_t rest = inverse_ln2 % shape * shape_unit / shape;  // nothing here overflows
  return {.kind = Law::pareto,
          .a = least,
          .b = duration_of(shape),
          .spread = inverse_ln2 / shape * shape_unit + rest};
}

Distribution Distribution::empirical(
    const std::vector<std::pair<Duration, std::uint64_t>>& weighted) {
  QUORATE_ASSERT(!weighted.empty() && weighted.size() <= most_points,
                 "An empirical delay has 1 to 1,000 values.");
  Distribution result{.kind = Law::empirical};
  std::uint64_t sum = 0;
  for (const auto& [value, weight] : weighted) {
    QUORATE_ASSERT(value.count() >= 0 && (sum == 0 || result.points.back().value < value),
                   "The values of an empirical delay rise.");
    QUORATE_ASSERT(weight >= 1 && weight <= largest_weight, "A weight is from 1 to 1,000,000,000.");
    sum += weight;
    result.points.push_back({value, sum});
  }
  result.a = weighted.front().first;
  result.b = weighted.back().first;
  return result;
}

Duration least_of(const Distribution& distribution) {
  const bool curved = distribution.kind == Law::exponential || distribution.kind == Law::normal ||
                      distribution.kind == Law::lognormal;
  return std::clamp(curved ? Duration{0} : distribution.a, distribution.min, distribution.max);
}

Distribution Distribution::clamped(Duration lowest, Duration highest) const {
  QUORATE_ASSERT(lowest.count() >= 0, "A delay is never negative.");
  QUORATE_ASSERT(lowest <= highest, "A range goes from its lower to its upper end.");
  Distribution result = *this;
  result.min = lowest;
  result.max = highest;
  return result;
}

namespace {

constexpr std::uint64_t power_of_ten(std::uint32_t exponent) {
  std::uint64_t power = 1;
  for (std::uint32_t i = 0; i < exponent; ++i) power *= 10;
  return power;
}

// floor(2^64 * part / whole) for part < whole < 2^63, one bit at a time; only loaders call it.
std::uint64_t share_of_range(std::uint64_t part, std::uint64_t whole) {
  std::uint64_t share = 0;
  for (int bit = 0; bit < 64; ++bit) {
    part *= 2;
    share *= 2;
    if (part >= whole) {
      part -= whole;
      share += 1;
    }
  }
  return share;
}

Parsed<Probability> probability_error(std::string_view text, std::string_view fault) {
  return Parsed<Probability>::failure(quoted(text) + std::string(fault));
}

}  // namespace

Parsed<Probability> parse_probability(std::string_view text) {
  constexpr std::string_view hint = "; write a share of 100 with its sign, for example \"0.5%\"";
  const ScannedDecimal scanned = scan_decimal(text);
  if (scanned.length == 0)
    return probability_error(text, " is not a probability" + std::string(hint));
  const std::string_view unit = text.substr(scanned.length);
  if (unit.empty()) return probability_error(text, " has no percent sign" + std::string(hint));
  if (unit != "%") return probability_error(text, " is not a probability" + std::string(hint));
  auto [parts, decimals] = scanned.number;
  if (!scanned.fits || decimals > 16) return probability_error(text, " has more than 16 decimals");
  if (parts > 100 * power_of_ten(decimals)) return probability_error(text, " is more than 100%");
  decimals += 2;
  while (decimals > 0 && parts % 10 == 0) {
    parts /= 10;
    --decimals;
  }
  Probability result{.parts = parts, .decimals = static_cast<std::uint8_t>(decimals)};
  result.certain = decimals == 0 && parts == 1;
  if (!result.certain) result.threshold = share_of_range(parts, power_of_ten(decimals));
  return {result, {}};
}

std::string to_text(Probability probability) {
  Decimal percent{probability.parts, probability.decimals};
  for (int i = 0; i < 2; ++i) {
    if (percent.scale > 0) {
      --percent.scale;
    } else {
      percent.digits *= 10;
    }
  }
  return to_text(percent) + "%";
}

namespace {

// How each kind is written: the words before its lengths, if any, and an example for messages.
struct Form {
  std::string_view name;
  Law kind;
  std::size_t lengths;
  std::array<std::string_view, 2> labels;
  std::string_view example;
};

constexpr std::array<Form, 7> forms{{
    {"constant", Law::constant, 1, {}, "constant(5ms)"},
    {"uniform", Law::uniform, 2, {}, "uniform(150ms, 300ms)"},
    {"normal", Law::normal, 2, {}, "normal(8ms, 2ms)"},
    {"exponential", Law::exponential, 1, {}, "exponential(3s)"},
    {"lognormal", Law::lognormal, 2, {"median", "p99"}, "lognormal(median 5ms, p99 20ms)"},
    {"pareto", Law::pareto, 2, {}, "pareto(5ms, 2.5)"},
    {"empirical", Law::empirical, 0, {}, "empirical(1ms:70, 5ms:25, 200ms:5)"},
}};

// Reads one distribution from left to right and keeps the first thing that is wrong.
class DistributionReader {
 public:
  explicit DistributionReader(std::string_view text) : text_(text), rest_(text) {}

  Parsed<Distribution> read() {
    Distribution result = read_shape();
    read_limits(result);
    if (error_.empty() && !rest_.empty()) fail(" goes on with " + quoted(rest_));
    if (!error_.empty()) return Parsed<Distribution>::failure(std::move(error_));
    return {result, {}};
  }

 private:
  Distribution read_shape() {
    const std::string_view first = word();
    if (!accept('(')) {
      if (!first.empty() && first.front() >= 'a' && first.front() <= 'z') fail_unknown(first);
      return Distribution{.a = length(first)};
    }
    for (const Form& form : forms) {
      if (form.name != first) continue;
      return form.kind == Law::empirical ? read_points(form) : read_lengths(form);
    }
    fail_unknown(first);
    return {};
  }

  Distribution read_lengths(const Form& form) {
    std::array<Duration, 2> lengths{};
    bool well_formed = true;
    for (std::size_t i = 0; i < form.lengths; ++i) {
      if (i > 0) well_formed = well_formed && accept(',');
      if (!form.labels[i].empty()) well_formed = well_formed && word() == form.labels[i];
      const std::string_view token = word();
      well_formed = well_formed && !token.empty();
      const bool shape = form.kind == Law::pareto && i == 1;
      if (well_formed) lengths[i] = shape ? read_shape_of(token) : length(token);
    }
    if (!well_formed || !accept(')')) fail_form(form);
    if (error_.empty()) check(form.kind, lengths);
    return error_.empty() ? make(form.kind, lengths) : Distribution{};
  }

  // A number, in millionths.
  Duration read_shape_of(std::string_view token) {
    const ScannedDecimal scanned = scan_decimal(token);
    auto [digits, scale] = scanned.number;
    const bool number = scanned.length == token.size() && scanned.fits && scale <= 6;
    for (; number && scale < 6 && digits <= largest_shape; ++scale) digits *= 10;
    if (!number || digits < least_shape || digits > largest_shape) {
      fail(" needs a shape from 0.1 to 1000, with at most 6 decimals");
      return {};
    }
    return duration_of(digits);
  }

  // "value:weight" and more of them.
  Distribution read_points(const Form& form) {
    std::vector<std::pair<Duration, std::uint64_t>> weighted;
    do {
      const std::string_view token = word();
      const std::size_t colon = token.find(':');
      if (colon == std::string_view::npos) {
        fail_form(form);
        break;
      }
      weighted.emplace_back(length(token.substr(0, colon)), weight(token.substr(colon + 1)));
    } while (error_.empty() && accept(','));
    if (error_.empty() && !accept(')')) fail_form(form);
    if (weighted.size() > most_points) fail(" has more than 1,000 values");
    for (std::size_t i = 1; i < weighted.size(); ++i) {
      if (weighted[i].first <= weighted[i - 1].first) fail(" has values that do not rise");
    }
    return error_.empty() ? Distribution::empirical(weighted) : Distribution{};
  }

  std::uint64_t weight(std::string_view token) {
    const ScannedDecimal scanned = scan_decimal(token);
    const bool whole = scanned.length != 0 && scanned.length == token.size() && scanned.fits &&
                       scanned.number.scale == 0;
    const std::uint64_t value = scanned.number.digits;
    if (whole && value >= 1 && value <= largest_weight) return value;
    fail(" needs weights that are whole numbers from 1 to 1000000000");
    return 1;
  }

  void check(Law kind, const std::array<Duration, 2>& lengths) {
    const auto [a, b] = lengths;
    if (kind == Law::uniform && a > b) fail(" has its upper end below its lower end");
    if (kind == Law::lognormal && a.count() == 0) fail(" needs a median above zero");
    if (kind == Law::pareto && a.count() == 0) fail(" needs a least value above zero");
    if (kind == Law::lognormal && a > b) fail(" has its p99 below its median");
  }

  static Distribution make(Law kind, const std::array<Duration, 2>& lengths) {
    const auto [a, b] = lengths;
    switch (kind) {
      case Law::constant:
        return Distribution::constant(a);
      case Law::uniform:
        return Distribution::uniform(a, b);
      case Law::exponential:
        return Distribution::exponential(a);
      case Law::normal:
        return Distribution::normal(a, b);
      case Law::lognormal:
        return Distribution::lognormal(a, b);
      case Law::pareto:
        return Distribution::pareto(a, amount(b));
      case Law::empirical:
        break;
    }
    return {};
  }

  void read_limits(Distribution& distribution) {
    bool has_min = false;
    bool has_max = false;
    while (error_.empty()) {
      const std::string_view before = rest_;
      const std::string_view name = word();
      if (name == "min" && !has_min) {
        has_min = true;
        distribution.min = length(word());
      } else if (name == "max" && !has_max) {
        has_max = true;
        distribution.max = length(word());
      } else {
        rest_ = before;
        break;
      }
    }
    if (distribution.min > distribution.max) fail(" has its max below its min");
  }

  Duration length(std::string_view token) {
    const Parsed<Duration> parsed = parse_duration(token);
    if (!parsed && error_.empty()) error_ = parsed.error;
    return parsed.value;
  }

  void fail_unknown(std::string_view name) {
    fail((name == text_ ? " is no distribution" : " starts with " + quoted(name)) +
         "; write a duration, or constant, uniform, normal, exponential, lognormal, pareto or "
         "empirical with parentheses");
  }
  void fail_form(const Form& form) {
    fail(" is not well formed; write " + std::string(form.example));
  }

  void fail(const std::string& fault) {
    if (error_.empty()) error_ = quoted(text_) + fault;
  }

  void skip_spaces() {
    while (rest_.starts_with(' ')) rest_.remove_prefix(1);
  }

  // Everything up to a space or a mark of the grammar, without the spaces around it.
  std::string_view word() {
    skip_spaces();
    const std::string_view found = rest_.substr(0, rest_.find_first_of(" (),"));
    rest_.remove_prefix(found.size());
    skip_spaces();
    return found;
  }

  bool accept(char mark) {
    if (!rest_.starts_with(mark)) return false;
    rest_.remove_prefix(1);
    skip_spaces();
    return true;
  }

  std::string_view text_;
  std::string_view rest_;
  std::string error_;
};

const Form& form_of(Law kind) {
  const auto* const found = std::find_if(forms.begin(), forms.end(),
                                         [kind](const Form& form) { return form.kind == kind; });
  QUORATE_ASSERT(found != forms.end(), "Every kind of distribution has a written form.");
  return *found;
}

}  // namespace

Parsed<Distribution> parse_distribution(std::string_view text) {
  return DistributionReader(text).read();
}

namespace {

std::string points_text(const Distribution& distribution) {
  std::string text;
  std::uint64_t below = 0;
  for (const auto& [value, up_to] : distribution.points) {
    text += (text.empty() ? "" : ", ") + to_text(value) + ":" + std::to_string(up_to - below);
    below = up_to;
  }
  return text;
}

std::string shape_text(std::uint64_t millionths) {
  Decimal shape{millionths, 6};
  while (shape.scale > 0 && shape.digits % 10 == 0) {
    shape.digits /= 10;
    --shape.scale;
  }
  return to_text(shape);
}

}  // namespace

std::string to_text(const Distribution& distribution) {
  std::string text;
  if (distribution.kind == Law::constant) {
    text = to_text(distribution.a);
  } else {
    const Form& form = form_of(distribution.kind);
    const std::array<Duration, 2> lengths{distribution.a, distribution.b};
    text = std::string(form.name) + "(" + points_text(distribution);
    for (std::size_t i = 0; i < form.lengths; ++i) {
      if (i > 0) text += ", ";
      if (!form.labels[i].empty()) text += std::string(form.labels[i]) + " ";
      const bool shape = form.kind == Law::pareto && i == 1;
      text += shape ? shape_text(amount(lengths[i])) : to_text(lengths[i]);
    }
    text += ")";
  }
  if (distribution.min.count() != 0) text += " min " + to_text(distribution.min);
  if (distribution.max != Duration::max()) text += " max " + to_text(distribution.max);
  return text;
}

}  // namespace quorate
