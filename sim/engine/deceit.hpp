// How a node lies, as plain data: what becomes of its messages as they leave it.
#pragma once

#include <optional>
#include <string>

#include "sim/base/distribution.hpp"
#include "sim/base/fields.hpp"
#include "sim/base/id.hpp"
#include "sim/base/value.hpp"

namespace quorate {

// Of a message of a liar, where its deceit is about that one:
// silent: it does not leave.
// equivocate: the receivers are told as many values as there are of them: of those that the deceit
//   is about the first in declaration order the true one, each further one a value further on.
// alter: a field is another one.
// forge: it names another node as its sender.
// replay: the one before it, of the same type and to the same node, comes along once more.
// collude: a field is what all the liars have agreed on, once, for all messages of a type.
// delay: it leaves later.
QUORATE_ENUM(Strategy, silent, equivocate, alter, forge, replay, collude, delay)

struct Deceit {
  Strategy strategy{};
  std::string field{};                 // "ballot.round"; empty: one that is drawn
  std::optional<Value> value{};        // alter, collude: what it becomes; none: drawn
  std::optional<std::int64_t> by{};    // alter, equivocate: how many values further on
  NodeId as{no_node};                  // forge: whom it names; nobody: drawn
  std::optional<Distribution> wait{};  // delay: for how long
  // What was drawn once for all, of equivocate the field, of collude the value, too.
  std::uint64_t agreed_field{};
  std::uint64_t agreed_value{};
};

}  // namespace quorate
