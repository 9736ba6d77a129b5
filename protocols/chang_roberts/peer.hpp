// One process of the Chang-Roberts ring: its state and its rules, which stand in peer.cpp.
#pragma once

#include <optional>

#include "protocols/chang_roberts/chang_roberts.hpp"

namespace quorate::chang_roberts {

using Out = quorate::Out<ChangRoberts>;

// `asleep`: has neither started an election nor seen one. `relay`: takes part only by passing on.
QUORATE_ENUM(State, asleep, candidate, relay, leader, follower)

constexpr bool in_election(State state) {
  return state == State::candidate || state == State::relay;
}

struct Peer {
  std::uint32_t id{};
  State state{State::asleep};
  std::optional<std::uint32_t> leader;  // the id of who won last
  std::uint64_t epoch{};                // how many leaders this process has known

  QUORATE_FIELDS(Peer, id, state, leader, epoch)
  static constexpr auto status = &Peer::state;

  void start(Out& out);
  void on(const IdDrawn&, std::uint32_t picked, Out& out);
  void on(const Initiate&, Out& out);
  void on(NodeId from, const Election& m, Out& out);
  void on(NodeId from, const Leader& m, Out& out);

 private:
  void wake(std::uint32_t number, Out& out);
  void initiate(Out& out);
  bool swallows(const Out& out) const;  // ids lower than its own
  void take_part(State as, Out& out);
  void win(Out& out);
  void enter(State next, Out& out);
};

}  // namespace quorate::chang_roberts
