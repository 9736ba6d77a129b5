#include "sim/base/time.hpp"

#include <array>
#include <optional>
#include <utility>

#include "sim/base/decimal.hpp"
#include "sim/base/uint128.hpp"

namespace quorate {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t ns;
};

constexpr std::array<Unit, 6> units{{{"ns", 1},
                                     {"us", 1'000},
                                     {"ms", 1'000'000},
                                     {"s", 1'000'000'000},
                                     {"m", 60'000'000'000},
                                     {"h", 3'600'000'000'000}}};

const Unit* find_unit(std::string_view name) {
  for (const Unit& unit : units) {
    if (unit.name == name) return &unit;
  }
  return nullptr;
}

Parsed<Duration> failure(std::string_view text, std::string_view fault) {
  return Parsed<Duration>::failure(quoted(text) + std::string(fault));
}

// Takes one factor `prime` out of the product of the two; false when neither has it.
bool cancel(std::uint64_t& a, std::uint64_t& b, std::uint64_t prime) {
  std::uint64_t& bearer = a % prime == 0 ? a : b;
  if (bearer % prime != 0) return false;
  bearer /= prime;
  return true;
}

// number * unit as {high, low} when that is a whole count of nanoseconds. Every tenth is cancelled
// before the product is taken, so nothing is rounded.
std::optional<UInt128> whole_nanoseconds(Decimal number, std::uint64_t unit) {
  if (number.digits == 0) return UInt128{};
  for (std::uint32_t i = 0; i < number.scale; ++i) {
    if (!cancel(unit, number.digits, 2) || !cancel(unit, number.digits, 5)) return std::nullopt;
  }
  return multiply_wide(number.digits, unit);
}

// "1.5s" for 1'500'000'000 in seconds; empty when that would be less than one of the unit.
std::string written_in(std::uint64_t ns, const Unit& unit) {
  if (ns < unit.ns) return {};
  std::uint64_t rest = ns % unit.ns;
  Decimal number{ns / unit.ns, 0};
  while (rest != 0) {
    if (number.scale == 11) return {};  // not a finite decimal, as 100 s in minutes
    rest *= 10;
    number.digits = number.digits * 10 + rest / unit.ns;
    rest %= unit.ns;
    ++number.scale;
  }
  return to_text(number) + std::string(unit.name);
}

std::uint64_t magnitude(std::int64_t value) {
  return value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
}

}  // namespace

Parsed<Duration> parse_duration(std::string_view text) {
  if (text.starts_with('-')) return failure(text, " is negative; a duration is at least 0s");
  const ScannedDecimal scanned = scan_decimal(text);
  if (scanned.length == 0) {
    return failure(text, " is not a duration; write a number and a unit, for example \"150ms\"");
  }
  const std::string_view number = text.substr(0, scanned.length);
  if (number.size() == text.size()) {
    const std::string start(number.substr(0, 20));
    return failure(text, " has no unit; write \"" + start + "ms\" or \"" + start + "s\"");
  }
  const Unit* unit = find_unit(text.substr(number.size()));
  if (unit == nullptr) {
    return failure(
        text, " has no unit that is known; write ns, us, ms, s, m or h right after the number");
  }
  if (!scanned.fits) return failure(text, " has more digits than a duration can hold");
  const auto ns = whole_nanoseconds(scanned.number, unit->ns);
  if (!ns) return failure(text, " is not a whole number of nanoseconds");
  if (ns->high != 0 || ns->low > magnitude(max_duration.count())) {
    return failure(text, " is longer than 100 years");
  }
  return {Duration{static_cast<std::int64_t>(ns->low)}, {}};
}

std::string to_text(Duration duration) {
  if (duration.count() == 0) return "0s";
  const std::uint64_t ns = magnitude(duration.count());
  std::string shortest = std::to_string(ns) + "ns";
  for (const Unit& unit : units) {
    std::string candidate = written_in(ns, unit);
    if (!candidate.empty() && candidate.size() < shortest.size()) shortest = std::move(candidate);
  }
  if (duration.count() < 0) shortest.insert(shortest.begin(), '-');
  return shortest;
}

std::string to_seconds(Time time) {
  if (time == Time::never()) return "never";
  const std::uint64_t milliseconds = magnitude(time.ns) / 1'000'000;
  std::string text = std::to_string(milliseconds);
  if (text.size() < 4) text.insert(0, 4 - text.size(), '0');
  text.insert(text.size() - 3, 1, '.');
  if (time.ns < 0) text.insert(text.begin(), '-');
  return text += " s";
}

}  // namespace quorate
