// Quorums by counting.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include "sim/base/id.hpp"

namespace quorate {

// The smallest number of `n` nodes of which any two sets share a member.
constexpr std::uint64_t majority(std::uint64_t n) { return n / 2 + 1; }

// How a careless counter takes a duplicate: for the voice of one more, whom nobody is.
inline void count_once_more(NodeSet& voters) { voters.insert(NodeId{1000 + voters.size()}); }

// The greatest value that at least `quorum` of the nodes have reached, but no less than `known`,
// which they are known to have. O(n) if no more than a quorum is further than that, as it is where
// one node after the other gets on, else O(n^2) for the few nodes of a cluster; without allocating.
inline std::uint64_t reached_by(std::uint64_t quorum, const PerNode<std::uint64_t>& values,
                                const std::vector<NodeId>& nodes, std::uint64_t known = 0) {
  std::uint64_t further = 0;                                       // how many nodes are
  std::uint64_t lead = std::numeric_limits<std::uint64_t>::max();  // the least of theirs, less 1
  for (const NodeId node : nodes) {
    const std::uint64_t value = values[node];
    further += value > known ? 1 : 0;
    lead = std::min(lead, value - known - 1);  // wraps round for those that are not
  }
  if (further == 0 || further < quorum) return known;
  const std::uint64_t least = known + lead + 1;
  if (further == quorum) return least;
  std::uint64_t best = least;
  for (const NodeId candidate : nodes) {
    const std::uint64_t value = values[candidate];
    std::uint64_t count = 0;
    for (const NodeId node : nodes) count += values[node] >= value ? 1 : 0;
    if (value > best && count >= quorum) best = value;
  }
  return best;
}

}  // namespace quorate
