// What Garcia-Molina's bully algorithm promises, checked whenever a peer has changed, by an
// observer who sees all.
#pragma once

#include "protocols/bully_1982/peer.hpp"
#include "sim/check/property.hpp"

namespace quorate::bully_1982 {

using Peers = Cluster<Bully1982>;

// "Assertion 1: at any instant in time, for any two nodes i and j in the distributed system, the
// following is true. If (S(i).s is Reorganization or Normal) and (S(j).s is Reorganization or
// Normal) then S(i).c = S(j).c." Of live nodes, that is.
struct SameCoordinator {
  static constexpr std::string_view name = "same_coordinator";
  static constexpr std::string_view sentence =
      "Any two live peers that are reorganizing or normal name the same coordinator (assertion 1).";
  void check(const Peers& cluster, const Step& step, Check& check);

  PerNode<std::optional<NodeId>> named;  // whom each peer in operation named when last looked at
};

// Situations that make a sweep worth its electricity.
QUORATE_ENUM(Situation, usurped, group_broken, reorganized_again)

struct Witnesses {
  static constexpr auto names = enum_names<Situation>;
  static constexpr std::array<std::string_view, names.size()> texts{
      "a peer was halted by a higher one after it had halted others itself",
      "a new coordinator began again because a peer it had halted did not answer",
      "a coordinator held an election because a peer was not normal"};
  std::array<std::uint64_t, names.size()> counts{};
  void look(const Peers& cluster, const Step& step);

 private:
  void saw(Situation situation) { ++counts[static_cast<std::size_t>(situation)]; }

  PerNode<Loop> loops;
};

// Predicate for the end of a run, assertion 2: every live peer is normal and names the highest
// live one.
bool agreed(const Peers& cluster);

}  // namespace quorate::bully_1982
