#include "sim/run/wall_clock.hpp"

#include <chrono>

namespace quorate {
namespace {

constexpr int steps_between_looks = 4096;  // about a millisecond

using Clock = std::chrono::steady_clock;

// False at the end of the run.
bool some_steps(Run& run) {
  for (int i = 0; i < steps_between_looks; ++i) {
    if (!run.step()) return false;
  }
  return true;
}

}  // namespace

bool run_within(Run& run, Duration budget, const std::function<bool()>& go_on) {
  const Clock::time_point started = Clock::now();
  while (some_steps(run)) {
    if (go_on && !go_on()) return false;
    if (budget == Duration{} || Clock::now() - started < budget) continue;
    run.give_up("the wall-clock budget of " + to_text(budget) + " was used up");
  }
  return true;
}

}  // namespace quorate
