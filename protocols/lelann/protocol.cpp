// The LeLann election's entry: how the program finds it.
#include <algorithm>

#include "protocols/lelann/costs.hpp"
#include "protocols/lelann/properties.hpp"
#include "sim/run/param_rules.hpp"
#include "sim/run/simulation.hpp"

namespace quorate::lelann {

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
  ProtocolEntry entry = make_entry<LeLann, Types<OneLeader, HighestWins, LapsEnd>>({
      .summary = "election of the highest id on a ring, every id going all the way (Le Lann 1977)",
      .leader_status = "leader",
      .bugs = {{"own_token_passed_on", "laps_end",
                "an initiator passes its own token on like any other (B7)"}},
      .predicates = {{"agreed", "there is one leader, and every live initiator names it", &agreed},
                     {"all_know", "there is one leader, and every live process names it",
                      &all_know}},
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

}  // namespace quorate::lelann
