// Whether more than half of the members, or what quorums take, are up, running and able to talk, as
// messages tell.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/base/id.hpp"

namespace quorate {

// A copyable value. A link counts as broken when it was cut, until the next message arrives, or has
// lost three in a row, until three in a row arrive; one that nobody uses is whole. Some member must
// be able to talk, both ways, with so many that it and they are a majority; while members change,
// of those before, too. Every call costs O(1), but stopped() and goes_on() O(nodes), and to set
// members O(nodes^2).
class MajorityWatch {
 public:
  MajorityWatch() = default;
  // `quorums`: how many members each takes; 0, or none at all: more than half.
  MajorityWatch(std::size_t nodes, const std::vector<NodeId>& members,
                std::vector<std::uint32_t> quorums = {});

  void arrived(NodeId from, NodeId to) {
    if (knows(from) && knows(to) && losses(from.value, to.value) != 0) mends(from, to);
  }
  void lost(NodeId from, NodeId to, bool cut);
  void stopped(NodeId node) { set_running(node, false); }
  void goes_on(NodeId node) { set_running(node, true); }
  // Others are members now, and those before still have a say if there are any. What is known of
  // nodes and links stays.
  void set_members(const std::vector<NodeId>& members, const std::vector<NodeId>& before = {});
  // And these must have a majority as well, until others are set.
  void add_members(const std::vector<NodeId>& members);

  bool there() const { return centres_ > 0; }
  // How many messages a link has lost since one arrived; none where it is broken.
  std::uint32_t lost_lately(NodeId from, NodeId to) const {
    if (!knows(from) || !knows(to)) return 0;
    const std::uint8_t lost = losses_[from.value * size_ + to.value];
    return lost < broken ? lost : 0;
  }
  // Whether a node and the running members but those would be a majority of all that have a say.
  bool reaches_without(NodeId node, const std::vector<NodeId>& others) const;

 private:
  // Of a link: how many messages it lost in a row; from three on it is broken, and has let none,
  // one or two pass since; or it was cut.
  static constexpr std::uint8_t broken = 3;
  static constexpr std::uint8_t severed = 6;

  bool knows(NodeId node) const { return node.value < size_; }
  std::uint8_t& losses(std::size_t from, std::size_t to) { return losses_[from * size_ + to]; }
  bool talk(std::size_t a, std::size_t b) const;
  void mends(NodeId from, NodeId to);
  void mark(NodeId from, NodeId to, std::uint8_t state);
  void set_running(NodeId node, bool running);
  struct Group {
    std::int64_t majority{};              // of its members, or the larger quorum
    std::vector<std::uint8_t> is_member;  // by node
    std::vector<std::int64_t> reach;      // running members that each node can talk to, or is
  };
  void add_group(const std::vector<NodeId>& members);
  bool is_centre(std::size_t node) const;
  void count_centres();
  void count(std::size_t node, std::size_t other, std::int64_t change);

  std::size_t size_{};  // of all nodes
  std::vector<std::uint32_t> quorums_;
  std::vector<Group> groups_;          // the members; behind them those who have a say besides
  std::vector<std::uint8_t> losses_;   // of each link
  std::vector<std::uint8_t> running_;  // by node
  std::size_t centres_{};              // members that reach a majority of each group
};

}  // namespace quorate
