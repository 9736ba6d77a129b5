// A cluster before its first event: machines with their parameters, streams and formatted disks.
#pragma once

#include "sim/engine/durability.hpp"

namespace quorate {

// The clock of `node`, with the drift and the offset drawn for this run.
template <class P>
NodeClock make_clock(const Setup<P>& setup, NodeId node) {
  const ClockConfig& config = setup.nodes[node.value].clock;
  const auto draw = [&](const Between& range, std::uint32_t which) {
    Stream stream = make_stream(setup.seed, Purpose::clock, node.value, which, setup.engine);
    return range.draw(stream);
  };
  return {Drift{draw(config.drift, 0)}, Duration{draw(config.offset, 1)}};
}

// The machine of `node`, up, with its initial fields in its role and on its disk.
template <class P>
Machine<P> make_machine(const Setup<P>& setup, NodeId node) {
  Machine<P> machine;
  machine.config = &setup.nodes[node.value];
  const auto stream = [&](Purpose purpose) {
    return make_stream(setup.seed, purpose, node.value, 0, setup.engine);
  };
  machine.timer_stream = stream(Purpose::timer);
  machine.choice_stream = stream(Purpose::choice);
  machine.disk_stream = stream(Purpose::disk);
  machine.clock = make_clock(setup, node);
  if (machine.config->has_initial) machine.roles = machine.config->initial;
  machine.disk.format(Durability<P>::image_of(machine.roles));
  return machine;
}

// REQUIRES an empty kernel.
template <class P>
void furnish(Kernel<P>& kernel, std::shared_ptr<const Setup<P>> setup) {
  const std::uint64_t tie_key =
      setup->seeded_ties ? make_stream(setup->seed, Purpose::tie_break).next() | 1 : 0;
  kernel.queue = EventQueue(tie_key);
  kernel.nodes = static_cast<std::uint32_t>(setup->nodes.size());
  for (std::uint32_t i = 0; i < kernel.nodes; ++i) {
    kernel.machines.push_back(make_machine(*setup, NodeId{i}));
  }
  kernel.setup = std::move(setup);
}

}  // namespace quorate
