// The Chang-Roberts election's entry: how the program finds it.
#include <algorithm>

#include "protocols/chang_roberts/costs.hpp"
#include "protocols/chang_roberts/properties.hpp"
#include "sim/run/param_rules.hpp"
#include "sim/run/simulation.hpp"

namespace quorate::chang_roberts {

namespace {

// Without an initiator, and a fault that makes somebody one, nothing ever happens.
std::optional<ParamConflict> nobody_starts(std::span<const Params> ring, const Scenario& scenario) {
  const auto starts = [](const Params& process) { return process.initiates; };
  if (std::ranges::any_of(ring, starts) || scenario.does(Verb::fire)) return std::nullopt;
  return ParamConflict{NodeId{0}, "initiates", "nobody starts an election, so none is held",
                       "let one process initiate, or fire \"initiate\" at one"};
}

}  // namespace

ProtocolEntry protocol() {
  ProtocolEntry entry = make_entry<ChangRoberts, Types<OneLeader, HighestWins, LapsEnd>>({
      .summary = "election of the highest id on a ring, one id to a message (Chang, Roberts 1979)",
      .leader_status = "leader",
      .bugs =
          {
              {"own_id_passed_on", "laps_end", "a process passes its own id on (B7)"},
              {"passive_swallows", "liveness",
               "who has not started an election swallows lower ids all the same (B8)"},
          },
      .predicates = {{"agreed", "there is one leader, and every live process names it", &agreed}},
      .emits = {"elected", "role"},
      .assumes = [](const Params&) -> FailureModel {
        using enum Assumption;
        return {.safety = {no_crashes, reliable_links, no_cuts, no_duplicates, fifo_links}};
      },
      .costs = costs,
  });
  entry.info.check_together = param_rule(&nobody_starts);
  return entry;
}

}  // namespace quorate::chang_roberts
