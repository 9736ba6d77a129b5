#include "sim/run/waits.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "sim/base/words.hpp"

namespace quorate {

std::vector<Wait> stuck(const std::vector<Wait>& waits, const BlockedWatch& watch,
                        const std::function<bool(NodeId)>& up) {
  std::vector<Wait> open = waits;
  const auto goes_on = [&](const Wait& wait) {
    if (wait.asked || watch.says(wait.node)) return false;
    const auto acts = [&](NodeId node) {
      return up(node) && std::ranges::none_of(open, [&](const Wait& other) {
               return other.node == node && other.instance == wait.instance;
             });
    };
    return static_cast<std::size_t>(std::ranges::count_if(wait.others, acts)) >= wait.needed;
  };
  for (auto next = std::ranges::find_if(open, goes_on); next != open.end();
       next = std::ranges::find_if(open, goes_on)) {
    open.erase(next);
  }
  return open;
}

std::string waits_sentence(const std::vector<Wait>& stuck, const std::function<bool(NodeId)>& up,
                           NodeNames names) {
  // Who waits for the same nodes, itself left out, is told together.
  std::map<std::set<NodeId>, std::set<NodeId>> groups;
  for (const Wait& wait : stuck) {
    std::set<NodeId> key(wait.others.begin(), wait.others.end());
    key.insert(wait.node);
    groups[key].insert(wait.node);
  }
  std::string text;
  for (const auto& [all, waiting] : groups) {
    std::vector<std::string> who;
    std::vector<std::string> whom;
    for (const NodeId node : waiting) who.push_back(names[node.value]);
    for (const NodeId node : all) {
      if (waiting.contains(node)) continue;
      whom.push_back(names[node.value] + (up(node) ? "" : " (down)"));
    }
    bool mutual = false;
    for (const Wait& wait : stuck) {
      for (const NodeId other : wait.others) {
        mutual = mutual || (waiting.contains(wait.node) && waiting.contains(other));
      }
    }
    if (mutual) whom.emplace_back("one another");
    text += text.empty() ? "" : "; ";
    text += in_a_list(who, "and") + (who.size() == 1 ? " waits for " : " wait for ") +
            in_a_list(whom, "or");
  }
  return text;
}

}  // namespace quorate
