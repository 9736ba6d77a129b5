// The shapes a partition takes: which side each endpoint is on, and which directed pairs that
// severs. Pure arithmetic on ids; Cuts (network.hpp) puts the result into effect.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/base/id.hpp"
#include "sim/base/random.hpp"
#include "sim/base/time.hpp"

namespace quorate {

// One direction between two endpoints.
struct Direction {
  NodeId from;
  NodeId to;
  friend bool operator==(Direction, Direction) = default;
};

// How many machines there are. Ids below `nodes` are nodes, the rest are clients.
struct Endpoints {
  std::uint32_t nodes{};
  std::uint32_t clients{};
  std::uint32_t all() const { return nodes + clients; }
};

// The side of each endpoint, by id. Two endpoints hear each other if their sides are equal or if
// one of them is on every side. Sides are numbered from 0.
using Sides = std::vector<std::uint32_t>;
inline constexpr std::uint32_t every_side = 0xFFFF'FFFF;

// Each group is a side. A node in no group is alone; a client in no group reaches everybody. An
// endpoint named in several groups belongs to the last.
Sides group_sides(Endpoints endpoints, const std::vector<std::vector<NodeId>>& groups);
// Each of `alone` is a side of its own, in that order; the other nodes share the last side.
Sides isolated_sides(Endpoints endpoints, const std::vector<NodeId>& alone);
// The nodes of `bridge` are on both sides; the others are split in declaration order, and the first
// side gets the odd one.
Sides bridged_sides(Endpoints endpoints, const std::vector<NodeId>& bridge);
// The nodes split into two halves at random, each such split being equally likely; which side gets
// the odd one is drawn too. At most one draw per node.
Sides random_halves(Endpoints endpoints, Stream& stream);

// In a ring of all nodes in declaration order, each hears as many on either side as make it a
// majority with them; all other pairs are severed, ordered as below. So everybody sees a majority
// and no two the same one. Nothing below 4 nodes, where no such ring exists.
std::vector<Direction> outside_majorities(Endpoints endpoints);
// How many neighbours on either side each then hears: the least that make a majority.
std::uint32_t majority_reach(std::uint32_t nodes);

// The directed pairs that cannot talk, ordered by sender, then receiver. With `one_way` only those
// from side 0 to another side.
std::vector<Direction> severed_pairs(const Sides& sides, bool one_way);

// When a node leaves the others and when it is back, from the same moment on.
struct Absence {
  Duration from{};
  Duration to{};
  friend bool operator==(Absence, Absence) = default;
};
// Of so many nodes, one by one: each leaves in the first half of `length` and is back in the
// second, every moment of either being equally likely. Two draws per node. No length is shorter
// than 2 ns, so that everybody is away for a while.
std::vector<Absence> swizzled(std::size_t nodes, Duration length, Stream& stream);

// Who is on each side, for people: side by side, in declaration order, without `every_side`.
std::vector<std::vector<NodeId>> groups_of(const Sides& sides);

}  // namespace quorate
