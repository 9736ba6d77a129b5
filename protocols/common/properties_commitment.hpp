// What atomic commitment promises (Bernstein, Hadzilacos and Goodman 1987, section 7.3, AC1 to
// AC4), checked whenever a node or its disk has changed, by an observer who sees all. A node has
// decided what stands on its disk: only then may anybody have heard of it.
//
// For protocols P whose roles are a coordinator with a durable `log` (Txn -> Entry with a `record`)
// and a participant with durable `records` (Txn -> LogRecord), each the first that its role
// declares durable; whose coordinator keeps the number used `last`; whose log records have
// `vote_commit` and a function decision_of(record); and whose parameter `vote` is `yes`, or
// `read` if there is that, where a node is ready to commit whatever it is asked.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "protocols/common/transaction.hpp"
#include "sim/check/property.hpp"

namespace quorate::commitment {

// ---- what stands on disks -----------------------------------------------------------------------

template <class Roles>
struct RolesOf;
template <class C, class Q>
struct RolesOf<Types<C, Q>> {
  using Coordinator = C;
  using Participant = Q;
};
template <class P>
using CoordinatorOf = typename RolesOf<typename P::Roles>::Coordinator;
template <class P>
using ParticipantOf = typename RolesOf<typename P::Roles>::Participant;

template <class P>
const auto& log_on_disk(const Cluster<P>& cluster, NodeId node) {
  return std::get<0>(std::get<0>(cluster.world().synced(node)));
}
template <class P>
const auto& records_on_disk(const Cluster<P>& cluster, NodeId node) {
  return std::get<0>(std::get<1>(cluster.world().synced(node)));
}

// Whether the disk of the step's node may hold something else than before.
inline bool disk_changed(const Step& step) {
  const Kind kind = step.record.kind;
  return kind == Kind::persist || kind == Kind::crash || kind == Kind::restart ||
         kind == Kind::note;
}

// Calls f(coordinator?, txn, record) for each transaction on the disk of a node, once a role.
template <class P, class F>
void for_each_on_disk(const Cluster<P>& cluster, NodeId node, F&& f) {
  if (cluster.template plays<CoordinatorOf<P>>(node)) {
    for (const auto& [txn, entry] : log_on_disk(cluster, node)) f(true, txn, entry.record);
  }
  if (cluster.template plays<ParticipantOf<P>>(node)) {
    for (const auto& [txn, record] : records_on_disk(cluster, node)) f(false, txn, record);
  }
}

struct Decided {
  Txn txn{};
  Decision decision{};
};

// What is decided on each disk, as of the last look.
template <class P>
class Decisions {
 public:
  // What has newly come to the disk of the step's node, one item for each transaction and role.
  std::vector<Decided> update(const Cluster<P>& cluster, const Step& step) {
    std::vector<Decided> news;
    if (!disk_changed(step)) return news;
    for_each_on_disk(cluster, step.node, [&](bool coordinator, Txn txn, auto record) {
      const auto decision = decision_of(record);
      if (!decision) return;
      const auto [known, first] = last_.emplace(std::tuple{txn, step.node, coordinator}, *decision);
      if (!first && known->second == *decision) return;
      known->second = *decision;
      news.push_back({txn, *decision});
    });
    return news;
  }

 private:
  std::map<std::tuple<Txn, NodeId, bool>, Decision> last_;
};

// ---- properties ---------------------------------------------------------------------------------

// AC1. Coordinators decide, too; and so do those that crash afterwards.
template <class P>
struct Agreement {
  static constexpr std::string_view name = "agreement";
  static constexpr std::string_view sentence =
      "No two nodes decide differently, crashed ones included (AC1).";

  void check(const Cluster<P>& cluster, const Step& step, Check& check) {
    for (const Decided& decided : decisions.update(cluster, step)) {
      check.armed();
      const auto [known, fresh] =
          first.emplace(decided.txn, std::pair{step.node, decided.decision});
      if (fresh) continue;
      check.exercised();
      const auto& [other, decision] = known->second;
      if (decision == decided.decision) continue;
      check.violated({other, step.node},
                     cluster.name(step.node) + " has " + std::string(word(decided.decision)) + " " +
                         transaction(decided.txn) + ", which " + cluster.name(other) + " has " +
                         std::string(word(decision)) + ".");
    }
  }

  Decisions<P> decisions;
  std::map<Txn, std::pair<NodeId, Decision>> first;
};

// AC2. A vote is what stands on a participant's disk, whether or not anybody has heard of it.
template <class P>
struct CommitValidity {
  static constexpr std::string_view name = "commit_validity";
  static constexpr std::string_view sentence =
      "Nobody commits unless all participants have voted to (AC2).";

  void check(const Cluster<P>& cluster, const Step& step, Check& check) {
    if (disk_changed(step)) note_votes(cluster, step.node);
    for (const Decided& decided : decisions.update(cluster, step)) {
      if (decided.decision != Decision::commit) continue;
      check.exercised();
      for (const NodeId node : cluster.members()) {
        const bool has_a_vote = cluster.template plays<ParticipantOf<P>>(node);
        if (!has_a_vote || voted[decided.txn].contains(node)) continue;
        check.violated({step.node, node}, cluster.name(step.node) + " has committed " +
                                              transaction(decided.txn) + " although " +
                                              cluster.name(node) + " has not voted to.");
      }
    }
  }

  Decisions<P> decisions;
  std::map<Txn, NodeSet> voted;

 private:
  void note_votes(const Cluster<P>& cluster, NodeId node) {
    if (!cluster.template plays<ParticipantOf<P>>(node)) return;
    for (const auto& [txn, record] : records_on_disk(cluster, node)) {
      if (is_yes(record, cluster.params(node))) voted[txn].insert(node);
    }
  }
};

// AC3. A timeout counts as a failure: there may have been one. What failed before a transaction
// began, or after it was decided, does not excuse it.
template <class P>
struct AbortValidity {
  static constexpr std::string_view name = "abort_validity";
  static constexpr std::string_view sentence =
      "Without failures and timeouts, what all are ready to commit is committed (AC3).";

  void check(const Cluster<P>& cluster, const Step& step, Check& check) {
    const Kind kind = step.record.kind;
    if (kind == Kind::crash || kind == Kind::timer || kind == Kind::pause) ++failures;
    note_begun(cluster, step.node);
    for (const Decided& decided : decisions.update(cluster, step)) {
      check.armed();
      const auto before = begun.find(decided.txn);
      const bool failed = before == begun.end() || before->second != failures;
      if (failed || !all_willing(cluster)) continue;
      check.exercised();
      if (decided.decision == Decision::commit) continue;
      check.violated({step.node}, cluster.name(step.node) + " has aborted " +
                                      transaction(decided.txn) +
                                      " although all are ready to commit and nothing has failed.");
    }
  }

  Decisions<P> decisions;
  std::uint64_t failures{};
  std::map<Txn, std::uint64_t> begun;  // how many failures there had been when it began

 private:
  // A transaction begins where its coordinator takes the next number, of which nobody has heard
  // yet.
  void note_begun(const Cluster<P>& cluster, NodeId node) {
    if (node == no_node || !cluster.template plays<CoordinatorOf<P>>(node)) return;
    begun.emplace(cluster.template role<CoordinatorOf<P>>(node).last, failures);
  }
  static bool all_willing(const Cluster<P>& cluster) {
    return std::ranges::all_of(cluster.members(), [&](NodeId node) {
      const auto vote = cluster.params(node).vote;
      if constexpr (requires { decltype(vote)::read; }) {
        if (vote == decltype(vote)::read) return true;
      }
      return vote == decltype(vote)::yes;
    });
  }
};

// AC4. What all have acknowledged may be forgotten, but not changed.
template <class P>
struct Stability {
  static constexpr std::string_view name = "stability";
  static constexpr std::string_view sentence = "A decision is never taken back (AC4).";

  void check(const Cluster<P>& cluster, const Step& step, Check& check) {
    if (!disk_changed(step)) return;
    for_each_on_disk(cluster, step.node, [&](bool coordinator, Txn txn, auto record) {
      const auto decision = decision_of(record);
      const auto key = std::tuple{txn, step.node, coordinator};
      const auto known = decided.find(key);
      if (known == decided.end()) {
        if (decision) check.armed(), decided.emplace(key, *decision);
        return;
      }
      check.exercised();
      if (decision == known->second) return;
      check.violated({step.node}, cluster.name(step.node) + " had " +
                                      std::string(word(known->second)) + " " + transaction(txn) +
                                      " and takes it back.");
    });
  }

  std::map<std::tuple<Txn, NodeId, bool>, Decision> decided;
};

// ---- predicates for the end of a run, of live nodes ---------------------------------------------

// Whether `holds` is true of every record that a live participant has, and there is one.
template <class P, class F>
bool every_record(const Cluster<P>& cluster, F&& holds) {
  std::size_t seen = 0;
  const bool all = std::ranges::all_of(cluster.members(), [&](NodeId node) {
    if (!cluster.up(node) || !cluster.template plays<ParticipantOf<P>>(node)) return true;
    const auto& records = cluster.template role<ParticipantOf<P>>(node).records;
    seen += records.size();
    return std::ranges::all_of(records, [&](const auto& entry) { return holds(entry.second); });
  });
  return all && seen > 0;
}

// AC5.
template <class P>
bool all_decided(const Cluster<P>& cluster) {
  return every_record(cluster, [](auto record) { return decision_of(record).has_value(); });
}
template <class P>
bool all_committed(const Cluster<P>& cluster) {
  return every_record(cluster, [](auto record) { return decision_of(record) == Decision::commit; });
}
template <class P>
bool all_aborted(const Cluster<P>& cluster) {
  return every_record(cluster, [](auto record) { return decision_of(record) == Decision::abort; });
}

}  // namespace quorate::commitment
