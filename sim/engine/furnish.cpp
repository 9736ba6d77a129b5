#include "sim/engine/furnish.hpp"

namespace quorate {

void furnish(MachineBase& machine, NodeId node, const SetupBase& setup, const ClockConfig& clock) {
  const auto stream = [&](Purpose purpose, std::uint32_t which = 0) {
    return make_stream(setup.seed, purpose, node.value, which, setup.engine);
  };
  machine.node = node;
  machine.timer_stream = stream(Purpose::timer);
  machine.choice_stream = stream(Purpose::choice);
  machine.disk_stream = stream(Purpose::disk);
  Stream drift = stream(Purpose::clock, 0);
  Stream offset = stream(Purpose::clock, 1);
  machine.clock = {Drift{clock.drift.draw(drift)}, Duration{clock.offset.draw(offset)}};
}

EventQueue make_queue(const SetupBase& setup) {
  return EventQueue(setup.seeded_ties ? make_stream(setup.seed, Purpose::tie_break).next() | 1 : 0);
}

}  // namespace quorate
