// What the LeLann election promises, checked whenever a process has changed, by an observer
// who sees all, and what a run should end in.
#pragma once

#include <map>

#include "protocols/common/properties_ring.hpp"
#include "protocols/lelann/peer.hpp"

namespace quorate::lelann {

using RingCluster = Cluster<LeLann>;

using OneLeader = ring_election::OneLeader<LeLann>;
using LapsEnd = ring_election::LapsEnd<LeLann>;

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

// Predicates for the end of a run: there is exactly one leader, and every live process that started
// names it; every other one, too.
bool agreed(const RingCluster& cluster);
bool all_know(const RingCluster& cluster);

}  // namespace quorate::lelann
