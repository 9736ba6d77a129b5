// The ring election's entry: how the program finds it.
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
          },
      .predicates = {{"agreed", "every live peer names the highest live one, which coordinates",
                      &agreed}},
      .emits = {"elected", "role", "suspected"},
  });
}

}  // namespace quorate::list_ring
