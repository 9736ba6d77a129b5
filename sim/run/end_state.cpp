#include "sim/run/end_state.hpp"

#include <algorithm>
#include <iterator>

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

// What counts of all nodes, by the name of the parameter: the longest that any takes away from a
// bound, and from where to where a wait may be.
struct Together {
  std::map<std::string, Duration> less;
  std::map<std::string, WaitRange> waits;
};

Together together(const std::vector<Assumed>& nodes) {
  Together all;
  for (const Assumed& node : nodes) {
    for (const auto& [name, less] : node.less) all.less[name] = std::max(all.less[name], less);
    for (std::size_t i = 0; i < node.waits.size(); ++i) {
      WaitRange& range = all.waits[node.model.bounds[i].time];
      range.shortest = std::min(range.shortest, node.waits[i].shortest);
      range.longest = std::max(range.longest, node.waits[i].longest);
    }
  }
  return all;
}

// The least of a node's bounds, and which it is.
struct Least {
  std::optional<Duration> longest;
  std::size_t which{};
};

Least least_of(const Assumed& node, const Together& all, std::int64_t members) {
  Least result;
  for (std::size_t i = 0; i < node.waits.size(); ++i) {
    const DelayBound& bound = node.model.bounds[i];
    Duration longest = node.waits[i].longest;
    if (bound.part == PartOfWait::shortest) longest = node.waits[i].shortest;
    if (bound.part == PartOfWait::spread) {
      const WaitRange& any = all.waits.at(bound.time);
      longest = any.longest - any.shortest;
    }
    for (const std::string& name : bound.less) longest -= std::min(longest, all.less.at(name));
    longest /= bound.parts * (bound.each_member ? members : 1);
    if (!result.longest || longest < *result.longest) result = {longest, i};
  }
  return result;
}

// What all of them assume, with the least bound of this one, who is named where others have
// another.
FailureModel joint_model(const std::vector<Assumed>& nodes, const Assumed& strictest,
                         const Least& least, bool alike) {
  FailureModel model = strictest.model;
  if (!model.bounds.empty()) model.bounds = {strictest.model.bounds[least.which]};
  if (!alike) model.whose = strictest.node;
  for (const Assumed& node : nodes) join(model, node.model);
  return model;
}

}  // namespace

std::set<std::string> taken_away(const std::vector<Assumed>& nodes) {
  std::set<std::string> names;
  for (const Assumed& node : nodes) {
    for (const DelayBound& bound : node.model.bounds)
      names.insert(bound.less.begin(), bound.less.end());
  }
  return names;
}

RunWatch watch_of(const std::shared_ptr<const Scenario>& scenario,
                  std::optional<std::string_view> object, const std::vector<Assumed>& nodes,
                  const FailureModel& whole) {
  RunWatch watch;
  if (object && compares_answers(*scenario)) watch.history = HistoryCheck(find_model(*object));
  const Together all = together(nodes);
  const std::int64_t members = std::ssize(scenario->initial_members());
  const Assumed* strictest = nullptr;
  Least least;
  bool alike = true;
  for (const Assumed& node : nodes) {
    const Least own = least_of(node, all, members);
    alike = alike && (strictest == nullptr || own.longest == least.longest);
    const bool longer =
        strictest != nullptr && (!own.longest || (least.longest && *least.longest <= *own.longest));
    if (longer) continue;
    strictest = &node;
    least = own;
  }
  FailureModel model =
      strictest == nullptr ? FailureModel{} : joint_model(nodes, *strictest, least, alike);
  add_common_ground(model);
  model.teller = whole.teller;
  model.never_held = whole.never_held;
  watch.faults = FaultAccount(scenario, model, least.longest);
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
