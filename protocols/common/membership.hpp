// Who takes part. A scenario may declare more nodes than its `members`: they are up and answer
// clients, but until a protocol lets them join they stand for nothing and vote for nobody.
#pragma once

#include <algorithm>

namespace quorate {

// Whether the node that handles this event belongs to the initial configuration.
template <class Out>
bool is_member(const Out& out) {
  return std::ranges::find(out.nodes(), out.self()) != out.nodes().end();
}

}  // namespace quorate
