#include "protocols/common/ring.hpp"

#include <doctest/doctest.h>

namespace quorate {

TEST_CASE("ring: the successor is the next member, and the first one's behind the last") {
  const std::vector<NodeId> members{NodeId{1}, NodeId{2}, NodeId{5}};
  CHECK(successor(members, NodeId{1}) == NodeId{2});
  CHECK(successor(members, NodeId{2}) == NodeId{5});
  CHECK(successor(members, NodeId{5}) == NodeId{1});
  CHECK(successor(members, NodeId{3}) == NodeId{5});  // no member
  CHECK(successor({NodeId{4}}, NodeId{4}) == NodeId{4});
}

}  // namespace quorate
