// The Chang-Roberts election's entry: how the program finds it.
#include "protocols/chang_roberts/costs.hpp"
#include "protocols/chang_roberts/properties.hpp"
#include "sim/run/ring_rules.hpp"
#include "sim/run/simulation.hpp"

namespace quorate::chang_roberts {

namespace {

FailureModel assumes(const Params&) {
  using enum Assumption;
  return {.safety = {distinct_ids, no_crashes, reliable_links, no_cuts, no_duplicates, fifo_links}};
}

void assumes_together(const Cluster<ChangRoberts>& ring, FailureModel& model) {
  look_at_ids(ring, model, [](const Params& params) { return params.ids == Ids::drawn; });
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
      .assumes = &assumes,
      .assumes_together = &assumes_together,
      .costs = costs,
  });
  entry.info.check_together = param_rule(&nobody_starts<Params>);
  return entry;
}

}  // namespace quorate::chang_roberts
