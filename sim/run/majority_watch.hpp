// Whether more than half of the members are up, running and able to talk, as messages tell.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/base/id.hpp"

namespace quorate {

// A copyable value. A link counts as broken when it was cut or has lost three messages in a row,
// until the next one arrives; one that nobody uses is whole. Some member must be able to talk, both
// ways, with so many that it and they are a majority. Every call costs O(1), but stopped() and
// goes_on() O(members).
class MajorityWatch {
 public:
  MajorityWatch() = default;
  explicit MajorityWatch(const std::vector<NodeId>& members);

  void arrived(NodeId from, NodeId to) { mark(from, to, 0); }
  void lost(NodeId from, NodeId to, bool cut);
  void stopped(NodeId node) { set_running(node, false); }
  void goes_on(NodeId node) { set_running(node, true); }

  bool there() const { return centres_ > 0; }

 private:
  static constexpr std::uint8_t broken = 3;  // messages lost in a row

  bool knows(NodeId node) const { return node.value < place_.size() && place_[node.value] >= 0; }
  std::size_t place(NodeId node) const { return static_cast<std::size_t>(place_[node.value]); }
  std::uint8_t& losses(std::size_t from, std::size_t to) { return losses_[from * size_ + to]; }
  bool talk(std::size_t a, std::size_t b) const;
  void mark(NodeId from, NodeId to, std::uint8_t losses_in_row);
  void set_running(NodeId node, bool running);
  void count(std::size_t member, std::int64_t change);

  std::size_t size_{};
  std::vector<std::int64_t> place_;    // of each node among the members; -1: none
  std::vector<std::uint8_t> losses_;   // in a row, of each link
  std::vector<std::uint8_t> running_;  // by member
  std::vector<std::int64_t> reach_;    // running members that each can talk to, itself included
  std::size_t centres_{};              // members that reach a majority
};

}  // namespace quorate
