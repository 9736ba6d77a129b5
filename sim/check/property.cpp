#include "sim/check/property.hpp"

#include <utility>

namespace quorate {

void Check::violated(std::vector<NodeId> nodes, std::string why) {
  if (broken_) return;
  broken_ = true;
  nodes_ = std::move(nodes);
  why_ = std::move(why);
}

}  // namespace quorate
