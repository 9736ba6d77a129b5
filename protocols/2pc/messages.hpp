// The vocabulary of two-phase commit, in the lectures' names: VOTE_REQUEST, VOTE_COMMIT and
// VOTE_ABORT, GLOBAL_COMMIT, GLOBAL_ABORT, DECISION_REQUEST.
#pragma once

#include "protocols/common/outcomes.hpp"
#include "sim/engine/out.hpp"

namespace quorate::p2pc {

using commitment::Decision;
using commitment::Outcomes;
using commitment::Txn;

// The coordinator has work for a participant, and will ask for its vote (option work).
struct Work {
  Txn txn{};
  QUORATE_FIELDS(Work, txn)
};
// Down a chain (form linear) it also says that all before have voted to commit.
struct VoteRequest {
  Txn txn{};
  QUORATE_FIELDS(VoteRequest, txn)
};
struct Vote {
  Txn txn{};
  Decision vote{Decision::abort};
  QUORATE_FIELDS(Vote, txn, vote)
};
struct GlobalCommit {
  Txn txn{};
  QUORATE_FIELDS(GlobalCommit, txn)
};
struct GlobalAbort {
  Txn txn{};
  QUORATE_FIELDS(GlobalAbort, txn)
};
// "I have written the decision down" (option ack).
struct Ack {
  Txn txn{};
  QUORATE_FIELDS(Ack, txn)
};
// Instead of a vote: I have changed nothing, so I need not know (vote: read).
struct ReadOnly {
  Txn txn{};
  QUORATE_FIELDS(ReadOnly, txn)
};
// From who has voted to commit and heard nothing since. It is answered by GlobalCommit or
// GlobalAbort, or not at all.
struct DecisionRequest {
  Txn txn{};
  QUORATE_FIELDS(DecisionRequest, txn)
};

// Timers.

// Not all votes are in.
struct VoteTimeout {
  Txn txn{};
  QUORATE_FIELDS(VoteTimeout, txn)
};
// Not all have acknowledged the decision.
struct AckTimeout {
  Txn txn{};
  QUORATE_FIELDS(AckTimeout, txn)
};
// Nobody has asked for the vote.
struct InitTimeout {
  Txn txn{};
  QUORATE_FIELDS(InitTimeout, txn)
};
// Nobody has told the decision.
struct DecisionTimeout {
  Txn txn{};
  QUORATE_FIELDS(DecisionTimeout, txn)
};

// Choices.

// A participant whose vote is open votes: 0 to commit, 1 to abort.
struct CastVote {
  Txn txn{};
  QUORATE_FIELDS(CastVote, txn)
};

}  // namespace quorate::p2pc
