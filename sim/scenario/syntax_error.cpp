#include "sim/scenario/syntax_error.hpp"

#include <algorithm>
#include <array>

#include "sim/base/utf8.hpp"

namespace quorate {
namespace {

constexpr auto nowhere = std::string_view::npos;

bool is_blank(char byte) { return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r'; }
bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }
bool is_word(char byte) {
  return is_digit(byte) || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
         byte == '_';
}
bool in_run(char byte) { return is_word(byte) || byte == '+' || byte == '-' || byte == '.'; }

// How many bytes from `at` on look like one bare word or number.
std::size_t run_length(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && in_run(text[end])) ++end;
  return end - at;
}

// The end of the comment that begins at `at`; `at` itself if no whole comment begins there.
std::size_t comment_end(std::string_view text, std::size_t at) {
  const std::string_view opening = text.substr(at, 2);
  if (opening == "//") return std::min(text.find_first_of("\n\r", at), text.size());
  const std::size_t closing = opening == "/*" ? text.find("*/", at + 2) : nowhere;
  return closing == nowhere ? at : closing + 2;
}

// 01, 0x10 and 1.2.3 are read as a number with something glued to it.
bool glued_to_number(const Standstill& where) {
  return where.last == LastRead::value && where.begin == where.last_end &&
         is_digit(where.text[where.begin - 1]);
}

SyntaxError explain_number(std::string_view text, std::size_t at, std::string_view reason = {}) {
  while (at > 0 && in_run(text[at - 1])) --at;
  const std::size_t length = run_length(text, at);
  const std::string colon = reason.empty() ? "" : ": ";
  return {ErrorCode::malformed_number,
          at,
          length,
          "malformed number " + in_quotes(text.substr(at, length)) + colon + std::string(reason),
          {}};
}

SyntaxError explain_character(std::string_view text, std::size_t at) {
  const std::string_view character = text.substr(at, utf8_length(text.substr(at)));
  const std::string_view hint = character == "'"   ? "strings stand in double quotes"
                                : character == "#" ? "comments begin with //"
                                                   : "";
  return {ErrorCode::unexpected_token, at, character.size(),
          "unexpected character " + in_quotes(character), std::string(hint)};
}

// A token that JSON does not know at all.
SyntaxError explain_word(const Standstill& where) {
  const std::size_t length = run_length(where.text, where.begin);
  if (length == 0) return explain_character(where.text, where.begin);
  const std::string_view word = where.text.substr(where.begin, length);
  if (glued_to_number(where) || !is_word(word[0])) return explain_number(where.text, where.begin);
  constexpr std::array<std::string_view, 3> known{"true", "false", "null"};
  const std::string_view near = nearest_name(word, known);
  return {ErrorCode::unknown_word, where.begin, length, "unknown word " + in_quotes(word),
          near.empty() ? "keys and strings stand in double quotes"
                       : "did you mean " + std::string(near) + "?"};
}

// The escape that holds half of a pair: the last \uD... the lexer looked at.
SyntaxError explain_surrogate(const Standstill& where, std::string_view reason) {
  std::size_t at = where.bad;
  const auto is_surrogate = [&](std::string_view here) {
    return here.starts_with("\\ud") || here.starts_with("\\uD");
  };
  while (at > where.begin && !is_surrogate(where.text.substr(at))) --at;
  return {ErrorCode::lone_surrogate, at, 6, "half of a surrogate pair: " + std::string(reason), {}};
}

SyntaxError explain_string(const Standstill& where, std::string_view reason) {
  const auto [begin, bad] = std::pair(where.begin, where.bad);
  if (bad >= where.text.size()) {
    return {ErrorCode::malformed_string, begin, 1, "the string is not closed", {}};
  }
  if (where.text[bad] == '\n' || where.text[bad] == '\r') {
    return {ErrorCode::malformed_string,
            begin,
            bad - begin,
            "the string is not closed on its line",
            {}};
  }
  if (reason.starts_with("surrogate")) return explain_surrogate(where, reason);
  if (reason.starts_with("control"))
    return {ErrorCode::malformed_string, bad, 1, std::string(reason), {}};
  const std::size_t escape = where.text.rfind('\\', bad - 1);
  return {ErrorCode::malformed_string,
          escape,
          std::max<std::size_t>(bad - escape, 2),
          std::string(reason),
          {}};
}

std::string wanted(const Standstill& where) {
  const bool in_object = where.container != nullptr && where.container->kind == Value::Kind::object;
  switch (where.last) {
    case LastRead::nothing:
      return "a value";
    case LastRead::opening:
      return in_object ? "a key or \"}\"" : "a value or \"]\"";
    case LastRead::key:
      return where.past_separator ? "a value" : "\":\"";
    case LastRead::value:
      break;
  }
  if (where.past_separator) return in_object ? "a key" : "a value";
  return in_object ? "\",\" or \"}\"" : "\",\" or \"]\"";
}

SyntaxError explain_unexpected(const Standstill& where) {
  const char lead = where.text[where.begin];
  const bool is_number = is_digit(lead) || lead == '-';
  const std::size_t length = lead == '"'
                                 ? where.read - where.begin
                                 : std::max<std::size_t>(run_length(where.text, where.begin), 1);
  const std::string found = lead == '"' ? "a string"
                            : is_number ? "a number"
                                        : in_quotes(where.text.substr(where.begin, length));
  const bool begins_value = lead == '"' || lead == '{' || lead == '[' || in_run(lead);
  const bool comma_missing = where.last == LastRead::value && !where.past_separator && begins_value;
  return {ErrorCode::unexpected_token, where.begin, length,
          "expected " + wanted(where) + ", found " + found,
          comma_missing ? "a comma is missing before this" : ""};
}

}  // namespace

std::size_t skip_blanks(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    const std::size_t next = is_blank(text[at]) ? at + 1 : comment_end(text, at);
    if (next == at) break;
    at = next;
  }
  return at;
}

std::optional<SyntaxError> unreadable_byte(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) {
    return SyntaxError{ErrorCode::byte_order_mark, 0, 3, "the file begins with a byte order mark",
                       "save it as UTF-8 without one"};
  }
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_length(text.substr(at, 4));
    if (length == 0)
      return SyntaxError{ErrorCode::invalid_utf8, at, 1, "this byte is not UTF-8", {}};
    if (text[at] == '\0') {
      return SyntaxError{
          ErrorCode::nul_byte, at, 1, "a NUL byte at offset " + std::to_string(at), {}};
    }
    at += length;
  }
  return std::nullopt;
}

SyntaxError explain_lexeme(const Standstill& where, std::string_view reason) {
  const char lead = where.text[where.begin];
  if (lead == '"') return explain_string(where, reason);
  if (lead == '-' || is_digit(lead)) return explain_number(where.text, where.begin, reason);
  if (lead != '/') return explain_word(where);
  return {ErrorCode::malformed_comment,
          where.begin,
          1,
          "malformed comment: " + std::string(reason),
          {}};
}

SyntaxError explain_overflow(const Standstill& where) {
  const std::size_t length = run_length(where.text, where.begin);
  const std::string_view digits = where.text.substr(where.begin, length);
  const bool is_integer = digits.find_first_of(".eE") == nowhere;
  return {is_integer ? ErrorCode::integer_out_of_range : ErrorCode::number_too_large,
          where.begin,
          length,
          std::string(is_integer ? integer_range_sentence : "number out of range"),
          {}};
}

SyntaxError explain_grammar(const Standstill& where) {
  const char lead = where.text[where.begin];
  if (glued_to_number(where) && in_run(lead)) return explain_number(where.text, where.begin);
  if (where.last == LastRead::value && where.container == nullptr) {
    return {ErrorCode::text_after_value, where.begin, 1, "text follows the end of the value", {}};
  }
  if (where.last == LastRead::value && where.past_separator && (lead == '}' || lead == ']')) {
    return {ErrorCode::trailing_comma,
            skip_blanks(where.text, where.last_end),
            1,
            "a comma must not stand before " + in_quotes({&lead, 1}),
            {}};
  }
  return explain_unexpected(where);
}

// Shown right behind what was read last, on a line that holds something.
SyntaxError explain_end(const Standstill& where) {
  if (where.last == LastRead::nothing) {
    return {ErrorCode::empty_text, where.last_end, 0, "the file holds no value", {}};
  }
  const std::size_t separator =
      where.past_separator ? skip_blanks(where.text, where.last_end) + 1 : 0;
  const SourcePosition begin = where.container->at;
  const std::string_view kind = where.container->kind == Value::Kind::object ? "object" : "array";
  return {ErrorCode::unexpected_end,
          std::max(where.last_end, separator),
          0,
          "the file ends inside the " + std::string(kind) + " that begins at " +
              std::to_string(begin.line) + ":" + std::to_string(begin.column),
          {}};
}

SyntaxError explain_cut(const Standstill& where) {
  if (where.begin < where.text.size() && where.text[where.begin] == '"') {
    return {ErrorCode::string_too_long, where.begin, 1, "a string is longer than 64 KiB", {}};
  }
  return {ErrorCode::stretch_too_long,
          where.last_end,
          1,
          "more than 512 KiB follow without a string or a number",
          {}};
}

}  // namespace quorate
