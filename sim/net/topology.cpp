#include "sim/net/topology.hpp"

#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/strong_components.hpp>

namespace quorate {
namespace {

using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS>;

constexpr std::uint64_t max_edges = 1'000'000;

// Boost numbers components so that none has a link into one of a higher number: nobody in the
// first can reach anybody outside it.
std::optional<std::pair<NodeId, NodeId>> gap_in(const Graph& graph) {
  std::vector<std::uint32_t> component(boost::num_vertices(graph));
  const auto by_vertex =
      boost::make_iterator_property_map(component.begin(), boost::get(boost::vertex_index, graph));
  if (boost::strong_components(graph, by_vertex) <= 1) return std::nullopt;
  const auto inside = std::find(component.begin(), component.end(), 0U);
  const auto outside = std::find_if(component.begin(), component.end(),
                                    [](std::uint32_t number) { return number != 0; });
  return std::pair(NodeId{static_cast<std::uint32_t>(inside - component.begin())},
                   NodeId{static_cast<std::uint32_t>(outside - component.begin())});
}

}  // namespace

bool Topology::exists(NodeId from, NodeId to) const {
  return from != to && (neighbours_.empty() || is_edge(neighbours_, from, to));
}

LinkConfig* Topology::find(NodeId from, NodeId to) {
  if (!exists(from, to)) return nullptr;
  if (++changes_ > max_changes) {
    overflowed_ = true;
    return nullptr;
  }
  const auto found = links_.find({from, to});
  if (found != links_.end()) return &found->second;
  if (links_.size() >= max_links) {
    overflowed_ = true;
    return nullptr;
  }
  return &links_.emplace(Pair{from, to}, link_).first->second;
}

void Topology::place(const Regions& regions) {
  for (std::uint32_t from = 0; from < nodes_ && !overflowed_; ++from) {
    if (regions.of_node[from] == Regions::none) continue;
    for (std::uint32_t to = 0; to < nodes_ && !overflowed_; ++to) {
      const auto delay = regions.latency.find({regions.of_node[from], regions.of_node[to]});
      if (delay == regions.latency.end()) continue;
      LinkConfig* link = find(NodeId{from}, NodeId{to});
      if (link != nullptr) link->delay = delay->second;
    }
  }
}

bool Topology::change(const LinkChange& change) {
  if (overflowed_) return true;
  if (change.from_all && change.to_all) {
    change.apply_to(link_);
    changes_ += links_.size();
    overflowed_ = changes_ > max_changes;
    for (auto& [pair, link] : links_) change.apply_to(link);
    return true;
  }
  bool found = false;
  const auto senders = change.from_all ? nodes_ : static_cast<std::uint32_t>(change.from.size());
  const auto receivers = change.to_all ? nodes_ : static_cast<std::uint32_t>(change.to.size());
  for (std::uint32_t i = 0; i < senders && !overflowed_; ++i) {
    for (std::uint32_t j = 0; j < receivers && !overflowed_; ++j) {
      const NodeId from = change.from_all ? NodeId{i} : change.from[i];
      const NodeId to = change.to_all ? NodeId{j} : change.to[j];
      LinkConfig* link = find(from, to);
      if (link != nullptr) change.apply_to(*link);
      found = found || link != nullptr;
    }
  }
  return found || overflowed_;
}

bool Topology::severed(NodeId from, NodeId to) const {
  const auto found = links_.find({from, to});
  return (found != links_.end() ? found->second : link_).loss.certain;
}

// Whether it follows from counting alone that each can reach each: if everybody can send to more
// than half of all and hear more than half of all, any two have somebody in between.
bool Topology::mostly_open() const {
  if (link_.loss.certain) return false;
  std::vector<std::uint32_t> lost_from(nodes_);
  std::vector<std::uint32_t> lost_to(nodes_);
  std::uint32_t most = 0;
  for (const auto& [pair, link] : links_) {
    if (!link.loss.certain) continue;
    most = std::max({most, ++lost_from[pair.first.value], ++lost_to[pair.second.value]});
  }
  return most == 0 || 2 * std::uint64_t{most} + 2 < nodes_;
}

std::optional<std::pair<NodeId, NodeId>> Topology::unreachable() const {
  if (nodes_ < 2) return std::nullopt;
  Graph graph(nodes_);
  if (!neighbours_.empty()) {
    for (std::uint32_t from = 0; from < nodes_; ++from) {
      for (const NodeId to : neighbours_[from]) {
        if (!severed(NodeId{from}, to)) boost::add_edge(from, to.value, graph);
      }
    }
    return gap_in(graph);
  }
  if (mostly_open()) return std::nullopt;
  if (link_.loss.certain) {
    for (const auto& [pair, link] : links_) {
      if (!link.loss.certain) boost::add_edge(pair.first.value, pair.second.value, graph);
    }
    return gap_in(graph);
  }
  if (std::uint64_t{nodes_} * nodes_ > max_edges) return std::nullopt;
  for (std::uint32_t from = 0; from < nodes_; ++from) {
    for (std::uint32_t to = 0; to < nodes_; ++to) {
      if (from != to && !severed(NodeId{from}, NodeId{to})) boost::add_edge(from, to, graph);
    }
  }
  return gap_in(graph);
}

void Topology::move_to(NetworkConfig& network) {
  network.link = link_;
  network.links = std::move(links_);
  network.neighbours = std::move(neighbours_);
  links_.clear();
  neighbours_.clear();
}

}  // namespace quorate
