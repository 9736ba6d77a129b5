#include "protocols/list_ring/properties.hpp"

#include <algorithm>
#include <utility>

#include "protocols/common/properties_election.hpp"

namespace quorate::list_ring {

namespace {

bool listed(const std::vector<NodeId>& list, NodeId node) {
  return std::ranges::find(list, node) != list.end();
}

// The ELECTION whose lap the step's node has just ended, announcing somebody.
const Election* ended_lap(const RingCluster& cluster, const Step& step) {
  const Record& record = step.record;
  if (record.kind != Kind::recv && record.kind != Kind::local) return nullptr;
  const auto* m = record.body.get_if<Election>();
  if (m == nullptr || !listed(m->list, step.node)) return nullptr;
  return cluster.role<Peer>(step.node).coordinator ? m : nullptr;
}

}  // namespace

void OneCoordinator::check(const RingCluster& cluster, const Step& step, Check& check) {
  const NodeId node = step.node;
  const bool acts = cluster.up(node) && cluster.role<Peer>(node).state == State::coordinator;
  if (!acts) {
    acting.erase(node);
  } else if (acting.insert(node)) {
    since[node] = cluster.now();
    check.armed();
    if (last != no_node && last != node) check.exercised();
    last = node;
  }
  if (acting.size() < 2) return;
  const std::vector<NodeId> coordinators = acting.members();
  for (std::size_t i = 1; i < coordinators.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const NodeId one = coordinators[j];
      const NodeId other = coordinators[i];
      const Duration lasts = cluster.now() - std::max(since[one], since[other]);
      if (lasts <= cluster.params(one).lap_timeout) continue;
      check.violated({one, other}, cluster.name(one) + " and " + cluster.name(other) +
                                       " have both acted as coordinator for " + to_text(lasts) +
                                       ".");
    }
  }
}

void HighestWins::check(const RingCluster& cluster, const Step& step, Check& check) {
  const NodeId node = step.node;
  if (!cluster.up(node)) {
    for (auto& lap : was_down) lap.second.insert(node);
    return;
  }
  const std::uint64_t round = cluster.role<Peer>(node).rounds;
  if (std::exchange(rounds[node], round) != round) {
    NodeSet& absent = was_down[{node, round}];
    members_down(cluster).for_each([&](NodeId other) { absent.insert(other); });
  }
  const Election* m = ended_lap(cluster, step);
  if (m == nullptr) return;
  const auto lap = was_down.find({m->list.front(), m->round});
  if (lap == was_down.end()) return;
  const NodeId winner = *cluster.role<Peer>(node).coordinator;
  check.armed();
  if (m->list.size() > 1) check.exercised();
  for (const NodeId higher : cluster.members()) {
    if (higher <= winner || lap->second.contains(higher)) continue;
    check.violated({winner, higher}, cluster.name(winner) + " is announced although " +
                                         cluster.name(higher) + " was up during the whole lap.");
  }
}

void LapsEnd::check(const RingCluster& cluster, const Step& step, Check& check) {
  const Record& record = step.record;
  if (record.kind != Kind::recv) return;
  const auto* election = record.body.get_if<Election>();
  const auto* announced = record.body.get_if<Coordinator>();
  if (election == nullptr && announced == nullptr) return;
  const std::vector<NodeId>& taken = election != nullptr ? election->list : announced->told;
  check.armed();
  if (listed(taken, step.node)) check.exercised();  // once more round, and it never ends
  if (taken.size() <= cluster.members().size()) return;
  check.violated({step.node}, cluster.name(step.node) + " takes a message that " +
                                  std::to_string(taken.size()) +
                                  " peers have passed on already, of " +
                                  std::to_string(cluster.members().size()) + " on the ring.");
}

void Witnesses::look(const RingCluster& cluster, const Step& step) {
  const Election* m = ended_lap(cluster, step);
  if (m == nullptr) return;
  if (m->list.size() < cluster.members().size()) saw(Situation::passed_over);
  if (m->list.front() != step.node) saw(Situation::ended_by_another);
}

bool agreed(const RingCluster& cluster) {
  const NodeId highest = highest_live(cluster);
  return highest != no_node && all_live_name<Peer>(cluster, highest) &&
         cluster.role<Peer>(highest).state == State::coordinator;
}

}  // namespace quorate::list_ring
