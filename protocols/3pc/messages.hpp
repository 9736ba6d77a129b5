// The vocabulary of three-phase commit: that of the two-phase protocol, PRECOMMIT between the votes
// and the decision, and what survivors tell each other when the coordinator is gone.
#pragma once

#include "protocols/common/commitment.hpp"

namespace quorate::p3pc {

using commitment::Decision;
using commitment::DecisionRequest;
using commitment::GlobalAbort;
using commitment::GlobalCommit;
using commitment::Outcomes;
using commitment::Txn;
using commitment::Vote;
using commitment::VoteRequest;

// The lines of the logs; the last one of a transaction is a node's state in it.
QUORATE_ENUM(LogRecord, start_3pc, init, vote_commit, vote_abort, precommit, preabort,
             global_commit, global_abort)
// Who leads: the coordinator or, without it, the participant that terminates the transaction.
QUORATE_ENUM(Chair, coordinator, terminator)

// All have voted to commit.
struct PreCommit {
  Txn txn{};
  Chair chair{};
  QUORATE_FIELDS(PreCommit, txn, chair)
};
// Towards an abort by a quorum, which nobody that has prepared to commit takes part in.
struct PreAbort {
  Txn txn{};
  QUORATE_FIELDS(PreAbort, txn)
};
// "I have written PRECOMMIT", or PREABORT. It says which, lest an answer to an earlier round of the
// same terminator counts for the other side.
struct Ack {
  Txn txn{};
  Decision towards{};
  QUORATE_FIELDS(Ack, txn, towards)
};
// "I have written the decision" (option ack).
struct Done {
  Txn txn{};
  QUORATE_FIELDS(Done, txn)
};
// The terminator's question, and the answer; which also goes to a coordinator that has come back,
// from a participant that has come back and knows as little.
struct StateRequest {
  Txn txn{};
  QUORATE_FIELDS(StateRequest, txn)
};
struct State {
  Txn txn{};
  LogRecord record{};
  QUORATE_FIELDS(State, txn, record)
};

// Timers.

// Coordinator: not all votes, or not all acknowledgements, are in.
struct VoteTimeout {
  Txn txn{};
  QUORATE_FIELDS(VoteTimeout, txn)
};
struct AckTimeout {
  Txn txn{};
  QUORATE_FIELDS(AckTimeout, txn)
};
// Participant: nobody leads on. Terminator: not everybody answers.
struct DecisionTimeout {
  Txn txn{};
  QUORATE_FIELDS(DecisionTimeout, txn)
};
struct RoundTimeout {
  Txn txn{};
  QUORATE_FIELDS(RoundTimeout, txn)
};

// Events.

struct Terminates {
  Txn txn{};
  QUORATE_FIELDS(Terminates, txn)
  static constexpr std::string_view sentence =
      "takes transaction {txn} over from a coordinator it hears nothing of";
};

}  // namespace quorate::p3pc
