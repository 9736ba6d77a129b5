#include "protocols/3pc/properties.hpp"

#include <algorithm>

#include "protocols/common/quorum.hpp"

namespace quorate::p3pc {

namespace {

// On disk, in the order of each role's `durable`.
const auto& log_on_disk(const CommitCluster& cluster, NodeId node) {
  constexpr std::size_t role = position_of<Coordinator, ThreePhaseCommit::Roles>;
  return std::get<0>(std::get<role>(cluster.world().synced(node)));
}
const auto& records_on_disk(const CommitCluster& cluster, NodeId node) {
  constexpr std::size_t role = position_of<Participant, ThreePhaseCommit::Roles>;
  return std::get<0>(std::get<role>(cluster.world().synced(node)));
}

std::string_view word(Decision decision) {
  return decision == Decision::commit ? "committed" : "aborted";
}

std::string transaction(Txn txn) { return "transaction " + std::to_string(txn); }

bool failure(const Record& record) {
  return record.kind == Kind::crash || record.kind == Kind::timer || record.kind == Kind::pause;
}

// Whether `holds` is true of every record that a live participant has.
template <class F>
bool every_record(const CommitCluster& cluster, F&& holds) {
  return std::ranges::all_of(cluster.members(), [&](NodeId node) {
    if (!cluster.up(node) || !cluster.plays<Participant>(node)) return true;
    const auto& records = cluster.role<Participant>(node).records;
    return std::ranges::all_of(records, [&](const auto& entry) { return holds(entry.second); });
  });
}

}  // namespace

// ---- what is seen -------------------------------------------------------------------------------

void Decisions::look(NodeId node, bool coordinator, Txn txn, LogRecord record,
                     std::vector<Decided>& news) {
  const auto decision = decision_of(record);
  if (!decision) return;
  const auto [known, first] = last_.emplace(std::tuple{txn, node, coordinator}, *decision);
  if (!first && known->second == *decision) return;
  known->second = *decision;
  news.push_back({txn, *decision});
}

std::vector<Decided> Decisions::update(const CommitCluster& cluster, const Step& step) {
  std::vector<Decided> news;
  if (cluster.plays<Coordinator>(step.node)) {
    for (const auto& [txn, entry] : log_on_disk(cluster, step.node)) {
      look(step.node, true, txn, entry.record, news);
    }
  }
  if (cluster.plays<Participant>(step.node)) {
    for (const auto& [txn, record] : records_on_disk(cluster, step.node)) {
      look(step.node, false, txn, record, news);
    }
  }
  return news;
}

// ---- properties ---------------------------------------------------------------------------------

void Agreement::check(const CommitCluster& cluster, const Step& step, Check& check) {
  for (const Decided& decided : decisions.update(cluster, step)) {
    check.armed();
    const auto [known, fresh] = first.emplace(decided.txn, std::pair{step.node, decided.decision});
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

void CommitValidity::check(const CommitCluster& cluster, const Step& step, Check& check) {
  if (cluster.plays<Participant>(step.node)) {
    for (const auto& [txn, record] : records_on_disk(cluster, step.node)) {
      if (record == LogRecord::vote_commit) voted[txn].insert(step.node);
    }
  }
  for (const Decided& decided : decisions.update(cluster, step)) {
    if (decided.decision != Decision::commit) continue;
    check.exercised();
    for (const NodeId node : cluster.members()) {
      if (!cluster.plays<Participant>(node) || voted[decided.txn].contains(node)) continue;
      check.violated({step.node, node}, cluster.name(step.node) + " has committed " +
                                            transaction(decided.txn) + " although " +
                                            cluster.name(node) + " has not voted to.");
    }
  }
}

void AbortValidity::check(const CommitCluster& cluster, const Step& step, Check& check) {
  failed |= failure(step.record);
  const bool willing = std::ranges::all_of(
      cluster.members(), [&](NodeId node) { return cluster.params(node).vote == Opinion::yes; });
  for (const Decided& decided : decisions.update(cluster, step)) {
    check.armed();
    if (failed || !willing) continue;
    check.exercised();
    if (decided.decision == Decision::commit) continue;
    check.violated({step.node}, cluster.name(step.node) + " has aborted " +
                                    transaction(decided.txn) +
                                    " although all are ready to commit and nothing has failed.");
  }
}

void Stability::look(const CommitCluster& cluster, NodeId node, bool coordinator, Txn txn,
                     LogRecord record, Check& check) {
  const auto decision = decision_of(record);
  const auto key = std::tuple{txn, node, coordinator};
  const auto known = decided.find(key);
  if (known == decided.end()) {
    if (!decision) return;
    check.armed();
    decided.emplace(key, *decision);
    return;
  }
  check.exercised();
  if (decision == known->second) return;
  check.violated({node}, cluster.name(node) + " had " + std::string(word(known->second)) + " " +
                             transaction(txn) + " and takes it back.");
}

void Stability::check(const CommitCluster& cluster, const Step& step, Check& check) {
  if (cluster.plays<Coordinator>(step.node)) {
    for (const auto& [txn, entry] : log_on_disk(cluster, step.node)) {
      look(cluster, step.node, true, txn, entry.record, check);
    }
  }
  if (cluster.plays<Participant>(step.node)) {
    for (const auto& [txn, record] : records_on_disk(cluster, step.node)) {
      look(cluster, step.node, false, txn, record, check);
    }
  }
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
                                         transaction(decided.txn) + ", for which " + other +
                                         " has not prepared.");
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

bool all_decided(const CommitCluster& cluster) {
  return every_record(cluster, [](LogRecord record) { return decision_of(record).has_value(); });
}

bool some_undecided(const CommitCluster& cluster) { return !all_decided(cluster); }

bool all_committed(const CommitCluster& cluster) {
  return every_record(cluster,
                      [](LogRecord record) { return decision_of(record) == Decision::commit; });
}

bool all_aborted(const CommitCluster& cluster) {
  return every_record(cluster,
                      [](LogRecord record) { return decision_of(record) == Decision::abort; });
}

}  // namespace quorate::p3pc
