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

std::map<std::string, std::uint64_t> counts_of(std::span<const std::string_view> names,
                                               std::span<const std::uint64_t> counts,
                                               std::uint64_t lost_tails) {
  std::map<std::string, std::uint64_t> result;
  for (std::size_t i = 0; i < names.size(); ++i) result.emplace(names[i], counts[i]);
  result.emplace("unsynced_tail_lost", lost_tails);
  return result;
}

}  // namespace quorate
