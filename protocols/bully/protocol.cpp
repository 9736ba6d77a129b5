// The bully algorithm's entry: how the program finds it.
#include "protocols/bully/costs.hpp"
#include "protocols/bully/properties.hpp"
#include "sim/run/simulation.hpp"

namespace quorate::bully {

namespace {

// Silence means death: for who holds an election; for who watches, too, though of two heartbeats
// the second take as long as a message may, its sender stand still, and so its receiver; and though
// the coordinator be silent because it holds an election that nobody needs.
FailureModel assumes(const Params& params) {
  using enum Assumption;
  FailureModel model{.safety = {reliable_links, no_cuts, bounded_delay, prompt_nodes, true_clocks},
                     .bounds = {{.time = "ok_timeout"}},
                     .at_will = {"watch_timeout"}};
  if (params.detection == Detection::none) {
    model.progress = {crashes_noticed};
    model.presides = "coordinator";
    return model;
  }
  model.bounds.push_back({.time = "watch_timeout", .parts = 3, .less = {"heartbeat"}});
  model.bounds.push_back(
      {.time = "watch_timeout", .parts = 1, .less = {"heartbeat", "ok_timeout"}});
  return model;
}

}  // namespace

ProtocolEntry protocol() {
  return make_entry<Bully, Types<OneCoordinator, HighestWins>, Witnesses>({
      .summary = "election of the highest live id (Garcia-Molina 1982, in the lectures' form)",
      .leader_status = "coordinator",
      .bugs =
          {
              {"no_election_guard", "cost", "every ELECTION starts one more election (B1)"},
              {"no_coordinator_timeout", "liveness",
               "an OK is trusted for ever, though its sender die (B3)"},
              {"lower_coordinator_accepted", "highest_wins",
               "a COORDINATOR is obeyed whoever sends it (B4)"},
          },
      .predicates = {{"agreed", "every live peer names the highest live one, which coordinates",
                      &agreed}},
      .emits = {"elected", "role", "suspected"},
      .assumes = &assumes,
      .costs = costs,
  });
}

}  // namespace quorate::bully
