// Just enough of a C++ lexer for the repository rules: names, numbers and symbols with their lines.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace quorate::repository {

struct Token {
  enum class Kind : std::uint8_t { name, number, symbol };
  Kind kind{};
  std::string text;    // symbols are one character, but "::", "->", "&&" stand together
  std::size_t line{};  // counted from 1
};

// The code with every comment, string and character literal (raw ones too) blanked out by spaces.
// Length and line breaks are kept; digit separators are not mistaken for character literals.
std::string code_only(std::string_view text);

// As code_only, with preprocessor lines blanked too.
std::string without_directives(std::string_view text);

std::vector<Token> tokens_of(std::string_view code);

bool is_floating_literal(std::string_view number);  // 0.5, 1e9, 0x1p-3; not 1'000, 0xE5

}  // namespace quorate::repository
