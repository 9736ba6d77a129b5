// The entry of Garcia-Molina's invitation algorithm: how the program finds it.
#include "protocols/invitation/costs.hpp"
#include "protocols/invitation/properties.hpp"
#include "sim/run/simulation.hpp"

namespace quorate::invitation {

ProtocolEntry protocol() {
  return make_entry<InvitationAlgorithm, Types<SameGroupSameCoordinator, NumberUsedOnce>,
                    Witnesses>({
      .summary = "groups that merge when they meet (Garcia-Molina 1982)",
      .leader_status = "coordinator",
      .bugs = {{"number_without_founder", "same_group_same_coordinator",
                "a group's number does not say who founded it (own)"},
               {"counter_not_durable", "number_used_once",
                "how many groups a peer has founded is lost in a crash (own)"}},
      .durability_bugs = {{"counter_not_durable", "counter"}},
      .predicates = {{"one_group", "all live peers are normal and of one group, led by one of them",
                      &one_group}},
      .assumes = [](const Params&) -> FailureModel {
        using enum Assumption;
        return {.safety = {stable_storage},
                .progress = {reliable_links, no_cuts, bounded_delay, prompt_nodes, true_clocks},
                .bounds = {{.time = "call_timeout"}, {.time = "accept_timeout", .parts = 3}}};
      },
      .costs = costs,
  });
}

}  // namespace quorate::invitation
