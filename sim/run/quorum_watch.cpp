#include "sim/run/quorum_watch.hpp"

#include <algorithm>

namespace quorate {

void QuorumWatch::heard(const Record& message) {
  const auto link = lost_.find({message.from, message.to});
  if (link == lost_.end()) return;
  link->second.erase(message.type);
  for (auto& [type, lost] : link->second) lost.others = true;
  if (link->second.empty()) lost_.erase(link);
}

bool QuorumWatch::lost(const Record& message, bool cut) {
  links_.lost(message.from, message.to, cut);
  if (cut) {
    lost_.erase({message.from, message.to});
    return false;
  }
  Lost& lost = lost_[{message.from, message.to}][message.type];
  lost.between += lost.others ? 1 : 0;
  lost.others = false;
  ++lost.count;
  return lost.deaf() && (is_kept_apart(message.from) || is_kept_apart(message.to));
}

bool QuorumWatch::is_kept_apart(NodeId node) const {
  std::vector<NodeId> apart;
  for (const auto& [link, types] : lost_) {
    if (link.first != node && link.second != node) continue;
    const bool deaf = std::ranges::any_of(types, [](const auto& one) { return one.second.deaf(); });
    if (deaf) apart.push_back(link.first == node ? link.second : link.first);
  }
  return !links_.reaches_without(node, apart);
}

}  // namespace quorate
