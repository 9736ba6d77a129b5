// What elections of the highest live id end in: for protocols whose role R has a `coordinator`, the
// node it names.
#pragma once

#include <algorithm>

#include "sim/check/property.hpp"

namespace quorate {

// The highest live member, but for `excepted`; no_node when there is none.
template <class P>
NodeId highest_live(const Cluster<P>& cluster, const NodeSet& excepted = {}) {
  NodeId highest = no_node;
  for (const NodeId node : cluster.members()) {
    if (cluster.up(node) && !excepted.contains(node)) highest = node;
  }
  return highest;
}

template <class P>
NodeSet members_down(const Cluster<P>& cluster) {
  NodeSet down;
  for (const NodeId node : cluster.members()) {
    if (!cluster.up(node)) down.insert(node);
  }
  return down;
}

template <class R, class P>
bool all_live_name(const Cluster<P>& cluster, NodeId coordinator) {
  return std::ranges::all_of(cluster.members(), [&](NodeId node) {
    return !cluster.up(node) || cluster.template role<R>(node).coordinator == coordinator;
  });
}

}  // namespace quorate
