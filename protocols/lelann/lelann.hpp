// The LeLann ring election: vocabulary, parameters, known mistakes, and what the engine must know
// of it.
#pragma once

#include "sim/engine/out.hpp"

namespace quorate {

namespace lelann {

// An initiator's id on its way round.
struct Token {
  std::uint32_t id{};
  std::uint32_t hops{};  // the links it has crossed, this one included
  QUORATE_FIELDS(Token, id, hops)
};
// The winner's, for those that did not initiate (option announce).
struct Leader {
  std::uint32_t id{};
  std::uint32_t hops{};
  QUORATE_FIELDS(Leader, id, hops)
};

// The moment to begin an election; without one a scenario fires it.
QUORATE_SIGNAL(Initiate);

// Events.

struct Initiated {
  std::uint32_t id{};
  QUORATE_FIELDS(Initiated, id)
  static constexpr std::string_view sentence = "sends its id {id} round the ring";
};
struct TokenBack {
  std::uint32_t highest{};
  QUORATE_FIELDS(TokenBack, highest)
  static constexpr std::string_view sentence =
      "has its token back and has seen no higher id than {highest}";
};

struct Params {
  std::uint32_t id{};
  bool initiates{true};
  bool announce{};
  QUORATE_FIELDS(Params, id, initiates, announce)
  static constexpr std::array texts{
      "a process's id, which should be its alone; 0: its place on the ring, from 1",
      "whether a process starts an election at the beginning of the run",
      "the winner tells those that did not initiate",
  };
};

// One-line mistakes, each a deviation point in peer.cpp. What each breaks stands in protocol.cpp.
QUORATE_ENUM(Bug, own_token_passed_on)

struct Peer;

}  // namespace lelann

struct LeLann {
  static constexpr std::string_view name = "lelann";
  using Params = lelann::Params;
  using Roles = Types<lelann::Peer>;
  using Messages = Types<lelann::Token, lelann::Leader>;
  using Timers = Types<lelann::Initiate>;
  using Events = Types<lelann::Initiated, lelann::TokenBack>;
  using Bug = lelann::Bug;
};

}  // namespace quorate
