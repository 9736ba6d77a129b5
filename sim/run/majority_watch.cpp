#include "sim/run/majority_watch.hpp"

#include <algorithm>

namespace quorate {

MajorityWatch::MajorityWatch(std::size_t nodes, const std::vector<NodeId>& members,
                             std::vector<std::uint32_t> quorums)
    : size_(nodes), quorums_(std::move(quorums)), losses_(size_ * size_), running_(size_, 1) {
  set_members(members);
}

void MajorityWatch::set_members(const std::vector<NodeId>& members,
                                const std::vector<NodeId>& before) {
  groups_.clear();
  add_group(members);
  if (!before.empty()) add_group(before);
  count_centres();
}

void MajorityWatch::add_members(const std::vector<NodeId>& members) {
  add_group(members);
  count_centres();
}

void MajorityWatch::count_centres() {
  centres_ = 0;
  for (std::size_t node = 0; node < size_; ++node) centres_ += is_centre(node) ? 1 : 0;
}

void MajorityWatch::add_group(const std::vector<NodeId>& members) {
  const auto more_than_half = static_cast<std::int64_t>(members.size() / 2 + 1);
  Group group;
  group.majority = quorums_.empty() ? more_than_half : 0;
  for (const std::uint32_t quorum : quorums_) {
    group.majority = std::max(group.majority, quorum == 0 ? more_than_half : std::int64_t{quorum});
  }
  group.is_member.assign(size_, 0);
  for (const NodeId node : members) group.is_member[node.value] = 1;
  group.reach.assign(size_, 0);
  for (std::size_t a = 0; a < size_; ++a) {
    for (const NodeId b : members) group.reach[a] += talk(a, b.value) ? 1 : 0;
  }
  groups_.push_back(std::move(group));
}

bool MajorityWatch::is_centre(std::size_t node) const {
  const auto is_in = [&](const Group& group) { return group.is_member[node] != 0; };
  const auto reaches = [&](const Group& group) { return group.reach[node] >= group.majority; };
  return std::ranges::any_of(groups_, is_in) && std::ranges::all_of(groups_, reaches);
}

bool MajorityWatch::talk(std::size_t a, std::size_t b) const {
  if (running_[a] == 0 || running_[b] == 0) return false;
  return losses_[a * size_ + b] < broken && losses_[b * size_ + a] < broken;
}

void MajorityWatch::lost(NodeId from, NodeId to, bool cut) {
  if (!knows(from) || !knows(to)) return;
  const std::uint8_t before = losses(from.value, to.value);
  const int lost = std::min(before + 1, int{broken});
  mark(from, to, cut || before == severed ? severed : static_cast<std::uint8_t>(lost));
}

bool MajorityWatch::reaches_without(NodeId node, const std::vector<NodeId>& others) const {
  return std::ranges::all_of(groups_, [&](const Group& group) {
    std::int64_t left = 0;
    for (std::size_t one = 0; one < size_; ++one) {
      const bool apart = one != node.value && std::ranges::any_of(others, [&](NodeId other) {
                           return other.value == one;
                         });
      left += group.is_member[one] != 0 && running_[one] != 0 && !apart ? 1 : 0;
    }
    return left >= group.majority;
  });
}

// Where most messages are lost still, one that gets through is good luck.
void MajorityWatch::mends(NodeId from, NodeId to) {
  const std::uint8_t before = losses(from.value, to.value);
  const bool whole = before < broken || before + 1 >= severed;
  mark(from, to, whole ? std::uint8_t{0} : static_cast<std::uint8_t>(before + 1));
}

void MajorityWatch::mark(NodeId from, NodeId to, std::uint8_t state) {
  if (!knows(from) || !knows(to) || from == to) return;
  const std::size_t a = from.value;
  const std::size_t b = to.value;
  if (losses(a, b) == state) return;
  const bool before = talk(a, b);
  losses(a, b) = state;
  const int change = static_cast<int>(talk(a, b)) - static_cast<int>(before);
  count(a, b, change);
  count(b, a, change);
}

void MajorityWatch::set_running(NodeId node, bool running) {
  if (!knows(node)) return;
  const std::size_t one = node.value;
  if ((running_[one] != 0) == running) return;
  running_[one] = 1;
  const int change = running ? 1 : -1;
  for (std::size_t other = 0; other < size_; ++other) {
    if (other == one || !talk(one, other)) continue;
    count(one, other, change);
    count(other, one, change);
  }
  count(one, one, change);
  running_[one] = running ? 1 : 0;
}

// `node` can talk to `other` now, or cannot any more.
void MajorityWatch::count(std::size_t node, std::size_t other, std::int64_t change) {
  centres_ -= is_centre(node) ? 1 : 0;
  for (Group& group : groups_) {
    if (group.is_member[other] != 0) group.reach[node] += change;
  }
  centres_ += is_centre(node) ? 1 : 0;
}

}  // namespace quorate
