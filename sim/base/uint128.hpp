// Products wider than 64 bits. A 32-bit target has no __int128, so a portable form stands beside
// the fast one; both give the same bits, and a test compares them.
#pragma once

#include <cstdint>

namespace quorate {

// An unsigned 128-bit product: high * 2^64 + low.
struct UInt128 {
  std::uint64_t high{};
  std::uint64_t low{};
  friend constexpr bool operator==(UInt128, UInt128) = default;
};

// Schoolbook multiplication in 32-bit halves: works everywhere, about three times the cost.
constexpr UInt128 multiply_wide_portable(std::uint64_t a, std::uint64_t b) {
  constexpr std::uint64_t mask = 0xFFFF'FFFF;
  const std::uint64_t low = (a & mask) * (b & mask);
  const std::uint64_t cross = (a >> 32) * (b & mask) + (low >> 32);      // cannot overflow
  const std::uint64_t middle = (a & mask) * (b >> 32) + (cross & mask);  // nor can this
  return {(a >> 32) * (b >> 32) + (cross >> 32) + (middle >> 32), middle << 32 | (low & mask)};
}

// The whole product of two words. QUORATE_NO_INT128 selects the portable form for tests.
constexpr UInt128 multiply_wide(std::uint64_t a, std::uint64_t b) {
#if defined(__SIZEOF_INT128__) && !defined(QUORATE_NO_INT128)
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return {static_cast<std::uint64_t>(product >> 64), static_cast<std::uint64_t>(product)};
#else
  return multiply_wide_portable(a, b);
#endif
}

// The high 64 bits of the product: floor(a * b / 2^64).
constexpr std::uint64_t multiply_high(std::uint64_t a, std::uint64_t b) {
  return multiply_wide(a, b).high;
}

constexpr UInt128 add(UInt128 a, UInt128 b) {
  const std::uint64_t low = a.low + b.low;
  return {a.high + b.high + (low < a.low ? 1 : 0), low};
}

constexpr bool less(UInt128 a, UInt128 b) {
  return a.high != b.high ? a.high < b.high : a.low < b.low;
}

struct Division {
  std::uint64_t quotient{};
  std::uint64_t remainder{};
};

// REQUIRES a quotient below 2^64, which is dividend.high < divisor. Long division, one bit at a
// time, where the dividend takes more than 64 bits: that is rare.
constexpr Division divide(UInt128 dividend, std::uint64_t divisor) {
  if (dividend.high == 0) return {dividend.low / divisor, dividend.low % divisor};
  Division result{0, dividend.high};
  for (int bit = 63; bit >= 0; --bit) {
    const bool carry = result.remainder >> 63 != 0;
    result.remainder = result.remainder << 1 | (dividend.low >> bit & 1);
    result.quotient <<= 1;
    if (carry || result.remainder >= divisor) {
      result.remainder -= divisor;
      result.quotient |= 1;
    }
  }
  return result;
}

// floor(a * b / 2^64) where `a` is signed and `b` is not.
constexpr std::int64_t multiply_high_signed(std::int64_t a, std::uint64_t b) {
  const auto bits = static_cast<std::uint64_t>(a);
  return static_cast<std::int64_t>(multiply_high(bits, b) - (a < 0 ? b : 0));
}

}  // namespace quorate
