#include "sim/scenario/scenario.hpp"

namespace quorate {

std::vector<std::string> Scenario::names() const {
  std::vector<std::string> result;
  for (const ScenarioNode& node : nodes) result.push_back(node.name);
  result.insert(result.end(), clients.begin(), clients.end());
  return result;
}

}  // namespace quorate
