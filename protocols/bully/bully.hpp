// The bully algorithm as the engine sees it: parameters, known mistakes, types.
#pragma once

#include "protocols/bully/messages.hpp"

namespace quorate {

namespace bully {

struct Peer;

// How peers notice that their coordinator is gone. The slides leave it open.
QUORATE_ENUM(Detection, heartbeat, none)
// How a run begins: in the middle of things, as lectures draw it,
// or with everybody coming up at once.
QUORATE_ENUM(Boot, settled, election)

struct Params {
  Duration ok_timeout{100ms};
  Duration coordinator_timeout{200ms};
  Detection detection{Detection::heartbeat};
  Duration heartbeat{50ms};
  Duration watch_timeout{200ms};
  Boot boot{Boot::settled};
  QUORATE_FIELDS(Params, ok_timeout, coordinator_timeout, detection, heartbeat, watch_timeout, boot)
  static constexpr std::array texts{
      "how long an ELECTION waits for an OK; right only if it exceeds two message delays",
      "how long after an OK a COORDINATOR may take before the election is held again",
      "heartbeat: the coordinator is watched; none: a peer notices when a scenario fires its "
      "watch_timeout",
      "how often the coordinator says that it is alive",
      "how long a peer waits for a heartbeat before it holds an election",
      "settled: the highest id is coordinator and everybody knows; election: all hold an election",
  };
  static constexpr auto ranges =
      std::tuple(at_least(&Params::ok_timeout, 1us), at_least(&Params::coordinator_timeout, 1us),
                 at_least(&Params::heartbeat, 1us), at_least(&Params::watch_timeout, 1us));
};

// One-line mistakes, each a deviation point in peer.cpp. What each breaks stands in protocol.cpp.
QUORATE_ENUM(Bug, no_election_guard, no_coordinator_timeout, lower_coordinator_accepted)

}  // namespace bully

struct Bully {
  static constexpr std::string_view name = "bully";
  using Params = bully::Params;
  using Roles = Types<bully::Peer>;
  using Messages = Types<bully::Election, bully::Ok, bully::Coordinator, bully::Heartbeat>;
  using Timers =
      Types<bully::WatchTimeout, bully::OkTimeout, bully::CoordinatorTimeout, bully::HeartbeatDue>;
  using Events = Types<bully::InOffice, bully::ElectionHeld>;
  using Bug = bully::Bug;
};

}  // namespace quorate
