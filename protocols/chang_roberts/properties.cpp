#include "protocols/chang_roberts/properties.hpp"

namespace quorate::chang_roberts {

void HighestWins::check(const RingCluster& cluster, const Step& step, Check& check) {
  if (!cluster.up(step.node)) return;
  const Peer& peer = cluster.role<Peer>(step.node);
  const State before = states[step.node];
  states[step.node] = peer.state;
  if (before == peer.state) return;
  if (peer.state == State::candidate) initiators.emplace(peer.id, step.node);
  if (peer.state != State::leader) return;
  check.armed();
  if (initiators.size() > 1) check.exercised();
  if (!initiators.empty() && initiators.rbegin()->first > peer.id) {
    const auto& [id, node] = *initiators.rbegin();
    check.violated({step.node, node}, cluster.name(step.node) + " wins with the id " +
                                          std::to_string(peer.id) + " although " +
                                          cluster.name(node) + " has started with " +
                                          std::to_string(id) + ".");
  }
  initiators.clear();
}

bool agreed(const RingCluster& cluster) {
  return ring_election::one_leader_known(cluster, [](const Peer&) { return true; });
}

}  // namespace quorate::chang_roberts
