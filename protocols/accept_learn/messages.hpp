// The vocabulary of a lecture's derivation of Paxos from two and three servers.
#pragma once

#include <vector>

#include "sim/engine/out.hpp"

namespace quorate::accept_learn {

// The place of an operation in the order of all, from 1; the lecture's t.
using Timestamp = std::uint64_t;
// Whose turn it is to lead: 1 is S1's, 2 is S2's, … and after the last server's it is S1's again.
// "Leaders should include their ID in messages" when leader_id is on; it is 0 otherwise.
using Turn = std::uint64_t;

// What a server holds under a timestamp.
struct Entry {
  Turn turn{};  // of the leader that sent it
  Request o;
  bool learned{};  // this server has said LEARN; a leader's own proposal is not learned yet
  QUORATE_FIELDS(Entry, turn, o, learned)
};

// "A nonleading proposer forwards any client request to the leader."
struct Forward {
  Request o;
  QUORATE_FIELDS(Forward, o)
};
// "The leader sends an accept message ACCEPT(o, t) to backups when assigning a timestamp t to o."
struct Accept {
  Turn turn{};
  Timestamp t{};
  Request o;
  QUORATE_FIELDS(Accept, turn, t, o)
};
// "A backup responds by sending a learn message": to everybody. A leader says so once it executes.
struct Learn {
  Turn turn{};
  Timestamp t{};
  Request o;
  QUORATE_FIELDS(Learn, turn, t, o)
};
// "S3 sees unexpected timestamp and tells S2 that it missed o": everything from `from` on.
struct Missed {
  Timestamp from{};
  QUORATE_FIELDS(Missed, from)
};
// The answer to that: it is executed here, so a majority had learned it. Those may have said so for
// the last time; it need not be counted again.
struct Executed {
  Turn turn{};
  Timestamp t{};
  Request o;
  QUORATE_FIELDS(Executed, turn, t, o)
};
// "S3 tells S2 that it apparently missed ACCEPT(o, t)", and what that was.
struct YouMissed {
  Timestamp t{};
  Entry entry;
  QUORATE_FIELDS(YouMissed, t, entry)
};
// "An explicit leadership takeover by which other servers are informed": from now on it is this
// turn, and who leads it asks for what is outstanding from `from` on.
struct TakeOver {
  Turn turn{};
  Timestamp from{};
  QUORATE_FIELDS(TakeOver, turn, from)
};
struct Outstanding {
  Turn turn{};
  Timestamp from{};
  std::vector<Entry> entries;
  QUORATE_FIELDS(Outstanding, turn, from, entries)
};
// Not of the lecture, which says only "set timeouts": this server lives, has executed so many
// operations, and knows of this turn.
struct Alive {
  Turn turn{};
  Timestamp executed{};
  QUORATE_FIELDS(Alive, turn, executed)
};

// Timers.

// To say Alive, and to send again what was not answered since the last time.
QUORATE_SIGNAL(Beat);
// Nothing was heard of `node` for suspect_after.
struct Silence {
  NodeId node;
  QUORATE_FIELDS(Silence, node)
};

// Events.

struct TakesOver {
  Turn turn{};
  QUORATE_FIELDS(TakesOver, turn)
  static constexpr std::string_view sentence = "informs the others that it takes over, turn {turn}";
};
struct Told {
  Timestamp t{};
  NodeId by;
  QUORATE_FIELDS(Told, t, by)
  static constexpr std::string_view sentence = "is told by {by} that it missed operation {t}";
};
struct Rejected {
  Timestamp t{};
  NodeId from;
  QUORATE_FIELDS(Rejected, t, from)
  static constexpr std::string_view sentence =
      "rejects ACCEPT {t} of {from}, which leads no longer";
};
struct Replaced {
  Timestamp t{};
  NodeId by;
  QUORATE_FIELDS(Replaced, t, by)
  static constexpr std::string_view sentence =
      "obeys {by} and gives timestamp {t} another operation";
};

}  // namespace quorate::accept_learn
