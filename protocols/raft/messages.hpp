// Raft's vocabulary (Ongaro and Ousterhout 2014, Figure 2). The sender of a message stands in its
// envelope, so the paper's candidateId and leaderId are the handlers' `from`.
#pragma once

#include "protocols/common/command.hpp"
#include "protocols/common/later.hpp"
#include "protocols/common/log.hpp"
#include "protocols/raft/snapshot.hpp"
#include "sim/engine/out.hpp"

namespace quorate::raft {

using Term = std::uint64_t;
using Index = std::uint64_t;

struct Entry {
  Term term{};      // when the leader received it
  Request command;  // for the state machine
  QUORATE_FIELDS(Entry, term, command)
};
using EntryLog = Log<Entry>;

// "I have permission to disrupt the leader—it told me to!" (dissertation, 4.2.3)
struct Permission {
  bool granted{};
  QUORATE_FIELDS(Permission, granted)
};

struct RequestVote {
  Term term{};
  Index last_log_index{};
  Term last_log_term{};
  Later<Permission> permission{};
  QUORATE_FIELDS(RequestVote, term, last_log_index, last_log_term, permission)
  void print_to(JsonWriter& out) const { print_present(out, *this); }
};

struct RequestVoteReply {
  Term term{};
  bool vote_granted{};
  QUORATE_FIELDS(RequestVoteReply, term, vote_granted)
};

// "Would you vote for me?" (dissertation, 9.6) `term` is the one the sender would stand in; nobody
// adopts it, for nobody stands in it yet.
struct PreVote {
  Term term{};
  Index last_log_index{};
  Term last_log_term{};
  QUORATE_FIELDS(PreVote, term, last_log_index, last_log_term)
};

// `asked` is the term of the PreVote, `term` the one the answering server is in.
struct PreVoteReply {
  Term term{};
  Term asked{};
  bool vote_promised{};
  QUORATE_FIELDS(PreVoteReply, term, asked, vote_promised)
};

// A round of heartbeats, by number (dissertation, 6.4): a message says which it belongs to, and its
// answer the same. 0 without an option that counts them.
struct Round {
  std::uint64_t number{};
  QUORATE_FIELDS(Round, number)
};

struct AppendEntries {
  Term term{};
  Index prev_log_index{};
  Term prev_log_term{};
  EntryLog::Slice entries;  // empty for a heartbeat
  Index leader_commit{};
  Later<Round> round{};
  QUORATE_FIELDS(AppendEntries, term, prev_log_index, prev_log_term, entries, leader_commit, round)
  void print_to(JsonWriter& out) const { print_present(out, *this); }
};

// On success `index` is the last entry known to match; on a refusal the prev_log_index that was
// refused, or 0, which no log refuses, when the whole message was of an earlier term. The conflict
// fields let the leader skip a whole term of entries at once (section 5.3, last paragraphs);
// conflict_term is 0 when the follower's log is merely too short.
struct AppendEntriesReply {
  Term term{};
  bool success{};
  Index index{};
  Term conflict_term{};
  Index conflict_index{};
  Later<Round> round{};
  QUORATE_FIELDS(AppendEntriesReply, term, success, index, conflict_term, conflict_index, round)
  void print_to(JsonWriter& out) const { print_present(out, *this); }
};

// The leader's state machine as it was when it discarded its log's first entries (Figure 13). Sent
// whole, so the paper's offset and done are not needed. It is answered by an AppendEntriesReply,
// for what the leader must learn is the same: up to where the logs match.
struct InstallSnapshot {
  Term term{};
  Frozen<Snapshot> snapshot;
  Later<Round> round{};
  QUORATE_FIELDS(InstallSnapshot, term, snapshot, round)
  void print_to(JsonWriter& out) const { print_present(out, *this); }
};

// "…the prior leader sends a TimeoutNow request to the target server." (dissertation, 3.10)
struct TimeoutNow {
  Term term{};
  QUORATE_FIELDS(TimeoutNow, term)
};

// The leader to itself: the log is on my own disk up to `index`, count me.
struct Stored {
  Term term{};
  Index index{};
  QUORATE_FIELDS(Stored, term, index)
};

// No leader was heard for an election timeout.
QUORATE_SIGNAL(Election);

// The leader's turn to say that it lives.
QUORATE_SIGNAL(Heartbeat);

// No leader was heard for the shortest election timeout there is.
QUORATE_SIGNAL(LeaderSilent);

// The leader counts whom it has heard from.
QUORATE_SIGNAL(CheckQuorum);

// The lease that a round of heartbeats gave, or would have given, is over.
struct LeaseOver {
  std::uint64_t round{};
  QUORATE_FIELDS(LeaseOver, round)
};

// The log has become so long that a snapshot is due.
QUORATE_SIGNAL(TakeSnapshot);

// A snapshot has gone unanswered for so long that it may be lost.
struct SnapshotLate {
  NodeId to{};
  QUORATE_FIELDS(SnapshotLate, to)
};

// A transfer of leadership has taken too long.
QUORATE_SIGNAL(TransferLate);

// A round of catching up has taken an election timeout.
QUORATE_SIGNAL(RoundLate);

// What has gathered is sent on.
QUORATE_SIGNAL(BatchOver);

// An event: the latest configuration in a server's log is another now.
struct Reconfigured {
  Index index{};
  std::uint64_t servers{};
  QUORATE_FIELDS(Reconfigured, index, servers)
  static constexpr std::string_view sentence =
      "has a configuration of {servers} in its log, entry {index}";
};

// An event: a server does not add or remove another, as it was asked to.
struct ChangeRefused {
  NodeId server{};
  QUORATE_FIELDS(ChangeRefused, server)
  static constexpr std::string_view sentence = "does not change {server}'s membership";
};

// An event: the latest configuration in a server's log is a joint one now.
struct BecameJoint {
  Index index{};
  std::uint64_t old_servers{};
  std::uint64_t new_servers{};
  QUORATE_FIELDS(BecameJoint, index, old_servers, new_servers)
  static constexpr std::string_view sentence =
      "has a joint configuration of {old_servers} old and {new_servers} new servers in its log, "
      "entry {index}";
};

// An event: a server does not change the cluster to these, as it was asked to.
struct ServersRefused {
  Text servers;
  QUORATE_FIELDS(ServersRefused, servers)
  static constexpr std::string_view sentence = "does not change the servers to {servers}";
};

// An event: a leader with reads to answer has no entry of its own term, and a read must wait for
// one to be committed (dissertation, 6.4).
struct ReadsWait {
  Term term{};
  QUORATE_FIELDS(ReadsWait, term)
  static constexpr std::string_view sentence =
      "holds reads back until an entry of term {term} is committed, and has none";
};

// An event: a server took a snapshot and discarded the entries it stands for.
struct Snapshotted {
  Index last_index{};
  QUORATE_FIELDS(Snapshotted, last_index)
  static constexpr std::string_view sentence = "keeps its entries up to {last_index} as a snapshot";
};

// An event: a follower took over its leader's snapshot.
struct Installed {
  Index last_index{};
  QUORATE_FIELDS(Installed, last_index)
  static constexpr std::string_view sentence =
      "installs its leader's snapshot in place of the entries up to {last_index}";
};

// An event: a leader told another server to stand for election in its place.
struct HandedOver {
  NodeId heir{};
  QUORATE_FIELDS(HandedOver, heir)
  static constexpr std::string_view sentence = "tells {heir} to take its place";
};

// An event: it did not, for an election timeout, and the leader takes requests again.
struct TransferAborted {
  NodeId heir{};
  QUORATE_FIELDS(TransferAborted, heir)
  static constexpr std::string_view sentence = "waits no longer for {heir} to take its place";
};

// An event: a server does not make way for another, as it was asked to.
struct TransferRefused {
  NodeId heir{};
  QUORATE_FIELDS(TransferRefused, heir)
  static constexpr std::string_view sentence = "does not make way for {heir}";
};

// An event: a leader that no majority has answered for an election timeout.
struct QuorumLost {
  std::uint64_t heard{};
  std::uint64_t servers{};
  QUORATE_FIELDS(QuorumLost, heard, servers)
  static constexpr std::string_view sentence =
      "steps down: it hears only {heard} of {servers} servers, itself included";
};

// As QuorumLost, in a joint configuration, which needs a majority of each.
struct QuorumOfBothLost {
  std::uint64_t old_heard{};
  std::uint64_t old_servers{};
  std::uint64_t new_heard{};
  std::uint64_t new_servers{};
  QUORATE_FIELDS(QuorumOfBothLost, old_heard, old_servers, new_heard, new_servers)
  static constexpr std::string_view sentence =
      "steps down: it hears {old_heard} of {old_servers} old servers and {new_heard} of "
      "{new_servers} new ones";
};

// An event: an entry repeats an operation that is executed already.
struct Repeated {
  Index index{};
  std::uint64_t serial{};
  QUORATE_FIELDS(Repeated, index, serial)
  static constexpr std::string_view sentence =
      "does not execute entry {index}: its client's operation {serial} is done already";
};

// An event: a follower removed its entries from index `first` to `last`.
struct LogCut {
  Index first{};
  Index last{};
  QUORATE_FIELDS(LogCut, first, last)
  static constexpr std::string_view sentence =
      "cuts off its log from entry {first} on, where it conflicts with its leader's";
};

// An event: a candidate's election ends without it as leader, so far as it knows without any.
struct Unelected {
  Term term{};
  std::uint64_t votes{};
  std::uint64_t servers{};
  QUORATE_FIELDS(Unelected, term, votes, servers)
  static constexpr std::string_view sentence =
      "is not elected in term {term}: it has {votes} of {servers} votes";
};

// As Unelected, in a joint configuration, which needs a majority of each.
struct UnelectedByBoth {
  Term term{};
  std::uint64_t old_votes{};
  std::uint64_t old_servers{};
  std::uint64_t new_votes{};
  std::uint64_t new_servers{};
  QUORATE_FIELDS(UnelectedByBoth, term, old_votes, old_servers, new_votes, new_servers)
  static constexpr std::string_view sentence =
      "is not elected in term {term}: it has {old_votes} of {old_servers} votes of old servers and "
      "{new_votes} of {new_servers} of new ones";
};

}  // namespace quorate::raft
