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

// The shortest and the longest that a wait may be.
struct WaitRange {
  Duration shortest{Duration::max()};
  Duration longest{};
};

// What one node assumes, and how long what its bounds are parts of may be.
struct Node {
  const Assumed& assumed;
  std::vector<WaitRange> waits{};  // of each bound
};

WaitRange wait_of(TimeParam time, TimeParam more, const DelayBound& bound) {
  if (time.drawn != nullptr) return {least_of(*time.drawn), longest_of(*time.drawn)};
  QUORATE_ASSERT(time.fixed != nullptr, "A bound is a part of one of the protocol's times.");
  if (more.fixed == nullptr) return {*time.fixed, *time.fixed};
  const Duration sum = std::min(*time.fixed, Duration::max() / 2) +
                       bound.times * std::min(*more.fixed, Duration::max() / 2 / bound.times);
  return {sum, sum};
}

// What counts of all nodes, by the name of the parameter: the longest that any takes away from a
// bound, and from where to where a wait may be.
struct Together {
  std::map<std::string, Duration> less;
  std::map<std::string, WaitRange> waits;
};

void add_less(Together& all, const std::string& name, const std::vector<Node>& nodes,
              FindTime find_time) {
  for (const Node& node : nodes) {
    const Duration* less = find_time(node.assumed.params, name).fixed;
    QUORATE_ASSERT(less != nullptr, "What is taken away from a bound is one of the times.");
    all.less[name] = std::max(all.less[name], *less);
  }
}

Together together(const std::vector<Node>& nodes, FindTime find_time) {
  Together all;
  for (const Node& node : nodes) {
    for (std::size_t i = 0; i < node.waits.size(); ++i) {
      const DelayBound& bound = node.assumed.model.bounds[i];
      WaitRange& range = all.waits[bound.time];
      range.shortest = std::min(range.shortest, node.waits[i].shortest);
      range.longest = std::max(range.longest, node.waits[i].longest);
      for (const std::string& name : bound.less) {
        if (!all.less.contains(name)) add_less(all, name, nodes, find_time);
      }
    }
  }
  return all;
}

std::vector<Node> with_waits(const std::vector<Assumed>& all, FindTime find_time) {
  std::vector<Node> nodes;
  for (const Assumed& assumed : all) {
    Node& node = nodes.emplace_back(Node{assumed});
    for (const DelayBound& bound : assumed.model.bounds) {
      node.waits.push_back(wait_of(find_time(assumed.params, bound.time),
                                   find_time(assumed.params, bound.more), bound));
    }
  }
  return nodes;
}

// The least of a node's bounds, and which it is.
struct Least {
  std::optional<Duration> longest;
  std::size_t which{};
};

Least least_of(const Node& node, const Together& all, std::int64_t members) {
  Least result;
  for (std::size_t i = 0; i < node.waits.size(); ++i) {
    const DelayBound& bound = node.assumed.model.bounds[i];
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

RunWatch watch_of(const std::shared_ptr<const Scenario>& scenario,
                  std::optional<std::string_view> object, const std::vector<Assumed>& nodes,
                  FindTime find_time, const FailureModel& whole) {
  RunWatch watch;
  if (object && compares_answers(*scenario)) watch.history = HistoryCheck(find_model(*object));
  const std::vector<Node> all_nodes = with_waits(nodes, find_time);
  const Together all = together(all_nodes, find_time);
  const std::int64_t members = std::ssize(scenario->initial_members());
  const Assumed* strictest = nullptr;
  Least least;
  bool alike = true;
  for (const Node& node : all_nodes) {
    const Least own = least_of(node, all, members);
    alike = alike && (strictest == nullptr || own.longest == least.longest);
    const bool longer =
        strictest != nullptr && (!own.longest || (least.longest && *least.longest <= *own.longest));
    if (longer) continue;
    strictest = &node.assumed;
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
