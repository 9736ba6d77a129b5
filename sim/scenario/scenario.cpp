#include "sim/scenario/scenario.hpp"

#include <algorithm>

namespace quorate {

std::vector<std::string> Scenario::names() const {
  std::vector<std::string> result;
  for (const ScenarioNode& node : nodes) result.push_back(node.name);
  result.insert(result.end(), clients.begin(), clients.end());
  return result;
}

std::vector<NodeId> Scenario::initial_members() const {
  if (!members.empty()) return members;
  return node_range(0, static_cast<std::uint32_t>(nodes.size()));
}

bool Scenario::replays() const {
  return does(Verb::replay) || std::ranges::any_of(faults, [](const Fault& one) {
           return lies_by(one.action, Strategy::replay);
         });
}

bool Scenario::does(Verb verb) const {
  return std::ranges::any_of(faults, [&](const Fault& one) { return one.action.verb == verb; });
}

}  // namespace quorate
