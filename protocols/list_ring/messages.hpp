// The vocabulary of the list-collecting ring election.
#pragma once

#include <vector>

#include "sim/engine/out.hpp"

namespace quorate::list_ring {

// A lap of the ring. Everybody that passes it on adds itself.
struct Election {
  std::uint64_t hop{};       // the sender's number for this message, for the ACK
  std::uint64_t round{};     // which of its initiator's elections; the algorithm never looks at it
  std::vector<NodeId> list;  // the initiator first
  QUORATE_FIELDS(Election, hop, round, list)
};
// A second lap: these are alive, and the highest of them is coordinator.
struct Coordinator {
  std::uint64_t hop{};
  std::vector<NodeId> living;
  std::vector<NodeId> told;  // who has had this message; the one that ended the first lap first
  QUORATE_FIELDS(Coordinator, hop, living, told)
};
// To the predecessor: I have it, and have passed it on. Not of the slides, so counted apart.
struct Ack {
  std::uint64_t hop{};
  QUORATE_FIELDS(Ack, hop)
};
// To everybody, again and again: your coordinator is alive. Not of the slides either.
QUORATE_SIGNAL(Heartbeat);

// Timers. Each runs for the parameter of its name.

// The successor has not answered.
struct AckTimeout {
  std::uint64_t hop{};
  QUORATE_FIELDS(AckTimeout, hop)
};
// An election was passed on, but nobody was announced.
QUORATE_SIGNAL(LapTimeout);
// Nothing heard from the coordinator.
QUORATE_SIGNAL(WatchTimeout);
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
struct LapOver {
  NodeId initiator;
  NodeId highest;
  QUORATE_FIELDS(LapOver, initiator, highest)
  static constexpr std::string_view sentence =
      "has the lap of {initiator} back and announces {highest}";
};

}  // namespace quorate::list_ring
