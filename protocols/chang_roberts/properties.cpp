#include "protocols/chang_roberts/properties.hpp"

#include <algorithm>

namespace quorate::chang_roberts {

void OneLeader::check(const RingCluster& cluster, const Step& step, Check& check) {
  const bool leads = cluster.up(step.node) && cluster.role<Peer>(step.node).state == State::leader;
  if (!leads) {
    leading.erase(step.node);
    return;
  }
  if (!leading.insert(step.node)) return;
  check.exercised();
  if (leading.size() == 1) return;
  const auto leaders = leading.members();
  check.violated(leaders,
                 cluster.name(leaders[0]) + " and " + cluster.name(leaders[1]) + " both lead.");
}

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

void LapsEnd::check(const RingCluster& cluster, const Step& step, Check& check) {
  const Record& record = step.record;
  if (record.kind != Kind::recv) return;
  std::uint32_t hops = 0;
  if (const auto* election = record.body.get_if<Election>()) hops = election->hops;
  if (const auto* leader = record.body.get_if<Leader>()) hops = leader->hops;
  if (hops == 0) return;
  check.armed();
  if (hops == cluster.members().size()) check.exercised();
  if (hops <= cluster.members().size()) return;
  check.violated({step.node}, cluster.name(step.node) + " receives a message that has crossed " +
                                  std::to_string(hops) + " links on a ring of " +
                                  std::to_string(cluster.members().size()) + ".");
}

bool agreed(const RingCluster& cluster) {
  const NodeSet leaders =
      cluster.where<Peer>([](const Peer& peer) { return peer.state == State::leader; });
  if (leaders.size() != 1) return false;
  const std::uint32_t id = cluster.role<Peer>(leaders.members().front()).id;
  return std::ranges::all_of(cluster.members(), [&](NodeId node) {
    return !cluster.up(node) || cluster.role<Peer>(node).leader == id;
  });
}

}  // namespace quorate::chang_roberts
