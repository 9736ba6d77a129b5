#include "protocols/invitation/properties.hpp"

namespace quorate::invitation {

namespace {

bool in_operation(const Peers& cluster, NodeId node) {
  return cluster.up(node) && cluster.role<Peer>(node).state != State::election;
}

}  // namespace

void SameGroupSameCoordinator::check(const Peers& cluster, const Step& step, Check& check) {
  if (!in_operation(cluster, step.node)) return;
  const Peer& now = cluster.role<Peer>(step.node);
  check.armed();
  for (const NodeId other : cluster.members()) {
    if (other == step.node || !in_operation(cluster, other)) continue;
    const Peer& theirs = cluster.role<Peer>(other);
    if (!(theirs.group == now.group)) continue;
    check.exercised();
    if (theirs.coordinator == now.coordinator) continue;
    check.violated({step.node, other}, cluster.name(step.node) + " and " + cluster.name(other) +
                                           " are of one group and name " +
                                           cluster.name(*now.coordinator) + " and " +
                                           cluster.name(*theirs.coordinator) + ".");
    return;
  }
}

// A number is given once it is on disk, for only then may anybody have heard of it.
void NumberUsedOnce::check(const Peers& cluster, const Step& step, Check& check) {
  if (!cluster.up(step.node)) return;
  const Peer& now = cluster.role<Peer>(step.node);
  const std::uint64_t on_disk = std::get<0>(std::get<0>(cluster.world().synced(step.node)));
  if (now.coordinator != step.node || now.group.number > on_disk) return;
  const std::pair given{now.group.number, cluster.incarnation(step.node)};
  const auto before = std::exchange(last[step.node], given);
  if (before == given || before.first == 0) return;
  check.armed();
  if (before.second != given.second) check.exercised();
  if (given.first > before.first) return;
  check.violated({step.node}, cluster.name(step.node) + " gives the number " +
                                  std::to_string(given.first) + " to a group, after it has given " +
                                  std::to_string(before.first) + ".");
}

void Witnesses::look(const Peers& cluster, const Step& step) {
  const Peer& peer = cluster.role<Peer>(step.node);
  if (!cluster.up(step.node)) {
    seen.erase(step.node);
    return;
  }
  const Seen now{peer.state, peer.coordinator, !peer.up.empty(), peer.counter};
  const Seen was = std::exchange(seen[step.node], now);
  const bool leads = now.coordinator == step.node;
  const bool led = was.coordinator == step.node;
  if (leads && now.members && now.state == State::normal && was.state != State::normal) {
    saw(Situation::merged);
  }
  if (led && was.members && !leads) saw(Situation::forwarded);
  if (was.coordinator && !led && leads) saw(Situation::left_alone);
}

bool one_group(const Peers& cluster) {
  const Peer* first = nullptr;
  for (const NodeId node : cluster.members()) {
    if (!cluster.up(node)) continue;
    const Peer& peer = cluster.role<Peer>(node);
    if (peer.state != State::normal || !peer.coordinator) return false;
    if (!cluster.up(*peer.coordinator)) return false;
    if (first != nullptr && !(peer.group == first->group)) return false;
    first = &peer;
  }
  return first != nullptr;
}

}  // namespace quorate::invitation
