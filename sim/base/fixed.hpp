// Logarithm, power of two and normal quantile in integers only. The C library's differ in their
// last bits between machines, even between two CPUs that run the same binary; these give the same
// bits everywhere. Qm.n means a whole number that counts steps of 2^-n.
#pragma once

#include <cstdint>

namespace quorate::fixed {

// What amounts saturate at: the largest int64, which Duration and Time understand as "never".
inline constexpr std::uint64_t largest_amount = 0x7FFF'FFFF'FFFF'FFFF;

// -ln(u / 2^64) in Q6.58 for u >= 1; error at most 2^-57. From 0 to 44.36.
std::uint64_t negative_log(std::uint64_t u);

// The z with P(Z <= z) = (draw + 1/2) / 2^64 for a standard normal Z, in Q6.58: from -9.156 to
// 9.156, error at most 1.1e-9. Increases with `draw`; the complement of `draw` gives exactly -z.
std::int64_t normal_quantile(std::uint64_t draw);

// floor(amount * factor) with the factor in Q6.58, saturating at largest_amount.
std::uint64_t scale(std::uint64_t amount, std::uint64_t factor);

// floor(amount * 2^exponent) with the exponent in Q10.54 and amount <= largest_amount, saturating
// there; relative error at most 1.5e-15 before the floor.
std::uint64_t scale_by_power_of_two(std::uint64_t amount, std::int64_t exponent);

}  // namespace quorate::fixed
