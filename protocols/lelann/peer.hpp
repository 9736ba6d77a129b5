// One process of the LeLann ring: its state and its rules, which stand in peer.cpp.
#pragma once

#include <optional>

#include "protocols/lelann/lelann.hpp"

namespace quorate::lelann {

using Out = quorate::Out<LeLann>;

// `asleep`: has neither started an election nor seen one. `relay`: takes part only by passing on.
QUORATE_ENUM(State, asleep, candidate, relay, leader, follower)

struct Peer {
  std::uint32_t id{};
  State state{State::asleep};
  std::uint32_t highest{};              // of the ids seen since it initiated, its own included
  std::optional<std::uint32_t> leader;  // the id of who won
  std::uint64_t epoch{};                // how many leaders this process has known

  QUORATE_FIELDS(Peer, id, state, highest, leader, epoch)
  static constexpr auto status = &Peer::state;

  void start(Out& out);
  void on(const Initiate&, Out& out);
  void on(NodeId from, const Token& m, Out& out);
  void on(NodeId from, const Leader& m, Out& out);

 private:
  void initiate(Out& out);
  void decide(Out& out);
  void follow(std::uint32_t winner, Out& out);
  void enter(State next, Out& out);
};

}  // namespace quorate::lelann
