// The vocabulary of "Paxos Made Simple" (Lamport 2001), section 3: a separate instance of the
// algorithm for each slot of a sequence of commands, and one leader that proposes in all of them.
#pragma once

#include <vector>

#include "protocols/common/ballot.hpp"
#include "protocols/common/command.hpp"
#include "protocols/common/log.hpp"
#include "sim/engine/out.hpp"

namespace quorate::multi_paxos {

using Slot = std::uint64_t;       // the paper's instance number, from 1
using CommandLog = Log<Request>;  // the commands chosen in slots 1, 2, …, without a hole

// What an acceptor has accepted in a slot.
struct Vote {
  Ballot n;
  Request v;
  QUORATE_FIELDS(Vote, n, v)
};
// The same on its way.
struct Report {
  Slot slot{};
  Vote vote;
  QUORATE_FIELDS(Report, slot, vote)
};

// Phase 1a of all slots from `from` on: "a newly chosen leader executes phase 1 for infinitely many
// instances … by sending a single reasonably short message".
struct Prepare {
  Ballot n;
  Slot from{};
  QUORATE_FIELDS(Prepare, n, from)
};
// Phase 1b: "it can respond for all instances with a single … message", with what it has accepted,
// and what it knows to be chosen.
struct Promise {
  Ballot n;
  std::vector<Report> accepted;
  CommandLog::Slice chosen;
  QUORATE_FIELDS(Promise, n, accepted, chosen)
};
// Phase 2a of one slot. All slots up to `chosen` are known to be chosen.
struct Accept {
  Ballot n;
  Slot slot{};
  Request v;
  Slot chosen{};
  QUORATE_FIELDS(Accept, n, slot, v, chosen)
};
// Phase 2b.
struct Accepted {
  Ballot n;
  Slot slot{};
  QUORATE_FIELDS(Accepted, n, slot)
};
// The leader lives, and all slots up to `chosen` are chosen.
struct Heartbeat {
  Ballot n;
  Slot chosen{};
  QUORATE_FIELDS(Heartbeat, n, chosen)
};
// To whoever uses a ballot lower than `promised`.
struct Nack {
  Ballot promised;
  QUORATE_FIELDS(Nack, promised)
};
// "I do not know what is chosen from slot `from` on", to the leader, which answers with Learn.
struct Missing {
  Slot from{};
  QUORATE_FIELDS(Missing, from)
};
struct Learn {
  CommandLog::Slice chosen;
  QUORATE_FIELDS(Learn, chosen)
};

// Timers.

// No leader was heard for an election timeout.
QUORATE_SIGNAL(Silence);
// The leader's turn to say that it lives.
QUORATE_SIGNAL(Beat);

// Events.

struct GapFilled {
  Slot slot{};
  QUORATE_FIELDS(GapFilled, slot)
  static constexpr std::string_view sentence =
      "proposes a no-op for slot {slot}, of which nobody reports anything";
};
struct Adopted {
  Slot slot{};
  std::uint64_t round{};
  QUORATE_FIELDS(Adopted, slot, round)
  static constexpr std::string_view sentence =
      "proposes for slot {slot} again what was accepted there in round {round}";
};
struct Repeated {
  Slot slot{};
  std::uint64_t serial{};
  QUORATE_FIELDS(Repeated, slot, serial)
  static constexpr std::string_view sentence =
      "does not execute slot {slot}: its client's operation {serial} is done already";
};
struct Overtaken {
  std::uint64_t round{};
  NodeId by;
  QUORATE_FIELDS(Overtaken, round, by)
  static constexpr std::string_view sentence =
      "gives round {round} up: {by} has begun a higher one";
};

}  // namespace quorate::multi_paxos
