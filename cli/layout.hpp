// Text for people in columns and lines of bearable length.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "cli/catalogue.hpp"

namespace quorate {

inline constexpr std::size_t text_columns = 96;

// Words in lines of at most so many columns, each line after the first behind `indent` spaces. Line
// ends in the text stay.
std::string wrapped(std::string_view text, std::size_t indent);

// Name, text and below it the note of each item, behind `indent` spaces.
std::string item_table(std::span<const Item> items, std::size_t indent);

}  // namespace quorate
