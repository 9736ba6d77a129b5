// What a protocol says of a node that cannot go on by itself.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/base/id.hpp"

namespace quorate {

// `node` goes on with `instance`, a transaction or slot, as soon as `needed` of `others` act. With
// `asked` it has asked them all in vain: whatever they do, they do not help.
struct Wait {
  NodeId node{no_node};
  std::vector<NodeId> others;
  std::size_t needed{1};
  std::uint64_t instance{};
  bool asked{};
};

}  // namespace quorate
