#include "sim/run/end_state.hpp"

#include <algorithm>

namespace quorate {

std::vector<PropertyResult> results_of(std::span<const Checked> properties) {
  std::vector<PropertyResult> results;
  for (const Checked& one : properties) {
    if (!one.active) continue;
    results.push_back(
        {std::string(one.property), one.check->times_armed(), one.check->times_exercised()});
  }
  return results;
}

namespace {

// A bound of one node leaves room for what any other of them takes away.
std::optional<Duration> longest_of(const Assumed& node, const std::vector<Assumed>& all) {
  if (!node.bound) return std::nullopt;
  Duration less{};
  for (const Assumed& other : all) {
    if (!node.model.less.empty() && other.model.less == node.model.less) {
      less = std::max(less, other.less);
    }
  }
  return (*node.bound - less) / node.model.parts;
}

}  // namespace

RunWatch watch_of(const std::shared_ptr<const Scenario>& scenario,
                  std::optional<std::string_view> object, const std::vector<Assumed>& nodes) {
  RunWatch watch;
  if (object && compares_answers(*scenario)) watch.history = HistoryCheck(find_model(*object));
  const Assumed* strictest = nullptr;
  std::optional<Duration> least;
  bool alike = true;
  for (const Assumed& node : nodes) {
    const std::optional<Duration> longest = longest_of(node, nodes);
    alike = alike && longest == longest_of(nodes.front(), nodes);
    if (strictest != nullptr && (!longest || (least && *least <= *longest))) continue;
    strictest = &node;
    least = longest;
  }
  FailureModel model = strictest != nullptr ? strictest->model : FailureModel{};
  if (!alike) model.whose = strictest->node;
  for (const Assumed& node : nodes) join(model, node.model);
  add_common_ground(model);
  watch.faults = FaultAccount(scenario, model, least);
  return watch;
}

std::map<std::string, std::uint64_t> counts_of(std::span<const std::string_view> names,
                                               std::span<const std::uint64_t> counts,
                                               std::uint64_t lost_tails) {
  std::map<std::string, std::uint64_t> result;
  for (std::size_t i = 0; i < names.size(); ++i) result.emplace(names[i], counts[i]);
  result.emplace("unsynced_tail_lost", lost_tails);
  return result;
}

}  // namespace quorate
