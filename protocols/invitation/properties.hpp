// What Garcia-Molina's invitation algorithm promises, checked whenever a peer or its disk has
// changed, by an observer who sees all.
#pragma once

#include <map>

#include "protocols/invitation/peer.hpp"
#include "sim/check/property.hpp"

namespace quorate::invitation {

using Peers = Cluster<InvitationAlgorithm>;

// Assertion 3: "at any instant, for any two nodes i and j", both reorganizing or normal, "if
// S(i).g = S(j).g then S(i).c = S(j).c".
struct SameGroupSameCoordinator {
  static constexpr std::string_view name = "same_group_same_coordinator";
  static constexpr std::string_view sentence =
      "Two live peers of one group, reorganizing or normal, name the same coordinator "
      "(assertion 3).";
  void check(const Peers& cluster, const Step& step, Check& check);
};

// Group numbers are unique: no founder uses one twice, restarts included.
struct NumberUsedOnce {
  static constexpr std::string_view name = "number_used_once";
  static constexpr std::string_view sentence =
      "No peer gives the same number to two groups that it founds, restarts included.";
  void check(const Peers& cluster, const Step& step, Check& check);

  PerNode<std::pair<std::uint64_t, std::uint32_t>> last;  // number, and the life it was given in
};

// Situations that make a sweep worth its electricity.
QUORATE_ENUM(Situation, merged, forwarded, left_alone)

struct Witnesses {
  static constexpr auto names = enum_names<Situation>;
  static constexpr std::array<std::string_view, names.size()> texts{
      "a coordinator began to work with a group of two or more",
      "a coordinator with members gave its group up for another",
      "a member lost its coordinator and founded a group of its own"};
  std::array<std::uint64_t, names.size()> counts{};
  void look(const Peers& cluster, const Step& step);

 private:
  struct Seen {
    State state{State::election};
    std::optional<NodeId> coordinator;
    bool members{};
    std::uint64_t counter{};
  };
  void saw(Situation situation) { ++counts[static_cast<std::size_t>(situation)]; }

  std::map<NodeId, Seen> seen;
};

// Predicate for the end of a run, assertion 4: all live peers are normal and of one group, whose
// coordinator is one of them.
bool one_group(const Peers& cluster);

}  // namespace quorate::invitation
