// What atomic commitment promises (Bernstein, Hadzilacos and Goodman 1987, section 7.3, AC1 to
// AC4), checked whenever a node or its disk has changed, by an observer who sees all. A node has
// decided what stands on its disk: only then may anybody have heard of it.
#pragma once

#include <set>

#include "protocols/3pc/roles.hpp"
#include "sim/check/property.hpp"

namespace quorate::p3pc {

using CommitCluster = Cluster<ThreePhaseCommit>;

struct Decided {
  Txn txn{};
  Decision decision{};
};

// What stands on each disk, as of the last look.
class Decisions {
 public:
  // What has newly come to the disk of the step's node, one item for each transaction and role.
  std::vector<Decided> update(const CommitCluster& cluster, const Step& step);

 private:
  void look(NodeId node, bool coordinator, Txn txn, LogRecord record, std::vector<Decided>& news);

  std::map<std::tuple<Txn, NodeId, bool>, Decision> last_;
};

// AC1. Coordinators decide, too; and so do those that crash afterwards.
struct Agreement {
  static constexpr std::string_view name = "agreement";
  static constexpr std::string_view sentence =
      "No two nodes decide differently, crashed ones included (AC1).";
  void check(const CommitCluster& cluster, const Step& step, Check& check);

  Decisions decisions;
  std::map<Txn, std::pair<NodeId, Decision>> first;
};

// AC2.
struct CommitValidity {
  static constexpr std::string_view name = "commit_validity";
  static constexpr std::string_view sentence =
      "Nobody commits unless all participants have voted to (AC2).";
  void check(const CommitCluster& cluster, const Step& step, Check& check);

  Decisions decisions;
  std::map<Txn, NodeSet> voted;
};

// AC3. A timeout counts as a failure: there may have been one.
struct AbortValidity {
  static constexpr std::string_view name = "abort_validity";
  static constexpr std::string_view sentence =
      "Without failures and timeouts, what all are ready to commit is committed (AC3).";
  void check(const CommitCluster& cluster, const Step& step, Check& check);

  Decisions decisions;
  bool failed{};
};

// AC4.
struct Stability {
  static constexpr std::string_view name = "stability";
  static constexpr std::string_view sentence = "A decision is never taken back (AC4).";
  void check(const CommitCluster& cluster, const Step& step, Check& check);

  std::map<std::tuple<Txn, NodeId, bool>, Decision> decided;

 private:
  void look(const CommitCluster& cluster, NodeId node, bool coordinator, Txn txn, LogRecord record,
            Check& check);
};

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

  Decisions decisions;
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

  Decisions decisions;
};

// Predicates for the end of a run. Of live nodes; AC5 is all_decided.
bool all_decided(const CommitCluster& cluster);
bool some_undecided(const CommitCluster& cluster);
bool all_committed(const CommitCluster& cluster);
bool all_aborted(const CommitCluster& cluster);

}  // namespace quorate::p3pc
