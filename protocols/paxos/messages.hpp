// The vocabulary of "Paxos Made Simple" (Lamport 2001): a proposal consists of a number n and a
// value v. Values are what clients request.
#pragma once

#include "protocols/common/ballot.hpp"
#include "sim/engine/out.hpp"

namespace quorate::paxos {

struct Proposal {
  Ballot n;
  Request v;
  QUORATE_FIELDS(Proposal, n, v)
};

// Phase 1a: "a promise never again to accept a proposal numbered less than n, and the proposal with
// the highest number less than n that it has accepted, if any." It carries no value.
struct Prepare {
  Ballot n;
  QUORATE_FIELDS(Prepare, n)
};
// Phase 1b.
struct Promise {
  Ballot n;
  std::optional<Proposal> accepted;
  QUORATE_FIELDS(Promise, n, accepted)
};
// Phase 2a, the paper's accept request.
struct Accept {
  Ballot n;
  Request v;
  QUORATE_FIELDS(Accept, n, v)
};
// Phase 2b.
struct Accepted {
  Ballot n;
  Request v;
  QUORATE_FIELDS(Accepted, n, v)
};
// "It is probably a good idea to abandon a proposal if some proposer has begun trying to issue a
// higher-numbered one": what an acceptor that refuses may say (option nack).
struct Nack {
  Ballot n;         // refused
  Ballot promised;  // because of this one
  QUORATE_FIELDS(Nack, n, promised)
};
// To learners: v has been chosen.
struct Decide {
  Request v;
  QUORATE_FIELDS(Decide, v)
};
// From a learner to the proposer on the same node, which then need not go on.
struct Learned {
  Request v;
  QUORATE_FIELDS(Learned, v)
};

// Timers.

// No majority has answered this round.
QUORATE_SIGNAL(RoundTimeout);
// The back-off after a round that failed is over.
QUORATE_SIGNAL(BackOff);

// Events.

struct Overtaken {
  std::uint64_t round{};
  NodeId by;
  QUORATE_FIELDS(Overtaken, round, by)
  static constexpr std::string_view sentence =
      "gives round {round} up: {by} has begun a higher one";
};
struct Adopted {
  std::uint64_t round{};
  Operation value;
  QUORATE_FIELDS(Adopted, round, value)
  static constexpr std::string_view sentence =
      "must propose {value}, which was accepted in round {round} and may have been chosen";
};
struct Preparing {
  std::uint64_t round{};
  QUORATE_FIELDS(Preparing, round)
  static constexpr std::string_view sentence = "prepares round {round}";
};

}  // namespace quorate::paxos
