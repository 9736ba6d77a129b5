// Multi-Paxos as the engine sees it: parameters, known mistakes, types.
#pragma once

#include "protocols/common/state_machine.hpp"
#include "protocols/multi_paxos/messages.hpp"

namespace quorate {

namespace multi_paxos {

struct Server;

struct Params {
  Distribution election_timeout{Distribution::uniform(150ms, 300ms)};
  Duration heartbeat{50ms};
  std::uint32_t prepare_quorum{};
  std::uint32_t accept_quorum{};
  bool push_chosen{};
  bool sessions{};
  MachineKind state_machine{MachineKind::none};
  QUORATE_FIELDS(Params, election_timeout, heartbeat, prepare_quorum, accept_quorum, push_chosen,
                 sessions, state_machine)
  static constexpr std::array texts{
      "how long a server waits for a leader before it tries to lead itself; drawn anew every time",
      "how often a leader says that it lives, and asks again for what was not answered",
      "how many promises make a leader; 0: a majority",
      "how many acceptances choose a command; 0: a majority",
      "a leader tells everybody at once what is newly chosen, and not with its next message",
      "the state machine remembers each client's serial numbers: what is asked twice is executed "
      "once",
      "what executes the commands: nothing, which answers ok to all of them, or one of the "
      "machines in protocols/common",
  };
  static constexpr auto ranges =
      std::tuple(at_least(&Params::election_timeout, 1us), at_least(&Params::heartbeat, 1us));
};

// One-line mistakes, each a deviation point in server.cpp or leader.cpp. What each breaks stands in
// protocol.cpp.
QUORATE_ENUM(Bug, accepts_below_promise, promise_hides_accepted, reports_last_slot,
             accepted_ignored, first_reported_value, any_promise_counts, promises_counted_twice,
             quorum_too_small, skips_prepare, old_acceptances_count, gaps_left, answers_over_gaps,
             old_votes_trusted, repeats_executed)

}  // namespace multi_paxos

struct MultiPaxos {
  static constexpr std::string_view name = "multi_paxos";
  static constexpr int version = 2;
  using Params = multi_paxos::Params;
  using Roles = Types<multi_paxos::Server>;
  using Messages =
      Types<multi_paxos::Prepare, multi_paxos::Promise, multi_paxos::Accept, multi_paxos::Accepted,
            multi_paxos::Heartbeat, multi_paxos::Nack, multi_paxos::Missing, multi_paxos::Learn>;
  using Timers = Types<multi_paxos::Silence, multi_paxos::Beat>;
  using Events = Types<multi_paxos::GapFilled, multi_paxos::Adopted, multi_paxos::Overtaken,
                       multi_paxos::Repeated>;
  using Bug = multi_paxos::Bug;
};

}  // namespace quorate
