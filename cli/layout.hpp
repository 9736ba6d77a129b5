// Text for people in columns and lines of bearable length.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "analysis/terminal.hpp"
#include "cli/catalogue.hpp"

namespace quorate {

// Name, text and below it the note of each item, behind `indent` spaces.
std::string item_table(std::span<const Item> items, std::size_t indent);

// One cell of a CSV file, in quotes where it needs them (RFC 4180).
std::string csv_cell(const std::string& text);

}  // namespace quorate
