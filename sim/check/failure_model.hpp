// What a protocol assumes of the world it runs in. Its promises hold where the assumptions do; a
// run that breaks one is outside the protocol's model, and what goes wrong then is no bug of its
// code.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/base/fields.hpp"
#include "sim/base/id.hpp"
#include "sim/base/time.hpp"

namespace quorate {

QUORATE_ENUM(Assumption, reliable_links, no_cuts, no_duplicates, fifo_links, bounded_delay,
             prompt_nodes, true_clocks, no_crashes, crash_stop, stable_storage, majority_up,
             intact_messages, one_proposer, proposer_up, crashes_noticed, honest_nodes, few_losses,
             teller_up, removed_leave, distinct_ids, all_able)

// A message takes less than this part of that parameter, a duration; and no node stands still for
// longer. What `less` names is taken away first, each as long as it is at any node. Of the time of
// a random wait the `part` tells which: its shortest, or how far the longest of any
// node is from the shortest of any.
QUORATE_ENUM(PartOfWait, all, shortest, spread)
struct DelayBound {
  std::string time{};
  std::int64_t parts{2};
  std::string more{};  // is added first, so many times, where what is waited adapts to delays
  std::int64_t times{1};
  std::vector<std::string> less{};
  PartOfWait part{};
  bool each_member{};  // so many parts for every member
};

// Plain data. What is in neither list may happen, and nothing is promised the less.
struct FailureModel {
  std::vector<Assumption> safety{};    // what its properties rest on
  std::vector<Assumption> progress{};  // what it takes, besides, to get anything done
  // Of bounded_delay and prompt_nodes: the least of these.
  std::vector<DelayBound> bounds{};
  // Of majority_up: how many members each quorum takes; 0: more than half.
  std::vector<std::uint32_t> quorums{};
  std::uint32_t liars{};  // of honest_nodes: so many nodes may lie
  // Of true_clocks: timers that may expire at any moment, so that a scenario may fire them.
  std::vector<std::string> at_will{};
  // Of one_proposer and proposer_up: the event that tells that a node proposes something, until it
  // or another tells that something is chosen.
  std::string begins{};
  // Of few_losses: how many of a hundred.
  static constexpr int losses = 15;
  // Of crashes_noticed: as what it presides whose crash is noticed only when a timer of `at_will`
  // is fired afterwards.
  std::string presides{};
  // How long after the last of what progress assumes away things may still stand still. Absent:
  // for ever, for what is lost is never made up for.
  std::optional<Duration> recovers{};
  // The node that was told so, where others were told to wait for longer.
  std::string whose{};
  // Of teller_up: who alone tells the others what is chosen.
  std::optional<NodeId> teller{};
  // Of removed_leave: the role of one that disturbs the others.
  std::string stands{};
  // What no fault needs to break, for the cluster is none of those that the protocol is for.
  std::vector<Assumption> never_held{};
};

// What nodes that were told different things assume together: whatever any of them does. The bounds
// of `model` are kept.
void join(FailureModel& model, const FailureModel& other);

// Adds what every protocol's safety rests on, said or not: that no message is altered on its way,
// and that no node lies, or no more of them than it says.
void add_common_ground(FailureModel& model);

// "no message is lost"; one clause.
std::string words_of(Assumption assumption, const FailureModel& model);

}  // namespace quorate
