// Two-phase commit as the engine sees it: parameters, known mistakes, types.
#pragma once

#include "protocols/2pc/messages.hpp"

namespace quorate {

namespace p2pc {

struct Coordinator;
struct Participant;

// Who talks to whom.
QUORATE_ENUM(Form, central, linear, decentralised, one_phase, tree)
// What a participant that knows no decision may do.
QUORATE_ENUM(Termination, basic, cooperative)
// What it means that a coordinator has no memory of a transaction.
QUORATE_ENUM(Presume, nothing, abort, commit)
// How a node votes; or that it has only read, and does not care.
QUORATE_ENUM(Opinion, yes, no, either, read)

struct Params {
  Form form{Form::central};
  Opinion vote{Opinion::yes};
  Termination termination{Termination::basic};
  Presume presume{Presume::nothing};
  bool ack{};
  bool spare_no_voters{};
  bool work{};
  Duration vote_timeout{200ms};
  Duration init_timeout{200ms};
  Duration decision_timeout{300ms};
  Duration ack_timeout{200ms};
  std::uint32_t fan_out{2};
  QUORATE_FIELDS(Params, form, vote, termination, presume, ack, spare_no_voters, work, vote_timeout,
                 init_timeout, decision_timeout, ack_timeout, fan_out)
  static constexpr std::array texts{
      "central: the coordinator asks all and decides; linear: each asks the next and the last "
      "decides; decentralised: all tell all their votes; one_phase: nobody is asked; tree: each "
      "asks those below it, and votes for all of them",
      "how this node votes; either: a coin says so for every transaction; read: it has only read, "
      "which in form central it says instead of voting, and is not told the decision",
      "who is ready and hears no decision asks the coordinator, or the other participants, too",
      "what a coordinator answers about a transaction it has no memory of",
      "participants acknowledge decisions, and the coordinator repeats them until they do",
      "a decision to abort is not sent to those who voted for it",
      "the coordinator first sends work, so that participants wait to be asked for their votes",
      "how long a coordinator waits for all votes",
      "how long a participant that has work waits to be asked for its vote",
      "how long a participant that is ready waits for the decision before it asks, every time",
      "how long a coordinator waits for acknowledgements before it repeats the decision",
      "in a tree: how many participants the coordinator, and each participant, asks itself",
  };
  static constexpr auto ranges =
      std::tuple(at_least(&Params::vote_timeout, 1us), at_least(&Params::init_timeout, 1us),
                 at_least(&Params::decision_timeout, 1us), at_least(&Params::ack_timeout, 1us),
                 between(&Params::fan_out, 1, 1000));
};

// One-line mistakes, each a deviation point in a role. What each breaks stands in protocol.cpp.
QUORATE_ENUM(Bug, decision_sent_unlogged, ready_aborts, init_answers_only, majority_commits,
             silence_is_yes, votes_counted_twice, reader_answers, forgets_clients, forgets_early,
             question_aborts)

}  // namespace p2pc

struct TwoPhaseCommit {
  static constexpr std::string_view name = "2pc";
  static constexpr int version = 5;
  using Params = p2pc::Params;
  using Roles = Types<p2pc::Coordinator, p2pc::Participant>;
  using Messages = Types<p2pc::Work, p2pc::VoteRequest, p2pc::Vote, p2pc::GlobalCommit,
                         p2pc::GlobalAbort, p2pc::Ack, p2pc::DecisionRequest, p2pc::ReadOnly>;
  using Timers =
      Types<p2pc::VoteTimeout, p2pc::AckTimeout, p2pc::InitTimeout, p2pc::DecisionTimeout>;
  using Choices = Types<p2pc::CastVote>;
  using Bug = p2pc::Bug;
};

}  // namespace quorate
