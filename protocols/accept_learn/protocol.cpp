// The derivation's entry: how the program finds it.
#include "protocols/accept_learn/costs.hpp"
#include "protocols/accept_learn/properties.hpp"
#include "sim/run/alike.hpp"
#include "sim/run/simulation.hpp"

namespace quorate::accept_learn {

namespace {

using Properties =
    Types<SameOrder, ExecutedWasAsked, ExecutedIsLearned, OneOperationPerTurn, AnsweredIsExecuted>;

// What each step of the derivation takes for granted.
FailureModel assumes(const Params& params) {
  using enum Assumption;
  if (params.execute == Execute::at_once) {
    return {.safety = {no_crashes, reliable_links, no_cuts, bounded_delay, prompt_nodes},
            .bound = "suspect_after"};
  }
  const bool tells = params.takeover != Takeover::silent;
  if (params.execute != Execute::majority || !tells) {
    return {.safety = {no_crashes, no_cuts, bounded_delay, prompt_nodes, true_clocks},
            .bound = "suspect_after"};
  }
  if (params.takeover == Takeover::flush && !params.leader_id) {
    return {.safety = {stable_storage, no_cuts, bounded_delay, prompt_nodes, true_clocks},
            .bound = "suspect_after"};
  }
  FailureModel model{.safety = {stable_storage}, .progress = {majority_up, no_cuts}};
  // Three suspicions one after another, and beats in which what was lost is sent again.
  if (params.takeover == Takeover::flush) {
    model.recovers = 3 * params.suspect_after + 10 * params.heartbeat;
  } else {
    model.progress.insert(model.progress.end(), {reliable_links, bounded_delay, prompt_nodes});
    model.bound = "suspect_after";
  }
  return model;
}

// A step of the derivation is one for all: who says no ID is obeyed by nobody that looks for one,
// and who tells what it knows is not asked by one that goes on without.
constexpr const char* since = "all servers follow one step of the derivation";
constexpr Alike<Params> alike[] = {
    {"execute", [](auto& a, auto& b) { return a.execute == b.execute; }, since},
    {"takeover", [](auto& a, auto& b) { return a.takeover == b.takeover; }, since},
    {"leader_id", [](auto& a, auto& b) { return a.leader_id == b.leader_id; }, since}};
std::optional<ParamConflict> conflict(std::span<const Params> servers, NodeNames names) {
  return not_alike<Params>(alike, servers, names);
}

}  // namespace

ProtocolEntry protocol() {
  ProtocolEntry entry = make_entry<AcceptLearn, Properties, Witnesses>({
      .summary = "Paxos derived from two and three servers, right and wrong steps (lectures)",
      .leader_status = "leader",
      .epoch_word = "turn",
      .bugs = {{"answers_ignored", "same_order",
                "who takes over does not look at what the others hold (as P4)"},
               {"answers_early", "answered_is_executed",
                "a server answers when it is asked (as R46)"},
               {"amnesia", "same_order", "a server forgets everything in a crash (as P8)"}},
      .durability_bugs = {{"amnesia", "turn"}, {"amnesia", "log"}, {"amnesia", "executed"}},
      .bug_needs = {{"answers_ignored", {{"takeover", "flush"}}}},
      .predicates = {{"nothing_outstanding",
                      "all live servers have executed all that they hold or were asked for",
                      &nothing_outstanding},
                     {"one_leader", "exactly one live server leads", &one_leader}},
      .emits = {"elected", "role", "epoch", "proposed", "applied", "suspected", "trusted"},
      .majorities = true,
      .assumes = &assumes,
      .costs = costs,
  });
  entry.info.check_together = param_rule(&conflict);
  return entry;
}

}  // namespace quorate::accept_learn
