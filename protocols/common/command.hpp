// Commands that no client asked for.
#pragma once

#include "sim/engine/out.hpp"

namespace quorate {

// Whose commands a leader orders for itself: nobody waits for an answer.
inline constexpr ClientId no_client{0xFFFF'FFFF};

// A command that leaves the state machine as it is.
inline Request no_op() { return {no_client, 0, {"no_op", {}, {}}}; }

}  // namespace quorate
