// Carries out a scenario's faults: watches for their triggers, resolves whom they concern, acts, undoes.
// A trigger met inside a step takes effect as the next event at the same instant (plus `after`), behind
// whatever that instant already holds; only crash points cut a handler short.
#pragma once

#include <memory>
#include <vector>

#include "sim/engine/control.hpp"
#include "sim/fault/fault.hpp"
#include "sim/trace/record.hpp"

namespace quorate {

class Injector {
 public:
  Injector(std::shared_ptr<const std::vector<Fault>> faults, std::uint64_t seed, Engine engine);

  // Schedules `at` and `every` faults. Call once, before the first step.
  void start(Control& control);
  // Looks at every numbered event: event and fault triggers, and who was elected last.
  void on(const Record& record, Control& control);
  // Looks at the cluster after a handler ran: state triggers. Only worth calling if wants_state().
  void after_handler(Control& control);
  bool wants_state() const { return wants_state_; }
  // A scheduled moment has come.
  void due(std::uint32_t token, Control& control);
  // A crash point fired inside a step: announces its fault; returns the fault's record.
  std::uint64_t crash_point(const CrashPoint& point, Control& control);

  // How often each fault fired, in scenario order.
  const std::vector<std::uint64_t>& fired() const { return fired_; }
  const std::vector<Fault>& faults() const { return *faults_; }
  // The last moment a fault fired or was undone; expectations "of" a fault count from its first firing.
  std::optional<Time> first_fired(std::string_view id) const;

 private:
  // (private layout is the implementer's)
  std::shared_ptr<const std::vector<Fault>> faults_;
  std::vector<std::uint64_t> fired_;
  bool wants_state_{};
};

}  // namespace quorate
