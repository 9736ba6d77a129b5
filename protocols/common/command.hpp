// Who asked for a command, if anybody did, and whether it has come before.
#pragma once

#include "sim/engine/out.hpp"

namespace quorate {

// Whether a client asked for it: serials begin at 1, and what a scenario gives a log to start with
// has none.
inline bool is_of_client(const Request& command) {
  return command.client != no_client && command.serial != 0;
}

// Whether one client asks for the same operation in both: a client that tries again keeps its
// serial.
inline bool is_same_operation(const Request& a, const Request& b) {
  return a.client == b.client && a.serial == b.serial;
}

// A command that leaves the state machine as it is.
inline Request no_op() { return {no_client, 0, {"no_op", {}, {}}}; }

}  // namespace quorate
