#include "sim/base/json_writer.hpp"

#include "sim/base/utf8.hpp"

namespace quorate {
namespace {

// What JSON wants instead of this byte; empty where the byte may stand as it is.
std::string_view short_escape(char byte) {
  switch (byte) {
    case '"':
      return "\\\"";
    case '\\':
      return "\\\\";
    case '\b':
      return "\\b";
    case '\f':
      return "\\f";
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      return {};
  }
}

char* put_control(char* at, std::uint8_t byte) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::memcpy(at, "\\u00", 4);
  at[4] = digits[byte >> 4];
  at[5] = digits[byte & 15];
  return at + 6;
}

}  // namespace

char* JsonWriter::escape(char* at, std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const auto byte = static_cast<std::uint8_t>(text[0]);
    if (length == 0) {
      at = copy(at, "\xEF\xBF\xBD");
    } else if (const auto escaped = short_escape(text[0]); !escaped.empty()) {
      at = copy(at, escaped);
    } else if (byte < 0x20) {
      at = put_control(at, byte);
    } else {
      at = copy(at, text.substr(0, length));
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return at;
}

void JsonWriter::grow(std::size_t bytes) { buffer_.resize(2 * (size_ + bytes) + 128); }

}  // namespace quorate
