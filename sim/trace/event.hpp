// The standard events a protocol may emit, so that metrics, story and comparison need no protocol
// knowledge. Their trace names are the snake_case of the type: `elected`, `applied`, ... A protocol
// may list events of its own (`Events`); those that have a `sentence` are told in the story.
#pragma once

#include "sim/base/fields.hpp"

namespace quorate {

// An operation as a client asks for it: a verb with its operands, at most 15 bytes each.
struct Operation {
  Text verb;  // "put", "get", "add", ...
  Text key;
  Text value;
  QUORATE_FIELDS(Operation, verb, key, value)
};

// "put k1 v1": the words that are not empty.
std::string to_text(const Operation& operation);

// This node leads in `epoch`.
struct Elected {
  std::uint64_t epoch{};
  QUORATE_FIELDS(Elected, epoch)
};
// What the node now plays: "follower", "coordinator", ...
struct Role {
  Text role;
  QUORATE_FIELDS(Role, role)
};
// The node's term, view or ballot moved to `number`.
struct Epoch {
  std::uint64_t number{};
  QUORATE_FIELDS(Epoch, number)
};
struct Proposed {
  std::uint64_t instance{};
  Operation value;
  QUORATE_FIELDS(Proposed, instance, value)
};
// Some node knows that `value` is decided at `instance`.
struct Chosen {
  std::uint64_t instance{};
  Operation value;
  QUORATE_FIELDS(Chosen, instance, value)
};
// This node's state machine executed `command` at `index`.
struct Applied {
  std::uint64_t index{};
  Operation command;
  QUORATE_FIELDS(Applied, index, command)
};
struct Committed {
  std::uint64_t txn{};
  QUORATE_FIELDS(Committed, txn)
};
struct Aborted {
  std::uint64_t txn{};
  QUORATE_FIELDS(Aborted, txn)
};
// A multicast message reached the layer above.
struct Delivered {
  Text message;
  QUORATE_FIELDS(Delivered, message)
};
// What a failure detector says of `node`: never "dead".
struct Suspected {
  NodeId node;
  QUORATE_FIELDS(Suspected, node)
};
struct Trusted {
  NodeId node;
  QUORATE_FIELDS(Trusted, node)
};
// The node cannot go on, and why.
struct Blocked {
  Text reason;
  QUORATE_FIELDS(Blocked, reason)
};
// A line of the lectures' write-ahead log: "READY", "GLOBAL_COMMIT", ...
struct Logged {
  Text record;
  QUORATE_FIELDS(Logged, record)
};

// Whether an event of this type means that something was reached: somebody was elected, something
// chosen, applied, decided or delivered.
bool is_progress(const TypeInfo* type);

}  // namespace quorate
