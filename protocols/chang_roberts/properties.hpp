// What the Chang-Roberts election promises, checked whenever a process has changed, by an observer
// who sees all, and what a run should end in.
#pragma once

#include <map>

#include "protocols/chang_roberts/peer.hpp"
#include "protocols/common/properties_ring.hpp"

namespace quorate::chang_roberts {

using RingCluster = Cluster<ChangRoberts>;

using OneLeader = ring_election::OneLeader<ChangRoberts>;
using LapsEnd = ring_election::LapsEnd<ChangRoberts>;

// The winner's id has passed all who started an election, and none was higher.
struct HighestWins {
  static constexpr std::string_view name = "highest_wins";
  static constexpr std::string_view sentence =
      "Who wins has the highest id of all that started since the last election was won.";
  void check(const RingCluster& cluster, const Step& step, Check& check);

  PerNode<State> states;
  std::map<std::uint32_t, NodeId> initiators;  // since then, by id
};

// Predicate for the end of a run: there is exactly one leader, and every live process names it.
bool agreed(const RingCluster& cluster);

}  // namespace quorate::chang_roberts
