// What is asked of a cluster when its run is over, however its nodes were moved.
#pragma once

#include "sim/check/property.hpp"
#include "sim/run/describe.hpp"
#include "sim/run/expectations.hpp"

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

// How often each active property had something to look at.
template <class Properties>
std::vector<PropertyResult> results_of(const Properties& properties) {
  std::vector<PropertyResult> results;
  for (std::size_t i = 0; i < Properties::size; ++i) {
    if (!properties.active(i)) continue;
    const Check& check = properties.checks()[i];
    results.push_back(
        {std::string(Properties::names[i]), check.times_armed(), check.times_exercised()});
  }
  return results;
}

// How often each situation was seen; `lost_tails`, crashes that lost a write, is one of every
// protocol's.
template <class Witnesses>
std::map<std::string, std::uint64_t> counts_of(const Witnesses& witnesses,
                                               std::uint64_t lost_tails) {
  std::map<std::string, std::uint64_t> counts;
  for (std::size_t i = 0; i < Witnesses::names.size(); ++i) {
    counts.emplace(Witnesses::names[i], witnesses.counts[i]);
  }
  counts.emplace("unsynced_tail_lost", lost_tails);
  return counts;
}

// Of the messages that nodes and clients send, as a ledger counts them.
template <class P>
const std::vector<std::string>& message_names() {
  static const std::vector<std::string> names =
      detail::names_of(typename Traits<P>::WireTypes{}, false);
  return names;
}

}  // namespace quorate
