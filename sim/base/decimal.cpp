#include "sim/base/decimal.hpp"

#include <limits>

namespace quorate {
namespace {

std::size_t count_digits(std::string_view text) {
  std::size_t count = 0;
  while (count < text.size() && is_digit(text[count])) ++count;
  return count;
}

// Appends one decimal digit; false when the result would not fit.
bool append(std::uint64_t& number, std::uint64_t digit) {
  constexpr std::uint64_t limit = std::numeric_limits<std::uint64_t>::max();
  if (number > (limit - digit) / 10) return false;
  number = number * 10 + digit;
  return true;
}

bool append_all(std::uint64_t& number, std::string_view digits) {
  for (const char c : digits) {
    if (!append(number, static_cast<std::uint8_t>(c) - std::uint64_t{'0'})) return false;
  }
  return true;
}

}  // namespace

ScannedDecimal scan_decimal(std::string_view text) {
  ScannedDecimal result;
  const std::string_view whole = text.substr(0, count_digits(text));
  if (whole.empty()) return result;
  std::string_view fraction;
  result.length = whole.size();
  if (text.size() > whole.size() && text[whole.size()] == '.') {
    fraction = text.substr(whole.size() + 1, count_digits(text.substr(whole.size() + 1)));
    if (!fraction.empty()) result.length += 1 + fraction.size();
  }
  while (!fraction.empty() && fraction.back() == '0') fraction.remove_suffix(1);
  result.number.scale = static_cast<std::uint32_t>(fraction.size());
  result.fits =
      append_all(result.number.digits, whole) && append_all(result.number.digits, fraction);
  return result;
}

std::string to_text(Decimal number) {
  std::string text = std::to_string(number.digits);
  if (number.scale == 0) return text;
  if (text.size() <= number.scale) text.insert(0, number.scale + 1 - text.size(), '0');
  text.insert(text.size() - number.scale, 1, '.');
  return text;
}

std::string quoted(std::string_view text) {
  constexpr std::size_t longest = 40;
  std::string result = "\"";
  for (const char c : text.substr(0, longest)) {
    const auto byte = static_cast<std::uint8_t>(c);
    result += byte < 0x20 || byte > 0x7E ? '?' : c;
  }
  if (text.size() > longest) result += "...";
  return result += '"';
}

}  // namespace quorate
