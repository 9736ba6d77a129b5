#include "protocols/3pc/properties.hpp"

#include <algorithm>

#include "protocols/common/quorum.hpp"

namespace quorate::p3pc {

using commitment::Decided;
using commitment::records_on_disk;

// All have acknowledged the decision.
bool forgotten_rightly(const Params&, const Decided& decided, const CommitCluster& cluster) {
  return std::ranges::none_of(cluster.members(), [&](NodeId node) {
    return cluster.plays<Participant>(node) && commitment::in_doubt(cluster, node, decided.txn);
  });
}

// The participants in whose way it is to commit: those that may still abort.
std::vector<NodeId> CommitIsPrepared::unprepared(const CommitCluster& cluster, Txn txn) const {
  std::vector<NodeId> result;
  std::uint64_t participants = 0;
  std::uint64_t prepared = 0;
  for (const NodeId node : cluster.members()) {
    if (!cluster.plays<Participant>(node)) continue;
    ++participants;
    const auto& records = records_on_disk(cluster, node);
    const auto found = records.find(txn);
    const bool ahead = found != records.end() && (found->second == LogRecord::precommit ||
                                                  found->second == LogRecord::global_commit);
    prepared += ahead ? 1 : 0;
    // Who was down asks, and decides nothing by itself.
    const bool counts = cluster.up(node) && !cluster.role<Participant>(node).missed.contains(txn);
    if (!ahead && counts) result.push_back(node);
  }
  const bool by_quorum =
      cluster.params(cluster.members().front()).termination == Termination::quorum;
  if (by_quorum && prepared >= majority(participants)) result.clear();
  return result;
}

void CommitIsPrepared::check(const CommitCluster& cluster, const Step& step, Check& check) {
  for (const Decided& decided : decisions.update(cluster, step)) {
    if (decided.decision != Decision::commit || !committed.insert(decided.txn).second) continue;
    check.exercised();
    std::vector<NodeId> nodes = unprepared(cluster, decided.txn);
    if (nodes.empty()) continue;
    const std::string other = cluster.name(nodes.front());
    nodes.insert(nodes.begin(), step.node);
    check.violated(std::move(nodes), cluster.name(step.node) + " has committed " +
                                         commitment::transaction(decided.txn) + ", for which " +
                                         other + " has not prepared.");
  }
}

// ---- witnesses and predicates -------------------------------------------------------------------

void Witnesses::look(const CommitCluster& cluster, const Step& step) {
  const auto news = decisions.update(cluster, step);
  for (const Decided& decided : news) {
    saw(decided.decision == Decision::commit ? Situation::committed : Situation::aborted);
  }
  const Record& record = step.record;
  if (record.kind == Kind::restart && cluster.plays<Participant>(step.node)) {
    const auto& records = cluster.role<Participant>(step.node).records;
    const auto open = [](const auto& entry) { return !decision_of(entry.second); };
    if (std::ranges::any_of(records, open)) saw(Situation::crashed_undecided);
  }
  const bool took_over = record.kind == Kind::timer && cluster.plays<Participant>(step.node) &&
                         !cluster.role<Participant>(step.node).rounds.empty();
  if (took_over) saw(Situation::taken_over);
}

bool waits_for_others(const CommitCluster& cluster, NodeId node) {
  const bool by_quorum = cluster.params(node).termination == Termination::quorum;
  const auto down = [&](NodeId other) {
    return cluster.plays<Participant>(other) && !cluster.up(other);
  };
  // Those that are back all tell it so.
  const bool alone = by_quorum || std::ranges::any_of(cluster.members(), down);
  const auto missed = [](const auto& poll) { return poll.second.missed; };
  if (alone && std::ranges::any_of(cluster.role<Coordinator>(node).running, missed)) return true;
  const auto& own = cluster.role<Participant>(node);
  return std::ranges::any_of(own.records, [&](const auto& entry) {
    const bool voted = entry.second == LogRecord::vote_commit ||
                       entry.second == LogRecord::precommit || entry.second == LogRecord::preabort;
    return voted && (by_quorum || own.missed.contains(entry.first));
  });
}

// Who lacks a commit that another has made knows no decision, either.
bool some_undecided(const CommitCluster& cluster) {
  return commitment::any_record(cluster, [](auto record) { return !decision_of(record); }) ||
         !commitment::all_know_commits(cluster);
}

}  // namespace quorate::p3pc
