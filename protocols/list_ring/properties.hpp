// What the ring election promises, checked whenever a peer has changed, by an observer who sees
// all, and what a run should end in.
#pragma once

#include "protocols/list_ring/peer.hpp"
#include "sim/check/property.hpp"

namespace quorate::list_ring {

using RingCluster = Cluster<ListRing>;

// The aim of an election: one coordinator. Two may overlap while the result of a lap travels, which
// takes less than a lap_timeout. Where two act for longer, the delays or failures were not those
// the algorithm assumes.
struct OneCoordinator {
  static constexpr std::string_view name = "one_coordinator";
  static constexpr std::string_view sentence =
      "Two live peers both act as coordinator for no longer than a lap_timeout.";
  void check(const RingCluster& cluster, const Step& step, Check& check);

  PerNode<Time> since;  // when a coordinator began to act
  NodeSet acting;
  NodeId last{no_node};  // who began last
};

// "Everyone had a chance to make its presence known": who is announced is the highest of all that
// were up while the message made its lap.
struct HighestWins {
  static constexpr std::string_view name = "highest_wins";
  static constexpr std::string_view sentence =
      "Whoever is announced, every higher peer was down at some moment of that lap.";
  void check(const RingCluster& cluster, const Step& step, Check& check);

  PerNode<std::uint64_t> rounds;  // of each peer, when last looked at
  // Of each lap, by initiator and round, who was down at some moment since it began. Kept for good:
  // copies may come late, and an initiator that was down counts its rounds anew.
  std::map<std::pair<NodeId, std::uint64_t>, NodeSet> was_down;
};

// No message circulates for ever: a lap of n peers has at most n hops, and so do all its copies.
struct LapsEnd {
  static constexpr std::string_view name = "laps_end";
  static constexpr std::string_view sentence =
      "No message is taken more often than there are peers on the ring.";
  void check(const RingCluster& cluster, const Step& step, Check& check);
};

// Situations that make a sweep worth its electricity.
QUORATE_ENUM(Situation, passed_over, ended_by_another)

struct Witnesses {
  static constexpr auto names = enum_names<Situation>;
  static constexpr std::array<std::string_view, names.size()> texts{
      "a lap ended without some peer on its list",
      "a lap ended at another peer than its initiator"};
  std::array<std::uint64_t, names.size()> counts{};
  void look(const RingCluster& cluster, const Step& step);

 private:
  void saw(Situation situation) { ++counts[static_cast<std::size_t>(situation)]; }
};

// Predicate for the end of a run: every live peer names the highest live one, which acts as
// coordinator.
bool agreed(const RingCluster& cluster);

}  // namespace quorate::list_ring
