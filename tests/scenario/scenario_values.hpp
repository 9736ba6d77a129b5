// Everything a run takes from a scenario, as text: two scenarios that mean the same give the same.
#pragma once

#include <string>

#include "sim/scenario/scenario.hpp"

namespace quorate::made_up {

inline void print(JsonWriter& out, const EventPattern& pattern, NodeNames names) {
  out.string(pattern.event + " " + describe(pattern.node, names) + " " + pattern.message);
  for (const Member& field : pattern.fields) out.string(field.key + "=" + to_json(field.value));
  out.number(pattern.nth);
}

inline void print(JsonWriter& out, const LinkConfig& link) {
  print_to(out, link.delay);
  print_to(out, link.loss);
  print_to(out, link.duplicate);
  out.boolean(link.fifo);
  out.number(link.burst);
  out.number(link.bytes_per_second);
  out.number(link.queue);
}

inline void print(JsonWriter& out, const ClockConfig& clock) {
  for (const Between& range : {clock.drift, clock.offset}) {
    out.number(range.low);
    out.number(range.high);
  }
}

inline void print(JsonWriter& out, const DiskConfig& disk) {
  print_to(out, disk.sync_delay);
  out.string(enum_name(disk.crash.lose));
  out.boolean(disk.crash.torn);
}

inline void print_network(JsonWriter& out, const NetworkConfig& network) {
  for (const std::vector<NodeId>& neighbours : network.neighbours) print_to(out, neighbours);
  print(out, network.link);
  print(out, network.client_link);
  for (const auto& [pair, link] : network.links) {
    out.number(pair.first.value);
    out.number(pair.second.value);
    print(out, link);
  }
}

inline void print_fault(JsonWriter& out, const Fault& fault, NodeNames names) {
  out.string(fault.id + ": " + describe(fault.action, names));
  out.number(static_cast<int>(fault.trigger.kind));
  print_to(out, fault.trigger.at);
  print_to(out, fault.trigger.every);
  print(out, fault.trigger.event, names);
  out.string(fault.trigger.state.role + " " + fault.trigger.state.is + " " + fault.trigger.fault);
  print_to(out, fault.after);
  print_to(out, fault.lasts);
  print_to(out, fault.share);
  print_to(out, fault.from);
  print_to(out, fault.until);
  print_to(out, fault.times);
  print_to(out, fault.chance);
  out.boolean(fault.may_not_fire);
}

inline void print_line(JsonWriter& out, const Workload& line) {
  print_to(out, line.client);
  print_to(out, line.operation);
  print_to(out, line.node);
  print_to(out, line.target);
  print_to(out, line.at);
  print_to(out, line.every);
  print_to(out, line.think);
  print_to(out, line.from);
  print_to(out, line.until);
  print_to(out, line.count);
  print_to(out, line.timeout);
  print_to(out, line.retry);
}

// Without places in the source.
inline std::string values_of(const Scenario& scenario) {
  const std::vector<std::string> names = scenario.names();
  JsonWriter out(names);
  out.open_array();
  for (const std::string& text : {scenario.title, scenario.lesson, scenario.protocol})
    out.string(text);
  for (const std::string& text : scenario.teaches) out.string(text);
  for (const ScenarioNode& node : scenario.nodes)
    out.string(node.name + std::to_string(node.plays));
  for (const std::string& name : names) out.string(name);
  print_to(out, scenario.members);
  out.string(to_json(scenario.params));
  for (const auto& [node, value] : scenario.node_params) out.string(to_json(value));
  for (const auto& [node, value] : scenario.initial) out.string(to_json(value));
  for (const BugSwitch& bug : scenario.bugs) {
    out.string(bug.name);
    print_to(out, bug.nodes);
    print_to(out, bug.from);
    print_to(out, bug.until);
  }
  out.number(scenario.seed);
  out.number(static_cast<int>(scenario.engine));
  out.boolean(scenario.seeded_ties);
  print_to(out, scenario.stop);
  if (scenario.stop_at_event) print(out, *scenario.stop_at_event, names);
  print_network(out, scenario.network);
  print(out, scenario.disk);
  for (const auto& [node, disk] : scenario.node_disk) print(out, disk);
  for (const auto& [node, clock] : scenario.clocks) {
    print_to(out, node);
    print(out, clock);
  }
  for (const Workload& line : scenario.workload) print_line(out, line);
  for (const Fault& fault : scenario.faults) print_fault(out, fault, names);
  for (const std::string& name : scenario.check) out.string(name);
  for (const Expectation& it : scenario.expect) {
    out.string(it.text + it.of + it.name + to_json(it.is));
    print(out, it.event, names);
  }
  out.number(scenario.budgets.events);
  out.number(scenario.budgets.wire_bytes);
  out.string(to_json(scenario.sweep));
  out.close_array();
  return out.buffer();
}

}  // namespace quorate::made_up
