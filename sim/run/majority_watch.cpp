#include "sim/run/majority_watch.hpp"

#include <algorithm>

namespace quorate {

MajorityWatch::MajorityWatch(const std::vector<NodeId>& members)
    : size_(members.size()),
      losses_(size_ * size_),
      running_(size_, 1),
      reach_(size_, static_cast<std::int64_t>(size_)),
      centres_(size_) {
  for (std::size_t i = 0; i < size_; ++i) {
    if (members[i].value >= place_.size()) place_.resize(members[i].value + 1, -1);
    place_[members[i].value] = static_cast<std::int64_t>(i);
  }
}

bool MajorityWatch::talk(std::size_t a, std::size_t b) const {
  if (running_[a] == 0 || running_[b] == 0) return false;
  return losses_[a * size_ + b] < broken && losses_[b * size_ + a] < broken;
}

void MajorityWatch::lost(NodeId from, NodeId to, bool cut) {
  if (!knows(from) || !knows(to)) return;
  const std::uint8_t before = losses(place(from), place(to));
  mark(from, to, cut ? broken : static_cast<std::uint8_t>(std::min(before + 1, int{broken})));
}

void MajorityWatch::mark(NodeId from, NodeId to, std::uint8_t losses_in_row) {
  if (!knows(from) || !knows(to) || from == to) return;
  const std::size_t a = place(from);
  const std::size_t b = place(to);
  if (losses(a, b) == losses_in_row) return;
  const bool before = talk(a, b);
  losses(a, b) = losses_in_row;
  const int change = static_cast<int>(talk(a, b)) - static_cast<int>(before);
  count(a, change);
  count(b, change);
}

void MajorityWatch::set_running(NodeId node, bool running) {
  if (!knows(node)) return;
  const std::size_t member = place(node);
  if ((running_[member] != 0) == running) return;
  running_[member] = 1;
  const int change = running ? 1 : -1;
  for (std::size_t other = 0; other < size_; ++other) {
    if (other == member || !talk(member, other)) continue;
    count(member, change);
    count(other, change);
  }
  count(member, change);  // itself
  running_[member] = running ? 1 : 0;
}

void MajorityWatch::count(std::size_t member, std::int64_t change) {
  const auto majority = static_cast<std::int64_t>(size_ / 2 + 1);
  centres_ -= reach_[member] >= majority ? 1 : 0;
  reach_[member] += change;
  centres_ += reach_[member] >= majority ? 1 : 0;
}

}  // namespace quorate
