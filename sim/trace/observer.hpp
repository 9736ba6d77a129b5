// Whoever wants to watch a run from outside the simulation: the trace writer, the story, a plot.
// Watching never changes the run: the digest is the same with any observers or none.
#pragma once

#include "sim/trace/record.hpp"

namespace quorate {

// The fields that the handler just run changed at its node, printed as one JSON object:
// {"role":"leader","log":{"keep":7,"add":[…]}}. Lives only during the call.
class StateChange {
 public:
  virtual ~StateChange() = default;
  virtual bool any() const = 0;
  virtual void print(JsonWriter& out) const = 0;
};

class Observer {
 public:
  virtual ~Observer() = default;
  // `change` is null where no handler ran or nobody asked for state (see wants_state).
  virtual void on(const Record& record, const StateChange* change) = 0;
  // Whether to pay for comparing the node's state before and after each handler.
  virtual bool wants_state() const { return false; }
};

}  // namespace quorate
