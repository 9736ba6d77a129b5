// What the bully algorithm promises, checked whenever a peer has changed, by an observer who sees
// all, and what a run should end in. The messages carry no numbers, so a promise about "the"
// coordinator must say how long news may travel: the algorithm itself allows a message half an
// ok_timeout.
#pragma once

#include "protocols/bully/peer.hpp"
#include "sim/check/property.hpp"

namespace quorate::bully {

using BullyCluster = Cluster<Bully>;

// The state each peer was in when last looked at. A peer that is down counts as a worker: it
// neither coordinates nor elects.
class States {
 public:
  // Takes over the state of the step's node; returns what it was before.
  State update(const BullyCluster& cluster, const Step& step);
  State operator[](NodeId node) const { return states_[node]; }
  // Live peers that act as coordinator.
  NodeSet coordinators() const;

 private:
  PerNode<State> states_;
};

// The aim of an election: one coordinator. A higher peer that comes back takes over from a lower
// one; the two overlap until the lower hears of it, which takes one message delay. Where two act
// for longer, the delays or failures were not those the algorithm assumes.
struct OneCoordinator {
  static constexpr std::string_view name = "one_coordinator";
  static constexpr std::string_view sentence =
      "Two live peers both act as coordinator only while the news of the higher may be on its way.";
  void check(const BullyCluster& cluster, const Step& step, Check& check);

  States states;
  PerNode<Time> since;  // when a coordinator began to act
  NodeSet acting;
};

// "The highest ID that is up" is elected. While an election runs, higher peers may come up or die;
// one that was up all the time has answered, so nobody below it may win.
struct HighestWins {
  static constexpr std::string_view name = "highest_wins";
  static constexpr std::string_view sentence =
      "A peer wins only if every higher one was down during its election, and obeys no lower one.";
  void check(const BullyCluster& cluster, const Step& step, Check& check);

  States states;
  PerNode<NodeSet> was_down;  // who was down at some moment since this peer's election began
};

// Situations that make a sweep worth its electricity.
QUORATE_ENUM(Situation, elections_at_once, taken_over, held_again)

struct Witnesses {
  static constexpr auto names = enum_names<Situation>;
  static constexpr std::array<std::string_view, names.size()> texts{
      "a peer began an election while another was holding one",
      "a peer won while a lower one was coordinator",
      "an election was held again because no coordinator followed the OK"};
  std::array<std::uint64_t, names.size()> counts{};
  void look(const BullyCluster& cluster, const Step& step);

 private:
  void saw(Situation situation) { ++counts[static_cast<std::size_t>(situation)]; }

  States states;
  NodeSet electing;
};

// Predicate for the end of a run: every live peer names the highest live
// one, which acts as coordinator.
bool agreed(const BullyCluster& cluster);

}  // namespace quorate::bully
