// Rules that tie parameters together, asked by the loader before anything runs.
//
//   entry.info.check_together = param_rule<Params>(&my_rule);
//
// where my_rule sees the parameters of every node, in the order of their declaration, and the
// scenario or its nodes' names, and says what is wrong with them, or nothing. Values that are wrong
// by themselves never reach it.
#pragma once

#include <algorithm>

#include "sim/run/describe.hpp"
#include "sim/scenario/scenario.hpp"

namespace quorate {

namespace detail {

template <class Params>
std::vector<Params> params_of_nodes(const Scenario& scenario, NodeNames names) {
  std::vector<Params> all;
  for (std::uint32_t i = 0; i < scenario.nodes.size(); ++i) {
    std::vector<const Value*> set{&scenario.params};
    const auto own = scenario.node_params.find(NodeId{i});
    if (own != scenario.node_params.end()) set.push_back(&own->second);
    all.push_back(params_set_by<Params>(set, names));
  }
  return all;
}

}  // namespace detail

// What a role is at the start, where `initial` sets fields of it.
template <class Role>
Role state_set_by(const Value& initial, NodeNames names) {
  const Value* const set[] = {&initial};
  return detail::params_set_by<Role>(set, names);
}

// Refuses an operation that somebody asks for and of which understood(operation) says no; `param`
// says what it is asked of. What a client asks without a value gets one that is understood.
template <class F>
std::optional<ParamConflict> not_understood(const Scenario& scenario, std::string param,
                                            F&& understood) {
  std::vector<Operation> all;
  for (const Workload& line : scenario.workload) {
    if (line.operation.verb != Text("add") || !line.operation.value.empty()) {
      all.push_back(line.operation);
    }
  }
  for (const Fault& fault : scenario.faults) {
    if (fault.action.verb == Verb::request) all.push_back(fault.action.operation);
  }
  const auto found = std::ranges::find_if_not(all, understood);
  if (found == all.end()) return std::nullopt;
  return ParamConflict{NodeId{0}, std::move(param),
                       "it answers \"unknown\" to \"" + std::string(found->verb.view()) +
                           "\" with the value \"" + std::string(found->value.view()) + "\"",
                       "\"add\" takes a whole number, \"cas\" two values: \"1 2\""};
}

template <class Params>
using ScenarioRule = std::optional<ParamConflict>(std::span<const Params> nodes,
                                                  const Scenario& scenario);

template <class Params>
auto param_rule(ScenarioRule<Params>* rule) {
  return [rule](const Scenario& scenario) {
    return rule(detail::params_of_nodes<Params>(scenario, scenario.names()), scenario);
  };
}
template <class Params>
auto param_rule(std::optional<ParamConflict> (*rule)(std::span<const Params> nodes,
                                                     NodeNames names)) {
  return [rule](const Scenario& scenario) {
    const std::vector<std::string> names = scenario.names();
    return rule(detail::params_of_nodes<Params>(scenario, names), names);
  };
}

}  // namespace quorate
