// libFuzzer target for the scenario loader: whatever the text, it answers; what it accepts is
// within its limits, and its embedded source reads back to the same scenario. Uses made-up
// protocols, so a corpus keeps its worth. Run: fuzz_scenario_fuzz corpus/ scenarios/
#include <string_view>

#include "tests/fuzz/fuzz.hpp"
#include "tests/scenario/made_up.hpp"
#include "tests/scenario/scenario_values.hpp"

using namespace quorate;
using fuzz::demand;

namespace {

void check_nodes(const Scenario& scenario) {
  const auto nodes = static_cast<std::uint32_t>(scenario.nodes.size());
  demand(nodes >= 1 && nodes <= LoadOptions{}.max_nodes, "There are as many nodes as allowed.");
  demand(scenario.network.nodes == nodes, "The network knows how many nodes there are.");
  for (const ScenarioNode& node : scenario.nodes) demand(node.plays != 0, "A node has a role.");
  for (const NodeId node : scenario.members) demand(node.value < nodes, "A member is a node.");
  for (const Workload& line : scenario.workload) {
    demand(line.client.value < scenario.clients.size(), "A client is declared.");
    demand(line.timeout > Duration{}, "A try takes time.");
  }
}

void check_faults(const Scenario& scenario) {
  const std::size_t all = scenario.names().size();
  for (const Fault& fault : scenario.faults) {
    demand(!fault.id.empty(), "A fault has an id.");
    demand(fault.from < fault.until, "A fault has a moment at which it may fire.");
    for (const Selector* selector : {&fault.action.target, &fault.action.from, &fault.action.to}) {
      for (const NodeId node : selector->nodes) demand(node.value < all, "A target exists.");
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Diagnostics diagnostics;
  const auto scenario = made_up::read(text, diagnostics);
  demand((scenario == nullptr) == diagnostics.failed(), "Either a scenario or an error.");
  demand(diagnostics.rendered().size() < 80'000, "Messages are bounded.");
  if (scenario == nullptr) return 0;
  check_nodes(*scenario);
  check_faults(*scenario);
  Diagnostics again;
  const auto second = made_up::read(to_json(scenario->source), again);
  demand(second != nullptr, "The embedded source is good.");
  demand(made_up::values_of(*scenario) == made_up::values_of(*second), "And means the same.");
  return 0;
}
