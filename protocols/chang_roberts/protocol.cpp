// The Chang-Roberts election's entry: how the program finds it.
#include "protocols/chang_roberts/costs.hpp"
#include "protocols/chang_roberts/properties.hpp"
#include "sim/run/simulation.hpp"

namespace quorate::chang_roberts {

ProtocolEntry protocol() {
  return make_entry<ChangRoberts, Types<OneLeader, HighestWins, LapsEnd>>({
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
}

}  // namespace quorate::chang_roberts
