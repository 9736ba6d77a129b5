// Quorums by counting, against their definition.
#include "protocols/common/quorum.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace quorate {

namespace {

PerNode<std::uint64_t> values_of(const std::vector<std::uint64_t>& list) {
  PerNode<std::uint64_t> values;
  for (std::uint32_t i = 0; i < list.size(); ++i) values[NodeId{i}] = list[i];
  return values;
}

std::vector<NodeId> first_nodes(std::size_t n) {
  std::vector<NodeId> nodes;
  for (std::uint32_t i = 0; i < n; ++i) nodes.push_back(NodeId{i});
  return nodes;
}

}  // namespace

TEST_CASE("quorum: two majorities always share a node, two smaller sets need not") {
  for (std::uint64_t n = 1; n <= 100; ++n) {
    CHECK(2 * majority(n) > n);
    CHECK(2 * (majority(n) - 1) <= n);
  }
}

TEST_CASE("quorum: reached_by is the quorum-th greatest value, in whatever order the nodes stand") {
  std::vector<std::uint64_t> list{0, 3, 3, 7, 9};
  do {
    const auto reached = [&](std::uint64_t quorum) {
      return reached_by(quorum, values_of(list), first_nodes(list.size()));
    };
    CHECK(reached(1) == 9);
    CHECK(reached(2) == 7);
    CHECK(reached(3) == 3);
    CHECK(reached(4) == 3);
    CHECK(reached(5) == 0);
  } while (std::next_permutation(list.begin(), list.end()));
}

TEST_CASE("quorum: only members count, and a node never heard of has reached nothing") {
  const auto values = values_of({5, 5, 5, 9, 9, 9});
  CHECK(reached_by(2, values, first_nodes(3)) == 5);
  CHECK(reached_by(2, values_of({4}), first_nodes(3)) == 0);
  CHECK(reached_by(1, values_of({4}), first_nodes(3)) == 4);
  CHECK(reached_by(4, values, first_nodes(3)) == 0);  // more than there are
}

}  // namespace quorate
