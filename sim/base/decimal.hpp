// Decimal numbers as people write them, held exactly: 0.5 is 5 / 10, never a rounded binary
// fraction. Shared by everything that reads a quantity from text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace quorate {

// digits / 10^scale, with no trailing zero in the fraction, so that equal numbers are equal values.
struct Decimal {
  std::uint64_t digits{};
  std::uint32_t scale{};
  friend constexpr bool operator==(Decimal, Decimal) = default;
};

struct ScannedDecimal {
  Decimal number;
  std::size_t length{};  // bytes read; 0 when the text does not start with a number
  bool fits{true};       // false when it has more digits than 64 bits hold
};

// The unsigned number that `text` starts with: digits, perhaps a point and more digits after it.
ScannedDecimal scan_decimal(std::string_view text);

std::string to_text(Decimal number);

// Of ASCII, whatever the locale.
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

// A user's text for an error sentence: in quotes, at most 40 bytes, bytes that do not print as "?".
std::string quoted(std::string_view text);

}  // namespace quorate
