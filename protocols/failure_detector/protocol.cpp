// Failure detectors' entry: how the program finds them.
#include "protocols/failure_detector/costs.hpp"
#include "protocols/failure_detector/properties.hpp"
#include "sim/run/simulation.hpp"

namespace quorate::failure_detector {

namespace {

using Properties = Types<StrongAccuracy, LeaderIsTrusted, Patience>;

// "For a synchronous system a suspected crash is equivalent to a known crash." A fixed timeout must
// last for an interval and for what delays differ by, or for a probe and its answer. A quarter of
// it for a message is enough where the interval takes no more than the other three.
FailureModel assumes(const Params& params) {
  using enum Assumption;
  if (params.timeouts == Timeouts::fixed) {
    return {.safety = {reliable_links, no_cuts, bounded_delay, prompt_nodes, true_clocks},
            .bound = "timeout",
            .parts = 4};
  }
  return {.progress = {no_cuts}, .recovers = 20 * params.timeout};
}

}  // namespace

ProtocolEntry protocol() {
  return make_entry<FailureDetector, Properties, Witnesses>({
      .summary = "failure detectors by heartbeat or probe: P, eventually P, Omega (Chandra 1996)",
      .predicates = {{"complete", "every live process suspects every crashed one", &complete},
                     {"accurate", "no live process suspects another live one", &accurate},
                     {"one_leader", "all live processes take the same live one for the leader",
                      &one_leader}},
      .emits = {"suspected", "trusted"},
      .assumes = &assumes,
      .costs = costs,
  });
}

}  // namespace quorate::failure_detector
