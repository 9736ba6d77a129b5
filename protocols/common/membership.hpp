// Who takes part, and as what. A scenario may declare more nodes than its `members`: they are up
// and answer clients, but until a protocol lets them join they stand for nothing and vote for
// nobody.
#pragma once

#include <algorithm>

#include "sim/base/id.hpp"

namespace quorate {

// Whether the node that handles this event belongs to the initial configuration.
template <class Out>
bool is_member(const Out& out) {
  return std::ranges::find(out.nodes(), out.self()) != out.nodes().end();
}

// Whether the node is a member that plays role R.
template <class R, class Out>
bool plays(NodeId node, const Out& out) {
  const auto& players = out.template nodes<R>();
  return std::ranges::find(players, node) != players.end();
}

}  // namespace quorate
