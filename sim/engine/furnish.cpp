#include "sim/engine/furnish.hpp"

namespace quorate {

void furnish(MachineBase& machine, NodeId node, const SetupBase& setup, const NodeConfig& config) {
  const ClockConfig& clock = config.clock;
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
  set_jitter(machine, setup, clock.jitter);
  set_work(machine, setup, config.work);
  machine.disk_state.sync_delay = config.disk.sync_delay;
}

bool set_jitter(MachineBase& machine, const SetupBase& setup, Probability share) {
  Jitter& jitter = machine.jitter;
  if (jitter.share == share) return false;
  if (!jitter.stream.seeded()) {
    jitter.stream = make_stream(setup.seed, Purpose::clock, machine.node.value, 2, setup.engine);
  }
  jitter.share = share;
  jitter.on = !(share == Probability{});
  return true;
}

bool set_disk(MachineBase& machine, const Distribution& own, const DiskChange& change) {
  const DiskState wanted{change.sync.value_or(own), change.stall.value_or(false),
                         change.lie.value_or(false), change.full.value_or(false),
                         change.read_only.value_or(false)};
  if (machine.disk_state == wanted) return false;
  machine.disk_state = wanted;
  return true;
}

bool set_work(MachineBase& machine, const SetupBase& setup, const WorkConfig& work) {
  if (machine.work.config == work) return false;
  if (!machine.work.stream.seeded()) {
    machine.work.stream =
        make_stream(setup.seed, Purpose::work, machine.node.value, 0, setup.engine);
  }
  machine.work.config = work;
  return true;
}

WriteCache make_write_cache(NodeId node, const SetupBase& setup, const CrashRule& rule) {
  if (rule.takes_all()) return {};
  return {rule, make_stream(setup.seed, Purpose::disk, node.value, 1, setup.engine)};
}

EventQueue make_queue(const SetupBase& setup) {
  return EventQueue(setup.seeded_ties ? make_stream(setup.seed, Purpose::tie_break).next() | 1 : 0);
}

}  // namespace quorate
