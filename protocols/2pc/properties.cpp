#include "protocols/2pc/properties.hpp"

#include <algorithm>

namespace quorate::p2pc {

namespace {

// On disk, in the order of each role's `durable`.
const auto& log_on_disk(const CommitCluster& cluster, NodeId node) {
  constexpr std::size_t role = position_of<Coordinator, TwoPhaseCommit::Roles>;
  return std::get<0>(std::get<role>(cluster.world().synced(node)));
}
const auto& records_on_disk(const CommitCluster& cluster, NodeId node) {
  constexpr std::size_t role = position_of<Participant, TwoPhaseCommit::Roles>;
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
    // Where the coordinator does not decide, the last vote to commit may be the decision itself.
    const bool last_decides = cluster.params(step.node).form != Form::central;
    for (const auto& [txn, record] : records_on_disk(cluster, step.node)) {
      const bool decided = last_decides && record == LogRecord::global_commit;
      if (decided || record == LogRecord::vote_commit) voted[txn].insert(step.node);
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

void NoUnilateralAfterYes::check(const CommitCluster& cluster, const Step& step, Check& check) {
  if (!cluster.plays<Participant>(step.node)) return;
  for (const auto& [txn, record] : records_on_disk(cluster, step.node)) {
    if (record == LogRecord::vote_commit) bound[step.node].insert(txn);
  }
  if (!cluster.up(step.node)) return;
  const auto& now = cluster.role<Participant>(step.node).records;
  const bool told = step.record.kind == Kind::recv || step.record.kind == Kind::local;
  for (const auto& [txn, record] : last[step.node]) {
    if (record != LogRecord::vote_commit || !bound[step.node].contains(txn)) continue;
    check.armed();
    const auto found = now.find(txn);
    if (found != now.end() && found->second == record) continue;
    check.exercised();
    if (told) continue;
    check.violated({step.node}, cluster.name(step.node) + " has voted to commit " +
                                    transaction(txn) + " and goes its own way.");
  }
  last[step.node] = now;
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
    const auto ready = [](const auto& entry) { return entry.second == LogRecord::vote_commit; };
    if (std::ranges::any_of(records, ready)) saw(Situation::crashed_ready);
  }
  const bool decision =
      record.body.get_if<GlobalCommit>() != nullptr || record.body.get_if<GlobalAbort>() != nullptr;
  const bool by_peer =
      record.kind == Kind::recv && decision && !cluster.plays<Coordinator>(record.from);
  if (by_peer) saw(Situation::helped_by_peer);
}

bool all_decided(const CommitCluster& cluster) {
  return every_record(cluster, [](LogRecord record) { return decision_of(record).has_value(); });
}

bool some_ready(const CommitCluster& cluster) {
  return !every_record(cluster, [](LogRecord record) { return record != LogRecord::vote_commit; });
}

bool all_committed(const CommitCluster& cluster) {
  return every_record(cluster,
                      [](LogRecord record) { return decision_of(record) == Decision::commit; });
}

bool all_aborted(const CommitCluster& cluster) {
  return every_record(cluster,
                      [](LogRecord record) { return decision_of(record) == Decision::abort; });
}

}  // namespace quorate::p2pc
