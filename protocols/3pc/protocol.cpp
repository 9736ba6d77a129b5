// Three-phase commit's entry: how the program finds it.
#include <algorithm>

#include "protocols/3pc/costs.hpp"
#include "protocols/3pc/properties.hpp"
#include "protocols/common/recovery.hpp"
#include "sim/run/alike.hpp"
#include "sim/run/param_rules.hpp"
#include "sim/run/simulation.hpp"

namespace quorate::p3pc {

namespace {

using Properties =
    Types<Agreement, CommitValidity, AbortValidity, Stability, CommittedOnce, CommitIsPrepared>;

std::vector<BugInfo> bugs() {
  return {
      {"init_answers_only", "agreement",
       "a participant in INIT says that it is aborted, and does not abort (C4)"},
      {"silence_is_yes", "commit_validity", "a vote that does not come counts as a yes (C6)",
       "agreement"},
      {"records_not_durable", "agreement", "a participant forgets everything in a crash (C10)",
       "commit_is_prepared"},
      {"terminator_first", "agreement",
       "who takes over commits before the others have prepared to (C11)", "commit_is_prepared"},
      {"coordinator_resumes", "agreement",
       "a coordinator that comes back goes on where it was (C14)"},
      {"missing_ack_aborts", "agreement",
       "a coordinator aborts when not all acknowledge PRECOMMIT (own)"},
      {"last_not_awaited", "agreement",
       "after a total failure a coordinator goes on before all are back (own)"},
      {"forgets_clients", "committed_once",
       "a coordinator forgets with a transaction who asked for it (own)"},
      {"stale_own_state", "agreement",
       "who takes over goes by what it was itself when it asked, not by what it is now (own)"},
  };
}

const std::vector<BugNeed> bug_needs{
    {"terminator_first", {{"termination", "elected"}}},
    {"last_not_awaited", {{"termination", "quorum", false}}},
    {"forgets_clients", {{"ack", "true"}}},
    {"stale_own_state", {{"termination", "naive", false}}},
};

// What is waited for takes a message and its answer. Before PRECOMMIT a participant that was asked
// first waits three messages: another is asked, that one's vote, PRECOMMIT. A turn is as long as
// the difference between two that were asked, and the question of the first.
std::vector<DelayBound> bounds_of_waits() {
  return {{.time = "round_timeout"},
          {.time = "ack_timeout"},
          {.time = "turn"},
          {.time = "decision_timeout", .parts = 3}};
}

// Who survives may go on without who is silent only if silence means death. A quorum need not care
// for what it decides, but to decide at all it has to hear the answers before it gives up.
FailureModel assumes(const Params& params) {
  using enum Assumption;
  FailureModel model{.bounds = bounds_of_waits()};
  if (params.termination == Termination::quorum) {
    // Up to eight participants' turns, and as many rounds of the first that is alive.
    const Duration turns = all_of({params.turn, params.round_timeout, params.round_timeout}, 8);
    model.safety = {stable_storage};
    model.progress = {majority_up, no_cuts, bounded_delay, prompt_nodes, true_clocks};
    model.recovers =
        all_of({params.vote_timeout, params.ack_timeout, params.decision_timeout, turns}, 2);
  } else {
    model.safety = {no_cuts,      reliable_links, bounded_delay,
                    prompt_nodes, true_clocks,    stable_storage};
    if (params.termination == Termination::naive) model.safety.push_back(no_crashes);
  }
  return model;
}

// How a transaction ends is one rule for all who take part in it.
constexpr const char* since = "they take part in the same transactions";
constexpr Alike<Params> alike[] = {
    {"termination", [](auto& a, auto& b) { return a.termination == b.termination; }, since},
    {"ack", [](auto& a, auto& b) { return a.ack == b.ack; }, since}};
std::optional<ParamConflict> conflict(std::span<const Params> nodes, NodeNames names) {
  return not_alike<Params>(alike, nodes, names);
}

// Who was down while others may have decided asks them all. In a quorum who is too few says so.
std::vector<Wait> waits(const CommitCluster& cluster) {
  std::vector<Wait> waits;
  for (std::uint32_t i = 0; i < cluster.size(); ++i) {
    const NodeId node{i};
    const bool by_quorum = cluster.params(node).termination == Termination::quorum;
    if (!cluster.up(node) || !waits_for_others(cluster, node)) continue;
    Wait wait{node, cluster.members(), by_quorum ? std::size_t{0} : std::size_t{1}};
    std::erase(wait.others, node);
    waits.push_back(std::move(wait));
  }
  return waits;
}

}  // namespace

ProtocolEntry protocol() {
  ProtocolEntry entry = make_entry<ThreePhaseCommit, Properties, Witnesses>({
      .summary = "all commit or none does, without blocking (Skeen 1981)",
      .epoch_word = "transaction",
      .bugs = bugs(),
      .durability_bugs = {{"records_not_durable", "records"}},
      .bug_needs = bug_needs,
      .predicates = {{"all_decided",
                      "a live participant knows of a transaction, and none is undecided (AC5)",
                      &commitment::all_decided<ThreePhaseCommit>},
                     {"some_undecided", "some live participant knows no decision", &some_undecided},
                     {"all_committed", "live participants have committed everything",
                      &commitment::all_committed<ThreePhaseCommit>},
                     {"all_aborted", "live participants have aborted everything",
                      &commitment::all_aborted<ThreePhaseCommit>}},
      .emits = {"committed", "aborted", "blocked", "logged"},
      .assumes = &assumes,
      .waits = &waits,
      .costs = costs,
  });
  entry.info.check_together = param_rule(&conflict);
  return entry;
}

}  // namespace quorate::p3pc
