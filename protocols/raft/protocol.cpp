// Raft's entry: how the program finds it.
#include "protocols/common/operations.hpp"
#include "protocols/common/recovery.hpp"
#include "protocols/raft/costs.hpp"
#include "protocols/raft/initial_state.hpp"
#include "protocols/raft/properties.hpp"
#include "sim/run/alike.hpp"
#include "sim/run/param_rules.hpp"
#include "sim/run/simulation.hpp"

namespace quorate::raft {

namespace {

using Properties = Types<ElectionSafety, VoteOnce, LeaderAppendOnly, LogMatching,
                         LeaderCompleteness, StateMachineSafety, TermMonotone, CommitMonotone,
                         CommittedNeverTruncated, AnsweredIsApplied, ExactlyOnce,
                         AnsweredAsExecuted, ReadFreshness, LeaseDisjoint, ConfigOverlap>;

// By the configuration that was committed last, as far as any live server knows. One that is in a
// log only may never count.
std::vector<NodeId> servers_of(const RaftCluster& cluster) {
  Index known = 0;
  Configuration latest;
  for (std::uint32_t i = 0; i < cluster.size(); ++i) {
    const Server& server = cluster.role<Server>(NodeId{i});
    if (!cluster.up(NodeId{i}) || server.commit_index <= known) continue;
    known = server.commit_index;
    latest = server.configuration_at(known);
  }
  if (latest.servers.empty()) return cluster.members();
  std::vector<NodeId> servers = latest.servers;
  std::ranges::copy_if(latest.joint.old_servers, std::back_inserter(servers),
                       [&](NodeId node) { return !contains(latest.servers, node); });
  return servers;
}

bool logs_equal(const RaftCluster& cluster) {
  const EntryLog* first = nullptr;
  for (const NodeId node : servers_of(cluster)) {
    if (!cluster.up(node)) continue;
    const EntryLog& log = cluster.role<Server>(node).log;
    if (first != nullptr && (log.size() != first->size() || log.hash() != first->hash()))
      return false;
    first = &log;
  }
  return first != nullptr && first->last_index() != 0;
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

// In what options add.
std::vector<BugInfo> option_bugs() {
  return {
      {"repeat_answered_blindly", "answered_as_executed",
       "an operation asked again is answered ok, whatever it gave (as R36)"},
      {"reads_before_own_commit", "read_freshness",
       "a new leader answers reads before it has committed an entry of its term (R32)"},
      {"read_unconfirmed", "read_freshness",
       "a leader answers reads without asking whether it still leads (R33)"},
      {"lease_from_receipt", "lease_disjoint",
       "a lease runs from when heartbeats are answered, not from when they are sent (R34)"},
      {"lease_kept_in_transfer", "lease_disjoint",
       "a leader keeps its lease while it makes way for another (R34)"},
      {"old_snapshot_installed", "commit_monotone",
       "a snapshot that was overtaken is installed over newer state (R29)"},
      {"snapshot_keeps_log", "log_matching",
       "a log that conflicts with an installed snapshot is kept behind it (R30)"},
      {"purged_entries_conflict", "committed_never_truncated",
       "entries before the snapshot are taken for a conflict (R31)", "commit_monotone"},
      {"snapshot_without_sessions", "exactly_once",
       "a snapshot leaves out the table of what was executed (as R36)"},
      {"changes_before_own_commit", "leader_completeness",
       "a leader changes the configuration before it has committed an entry of its term (R24)",
       "config_overlap"},
      {"config_on_commit", "config_overlap",
       "a configuration is in force when it is committed, not when it is appended (R25)"},
      {"outside_never_stands", "liveness",
       "a server outside its latest configuration never stands for election (R27)"},
      {"config_kept_on_truncation", "config_overlap",
       "a configuration stays in force when its entry is removed (R28)"},
      {"leaves_joint_early", "config_overlap",
       "a leader goes on from a joint configuration that is not committed (R26)"},
  };
}

// What clients talk to, by its name in sim/check/sequential.hpp. Without sessions a command that is
// asked twice may be executed twice, and then what clients see comes from no such object.
std::string_view object(const Params& params) {
  return params.sessions ? object_of(params.state_machine) : "";
}

NodeId server(std::size_t i) { return NodeId{static_cast<std::uint32_t>(i)}; }

// Clients talk to whoever leads, so what they are promised holds of all servers or of none.
std::optional<ParamConflict> promised_differently(std::span<const Params> servers,
                                                  NodeNames names) {
  constexpr Alike<Params> all[] = {
      {"sessions", [](auto& a, auto& b) { return a.sessions == b.sessions; }},
      {"state_machine", [](auto& a, auto& b) { return a.state_machine == b.state_machine; }},
      {"reads", [](auto& a, auto& b) { return a.reads == b.reads; }},
      {"membership", [](auto& a, auto& b) { return a.membership == b.membership; },
       "both must read the configurations in the log alike"}};
  return not_alike<Params>(all, servers, names);
}

// A leader is trusted, and trusts itself, for as long as the shortest election timeout. A curve
// that goes down to nothing has none.
std::optional<ParamConflict> trusted_for_nothing(std::span<const Params> servers, NodeNames) {
  for (std::size_t i = 0; i < servers.size(); ++i) {
    const Params& params = servers[i];
    const bool trusts = params.pre_vote || params.check_quorum || params.reads == Reads::lease;
    if (!trusts || least_of(params.election_timeout) >= 1us) continue;
    return ParamConflict{server(i), "election_timeout",
                         "it has no shortest value, which pre_vote, check_quorum and leases need",
                         "give it one: \"" + to_text(params.election_timeout) + " min 100ms\""};
  }
  return std::nullopt;
}

// While a lease lasts, nobody may elect another leader.
std::optional<ParamConflict> lease_outlasted(std::span<const Params> servers, NodeNames names) {
  for (std::size_t i = 0; i < servers.size(); ++i) {
    const Params& params = servers[i];
    if (params.reads != Reads::lease) continue;
    for (std::size_t other = 0; other < servers.size(); ++other) {
      if (!servers[other].check_quorum) {
        return ParamConflict{server(i), "reads",
                             "a lease is worth nothing where " + names[other] +
                                 " may vote for another leader while it lasts",
                             "set \"check_quorum\": true for every server, and \"lease\" shorter "
                             "than every election timeout"};
      }
      const Duration shortest = least_of(servers[other].election_timeout);
      if (params.lease < shortest) continue;
      return ParamConflict{server(i), params.lease == Params{}.lease ? "reads" : "lease",
                           "a lease of " + to_text(params.lease) +
                               " is not shorter than the shortest election timeout of " +
                               names[other] + ", " + to_text(shortest),
                           "make it shorter, by as much as clocks may drift apart"};
    }
  }
  return std::nullopt;
}

// Whether somebody asks for reads, and nobody for anything that is written to the log.
bool only_reads(const Scenario& scenario) {
  bool reads = false;
  bool writes = false;
  const auto count = [&](const Operation& operation) {
    (StateMachine::only_reads(operation) ? reads : writes) = true;
  };
  for (const Workload& line : scenario.workload) count(line.operation);
  for (const Fault& fault : scenario.faults) {
    if (fault.action.verb == Verb::request) count(fault.action.operation);
  }
  return reads && !writes;
}

// "If the leader has not yet marked an entry from its current term committed, it waits until it has
// done so" (6.4), which is for ever where there will be none.
std::optional<ParamConflict> never_read(std::span<const Params> servers, const Scenario& scenario) {
  if (!scenario.initial.empty() || !only_reads(scenario)) return std::nullopt;
  for (std::size_t i = 0; i < servers.size(); ++i) {
    const Params& params = servers[i];
    const bool waits = params.reads == Reads::read_index || params.reads == Reads::lease;
    if (!waits || params.no_op) continue;
    return ParamConflict{server(i), "reads",
                         "nobody writes, so no leader ever commits an entry of its own term, and "
                         "no read is ever answered",
                         "set \"no_op\": true, or let a client write"};
  }
  return std::nullopt;
}

std::optional<ParamConflict> impossible_start(const Scenario& scenario) {
  const std::vector<std::string> names = scenario.names();
  std::vector<std::pair<NodeId, Server>> starts;
  for (const auto& [node, value] : scenario.initial) {
    starts.emplace_back(node, state_set_by<Server>(value, names));
  }
  ImpossibleStart found = impossible_alone(starts);
  if (found.why.empty() && scenario.bugs.empty()) {
    found = impossible_together(starts, scenario.initial_members().size(), names);
  }
  if (found.why.empty()) return std::nullopt;
  return ParamConflict{found.node, "initial", "of " + names[found.node.value] + ": " + found.why,
                       ""};
}

std::optional<ParamConflict> conflict(std::span<const Params> servers, const Scenario& scenario) {
  const std::vector<std::string> names = scenario.names();
  for (const auto rule : {promised_differently, trusted_for_nothing, lease_outlasted}) {
    if (auto found = rule(servers, names)) return found;
  }
  const auto understood = [kind = servers.front().state_machine](const Operation& operation) {
    return understands(kind, operation);
  };
  if (auto found = not_understood(scenario, "state_machine", understood)) return found;
  if (auto found = impossible_start(scenario)) return found;
  return never_read(servers, scenario);
}

const std::vector<BugNeed> bug_needs{
    {"repeat_answered_blindly", {{"sessions", "true"}}},
    {"repeat_answered_blindly", {{"state_machine", "none", false}}},
    {"reads_before_own_commit", {{"reads", "read_index"}, {"reads", "lease"}}},
    {"read_unconfirmed", {{"reads", "read_index"}, {"reads", "lease"}}},
    {"lease_from_receipt", {{"reads", "lease"}}},
    {"lease_kept_in_transfer", {{"reads", "lease"}}},
    {"old_snapshot_installed", {{"snapshot_threshold", "0", false}}},
    {"snapshot_keeps_log", {{"snapshot_threshold", "0", false}}},
    {"purged_entries_conflict", {{"snapshot_threshold", "0", false}}},
    {"snapshot_without_sessions", {{"snapshot_threshold", "0", false}}},
    {"snapshot_without_sessions", {{"sessions", "true"}}},
    {"changes_before_own_commit", {{"membership", "single_server"}}},
    {"config_on_commit", {{"membership", "fixed", false}}},
    {"outside_never_stands", {{"membership", "fixed", false}}},
    {"config_kept_on_truncation", {{"membership", "fixed", false}}},
    {"leaves_joint_early", {{"membership", "joint"}}},
};

std::vector<BugInfo> all_bugs() {
  std::vector<BugInfo> all = bugs();
  for (BugInfo& bug : option_bugs()) all.push_back(std::move(bug));
  return all;
}

// Who stands first has its votes before another does, in one of six elections at least, and a
// heartbeat and an answer to it come within the shortest timeout. Clocks may run as they like,
// unless a leader trusts its lease.
FailureModel assumes(const Params& params) {
  using enum Assumption;
  FailureModel model{
      .safety = {stable_storage},
      .progress = {majority_up, no_cuts, few_losses, bounded_delay},
      .bounds = {
          {.time = "election_timeout", .parts = 4, .part = PartOfWait::spread},
          {.time = "election_timeout", .less = {"heartbeat"}, .part = PartOfWait::shortest}}};
  // Who is removed and does not know it stands for election time and again, and is listened to.
  const bool listens = !params.pre_vote && !params.check_quorum;
  if (params.membership != Membership::fixed && listens) {
    model.progress.push_back(removed_leave);
    model.stands = "candidate";
  }
  const bool leases = params.reads == Reads::lease;
  (leases ? model.safety : model.progress).push_back(true_clocks);
  model.recovers = six_elections(params.election_timeout, params.heartbeat);
  return model;
}

}  // namespace

ProtocolEntry protocol() {
  ProtocolEntry entry = make_entry<Raft, Properties, Witnesses>({
      .summary = "replicated log with a strong leader (Ongaro and Ousterhout 2014)",
      .leader_status = "leader",
      .epoch_word = "term",
      .bugs = all_bugs(),
      .durability_bugs = {{"vote_not_durable", "voted_for"},
                          {"term_not_durable", "current_term"},
                          {"log_not_durable", "log"},
                          {"ack_before_sync", ""}},
      .bug_needs = bug_needs,
      .predicates = {{"logs_equal", "all live servers hold the same log, and something in it",
                      &logs_equal},
                     {"one_leader", "exactly one live server leads", &one_leader}},
      .emits = {"elected", "role", "epoch", "proposed", "chosen", "applied"},
      .majorities = true,
      .object = &object,
      .operations = [](const Params& params) { return operations_of(params.state_machine); },
      .assumes = &assumes,
      .costs = costs,
  });
  entry.info.check_together = param_rule(&conflict);
  entry.info.names_node = {"transfer_leader", "add_server", "remove_server"};
  entry.info.names_nodes = "change_servers";
  return entry;
}

}  // namespace quorate::raft
