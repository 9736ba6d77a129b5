// Strict JSON with comments: text to a tree of values with exact places, and nothing hostile gets
// in. The only door through which JSON written by people enters the program.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "sim/base/value.hpp"
#include "sim/scenario/diagnostics.hpp"
#include "sim/scenario/read_file.hpp"

namespace quorate {

// What a file may hold at most; beyond it is an error, never a crash or a swapping machine.
namespace json_limits {
inline constexpr std::size_t bytes = max_file_bytes;
inline constexpr std::size_t depth = 64;  // arrays and objects inside one another
inline constexpr std::size_t values = 1'000'000;
inline constexpr std::size_t keys = 4'096;     // in one object
inline constexpr std::size_t key_bytes = 256;  // after unescaping
inline constexpr std::size_t string_bytes = 64u << 10;
inline constexpr std::size_t number_bytes = 256;
inline constexpr std::size_t stretch = 512u << 10;  // bytes without a single string or number
}  // namespace json_limits

// JSON by RFC 8259 in UTF-8 with // and /* */ comments; no byte order mark, NUL byte, trailing
// comma, duplicate key or negative zero. Integers fit into int64; any other number stays text,
// unrounded. The text is registered with `diagnostics` under its current file. Returns nothing
// where the text has no readable structure (one error says why). Where only single tokens are bad
// (a duplicate key, a number out of range, an overlong string) all of them are reported and a tree
// comes back in which the first of equal keys stands and the bad value is 0 or ""; so ask
// `diagnostics.failed()`. Linear in the text.
std::optional<Value> parse_json(std::string_view text, Diagnostics& diagnostics);

// "faults.0.at": parts joined by single dots, none of them empty.
bool is_dotted_path(std::string_view path);

// Sets what `--set path=text` names. `path` leads by member names and array indices
// ("faults.0.at"); missing members are created, array items are not. `text` is taken as JSON if it
// parses, else as a string. Returns an empty string, or one sentence naming the part of the path
// that leads nowhere. New values have places in a source named after the option, so later errors
// underline what the user typed.
std::string set_path(Value& root, std::string_view path, std::string_view text,
                     Diagnostics& diagnostics, std::string_view option = "--set");

// The same with a value that is there already, as a sweep has it.
std::string set_path(Value& root, std::string_view path, Value value);

}  // namespace quorate
