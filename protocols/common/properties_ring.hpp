// What elections promise on a ring on which every message carries one id (Chang and Roberts 1979,
// Le Lann 1977), checked whenever a process has changed, by an observer who sees all.
//
// For protocols P whose one role has a `state` of an enumeration with `leader`, and the id of its
// `leader`; and each of whose messages counts in `hops` the links it has crossed.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "sim/check/property.hpp"

namespace quorate::ring_election {

template <class Roles>
struct OnlyRole;
template <class R>
struct OnlyRole<Types<R>> {
  using type = R;
};
template <class P>
using PeerOf = typename OnlyRole<typename P::Roles>::type;

template <class Peer>
bool leads(const Peer& peer) {
  return peer.state == decltype(peer.state)::leader;
}

template <class P>
struct OneLeader {
  static constexpr std::string_view name = "one_leader";
  static constexpr std::string_view sentence = "No two live processes lead at the same time.";

  void check(const Cluster<P>& cluster, const Step& step, Check& check) {
    if (!cluster.up(step.node) || !leads(cluster.template role<PeerOf<P>>(step.node))) {
      leading.erase(step.node);
      return;
    }
    if (!leading.insert(step.node)) return;
    check.exercised();
    if (leading.size() == 1) return;
    const std::vector<NodeId> leaders = leading.members();
    check.violated(leaders,
                   cluster.name(leaders[0]) + " and " + cluster.name(leaders[1]) + " both lead.");
  }

  NodeSet leading;
};

// No message circulates for ever.
template <class P>
struct LapsEnd {
  static constexpr std::string_view name = "laps_end";
  static constexpr std::string_view sentence =
      "No message crosses more links than there are on the ring.";

  void check(const Cluster<P>& cluster, const Step& step, Check& check) {
    if (step.record.kind != Kind::recv) return;
    const std::uint32_t hops = hops_of(step.record.body, typename P::Messages{});
    if (hops == 0) return;
    const std::size_t links = cluster.members().size();
    check.armed();
    if (hops == links) check.exercised();
    if (hops <= links) return;
    check.violated({step.node}, cluster.name(step.node) + " receives a message that has crossed " +
                                    std::to_string(hops) + " links on a ring of " +
                                    std::to_string(links) + ".");
  }

 private:
  // 0: the message is none of the protocol's.
  template <class... M>
  static std::uint32_t hops_of(const AnyRef& body, Types<M...>) {
    std::uint32_t hops = 0;
    const auto look = [&](const auto* message) {
      if (message != nullptr) hops = message->hops;
    };
    (look(body.template get_if<M>()), ...);
    return hops;
  }
};

// For the end of a run: whether there is exactly one leader, and every live process that
// `must_know` names it.
template <class P, class F>
bool one_leader_known(const Cluster<P>& cluster, F&& must_know) {
  using Peer = PeerOf<P>;
  const NodeSet leaders =
      cluster.template where<Peer>([](const Peer& peer) { return leads(peer); });
  if (leaders.size() != 1) return false;
  const std::uint32_t id = cluster.template role<Peer>(leaders.members().front()).id;
  return std::ranges::all_of(cluster.members(), [&](NodeId node) {
    const Peer& peer = cluster.template role<Peer>(node);
    return !cluster.up(node) || !must_know(peer) || peer.leader == id;
  });
}

}  // namespace quorate::ring_election
