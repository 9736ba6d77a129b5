// The list-collecting ring election as the engine sees it: parameters, known mistakes, types.
#pragma once

#include "protocols/list_ring/messages.hpp"

namespace quorate {

namespace list_ring {

struct Peer;

// How peers notice that their coordinator is gone. The slides leave it open.
QUORATE_ENUM(Detection, heartbeat, none)
// How a run begins: in the middle of things, or with everybody coming up at once.
QUORATE_ENUM(Boot, settled, election)

struct Params {
  Duration ack_timeout{100ms};
  std::uint32_t attempts{1};
  Duration lap_timeout{2s};
  Detection detection{Detection::heartbeat};
  Duration heartbeat{50ms};
  Duration watch_timeout{200ms};
  Boot boot{Boot::settled};
  QUORATE_FIELDS(Params, ack_timeout, attempts, lap_timeout, detection, heartbeat, watch_timeout,
                 boot)
  static constexpr std::array texts{
      "how long a successor may take to acknowledge; right only if it exceeds two message delays",
      "how often a message is sent to a successor before that is taken for dead and passed over",
      "how long after an ELECTION a COORDINATOR may take before the election is held again",
      "heartbeat: the coordinator is watched; none: a peer notices when a scenario fires its "
      "watch_timeout",
      "how often the coordinator says that it is alive",
      "how long a peer waits for a heartbeat before it holds an election; for a new coordinator's "
      "first one as long as for a lap besides",
      "settled: the highest id is coordinator and everybody knows; election: all hold an election",
  };
  static constexpr auto ranges =
      std::tuple(at_least(&Params::ack_timeout, 1us), between(&Params::attempts, 1, 100),
                 at_least(&Params::lap_timeout, 1us), at_least(&Params::heartbeat, 1us),
                 at_least(&Params::watch_timeout, 1us));
};

// One-line mistakes, each a deviation point in peer.cpp. What each breaks stands in protocol.cpp.
QUORATE_ENUM(Bug, only_initiator_ends_lap, dead_winner_announced, crossing_unseen)

}  // namespace list_ring

struct ListRing {
  static constexpr std::string_view name = "list_ring";
  static constexpr int version = 3;
  using Params = list_ring::Params;
  using Roles = Types<list_ring::Peer>;
  using Messages =
      Types<list_ring::Election, list_ring::Coordinator, list_ring::Ack, list_ring::Heartbeat>;
  using Timers = Types<list_ring::AckTimeout, list_ring::LapTimeout, list_ring::WatchTimeout,
                       list_ring::HeartbeatDue>;
  using Events = Types<list_ring::InOffice, list_ring::ElectionHeld, list_ring::LapOver>;
  using Bug = list_ring::Bug;
};

}  // namespace quorate
