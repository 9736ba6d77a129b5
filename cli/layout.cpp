#include "cli/layout.hpp"

#include <algorithm>

#include "analysis/terminal.hpp"

namespace quorate {
namespace {

std::string item_lines(const Item& item, std::size_t before, std::size_t behind) {
  std::string text = std::string(before, ' ') + padded(item.name, behind - before);
  if (!item.text.empty()) text += wrapped(item.text, behind);
  if (!item.note.empty()) {
    if (!item.text.empty()) text += "\n" + std::string(behind, ' ');
    text += wrapped(item.note, behind);
  }
  return text + "\n";
}

}  // namespace

std::string item_table(std::span<const Item> items, std::size_t indent) {
  std::size_t width = 0;
  for (const Item& item : items) width = std::max(width, display_width(item.name));
  std::string text;
  for (const Item& item : items) text += item_lines(item, indent, indent + width + 2);
  return text;
}

std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

}  // namespace quorate
