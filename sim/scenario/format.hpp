// The canonical layout of a scenario file, comments included.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace quorate {

inline constexpr std::size_t format_width = 120;

// The text laid out anew: two spaces for each level, one member or item a line, `{ "a": 1 }` and
// `[1, 2]` on one line where that fits into `format_width` bytes, holds no comment, and no line
// break follows the opening bracket. The outermost object is never on one line. Single blank lines
// stay, and so do all comments: what stands behind something on its line stays behind it, any other
// gets lines of its own before what follows. Keys, values and their order are untouched, byte for
// byte, so the document is the same. Formatting twice changes nothing more.
// REQUIRES: parse_json accepts the text without an error.
std::string formatted(std::string_view text);

}  // namespace quorate
