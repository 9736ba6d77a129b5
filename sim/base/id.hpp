// Identities of simulated machines: small integers in declaration order, never names or addresses.
// Names live in the scenario and come back only when something is printed.
#pragma once

#include <compare>
#include <cstdint>
#include <vector>

namespace quorate {

// A simulated machine. Value = position in the scenario's declaration order, so n10 comes after n9.
// Clients are numbered after the nodes; protocol code never sees them.
struct NodeId {
  std::uint32_t value{};
  friend constexpr auto operator<=>(NodeId, NodeId) = default;
};

inline constexpr NodeId no_node{0xFFFF'FFFF};

// The nodes numbered first, first + 1, ... up to but without end.
std::vector<NodeId> node_range(std::uint32_t first, std::uint32_t end);

// A set of nodes as a bitmap: no allocation up to 64 nodes, iteration in declaration order.
class NodeSet {
 public:
  bool insert(NodeId node);  // false if it was already there
  bool erase(NodeId node);   // false if it was not there
  bool contains(NodeId node) const;
  std::uint32_t size() const;
  bool empty() const { return size() == 0; }
  void clear();
  template <class F>
  void for_each(F&& f) const {
    for (std::uint32_t i = 0; i < bound(); ++i) {
      if (contains(NodeId{i})) f(NodeId{i});
    }
  }
  std::vector<NodeId> members() const;
  friend bool operator==(const NodeSet& a, const NodeSet& b);

 private:
  std::uint32_t bound() const { return 64 + static_cast<std::uint32_t>(high_.size()) * 64; }
  std::uint64_t low_{};              // nodes 0..63
  std::vector<std::uint64_t> high_;  // the rest, 64 to a word
};

// One T per node, indexed by NodeId; grows on first use. Reading a node never written gives T{}.
template <class T>
class PerNode {
 public:
  [[gnu::always_inline]] T& operator[](NodeId node) {
    if (node.value >= items_.size()) [[unlikely]]
      grow_to(node);
    return items_[node.value];
  }
  [[gnu::always_inline]] T operator[](NodeId node) const {
    return node.value < items_.size() ? items_[node.value] : T{};
  }
  void clear() { items_.clear(); }
  const std::vector<T>& items() const { return items_; }
  std::vector<T>& items() { return items_; }
  friend bool operator==(const PerNode&, const PerNode&) = default;

 private:
  // A call of its own, so that what happens once per node does not keep operator[] from being
  // inlined.
  [[gnu::noinline]] void grow_to(NodeId node) { items_.resize(node.value + 1); }

  std::vector<T> items_;
};

}  // namespace quorate
