#include "protocols/2pc/properties.hpp"

#include <algorithm>

namespace quorate::p2pc {

using commitment::Decided;
using commitment::records_on_disk;

namespace {

// The members that play role R.
template <class R>
const std::vector<NodeId>& players(const CommitCluster& cluster) {
  return cluster.world().setup().players[position_of<R, TwoPhaseCommit::Roles>];
}

NodeId coordinator_of(Txn txn, const CommitCluster& cluster) {
  const std::vector<NodeId>& coordinators = players<Coordinator>(cluster);
  return coordinators[static_cast<std::size_t>((txn - 1) % coordinators.size())];
}

}  // namespace

bool is_yes(LogRecord record, const Params& params) {
  const bool last_decides = params.form != Form::central && params.form != Form::tree;
  return record == LogRecord::vote_commit || (last_decides && record == LogRecord::global_commit);
}

// It is what no memory means, or those whom the coordinator asks itself have acknowledged it. In a
// tree those below them ask them.
bool forgotten_rightly(const Params& params, const Decided& decided, const CommitCluster& cluster) {
  const bool commit = decided.decision == Decision::commit;
  if (params.presume == (commit ? Presume::commit : Presume::abort)) return true;
  std::vector<NodeId> asked = players<Participant>(cluster);
  if (params.form == Form::tree && asked.size() > params.fan_out) asked.resize(params.fan_out);
  return std::ranges::none_of(
      asked, [&](NodeId node) { return commitment::in_doubt(cluster, node, decided.txn); });
}

// Who has only read has agreed to whatever comes of it as soon as it is asked.
void CommitValidity::check(const CommitCluster& cluster, const Step& step, Check& check) {
  const auto* asked = step.record.handled ? step.record.body.get_if<VoteRequest>() : nullptr;
  const bool reads = asked != nullptr && cluster.plays<Participant>(step.node) &&
                     only_reads(cluster.params(step.node));
  if (reads) voted[asked->txn].insert(step.node);
  commitment::CommitValidity<TwoPhaseCommit>::check(cluster, step, check);
}

namespace {

// Whether the step tells its node what came of the transaction, in words or by all votes.
bool tells(const Step& step, Txn txn, const Params& params) {
  if (!step.record.handled) return false;
  const auto of_it = [&](const auto* message) { return message != nullptr && message->txn == txn; };
  const AnyRef& body = step.record.body;
  if (of_it(body.get_if<GlobalCommit>()) || of_it(body.get_if<GlobalAbort>())) return true;
  return params.form == Form::decentralised && of_it(body.get_if<Vote>());
}

}  // namespace

void NoUnilateralAfterYes::check(const CommitCluster& cluster, const Step& step, Check& check) {
  if (!cluster.plays<Participant>(step.node)) return;
  if (commitment::disk_changed(step)) {
    for (const auto& [txn, record] : records_on_disk(cluster, step.node)) {
      if (record == LogRecord::vote_commit) bound[step.node].insert(txn);
    }
  }
  if (!cluster.up(step.node)) return;
  const auto& now = cluster.role<Participant>(step.node).records;
  if (last[step.node] == now) return;
  for (const auto& [txn, record] : last[step.node]) {
    if (record != LogRecord::vote_commit || !bound[step.node].contains(txn)) continue;
    check.armed();
    const auto found = now.find(txn);
    if (found != now.end() && found->second == record) continue;
    check.exercised();
    if (tells(step, txn, cluster.params(step.node))) continue;
    check.violated({step.node}, cluster.name(step.node) + " has voted to commit " +
                                    commitment::transaction(txn) + " and goes its own way.");
  }
  last[step.node] = now;
}

// ---- witnesses and predicates -------------------------------------------------------------------

namespace {

// Whether the message tells a decision and comes from somebody else than its coordinator.
bool told_by_peer(const CommitCluster& cluster, const Record& record) {
  const auto* commit = record.body.get_if<GlobalCommit>();
  const auto* abort = record.body.get_if<GlobalAbort>();
  if (commit == nullptr && abort == nullptr) return false;
  return record.from != coordinator_of(commit != nullptr ? commit->txn : abort->txn, cluster);
}

}  // namespace

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
  if (record.kind == Kind::recv && told_by_peer(cluster, record)) saw(Situation::helped_by_peer);
}

std::vector<NodeId> asked_for(Txn txn, NodeId node, const CommitCluster& cluster) {
  const Params& params = cluster.params(node);
  const bool others = asks_others(params);
  std::vector<NodeId> asked = cluster.members();
  if (!others) asked = {coordinator_of(txn, cluster)};
  if (!others && params.form == Form::tree) {
    const std::vector<NodeId>& all = players<Participant>(cluster);
    const auto self = static_cast<std::size_t>(std::ranges::find(all, node) - all.begin());
    if (self >= params.fan_out) asked = {all[self / params.fan_out - 1]};
  }
  std::erase(asked, node);
  return asked;
}

bool some_ready(const CommitCluster& cluster) {
  return commitment::any_record(cluster,
                                [](LogRecord record) { return record == LogRecord::vote_commit; });
}

}  // namespace quorate::p2pc
