// A cluster before its first event: machines with their parameters, streams and formatted disks.
#pragma once

#include "sim/engine/durability.hpp"

namespace quorate {

// Who it is, its streams, and the clock with the drift and the offset drawn for this run.
void furnish(MachineBase& machine, NodeId node, const SetupBase& setup, const NodeConfig& config);
EventQueue make_queue(const SetupBase& setup);
WriteCache make_write_cache(NodeId node, const SetupBase& setup, const CrashRule& rule);

// The machine of `node`, up, with its initial fields in its role and on its disk.
template <class P>
void furnish(Machine<P>& machine, NodeId node, const Setup<P>& setup) {
  machine.config = &setup.nodes[node.value];
  furnish(machine, node, setup, *machine.config);
  if (machine.config->has_initial) machine.roles = machine.config->initial;
  machine.disk.keep_writes_in(make_write_cache(node, setup, machine.config->disk.crash));
  machine.disk.format(Durability<P>::image_of(machine.roles));
}

// REQUIRES an empty kernel.
template <class P>
void furnish(Kernel<P>& kernel, std::shared_ptr<const Setup<P>> setup) {
  kernel.queue = make_queue(*setup);
  kernel.nodes = static_cast<std::uint32_t>(setup->nodes.size());
  kernel.machines = std::vector<Machine<P>>(kernel.nodes);
  for (std::uint32_t i = 0; i < kernel.nodes; ++i) {
    furnish(kernel.machines[i], NodeId{i}, *setup);
    kernel.works = kernel.works || !(setup->nodes[i].work == WorkConfig{});
  }
  kernel.setup = std::move(setup);
}

}  // namespace quorate
