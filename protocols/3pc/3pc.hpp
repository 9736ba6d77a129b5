// Three-phase commit as the engine sees it: parameters, known mistakes, types.
#pragma once

#include "protocols/3pc/messages.hpp"

namespace quorate {

namespace p3pc {

struct Coordinator;
struct Participant;

// What participants do without a coordinator.
QUORATE_ENUM(Termination, naive, elected, quorum)
// How a node votes.
QUORATE_ENUM(Opinion, yes, no)

struct Params {
  Termination termination{Termination::elected};
  Opinion vote{Opinion::yes};
  bool ack{};
  Duration vote_timeout{200ms};
  Duration ack_timeout{200ms};
  Duration decision_timeout{300ms};
  Duration turn{100ms};
  Duration round_timeout{100ms};
  QUORATE_FIELDS(Params, termination, vote, ack, vote_timeout, ack_timeout, decision_timeout, turn,
                 round_timeout)
  static constexpr std::array texts{
      "naive: at a timeout a participant commits if it has prepared to and aborts otherwise; "
      "elected: the first that is alive asks the others and decides for all; quorum: it does so "
      "only with enough of them",
      "how this node votes",
      "participants acknowledge decisions, so that the coordinator can forget them",
      "how long a coordinator waits for all votes",
      "how long a coordinator waits for all acknowledgements of PRECOMMIT",
      "how long the first participant waits for its coordinator before it takes over",
      "how much longer each further participant waits than the one before it",
      "how long a participant that has taken over waits for the others' answers",
  };
  static constexpr auto ranges =
      std::tuple(at_least(&Params::vote_timeout, 1us), at_least(&Params::ack_timeout, 1us),
                 at_least(&Params::decision_timeout, 1us), at_least(&Params::turn, 1us),
                 at_least(&Params::round_timeout, 1us));
};

// One-line mistakes, each a deviation point in a role. What each breaks stands in protocol.cpp.
QUORATE_ENUM(Bug, init_answers_only, silence_is_yes, terminator_first, coordinator_resumes,
             missing_ack_aborts, last_not_awaited, forgets_clients, stale_own_state)

}  // namespace p3pc

struct ThreePhaseCommit {
  static constexpr std::string_view name = "3pc";
  static constexpr int version = 5;
  using Params = p3pc::Params;
  using Roles = Types<p3pc::Coordinator, p3pc::Participant>;
  using Messages = Types<p3pc::VoteRequest, p3pc::Vote, p3pc::PreCommit, p3pc::PreAbort, p3pc::Ack,
                         p3pc::GlobalCommit, p3pc::GlobalAbort, p3pc::Done, p3pc::DecisionRequest,
                         p3pc::StateRequest, p3pc::State>;
  using Timers =
      Types<p3pc::VoteTimeout, p3pc::AckTimeout, p3pc::DecisionTimeout, p3pc::RoundTimeout>;
  using Events = Types<p3pc::Terminates>;
  using Bug = p3pc::Bug;
};

}  // namespace quorate
