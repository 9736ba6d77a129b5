// How text for people is dressed: colour only when asked for,
// and an ASCII face for terminals without UTF-8.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/time.hpp"

namespace quorate {

struct TextStyle {
  bool colour{};
  bool ascii{};
};

enum class Paint : std::uint8_t { plain, bold, dim, red, green, yellow };

std::string paint(std::string_view text, Paint with, TextStyle style);

// The first where UTF-8 may be shown, else the second.
constexpr std::string_view glyph(std::string_view utf8, std::string_view ascii, TextStyle style) {
  return style.ascii ? ascii : utf8;
}

// Columns a text takes: one per code point (no colours in it yet).
std::size_t display_width(std::string_view text);
std::string padded(std::string text, std::size_t width);  // with spaces at its end
std::string right_aligned(std::string text, std::size_t width);

// "1,204"
std::string grouped(std::uint64_t number);
// "2 crashes"
std::string counted(std::uint64_t number, std::string_view one, std::string_view many);

// "a, b"; empty parts are left out.
std::string joined(const std::vector<std::string>& parts, std::string_view separator = ", ");

inline constexpr std::size_t text_columns = 96;

// Words in lines of at most so many columns, each line after the first behind `indent` spaces. Line
// ends in the text stay.
std::string wrapped(std::string_view text, std::size_t indent);

// Three digits or more of a duration, truncated: "237 ms", "1.204 s", "11 ms", "850 us".
std::string brief(Duration duration);
// A duration that is not negative, rounded half up, with the decimals that a table wants:
// "1.035 s", "181.24 ms", "850.25 us".
std::string precise(Duration duration);

}  // namespace quorate
