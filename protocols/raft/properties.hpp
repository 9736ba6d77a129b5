// What Raft promises (Figure 3 and sections 5.2-5.4), checked whenever a server or its disk has
// changed, by an observer who sees all. Each property remembers only what it needs to compare with,
// and looks at nothing that has not changed.
#pragma once

#include <map>

#include "protocols/common/properties_log.hpp"
#include "protocols/raft/server.hpp"

namespace quorate::raft {

using RaftCluster = Cluster<Raft>;

inline std::string term_text(Term term) { return "term " + std::to_string(term); }

// Tells the lives of a server apart: what is volatile begins anew in each.
class Lives {
 public:
  // Whether the server is still in the life in which this was asked last.
  bool goes_on(const RaftCluster& cluster, NodeId node);

 private:
  PerNode<std::uint32_t> incarnations_;
};

// What was applied first at each index, whoever it was. It knows the beginnings of logs whose
// servers have discarded them: a snapshot stands for entries that somebody has applied one by one.
class History {
 public:
  // Takes note of what this server has applied beyond everybody else.
  void learn(const Server& server) {
    if (server.last_applied > size()) learn_more(server);
  }
  Index size() const { return prefixes_.size(); }
  // The hash of the first `index` entries. REQUIRES index <= size().
  std::uint64_t prefix_hash(Index index) const { return index == 0 ? 0 : prefixes_[index - 1]; }
  // Whether `whole` begins, or before it was compacted began, with all of `prefix`.
  bool begins_with(const EntryLog& whole, const EntryLog& prefix) const;

 private:
  void learn_more(const Server& server);

  std::vector<std::uint64_t> prefixes_;  // by length
};

// "Election Safety: at most one leader can be elected in a given term." (5.2)
struct ElectionSafety {
  static constexpr std::string_view name = "election_safety";
  static constexpr std::string_view sentence =
      "At most one leader is elected in a given term (5.2).";
  void check(const RaftCluster& cluster, const Step& step, Check& check);

  std::map<Term, NodeId> leader_of;
  PerNode<Term> last_led;  // the term each node was last seen leading
};

// "Each server will vote for at most one candidate in a given term." (5.2) Over restarts too.
struct VoteOnce {
  static constexpr std::string_view name = "vote_once";
  static constexpr std::string_view sentence =
      "A server votes for at most one candidate in a given term, restarts included (5.2).";
  void check(const RaftCluster& cluster, const Step& step, Check& check);

  std::map<std::pair<NodeId, Term>, NodeId> vote;
  PerNode<std::pair<Term, NodeId>> last_seen;

 private:
  static std::pair<Term, NodeId> binding_vote(const RaftCluster& cluster, NodeId node);
};

// "Leader Append-Only: a leader never overwrites or deletes entries in
// its log; it only appends." (5.3)
struct LeaderAppendOnly {
  static constexpr std::string_view name = "leader_append_only";
  static constexpr std::string_view sentence = "A leader only appends to its log (5.3).";
  void check(const RaftCluster& cluster, const Step& step, Check& check);

  PerNode<EntryLog> before;
  Lives lives;
};

// "Log Matching: if two logs contain an entry with the same index and term, then the logs are
// identical in all entries up through the given index." (5.3)
struct LogMatching {
  static constexpr std::string_view name = "log_matching";
  static constexpr std::string_view sentence =
      "Two logs that share an entry's index and term are equal up to that entry (5.3).";
  void check(const RaftCluster& cluster, const Step& step, Check& check);

  PerNode<EntryLog> before;
};

// "Leader Completeness: if a log entry is committed in a given term, then that entry will be
// present in the logs of the leaders for all higher-numbered terms." (5.4)
struct LeaderCompleteness {
  static constexpr std::string_view name = "leader_completeness";
  static constexpr std::string_view sentence =
      "Every leader's log holds all entries committed in earlier terms (5.4).";
  void check(const RaftCluster& cluster, const Step& step, Check& check);

  History history;
  std::map<Term, EntryLog> committed;  // per term, the longest prefix its leader knew as committed
  std::map<Term, std::pair<NodeId, EntryLog>> won;  // who led a term, with what log at its start
  PerNode<Term> last_led;

 private:
  void elected(const RaftCluster& cluster, NodeId leader, Check& check);
  void compare(const RaftCluster& cluster, Term term, const EntryLog& prefix, Term later,
               const std::pair<NodeId, EntryLog>& leader, Check& check) const;
};

// "State Machine Safety: if a server has applied a log entry at a given index to its state machine,
// no other server will ever apply a different log entry for the same index." (5.4.3)
struct StateMachineSafety {
  static constexpr std::string_view name = "state_machine_safety";
  static constexpr std::string_view sentence =
      "No two servers ever apply different entries at the same index (5.4.3).";
  void check(const RaftCluster& cluster, const Step& step, Check& check);

  std::vector<std::uint64_t> applied;  // hash of the entry applied at each index, whoever was first
  std::vector<NodeId> first;           // and who that was
  History history;
  PerNode<Index> seen;

 private:
  void compare_snapshot(const RaftCluster& cluster, NodeId node, Check& check) const;
};

// Terms only grow, over restarts too: "current terms increase monotonically over time" (5.1).
struct TermMonotone {
  static constexpr std::string_view name = "term_monotone";
  static constexpr std::string_view sentence = "A server's current term never decreases (5.1).";
  void check(const RaftCluster& cluster, const Step& step, Check& check);

  PerNode<Term> last;    // in memory
  PerNode<Term> synced;  // on disk
  Lives lives;
};

// commitIndex "increases monotonically" (Figure 2), and applied <= committed <= log
// length, while a server stays up.
struct CommitMonotone {
  static constexpr std::string_view name = "commit_monotone";
  static constexpr std::string_view sentence =
      "A server's commit index never decreases, and lies between its applied index and its log's "
      "end.";
  void check(const RaftCluster& cluster, const Step& step, Check& check);

  PerNode<Index> last;
  Lives lives;
};

// What a server knows as committed stays in its log.
struct CommittedNeverTruncated {
  static constexpr std::string_view name = "committed_never_truncated";
  static constexpr std::string_view sentence =
      "A server never removes an entry it knows as committed.";
  void check(const RaftCluster& cluster, const Step& step, Check& check);

  History history;
  PerNode<EntryLog> committed;
  Lives lives;
};

// "…respond after entry applied to state machine" (Figure 2): what a client was told is done has
// been committed, and the other properties see to it that it stays.
struct AnsweredIsApplied {
  static constexpr std::string_view name = "answered_is_applied";
  static constexpr std::string_view sentence =
      "A client is answered only after its command has been applied (5.3).";
  void check(const RaftCluster& cluster, const Step& step, Check& check);
  void answered(const RaftCluster& cluster, ClientId client, const Reply& reply, Check& check);

  Index last{};                   // the highest index applied anywhere
  std::vector<Session> commands;  // applied ones, per client

 private:
  void note(const Request& command);
};

// "…each command executed exactly once" (dissertation, 6.3). Without sessions Raft promises less.
struct ExactlyOnce {
  static constexpr std::string_view name = "exactly_once";
  static constexpr std::string_view sentence =
      "A server executes no operation of a client twice (dissertation, 6.3; option sessions).";
  static bool promised(const Params& params) { return params.sessions; }
  void check(const RaftCluster& cluster, const Step& step, Check& check);

 private:
  void learn(const Server& server);

  OperationCount operations;  // in the entries that anybody has applied
  PerNode<Index> seen;
  Lives lives;
};

// A session keeps "the associated response" (dissertation, 6.3): what a client is told is what its
// operation gave when it was executed, however often it asked.
struct AnsweredAsExecuted {
  static constexpr std::string_view name = "answered_as_executed";
  static constexpr std::string_view sentence =
      "A client is told what its operation gave when it was executed first (dissertation, 6.3; "
      "options sessions and state_machine).";
  static bool promised(const Params& params) {
    return params.sessions && params.state_machine != MachineKind::none;
  }
  void check(const RaftCluster& cluster, const Step& step, Check& check);
  void answered(const RaftCluster& cluster, ClientId client, const Reply& reply, Check& check);

 private:
  Index last{};  // the highest index applied anywhere
  FirstResults results;
};

// The answer is no older than the moment at which the client asked: what the dissertation's reads
// are for (6.4). Told from outside: a read is answered by the state after some entry that was the
// last one committed at a moment since then. A leader that stood still may answer late what it was
// asked in time.
struct ReadFreshness {
  static constexpr std::string_view name = "read_freshness";
  static constexpr std::string_view sentence =
      "A read sees all that was committed before it was asked (dissertation, 6.4; options reads "
      "and state_machine).";
  static bool promised(const Params& params) {
    const bool fresh = params.reads == Reads::read_index || params.reads == Reads::lease;
    return fresh && params.state_machine != MachineKind::none;
  }
  void check(const RaftCluster& cluster, const Step& step, Check& check);
  void answered(const RaftCluster& cluster, ClientId client, const Reply& reply, Check& check);

 private:
  struct Committed {
    Time at;
    Operation operation;
  };
  // What a read is told from a moment on.
  struct Told {
    Time since;
    Text answer;
  };
  void advance(const RaftCluster& cluster, NodeId node);
  std::vector<Told>& told_of(const Operation& read, MachineKind kind);

  Index last{};  // the highest index committed anywhere
  StateMachine machine;
  Sessions sessions;
  std::vector<Committed> committed;                            // what was executed
  std::map<std::pair<Text, Text>, std::vector<Told>> answers;  // to each read, by verb and key
  std::map<std::pair<std::uint32_t, std::uint64_t>, Operation> open;  // by client and serial
  Sessions closed;                                                    // the answered ones
};

// "…a leader would have a lease": nobody else leads while it lasts (dissertation, 6.4.1). It ends
// when its timer is due, though a server that stands still, or may be busy, learns that later.
struct LeaseDisjoint {
  static constexpr std::string_view name = "lease_disjoint";
  static constexpr std::string_view sentence =
      "While a leader's lease runs no other server leads a later term (dissertation, 6.4.1; option "
      "reads: lease).";
  static bool promised(const Params& params) { return params.reads == Reads::lease; }
  void check(const RaftCluster& cluster, const Step& step, Check& check);

 private:
  struct Rounds {
    std::map<std::uint64_t, Time> ends;  // of the lease that each gives, if clocks are true
    std::uint64_t seen{};
    std::uint64_t before_resume{};
  };
  void note_rounds(const RaftCluster& cluster, const Step& step);
  bool has_lease(const RaftCluster& cluster, NodeId node);

  std::map<Term, NodeId> leased;  // who had a lease in which term
  PerNode<Rounds> rounds;
};

// Situations that make a sweep worth its electricity.
QUORATE_ENUM(Situation, leader_changed, log_repaired, vote_split, old_term_committed)

struct Witnesses {
  static constexpr auto names = enum_names<Situation>;
  static constexpr std::array<std::string_view, names.size()> texts{
      "a second or later leader was elected",
      "a follower replaced entries that conflict with its leader's",
      "a candidate with a rival stood again before anybody had won their term",
      "an entry of an earlier term became committed"};
  std::array<std::uint64_t, names.size()> counts{};
  void look(const RaftCluster& cluster, const Step& step);

 private:
  struct Race {
    NodeSet candidates;
    bool won{};
  };

  void saw(Situation situation) { ++counts[static_cast<std::size_t>(situation)]; }
  void look_at_log(const RaftCluster& cluster, NodeId node);
  void look_at_election(const Server& now, NodeId node);

  PerNode<EntryLog> logs;
  Lives lives;
  PerNode<Term> candidate_in;  // 0 while it is no candidate
  std::map<Term, Race> races;
  PerNode<Index> committed;
  Term led{};
};

// "…any majority of the old cluster overlaps with any majority of the new cluster." (dissertation,
// 4.1) Of servers whose logs hold all that is known to be committed; others win no election. A
// joint configuration decides by majorities of both its sets.
struct ConfigOverlap {
  static constexpr std::string_view name = "config_overlap";
  static constexpr std::string_view sentence =
      "Configurations in force at servers that may yet decide have no two disjoint majorities "
      "(dissertation, 4.1).";
  static bool promised(const Params& params) { return params.membership != Membership::fixed; }
  void check(const RaftCluster& cluster, const Step& step, Check& check);

  struct Electorate {
    std::vector<NodeId> servers;
    std::vector<NodeId> old_servers;  // of a joint configuration
    friend bool operator==(const Electorate&, const Electorate&) = default;
  };

 private:
  struct Known {
    Index index{};  // of entries known to be committed
    std::uint64_t hash{};
  };
  static Electorate in_force(const RaftCluster& cluster, NodeId node);
  bool may_decide(const RaftCluster& cluster, NodeId node) const;

  Known committed;
  PerNode<Electorate> last;  // in force when looked at last
};

}  // namespace quorate::raft
