// Single-decree Paxos as the engine sees it: parameters, known mistakes, types.
#pragma once

#include "protocols/paxos/messages.hpp"

namespace quorate {

namespace paxos {

struct Proposer;
struct Acceptor;
struct Learner;

// Who tells the learners (section 2.3).
QUORATE_ENUM(Learning, proposer, acceptors, distinguished)

struct Params {
  Learning learning{Learning::proposer};
  Duration round_timeout{100ms};
  Distribution back_off{Distribution::constant(0ms)};
  bool nack{};
  bool thrifty{};
  std::uint32_t prepare_quorum{};
  std::uint32_t accept_quorum{};
  QUORATE_FIELDS(Params, learning, round_timeout, back_off, nack, thrifty, prepare_quorum,
                 accept_quorum)
  static constexpr std::array texts{
      "proposer: who counted a majority tells all learners; acceptors: each acceptor tells all "
      "learners; distinguished: acceptors tell the first learner, which tells the others",
      "how long a proposer waits for a majority before it begins a higher round",
      "how long it pauses before that; drawn anew every time",
      "an acceptor that refuses says so, and the proposer need not wait for the timeout",
      "a proposer's first round asks no more acceptors than it needs; later ones ask all",
      "how many promises a proposer needs; 0: a majority",
      "how many acceptances choose a value; 0: a majority",
  };
  static constexpr auto ranges = std::tuple(at_least(&Params::round_timeout, 1us));
};

// One-line mistakes, each a deviation point in a role. What each breaks stands in protocol.cpp.
QUORATE_ENUM(Bug, accepts_below_promise, accepts_only_higher, accepts_only_equal,
             promise_hides_accepted, accepted_ignored, first_reported_value, any_promise_counts,
             adds_across_ballots, quorum_too_small, promises_counted_twice, accept_is_no_promise,
             retry_skips_prepare, shared_ballots, one_ballot_field)

}  // namespace paxos

struct Paxos {
  static constexpr std::string_view name = "paxos";
  using Params = paxos::Params;
  using Roles = Types<paxos::Proposer, paxos::Acceptor, paxos::Learner>;
  using Messages = Types<paxos::Prepare, paxos::Promise, paxos::Accept, paxos::Accepted,
                         paxos::Nack, paxos::Decide, paxos::Learned>;
  using Timers = Types<paxos::RoundTimeout, paxos::BackOff>;
  using Events = Types<paxos::Preparing, paxos::Adopted, paxos::Overtaken>;
  using Bug = paxos::Bug;
};

}  // namespace quorate
