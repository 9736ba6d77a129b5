#include "sim/node/clock.hpp"

#include <algorithm>
#include <limits>

#include "sim/base/assert.hpp"
#include "sim/base/decimal.hpp"
#include "sim/base/uint128.hpp"

namespace quorate {
namespace {

constexpr std::uint64_t billion = 1'000'000'000;
constexpr std::int64_t slowest_ppb = -900'000'000;
constexpr std::int64_t fastest_ppb = 9'000'000'000;

std::uint64_t rate_of(Drift drift) { return billion + static_cast<std::uint64_t>(drift.ppb); }

struct Quotient {
  std::uint64_t whole{};
  bool exact{};
};

// value * times / by in 64 bits, without rounding on the way: the part of `value` below `by` fits,
// since rates are at most 10^10. Saturates.
Quotient scaled(std::uint64_t value, std::uint64_t times, std::uint64_t by) {
  constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  const std::uint64_t full = value / by;
  const std::uint64_t rest = value % by * times;
  if (full > (most - rest / by) / times) return {most, true};
  return {full * times + rest / by, rest % by == 0};
}

Duration length(std::uint64_t ns) { return Duration{static_cast<std::int64_t>(ns)}; }

// What a smear has given when so much of its time is over.
Duration given(const Smear& smear, Duration elapsed) {
  if (elapsed >= smear.over) return smear.by;
  const bool back = smear.by < Duration{};
  const auto magnitude = static_cast<std::uint64_t>((back ? -smear.by : smear.by).count());
  const UInt128 product = multiply_wide(magnitude, static_cast<std::uint64_t>(elapsed.count()));
  const Duration part =
      length(divide(product, static_cast<std::uint64_t>(smear.over.count())).quotient);
  return back ? -part : part;
}

// ---- text ---------------------------------------------------------------------------------------

std::string_view trimmed(std::string_view text) {
  const std::size_t first = std::min(text.find_first_not_of(' '), text.size());
  return text.substr(first, text.find_last_not_of(' ') + 1 - first);
}

// "uniform(low, high)", or one value that is both; each end is read by `parse`.
template <class T>
Parsed<Between> parse_between(std::string_view text, Parsed<T> (*parse)(std::string_view),
                              std::int64_t (*number)(T)) {
  constexpr std::string_view front = "uniform(";
  const std::size_t comma = text.find(',');
  const bool drawn =
      text.starts_with(front) && text.ends_with(')') && comma != std::string_view::npos;
  if (!drawn) {
    const Parsed<T> value = parse(text);
    if (!value) return Parsed<Between>::failure(value.error);
    return {{number(value.value), number(value.value)}, {}};
  }
  const Parsed<T> low = parse(trimmed(text.substr(front.size(), comma - front.size())));
  const Parsed<T> high = parse(trimmed(text.substr(comma + 1, text.size() - comma - 2)));
  if (!low) return Parsed<Between>::failure(low.error);
  if (!high) return Parsed<Between>::failure(high.error);
  if (number(high.value) < number(low.value)) {
    return Parsed<Between>::failure(quoted(text) + " has its upper end below its lower end");
  }
  return {{number(low.value), number(high.value)}, {}};
}

struct Signed {
  bool negative{};
  std::string_view rest;
};
Signed take_sign(std::string_view text) {
  const bool has_sign = text.starts_with('-') || text.starts_with('+');
  return {text.starts_with('-'), text.substr(has_sign ? 1 : 0)};
}

}  // namespace

// ---- the clock ----------------------------------------------------------------------------------

Duration NodeClock::stretched(Duration real) const {
  if (drift_ == frozen) return Duration{};
  return length(scaled(static_cast<std::uint64_t>(real.count()), rate_of(drift_), billion).whole);
}

Duration NodeClock::shrunk(Duration local) const {
  if (drift_ == frozen) return Duration::max();
  const Quotient time = scaled(static_cast<std::uint64_t>(local.count()), billion, rate_of(drift_));
  return length(time.whole + (time.exact ? 0 : 1));
}

void NodeClock::run_at(Drift drift, Time now) {
  QUORATE_ASSERT(drift == frozen || (slowest_ppb <= drift.ppb && drift.ppb <= fastest_ppb),
                 "A clock stands still, or runs at a tenth of its rate to ten times it.");
  local_since_ = local(now);
  since_ = now;
  drift_ = drift;
}

void NodeClock::smear(const Smear& smear, Time now) {
  QUORATE_ASSERT(smear.over > Duration{}, "A smear takes some time.");
  const Time shown = local(now);
  std::erase_if(smears_, [&](const Running& one) {
    const bool over = shown - one.since >= one.smear.over;
    if (over) step(one.smear.by);
    return over;
  });
  smears_.push_back({smear, shown});
}

void NodeClock::take_back(const Smear& smear) {
  const auto running = std::ranges::find(smears_, smear, &Running::smear);
  if (running == smears_.end()) return step(-smear.by);  // it had given all
  smears_.erase(running);
}

Duration NodeClock::smeared(Time local) const {
  Duration ahead = wall_ahead_;
  for (const Running& one : smears_) {
    ahead = std::clamp(ahead + given(one.smear, local - one.since), -max_duration, max_duration);
  }
  return ahead;
}

Duration Jitter::of(Duration delay) {
  if (delay <= Duration{}) return delay;
  constexpr std::uint64_t most = std::uint64_t{1} << 61;  // so that nothing wraps
  const auto length = std::min(static_cast<std::uint64_t>(delay.count()), most);
  const std::uint64_t off = share.certain ? length : multiply_high(length, share.threshold);
  const auto drawn = static_cast<std::int64_t>(stream.below(2 * off + 1));
  const Duration least = delay - Duration{static_cast<std::int64_t>(off)};
  return (Time{} + least + Duration{drawn}).since_start();  // saturates
}

std::int64_t Between::draw(Stream& stream) const {
  if (low == high) return low;
  return low + static_cast<std::int64_t>(stream.below(static_cast<std::uint64_t>(high - low)));
}

// ---- how they are written -----------------------------------------------------------------------

Parsed<Drift> parse_drift(std::string_view text) {
  const auto failure = [&](std::string_view fault) {
    return Parsed<Drift>::failure(quoted(text) + std::string(fault));
  };
  const Signed parts = take_sign(text);
  const ScannedDecimal scanned = scan_decimal(parts.rest);
  const std::string_view unit = parts.rest.substr(scanned.length);
  if (scanned.length == 0 || (unit != "ppm" && unit != "%")) {
    return failure(" is not a drift; write \"+200ppm\" or \"-10%\"");
  }
  std::uint32_t decimals = unit == "%" ? 7 : 3;  // one is so many tenths of a billionth
  if (!scanned.fits || scanned.number.scale > decimals) {
    return failure(" has a drift finer than a billionth");
  }
  constexpr auto most = static_cast<std::uint64_t>(fastest_ppb);
  std::uint64_t ppb = scanned.number.digits;
  for (decimals -= scanned.number.scale; decimals > 0 && ppb <= most; --decimals) ppb *= 10;
  if (ppb > (parts.negative ? static_cast<std::uint64_t>(-slowest_ppb) : most)) {
    return failure(" is beyond what a clock may drift, -90% to +900%");
  }
  const auto magnitude = static_cast<std::int64_t>(ppb);
  return {{parts.negative ? -magnitude : magnitude}, {}};
}

std::string to_text(Drift drift) {
  if (drift.ppb == 0) return "0ppm";
  const bool percent = drift.ppb % 10'000'000 == 0;
  std::uint32_t scale = percent ? 7 : 3;
  auto digits = static_cast<std::uint64_t>(drift.ppb < 0 ? -drift.ppb : drift.ppb);
  for (; scale > 0 && digits % 10 == 0; --scale) digits /= 10;
  return (drift.ppb < 0 ? "-" : "+") + to_text(Decimal{digits, scale}) + (percent ? "%" : "ppm");
}

Parsed<Duration> parse_shift(std::string_view text) {
  const Signed parts = take_sign(text);
  if (take_sign(parts.rest).rest.size() != parts.rest.size()) {
    return Parsed<Duration>::failure(quoted(text) + " has two signs");
  }
  Parsed<Duration> result = parse_duration(parts.rest);
  if (parts.negative) result.value = -result.value;
  return result;
}

std::string shift_text(Duration shift) { return (shift > Duration{} ? "+" : "") + to_text(shift); }

Parsed<Between> parse_shift_between(std::string_view text) {
  return parse_between<Duration>(text, parse_shift, [](Duration value) { return value.count(); });
}

Parsed<Between> parse_drift_between(std::string_view text) {
  return parse_between<Drift>(text, parse_drift, [](Drift value) { return value.ppb; });
}

}  // namespace quorate
