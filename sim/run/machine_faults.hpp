// Which nodes' clocks run wrong and whose disks lie, as the records of faults tell.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/scenario/scenario.hpp"
#include "sim/trace/record.hpp"

namespace quorate {

// A copyable value.
class MachineFaults {
 public:
  // How far a clock may be off, in parts per billion, by its rate or its timers: a twentieth is
  // what waits that a protocol's progress rests on have room for.
  static constexpr std::int64_t slightly = 50'000'000;

  MachineFaults() = default;
  explicit MachineFaults(std::shared_ptr<const Scenario> scenario)
      : scenario_(std::move(scenario)) {}

  // A record of a fault that changed clocks or disks.
  void fired(const Fault& fault, const Record& record);
  // Of whichever fault, that it is over.
  void healed(const Record& record);

  // How far a node's clock is off now; 0: not at all.
  std::int64_t off(NodeId node) const;
  bool lies(NodeId node) const;

 private:
  struct Effect {
    const Fault* fault;  // of the scenario
    std::vector<NodeId> nodes;
  };
  template <class F>
  const Action* latest(NodeId node, F&& concerns) const;

  std::shared_ptr<const Scenario> scenario_;
  std::vector<Effect> in_force_;  // the latest last
};

}  // namespace quorate
