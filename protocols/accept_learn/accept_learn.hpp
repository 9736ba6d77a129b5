// The derivation of Paxos from two and three servers as the engine sees it.
#pragma once

#include "protocols/accept_learn/messages.hpp"

namespace quorate {

namespace accept_learn {

struct Server;

// When a server executes what it holds under the next timestamp: the lecture's rules in its order.
QUORATE_ENUM(Execute, at_once, learned, all, majority)
// What a new leader does, and what a server does with another operation under a timestamp it knows.
QUORATE_ENUM(Takeover, silent, told, flush)

struct Params {
  Execute execute{Execute::majority};
  Takeover takeover{Takeover::flush};
  bool leader_id{true};
  Duration heartbeat{50ms};
  Duration suspect_after{200ms};
  QUORATE_FIELDS(Params, execute, takeover, leader_id, heartbeat, suspect_after)
  static constexpr std::array texts{
      "at_once: whoever has an operation executes it; learned: a leader waits for one LEARN; all: "
      "for LEARNs of all that are not suspected; majority: until a majority has it",
      "silent: a new leader goes on, and is obeyed; told: whoever has learned another operation "
      "under the timestamp tells it; flush: it informs the others, and finishes what is "
      "outstanding",
      "leaders include their ID in messages, and those of a former leader are rejected",
      "how often a server says that it lives, and sends again what was not answered",
      "how long a server is silent before others take it for crashed, rightly or not",
  };
  static constexpr auto ranges =
      std::tuple(at_least(&Params::heartbeat, 1us), at_least(&Params::suspect_after, 1us));
};

// One-line mistakes in what is right by now, each a deviation point in server.cpp or leader.cpp.
// The derivation's own wrong steps are values of parameters.
QUORATE_ENUM(Bug, answers_ignored, answers_early)

}  // namespace accept_learn

struct AcceptLearn {
  static constexpr std::string_view name = "accept_learn";
  static constexpr int version = 2;
  using Params = accept_learn::Params;
  using Roles = Types<accept_learn::Server>;
  using Messages = Types<accept_learn::Forward, accept_learn::Accept, accept_learn::Learn,
                         accept_learn::Missed, accept_learn::YouMissed, accept_learn::TakeOver,
                         accept_learn::Outstanding, accept_learn::Alive, accept_learn::Executed>;
  using Timers = Types<accept_learn::Beat, accept_learn::Silence>;
  using Events = Types<accept_learn::TakesOver, accept_learn::Told, accept_learn::Rejected,
                       accept_learn::Replaced>;
  using Bug = accept_learn::Bug;
};

}  // namespace quorate
