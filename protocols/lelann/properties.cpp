#include "protocols/lelann/properties.hpp"

#include <algorithm>

namespace quorate::lelann {

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

void LapsEnd::check(const RingCluster& cluster, const Step& step, Check& check) {
  const Record& record = step.record;
  if (record.kind != Kind::recv) return;
  std::uint32_t hops = 0;
  if (const auto* token = record.body.get_if<Token>()) hops = token->hops;
  if (const auto* leader = record.body.get_if<Leader>()) hops = leader->hops;
  if (hops == 0) return;
  check.armed();
  if (hops == cluster.members().size()) check.exercised();
  if (hops <= cluster.members().size()) return;
  check.violated({step.node}, cluster.name(step.node) + " receives a message that has crossed " +
                                  std::to_string(hops) + " links on a ring of " +
                                  std::to_string(cluster.members().size()) + ".");
}

namespace {

// Whether there is one leader, and all that `must_know` name it.
template <class F>
bool one_leader_known(const RingCluster& cluster, F&& must_know) {
  const NodeSet leaders =
      cluster.where<Peer>([](const Peer& peer) { return peer.state == State::leader; });
  if (leaders.size() != 1) return false;
  const std::uint32_t id = cluster.role<Peer>(leaders.members().front()).id;
  return std::ranges::all_of(cluster.members(), [&](NodeId node) {
    const Peer& peer = cluster.role<Peer>(node);
    return !cluster.up(node) || !must_know(peer) || peer.leader == id;
  });
}

}  // namespace

bool agreed(const RingCluster& cluster) {
  return one_leader_known(cluster, [](const Peer& peer) {
    return peer.state != State::relay && peer.state != State::asleep;
  });
}

bool all_know(const RingCluster& cluster) {
  return one_leader_known(cluster, [](const Peer&) { return true; });
}

}  // namespace quorate::lelann
