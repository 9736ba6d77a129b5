// Raft's entry: how the program finds it.
#include "protocols/raft/properties.hpp"
#include "sim/run/simulation.hpp"

namespace quorate::raft {

namespace {

using Properties = Types<ElectionSafety, VoteOnce, LeaderAppendOnly, LogMatching,
                         LeaderCompleteness, StateMachineSafety, TermMonotone, CommitMonotone,
                         CommittedNeverTruncated, AnsweredIsApplied, ExactlyOnce>;

bool logs_equal(const RaftCluster& cluster) {
  const EntryLog* first = nullptr;
  for (const NodeId node : cluster.members()) {
    if (!cluster.up(node)) continue;
    const EntryLog& log = cluster.role<Server>(node).log;
    if (first != nullptr && !(log == *first)) return false;
    first = &log;
  }
  return first != nullptr;
}

bool one_leader(const RaftCluster& cluster) {
  const auto leads = [](const Server& server) { return server.role == RoleName::leader; };
  return cluster.where<Server>(leads).size() == 1;
}

std::vector<BugInfo> bugs() {
  return {
      {"vote_ignored", "election_safety",
       "votedFor is never consulted: a server votes for whoever asks (R0)", "vote_once"},
      {"vote_not_durable", "vote_once", "votedFor is lost in a crash (R1)"},
      {"term_not_durable", "term_monotone", "currentTerm is lost in a crash (R2)"},
      {"log_not_durable", "leader_completeness", "the log is lost in a crash (R3)"},
      {"ack_before_sync", "leader_completeness", "replies leave before the write is durable (R4)"},
      {"own_vote_unrecorded", "vote_once", "a candidate does not record its vote for itself (R5)"},
      {"no_log_check", "leader_completeness", "votes are granted without comparing logs (R6)"},
      {"log_check_by_length", "leader_completeness",
       "the longer log counts as newer, whatever its terms (R7)"},
      {"log_check_by_last_term", "leader_completeness",
       "only the last term is compared, not the length (R8)"},
      {"commits_old_terms", "leader_completeness",
       "entries of earlier terms are committed by counting (R9)"},
      {"quorum_too_small", "election_safety", "n/2 servers count as a majority (R10)"},
      {"votes_counted_twice", "election_safety", "a duplicated vote reply counts twice (R11)"},
      {"old_vote_replies_count", "election_safety", "vote replies of earlier terms count (R12)"},
      {"step_down_clears_vote", "election_safety",
       "hearing the leader of the same term clears votedFor (R13)", "vote_once"},
      {"prev_term_unchecked", "log_matching",
       "AppendEntries is accepted without comparing prevLogTerm (R14)"},
      {"conflict_tail_kept", "log_matching", "entries after a conflicting one are kept (R15)"},
      {"truncates_without_conflict", "leader_completeness",
       "the log is cut at prevLogIndex always (R16)", "commit_monotone"},
      {"commit_past_match", "state_machine_safety",
       "commitIndex is not limited to the last new entry (R17)"},
      {"match_is_last_index", "leader_completeness",
       "a success acknowledges the leader's whole log (R18)"},
      {"old_append_replies_count", "leader_completeness",
       "a success of an earlier term counts in this one (R20)"},
      {"match_index_kept", "leader_completeness",
       "a new leader keeps the matchIndex of its earlier terms (as R20)"},
      {"commit_goes_back", "commit_monotone",
       "an overtaken AppendEntries takes a follower's commitIndex back (R22)"},
      {"new_leader_drops_tail", "leader_append_only",
       "a new leader deletes its uncommitted entries (R43)"},
      {"applies_on_append", "state_machine_safety",
       "entries are applied as soon as they are appended (R44)", "commit_monotone"},
      {"answers_on_append", "answered_is_applied",
       "a leader answers as soon as the command is on its own disk (R46)"},
  };
}

}  // namespace

ProtocolEntry protocol() {
  return make_entry<Raft, Properties, Witnesses>({
      .summary = "replicated log with a strong leader (Ongaro and Ousterhout 2014)",
      .leader_status = "leader",
      .epoch_word = "term",
      .bugs = bugs(),
      .durability_bugs = {{"vote_not_durable", "voted_for"},
                          {"term_not_durable", "current_term"},
                          {"log_not_durable", "log"},
                          {"ack_before_sync", ""}},
      .predicates = {{"logs_equal", "all live servers hold the same log", &logs_equal},
                     {"one_leader", "exactly one live server leads", &one_leader}},
      .emits = {"elected", "role", "epoch", "proposed", "chosen", "applied"},
      .majorities = true,
  });
}

}  // namespace quorate::raft
