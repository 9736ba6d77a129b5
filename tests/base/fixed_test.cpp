#include "sim/base/fixed.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>

#include "sim/base/assert.hpp"
#include "sim/base/hash.hpp"
#include "sim/base/random.hpp"

#include "tests/base/second_opinion.hpp"

using namespace quorate;
using namespace quorate::testing;

namespace {

// What a reference in long double may itself be off by: more where that type is small.
constexpr Real reference_error = 16 * std::numeric_limits<Real>::epsilon();

Real density(Real z) { return std::exp(-z * z / 2) / std::sqrt(8 * std::atan(Real{1})); }

// The integer mathematics over all magnitudes: `bits` random bits, the highest set.
std::uint64_t with_bits(Stream& stream, int bits) {
  return (stream.next() | std::uint64_t{1} << 63) >> (64 - bits);
}

}  // namespace

TEST_CASE("the integer logarithm is right to 2^-57 at every magnitude") {
  Stream stream(42);
  for (int i = 0; i < 200'000; ++i) {
    const std::uint64_t u = with_bits(stream, 1 + i % 64);
    const Real below_one = static_cast<Real>(0 - u) / two_64;  // 1 - u / 2^64, exact near 0
    const Real expected = u >> 63 != 0 ? -std::log1p(-below_one)
                                       : 64 * std::log(Real{2}) - std::log(static_cast<Real>(u));
    const Real error = std::abs(static_cast<Real>(fixed::negative_log(u)) / two_58 - expected);
    CAPTURE(u);
    REQUIRE(error <= 2 / two_58 + 64 * reference_error);
  }
  CHECK(fixed::negative_log(~std::uint64_t{0}) == 0);
  CHECK(fixed::negative_log(1) == 12'786'308'645'202'655'660U);  // 64 ln 2 = 44.36...
  CHECK_THROWS_AS(fixed::negative_log(0), AssertionFailure);
}

// Every row of the table of logarithms is read by one of its interval's ends.
TEST_CASE("every row of the logarithm table agrees with long double") {
  for (std::uint64_t row = 0; row < 512; ++row) {
    for (const std::uint64_t offset : {std::uint64_t{0}, (std::uint64_t{1} << 54) - 1}) {
      const std::uint64_t u = (512 + row) << 54 | offset;
      const Real expected = std::log(two_64) - std::log(static_cast<Real>(u));
      const Real error = std::abs(static_cast<Real>(fixed::negative_log(u)) / two_58 - expected);
      REQUIRE(error <= 2 / two_58 + 64 * reference_error);
    }
  }
}

TEST_CASE("every row of the table of powers of two agrees with long double") {
  constexpr std::uint64_t amount = std::uint64_t{1} << 62;
  for (std::int64_t row = 0; row < 256; ++row) {
    for (const std::int64_t offset :
         {std::int64_t{0}, (std::int64_t{1} << 45) + 12345, (std::int64_t{1} << 46) - 1}) {
      const std::int64_t exponent = (row << 46 | offset) - (std::int64_t{1} << 54);  // in [-1, 0)
      const Real expected =
          std::exp2(static_cast<Real>(exponent) / (two_58 / 16)) * static_cast<Real>(amount);
      const Real result = static_cast<Real>(fixed::scale_by_power_of_two(amount, exponent));
      CAPTURE(row);
      REQUIRE(std::abs(result / expected - 1) <= 1.5e-15L + reference_error);
    }
  }
}

TEST_CASE("a power of two scales exactly, floors and saturates") {
  const auto power = [](std::int64_t whole) { return whole * (std::int64_t{1} << 54); };
  CHECK(fixed::scale_by_power_of_two(5, 0) == 5);
  CHECK(fixed::scale_by_power_of_two(5, power(3)) == 40);
  CHECK(fixed::scale_by_power_of_two(5, power(-1)) == 2);
  CHECK(fixed::scale_by_power_of_two(5, power(-3)) == 0);
  CHECK(fixed::scale_by_power_of_two(1, power(62)) == std::uint64_t{1} << 62);
  CHECK(fixed::scale_by_power_of_two(1, power(63)) == fixed::largest_amount);
  CHECK(fixed::scale_by_power_of_two(fixed::largest_amount, power(-62)) == 1);
  CHECK(fixed::scale_by_power_of_two(fixed::largest_amount, 0) == fixed::largest_amount);
  for (const std::int64_t whole : {64, 65, 127, 128, 511}) {
    CHECK(fixed::scale_by_power_of_two(1, power(whole)) == fixed::largest_amount);
    CHECK(fixed::scale_by_power_of_two(fixed::largest_amount, power(-whole)) == 0);
    CHECK(fixed::scale_by_power_of_two(0, power(whole)) == 0);
  }
  CHECK(fixed::scale_by_power_of_two(1, INT64_MAX) == fixed::largest_amount);
  CHECK(fixed::scale_by_power_of_two(fixed::largest_amount, INT64_MIN) == 0);
}

TEST_CASE("scaling by a fixed-point factor floors and saturates") {
  constexpr std::uint64_t one = std::uint64_t{1} << 58;
  CHECK(fixed::scale(7, one) == 7);
  CHECK(fixed::scale(7, one / 2) == 3);
  CHECK(fixed::scale(0, ~std::uint64_t{0}) == 0);
  CHECK(fixed::scale(fixed::largest_amount, one) == fixed::largest_amount);
  CHECK(fixed::scale(fixed::largest_amount, one + one / 2) == fixed::largest_amount);
  CHECK(fixed::scale(~std::uint64_t{0}, ~std::uint64_t{0}) == fixed::largest_amount);
}

// Both ends, the middle and the worst places of every one of the 64 * 32 cubics.
TEST_CASE("every row of the normal table is right to 1.1e-9") {
  for (int octave = 0; octave < 64; ++octave) {
    for (std::uint64_t row = 32; row < 64; ++row) {
      for (const std::uint64_t eighth : {0U, 1U, 4U, 7U}) {
        const std::uint64_t tail = (row << 58 | eighth << 55) >> octave | 1;  // P(Z > z) * 2^65
        const Real probability = static_cast<Real>(tail) / (2 * two_64);
        const Real z = -static_cast<Real>(fixed::normal_quantile(tail >> 1)) / two_58;
        const Real error = (upper_tail(z) - probability) / density(z);
        CAPTURE(octave);
        CAPTURE(row);
        REQUIRE(std::abs(error) <= 1.1e-9L + 64 * reference_error);
      }
    }
  }
}

TEST_CASE("the normal quantile increases and is antisymmetric") {
  std::int64_t before = fixed::normal_quantile(0);
  CHECK(static_cast<Real>(before) / two_58 == doctest::Approx(-9.15529).epsilon(1e-6));
  for (std::uint64_t draw = 0; draw < ~std::uint64_t{0} - (std::uint64_t{1} << 45);
       draw += std::uint64_t{1} << 45) {
    const std::int64_t z = fixed::normal_quantile(draw);
    REQUIRE(z >= before);
    REQUIRE(fixed::normal_quantile(~draw) == -z);
    before = z;
  }
  for (int octave = 1; octave < 58; ++octave) {  // where one cubic hands over to the next
    for (std::uint64_t row = 32; row < 64; ++row) {
      const std::uint64_t border = row << octave;
      REQUIRE(fixed::normal_quantile(border - 1) <= fixed::normal_quantile(border));
    }
  }
}

// Part of the trace format: a changed number here means that published runs change. The tolerances
// above would forgive the last bits of a table; this does not.
TEST_CASE("test vector: a digest over every row of every table") {
  Hasher digest;
  constexpr std::uint64_t inside = 0x03FF'FFFF'FFFF'FFFF;  // just before the end of a row
  for (std::uint64_t row = 512; row < 1024; ++row) {
    digest.word(fixed::negative_log(row << 54 | inside >> 4));
  }
  for (std::int64_t row = -256; row < 0; ++row) {
    const std::int64_t exponent = row * (std::int64_t{1} << 46);
    digest.word(fixed::scale_by_power_of_two(fixed::largest_amount, exponent));
  }
  for (int octave = 0; octave < 64; ++octave) {
    for (std::uint64_t row = 32; row < 64; ++row) {
      const std::uint64_t tail = (row << 58 | inside) >> octave;
      digest.word(static_cast<std::uint64_t>(fixed::normal_quantile(tail >> 1)));
    }
  }
  CHECK(digest.result() == 0x05CA6232DCC5A224U);
}
