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
  return members.empty() ? all_nodes() : members;
}

std::vector<NodeId> Scenario::all_nodes() const {
  return node_range(0, static_cast<std::uint32_t>(nodes.size()));
}

bool Scenario::is_of_all(const BugSwitch& bug) const {
  const bool everywhere = bug.nodes.empty() || bug.nodes.size() == nodes.size();
  return everywhere && bug.from == Time{} && bug.until == Time::never();
}

bool Scenario::slows_nodes() const {
  return std::ranges::any_of(faults, [](const Fault& one) {
    return one.action.verb == Verb::node && !one.action.scramble;
  });
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
