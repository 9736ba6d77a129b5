// Failure detectors' entry: how the program finds them.
#include "protocols/failure_detector/costs.hpp"
#include "protocols/failure_detector/properties.hpp"
#include "sim/run/alike.hpp"
#include "sim/run/param_rules.hpp"
#include "sim/run/simulation.hpp"

namespace quorate::failure_detector {

namespace {

using Properties = Types<StrongAccuracy, LeaderIsTrusted, Patience>;

// "For a synchronous system a suspected crash is equivalent to a known crash", where a fixed
// timeout lasts: two heartbeats are an interval apart, and what the second takes longer and what
// its sender stands still; a probe and its answer each take as long as a message may, and each end
// may stand still.
FailureModel assumes(const Params& params) {
  using enum Assumption;
  if (params.timeouts == Timeouts::fixed) {
    FailureModel model{
        .safety = {reliable_links, no_cuts, bounded_delay, prompt_nodes, true_clocks},
        .bounds = {{.time = "timeout", .parts = 4}}};
    if (params.method == Method::heartbeat) {
      model.bounds = {{.time = "timeout", .parts = 3, .less = {"interval"}}};
    }
    return model;
  }
  // Nobody knows the longest delay, but there is one, and four mistakes teach it.
  return {.progress = {reliable_links, no_cuts, bounded_delay, prompt_nodes, true_clocks},
          .bounds = {{.time = "timeout",
                      .parts = params.method == Method::probe ? 2 : 1,
                      .more = "increase",
                      .times = 4}},
          .recovers = 20 * params.timeout};
}

NodeId process(std::size_t i) { return NodeId{static_cast<std::uint32_t>(i)}; }

// Whose heartbeats come no sooner than a timeout that never grows is suspected again and again.
// (What grows learns; and a probe's timeout begins with the probe.)
std::optional<ParamConflict> never_in_time(std::span<const Params> processes, NodeNames names) {
  for (std::size_t i = 0; i < processes.size(); ++i) {
    const Params& own = processes[i];
    if (own.method == Method::probe || own.timeouts == Timeouts::adaptive) continue;
    for (std::size_t other = 0; other < processes.size(); ++other) {
      const Params& sender = processes[other];
      if (other == i || sender.method == Method::probe || sender.interval < own.timeout) continue;
      const bool named = own.timeout != Params{}.timeout;
      return ParamConflict{process(named ? i : other), named ? "timeout" : "interval",
                           names[other] + " says every " + to_text(sender.interval) +
                               " that it lives, and " + names[i] + " waits for no longer than " +
                               to_text(own.timeout),
                           "make \"timeout\" longer than \"interval\", by more than delays differ"};
    }
  }
  return std::nullopt;
}

// Who probes sends no heartbeats to those that wait for them.
constexpr Alike<Params> alike[] = {
    {"method", [](auto& a, auto& b) { return a.method == b.method; }, "they watch each other"}};
std::optional<ParamConflict> conflict(std::span<const Params> processes, NodeNames names) {
  if (auto found = not_alike<Params>(alike, processes, names)) return found;
  return never_in_time(processes, names);
}

}  // namespace

ProtocolEntry protocol() {
  ProtocolEntry entry = make_entry<FailureDetector, Properties, Witnesses>({
      .summary = "failure detectors by heartbeat or probe: P, eventually P, Omega (Chandra 1996)",
      .predicates = {{"complete",
                      "some process has crashed, and every live one suspects every such",
                      &complete},
                     {"accurate", "no live process suspects another live one", &accurate},
                     {"one_leader", "all live processes take the same live one for the leader",
                      &one_leader}},
      .emits = {"suspected", "trusted"},
      .assumes = &assumes,
      .costs = costs,
  });
  entry.info.check_together = param_rule(&conflict);
  return entry;
}

}  // namespace quorate::failure_detector
