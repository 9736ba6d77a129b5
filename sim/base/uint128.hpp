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

// floor(a * b / 2^64) where `a` is signed and `b` is not.
constexpr std::int64_t multiply_high_signed(std::int64_t a, std::uint64_t b) {
  const auto bits = static_cast<std::uint64_t>(a);
  return static_cast<std::int64_t>(multiply_high(bits, b) - (a < 0 ? b : 0));
}

}  // namespace quorate
