#include "sim/search/packing.hpp"

#include <algorithm>

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
  const auto escaped = std::ranges::find_if_not(text, stands_for_itself);
  bytes_.append(text.begin(), escaped);
  for (const char character : std::string_view(escaped, text.end())) {
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

std::string_view Unpacker::raw() {
  const auto size = number<std::size_t>();
  QUORATE_ASSERT(size <= rest_.size(), "So many bytes were packed here.");
  const std::string_view bytes = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return bytes;
}

std::string Unpacker::text() {
  const auto size = number<std::size_t>();
  QUORATE_ASSERT(size <= rest_.size(), "A text of this length was packed here.");
  std::size_t at = std::min(rest_.substr(0, size).find('%'), size);  // most texts have none
  std::string text(rest_.substr(0, at));
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
