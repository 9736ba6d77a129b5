// What the LeLann election promises, checked whenever a process has changed, by an observer
// who sees all, and what a run should end in.
#pragma once

#include <map>

#include "protocols/lelann/peer.hpp"
#include "sim/check/property.hpp"

namespace quorate::lelann {

using RingCluster = Cluster<LeLann>;

struct OneLeader {
  static constexpr std::string_view name = "one_leader";
  static constexpr std::string_view sentence = "No two live processes lead at the same time.";
  void check(const RingCluster& cluster, const Step& step, Check& check);

  NodeSet leading;
};

// With its own token back an initiator has seen those of all, and none carried a higher id than the
// one it names.
struct HighestWins {
  static constexpr std::string_view name = "highest_wins";
  static constexpr std::string_view sentence =
      "Whoever an initiator names has the highest id of all that have started.";
  void check(const RingCluster& cluster, const Step& step, Check& check);

  PerNode<std::uint64_t> epochs;
  PerNode<State> states;
  std::map<std::uint32_t, NodeId> initiators;  // by id
};

// No message circulates for ever.
struct LapsEnd {
  static constexpr std::string_view name = "laps_end";
  static constexpr std::string_view sentence =
      "No message crosses more links than there are on the ring.";
  void check(const RingCluster& cluster, const Step& step, Check& check);
};

// Predicates for the end of a run: there is exactly one leader, and every live process that started
// names it; every other one, too.
bool agreed(const RingCluster& cluster);
bool all_know(const RingCluster& cluster);

}  // namespace quorate::lelann
