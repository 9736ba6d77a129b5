#include "analysis/terminal.hpp"

#include <algorithm>

namespace quorate {
namespace {

// "12.05" for 1205 hundredths.
std::string with_decimals(std::int64_t parts, std::int64_t parts_of_one) {
  const std::string rest = std::to_string(parts_of_one + parts % parts_of_one);
  return grouped(static_cast<std::uint64_t>(parts / parts_of_one)) + "." + rest.substr(1);
}

std::string_view escape(Paint with) {
  switch (with) {
    case Paint::plain:
      return "";
    case Paint::bold:
      return "\x1b[1m";
    case Paint::dim:
      return "\x1b[2m";
    case Paint::red:
      return "\x1b[1;31m";
    case Paint::green:
      return "\x1b[1;32m";
    case Paint::yellow:
      return "\x1b[1;33m";
  }
  return "";
}

std::int64_t rounded(std::int64_t number, std::int64_t unit) {
  return number / unit + (number % unit * 2 >= unit ? 1 : 0);
}

}  // namespace

std::string paint(std::string_view text, Paint with, TextStyle style) {
  if (!style.colour || with == Paint::plain || text.empty()) return std::string(text);
  return std::string(escape(with)) + std::string(text) + "\x1b[0m";
}

std::size_t display_width(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char byte) { return (static_cast<std::uint8_t>(byte) & 0xC0u) != 0x80u; }));
}

std::string padded(std::string text, std::size_t width) {
  const std::size_t taken = display_width(text);
  if (taken < width) text.append(width - taken, ' ');
  return text;
}

std::string right_aligned(std::string text, std::size_t width) {
  const std::size_t taken = display_width(text);
  if (taken < width) text.insert(0, width - taken, ' ');
  return text;
}

std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, ",");
  return text;
}

std::string counted(std::uint64_t number, std::string_view one, std::string_view many) {
  return grouped(number) + " " + std::string(number == 1 ? one : many);
}

std::string joined(const std::vector<std::string>& parts, std::string_view separator) {
  std::string text;
  for (const std::string& part : parts) {
    if (part.empty()) continue;
    if (!text.empty()) text += separator;
    text += part;
  }
  return text;
}

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

std::string brief(Duration duration) {
  const std::int64_t ns = duration.count();
  if (ns >= 1'000'000'000) return to_seconds(Time{ns});
  if (ns >= 1'000'000) return std::to_string(ns / 1'000'000) + " ms";
  if (ns >= 1'000) return std::to_string(ns / 1'000) + " us";
  return std::to_string(ns) + " ns";
}

std::string precise(Duration duration) {
  const std::int64_t ns = duration.count();
  if (ns >= 1'000'000'000) return with_decimals(rounded(ns, 1'000'000), 1000) + " s";
  if (ns >= 1'000'000) return with_decimals(rounded(ns, 10'000), 100) + " ms";
  return with_decimals(rounded(ns, 10), 100) + " us";
}

}  // namespace quorate
