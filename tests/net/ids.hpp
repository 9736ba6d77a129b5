// Nodes by their numbers.
#pragma once

#include <initializer_list>
#include <vector>

#include "sim/base/id.hpp"

namespace quorate::testing {

inline std::vector<NodeId> ids(std::initializer_list<std::uint32_t> values) {
  std::vector<NodeId> result;
  for (const std::uint32_t value : values) result.push_back(NodeId{value});
  return result;
}

}  // namespace quorate::testing
