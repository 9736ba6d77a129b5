// Raft as the engine sees it: parameters, known mistakes, types.
#pragma once

#include <algorithm>

#include "protocols/common/state_machine.hpp"
#include "protocols/raft/messages.hpp"
#include "sim/engine/members.hpp"

namespace quorate {

namespace raft {

struct Server;

// How a leader finds where a follower's log departs from its own (section 5.3).
QUORATE_ENUM(Repair, decrement, conflict_term, binary)

// How an operation that changes nothing is answered (dissertation, 6.4). `local` is wrong.
QUORATE_ENUM(Reads, log, read_index, lease, local)

// Whether servers can be added and removed, and how: one at a time (dissertation, chapter 4) or by
// joint consensus (section 6 of the paper).
QUORATE_ENUM(Membership, fixed, single_server, joint)

struct Params {
  Distribution election_timeout{Distribution::uniform(150ms, 300ms)};
  Duration heartbeat{50ms};
  Repair repair{Repair::decrement};
  std::uint32_t max_entries{64};
  bool empty_heartbeats{};
  bool pipelining{};
  bool no_op{};
  bool pre_vote{};
  bool check_quorum{};
  bool sessions{};
  bool push_commit{};
  MachineKind state_machine{MachineKind::none};
  Reads reads{Reads::log};
  Duration lease{100ms};
  std::uint32_t snapshot_threshold{};
  Membership membership{Membership::fixed};
  Duration batch_delay{};
  QUORATE_FIELDS(Params, election_timeout, heartbeat, repair, max_entries, empty_heartbeats,
                 pipelining, no_op, pre_vote, check_quorum, sessions, push_commit, state_machine,
                 reads, lease, snapshot_threshold, membership, batch_delay)
  static constexpr std::array texts{
      "how long a follower waits for its leader before it stands for election; drawn anew every "
      "time",
      "how often a leader sends AppendEntries to everybody, entries or not",
      "after a refusal go back one entry, skip the follower's whole conflicting term, or search by "
      "halves for where the logs part",
      "how many entries one AppendEntries carries at most",
      "heartbeats carry no entries, as Figure 2 has it; a follower gets what it lacks when it "
      "answers one",
      "a leader sends each entry once and does not wait for the answer before it sends the next; "
      "after a refusal it waits again, until the follower's log matches",
      "a new leader appends an entry that does nothing, so that the entries before it are "
      "committed without waiting for a client",
      "who wants to stand for election asks first whether a majority would vote for it, and raises "
      "no term before; who has heard a leader lately would not",
      "a leader that no majority answers for an election timeout steps down, and who has heard a "
      "leader lately ignores requests for its vote",
      "the state machine remembers each client's serial numbers: an operation that is asked twice "
      "is executed once",
      "a leader tells everybody at once what is newly committed, and not with its next message",
      "what executes the commands: nothing, which answers ok to all of them, or one of the "
      "machines in protocols/common",
      "how get and read are answered: through the log, by the leader after a round of heartbeats "
      "or while it has a lease, or by whoever is asked from what it has, which may be old",
      "with reads by lease, for how long a round of heartbeats gives one, from when it was sent; "
      "shorter than every server's shortest election timeout, by as much as clocks may drift "
      "apart; needs check_quorum",
      "a server keeps its log's first entries as a snapshot when it has applied so many since the "
      "last one; 0: it never does",
      "whether an operator may ask the leader to change who is in the cluster: one server at a "
      "time, by requests add_server and remove_server with its name as value, or joint, to any "
      "other set, by change_servers with all the names, \"n1 n4..n6\"",
      "for how long a leader gathers commands before it sends them on, all in one message to each; "
      "a heartbeat takes them along sooner",
  };
  static constexpr auto ranges =
      std::tuple(at_least(&Params::election_timeout, 1us), at_least(&Params::heartbeat, 1us),
                 at_least(&Params::max_entries, 1), at_least(&Params::lease, 1us));
};

// "…a baseline election timeout" (dissertation, 9.6): the shortest that can be drawn. A curve that
// goes down to nothing, which whoever trusts a leader may not have, gives its mean or median.
inline Duration baseline(const Params& params) {
  const Distribution& timeout = params.election_timeout;
  const Duration least = least_of(timeout);
  return least < 1us ? std::clamp(timeout.a, timeout.min, timeout.max) : least;
}

// One-line mistakes, each a deviation point, `out.bug(...)`, beside the rule it breaks. What each
// breaks stands in protocol.cpp.
QUORATE_ENUM(Bug, vote_ignored, own_vote_unrecorded, no_log_check, log_check_by_length,
             log_check_by_last_term, commits_old_terms, quorum_too_small, votes_counted_twice,
             old_vote_replies_count, step_down_clears_vote, prev_term_unchecked, conflict_tail_kept,
             truncates_without_conflict, commit_past_match, match_is_last_index,
             new_leader_drops_tail, applies_on_append, answers_on_append, old_append_replies_count,
             match_index_kept, commit_goes_back, repeat_answered_blindly, reads_before_own_commit,
             read_unconfirmed, lease_from_receipt, old_snapshot_installed, snapshot_keeps_log,
             purged_entries_conflict, snapshot_without_sessions, lease_kept_in_transfer,
             changes_before_own_commit, config_on_commit, outside_never_stands,
             config_kept_on_truncation, leaves_joint_early)

}  // namespace raft

struct Raft {
  static constexpr std::string_view name = "raft";
  static constexpr int version = 9;
  using Params = raft::Params;
  using Roles = Types<raft::Server>;
  using Messages = Types<raft::RequestVote, raft::RequestVoteReply, raft::AppendEntries,
                         raft::AppendEntriesReply, raft::Stored, raft::PreVote, raft::PreVoteReply,
                         raft::InstallSnapshot, raft::TimeoutNow>;
  using Timers = Types<raft::Election, raft::Heartbeat, raft::LeaderSilent, raft::CheckQuorum,
                       raft::LeaseOver, raft::TakeSnapshot, raft::SnapshotLate, raft::TransferLate,
                       raft::RoundLate, raft::BatchOver>;
  using Events = Types<raft::LogCut, raft::Unelected, raft::QuorumLost, raft::Repeated,
                       raft::Snapshotted, raft::Installed, raft::HandedOver, raft::TransferAborted,
                       raft::Reconfigured, raft::ChangeRefused, raft::BecameJoint,
                       raft::ServersRefused, raft::TransferRefused, raft::UnelectedByBoth,
                       raft::QuorumOfBothLost, raft::ReadsWait, MembersChanged, MembersInForce>;
  using Bug = raft::Bug;
};

}  // namespace quorate
