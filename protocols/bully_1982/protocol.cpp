// The entry of Garcia-Molina's bully algorithm: how the program finds it.
#include "protocols/bully_1982/costs.hpp"
#include "protocols/bully_1982/properties.hpp"
#include "sim/run/simulation.hpp"

namespace quorate::bully_1982 {

ProtocolEntry protocol() {
  return make_entry<Bully1982, Types<SameCoordinator>, Witnesses>({
      .summary = "election of the highest live id, with reorganization (Garcia-Molina 1982)",
      .leader_status = "coordinator",
      .bugs =
          {
              {"halts_upwards", "same_coordinator",
               "lower peers are halted from the lowest up, not from the highest down (own)"},
              {"halt_unrecorded", "same_coordinator",
               "a NEWCOORDINATOR is obeyed whoever halted this peer last (own)"},
          },
      .predicates = {{"agreed", "every live peer is normal and names the highest live one",
                      &agreed}},
      .assumes = [](const Params&) -> FailureModel {
        using enum Assumption;
        return {.safety = {reliable_links, no_cuts, no_duplicates, bounded_delay, prompt_nodes,
                           true_clocks},
                .bounds = {{.time = "call_timeout"}},
                .at_will = {"long_silence"}};
      },
      .costs = costs,
  });
}

}  // namespace quorate::bully_1982
