#include "sim/run/setup.hpp"

#include <algorithm>

namespace quorate::detail {

namespace {

// Sets the fields that `source` names. The loader has already accepted it, so a failure here is our
// own mistake.
void set_fields(const Value& source, const Settable& target, NodeNames names) {
  for (const Member& member : source.members) {
    const std::string error = read_field(member.value, member.key, target, names);
    QUORATE_ASSERT(error.empty(), "A scenario value accepted by the loader must be readable.");
  }
}

void forget_durable(std::string_view field, const OwnParts& own) {
  for (std::size_t role = 0; role < own.durable.size(); ++role) {
    const auto& durable = own.durable[role];
    for (std::size_t i = 0; i < durable.size(); ++i) {
      if (field == "*" || field == durable[i]) own.forgotten[role] |= std::uint32_t{1} << i;
    }
  }
}

std::uint32_t number_of_bug(std::string_view name, std::string_view bugs) {
  for (std::uint32_t i = 0; i < list_size(bugs); ++i) {
    if (list_item(bugs, i) == name) return i;
  }
  QUORATE_ASSERT(false, "A bug the loader accepted is one of the protocol's.");
  return 0;
}

void switch_bug(const BugSwitch& bug, const std::vector<DurabilityBug>& durability,
                NodeConfig& node, const OwnParts& own) {
  bool found = false;
  for (const DurabilityBug& candidate : durability) {
    if (candidate.name != bug.name) continue;
    found = true;
    if (candidate.forgets.empty())
      node.sends_before_sync = true;
    else
      forget_durable(candidate.forgets, own);
  }
  if (!found) node.bugs.push_back({number_of_bug(bug.name, own.bugs), bug.from, bug.until});
}

// Whom a restart finds shows when it fires, so every node knows the mistakes of all versions.
void add_versions(const Scenario& scenario, NodeConfig& node, const OwnParts& own) {
  for (std::uint32_t i = 0; i < scenario.faults.size(); ++i) {
    for (const std::string& bug : scenario.faults[i].action.bugs) {
      node.bugs.push_back({number_of_bug(bug, own.bugs), {}, Time::never(), version_by(i)});
    }
  }
}

}  // namespace

void set_up_node(const Scenario& scenario, NodeId id, NodeNames names,
                 const std::vector<DurabilityBug>& durability, NodeConfig& node,
                 const OwnParts& own) {
  node.plays = scenario.nodes[id.value].plays;
  set_fields(scenario.params, own.params, names);
  if (const auto params = scenario.node_params.find(id); params != scenario.node_params.end()) {
    set_fields(params->second, own.params, names);
  }
  const auto disk = scenario.node_disk.find(id);
  node.disk = disk != scenario.node_disk.end() ? disk->second : scenario.disk;
  if (const auto work = scenario.work.find(id); work != scenario.work.end()) {
    node.work = work->second;
  }
  if (const auto clock = scenario.clocks.find(id); clock != scenario.clocks.end()) {
    node.clock = clock->second;
  }
  if (const auto initial = scenario.initial.find(id); initial != scenario.initial.end()) {
    for (const Settable& role : own.roles) set_fields(initial->second, role, names);
    node.has_initial = true;
  }
  for (const BugSwitch& bug : scenario.bugs) {
    const bool here =
        bug.nodes.empty() || std::find(bug.nodes.begin(), bug.nodes.end(), id) != bug.nodes.end();
    if (here) switch_bug(bug, durability, node, own);
  }
  add_versions(scenario, node, own);
}

void set_up_run(const Scenario& scenario, std::uint64_t seed, SetupBase& setup) {
  setup.names = scenario.names();
  setup.clients = static_cast<std::uint32_t>(scenario.clients.size());
  setup.seed = seed;
  setup.engine = scenario.engine;
  setup.seeded_ties = scenario.seeded_ties;
  setup.handlers_take_time = !scenario.work.empty() || scenario.slows_nodes();
}

}  // namespace quorate::detail
