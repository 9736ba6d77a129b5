// What atomic commitment promises (Bernstein, Hadzilacos and Goodman 1987, section 7.3, AC1 to
// AC4), checked whenever a node or its disk has changed, by an observer who sees all. A node has
// decided what stands on its disk: only then may anybody have heard of it.
//
// For protocols P whose roles are a coordinator with a durable `log` (Txn -> Entry with a `record`)
// and a participant with durable `records` (Txn -> LogRecord), each the first that its role
// declares durable; whose coordinator keeps the number used `last`; whose log records have
// `vote_commit` and a function decision_of(record); whose parameter `vote` is `yes`, or `read` if
// there is that, where a node is ready to commit whatever it is asked; and which has functions
// forgotten_rightly(params, Decided, cluster), whether a coordinator may have no record of that any
// more, and keeps_records(params), whether a participant writes of what it takes part in.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <set>
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
using RecordsOf = std::remove_cvref_t<decltype(ParticipantOf<P>::records)>;

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

// AC4. A coordinator may forget what nobody will ask it for: `forgotten_rightly` says when.
template <class P>
struct Stability {
  static constexpr std::string_view name = "stability";
  static constexpr std::string_view sentence =
      "A decision is never taken back, nor forgotten while somebody may ask for it (AC4).";

  void check(const Cluster<P>& cluster, const Step& step, Check& check) {
    if (!disk_changed(step)) return;
    Known& known = decided[step.node];
    std::map<Txn, Decision> found[2];
    for_each_on_disk(cluster, step.node, [&](bool coordinator, Txn txn, auto record) {
      const auto decision = decision_of(record);
      if (decision) found[coordinator].emplace(txn, *decision);
    });
    for (const bool coordinator : {false, true}) {
      for (const auto& [txn, decision] : known.of[coordinator]) {
        compare(cluster, step.node, coordinator, {txn, decision}, found[coordinator], check);
      }
      if (!found[coordinator].empty()) check.armed();
      known.of[coordinator] = std::move(found[coordinator]);
    }
  }

  struct Known {
    std::map<Txn, Decision> of[2];  // a participant's, a coordinator's
  };
  PerNode<Known> decided;

 private:
  static void compare(const Cluster<P>& cluster, NodeId node, bool coordinator,
                      const Decided& before, const std::map<Txn, Decision>& now, Check& check) {
    check.exercised();
    const auto found = now.find(before.txn);
    if (found != now.end() && found->second == before.decision) return;
    const bool forgotten = found == now.end();
    if (forgotten && coordinator && forgotten_rightly(cluster.params(node), before, cluster))
      return;
    check.violated({node}, cluster.name(node) + " had " + std::string(word(before.decision)) + " " +
                               transaction(before.txn) +
                               (forgotten ? " and has forgotten it." : " and takes it back."));
  }
};

// Whether the participant has a record of the transaction on its disk, and no decision.
template <class P>
bool in_doubt(const Cluster<P>& cluster, NodeId node, Txn txn) {
  const auto& records = records_on_disk(cluster, node);
  const auto record = records.find(txn);
  return record != records.end() && !decision_of(record->second);
}

// What a client asked for is done once, however often it asks one coordinator. That its request
// comes again after an abort that it was not told of is another try.
template <class P>
struct CommittedOnce {
  static constexpr std::string_view name = "committed_once";
  static constexpr std::string_view sentence =
      "A coordinator commits a client's request at most once, and not after it has said aborted.";

  void check(const Cluster<P>& cluster, const Step& step, Check& check) {
    note_begun(cluster, step);
    for (const Decided& decided : decisions.update(cluster, step)) {
      const auto origin = begun.find(decided.txn);
      if (decided.decision != Decision::commit || origin == begun.end()) continue;
      check.armed();
      const auto [first, news] = committed.emplace(origin->second, decided.txn);
      if (!news) check.exercised();
      if (first->second == decided.txn && !aborted.contains(origin->second.second)) continue;
      const std::string again = first->second == decided.txn
                                    ? "was told that it is aborted"
                                    : "is done in " + transaction(first->second);
      check.violated({step.node}, cluster.name(step.node) + " has committed " +
                                      transaction(decided.txn) + " for a request that " + again +
                                      ".");
    }
  }
  void answered(const Cluster<P>&, ClientId client, const Reply& reply, Check& check) {
    check.armed();
    if (reply.result == Text("aborted")) aborted.insert({client.value, reply.serial});
  }

  using Origin = std::pair<std::uint32_t, std::uint64_t>;  // a client, and its serial number
  Decisions<P> decisions;
  PerNode<Txn> numbers;  // the last of each coordinator
  std::map<Txn, std::pair<NodeId, Origin>> begun;
  std::map<std::pair<NodeId, Origin>, Txn> committed;
  std::set<Origin> aborted;  // what clients have been told

 private:
  // A coordinator has taken a number for the request that it has just heard: the next, or again one
  // that nobody has heard of, since a crash came before its write.
  void note_begun(const Cluster<P>& cluster, const Step& step) {
    if (step.node == no_node || !cluster.template plays<CoordinatorOf<P>>(step.node)) return;
    const Txn last = cluster.template role<CoordinatorOf<P>>(step.node).last;
    if (std::exchange(numbers[step.node], last) == last || !step.record.handled) return;
    const auto* request = step.record.body.template get_if<Request>();
    if (request == nullptr || request->client == no_client) return;
    begun[last] = {step.node, {request->client.value, request->serial}};
  }
};

// ---- predicates for the end of a run, of live nodes ---------------------------------------------

// Whether `holds` is true of some record that a live participant has.
template <class P, class F>
bool any_record(const Cluster<P>& cluster, F&& holds) {
  return std::ranges::any_of(cluster.members(), [&](NodeId node) {
    if (!cluster.up(node) || !cluster.template plays<ParticipantOf<P>>(node)) return false;
    const auto& records = cluster.template role<ParticipantOf<P>>(node).records;
    return std::ranges::any_of(records, [&](const auto& entry) { return holds(entry.second); });
  });
}

// Whether it is true of every such record, and there is one.
template <class P, class F>
bool every_record(const Cluster<P>& cluster, F&& holds) {
  return any_record(cluster, [](auto) { return true; }) &&
         !any_record(cluster, [&](auto record) { return !holds(record); });
}

// Whether no live participant lacks a transaction that another has committed. One that has never
// heard of a transaction has nothing to undo, so an abort is no news to it; a commit is.
template <class P>
bool all_know_commits(const Cluster<P>& cluster) {
  std::vector<const RecordsOf<P>*> all;
  for (const NodeId node : cluster.members()) {
    const bool takes_part = cluster.up(node) && cluster.template plays<ParticipantOf<P>>(node) &&
                            keeps_records(cluster.params(node));
    if (takes_part) all.push_back(&cluster.template role<ParticipantOf<P>>(node).records);
  }
  for (const auto* records : all) {
    for (const auto& [txn, record] : *records) {
      if (decision_of(record) != Decision::commit) continue;
      const auto lacks = [&, txn = txn](const auto* other) { return !other->contains(txn); };
      if (std::ranges::any_of(all, lacks)) return false;
    }
  }
  return true;
}

// AC5.
template <class P>
bool all_decided(const Cluster<P>& cluster) {
  return every_record(cluster, [](auto record) { return decision_of(record).has_value(); }) &&
         all_know_commits(cluster);
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
