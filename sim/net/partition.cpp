#include "sim/net/partition.hpp"

#include <algorithm>
#include <utility>

namespace quorate {
namespace {

Sides unassigned(Endpoints endpoints) { return Sides(endpoints.all(), every_side); }

std::vector<NodeId> without(const std::vector<NodeId>& left_out, std::uint32_t nodes) {
  NodeSet absent;
  for (const NodeId node : left_out) absent.insert(node);
  std::vector<NodeId> rest;
  for (std::uint32_t i = 0; i < nodes; ++i) {
    if (!absent.contains(NodeId{i})) rest.push_back(NodeId{i});
  }
  return rest;
}

}  // namespace

Sides group_sides(Endpoints endpoints, const std::vector<std::vector<NodeId>>& groups) {
  Sides sides = unassigned(endpoints);
  std::uint32_t side = 0;
  for (const std::vector<NodeId>& group : groups) {
    for (const NodeId endpoint : group) sides[endpoint.value] = side;
    ++side;
  }
  for (std::uint32_t i = 0; i < endpoints.nodes; ++i) {
    if (sides[i] == every_side) sides[i] = side++;
  }
  return sides;
}

Sides isolated_sides(Endpoints endpoints, const std::vector<NodeId>& alone) {
  Sides sides = unassigned(endpoints);
  std::uint32_t side = 0;
  for (const NodeId endpoint : alone) sides[endpoint.value] = side++;
  for (const NodeId node : without(alone, endpoints.nodes)) sides[node.value] = side;
  return sides;
}

Sides bridged_sides(Endpoints endpoints, const std::vector<NodeId>& bridge) {
  Sides sides = unassigned(endpoints);
  const std::vector<NodeId> rest = without(bridge, endpoints.nodes);
  const std::size_t first = (rest.size() + 1) / 2;
  for (std::size_t i = 0; i < rest.size(); ++i) sides[rest[i].value] = i < first ? 0 : 1;
  return sides;
}

Sides random_halves(Endpoints endpoints, Stream& stream) {
  Sides sides = unassigned(endpoints);
  std::vector<NodeId> order = without({}, endpoints.nodes);
  const std::size_t odd = order.size() % 2 == 0 ? 0 : static_cast<std::size_t>(stream.below(2));
  const std::size_t first = order.size() / 2 + odd;
  for (std::size_t i = 0; i < first; ++i) {  // the beginning of a Fisher-Yates shuffle
    std::swap(order[i], order[i + static_cast<std::size_t>(stream.below(order.size() - i))]);
  }
  for (std::size_t i = 0; i < order.size(); ++i) sides[order[i].value] = i < first ? 0 : 1;
  return sides;
}

std::uint32_t majority_reach(std::uint32_t nodes) { return (nodes / 2 + 1) / 2; }

std::vector<Direction> outside_majorities(Endpoints endpoints) {
  const std::uint32_t nodes = endpoints.nodes;
  const std::uint32_t reach = majority_reach(nodes);
  std::vector<Direction> pairs;
  for (std::uint32_t from = 0; nodes >= 4 && from < nodes; ++from) {
    for (std::uint32_t to = 0; to < nodes; ++to) {
      const std::uint32_t steps = from < to ? to - from : from - to;
      if (std::min(steps, nodes - steps) > reach) pairs.push_back({NodeId{from}, NodeId{to}});
    }
  }
  return pairs;
}

std::vector<Direction> severed_pairs(const Sides& sides, bool one_way) {
  std::vector<Direction> pairs;
  for (std::uint32_t from = 0; from < sides.size(); ++from) {
    if (sides[from] == every_side || (one_way && sides[from] != 0)) continue;
    for (std::uint32_t to = 0; to < sides.size(); ++to) {
      if (sides[to] == every_side || sides[to] == sides[from]) continue;
      pairs.push_back({NodeId{from}, NodeId{to}});
    }
  }
  return pairs;
}

std::vector<Absence> swizzled(std::size_t nodes, Duration length, Stream& stream) {
  const std::int64_t all = std::max<std::int64_t>(length.count(), 2);
  const std::int64_t half = all / 2;
  const auto within = [&](std::int64_t first, std::int64_t end) {
    const std::uint64_t drawn = stream.below(static_cast<std::uint64_t>(end - first));
    return Duration{first + static_cast<std::int64_t>(drawn)};
  };
  std::vector<Absence> absences(nodes);
  for (Absence& absence : absences) {
    absence.from = within(0, half);
    absence.to = within(half, all);
  }
  return absences;
}

std::vector<std::vector<NodeId>> groups_of(const Sides& sides) {
  std::vector<std::vector<NodeId>> groups;
  for (std::uint32_t i = 0; i < sides.size(); ++i) {
    if (sides[i] == every_side) continue;
    if (sides[i] >= groups.size()) groups.resize(sides[i] + 1);
    groups[sides[i]].push_back(NodeId{i});
  }
  return groups;
}

}  // namespace quorate
