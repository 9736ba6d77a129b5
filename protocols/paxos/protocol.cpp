// Paxos' entry: how the program finds it.
#include "protocols/common/recovery.hpp"
#include "protocols/paxos/costs.hpp"
#include "protocols/paxos/properties.hpp"
#include "sim/run/quorum_rule.hpp"
#include "sim/run/simulation.hpp"

namespace quorate::paxos {

namespace {

using Properties = Types<Agreement, LearnedIsChosen, Validity, OneValuePerBallot, PromiseKept,
                         VoteMonotone, ChosenStable, SafeProposal>;

std::vector<BugInfo> bugs() {
  return {
      {"accepts_below_promise", "promise_kept",
       "an acceptor accepts without looking at its promise (P1)"},
      {"accepts_only_higher", "liveness",
       "an acceptor accepts only what is numbered higher than its promise (P2)"},
      {"promise_hides_accepted", "safe_proposal",
       "an acceptor's promise does not say what it has accepted (P3)"},
      {"accepted_ignored", "safe_proposal",
       "a proposer does not look at what acceptors report (P4)"},
      {"first_reported_value", "safe_proposal",
       "a proposer takes the first value reported, not that of the highest number (P5)"},
      {"promised_not_durable", "promise_kept", "a promise is lost in a crash (P6)", "agreement"},
      {"accepted_not_durable", "vote_monotone", "what was accepted is lost in a crash (P7)"},
      {"amnesia", "vote_monotone", "an acceptor forgets everything in a crash (P8)"},
      {"any_promise_counts", "safe_proposal", "promises of earlier rounds count for this one (P9)"},
      {"adds_across_ballots", "learned_is_chosen",
       "a learner adds up acceptances of different proposals (P10)"},
      {"quorum_too_small", "learned_is_chosen", "n/2 acceptors count as a majority (P11)"},
      {"promises_counted_twice", "safe_proposal", "a duplicated promise counts twice (P12)"},
      {"accept_is_no_promise", "vote_monotone",
       "an acceptor may write an older proposal over a newer one it accepted (P13)"},
      {"round_not_durable", "one_value_per_ballot",
       "a proposer begins with round 1 again after a crash (P14)"},
      {"retry_skips_prepare", "safe_proposal",
       "a proposer that was overtaken tries a higher number at once (P15)", "chosen_stable"},
      {"accepts_only_equal", "cost", "an acceptor accepts only what it has promised (P16)"},
      {"shared_ballots", "nothing", "all proposers use the same numbers (P17): no harm is done"},
      {"one_ballot_field", "safe_proposal",
       "an acceptor keeps one number for its promise and for what it accepted (P18)"},
  };
}

const std::vector<BugNeed> bug_needs{
    {"quorum_too_small", {{"prepare_quorum", "0"}, {"accept_quorum", "0"}}},
    {"adds_across_ballots", {{"learning", "acceptors"}, {"learning", "distinguished"}}},
};

template <class R>
std::vector<NodeId> players(const Scenario& scenario) {
  constexpr std::size_t role = position_of<R, Paxos::Roles>;
  std::vector<NodeId> result = scenario.initial_members();
  std::erase_if(result,
                [&](NodeId node) { return (scenario.nodes[node.value].plays >> role & 1) == 0; });
  return result;
}

// Learners count what acceptors tell them, if any does.
std::optional<ParamConflict> conflict(std::span<const Params> nodes, const Scenario& scenario) {
  const std::vector<NodeId> acceptors = players<Acceptor>(scenario);
  QuorumTakers takers{players<Proposer>(scenario), players<Proposer>(scenario)};
  const bool tell = std::ranges::any_of(
      acceptors, [&](NodeId node) { return nodes[node.value].learning != Learning::proposer; });
  if (tell) {
    const std::vector<NodeId> learners = players<Learner>(scenario);
    takers.acceptances.insert(takers.acceptances.end(), learners.begin(), learners.end());
  }
  return QuorumRule<Params>(nodes, std::move(takers), acceptors.size()).broken();
}

}  // namespace

ProtocolEntry protocol() {
  ProtocolEntry entry = make_entry<Paxos, Properties, Witnesses>({
      .summary = "one value chosen by majorities (Lamport 2001, \"Paxos Made Simple\")",
      .epoch_word = "round",
      .bugs = bugs(),
      .durability_bugs = {{"promised_not_durable", "promised"},
                          {"accepted_not_durable", "accepted"},
                          {"round_not_durable", "n"},
                          {"amnesia", "promised"},
                          {"amnesia", "accepted"}},
      .bug_needs = bug_needs,
      .predicates = {{"all_learned", "every live learner knows the chosen value", &all_learned},
                     {"nothing_learned",
                      "somebody has proposed, and nobody takes any value for chosen",
                      &nothing_learned}},
      .emits = {"proposed", "chosen"},
      .majorities = true,
      .object = [](const Params&) { return std::string_view("consensus"); },
      .assumes = [](const Params& params) -> FailureModel {
        using enum Assumption;
        // A question and its answer come within a round. What is chosen learners are told once, and
        // forget in a crash; who alone is told first must be there to tell. Proposers that wait
        // for some part of a round or more, by chance, need not be alone. Within which time it
        // recovers nothing says: those that duel may go on for any time.
        const Duration varies = longest_of(params.back_off) - least_of(params.back_off);
        const bool duels = varies < params.round_timeout;
        FailureModel model{.safety = {stable_storage},
                           .progress = {majority_up, no_cuts, reliable_links, bounded_delay,
                                        prompt_nodes, crash_stop, true_clocks, proposer_up},
                           .bounds = {{.time = "round_timeout"}},
                           .quorums = quorums_of(params),
                           .begins = "Preparing"};
        if (duels) model.progress.push_back(one_proposer);
        if (params.learning == Learning::distinguished) model.progress.push_back(teller_up);
        return model;
      },
      .assumes_together =
          [](const Cluster<Paxos>& cluster, FailureModel& model) {
            for (const NodeId node : cluster.members()) {
              if (!model.teller && cluster.plays<Learner>(node)) model.teller = node;
            }
          },
      .costs = costs,
  });
  entry.info.check_together = param_rule(&conflict);
  return entry;
}

}  // namespace quorate::paxos
