// Quorums by counting.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/base/id.hpp"

namespace quorate {

// The smallest number of `n` nodes of which any two sets share a member.
constexpr std::uint64_t majority(std::uint64_t n) { return n / 2 + 1; }

// The greatest value that at least `quorum` of the nodes have reached, but no less than `known`,
// which they are known to have. O(n) while that is the answer, else O(n^2) for the few nodes of a
// cluster; without allocating.
inline std::uint64_t reached_by(std::uint64_t quorum, const PerNode<std::uint64_t>& values,
                                const std::vector<NodeId>& nodes, std::uint64_t known = 0) {
  const auto at_least = [&](std::uint64_t value) {
    std::uint64_t count = 0;
    for (const NodeId node : nodes) count += values[node] >= value ? 1 : 0;
    return count;
  };
  if (at_least(known + 1) < quorum) return known;
  std::uint64_t best = known;
  for (const NodeId candidate : nodes) {
    const std::uint64_t value = values[candidate];
    if (value > best && at_least(value) >= quorum) best = value;
  }
  return best;
}

}  // namespace quorate
