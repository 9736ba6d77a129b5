#include "sim/run/end_state.hpp"

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

RunWatch watch_of(const std::shared_ptr<const Scenario>& scenario,
                  std::optional<std::string_view> object, const FailureModel& model,
                  const Duration* bound) {
  RunWatch watch;
  if (object && compares_answers(*scenario)) watch.history = HistoryCheck(find_model(*object));
  std::optional<Duration> longest;
  if (bound != nullptr) longest = *bound / model.parts;
  watch.faults = FaultAccount(scenario, model, longest);
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
