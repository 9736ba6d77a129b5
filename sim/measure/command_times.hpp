// How long commands took, seen from inside: until the first node knew, and until the last one did.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/measure/distinct_count.hpp"
#include "sim/trace/event.hpp"
#include "sim/trace/record.hpp"

namespace quorate {

// Standard events do not say whose operation an instance holds. What they say is which request made
// a node propose: the proposal's cause. So a command counts from when that request reached that
// node, and one that was forwarded, or proposed for no client, does not count. A node that proposes
// the same again, as a new leader may, finishes the first one's work. A copyable value.
class CommandTimes {
 public:
  void on_arrival(const Record& record);  // of a message between a client and a node
  void on_proposed(const Record& record, const Proposed& proposed);
  // A node knows that this is chosen, or has applied it.
  void on_known(const Record& record, std::uint64_t instance, const Operation& value);

  // Of every command that became known: until a node knew it chosen or applied it, and until the
  // last node had that did.
  std::vector<Duration> until_first() const;
  std::vector<Duration> until_last() const;

 private:
  struct Arrival {
    std::uint64_t index{};
    Time at;
  };
  struct Command {
    std::uint64_t instance{};
    Operation value;
    Time asked;
    Time first{Time::never()};  // known to nobody yet
    Time last;
  };

  std::vector<Command>::iterator first_of(std::uint64_t instance);
  Command* find(std::uint64_t instance, const Operation& value);

  std::vector<Command> commands_;           // by instance; several where several were proposed
  PerNode<std::vector<Arrival>> arrivals_;  // of requests, since the node proposed last
  PerNode<DistinctCount> known_;            // instances, for who restarts applies them again
};

}  // namespace quorate
