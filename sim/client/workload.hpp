// What clients do, as a scenario states it.
#pragma once

#include <optional>

#include "sim/base/fields.hpp"
#include "sim/node/request.hpp"

namespace quorate {

// Whom a client asks first: the same node as long as it answers, the next in turn, one at random,
// or always the node elected last (an oracle, for workloads that are not about finding the leader).
QUORATE_ENUM(TargetPolicy, sticky, round_robin, random, leader)

// What becomes of an operation when a try has timed out. Nothing: it is given up, and its outcome
// stays unknown. The same: the next target is asked under the same serial, until somebody answers.
// Anew: it is given up, and the next target is asked for the same under the next serial, so that no
// server can tell that it was asked before.
QUORATE_ENUM(Retry, nothing, same, anew)

// One line of a scenario's `workload`: one client and its operations.
//   open loop:   {"client": "c1", "op": "put", "every": "20ms", "from": "400ms", "count": 100}
//   closed loop: {"client": "c1", "op": "put", "think": "5ms", "count": 100}  after each answer
//   once:        {"client": "c1", "op": "put", "at": "10ms", "key": "x", "value": "red"}
struct Workload {
  ClientId client;
  Operation operation;         // empty key and value: k1..k9, v<serial> (get: no value)
  std::optional<NodeId> node;  // always this node
  TargetPolicy target{TargetPolicy::sticky};
  std::optional<Time> at;             // once
  std::optional<Distribution> every;  // open loop
  Distribution think;                 // closed loop
  Time from;                          // of the first operation
  Time until{Time::never()};          // none is issued at or after it
  std::uint64_t count{~std::uint64_t{0}};
  Duration timeout{1s};  // per try
  Retry retry{Retry::same};
};

}  // namespace quorate
