// The standard events a protocol may emit, so that metrics, story and comparison need no protocol
// knowledge. Their trace names are the snake_case of the type: `elected`, `applied`, ...
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

struct Elected {
  std::uint64_t epoch{};
  QUORATE_FIELDS(Elected, epoch)
};  // this node leads in `epoch`
struct Role {
  Text role;
  QUORATE_FIELDS(Role, role)
};  // what the node now plays
struct Epoch {
  std::uint64_t number{};
  QUORATE_FIELDS(Epoch, number)
};  // term, view or ballot moved
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
struct Delivered {
  Text message;
  QUORATE_FIELDS(Delivered, message)
};
struct Suspected {
  NodeId node;
  QUORATE_FIELDS(Suspected, node)
};
struct Trusted {
  NodeId node;
  QUORATE_FIELDS(Trusted, node)
};
struct Blocked {
  Text reason;
  QUORATE_FIELDS(Blocked, reason)
};
struct Logged {
  Text record;
  QUORATE_FIELDS(Logged, record)
};

}  // namespace quorate
