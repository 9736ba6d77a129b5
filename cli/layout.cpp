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

std::string wrapped(std::string_view text, std::size_t indent) {
  std::string result;
  std::size_t column = indent;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(" \n"), text.size());
    const std::string_view word = text.substr(0, end);
    if (column > indent && column + 1 + display_width(word) > text_columns) {
      result += "\n" + std::string(indent, ' ');
      column = indent;
    }
    if (column > indent) result += ' ', ++column;
    result += word;
    column += display_width(word);
    const bool line_ends = end < text.size() && text[end] == '\n';
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!line_ends) continue;
    result += "\n" + std::string(text.starts_with("\n") ? 0 : indent, ' ');
    column = indent;
  }
  return result;
}

std::string item_table(std::span<const Item> items, std::size_t indent) {
  std::size_t width = 0;
  for (const Item& item : items) width = std::max(width, display_width(item.name));
  std::string text;
  for (const Item& item : items) text += item_lines(item, indent, indent + width + 2);
  return text;
}

}  // namespace quorate
