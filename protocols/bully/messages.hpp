// The bully algorithm's vocabulary. The slides' messages carry nothing: who sends one is all they
// say, and that stands in the envelope.
#pragma once

#include "sim/engine/out.hpp"

namespace quorate::bully {

// To every higher id: is one of you alive?
struct Election {
  QUORATE_FIELDS(Election)
};
// To a lower id: I am, leave it to me.
struct Ok {
  QUORATE_FIELDS(Ok)
};
// To everybody: I have won.
struct Coordinator {
  QUORATE_FIELDS(Coordinator)
};
// To everybody, again and again: your coordinator is alive. Not of the slides, so counted apart.
struct Heartbeat {
  QUORATE_FIELDS(Heartbeat)
};

// Timers. Each runs for the parameter of its name.

// Nothing heard from the coordinator.
struct WatchTimeout {
  QUORATE_FIELDS(WatchTimeout)
};
// Nobody above has answered.
struct OkTimeout {
  QUORATE_FIELDS(OkTimeout)
};
// Somebody has, but then nobody won.
struct CoordinatorTimeout {
  QUORATE_FIELDS(CoordinatorTimeout)
};
// The coordinator's turn to speak.
struct HeartbeatDue {
  QUORATE_FIELDS(HeartbeatDue)
};

}  // namespace quorate::bully
