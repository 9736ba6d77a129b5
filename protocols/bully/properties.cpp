#include "protocols/bully/properties.hpp"

#include "protocols/common/properties_election.hpp"

namespace quorate::bully {

State States::update(const BullyCluster& cluster, const Step& step) {
  State& known = states_[step.node];
  const State before = known;
  known = cluster.up(step.node) ? cluster.role<Peer>(step.node).state : State::worker;
  return before;
}

NodeSet States::coordinators() const {
  NodeSet result;
  for (std::uint32_t i = 0; i < states_.items().size(); ++i) {
    if (states_.items()[i] == State::coordinator) result.insert(NodeId{i});
  }
  return result;
}

void OneCoordinator::check(const BullyCluster& cluster, const Step& step, Check& check) {
  const State before = states.update(cluster, step);
  if (before != states[step.node]) {
    acting = states.coordinators();
    if (acting.contains(step.node)) {
      since[step.node] = cluster.now();
      check.armed();
      if (acting.size() > 1) check.exercised();
    }
  }
  if (acting.size() < 2) return;
  const NodeId lower = acting.members().front();
  const Duration delay = cluster.params(lower).ok_timeout / 2;
  acting.for_each([&](NodeId higher) {
    const Duration lasts = cluster.now() - since[higher];
    if (higher == lower || lasts <= delay) return;
    check.violated({lower, higher}, cluster.name(lower) + " acts as coordinator although " +
                                        cluster.name(higher) + " has been one for " +
                                        to_text(lasts) + ".");
  });
}

void HighestWins::check(const BullyCluster& cluster, const Step& step, Check& check) {
  const NodeId node = step.node;
  const State before = states.update(cluster, step);
  const State now = states[node];
  if (!cluster.up(node)) {
    for (const NodeId other : cluster.members()) was_down[other].insert(node);
    return;
  }
  const Peer& peer = cluster.role<Peer>(node);
  const bool begins = now == State::electing && before != State::electing;
  if (begins) was_down[node] = members_down(cluster);
  if (peer.coordinator && *peer.coordinator < node) {
    check.violated({node, *peer.coordinator}, cluster.name(node) + " takes " +
                                                  cluster.name(*peer.coordinator) +
                                                  " for its coordinator, which is lower.");
  }
  if (now != State::coordinator || before == State::coordinator) return;
  check.armed();
  if (node != cluster.members().back()) check.exercised();
  const NodeId highest = highest_live(cluster, was_down[node]);
  if (highest == no_node || highest <= node) return;
  check.violated({node, highest}, cluster.name(node) + " won although " + cluster.name(highest) +
                                      " was up during its whole election.");
}

void Witnesses::look(const BullyCluster& cluster, const Step& step) {
  const State before = states.update(cluster, step);
  const State now = states[step.node];
  if (before == now) return;
  if (now == State::electing) {
    if (!electing.empty()) saw(Situation::elections_at_once);
    if (before == State::waiting) saw(Situation::held_again);
  }
  if (now == State::coordinator && states.coordinators().members().front() < step.node) {
    saw(Situation::taken_over);
  }
  if (in_election(now)) {
    electing.insert(step.node);
  } else {
    electing.erase(step.node);
  }
}

bool agreed(const BullyCluster& cluster) {
  const NodeId highest = highest_live(cluster);
  return highest != no_node && all_live_name<Peer>(cluster, highest) &&
         cluster.role<Peer>(highest).state == State::coordinator;
}

}  // namespace quorate::bully
