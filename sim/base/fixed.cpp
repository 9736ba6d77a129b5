#include "sim/base/fixed.hpp"

#include <bit>

#include "sim/base/assert.hpp"
#include "sim/base/uint128.hpp"

namespace quorate::fixed {
namespace {

struct LogarithmRow {
  std::uint64_t inverse;    // 1 / c in Q0.64
  std::uint64_t logarithm;  // ln c in Q2.62
};

constexpr LogarithmRow logarithm_rows[512] = {
#include "sim/base/tables/logarithm.inc"
};

constexpr std::uint64_t powers_of_two[256] = {
#include "sim/base/tables/power_of_two.inc"
};

constexpr std::uint64_t quantile_rows[64 * 32][4] = {
#include "sim/base/tables/normal_quantile.inc"
};

constexpr std::uint64_t ln_2 = 0xB172'17F7'D1CF'79AC;  // Q0.64

// ln(1 + r) in Q2.62 for |r| <= 2^-10 given in Q0.64: five terms leave an error below 2^-62.
std::int64_t log_near_one(std::int64_t r) {
  constexpr std::int64_t one = std::int64_t{1} << 62;
  const auto times_r = [r](std::int64_t positive) {
    return multiply_high_signed(r, static_cast<std::uint64_t>(positive));
  };
  std::int64_t sum = one / 5;
  sum = one / 4 - times_r(sum);
  sum = one / 3 - times_r(sum);
  sum = one / 2 - times_r(sum);
  sum = one - times_r(sum);
  return times_r(sum);
}

// 2^r - 1 in Q0.64 for r in [0, 2^-8) given in Q0.64, by four terms of the exponential series.
std::uint64_t power_near_one(std::uint64_t r) {
  std::uint64_t sum = 0x0276'556D'F749'CEE5;            // ln2^4 / 24
  sum = 0x0E35'846B'8250'5FC6 + multiply_high(r, sum);  // ln2^3 / 6
  sum = 0x3D7F'7BFF'058B'1D51 + multiply_high(r, sum);  // ln2^2 / 2
  return multiply_high(r, ln_2 + multiply_high(r, sum));
}

// floor((high * 2^64 + low) / 2^places), saturating at largest_amount.
std::uint64_t shift_right(UInt128 value, unsigned places) {
  if (places >= 128) return 0;
  if (places >= 64) return value.high >> (places - 64);
  if (places > 0) {
    if (value.high >> (places - 1) != 0) return largest_amount;
    return value.high << (64 - places) | value.low >> places;
  }
  return value.high != 0 || value.low > largest_amount ? largest_amount : value.low;
}

}  // namespace

std::uint64_t negative_log(std::uint64_t u) {
  QUORATE_ASSERT(u >= 1, "The logarithm of zero is never asked for.");
  // u / 2^64 = m * 2^-halvings with 1 <= m < 2, and m = c * (1 + r) with c the middle of a row.
  const auto halvings = static_cast<std::uint64_t>(std::countl_zero(u)) + 1;
  const std::uint64_t m = u << (halvings - 1);  // Q1.63
  const LogarithmRow& row = logarithm_rows[m >> 54 & 511];
  const auto r = static_cast<std::int64_t>(multiply_high(m, row.inverse) << 1);  // the 1 falls off
  const std::uint64_t log_m = row.logarithm + static_cast<std::uint64_t>(log_near_one(r));
  const UInt128 whole = multiply_wide(halvings, ln_2);
  const std::uint64_t halved = whole.high << 58 | whole.low >> 6;
  const std::uint64_t rounded = (log_m + 8) >> 4;
  return halved > rounded ? halved - rounded : 0;
}

std::int64_t normal_quantile(std::uint64_t draw) {
  const bool positive = draw >> 63 != 0;
  const std::uint64_t tail = (positive ? ~draw : draw) << 1 | 1;  // probability of the tail * 2^65
  const auto octave = static_cast<std::uint64_t>(std::countl_zero(tail));
  const std::uint64_t m = tail << octave;  // Q1.63, in [1, 2)
  const auto& c = quantile_rows[octave * 32 + (m >> 58 & 31)];
  const std::uint64_t t = m << 6;  // how far into the interval, Q0.64
  auto z = static_cast<std::int64_t>(c[3]);
  for (int i = 2; i >= 0; --i) z = static_cast<std::int64_t>(c[i]) + multiply_high_signed(z, t);
  if (z < 0) z = 0;  // rounding at the very centre
  return positive ? z : -z;
}

std::uint64_t scale(std::uint64_t amount, std::uint64_t factor) {
  return shift_right(multiply_wide(amount, factor), 58);
}

std::uint64_t scale_by_power_of_two(std::uint64_t amount, std::int64_t exponent) {
  constexpr std::int64_t limit = std::int64_t{128} << 54;
  if (amount == 0 || exponent < -limit) return 0;
  if (exponent >= limit) return largest_amount;
  const auto whole = static_cast<int>(exponent >> 54);  // floor, also of a negative one
  const auto fraction = static_cast<std::uint64_t>(exponent) << 10;  // Q0.64
  const std::uint64_t power = powers_of_two[fraction >> 56];
  const std::uint64_t m =
      power + multiply_high(power, power_near_one(fraction << 8 >> 8));  // Q1.63
  if (whole > 63) return largest_amount;
  return shift_right(multiply_wide(amount, m), static_cast<unsigned>(63 - whole));
}

}  // namespace quorate::fixed
