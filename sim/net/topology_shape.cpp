#include "sim/net/topology_shape.hpp"

#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/breadth_first_search.hpp>

namespace quorate {
namespace {

using Links = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS>;

constexpr std::uint32_t not_reached = 0xFFFF'FFFF;

Links links_of(const Neighbours& graph) {
  Links links(graph.size());
  for (std::uint32_t from = 0; from < graph.size(); ++from) {
    for (const NodeId to : graph[from]) boost::add_edge(from, to.value, links);
  }
  return links;
}

// How many links lie between each node and `start`.
std::vector<std::uint32_t> distances(const Neighbours& graph, NodeId start) {
  const Links links = links_of(graph);
  std::vector<std::uint32_t> result(graph.size(), not_reached);
  result[start.value] = 0;
  const auto by_vertex =
      boost::make_iterator_property_map(result.begin(), boost::get(boost::vertex_index, links));
  boost::breadth_first_search(links, start.value,
                              boost::visitor(boost::make_bfs_visitor(
                                  boost::record_distances(by_vertex, boost::on_tree_edge()))));
  return result;
}

}  // namespace

Neighbours neighbours_of(std::uint32_t nodes, const std::vector<Edge>& edges) {
  Neighbours graph(nodes);
  for (const auto& [a, b] : edges) {
    if (a == b) continue;
    graph[a.value].push_back(b);
    graph[b.value].push_back(a);
  }
  for (std::vector<NodeId>& row : graph) {
    std::sort(row.begin(), row.end());  // total order: equal ids are one node
    row.erase(std::unique(row.begin(), row.end()), row.end());
  }
  return graph;
}

Neighbours line(std::uint32_t nodes) { return tree(nodes, 1); }

Neighbours ring(std::uint32_t nodes) {
  std::vector<Edge> edges;
  for (std::uint32_t i = 0; i < nodes; ++i) edges.emplace_back(NodeId{i}, NodeId{(i + 1) % nodes});
  return neighbours_of(nodes, edges);
}

Neighbours star(std::uint32_t nodes, NodeId hub) {
  std::vector<Edge> edges;
  for (std::uint32_t i = 0; i < nodes; ++i) edges.emplace_back(hub, NodeId{i});
  return neighbours_of(nodes, edges);
}

Neighbours tree(std::uint32_t nodes, std::uint32_t arity) {
  std::vector<Edge> edges;
  for (std::uint32_t i = 1; i < nodes; ++i) edges.emplace_back(NodeId{(i - 1) / arity}, NodeId{i});
  return neighbours_of(nodes, edges);
}

Neighbours grid(std::uint32_t nodes, std::uint32_t columns) {
  std::vector<Edge> edges;
  for (std::uint32_t i = 0; i < nodes; ++i) {
    if (i % columns != 0) edges.emplace_back(NodeId{i - 1}, NodeId{i});
    if (i >= columns) edges.emplace_back(NodeId{i - columns}, NodeId{i});
  }
  return neighbours_of(nodes, edges);
}

std::uint32_t grid_columns(std::uint32_t nodes) {
  std::uint32_t rows = 1;
  for (std::uint32_t i = 1; std::uint64_t{i} * i <= nodes; ++i) {
    if (nodes % i == 0) rows = i;
  }
  return nodes / rows;
}

bool is_edge(const Neighbours& graph, NodeId from, NodeId to) {
  const std::vector<NodeId>& row = graph[from.value];
  return std::binary_search(row.begin(), row.end(), to);
}

std::optional<Edge> gap_in(const Neighbours& graph) {
  const std::vector<std::uint32_t> distance = distances(graph, NodeId{0});
  const auto far = std::find(distance.begin(), distance.end(), not_reached);
  if (far == distance.end()) return std::nullopt;
  return Edge(NodeId{0}, NodeId{static_cast<std::uint32_t>(far - distance.begin())});
}

std::vector<NodeId> next_hops(const Neighbours& graph, NodeId to) {
  const std::vector<std::uint32_t> distance = distances(graph, to);
  std::vector<NodeId> result(graph.size(), to);
  for (std::uint32_t i = 0; i < graph.size(); ++i) {
    const auto nearer = [&](NodeId node) { return distance[node.value] + 1 == distance[i]; };
    const auto next = std::find_if(graph[i].begin(), graph[i].end(), nearer);
    if (next != graph[i].end()) result[i] = *next;
  }
  return result;
}

}  // namespace quorate
