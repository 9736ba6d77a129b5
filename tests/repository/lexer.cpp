#include "tests/repository/lexer.hpp"

#include <algorithm>

namespace quorate::repository {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool starts_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool continues_name(char c) { return starts_name(c) || is_digit(c); }

// Each of these returns the offset just behind what begins at `at`.
std::size_t behind_name(std::string_view text, std::size_t at) {
  while (at < text.size() && continues_name(text[at])) ++at;
  return at;
}

std::size_t behind_number(std::string_view text, std::size_t at) {
  for (++at; at < text.size(); ++at) {
    const char before = text[at - 1];
    const bool exponent_sign = (text[at] == '+' || text[at] == '-') &&
                               std::string_view("eEpP").find(before) != std::string_view::npos;
    const bool part = continues_name(text[at]) || text[at] == '.' || text[at] == '\'';
    if (!part && !exponent_sign) break;
  }
  return at;
}

std::size_t behind_line(std::string_view text, std::size_t at) {
  return std::min(text.find('\n', at), text.size());
}

std::size_t behind_block_comment(std::string_view text, std::size_t at) {
  const std::size_t close = text.find("*/", at + 2);
  return close == std::string_view::npos ? text.size() : close + 2;
}

std::size_t behind_quoted(std::string_view text, std::size_t at) {
  const char quote = text[at];
  for (++at; at < text.size() && text[at] != quote && text[at] != '\n'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return std::min(at + 1, text.size());
}

std::size_t behind_raw_string(std::string_view text, std::size_t quote) {
  const std::size_t open = std::min(text.find('(', quote), text.size() - 1);
  const std::string mark = ")" + std::string(text.substr(quote + 1, open - quote - 1)) + "\"";
  const std::size_t close = text.find(mark, open);
  return close == std::string_view::npos ? text.size() : close + mark.size();
}

void blank(std::string& text, std::size_t from, std::size_t to) {
  for (; from < to; ++from) {
    if (text[from] != '\n') text[from] = ' ';
  }
}

bool is_raw_prefix(std::string_view name) {
  return name == "R" || name == "u8R" || name == "uR" || name == "UR" || name == "LR";
}

// Where the comment or literal that begins at `at` ends; `at` itself if none begins there.
std::size_t behind_hidden(std::string_view text, std::size_t at) {
  if (text.substr(at, 2) == "//") return behind_line(text, at);
  if (text.substr(at, 2) == "/*") return behind_block_comment(text, at);
  if (text[at] == '"' || text[at] == '\'') return behind_quoted(text, at);
  return at;
}

std::string symbol_at(std::string_view code, std::size_t at) {
  const std::string_view two = code.substr(at, 2);
  const bool together = two == "::" || two == "->" || two == "&&";
  return std::string(code.substr(at, together ? 2 : 1));
}

}  // namespace

std::string code_only(std::string_view text) {
  std::string code(text);
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t next = at + 1;
    if (is_digit(text[at])) {
      next = behind_number(text, at);
    } else if (starts_name(text[at])) {
      next = behind_name(text, at);
      const bool raw =
          next < text.size() && text[next] == '"' && is_raw_prefix(text.substr(at, next - at));
      if (raw) blank(code, at, next = behind_raw_string(text, next));
    } else if (const std::size_t end = behind_hidden(text, at); end != at) {
      blank(code, at, next = end);
    }
    at = next;
  }
  return code;
}

std::string without_directives(std::string_view text) {
  std::string code = code_only(text);
  bool continued = false;
  for (std::size_t start = 0; start < code.size();) {
    const std::size_t end = behind_line(code, start);
    const std::size_t first = std::min(code.find_first_not_of(" \t", start), end);
    const bool directive = continued || (first < end && code[first] == '#');
    continued = directive && end > start && code[end - 1] == '\\';
    if (directive) blank(code, start, end);
    start = end + 1;
  }
  return code;
}

std::vector<Token> tokens_of(std::string_view code) {
  std::vector<Token> tokens;
  std::size_t line = 1;
  for (std::size_t at = 0; at < code.size();) {
    const char c = code[at];
    std::size_t next = at + 1;
    if (c == '\n') ++line;
    if (is_digit(c) || (c == '.' && next < code.size() && is_digit(code[next]))) {
      next = behind_number(code, at);
      tokens.push_back({Token::Kind::number, std::string(code.substr(at, next - at)), line});
    } else if (starts_name(c)) {
      next = behind_name(code, at);
      tokens.push_back({Token::Kind::name, std::string(code.substr(at, next - at)), line});
    } else if (c > ' ') {
      tokens.push_back({Token::Kind::symbol, symbol_at(code, at), line});
      next = at + tokens.back().text.size();
    }
    at = next;
  }
  return tokens;
}

bool is_floating_literal(std::string_view number) {
  const bool hexadecimal = number.starts_with("0x") || number.starts_with("0X");
  return number.find_first_of(hexadecimal ? ".pP" : ".eE") != std::string_view::npos;
}

}  // namespace quorate::repository
