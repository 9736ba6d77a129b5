#include <algorithm>

#include "protocols/common/quorum.hpp"
#include "protocols/raft/properties.hpp"

namespace quorate::raft {

namespace {

// Whether a majority of each can be found without a common server.
bool can_decide_apart(const std::vector<NodeId>& a, const std::vector<NodeId>& b) {
  const auto is_in_b = [&](NodeId node) { return std::binary_search(b.begin(), b.end(), node); };
  const auto common = static_cast<std::uint64_t>(std::ranges::count_if(a, is_in_b));
  const auto needed = [&](const std::vector<NodeId>& servers) {
    const std::uint64_t own = servers.size() - common;
    const std::uint64_t most = majority(servers.size());
    return most > own ? most - own : 0;  // of the common ones
  };
  return needed(a) + needed(b) <= common;
}

}  // namespace

std::vector<NodeId> ConfigOverlap::in_force(const RaftCluster& cluster, NodeId node) {
  const Configurations& own = cluster.role<Server>(node).configurations;
  return own.in_force.empty() ? cluster.members() : own.in_force;
}

bool ConfigOverlap::may_decide(const RaftCluster& cluster, NodeId node) const {
  const EntryLog& log = cluster.role<Server>(node).log;
  if (!cluster.up(node) || log.size() < committed.index) return false;
  return log.start() > committed.index || log.prefix_hash(committed.index) == committed.hash;
}

void ConfigOverlap::check(const RaftCluster& cluster, const Step& step, Check& check) {
  const Server& now = cluster.role<Server>(step.node);
  if (now.commit_index > committed.index && now.commit_index <= now.log.size()) {
    committed = {now.commit_index, now.log.prefix_hash(now.commit_index)};
  }
  std::vector<NodeId> servers = in_force(cluster, step.node);
  if (servers == last[step.node] || !may_decide(cluster, step.node)) return;
  check.armed();
  last[step.node] = servers;
  for (std::uint32_t i = 0; i < cluster.size(); ++i) {
    const NodeId other{i};
    if (other == step.node || !may_decide(cluster, other)) continue;
    const std::vector<NodeId> others = in_force(cluster, other);
    if (others != servers) check.exercised();
    if (!can_decide_apart(servers, others)) continue;
    return check.violated(
        {step.node, other},
        cluster.name(step.node) + " and " + cluster.name(other) +
            " go by configurations that could decide apart: " + std::to_string(servers.size()) +
            " and " + std::to_string(others.size()) + " servers.");
  }
}

}  // namespace quorate::raft
