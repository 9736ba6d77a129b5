#include "sim/base/json_writer.hpp"

#include "sim/base/utf8.hpp"

namespace quorate {
namespace {

// What JSON wants instead of this byte; empty where the byte may stand as it is.
std::string_view short_escape(char byte) {
  switch (byte) {
    case '"': return "\\\"";
    case '\\': return "\\\\";
    case '\b': return "\\b";
    case '\f': return "\\f";
    case '\n': return "\\n";
    case '\r': return "\\r";
    case '\t': return "\\t";
    default: return {};
  }
}

void append_control(std::string& out, std::uint8_t byte) {
  constexpr std::string_view digits = "0123456789abcdef";
  out += "\\u00";
  out += digits[byte >> 4];
  out += digits[byte & 15];
}

}  // namespace

// A byte that is not UTF-8 (a text cut inside a character, a corrupted field) becomes U+FFFD, so that a
// trace is valid JSON whatever a run holds.
void JsonWriter::string(std::string_view text) {
  element();
  buffer_ += '"';
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const auto byte = static_cast<std::uint8_t>(text[0]);
    if (length == 0) buffer_ += "\xEF\xBF\xBD";
    else if (const auto escape = short_escape(text[0]); !escape.empty()) buffer_ += escape;
    else if (byte < 0x20) append_control(buffer_, byte);
    else buffer_ += text.substr(0, length);
    text.remove_prefix(length == 0 ? 1 : length);
  }
  buffer_ += '"';
}

}  // namespace quorate
