// The Chang-Roberts ring election: vocabulary, parameters, known mistakes, and what the engine must
// know of it.
#pragma once

#include "sim/engine/out.hpp"

namespace quorate {

namespace chang_roberts {

// A candidate's id on its way round.
struct Election {
  std::uint32_t id{};
  std::uint32_t hops{};  // the links it has crossed, this one included
  QUORATE_FIELDS(Election, id, hops)
};
// The winner's, on its second way round.
struct Leader {
  std::uint32_t id{};
  std::uint32_t hops{};
  QUORATE_FIELDS(Leader, id, hops)
};

// The moment to begin an election; without one a scenario fires it.
QUORATE_SIGNAL(Initiate);

// A number drawn for an id.
QUORATE_SIGNAL(IdDrawn);

// Events.

struct Initiated {
  std::uint32_t id{};
  QUORATE_FIELDS(Initiated, id)
  static constexpr std::string_view sentence = "starts an election with its id {id}";
};
struct Swallowed {
  std::uint32_t id{};
  QUORATE_FIELDS(Swallowed, id)
  static constexpr std::string_view sentence = "swallows {id}, which is lower than its own id";
};
struct Won {
  std::uint32_t id{};
  QUORATE_FIELDS(Won, id)
  static constexpr std::string_view sentence = "has its own id {id} back and leads";
};

// What a process does with lower ids that has not started an election itself.
QUORATE_ENUM(Passive, relay, join)
QUORATE_ENUM(Ids, place, drawn)

struct Params {
  std::uint32_t id{};
  Ids ids{Ids::place};
  bool initiates{true};
  Passive passive{Passive::relay};
  QUORATE_FIELDS(Params, id, ids, initiates, passive)
  static constexpr std::array texts{
      "a process's id, which should be its alone; 0: as `ids` says",
      "place: the first process of the ring has the id 1, the next one 2; drawn: at random",
      "whether a process starts an election at the beginning of the run",
      "relay: who has not started an election passes all ids on; join: it sends its own instead of "
      "a lower one",
  };
};

// One-line mistakes, each a deviation point in peer.cpp. What each breaks stands in protocol.cpp.
QUORATE_ENUM(Bug, own_id_passed_on, passive_swallows)

struct Peer;

}  // namespace chang_roberts

struct ChangRoberts {
  static constexpr std::string_view name = "chang_roberts";
  static constexpr int version = 2;
  using Params = chang_roberts::Params;
  using Roles = Types<chang_roberts::Peer>;
  using Messages = Types<chang_roberts::Election, chang_roberts::Leader>;
  using Timers = Types<chang_roberts::Initiate>;
  using Choices = Types<chang_roberts::IdDrawn>;
  using Events = Types<chang_roberts::Initiated, chang_roberts::Swallowed, chang_roberts::Won>;
  using Bug = chang_roberts::Bug;
};

}  // namespace quorate
