// Sequential specifications: what clients may be told by an object that serves one operation after
// another. A protocol says by name which of them its clients talk to; the linearizability checker
// asks whether the answers of a run could have come from it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "sim/trace/event.hpp"

namespace quorate {

// How an operation meets the values of others. In this order: what shows nothing, what may take a
// value away, what leaves everything as it was if its answer says so.
enum class Access : std::uint8_t {
  writes,  // it leaves a value in place of all before it, seen in answers equal to it or not at all
  leaves,  // it leaves a value, seen likewise, beside others
  takes,   // it is answered such a value, or that there is none, and may remove it
  looks,   // it is answered likewise and removes nothing
  compares  // its answer may depend on a value it does not show, but says whether it has an effect
};

// A plain value. `apply` and `access` are functions of their arguments alone.
struct Model {
  std::string_view name;
  std::string_view sentence;  // its operations and their answers
  bool by_key{};              // each key is an object of its own
  // Changes the state as the operation does ("" is how an object begins) and returns its answer;
  // nothing where the object has no such operation, and then the state is as it was.
  std::optional<Text> (*apply)(std::string& state, const Operation& operation){};
  Access (*access)(const Operation& operation){};
};

// All there are, in the order of their names.
std::span<const Model> models();
// Null where there is none of this name.
const Model* find_model(std::string_view name);

}  // namespace quorate
