// Multi-Paxos' entry: how the program finds it.
#include "protocols/common/operations.hpp"
#include "protocols/common/recovery.hpp"
#include "protocols/multi_paxos/costs.hpp"
#include "protocols/multi_paxos/properties.hpp"
#include "sim/run/alike.hpp"
#include "sim/run/quorum_rule.hpp"
#include "sim/run/simulation.hpp"

namespace quorate::multi_paxos {

namespace {

using Properties =
    Types<Agreement, LearnedIsChosen, Validity, OneValuePerBallot, PromiseKept, ChosenStable,
          LogsAgree, LogOnlyGrows, AnsweredIsApplied, ExactlyOnce, AnsweredAsExecuted>;

std::vector<BugInfo> bugs() {
  return {
      {"accepts_below_promise", "promise_kept",
       "an acceptor accepts without looking at its promise (P1)"},
      {"promise_hides_accepted", "chosen_stable",
       "an acceptor's promise does not say what it has accepted (P3)"},
      {"reports_last_slot", "chosen_stable",
       "an acceptor's promise reports only the last slot it has accepted (as P3)"},
      {"accepted_ignored", "chosen_stable",
       "a new leader does not look at what acceptors report (P4)"},
      {"first_reported_value", "chosen_stable",
       "a new leader takes the first value reported, not that of the highest number (P5)"},
      {"promised_not_durable", "promise_kept", "a promise is lost in a crash (P6)"},
      {"accepted_not_durable", "chosen_stable", "what was accepted is lost in a crash (P7)"},
      {"amnesia", "log_only_grows", "a server forgets everything in a crash (P8)"},
      {"any_promise_counts", "chosen_stable",
       "promises of earlier ballots count for this one (P9)"},
      {"old_acceptances_count", "learned_is_chosen",
       "acceptances of earlier ballots count for this one (P10)"},
      {"quorum_too_small", "learned_is_chosen", "n/2 servers count as a majority (P11)"},
      {"promises_counted_twice", "chosen_stable", "a duplicated promise counts twice (P12)"},
      {"skips_prepare", "chosen_stable", "a new leader proposes without asking first (P15)"},
      {"gaps_left", "liveness", "a new leader leaves gaps open (P19)"},
      {"answers_over_gaps", "answered_is_applied",
       "a leader answers when a slot is chosen, though one before it is not (P19)"},
      {"old_votes_trusted", "learned_is_chosen",
       "who hears that a slot is chosen takes what it accepted there in any ballot (as P10)"},
      {"repeats_executed", "exactly_once",
       "only a leader that is asked again looks whether a command is executed (own)"},
      {"ack_before_sync", "learned_is_chosen", "answers leave before the write is durable (as P7)"},
  };
}

// Whatever is chosen is executed by all, and clients talk to whoever leads.
std::optional<ParamConflict> executed_differently(std::span<const Params> servers,
                                                  NodeNames names) {
  constexpr Alike<Params> all[] = {
      {"sessions", [](auto& a, auto& b) { return a.sessions == b.sessions; }},
      {"state_machine", [](auto& a, auto& b) { return a.state_machine == b.state_machine; }}};
  return not_alike<Params>(all, servers, names);
}

std::optional<ParamConflict> conflict(std::span<const Params> servers, const Scenario& scenario) {
  const std::vector<NodeId> members = scenario.initial_members();
  if (auto found = executed_differently(servers, scenario.names())) return found;
  const auto understood = [kind = servers.front().state_machine](const Operation& operation) {
    return understands(kind, operation);
  };
  if (auto found = not_understood(scenario, "state_machine", understood)) return found;
  return QuorumRule<Params>(servers, {members, members}, members.size()).broken();
}

const std::vector<BugNeed> bug_needs{
    {"quorum_too_small", {{"prepare_quorum", "0"}, {"accept_quorum", "0"}}},
    {"repeats_executed", {{"sessions", "true"}}},
};

}  // namespace

ProtocolEntry protocol() {
  ProtocolEntry entry = make_entry<MultiPaxos, Properties, Witnesses>({
      .summary = "replicated log by Paxos in every slot, with a stable leader (Lamport 2001, 3)",
      .leader_status = "leader",
      .epoch_word = "round",
      .bugs = bugs(),
      .durability_bugs = {{"promised_not_durable", "promised"},
                          {"accepted_not_durable", "accepted"},
                          {"amnesia", "promised"},
                          {"amnesia", "accepted"},
                          {"amnesia", "log"},
                          {"ack_before_sync", ""}},
      .bug_needs = bug_needs,
      .predicates = {{"logs_equal", "all live servers hold the same log, and something in it",
                      &logs_equal},
                     {"one_leader", "exactly one live server leads", &one_leader}},
      .emits = {"elected", "role", "epoch", "proposed", "chosen", "applied"},
      .majorities = true,
      // Without sessions a command that is asked twice may be executed twice, and then what clients
      // see comes from no such object.
      .object = [](const Params& params) -> std::string_view {
        return params.sessions ? object_of(params.state_machine) : "";
      },
      .operations = [](const Params& params) { return operations_of(params.state_machine); },
      .assumes = [](const Params& params) -> FailureModel {
        using enum Assumption;
        // Who stands first has its promises before another does, in one of six elections at least,
        // and a heartbeat and an answer to it come within the shortest timeout.
        return {.safety = {stable_storage},
                .progress = {majority_up, no_cuts, few_losses, bounded_delay, true_clocks},
                .bounds = {{.time = "election_timeout", .parts = 4, .part = PartOfWait::spread},
                           {.time = "election_timeout",
                            .less = {"heartbeat"},
                            .part = PartOfWait::shortest}},
                .quorums = quorums_of(params),
                .recovers = six_elections(params.election_timeout, params.heartbeat)};
      },
      .costs = costs,
  });
  entry.info.check_together = param_rule(&conflict);
  return entry;
}

}  // namespace quorate::multi_paxos
