// What a protocol says whose cluster changes. It is none of the standard events: who changes its
// members lists it among its own. Who was deposed and does not know it may still speak: whoever
// listens believes no lower epoch than the highest it has heard of.
#pragma once

#include <vector>

#include "sim/base/fields.hpp"

namespace quorate {

// From now on these are the members of the cluster, as it has decided.
struct MembersChanged {
  std::uint64_t epoch{};        // in which the speaker leads
  std::vector<NodeId> members;  // ascending
  QUORATE_FIELDS(MembersChanged, epoch, members)
};

// From now on whoever leads goes by these, decided or not: by a majority of them and, where others
// were there before and have a say still, by one of those too.
struct MembersInForce {
  std::uint64_t epoch{};        // in which the speaker leads
  std::vector<NodeId> members;  // ascending
  std::vector<NodeId> before;   // ascending; none as a rule
  QUORATE_FIELDS(MembersInForce, epoch, members, before)
};

}  // namespace quorate
