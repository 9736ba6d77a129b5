#include "sim/scenario/scenario.hpp"

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

}  // namespace quorate
