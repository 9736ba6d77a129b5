// What a change of the cluster promises: ConfigOverlap. A joint configuration decides by majorities
// of two sets, so whether two configurations could decide apart has to be searched for.
#include <algorithm>

#include "protocols/common/quorum.hpp"
#include "protocols/raft/properties.hpp"

namespace quorate::raft {

namespace {

using Electorate = ConfigOverlap::Electorate;
using Sets = std::vector<const std::vector<NodeId>*>;

// Of each of which a majority is needed.
Sets sets_of(const Electorate& electorate) {
  Sets sets{&electorate.servers};
  if (!electorate.old_servers.empty()) sets.push_back(&electorate.old_servers);
  return sets;
}

// Whether a majority of each can be found without a common server.
bool can_decide_apart(const std::vector<NodeId>& a, const std::vector<NodeId>& b) {
  const auto is_in_b = [&](NodeId node) { return contains(b, node); };
  const auto common = static_cast<std::uint64_t>(std::ranges::count_if(a, is_in_b));
  const auto needed = [&](const std::vector<NodeId>& servers) {
    const std::uint64_t own = servers.size() - common;
    const std::uint64_t most = majority(servers.size());
    return most > own ? most - own : 0;  // of the common ones
  };
  return needed(a) + needed(b) <= common;
}

bool decides(const Sets& sets, const NodeSet& nodes) {
  return std::ranges::all_of(sets, [&](const std::vector<NodeId>* servers) {
    return number_of(nodes, *servers) >= majority(servers->size());
  });
}

// Whether everybody can be given to one side or the other so that each decides for itself: those of
// `open` are not given yet. Each can have what the other does not need.
bool divides(const Sets& a, const Sets& b, NodeSet of_a, NodeSet of_b, std::vector<NodeId> open) {
  NodeSet rest_and_b = of_b;
  for (const NodeId node : open) rest_and_b.insert(node);
  if (!decides(b, rest_and_b)) return false;
  if (decides(a, of_a)) return true;
  if (open.empty()) return false;
  const NodeId node = open.back();
  open.pop_back();
  NodeSet with_node = of_a;
  with_node.insert(node);
  if (divides(a, b, with_node, of_b, open)) return true;
  of_b.insert(node);
  return divides(a, b, of_a, of_b, open);
}

bool can_decide_apart(const Electorate& one, const Electorate& other) {
  const Sets a = sets_of(one);
  const Sets b = sets_of(other);
  for (const auto* mine : a) {
    for (const auto* theirs : b) {
      if (!can_decide_apart(*mine, *theirs)) return false;
    }
  }
  if (a.size() == 1 && b.size() == 1) return true;
  NodeSet all;
  for (const Sets& sets : {a, b}) {
    for (const auto* servers : sets) {
      for (const NodeId node : *servers) all.insert(node);
    }
  }
  return divides(a, b, {}, {}, all.members());
}

std::string text_of(const Electorate& electorate) {
  std::string news = std::to_string(electorate.servers.size());
  if (electorate.old_servers.empty()) return news;
  return std::to_string(electorate.old_servers.size()) + " with " + news;
}

}  // namespace

Electorate ConfigOverlap::in_force(const RaftCluster& cluster, NodeId node) {
  const Configurations& own = cluster.role<Server>(node).configurations;
  if (own.in_force.empty()) return {cluster.members(), {}};
  return {own.in_force, own.joint.old_servers};
}

bool ConfigOverlap::may_decide(const RaftCluster& cluster, NodeId node) const {
  const EntryLog& log = cluster.role<Server>(node).log;
  if (!cluster.up(node) || log.size() < committed.index) return false;
  return log.start() > committed.index || log.prefix_hash(committed.index) == committed.hash;
}

void ConfigOverlap::check(const RaftCluster& cluster, const Step& step, Check& check) {
  const Server& now = cluster.role<Server>(step.node);
  const bool there = now.commit_index >= now.log.start() && now.commit_index <= now.log.size();
  if (now.commit_index > committed.index && there) {
    committed = {now.commit_index, now.log.prefix_hash(now.commit_index)};
  }
  const Electorate servers = in_force(cluster, step.node);
  if (servers == last[step.node] || !may_decide(cluster, step.node)) return;
  check.armed();
  last[step.node] = servers;
  for (std::uint32_t i = 0; i < cluster.size(); ++i) {
    const NodeId other{i};
    if (other == step.node || !may_decide(cluster, other)) continue;
    const Electorate others = in_force(cluster, other);
    if (others != servers) check.exercised();
    if (!can_decide_apart(servers, others)) continue;
    return check.violated({step.node, other},
                          cluster.name(step.node) + " and " + cluster.name(other) +
                              " go by configurations that could decide apart: " + text_of(servers) +
                              " and " + text_of(others) + " servers.");
  }
}

}  // namespace quorate::raft
