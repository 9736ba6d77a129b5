// The ring election's entry: how the program finds it.
#include "protocols/list_ring/costs.hpp"
#include "protocols/list_ring/properties.hpp"
#include "sim/run/simulation.hpp"

namespace quorate::list_ring {

namespace {

// Silence means death: of a successor; of a lap, which half of `lap_timeout` is for, while the
// other half is for the dead that it passes; and of a coordinator, though of two heartbeats the
// second take as long as a message may, its sender stand still, and so its receiver.
FailureModel assumes(const Params& params) {
  using enum Assumption;
  FailureModel model{
      .safety = {reliable_links, no_cuts, bounded_delay, prompt_nodes, true_clocks},
      .bounds = {{.time = "ack_timeout"}, {.time = "lap_timeout", .parts = 2, .each_member = true}},
      .at_will = {"watch_timeout"}};
  if (params.detection == Detection::none) {
    model.progress = {crashes_noticed};
    model.presides = "coordinator";
    return model;
  }
  model.bounds.push_back({.time = "watch_timeout", .parts = 3, .less = {"heartbeat"}});
  return model;
}

}  // namespace

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
      .assumes = &assumes,
      .costs = costs,
  });
}

}  // namespace quorate::list_ring
