// The vocabulary of two-phase commit, in the lectures' names: VOTE_REQUEST, VOTE_COMMIT and
// VOTE_ABORT, GLOBAL_COMMIT, GLOBAL_ABORT, DECISION_REQUEST, which three-phase commit shares
// (protocols/common/commitment.hpp), and what options add.
#pragma once

#include "protocols/common/commitment.hpp"

namespace quorate::p2pc {

using commitment::Decision;
using commitment::DecisionRequest;
using commitment::GlobalAbort;
using commitment::GlobalCommit;
using commitment::Outcomes;
using commitment::Txn;
using commitment::Vote;
using commitment::VoteRequest;  // down a chain (form linear): all before have voted to commit

// The coordinator has work for a participant, and will ask for its vote (option work).
struct Work {
  Txn txn{};
  QUORATE_FIELDS(Work, txn)
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
