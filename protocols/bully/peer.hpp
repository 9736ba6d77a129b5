// One peer of the bully algorithm: its state and its rules.
// A peer's priority is its id, which is its place in the scenario's list of nodes.
// peer.cpp holds the handlers beside the lecture's sentences.
#pragma once

#include "protocols/bully/bully.hpp"

namespace quorate::bully {

using Out = quorate::Out<Bully>;

// `electing`: ELECTION sent, no answer yet. `waiting`: an OK has come, COORDINATOR has not.
QUORATE_ENUM(State, worker, electing, waiting, coordinator)

constexpr bool in_election(State state) {
  return state == State::electing || state == State::waiting;
}

struct Peer {
  // All of it is volatile: who was coordinator before a crash says nothing about now.
  State state{State::worker};
  std::optional<NodeId> coordinator;  // nobody while this peer is in an election
  std::uint64_t epoch{};              // how many coordinators this peer has known since it came up

  QUORATE_FIELDS(Peer, state, coordinator, epoch)
  static constexpr auto status = &Peer::state;

  void start(Out& out);
  void restart(Out& out);
  void on(const WatchTimeout&, Out& out);
  void on(const OkTimeout&, Out& out);
  void on(const CoordinatorTimeout&, Out& out);
  void on(const HeartbeatDue&, Out& out);
  void on(const Request& request, Out& out);
  void on(NodeId from, const Election&, Out& out);
  void on(NodeId from, const Ok&, Out& out);
  void on(NodeId from, const Coordinator&, Out& out);
  void on(NodeId from, const Heartbeat&, Out& out);

 private:
  void hold_election(Out& out);
  void win(Out& out);
  void act_as_coordinator(Out& out);
  void follow(NodeId node, Out& out);
  void watch(Out& out);
  void enter(State next, Out& out);
};

}  // namespace quorate::bully
