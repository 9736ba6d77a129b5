// Two-phase commit's entry: how the program finds it.
#include "protocols/2pc/costs.hpp"
#include "protocols/2pc/properties.hpp"
#include "protocols/common/recovery.hpp"
#include "sim/run/alike.hpp"
#include "sim/run/param_rules.hpp"
#include "sim/run/simulation.hpp"

namespace quorate::p2pc {

namespace {

using Properties =
    Types<Agreement, CommitValidity, AbortValidity, Stability, CommittedOnce, NoUnilateralAfterYes>;

std::vector<BugInfo> bugs() {
  return {
      {"decision_sent_unlogged", "agreement",
       "a coordinator sends its decision and writes it down afterwards (C1)"},
      {"ready_aborts", "agreement",
       "a participant that has voted to commit aborts when it hears nothing (C2)",
       "no_unilateral_after_yes"},
      {"sent_before_synced", "agreement",
       "votes and decisions are sent before they are on disk (C3)", "commit_validity"},
      {"init_answers_only", "agreement",
       "a participant in INIT says that it is aborted, and does not abort (C4)"},
      {"majority_commits", "commit_validity", "a majority of votes to commit is enough (C5)",
       "agreement"},
      {"silence_is_yes", "commit_validity", "a vote that does not come counts as a yes (C6)",
       "agreement"},
      {"votes_counted_twice", "commit_validity", "a duplicated vote counts twice (C7)",
       "agreement"},
      {"reader_answers", "agreement",
       "a participant that has only read, and forgotten, says that it has aborted (as C4)"},
      {"forgets_clients", "committed_once",
       "a coordinator forgets with a transaction who asked for it (own)"},
      {"forgets_early", "stability",
       "a coordinator forgets a decision when one has acknowledged it (own)"},
      {"question_aborts", "no_unilateral_after_yes",
       "a participant that has voted to commit aborts when another asks it (as C2)"},
      {"records_not_durable", "agreement", "a participant forgets everything in a crash (C10)",
       "no_unilateral_after_yes"},
      {"log_not_durable", "agreement", "a coordinator forgets everything in a crash (as C10)",
       "stability"},
  };
}

// A coordinator counts votes, or sends decisions, only where it decides; participants are asked
// only by participants, or by a coordinator that does not.
const std::vector<BugNeed> bug_needs{
    {"decision_sent_unlogged", {{"form", "central"}, {"form", "tree"}, {"form", "one_phase"}}},
    {"ready_aborts", {{"form", "one_phase", false}}},
    {"init_answers_only",
     {{"termination", "cooperative"},
      {"form", "linear"},
      {"form", "decentralised"},
      {"form", "tree"}}},
    {"init_answers_only", {{"form", "one_phase", false}}},
    {"majority_commits", {{"form", "central"}, {"form", "tree"}}},
    {"silence_is_yes", {{"form", "central"}, {"form", "tree"}}},
    {"votes_counted_twice", {{"form", "central"}, {"form", "tree"}}},
    {"reader_answers", {{"vote", "read"}}},
    {"reader_answers", {{"form", "central"}}},
    {"reader_answers", {{"termination", "cooperative"}}},
    {"forgets_clients", {{"ack", "true"}, {"presume", "nothing", false}}},
    {"forgets_clients", {{"form", "central"}, {"form", "tree"}, {"form", "one_phase"}}},
    {"forgets_early", {{"ack", "true"}}},
    {"forgets_early", {{"form", "central"}, {"form", "tree"}, {"form", "one_phase"}}},
    {"question_aborts",
     {{"termination", "cooperative"},
      {"form", "linear"},
      {"form", "decentralised"},
      {"form", "tree"}}},
    {"question_aborts", {{"form", "one_phase", false}}},
};

// When all are back, whoever waits asks, or decides, at its next timeout; what was still on its way
// then has arrived at the one after. But with one phase nobody asks, so what is lost unacknowledged
// is never made up for; and how many levels of a tree have to ask, no parameter says.
FailureModel assumes(const Params& params) {
  using enum Assumption;
  // Who is slow is not given up, only waited for; but a question and its answer come before it is
  // asked again, or nobody gets round to answering.
  FailureModel model{.safety = {stable_storage},
                     .progress = {no_crashes, no_cuts, reliable_links, bounded_delay, prompt_nodes},
                     .bounds = {{.time = "decision_timeout"}}};
  if (params.form == Form::one_phase) model.safety.push_back(all_able);
  const bool lost_for_good = params.form == Form::one_phase && !params.ack;
  if (!lost_for_good && params.form != Form::tree) {
    model.recovers = all_of(
        {params.vote_timeout, params.init_timeout, params.decision_timeout, params.ack_timeout}, 2);
  }
  return model;
}

// Whoever might vote no, if it were asked, may be unable to do as it is told.
void assumes_together(const CommitCluster& cluster, FailureModel& model) {
  for (const NodeId node : cluster.members()) {
    const Opinion vote = cluster.params(node).vote;
    const bool unable =
        cluster.plays<Participant>(node) && (vote == Opinion::no || vote == Opinion::either);
    if (!unable || cluster.params(node).form != Form::one_phase) continue;
    model.never_held = {Assumption::all_able};
  }
}

// Who talks to whom, and who answers what, is one rule for all who take part in a transaction.
constexpr const char* since = "they take part in the same transactions";
constexpr Alike<Params> alike[] = {
    {"form", [](auto& a, auto& b) { return a.form == b.form; }, since},
    {"fan_out", [](auto& a, auto& b) { return a.fan_out == b.fan_out; }, since},
    {"ack", [](auto& a, auto& b) { return a.ack == b.ack; }, since},
    {"presume", [](auto& a, auto& b) { return a.presume == b.presume; }, since}};
std::optional<ParamConflict> conflict(std::span<const Params> nodes, NodeNames names) {
  return not_alike<Params>(alike, nodes, names);
}

// "Remain blocked": who has voted to commit waits for whoever it asks.
std::vector<Wait> waits(const CommitCluster& cluster) {
  std::vector<Wait> waits;
  for (const NodeId node : cluster.members()) {
    if (!cluster.up(node) || !cluster.plays<Participant>(node)) continue;
    for (const auto& [txn, record] : cluster.role<Participant>(node).records) {
      if (record != LogRecord::vote_commit) continue;
      const auto& questions = cluster.role<Participant>(node).questions;
      const auto times = questions.find(txn);
      const bool in_vain = times != questions.end() && times->second > 1;
      waits.push_back({node, asked_for(txn, node, cluster), 1, txn, in_vain});
    }
  }
  return waits;
}

}  // namespace

ProtocolEntry protocol() {
  ProtocolEntry entry = make_entry<TwoPhaseCommit, Properties, Witnesses>({
      .summary = "all commit or none does; one asks, all vote (Gray 1978, the lectures' form)",
      .epoch_word = "transaction",
      .bugs = bugs(),
      .durability_bugs = {{"records_not_durable", "records"},
                          {"log_not_durable", "log"},
                          {"sent_before_synced", ""}},
      .bug_needs = bug_needs,
      .predicates = {{"all_decided",
                      "a live participant knows of a transaction, and none is undecided (AC5)",
                      &commitment::all_decided<TwoPhaseCommit>},
                     {"some_ready", "some live participant has voted and knows no decision",
                      &some_ready},
                     {"all_committed", "live participants have committed everything",
                      &commitment::all_committed<TwoPhaseCommit>},
                     {"all_aborted", "live participants have aborted everything",
                      &commitment::all_aborted<TwoPhaseCommit>}},
      .emits = {"committed", "aborted", "blocked", "logged"},
      .assumes = &assumes,
      .assumes_together = &assumes_together,
      .waits = &waits,
      .costs = costs,
  });
  entry.info.check_together = param_rule(&conflict);
  return entry;
}

}  // namespace quorate::p2pc
