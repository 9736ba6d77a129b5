// Whether a majority is there, and whether all is heard that its members say: a leader whose
// heartbeats get through and whose proposals never do keeps the others quiet and gets nothing done.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "sim/run/majority_watch.hpp"
#include "sim/trace/record.hpp"

namespace quorate {

// A copyable value. A link is deaf to a type of message when it has lost three of that type or more
// and none came through, while others did, between the first and the last of them, twice.
class QuorumWatch {
 public:
  QuorumWatch() = default;
  QuorumWatch(std::size_t nodes, const std::vector<NodeId>& members,
              const std::vector<std::uint32_t>& quorums)
      : links_(nodes, members, quorums) {}

  void arrived(const Record& message) {
    links_.arrived(message.from, message.to);
    if (!lost_.empty()) heard(message);
  }
  // True if some link is deaf to it, and links that are deaf to something keep one of its ends from
  // talking to a majority.
  bool lost(const Record& message, bool cut);
  void stopped(NodeId node) { links_.stopped(node); }
  void goes_on(NodeId node) { links_.goes_on(node); }
  void set_members(const std::vector<NodeId>& members, const std::vector<NodeId>& before) {
    links_.set_members(members, before);
  }
  void add_members(const std::vector<NodeId>& members) { links_.add_members(members); }

  bool there() const { return links_.there(); }
  std::uint32_t lost_lately(NodeId from, NodeId to) const { return links_.lost_lately(from, to); }

 private:
  using Link = std::pair<NodeId, NodeId>;
  // Messages of a type that a link has lost since one came through.
  struct Lost {
    std::uint64_t count{};
    std::uint64_t between{};  // how often others came through since the last of them
    bool others{};            // have come through since then
    bool deaf() const { return count >= 3 && between >= 2; }
  };

  void heard(const Record& message);
  bool is_kept_apart(NodeId node) const;

  MajorityWatch links_;
  std::map<Link, std::map<std::uint16_t, Lost>> lost_;  // by link and type
};

}  // namespace quorate
