// What two-phase commit promises: atomic commitment, as protocols/common/properties_commitment.hpp
// has it, and one thing of its own.
#pragma once

#include <set>

#include "protocols/2pc/roles.hpp"
#include "protocols/common/properties_commitment.hpp"

namespace quorate::p2pc {

using CommitCluster = Cluster<TwoPhaseCommit>;

// Whether the record says that its participant has voted to commit. Where the coordinator does not
// decide, the last vote to commit may be the decision itself.
bool is_yes(LogRecord record, const Params& params);

inline bool keeps_records(const Params& params) { return !only_reads(params); }
bool forgotten_rightly(const Params& params, const commitment::Decided& decided,
                       const CommitCluster& cluster);

using Agreement = commitment::Agreement<TwoPhaseCommit>;
// Where nobody is asked nothing of the kind is promised.
struct CommitValidity : commitment::CommitValidity<TwoPhaseCommit> {
  static bool promised(const Params& params) { return params.form != Form::one_phase; }
  void check(const CommitCluster& cluster, const Step& step, Check& check);
};
using AbortValidity = commitment::AbortValidity<TwoPhaseCommit>;
using Stability = commitment::Stability<TwoPhaseCommit>;
using CommittedOnce = commitment::CommittedOnce<TwoPhaseCommit>;

// "Participant cannot simply decide to abort. It needs to know what message was sent by the
// coordinator."
struct NoUnilateralAfterYes {
  static constexpr std::string_view name = "no_unilateral_after_yes";
  static constexpr std::string_view sentence =
      "Who has voted to commit decides only what it is told: at no timeout, at no restart.";
  void check(const CommitCluster& cluster, const Step& step, Check& check);

  PerNode<std::set<Txn>> bound;  // a vote to commit is on disk, so it may have been sent
  PerNode<std::map<Txn, LogRecord>> last;
};

// Situations that make a sweep worth its electricity.
QUORATE_ENUM(Situation, committed, aborted, crashed_ready, helped_by_peer)

struct Witnesses {
  static constexpr auto names = enum_names<Situation>;
  static constexpr std::array<std::string_view, names.size()> texts{
      "a node committed", "a node aborted", "a node that was ready came back",
      "a participant was told by another that is not its coordinator"};
  std::array<std::uint64_t, names.size()> counts{};
  void look(const CommitCluster& cluster, const Step& step);

 private:
  void saw(Situation situation) { ++counts[static_cast<std::size_t>(situation)]; }

  commitment::Decisions<TwoPhaseCommit> decisions;
};

// A predicate for the end of a run.
bool some_ready(const CommitCluster& cluster);
// Whom a participant that is ready asks, again and again, for the decision.
std::vector<NodeId> asked_for(Txn txn, NodeId node, const CommitCluster& cluster);

}  // namespace quorate::p2pc
