// Commands that no client asked for.
#pragma once

#include "sim/engine/out.hpp"

namespace quorate {

// Whether a client asked for it: serials begin at 1, and what a scenario gives a log to start with
// has none.
inline bool is_of_client(const Request& command) {
  return command.client != no_client && command.serial != 0;
}

// A command that leaves the state machine as it is.
inline Request no_op() { return {no_client, 0, {"no_op", {}, {}}}; }

}  // namespace quorate
