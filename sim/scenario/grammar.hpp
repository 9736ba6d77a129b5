// The keys of a scenario, as a table: what the schema for editors and `describe` are made of. A
// test holds it against what the readers look for, so a key that is read and not listed here, or
// listed and not read, fails.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "sim/scenario/protocol_info.hpp"

namespace quorate {

// `type` is one of the following.
// - A plain value: text, count, integer, boolean, duration, chance, size, rate, distribution,
//   drift, shift, name, null or any.
// - "word": this word and no other.
// - link, fault, …: an object of this table, by its name.
// - [T], {T}: a list of T; an object with free keys and values of type T.
// - T|U: either of them.
struct KeyInfo {
  std::string_view object;  // "scenario", "fault"
  std::string_view key;
  std::string_view type;
  std::string_view text;  // one sentence without a full stop
  bool required{};
  // What it is where it is not given, as JSON or in words; empty: nothing, or there is more to say.
  std::string_view otherwise{};
};

std::span<const KeyInfo> grammar_keys();

// Of these keys an object has exactly one.
struct KeyChoice {
  std::string_view object;
  std::string_view keys;  // parted by spaces
};
std::span<const KeyChoice> grammar_choices();

// An object with this key has others too: all of `needs`, parted by spaces, or at least one of
// them, parted by '|'. Without a key every such object.
struct KeyNeed {
  std::string_view object;
  std::string_view key;
  std::string_view needs;
};
std::span<const KeyNeed> grammar_needs();

// The name in the table of an object as readers call it in messages: "a line of \"workload\"" is
// "workload", "\"never\"" is "pattern".
std::string grammar_object(std::string_view what);

// JSON Schema 2020-12 of a scenario, for editors: keys, types, units, and for each of the protocols
// its parameters, bugs, fields, properties and predicates. What a schema cannot say (references,
// times, names of nodes) is left to `validate`. Deterministic; in the layout of `quorate fmt`.
std::string scenario_schema(std::span<const ProtocolInfo* const> protocols);

}  // namespace quorate
