#include "sim/search/packing.hpp"

namespace quorate {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

bool stands_for_itself(char character) {
  const auto byte = static_cast<std::uint8_t>(character);
  return byte >= 0x20 && byte != 0x7F && byte != '"' && byte != '\\' && byte != '%';
}

}  // namespace

void Packer::text(std::string_view text) {
  number(text.size());
  for (const char character : text) {
    if (stands_for_itself(character)) {
      bytes_ += character;
      continue;
    }
    const auto byte = static_cast<std::uint8_t>(character);
    bytes_ += '%';
    bytes_ += hex_digits[byte / 16];
    bytes_ += hex_digits[byte % 16];
  }
}

std::string Unpacker::text() {
  const auto size = number<std::size_t>();
  QUORATE_ASSERT(size <= rest_.size(), "A text of this length was packed here.");
  std::string text;
  std::size_t at = 0;
  for (; text.size() < size && at < rest_.size(); ++at) {
    if (rest_[at] != '%') {
      text += rest_[at];
      continue;
    }
    QUORATE_ASSERT(rest_.size() - at > 2, "An escaped byte has two digits.");
    const std::size_t high = hex_digits.find(rest_[at + 1]);
    const std::size_t low = hex_digits.find(rest_[at + 2]);
    QUORATE_ASSERT(high < 16 && low < 16, "An escaped byte has two digits.");
    text += static_cast<char>(high * 16 + low);
    at += 2;
  }
  QUORATE_ASSERT(text.size() == size, "A text of this length was packed here.");
  rest_.remove_prefix(at);
  return text;
}

}  // namespace quorate
