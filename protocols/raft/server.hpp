// The Raft server: state and rules of Figure 2.
// server.cpp holds the handlers beside the paper's sentences, execution.cpp what becomes of a
// committed entry, repair.cpp how a leader finds where logs part, batching.cpp how commands gather,
// reads.cpp how reads go past the log, snapshot.cpp what replaces a long one, stability.cpp what
// the dissertation adds so that nobody disturbs a good leader or clings to a bad one, transfer.cpp
// how a leader makes way for another, membership.cpp who belongs to the cluster, joint.cpp how it
// becomes any other.
#pragma once

#include <map>

#include "protocols/common/session.hpp"
#include "protocols/raft/configuration.hpp"
#include "protocols/raft/raft.hpp"
#include "protocols/raft/reading.hpp"
#include "protocols/raft/transfer.hpp"

namespace quorate::raft {

// A pre_candidate asks for promises of votes, in the term it is in (option pre_vote).
QUORATE_ENUM(RoleName, follower, candidate, leader, pre_candidate)

using Out = quorate::Out<Raft>;

// What a leader knows of the commands that it has not sent on (option batch_delay). Volatile.
struct Batch {
  bool gathering{};
  QUORATE_FIELDS(Batch, gathering)
};

struct Server {
  // Persistent state on all servers.
  Term current_term{};               // latest term seen; grows only
  std::optional<NodeId> voted_for;   // candidate that got this server's vote in current_term
  EntryLog log;                      // of what the snapshot does not stand for
  Later<Frozen<Snapshot>> snapshot;  // of nothing, at first
  // Volatile state on all servers.
  Index commit_index{};  // highest entry known to be committed
  Index last_applied{};  // highest entry given to the state machine
  // What the state machine holds.
  std::uint64_t executed{};     // how many commands
  Sessions sessions;            // by client; empty without the option
  Later<StateMachine> machine;  // empty without the option state_machine
  Later<Log<Answer>> answers;   // as executed; empty unless both options are on
  RoleName role{RoleName::follower};
  std::optional<NodeId> leader;  // where clients are redirected to
  bool leader_alive{};           // whether it was heard lately; for pre_vote and check_quorum
  // Volatile state on candidates.
  NodeSet votes;  // who granted in current_term; of a pre_candidate, who would
  // Volatile state on leaders, reinitialised after election.
  PerNode<Index> next_index;     // next entry to send to each server
  PerNode<Index> match_index;    // highest entry known to be replicated on each server
  NodeSet unanswered;            // who has not answered the last empty heartbeat
  NodeSet pipelined;             // who is sent entries before it has answered the last ones
  PerNode<Index> refused;        // lowest entry a follower lacks, while it is searched for; else 0
  NodeSet heard;                 // who has answered since the last check_quorum
  Later<Installing> installing;  // of its snapshot, elsewhere
  Later<Transfer> transfer;      // of leadership, while one is under way
  Later<Joining> joining;        // while a server catches up
  Later<Reading> reading;        // reads past the log, and the lease
  Later<Batch> batch;            // of commands that gather
  // Volatile state on all servers: who is in the cluster, as the log has it (option membership).
  Later<Configurations> configurations;

  QUORATE_FIELDS(Server, current_term, voted_for, log, snapshot, commit_index, last_applied,
                 executed, sessions, machine, answers, role, leader, leader_alive, votes,
                 next_index, match_index, unanswered, pipelined, refused, heard, installing,
                 transfer, joining, reading, batch, configurations)
  static constexpr auto durable =
      std::tuple(&Server::current_term, &Server::voted_for, &Server::log, &Server::snapshot);
  static constexpr auto status = &Server::role;

  void start(Out& out);
  void restart(Out& out);
  void on(const Election&, Out& out);
  void on(const Heartbeat&, Out& out);
  void on(const LeaderSilent&, Out& out);
  void on(const CheckQuorum&, Out& out);
  void on(const LeaseOver& over, Out& out);
  void on(const TakeSnapshot&, Out& out);
  void on(const SnapshotLate& late, Out& out);
  void on(const TransferLate&, Out& out);
  void on(const RoundLate&, Out& out);
  void on(const BatchOver&, Out& out);
  void on(const Request& request, Out& out);
  void on(NodeId from, const RequestVote& m, Out& out);
  void on(NodeId from, const RequestVoteReply& m, Out& out);
  void on(NodeId from, const PreVote& m, Out& out);
  void on(NodeId from, const PreVoteReply& m, Out& out);
  void on(NodeId from, const AppendEntries& m, Out& out);
  void on(NodeId from, const AppendEntriesReply& m, Out& out);
  void on(NodeId from, const InstallSnapshot& m, Out& out);
  void on(NodeId from, const TimeoutNow& m, Out& out);
  void on(NodeId from, const Stored& m, Out& out);

  // ---- reading
  // 0 for what is before the log or behind it, or discarded from it and not the snapshot's last.
  Term term_at(Index index) const {
    if (index > log.last_index()) return 0;
    if (index > log.start()) return log[index].term;
    return index == snapshot->last_index ? snapshot->last_term : 0;
  }
  Index last_log_index() const { return log.last_index(); }
  Term last_log_term() const { return term_at(last_log_index()); }
  bool holds_lease() const;  // by its own clock, as long as it leads
  // The configuration in force here, ascending; of a joint one C_new.
  const std::vector<NodeId>& servers(const Out& out) const;
  Configuration configuration_at(Index index) const;

 private:
  // ---- rules for all servers
  void observe_term(Term term, Out& out);
  void convert_to_follower(Out& out);
  void stop_leading(Out& out);
  void apply_committed(Out& out);
  void hear_leader(NodeId from, Out& out);
  void refuse_old_term(NodeId from, Out& out);
  // ---- the state machine
  Text apply(const Request& command, Out& out);
  void remember(const Request& command, Text answer, const Out& out);
  bool is_executed(const Request& command, const Out& out) const;
  Text answer_again(const Request& command, const Out& out) const;
  // ---- reads
  bool read(const Request& request, Out& out);
  void answer_read(const Request& request, Out& out);
  bool knows_what_is_committed(const Out& out) const;
  void read_after_round(Out& out);
  void begin_round(Out& out);
  void count_round(NodeId from, std::uint64_t round, Out& out);
  void answer_under_way(Out& out);
  void forget_reads(Out& out);
  void keep_old_promises(Out& out);
  // ---- snapshots
  void snapshot_if_long(Out& out);
  void send_snapshot(NodeId to, Out& out);
  void install(const Frozen<Snapshot>& news, Out& out);
  void reset_to_snapshot();
  // ---- leadership transfer
  void begin_transfer(const Request& request, Out& out);
  void hand_over(Out& out);
  void end_transfer(Out& out);
  // ---- membership
  const std::vector<NodeId>& old_servers() const { return configurations.joint.old_servers; }
  template <class F>
  void for_each_other_server(const Out& out, F&& f) const;
  bool is_server(NodeId node, const Out& out) const;
  Tally tally(const NodeSet& nodes, const Out& out) const;
  bool is_majority(const NodeSet& nodes, const Out& out) const;
  std::uint64_t reached_by_majority(const PerNode<std::uint64_t>& values, std::uint64_t known,
                                    const Out& out) const;
  void follow_configurations(Index first, Out& out);
  void put_in_force(const Out& out);
  void take_over_configuration(Out& out);
  void read_configurations(Out& out);
  bool may_stand(const Out& out) const;
  bool may_change(const Out& out) const;
  void begin_change(const Request& request, Out& out);
  void append_change(const Operation& change, Out& out);
  void let_catch_up(const std::vector<NodeId>& newcomers, Out& out);
  void begin_catch_up_round(Out& out);
  void follow_catch_up(NodeId from, Out& out);
  void give_up_joining(Out& out);
  void forget_joining(Out& out);
  void tell_members(Index before, Out& out) const;
  void tell_in_force(Out& out) const;
  void leave_if_removed(Out& out);
  void bring_configuration(Index index, const Operation& change, Out& out);
  void begin_joint_change(const Request& request, Out& out);
  bool append_new_servers(Out& out);
  // ---- elections
  void start_election(Out& out, Permission permission = {});
  void give_up_election(Out& out);
  bool log_is_current(Index last_index, Term last_term, const Out& out) const;
  void become_leader(Out& out);
  void reinitialize(const Out& out);
  void begin_term(Out& out);
  void append_no_op(Out& out);
  std::uint64_t quorum_of(const std::vector<NodeId>& servers, const Out& out) const;
  // ---- stability
  void ask_before_standing(Out& out);
  void trust_leader(Out& out);
  bool trusts_leader() const;
  void count_anew(Out& out);
  // ---- replication
  bool serve_otherwise(const Request& request, Out& out);
  void append(const Request& command, Out& out);
  void replicate(NodeId to, Index most, Out& out);
  void replicate_to_all(Index most, Out& out);
  void replicate_gathered(Out& out);
  void end_batch(Out& out);
  template <class F>
  void for_each_follower(const Out& out, F&& f) const;
  bool matches(const AppendEntries& m, const Out& out) const;
  void refuse(NodeId from, const AppendEntries& m, Out& out);
  void store(const AppendEntries& m, Out& out);
  Index first_conflict(const AppendEntries& m) const;
  void overwrite(const AppendEntries& m, Index first);
  void follow_commit(const AppendEntries& m, const Out& out);
  void acknowledge(NodeId from, const AppendEntriesReply& m, Out& out);
  void send_rest(NodeId to, Out& out);
  bool answered_already(NodeId from, const AppendEntriesReply& m) const;
  void back_up(NodeId from, const AppendEntriesReply& m, const Out& out);
  Index behind_conflict(const AppendEntriesReply& m) const;
  void halve(NodeId node);
  void search_on(NodeId node, bool news, Out& out);
  bool is_searched(NodeId node) const { return refused[node] != 0; }
  bool advance_commit_index(Out& out);
  bool go_on_after_commit(Out& out);
  void enter(RoleName next, Out& out);
};

// All servers but this one; in a joint configuration, of both.
template <class F>
void Server::for_each_other_server(const Out& out, F&& f) const {
  for (const NodeId node : servers(out)) {
    if (node != out.self()) f(node);
  }
  for (const NodeId node : old_servers()) {
    if (node != out.self() && !contains(servers(out), node)) f(node);
  }
}

// These, and who is to join them.
template <class F>
void Server::for_each_follower(const Out& out, F&& f) const {
  for_each_other_server(out, f);
  if (joining.server) f(*joining.server);
  for (const NodeId node : joining.newcomers.servers) f(node);
}

}  // namespace quorate::raft
