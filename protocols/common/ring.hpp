// A ring: the members of the initial configuration in declaration order, the last one's successor
// being the first.
#pragma once

#include <algorithm>
#include <vector>

#include "sim/base/id.hpp"

namespace quorate {

// The member behind `node` on the ring. REQUIRES `members` in declaration order and not empty;
// `node` need not be one of them. Alone, a member is its own successor. O(log n).
inline NodeId successor(const std::vector<NodeId>& members, NodeId node) {
  const auto next = std::ranges::upper_bound(members, node);
  return next == members.end() ? members.front() : *next;
}

}  // namespace quorate
