// What is asked of a cluster when its run is over, however its nodes were moved.
#pragma once

#include <map>
#include <set>

#include "sim/check/property.hpp"
#include "sim/run/describe.hpp"
#include "sim/run/judge.hpp"

namespace quorate {

// Borrows both.
template <class P>
class ClusterAtEnd final : public EndState {
 public:
  ClusterAtEnd(const World<P>& world, const Description<P>& words) : world_(world), words_(words) {}
  bool up(NodeId node) const override { return world_.up(node); }
  bool predicate(std::string_view name) const override {
    for (const Predicate<P>& candidate : words_.predicates) {
      if (candidate.name == name) return candidate.holds(Cluster<P>(world_));
    }
    return false;
  }
  std::vector<Wait> waits() const override {
    return words_.waits == nullptr ? std::vector<Wait>() : words_.waits(Cluster<P>(world_));
  }
  std::string field_text(NodeId node, std::string_view name) const override {
    JsonWriter out(world_.setup().names);
    const auto look = [&](std::string_view candidate, const auto& value) {
      if (candidate == name && out.buffer().empty()) print_to(out, value);
    };
    std::apply([&](const auto&... role) { (for_each_field(role, look), ...); }, world_.roles(node));
    return out.buffer();
  }

 private:
  const World<P>& world_;
  const Description<P>& words_;
};

// "Sometimes" conditions of a protocol, counted so that a green sweep can show it was not an easy
// one.
struct NoWitnesses {
  static constexpr std::array<std::string_view, 0> names{};
  static constexpr std::array<std::string_view, 0> texts{};
  std::array<std::uint64_t, 0> counts{};
  template <class C>
  void look(const C&, const Step&) {}
};

// The Check of one property, and whether it was asked at all.
struct Checked {
  std::string_view property;
  const Check* check;
  bool active;
};
// How often each active property had something to look at.
std::vector<PropertyResult> results_of(std::span<const Checked> properties);

template <class Properties>
std::vector<PropertyResult> results_of(const Properties& properties) {
  std::array<Checked, Properties::size> all;
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i] = {Properties::names[i], &properties.checks()[i], properties.active(i)};
  }
  return results_of(std::span<const Checked>(all));
}

// The shortest and the longest that a wait may be.
struct WaitRange {
  Duration shortest{Duration::max()};
  Duration longest{};
};

// What one node assumes, by what it was told: how long what its bounds are parts of may be, and
// what is taken away from them by name.
struct Assumed {
  std::string node;
  FailureModel model;
  std::vector<WaitRange> waits{};  // of each bound
  std::map<std::string, Duration> less{};
};

// What watches a run beside its protocol's own properties: answers are compared with `object`'s, if
// the protocol names one. The run is judged by what its nodes assume together, and by the least of
// their bounds.
RunWatch watch_of(const std::shared_ptr<const Scenario>& scenario,
                  std::optional<std::string_view> object, const std::vector<Assumed>& nodes,
                  const FailureModel& together);

template <class Params>
WaitRange wait_of(const Params& params, const DelayBound& bound) {
  const auto* wait = find_field<Distribution>(params, bound.time);
  if (wait != nullptr) return {least_of(*wait), longest_of(*wait)};
  const auto* time = find_field<Duration>(params, bound.time);
  QUORATE_ASSERT(time != nullptr, "A bound is a part of one of the protocol's times.");
  const auto* more = find_field<Duration>(params, bound.more);
  if (more == nullptr) return {*time, *time};
  const Duration sum = std::min(*time, Duration::max() / 2) +
                       bound.times * std::min(*more, Duration::max() / 2 / bound.times);
  return {sum, sum};
}

template <class Params>
Assumed assumed(const Params& params, FailureModel (*assumes)(const Params&), std::string node) {
  Assumed result{std::move(node), assumes(params)};
  for (const DelayBound& bound : result.model.bounds) {
    result.waits.push_back(wait_of(params, bound));
  }
  return result;
}

// What is taken away from a bound of any node.
std::set<std::string> taken_away(const std::vector<Assumed>& nodes);

// The same; `together` has what only the whole cluster shows. Who is no member at the start may
// become one.
template <class P>
RunWatch watch_of(const std::shared_ptr<const Scenario>& scenario, const Description<P>& words,
                  const World<P>& world) {
  const auto& nodes = world.setup().nodes;
  std::vector<Assumed> all;
  for (std::size_t i = 0; i < nodes.size() && words.assumes != nullptr; ++i) {
    all.push_back(assumed(nodes[i].params, words.assumes, scenario->nodes[i].name));
  }
  for (const std::string& name : taken_away(all)) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      const auto* less = find_field<Duration>(nodes[i].params, name);
      QUORATE_ASSERT(less != nullptr, "What is taken away from a bound is one of the times.");
      all[i].less[name] = *less;
    }
  }
  std::optional<std::string_view> object;
  const auto& params = nodes[scenario->initial_members().front().value].params;
  if (words.object != nullptr) object = words.object(params);
  FailureModel together;
  if (words.assumes_together != nullptr) words.assumes_together(Cluster<P>(world), together);
  return watch_of(scenario, object, all, together);
}

// How often each situation was seen; `lost_tails`, crashes that lost a write, is one of every
// protocol's.
std::map<std::string, std::uint64_t> counts_of(std::span<const std::string_view> names,
                                               std::span<const std::uint64_t> counts,
                                               std::uint64_t lost_tails);

}  // namespace quorate
