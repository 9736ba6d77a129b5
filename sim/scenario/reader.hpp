// Reads values a user wrote into C++ values, strictly: every key is known, every type and range is
// checked, and every error is collected with its place while reading goes on.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "sim/base/assert.hpp"
#include "sim/base/field_list.hpp"
#include "sim/base/parsed.hpp"
#include "sim/base/time.hpp"
#include "sim/base/value.hpp"
#include "sim/scenario/diagnostics.hpp"

namespace quorate {

// A name users give to nodes, clients and faults: 1 to 64 of [A-Za-z0-9_.-].
bool is_name(std::string_view text);

// One word a user may write and what it stands for.
template <class T>
struct Choice {
  std::string_view word;
  T value;
};

// --- Single values ---
// Each returns nothing, after one error at the value, where it is not what is wanted. `what` names
// the value in the error: "\"nth\"", "an item of \"members\"".

std::optional<bool> read_boolean(const Value& value, std::string_view what, Diagnostics&);
// lowest <= value <= highest.
std::optional<std::int64_t> read_integer(const Value& value, std::string_view what,
                                         std::int64_t lowest, std::int64_t highest, Diagnostics&);
std::optional<std::string> read_string(const Value& value, std::string_view what, Diagnostics&);
std::optional<std::string> read_name(const Value& value, std::string_view what, Diagnostics&);
// The index of the word among `words`; the error proposes the nearest.
std::optional<std::size_t> read_choice(const Value& value, std::string_view what,
                                       std::span<const std::string_view> words, Diagnostics&);
// One string, or an array of them: node selectors may be written either way.
std::vector<std::string> read_strings(const Value& value, std::string_view what, Diagnostics&);
bool expect_kind(const Value& value, Value::Kind kind, std::string_view what, Diagnostics&);

// A quantity with a unit, by the function that knows its grammar:
// parse_duration, parse_distribution, parse_probability, ...
// A bare JSON number is refused with that function's words.
template <class T>
std::optional<T> read_parsed(const Value& value, std::string_view what,
                             Parsed<T> (*parse)(std::string_view), Diagnostics& diagnostics);

// --- Objects ---

// Reads one object, key by key. Every key asked for, present or not, counts as known; finish()
// reports the rest. Where `value` is no object, one error says so and every read finds nothing.
// The value and the diagnostics must outlive the reader.
class ObjectReader {
 public:
  // `what` names the object in errors: "fault", "network".
  ObjectReader(const Value& value, std::string_view what, Diagnostics& diagnostics);

  bool is_object() const { return object_ != nullptr; }
  // Whether the key is there. It then counts as known.
  bool has(std::string_view key) { return take(key) != nullptr; }
  // The key's value for the caller to read, or null where it is missing.
  const Value* take(std::string_view key);
  // The same where a missing key is an error.
  const Value* require(std::string_view key);

  std::optional<bool> optional_boolean(std::string_view key);
  std::optional<std::int64_t> optional_integer(std::string_view key, std::int64_t lowest,
                                               std::int64_t highest);
  std::optional<std::string> optional_string(std::string_view key);
  std::optional<std::string> optional_name(std::string_view key);
  std::optional<Duration> optional_duration(std::string_view key);
  std::vector<std::string> strings(std::string_view key);  // empty where it is missing

  bool boolean_or(std::string_view key, bool fallback);
  std::string string_or(std::string_view key, std::string_view fallback);
  std::string name_or(std::string_view key, std::string_view fallback);
  Duration duration_or(std::string_view key, Duration fallback);
  // The range must fit into Integer: integer_or<std::uint32_t>("nth", 1, 1, 1'000'000).
  template <class Integer = std::int64_t>
  Integer integer_or(std::string_view key, std::type_identity_t<Integer> fallback,
                     std::int64_t lowest, std::int64_t highest);
  template <class T>
  std::optional<T> parsed(std::string_view key, Parsed<T> (*parse)(std::string_view));
  template <class T>
  T parsed_or(std::string_view key, Parsed<T> (*parse)(std::string_view), T fallback);
  template <class T, std::size_t size>
  std::optional<T> choice(std::string_view key, const Choice<T> (&choices)[size]);
  // One of the enumeration's names.
  template <NamedEnum E>
  std::optional<E> choice(std::string_view key);

  // Calls read(item, index) for every item of an array; a missing key has none.
  template <class Read>
  void each(std::string_view key, Read&& read);

  // An error unless exactly one of the keys is there. Returns the one, empty on error.
  std::string_view one_of(std::initializer_list<std::string_view> keys);
  // An error where more than one of the keys is there.
  void at_most_one_of(std::initializer_list<std::string_view> keys);
  // Every key that nobody asked for is an error; "$schema" and keys that begin with "x-" are not.
  void finish();

  // An error at the key's value, or at the object where the key is missing.
  void error(std::string_view key, ErrorCode code, std::string_view text,
             std::string_view hint = {});

 private:
  std::vector<const Member*> present(std::initializer_list<std::string_view> keys);
  bool knows(std::string_view key) const;

  const Value* object_;
  std::string what_;
  Diagnostics& diagnostics_;
  std::vector<std::string> known_;
};

// --- Implementation of the templates ---

// Reports what a parse function said about `text`.
void report_unparsed(const Value& value, std::string_view sentence, Diagnostics& diagnostics);
// The text a quantity is read from; nothing, after an error,
// where the value is no string or number.
std::optional<std::string> quantity_text(const Value& value, std::string_view what, Diagnostics&);

template <class T>
std::optional<T> read_parsed(const Value& value, std::string_view what,
                             Parsed<T> (*parse)(std::string_view), Diagnostics& diagnostics) {
  const auto text = quantity_text(value, what, diagnostics);
  if (!text) return std::nullopt;
  Parsed<T> result = parse(*text);
  if (result && value.kind != Value::Kind::string) {
    result.error = std::string(what) + " must be a string: \"" + *text + "\"";
  }
  if (result) return std::move(result.value);
  report_unparsed(value, result.error, diagnostics);
  return std::nullopt;
}

template <class Integer>
Integer ObjectReader::integer_or(std::string_view key, std::type_identity_t<Integer> fallback,
                                 std::int64_t lowest, std::int64_t highest) {
  QUORATE_ASSERT(std::in_range<Integer>(lowest) && std::in_range<Integer>(highest),
                 "The range of an integer fits into its type.");
  const auto value = optional_integer(key, lowest, highest);
  return value ? static_cast<Integer>(*value) : fallback;
}

template <class T>
std::optional<T> ObjectReader::parsed(std::string_view key, Parsed<T> (*parse)(std::string_view)) {
  const Value* value = take(key);
  if (value == nullptr) return std::nullopt;
  return read_parsed(*value, in_quotes(key), parse, diagnostics_);
}

template <class T>
T ObjectReader::parsed_or(std::string_view key, Parsed<T> (*parse)(std::string_view), T fallback) {
  std::optional<T> value = parsed(key, parse);
  return value ? std::move(*value) : std::move(fallback);
}

template <class T, std::size_t size>
std::optional<T> ObjectReader::choice(std::string_view key, const Choice<T> (&choices)[size]) {
  const Value* value = take(key);
  if (value == nullptr) return std::nullopt;
  std::vector<std::string_view> words;
  for (const Choice<T>& choice : choices) words.push_back(choice.word);
  const auto index = read_choice(*value, in_quotes(key), words, diagnostics_);
  return index ? std::optional<T>(choices[*index].value) : std::nullopt;
}

template <NamedEnum E>
std::optional<E> ObjectReader::choice(std::string_view key) {
  const Value* value = take(key);
  if (value == nullptr) return std::nullopt;
  const auto index = read_choice(*value, in_quotes(key), enum_names<E>, diagnostics_);
  return index ? std::optional<E>(static_cast<E>(*index)) : std::nullopt;
}

template <class Read>
void ObjectReader::each(std::string_view key, Read&& read) {
  const Value* array = take(key);
  if (array == nullptr) return;
  if (!expect_kind(*array, Value::Kind::array, in_quotes(key), diagnostics_)) return;
  for (std::size_t i = 0; i < array->items.size(); ++i) read(array->items[i], i);
}

}  // namespace quorate
