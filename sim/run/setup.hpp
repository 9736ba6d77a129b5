// Builds a run's constant part from a scenario: parameters, roles, disks,
// bugs and initial state per node. REQUIRES a scenario that the loader accepted for this protocol;
// what it checked is not checked again.
#pragma once

#include <algorithm>

#include "sim/base/field_read.hpp"
#include "sim/run/describe.hpp"
#include "sim/scenario/scenario.hpp"

namespace quorate {

namespace detail {

// Sets the fields that `source` names. The loader has already accepted it, so a failure here is our
// own mistake.
template <FieldStruct T>
void set_fields(const Value& source, T& target, NodeNames names) {
  for (const Member& member : source.members) {
    const std::string error = read_field(member.value, member.key, target, names);
    QUORATE_ASSERT(error.empty(), "A scenario value accepted by the loader must be readable.");
  }
}

template <class P>
void forget_durable(std::string_view field, typename Setup<P>::Node& node) {
  std::size_t position = 0;
  const auto one = [&](const std::vector<std::string>& durable) {
    for (std::size_t i = 0; i < durable.size(); ++i) {
      if (field == "*" || field == durable[i]) node.forgotten[position] |= std::uint32_t{1} << i;
    }
    ++position;
  };
  [&]<class... R>(Types<R...>) { (one(durable_names<R>()), ...); }(typename P::Roles{});
}

template <class P>
void switch_bug(const BugSwitch& bug, const std::vector<DurabilityBug>& durability,
                typename Setup<P>::Node& node) {
  bool found = false;
  for (const DurabilityBug& candidate : durability) {
    if (candidate.name != bug.name) continue;
    found = true;
    if (candidate.forgets.empty())
      node.sends_before_sync = true;
    else
      forget_durable<P>(candidate.forgets, node);
  }
  if (found) return;
  const auto value = enum_value<typename Traits<P>::Bug>(bug.name);
  QUORATE_ASSERT(value.has_value(), "A bug the loader accepted is one of the protocol's.");
  node.bugs.push_back({static_cast<std::uint32_t>(*value), bug.from, bug.until});
}

template <class P>
typename Setup<P>::Node node_setup(const Scenario& scenario, NodeId id, NodeNames names,
                                   const std::vector<DurabilityBug>& durability) {
  typename Setup<P>::Node node;
  node.plays = scenario.nodes[id.value].plays;
  set_fields(scenario.params, node.params, names);
  if (const auto own = scenario.node_params.find(id); own != scenario.node_params.end()) {
    set_fields(own->second, node.params, names);
  }
  const auto disk = scenario.node_disk.find(id);
  node.disk = disk != scenario.node_disk.end() ? disk->second : scenario.disk;
  if (const auto clock = scenario.clocks.find(id); clock != scenario.clocks.end()) {
    node.clock = clock->second;
  }
  if (const auto initial = scenario.initial.find(id); initial != scenario.initial.end()) {
    std::apply([&](auto&... role) { (set_fields(initial->second, role, names), ...); },
               node.initial);
    node.has_initial = true;
  }
  for (const BugSwitch& bug : scenario.bugs) {
    const bool here =
        bug.nodes.empty() || std::find(bug.nodes.begin(), bug.nodes.end(), id) != bug.nodes.end();
    if (here) switch_bug<P>(bug, durability, node);
  }
  return node;
}

}  // namespace detail

template <class P>
std::shared_ptr<const Setup<P>> make_setup(const Scenario& scenario, std::uint64_t seed,
                                           const std::vector<DurabilityBug>& durability) {
  auto setup = std::make_shared<Setup<P>>();
  setup->names = scenario.names();
  for (std::uint32_t i = 0; i < scenario.nodes.size(); ++i) {
    setup->nodes.push_back(detail::node_setup<P>(scenario, NodeId{i}, setup->names, durability));
  }
  setup->set_members(scenario.initial_members());
  setup->clients = static_cast<std::uint32_t>(scenario.clients.size());
  setup->seed = seed;
  setup->engine = scenario.engine;
  setup->seeded_ties = scenario.seeded_ties;
  return setup;
}

}  // namespace quorate
