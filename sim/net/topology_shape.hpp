// Who has a link to whom where not everybody has one to everybody, and which way messages then
// take. Links go both ways; a link that should not is one whose other direction loses everything.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "sim/base/id.hpp"

namespace quorate {

// Of each node those it has a link to, in the order of their ids. Empty: a complete graph.
using Neighbours = std::vector<std::vector<NodeId>>;
using Edge = std::pair<NodeId, NodeId>;

// The graph of these edges over nodes 0 to nodes - 1. An edge given twice counts once, one from a
// node to itself not at all.
Neighbours neighbours_of(std::uint32_t nodes, const std::vector<Edge>& edges);

// Shapes, filled in declaration order. All are whole for every number of nodes from 1.
Neighbours line(std::uint32_t nodes);
Neighbours ring(std::uint32_t nodes);  // a line where there are less than 3
Neighbours star(std::uint32_t nodes, NodeId hub);
// The first node is the root; level after level is filled from the left. REQUIRES arity >= 1.
Neighbours tree(std::uint32_t nodes, std::uint32_t arity);
// Row after row of `columns` nodes; the last row may be shorter. REQUIRES columns >= 1.
Neighbours grid(std::uint32_t nodes, std::uint32_t columns);
// Of the full grid nearest to a square, which is a line where `nodes` is prime.
std::uint32_t grid_columns(std::uint32_t nodes);

bool is_edge(const Neighbours& graph, NodeId from, NodeId to);
// Two nodes between which there is no way; nothing where the graph is whole.
std::optional<Edge> gap_in(const Neighbours& graph);
// Where a message for `to` goes next, from each node: a neighbour with the fewest links still to
// cross, the one declared first among equals. REQUIRES a graph that is whole.
std::vector<NodeId> next_hops(const Neighbours& graph, NodeId to);

}  // namespace quorate
