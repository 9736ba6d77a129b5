// The remote procedures of Garcia-Molina's invitation algorithm. A call is a message, and so is its
// return; calls are numbered by the caller.
#pragma once

#include "sim/engine/out.hpp"

namespace quorate::invitation {

// A group has a number of its own: its founder's, and how many the founder has founded.
struct Group {
  NodeId founder{no_node};
  std::uint64_t number{};
  QUORATE_FIELDS(Group, founder, number)
};

// Do you coordinate a group, in normal operation?
struct AreYouCoordinator {
  std::uint64_t call{};
  QUORATE_FIELDS(AreYouCoordinator, call)
};
// Am I still in this group of yours?
struct AreYouThere {
  std::uint64_t call{};
  Group group;
  QUORATE_FIELDS(AreYouThere, call, group)
};
// The return of these two.
struct Answer {
  std::uint64_t call{};
  bool yes{};
  QUORATE_FIELDS(Answer, call, yes)
};
// Join this group. Not a call: nobody waits for its return.
struct Invitation {
  NodeId coordinator{no_node};
  Group group;
  QUORATE_FIELDS(Invitation, coordinator, group)
};
// I do.
struct Accept {
  std::uint64_t call{};
  Group group;
  QUORATE_FIELDS(Accept, call, group)
};
// The group is complete; begin with the task.
struct Ready {
  std::uint64_t call{};
  Group group;
  QUORATE_FIELDS(Ready, call, group)
};
// The return of Accept and Ready.
struct Return {
  std::uint64_t call{};
  QUORATE_FIELDS(Return, call)
};

// Timers.

// A call has not returned in time.
QUORATE_SIGNAL(CallTimeout);
// The procedure CHECK: a coordinator looks for others.
QUORATE_SIGNAL(CheckDue);
// It has found some, and has left those of higher priority time to invite it.
QUORATE_SIGNAL(MergeDue);
// Who has been invited has had time to accept.
QUORATE_SIGNAL(AcceptTimeout);
// The procedure TIMEOUT: a member asks whether its coordinator is still there.
QUORATE_SIGNAL(LongSilence);

// An event: a group begins to work.
struct GroupFormed {
  std::uint64_t number{};
  std::uint64_t members{};
  QUORATE_FIELDS(GroupFormed, number, members)
  static constexpr std::string_view sentence =
      "begins to work with its group {number}, {members} strong";
};

}  // namespace quorate::invitation
