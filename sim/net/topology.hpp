// Which directed links between nodes there are, and which differ from the rest: by regions, or one
// by one. Only these are stored, so a large cluster whose links are all alike costs nothing.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "sim/net/network.hpp"

namespace quorate {

// Nodes that are near each other, and how long messages take between and within regions.
struct Regions {
  static constexpr std::uint32_t none = 0xFFFF'FFFF;
  std::vector<std::uint32_t> of_node;  // a region, or none: its links keep their delay
  std::map<std::pair<std::uint32_t, std::uint32_t>, Distribution> latency;  // from, to
};

class Topology {
 public:
  static constexpr std::uint64_t max_links = 1'000'000;  // that differ; about 300 MB
  static constexpr std::uint64_t bytes_of_link = 300;

  // Every node has a link like `everywhere` to each of its neighbours, or where none are given to
  // each other node.
  Topology(std::uint32_t nodes, const LinkConfig& everywhere, Neighbours neighbours = {})
      : nodes_(nodes), link_(everywhere), neighbours_(std::move(neighbours)) {}

  // The delay of every link between two nodes with regions becomes that of their regions.
  void place(const Regions& regions);
  // Changes each link from one of `from` to one of `to`; links from a node to itself do not exist.
  // Later changes win. Changing all links to all nodes costs nothing per link. False where there is
  // no such link.
  bool change(const LinkChange& change);
  // More links differ than are allowed, or were changed again and again; the excess was ignored.
  bool overflowed() const { return overflowed_; }

  // Two nodes of which the first cannot reach the second, not even by way of others, because the
  // links lose every message. Nothing where each can reach each, or where the answer would take a
  // graph of more than 1,000,000 links.
  std::optional<std::pair<NodeId, NodeId>> unreachable() const;

  // Puts the result into `network`; the topology is empty afterwards.
  void move_to(NetworkConfig& network);

 private:
  using Pair = std::pair<NodeId, NodeId>;
  static constexpr std::uint64_t max_changes = 10 * max_links;

  bool exists(NodeId from, NodeId to) const;
  LinkConfig* find(NodeId from, NodeId to);
  bool severed(NodeId from, NodeId to) const;
  bool mostly_open() const;

  std::uint32_t nodes_{};
  LinkConfig link_;
  Neighbours neighbours_;  // empty: everybody
  std::map<Pair, LinkConfig> links_;
  std::uint64_t changes_{};
  bool overflowed_{};
};

}  // namespace quorate
