// What three-phase commit promises: atomic commitment, as
// protocols/common/properties_commitment.hpp has it, and one thing of its own.
#pragma once

#include <set>

#include "protocols/3pc/roles.hpp"
#include "protocols/common/properties_commitment.hpp"

namespace quorate::p3pc {

using CommitCluster = Cluster<ThreePhaseCommit>;

// Whether the record is a vote to commit.
inline bool is_yes(LogRecord record, const Params&) { return record == LogRecord::vote_commit; }

inline bool keeps_records(const Params&) { return true; }
bool forgotten_rightly(const Params& params, const commitment::Decided& decided,
                       const CommitCluster& cluster);

using Agreement = commitment::Agreement<ThreePhaseCommit>;
using CommitValidity = commitment::CommitValidity<ThreePhaseCommit>;
using AbortValidity = commitment::AbortValidity<ThreePhaseCommit>;
using Stability = commitment::Stability<ThreePhaseCommit>;
using CommittedOnce = commitment::CommittedOnce<ThreePhaseCommit>;

// What the third phase is for (Skeen 1981): where somebody has committed nobody may still abort.
// Survivors can tell, as long as who has crashed is told from who is slow; a quorum can always.
// With naive timeouts it does not hold.
struct CommitIsPrepared {
  static constexpr std::string_view name = "commit_is_prepared";
  static constexpr std::string_view sentence =
      "Nobody commits before all participants that have not crashed, or a quorum, have prepared "
      "to.";
  static bool promised(const Params& params) { return params.termination != Termination::naive; }
  void check(const CommitCluster& cluster, const Step& step, Check& check);

  commitment::Decisions<ThreePhaseCommit> decisions;
  std::set<Txn> committed;

 private:
  std::vector<NodeId> unprepared(const CommitCluster& cluster, Txn txn) const;
};

// Situations that make a sweep worth its electricity.
QUORATE_ENUM(Situation, committed, aborted, crashed_undecided, taken_over)

struct Witnesses {
  static constexpr auto names = enum_names<Situation>;
  static constexpr std::array<std::string_view, names.size()> texts{
      "a node committed", "a node aborted", "a node that had not decided came back",
      "a participant took a transaction over"};
  std::array<std::uint64_t, names.size()> counts{};
  void look(const CommitCluster& cluster, const Step& step);

 private:
  void saw(Situation situation) { ++counts[static_cast<std::size_t>(situation)]; }

  commitment::Decisions<ThreePhaseCommit> decisions;
};

// A predicate for the end of a run.
bool some_undecided(const CommitCluster& cluster);
// Whether the node has a transaction that it cannot decide by itself: it was down in it, or, where
// a quorum decides, it has voted.
bool waits_for_others(const CommitCluster& cluster, NodeId node);

}  // namespace quorate::p3pc
