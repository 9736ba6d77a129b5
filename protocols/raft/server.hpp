// The Raft server: state and rules of Figure 2.
// server.cpp holds the handlers beside the paper's sentences, stability.cpp what the dissertation
// adds so that nobody disturbs a good leader or clings to a bad one.
#pragma once

#include <map>

#include "protocols/raft/raft.hpp"
#include "protocols/raft/session.hpp"

namespace quorate::raft {

// A pre_candidate asks for promises of votes, in the term it is in (option pre_vote).
QUORATE_ENUM(RoleName, follower, candidate, leader, pre_candidate)

using Out = quorate::Out<Raft>;

struct Server {
  // Persistent state on all servers.
  Term current_term{};              // latest term seen; grows only
  std::optional<NodeId> voted_for;  // candidate that got this server's vote in current_term
  EntryLog log;
  // Volatile state on all servers.
  Index commit_index{};  // highest entry known to be committed
  Index last_applied{};  // highest entry given to the state machine
  // What the state machine holds: of what it computes nothing matters here.
  std::uint64_t executed{};                   // how many commands
  std::map<std::uint32_t, Session> sessions;  // by client; empty without the option
  RoleName role{RoleName::follower};
  std::optional<NodeId> leader;  // where clients are redirected to
  bool leader_alive{};           // whether it was heard lately; for pre_vote and check_quorum
  // Volatile state on candidates.
  NodeSet votes;  // who granted in current_term; of a pre_candidate, who would
  // Volatile state on leaders, reinitialised after election.
  PerNode<Index> next_index;   // next entry to send to each server
  PerNode<Index> match_index;  // highest entry known to be replicated on each server
  NodeSet unanswered;          // who has not answered the last empty heartbeat
  NodeSet pipelined;           // who is sent entries before it has answered the last ones
  PerNode<Index> refused;      // lowest entry a follower lacks, while it is searched for; else 0
  NodeSet heard;               // who has answered since the last check_quorum

  QUORATE_FIELDS(Server, current_term, voted_for, log, commit_index, last_applied, executed,
                 sessions, role, leader, leader_alive, votes, next_index, match_index, unanswered,
                 pipelined, refused, heard)
  static constexpr auto durable =
      std::tuple(&Server::current_term, &Server::voted_for, &Server::log);
  static constexpr auto status = &Server::role;

  void start(Out& out);
  void on(const Election&, Out& out);
  void on(const Heartbeat&, Out& out);
  void on(const LeaderSilent&, Out& out);
  void on(const CheckQuorum&, Out& out);
  void on(const Request& request, Out& out);
  void on(NodeId from, const RequestVote& m, Out& out);
  void on(NodeId from, const RequestVoteReply& m, Out& out);
  void on(NodeId from, const PreVote& m, Out& out);
  void on(NodeId from, const PreVoteReply& m, Out& out);
  void on(NodeId from, const AppendEntries& m, Out& out);
  void on(NodeId from, const AppendEntriesReply& m, Out& out);
  void on(NodeId from, const Stored& m, Out& out);

  // ---- reading
  Term term_at(Index index) const { return index == 0 ? 0 : log[index].term; }
  Index last_log_index() const { return log.last_index(); }
  Term last_log_term() const { return term_at(last_log_index()); }

 private:
  // ---- rules for all servers
  void observe_term(Term term, Out& out);
  void become_follower(Term term, Out& out);
  void apply_committed(Out& out);
  void execute(const Request& command, Out& out);
  bool is_executed(const Request& command, const Out& out) const;
  void hear_leader(NodeId from, Out& out);
  // ---- elections
  void start_election(Out& out);
  void give_up_election(Out& out);
  bool log_is_current(Index last_index, Term last_term, const Out& out) const;
  void become_leader(Out& out);
  void append_no_op(Out& out);
  std::uint64_t quorum(const Out& out) const;
  // ---- stability
  void ask_before_standing(Out& out);
  void trust_leader(Out& out);
  bool trusts_leader() const;
  void count_anew(Out& out);
  // ---- replication
  void append(const Request& command, Out& out);
  void replicate(NodeId to, Index most, Out& out);
  void replicate_to_all(Index most, Out& out);
  bool matches(const AppendEntries& m, const Out& out) const;
  void refuse(NodeId from, const AppendEntries& m, Out& out);
  void store(const AppendEntries& m, Out& out);
  void overwrite(const AppendEntries& m, Index first);
  void follow_commit(const AppendEntries& m, const Out& out);
  void acknowledge(NodeId from, const AppendEntriesReply& m, Out& out);
  bool answered_already(NodeId from, const AppendEntriesReply& m) const;
  void back_up(NodeId from, const AppendEntriesReply& m, const Out& out);
  void halve(NodeId node);
  bool is_searched(NodeId node) const { return refused[node] != 0; }
  bool advance_commit_index(Out& out);
  void enter(RoleName next, Out& out);
};

}  // namespace quorate::raft
