// Why a JSON text cannot be read: from the spot where the parser gave up
// to one sentence with its place.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "sim/scenario/diagnostics.hpp"

namespace quorate {

// A problem within one text, by byte index.
struct SyntaxError {
  ErrorCode code{};
  std::size_t at{};
  std::size_t length{};
  std::string text;
  std::string hint;
};

// What was read last: it decides which token may come next.
enum class LastRead : std::uint8_t { nothing, opening, key, value };

// Where the parser stood. A token goes from `begin` to wherever it could not be read on.
struct Standstill {
  std::string_view text;
  std::size_t last_end{};  // end of the token before
  std::size_t begin{};     // of the offending token; text.size() if there is none
  std::size_t read{};      // bytes handed to the lexer so far
  std::size_t bad{};       // the last byte the lexer looked at
  bool past_separator{};   // a comma or colon stands between the two tokens
  LastRead last{};
  const Value* container{};  // the innermost open array or object, or null
};

// The first byte behind blanks and whole comments; a malformed comment is not skipped.
std::size_t skip_blanks(std::string_view text, std::size_t at);

// What no text may hold anywhere, strings and comments included: bytes that are not UTF-8, NUL, a
// byte order mark.
std::optional<SyntaxError> unreadable_byte(std::string_view text);

// A token the lexer could not read, with the lexer's own reason.
SyntaxError explain_lexeme(const Standstill& where, std::string_view reason);
// A number beyond any range.
SyntaxError explain_overflow(const Standstill& where);
// A well-formed token where it may not stand.
SyntaxError explain_grammar(const Standstill& where);
// The text ended, or was cut because no string or number came for too long.
SyntaxError explain_end(const Standstill& where);
SyntaxError explain_cut(const Standstill& where);

inline constexpr std::string_view integer_range_sentence =
    "integer out of range: it must fit into 64 bits with sign";

}  // namespace quorate
