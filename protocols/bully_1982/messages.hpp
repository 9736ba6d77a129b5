// The remote procedures of Garcia-Molina's bully algorithm. The paper calls them and goes on when
// they return; here a call is a message, and so is its return. Calls are numbered by the caller.
#pragma once

#include "sim/engine/out.hpp"

namespace quorate::bully_1982 {

// Are you up?
struct AyUp {
  std::uint64_t call{};
  QUORATE_FIELDS(AyUp, call)
};
// Are you in normal operation?
struct AyNormal {
  std::uint64_t call{};
  QUORATE_FIELDS(AyNormal, call)
};
// Stop what you are doing: there will be an election.
struct Halt {
  std::uint64_t call{};
  QUORATE_FIELDS(Halt, call)
};
// I am your coordinator.
struct NewCoordinator {
  std::uint64_t call{};
  QUORATE_FIELDS(NewCoordinator, call)
};
// Everybody knows; begin with the task.
struct Ready {
  std::uint64_t call{};
  QUORATE_FIELDS(Ready, call)
};
// The return of any of them. `normal` is what AyNormal asks for.
struct Return {
  std::uint64_t call{};
  bool normal{};
  QUORATE_FIELDS(Return, call, normal)
};

// Timers.

// A call has not returned within T, so its node is down.
QUORATE_SIGNAL(CallTimeout);
// The procedure TIMEOUT: nothing was heard from the coordinator for a long time.
QUORATE_SIGNAL(LongSilence);
// The procedure CHECK: the coordinator looks whether all others are normal.
QUORATE_SIGNAL(CheckDue);

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

}  // namespace quorate::bully_1982
