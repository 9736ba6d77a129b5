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

}  // namespace quorate
