// A value as a user wrote it in JSON, with the place it stood at: what the scenario loader reads
// and what fields are set from. A plain tree; it never travels on the simulation path.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace quorate {

// A place in a source file: byte offset of a token, its line and column counted from 1,
// and its length in bytes.
struct SourcePosition {
  std::size_t offset{};
  std::uint32_t line{};
  std::uint32_t column{};
  std::uint32_t length{};
};

struct Member;

struct Value {
  enum class Kind : std::uint8_t { null, boolean, integer, decimal, string, array, object };

  Kind kind{Kind::null};
  bool boolean{};
  std::int64_t integer{};
  std::string text;  // a string's bytes, or a decimal's lexeme (never rounded through double)
  std::vector<Value> items;     // of an array
  std::vector<Member> members;  // of an object, in file order, keys unique
  SourcePosition at;

  const Value* find(std::string_view key) const;  // a member's value, or null
  static Value of(std::string_view string);
  static Value of(std::int64_t number);
};

struct Member {
  std::string key;
  SourcePosition key_at;
  Value value;
};

// Compact JSON in member order: what a trace header embeds. Reading it back gives an equal tree.
std::string to_json(const Value& value);

// One word for messages: "an object", "a string", ...
std::string_view kind_words(Value::Kind kind);

}  // namespace quorate
