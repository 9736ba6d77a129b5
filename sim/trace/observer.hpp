// Whoever wants to watch a run from outside the simulation: the trace writer, the story, a plot.
// Watching never changes the run: the digest is the same with any observers or none.
#pragma once

#include "sim/trace/record.hpp"

namespace quorate {

// What an event changed at its node. Lives only during the call.
class StateChange {
 public:
  virtual ~StateChange() = default;
  // Whether the handler just run changed a field of the node's roles; all of these as one JSON
  // object: {"role":"leader","log":{"keep":7,"add":[…]}}.
  virtual bool any() const = 0;
  virtual void print(JsonWriter& out) const = 0;
  // The same of the durable fields that a finished write or a restart changed on its disk.
  // `true` stands for: all are now as the node has them.
  virtual bool any_on_disk() const { return false; }
  virtual void print_disk(JsonWriter&) const {}
  // Whether a crash lost a write that was not yet durable.
  virtual bool lost_write() const { return false; }
};

class Observer {
 public:
  virtual ~Observer() = default;
  // `change` is null where nothing changed or nobody asked for state (see wants_state).
  virtual void on(const Record& record, const StateChange* change) = 0;
  // A node's start() has run and changed this; nothing it put out has left yet. No event stands for
  // it.
  virtual void on_start(NodeId, const StateChange*) {}
  // Whether to pay for comparing the node's state before and after each handler.
  virtual bool wants_state() const { return false; }
};

}  // namespace quorate
