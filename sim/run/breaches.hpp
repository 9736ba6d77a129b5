// What was broken of the assumptions of a protocol, from when to when, and what was seen of that.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/check/failure_model.hpp"

namespace quorate {

// What did it, of those that are told apart.
enum class Breaker : std::uint8_t {
  usual,
  timer_fired,   // true_clocks: by a fault, early
  timer_late,    // true_clocks: postponed by a fault
  slightly_off,  // true_clocks: by less than progress minds
  lie_shown,     // stable_storage: a crash showed that a disk had lied
  misread,       // stable_storage: something else than is on its disk was read
  lie,           // stable_storage: a write that its disk only said to have made
  disk,          // bounded_delay: a disk that holds things back, whatever they are
  disk_waited,   // bounded_delay: a message that would not have been late by the network alone
  deaf,          // majority_up: it was, but heard no message of some type
  mistaken,      // honest_nodes: by a known mistake of its program
  scrambled,     // honest_nodes: by what became of its memory
};

struct Breach {
  Time from;
  Time to;  // never, while it lasts
  Breaker breaker{};
  NodeId node{no_node};  // honest_nodes: who departed from the protocol
};
using BreachList = std::vector<Breach>;  // in order of `from`, but while it is collected

// A copyable value. To add one costs O(1), for there may be one for every message.
class Breaches {
 public:
  void add(Assumption assumption, Breach breach);
  void add(Assumption assumption, Time from, Time to, Breaker breaker = {}) {
    add(assumption, {from, to, breaker});
  }
  void add(Assumption assumption, Time at, Breaker breaker = {}) {
    add(assumption, at, at, breaker);
  }
  // As things stood then: what came later is forgotten, and the rest put in order.
  void until(Time now);

  const BreachList& of(Assumption assumption) const {
    return lists_[static_cast<std::size_t>(assumption)];
  }

 private:
  std::array<BreachList, enum_names<Assumption>.size()> lists_;
};

// Those that count at `moment` where what is over is made up for after so long, if ever.
BreachList still_felt(const BreachList& list, Time moment, std::optional<Duration> recovers);
// Those that count where an assumption is one of progress alone.
BreachList felt_by_progress(const BreachList& list);

// What words need to know beside the breaches.
struct Telling {
  std::string_view waited_for;  // what late messages may have: "writes", "handlers"
  NodeNames names;
  std::uint32_t liars{};  // so many nodes may lie
};
// "3 messages were lost"; of liars who they were, "n2 lied 3 times". Empty where nothing was.
std::string seen_of(Assumption assumption, const BreachList& list, const Telling& telling);
// "3 messages were lost, first at 0.100 s".
std::string seen_with_first(Assumption assumption, const BreachList& list, const Telling& telling);

// "2 crashes"
std::string how_many(std::uint64_t count, std::string_view one, std::string_view many);

}  // namespace quorate
