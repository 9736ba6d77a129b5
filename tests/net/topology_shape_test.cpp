// Shapes of a network, and the ways messages take through them.
#include "sim/net/topology_shape.hpp"

#include <doctest/doctest.h>

#include "sim/base/random.hpp"
#include "tests/net/ids.hpp"

using namespace quorate;
using quorate::testing::ids;

namespace {

std::size_t edges_of(const Neighbours& graph) {
  std::size_t ends = 0;
  for (const std::vector<NodeId>& row : graph) ends += row.size();
  return ends / 2;
}

// How many links lie between any two nodes, by Floyd and Warshall: another way than the one tested.
std::vector<std::vector<std::uint32_t>> all_distances(const Neighbours& graph) {
  const std::size_t n = graph.size();
  std::vector<std::vector<std::uint32_t>> far(n, std::vector<std::uint32_t>(n, 1'000'000));
  for (std::size_t i = 0; i < n; ++i) {
    far[i][i] = 0;
    for (const NodeId near : graph[i]) far[i][near.value] = 1;
  }
  for (std::size_t k = 0; k < n; ++k) {
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) far[i][j] = std::min(far[i][j], far[i][k] + far[k][j]);
    }
  }
  return far;
}

}  // namespace

TEST_CASE("topology shape: each has the links its name promises") {
  CHECK(line(4) == Neighbours{ids({1}), ids({0, 2}), ids({1, 3}), ids({2})});
  CHECK(ring(4) == Neighbours{ids({1, 3}), ids({0, 2}), ids({1, 3}), ids({0, 2})});
  CHECK(ring(2) == line(2));
  CHECK(ring(1) == Neighbours{{}});
  CHECK(star(4, NodeId{2}) == Neighbours{ids({2}), ids({2}), ids({0, 1, 3}), ids({2})});
  CHECK(tree(6, 2) ==
        Neighbours{ids({1, 2}), ids({0, 3, 4}), ids({0, 5}), ids({1}), ids({1}), ids({2})});
  CHECK(tree(4, 1) == line(4));
  CHECK(tree(4, 9) == star(4, NodeId{0}));
  CHECK(grid(6, 3) == Neighbours{ids({1, 3}), ids({0, 2, 4}), ids({1, 5}), ids({0, 4}),
                                 ids({1, 3, 5}), ids({2, 4})});
  CHECK(grid(5, 5) == line(5));
  CHECK(
      neighbours_of(3, {{NodeId{2}, NodeId{0}}, {NodeId{0}, NodeId{2}}, {NodeId{1}, NodeId{1}}}) ==
      Neighbours{ids({2}), {}, ids({0})});
}

TEST_CASE("topology shape: a grid without measures is the nearest full one to a square") {
  CHECK(grid_columns(9) == 3);
  CHECK(grid_columns(12) == 4);
  CHECK(grid_columns(7) == 7);
  CHECK(grid_columns(1) == 1);
}

TEST_CASE("topology shape: all are whole at every size, with as many links as there must be") {
  for (std::uint32_t n = 1; n <= 40; ++n) {
    CAPTURE(n);
    CHECK(edges_of(line(n)) == n - 1);
    CHECK(edges_of(ring(n)) == (n < 3 ? n - 1 : n));
    CHECK(edges_of(star(n, NodeId{n / 2})) == n - 1);
    CHECK(edges_of(tree(n, 3)) == n - 1);
    for (const Neighbours& graph : {line(n), ring(n), star(n, NodeId{n / 2}), tree(n, 3),
                                    grid(n, 4), grid(n, grid_columns(n))}) {
      CHECK_FALSE(gap_in(graph).has_value());
    }
  }
}

TEST_CASE("topology shape: a gap is found, whichever part the first node is in") {
  const auto gap = gap_in(neighbours_of(4, {{NodeId{0}, NodeId{2}}, {NodeId{1}, NodeId{3}}}));
  REQUIRE(gap.has_value());
  CHECK(*gap == Edge(NodeId{0}, NodeId{1}));
  CHECK(gap_in(neighbours_of(2, {})).has_value());
}

TEST_CASE("topology shape: among equal ways the neighbour declared first is taken") {
  CHECK(next_hops(ring(4), NodeId{2}) == ids({1, 2, 2, 2}));
  CHECK(next_hops(ring(4), NodeId{0}) == ids({0, 0, 1, 0}));
  CHECK(next_hops(grid(6, 3), NodeId{5}) == ids({1, 2, 5, 4, 5, 5}));
}

TEST_CASE("topology shape: every way is a shortest one, in graphs drawn at random") {
  Stream stream(7);
  for (int round = 0; round < 200; ++round) {
    const auto n = static_cast<std::uint32_t>(2 + stream.below(12));
    std::vector<Edge> edges;
    for (std::uint32_t i = 1; i < n; ++i) {  // whole by construction
      edges.emplace_back(NodeId{i}, NodeId{static_cast<std::uint32_t>(stream.below(i))});
    }
    for (std::uint64_t more = stream.below(n); more > 0; --more) {
      edges.emplace_back(NodeId{static_cast<std::uint32_t>(stream.below(n))},
                         NodeId{static_cast<std::uint32_t>(stream.below(n))});
    }
    const Neighbours graph = neighbours_of(n, edges);
    const auto far = all_distances(graph);
    for (std::uint32_t to = 0; to < n; ++to) {
      const std::vector<NodeId> next = next_hops(graph, NodeId{to});
      for (std::uint32_t from = 0; from < n; ++from) {
        if (from == to) continue;
        CHECK(is_edge(graph, NodeId{from}, next[from]));
        CHECK(far[next[from].value][to] + 1 == far[from][to]);
      }
    }
  }
}
