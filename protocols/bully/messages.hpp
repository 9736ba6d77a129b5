// The bully algorithm's vocabulary. The slides' messages carry nothing: who sends one is all they
// say, and that stands in the envelope.
#pragma once

#include "sim/engine/out.hpp"

namespace quorate::bully {

// To every higher id: is one of you alive?
QUORATE_SIGNAL(Election);
// To a lower id: I am, leave it to me.
QUORATE_SIGNAL(Ok);
// To everybody: I have won.
QUORATE_SIGNAL(Coordinator);
// To everybody, again and again: your coordinator is alive. Not of the slides, so counted apart.
QUORATE_SIGNAL(Heartbeat);

// Timers. Each runs for the parameter of its name.

// Nothing heard from the coordinator.
QUORATE_SIGNAL(WatchTimeout);
// Nobody above has answered.
QUORATE_SIGNAL(OkTimeout);
// Somebody has, but then nobody won.
QUORATE_SIGNAL(CoordinatorTimeout);
// The coordinator's turn to speak.
QUORATE_SIGNAL(HeartbeatDue);

// Events.

// The run begins in the middle of things: nobody was elected.
struct InOffice {
  QUORATE_FIELDS(InOffice)
  static constexpr std::string_view sentence = "is coordinator from the start";
};
struct ElectionHeld {
  QUORATE_FIELDS(ElectionHeld)
  static constexpr std::string_view sentence = "holds an election";
};

}  // namespace quorate::bully
