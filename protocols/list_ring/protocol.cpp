// The ring election's entry: how the program finds it.
#include "protocols/list_ring/costs.hpp"
#include "protocols/list_ring/properties.hpp"
#include "sim/run/simulation.hpp"

namespace quorate::list_ring {

ProtocolEntry protocol() {
  return make_entry<ListRing, Types<OneCoordinator, HighestWins, LapsEnd>, Witnesses>({
      .summary = "election of the highest live id by a list that goes round a ring (lectures)",
      .leader_status = "coordinator",
      .bugs =
          {
              {"only_initiator_ends_lap", "laps_end",
               "a lap ends at its initiator only, though that be dead (B6)"},
              {"dead_winner_announced", "liveness",
               "a winner that does not answer is announced all the same (B10)"},
              {"crossing_unseen", "liveness",
               "what two laps that cross have found is announced one after the other (B11)"},
          },
      .predicates = {{"agreed", "every live peer names the highest live one, which coordinates",
                      &agreed}},
      .emits = {"elected", "role", "suspected"},
      .assumes = [](const Params&) -> FailureModel {
        using enum Assumption;
        return {.safety = {reliable_links, no_cuts, bounded_delay, prompt_nodes, true_clocks},
                .bound = "ack_timeout",
                .at_will = {"watch_timeout"}};
      },
      .costs = costs,
  });
}

}  // namespace quorate::list_ring
