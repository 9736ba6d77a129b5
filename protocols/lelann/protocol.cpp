// The LeLann election's entry: how the program finds it.
#include "protocols/lelann/costs.hpp"
#include "protocols/lelann/properties.hpp"
#include "sim/run/ring_rules.hpp"
#include "sim/run/simulation.hpp"

namespace quorate::lelann {

namespace {

FailureModel assumes(const Params&) {
  using enum Assumption;
  return {.safety = {distinct_ids, no_crashes, reliable_links, no_cuts, no_duplicates, fifo_links}};
}

void assumes_together(const Cluster<LeLann>& ring, FailureModel& model) {
  look_at_ids(ring, model, [](const Params&) { return false; });
}

}  // namespace

ProtocolEntry protocol() {
  ProtocolEntry entry = make_entry<LeLann, Types<OneLeader, HighestWins, LapsEnd>>({
      .summary = "election of the highest id on a ring, every id going all the way (Le Lann 1977)",
      .leader_status = "leader",
      .bugs = {{"own_token_passed_on", "laps_end",
                "an initiator passes its own token on like any other (B7)"}},
      .predicates = {{"agreed", "there is one leader, and every live initiator names it", &agreed},
                     {"all_know", "there is one leader, and every live process names it",
                      &all_know}},
      .emits = {"elected", "role"},
      .assumes = &assumes,
      .assumes_together = &assumes_together,
      .costs = costs,
  });
  entry.info.check_together = param_rule(&nobody_starts<Params>);
  return entry;
}

}  // namespace quorate::lelann
