#include "protocols/bully_1982/properties.hpp"

#include <algorithm>

#include "protocols/common/properties_election.hpp"

namespace quorate::bully_1982 {

namespace {

// Whom a peer in operation names.
std::optional<NodeId> named_by(const Peers& cluster, NodeId node) {
  const Peer& peer = cluster.role<Peer>(node);
  if (!cluster.up(node) || peer.state == State::election) return std::nullopt;
  return peer.coordinator;
}

}  // namespace

void SameCoordinator::check(const Peers& cluster, const Step& step, Check& check) {
  const std::optional<NodeId> now = named_by(cluster, step.node);
  if (std::exchange(named[step.node], now) == now || !now) return;
  check.armed();
  for (const NodeId other : cluster.members()) {
    const std::optional<NodeId> theirs = named[other];
    if (other == step.node || !theirs) continue;
    check.exercised();
    if (theirs == now) continue;
    check.violated({step.node, other}, cluster.name(step.node) + " names " + cluster.name(*now) +
                                           " and " + cluster.name(other) + " names " +
                                           cluster.name(*theirs) + ".");
  }
}

void Witnesses::look(const Peers& cluster, const Step& step) {
  const bool up = cluster.up(step.node);
  const Peer& peer = cluster.role<Peer>(step.node);
  const Loop now = up ? peer.loop : Loop::none;
  const Loop before = std::exchange(loops[step.node], now);
  if (!up || before == now) return;
  const bool halting = before == Loop::halt_lower || before == Loop::announce;
  if (halting && now == Loop::none && peer.halted_by != step.node) saw(Situation::usurped);
  if (now != Loop::ask_higher && now != Loop::halt_lower) return;  // who is highest asks nobody
  if (before == Loop::announce || before == Loop::distribute) saw(Situation::group_broken);
  if (before == Loop::check) saw(Situation::reorganized_again);
}

bool agreed(const Peers& cluster) {
  const auto in_peace = [&](NodeId node) {
    return !cluster.up(node) || cluster.role<Peer>(node).state == State::normal;
  };
  return std::ranges::all_of(cluster.members(), in_peace) &&
         all_live_name<Peer>(cluster, highest_live(cluster));
}

}  // namespace quorate::bully_1982
