#include "protocols/lelann/properties.hpp"

namespace quorate::lelann {

void HighestWins::check(const RingCluster& cluster, const Step& step, Check& check) {
  if (!cluster.up(step.node)) return;
  const Peer& peer = cluster.role<Peer>(step.node);
  if (peer.state == State::candidate && states[step.node] != State::candidate) {
    initiators.emplace(peer.id, step.node);
  }
  states[step.node] = peer.state;
  const bool decided = peer.epoch != epochs[step.node] && peer.leader;
  epochs[step.node] = peer.epoch;
  if (!decided || initiators.empty()) return;
  check.armed();
  if (initiators.size() > 1) check.exercised();
  const auto& [id, node] = *initiators.rbegin();
  if (id <= *peer.leader) return;
  check.violated({step.node, node}, cluster.name(step.node) + " elects the id " +
                                        std::to_string(*peer.leader) + " although " +
                                        cluster.name(node) + " has started with " +
                                        std::to_string(id) + ".");
}

bool agreed(const RingCluster& cluster) {
  return ring_election::one_leader_known(cluster, [](const Peer& peer) {
    return peer.state != State::relay && peer.state != State::asleep;
  });
}

bool all_know(const RingCluster& cluster) {
  return ring_election::one_leader_known(cluster, [](const Peer&) { return true; });
}

}  // namespace quorate::lelann
