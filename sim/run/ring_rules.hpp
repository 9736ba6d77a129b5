// What elections on a ring ask of parameters: that somebody starts one, and that no two nodes have
// the same id.
#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <vector>

#include "sim/run/param_rules.hpp"

namespace quorate {

// Without an initiator, and a fault that makes somebody one, nothing ever happens.
template <class Params>
std::optional<ParamConflict> nobody_starts(std::span<const Params> ring, const Scenario& scenario) {
  const auto starts = [](const Params& process) { return process.initiates; };
  if (std::ranges::any_of(ring, starts) || scenario.does(Verb::fire)) return std::nullopt;
  return ParamConflict{NodeId{0}, "initiates", "nobody starts an election, so none is held",
                       "let one process initiate, or fire \"initiate\" at one"};
}

// Says of the model that ids are not distinct if two members have the same. `drawn(params)`:
// whether a node that has been given no id draws one; else it has the one that its place gives it.
template <class Cluster, class Drawn>
void look_at_ids(const Cluster& cluster, FailureModel& model, Drawn&& drawn) {
  std::vector<std::uint64_t> ids;
  for (const NodeId node : cluster.members()) {
    const auto& params = cluster.params(node);
    if (params.id == 0 && drawn(params)) continue;
    ids.push_back(params.id != 0 ? params.id : node.value + std::uint64_t{1});
  }
  std::ranges::sort(ids);  // numbers are a total order
  if (std::ranges::adjacent_find(ids) == ids.end()) return;
  model.never_held.push_back(Assumption::distinct_ids);
}

}  // namespace quorate
