// Raft as the engine sees it: parameters, known mistakes, types.
#pragma once

#include "protocols/raft/messages.hpp"

namespace quorate {

namespace raft {

struct Server;

// How a leader finds where a follower's log departs from its own (section 5.3).
QUORATE_ENUM(Repair, decrement, conflict_term, binary)

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
  QUORATE_FIELDS(Params, election_timeout, heartbeat, repair, max_entries, empty_heartbeats,
                 pipelining, no_op, pre_vote, check_quorum, sessions, push_commit)
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
      "committed "
      "without waiting for a client",
      "who wants to stand for election asks first whether a majority would vote for it, and raises "
      "no term before; who has heard a leader lately would not",
      "a leader that no majority answers for an election timeout steps down, and who has heard a "
      "leader lately ignores requests for its vote",
      "the state machine remembers each client's serial numbers: an operation that is asked twice "
      "is "
      "executed once",
      "a leader tells everybody at once what is newly committed, and not with its next message",
  };
  static constexpr auto ranges =
      std::tuple(at_least(&Params::election_timeout, 1us), at_least(&Params::heartbeat, 1us),
                 at_least(&Params::max_entries, 1));
};

// One-line mistakes, each a deviation point in server.cpp. What each breaks stands in protocol.cpp.
QUORATE_ENUM(Bug, vote_ignored, own_vote_unrecorded, no_log_check, log_check_by_length,
             log_check_by_last_term, commits_old_terms, quorum_too_small, votes_counted_twice,
             old_vote_replies_count, step_down_clears_vote, prev_term_unchecked, conflict_tail_kept,
             truncates_without_conflict, commit_past_match, match_is_last_index,
             new_leader_drops_tail, applies_on_append, answers_on_append, old_append_replies_count,
             match_index_kept, commit_goes_back)

}  // namespace raft

struct Raft {
  static constexpr std::string_view name = "raft";
  static constexpr int version = 2;
  using Params = raft::Params;
  using Roles = Types<raft::Server>;
  using Messages = Types<raft::RequestVote, raft::RequestVoteReply, raft::AppendEntries,
                         raft::AppendEntriesReply, raft::Stored, raft::PreVote, raft::PreVoteReply>;
  using Timers = Types<raft::Election, raft::Heartbeat, raft::LeaderSilent, raft::CheckQuorum>;
  using Events = Types<raft::LogCut, raft::Unelected, raft::QuorumLost, raft::Repeated>;
  using Bug = raft::Bug;
};

}  // namespace quorate
