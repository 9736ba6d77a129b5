// What is wrong with a file a user wrote: every problem at once, each with its place, the source
// line, a caret and, where one helps, a hint. Also the published table of error codes.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/value.hpp"

namespace quorate {

// The published codes: X(number, name, meaning). A number, once released,
// never changes its meaning. Q0xx the text is not the JSON we read, Q1xx a value is ill-formed
// or out of range, Q2xx a name is unknown, Q3xx the parts do not make sense together,
// Q4xx legal but probably not meant (warnings).
#define QUORATE_ERROR_CODES(X)                                                           \
  X(1, cannot_read, "The file cannot be opened or read.")                                \
  X(2, text_too_long, "The file is larger than 16 MiB.")                                 \
  X(3, empty_text, "The file holds no value.")                                           \
  X(4, nul_byte, "The file contains a NUL byte.")                                        \
  X(5, byte_order_mark, "The file begins with a byte order mark.")                       \
  X(6, invalid_utf8, "The file is not well-formed UTF-8.")                               \
  X(7, unexpected_token, "Something else stands where the grammar wants a token.")       \
  X(8, trailing_comma, "A comma stands before a closing bracket.")                       \
  X(9, text_after_value, "Text follows the end of the value.")                           \
  X(10, unexpected_end, "The text ends inside a value.")                                 \
  X(11, malformed_string, "A string is not closed, or holds a raw or unknown escape.")   \
  X(12, lone_surrogate, "Half of a surrogate pair was escaped.")                         \
  X(13, malformed_number, "A number is not written as JSON wants it.")                   \
  X(14, duplicate_key, "A key appears twice in one object.")                             \
  X(15, unknown_word, "A bare word other than true, false and null.")                    \
  X(16, too_deep, "Values are nested more than 64 deep.")                                \
  X(17, too_many_values, "The file holds more than 1,000,000 values.")                   \
  X(18, string_too_long, "A string is longer than 64 KiB.")                              \
  X(19, key_too_long, "A key is longer than 256 bytes.")                                 \
  X(20, too_many_keys, "An object has more than 4,096 keys.")                            \
  X(21, integer_out_of_range, "An integer does not fit into 64 signed bits.")            \
  X(22, negative_zero, "A number is a negative zero.")                                   \
  X(23, number_too_large, "A decimal number is beyond any measure.")                     \
  X(24, stretch_too_long, "More than 512 KiB without a single string or number.")        \
  X(25, malformed_comment, "A comment is not closed, or is not one of // and /* */.")    \
  X(101, wrong_type, "A value has another type than its key wants.")                     \
  X(102, out_of_range, "A number is smaller or larger than its key allows.")             \
  X(103, malformed_value, "A duration, probability or other text value is ill-formed.")  \
  X(104, malformed_name, "A name holds more than letters, digits and _ . - signs.")      \
  X(110, no_unit, "A bare number where a number with a unit is wanted.")                 \
  X(201, unknown_key, "An object has a key that nobody reads.")                          \
  X(202, unknown_choice, "A word is none of those its key allows.")                      \
  X(203, unknown_action, "A fault does something that is no known action.")              \
  X(204, unknown_protocol, "There is no protocol of this name.")                         \
  X(205, unknown_node, "There is no node, role or group of this name.")                  \
  X(206, unknown_fault, "There is no fault with this id.")                               \
  X(207, unknown_parameter, "The protocol has no parameter, bug or field of this name.") \
  X(208, unknown_event, "There is no event, message, timer or state of this name.")      \
  X(209, unknown_metric, "There is no metric of this name.")                             \
  X(210, unknown_property, "The protocol promises no property of this name.")            \
  X(211, unknown_operation, "The protocol knows no operation of this name.")             \
  X(301, missing_key, "A key that must be there is missing.")                            \
  X(302, needs_exactly_one, "Exactly one of several keys must be there.")                \
  X(303, contradiction, "Two parts of the scenario exclude each other.")                 \
  X(304, unknown_version, "The file was written for another version of the format.")     \
  X(305, name_taken, "Two things have the same name.")                                   \
  X(306, bad_include, "A file named by `extends` cannot be used.")                       \
  X(307, over_budget, "The scenario would need more memory or events than allowed.")     \
  X(308, bad_path, "A dotted path leads to no place in the scenario.")                   \
  X(401, suspicious, "The scenario is legal but probably does not do what it says.")     \
  X(402, unreachable, "Something waits for what can never happen.")                      \
  X(403, vacuous, "An expectation holds whatever the run does.")                         \
  X(404, even_members, "A protocol of majorities has an even number of members.")        \
  X(405, too_late, "Something would begin after the run stops.")                         \
  X(406, no_chance, "Something has a chance of 0%.")                                     \
  X(407, nothing_accepted, "A warning is accepted that nothing gives.")

enum class ErrorCode : std::uint16_t {
#define QUORATE_ENUMERATOR(number, name, meaning) name = (number),
  QUORATE_ERROR_CODES(QUORATE_ENUMERATOR)
#undef QUORATE_ENUMERATOR
};

struct ErrorMeaning {
  ErrorCode code;
  std::string_view name;
  std::string_view meaning;
};

std::span<const ErrorMeaning> error_codes();  // the whole table, by number
std::string to_text(ErrorCode code);          // "Q014"

enum class Severity : std::uint8_t { error, warning };

// One problem in machine form. `text`, `hint` and `file` are printable and at most 240 bytes and an
// ellipsis long; `at.line` is 0 where the problem has no place.
struct Diagnostic {
  Severity severity{};
  ErrorCode code{};
  std::string file;
  SourcePosition at;
  std::string text;
  std::string hint;
};

// Collects problems. The first 20 errors and the first 20 warnings are kept, the rest are counted.
// Texts are registered by whoever parses them; offsets count through all of them in order of
// registration, so that a position alone tells its file.
class Diagnostics {
 public:
  static constexpr std::size_t max_kept = 20;

  explicit Diagnostics(std::string file = "<input>") : file_(std::move(file)) {}

  // Texts registered from now on, and problems without a place, belong to this file.
  void use_file(std::string name) { file_ = std::move(name); }
  // Keeps a copy of the text as one of `file`, or of the current file. Returns the offset of its
  // first byte, to be added to offsets within it.
  std::size_t add_source(std::string_view text, std::string_view file = {});

  // `text` is one sentence without a full stop; hostile bytes in it are escaped here. An error at
  // the very place of a Q0xx error is its consequence and is left out.
  void error(ErrorCode code, SourcePosition at, std::string_view text, std::string_view hint = {});
  void warning(ErrorCode code, SourcePosition at, std::string_view text,
               std::string_view hint = {});

  // Called for every key that a reader looks for, present or not, with what it calls the object:
  // how a test holds the grammar's table (grammar.hpp) against the readers.
  using KeyListener = std::function<void(std::string_view object, std::string_view key)>;
  void listen(KeyListener listener) { listener_ = std::move(listener); }
  void looked_for(std::string_view object, std::string_view key) const {
    if (listener_) listener_(object, key);
  }

  bool failed() const { return errors_ != 0; }
  std::size_t errors() const { return errors_; }
  std::size_t warnings() const { return warnings_; }

  std::vector<Diagnostic> list() const;  // the kept ones by place, those without one first
  std::string rendered() const;  // for people: list() with source lines, "and N more" at the end
  std::string summary() const;   // "3 errors, 1 warning"; empty when there is nothing

 private:
  struct Source {
    std::string file;
    std::string text;
    std::size_t first;  // offset of the first byte
  };
  void keep(Severity severity, ErrorCode code, SourcePosition at, std::string_view text,
            std::string_view hint);
  bool is_consequence(SourcePosition at) const;
  const Source* source_of(SourcePosition at) const;
  std::string excerpt(const Diagnostic& diagnostic) const;

  std::string file_;
  KeyListener listener_{};
  std::vector<Source> sources_;
  std::vector<Diagnostic> kept_;
  std::size_t errors_{};
  std::size_t warnings_{};
};

// The place of a byte in a text whose first byte has offset `first`. Costs a pass over the text.
SourcePosition place_in(std::string_view text, std::size_t index, std::size_t length,
                        std::size_t first = 0);

// The candidate nearest to a mistyped word: at most 2 letters inserted, deleted, replaced or
// swapped with their neighbour, and at most a third of the longer word; case does not count. Empty
// if none is near; the first of equals.
std::string_view nearest_name(std::string_view word, std::span<const std::string_view> candidates);
std::string_view nearest_name(std::string_view word, std::span<const std::string> candidates);

// `did you mean "crash"?`, or nothing when no candidate is near.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);
std::string did_you_mean(std::string_view word, std::span<const std::string> candidates);

// The text in a form that no terminal, log or page can be hurt by: control characters, invisible
// and direction-changing characters and bytes that are not UTF-8 are escaped, the rest stays.
std::string printable(std::string_view text);

// "\"text\"", as messages quote what a user wrote.
std::string in_quotes(std::string_view text);

}  // namespace quorate
