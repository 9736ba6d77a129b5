// What a protocol says whose cluster changes. It is none of the standard events: who changes its
// members lists it among its own.
#pragma once

#include <vector>

#include "sim/base/fields.hpp"

namespace quorate {

// From now on these are the members of the cluster, as it has decided.
struct MembersChanged {
  std::vector<NodeId> members;  // ascending
  QUORATE_FIELDS(MembersChanged, members)
};

// From now on whoever leads goes by these, decided or not: by a majority of them and, where others
// were there before and have a say still, by one of those too.
struct MembersInForce {
  std::vector<NodeId> members;  // ascending
  std::vector<NodeId> before;   // ascending; none as a rule
  QUORATE_FIELDS(MembersInForce, members, before)
};

}  // namespace quorate
