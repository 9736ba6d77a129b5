// The derivation's entry: how the program finds it.
#include "protocols/accept_learn/costs.hpp"
#include "protocols/accept_learn/properties.hpp"
#include "sim/run/alike.hpp"
#include "sim/run/simulation.hpp"

namespace quorate::accept_learn {

namespace {

using Properties =
    Types<SameOrder, ExecutedWasAsked, ExecutedIsLearned, OneOperationPerTurn, AnsweredIsExecuted>;

// What each step of the derivation takes for granted. Who is not suspected is heard in time: of two
// beats the second may take as long as a message may, and so may the answer to what is asked.
FailureModel assumes(const Params& params) {
  using enum Assumption;
  const std::vector<DelayBound> suspicion{{.time = "suspect_after"}};
  if (params.execute == Execute::at_once) {
    return {.safety = {no_crashes, reliable_links, no_cuts, bounded_delay, prompt_nodes,
                       true_clocks, stable_storage},
            .bounds = suspicion};
  }
  const bool tells = params.takeover != Takeover::silent;
  if (params.execute != Execute::majority || !tells) {
    return {.safety = {no_crashes, reliable_links, no_cuts, bounded_delay, prompt_nodes,
                       true_clocks, stable_storage},
            .bounds = suspicion};
  }
  if (params.takeover == Takeover::flush && !params.leader_id) {
    // Who comes back leads at once, and its predecessor does not know it yet.
    return {.safety = {stable_storage, crash_stop, reliable_links, no_cuts, bounded_delay,
                       prompt_nodes, true_clocks},
            .bounds = suspicion};
  }
  FailureModel model{.safety = {stable_storage}, .progress = {majority_up, no_cuts, true_clocks}};
  // Three suspicions one after another, and beats in which what was lost is sent again.
  if (params.takeover == Takeover::flush) {
    model.progress.insert(model.progress.end(), {bounded_delay, few_losses});
    model.bounds = {{.time = "suspect_after", .parts = 2, .less = {"heartbeat"}}};
    model.recovers = 3 * params.suspect_after + 10 * params.heartbeat;
  } else {
    model.progress.insert(model.progress.end(), {reliable_links, bounded_delay, prompt_nodes});
    model.bounds = suspicion;
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

// Whose turn it is leads from the start; who takes over has asked the others, and nobody has.
std::optional<ParamConflict> impossible_start(const Scenario& scenario) {
  const std::vector<std::string> names = scenario.names();
  for (const auto& [node, value] : scenario.initial) {
    const Server server = state_set_by<Server>(value, names);
    if (server.role != RoleName::backup) {
      return ParamConflict{node, "initial",
                           "of " + names[node.value] + ": \"role\" is \"" +
                               std::string(enum_name(server.role)) +
                               "\", and servers begin as backups, of which that leads whose "
                               "\"turn\" it is",
                           ""};
    }
    if (server.executed <= server.log.size()) continue;
    return ParamConflict{node, "initial",
                         "of " + names[node.value] + ": \"executed\" is " +
                             std::to_string(server.executed) + ", and its log has " +
                             std::to_string(server.log.size()) + " entries",
                         ""};
  }
  return std::nullopt;
}

std::optional<ParamConflict> conflict(std::span<const Params> servers, const Scenario& scenario) {
  if (auto found = not_alike<Params>(alike, servers, scenario.names())) return found;
  return impossible_start(scenario);
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
      .predicates =
          {{"nothing_outstanding",
            "all live servers have executed all that they hold or were asked for, and something",
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
