// What is asked of a cluster when its run is over, however its nodes were moved.
#pragma once

#include <map>

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

// One of a protocol's times: one that is drawn each time anew, or one that is always the same.
struct TimeParam {
  const Distribution* drawn{};
  const Duration* fixed{};
};
// The one that is called so, of parameters whose type is not known any more; neither if none is.
using FindTime = TimeParam (*)(const void* params, std::string_view name);

template <class Params>
TimeParam find_time(const void* params, std::string_view name) {
  const Params& all = *static_cast<const Params*>(params);
  return {find_field<Distribution>(all, name), find_field<Duration>(all, name)};
}

// What one node assumes, by what it was told. Borrows its parameters.
struct Assumed {
  std::string node;
  FailureModel model;
  const void* params;
};

// What watches a run beside its protocol's own properties: answers are compared with `object`'s, if
// the protocol names one. The run is judged by what its nodes assume together, and by the least of
// their bounds.
RunWatch watch_of(const std::shared_ptr<const Scenario>& scenario,
                  std::optional<std::string_view> object, const std::vector<Assumed>& nodes,
                  FindTime find_time, const FailureModel& together);

// The same; `together` has what only the whole cluster shows. Who is no member at the start may
// become one.
template <class P>
RunWatch watch_of(const std::shared_ptr<const Scenario>& scenario, const Description<P>& words,
                  const World<P>& world) {
  const auto& nodes = world.setup().nodes;
  std::vector<Assumed> all;
  for (std::size_t i = 0; i < nodes.size() && words.assumes != nullptr; ++i) {
    const auto& params = nodes[i].params;
    all.push_back({scenario->nodes[i].name, words.assumes(params), &params});
  }
  std::optional<std::string_view> object;
  const auto& params = nodes[scenario->initial_members().front().value].params;
  if (words.object != nullptr) object = words.object(params);
  FailureModel together;
  if (words.assumes_together != nullptr) words.assumes_together(Cluster<P>(world), together);
  return watch_of(scenario, object, all, &find_time<typename Traits<P>::Params>, together);
}

// How often each situation was seen; `lost_tails`, crashes that lost a write, is one of every
// protocol's.
std::map<std::string, std::uint64_t> counts_of(std::span<const std::string_view> names,
                                               std::span<const std::uint64_t> counts,
                                               std::uint64_t lost_tails);

}  // namespace quorate
