// One peer of the ring election: its state and its rules.
// A peer's priority is its id, which is its place in the scenario's list of nodes and on the ring.
// peer.cpp holds the handlers beside the lecture's sentences.
#pragma once

#include <map>
#include <optional>

#include "protocols/list_ring/list_ring.hpp"

namespace quorate::list_ring {

using Out = quorate::Out<ListRing>;

// `electing`: has started or passed on an ELECTION, and heard of no COORDINATOR since.
QUORATE_ENUM(State, worker, electing, coordinator)

// A message that was passed on and is not acknowledged yet: one of the two.
struct Passing {
  NodeId to{no_node};
  std::uint32_t tries{};  // how often it was sent there
  std::optional<Election> election{};
  std::optional<Coordinator> coordinator{};
  QUORATE_FIELDS(Passing, to, tries, election, coordinator)
};

struct Peer {
  // All of it is volatile: who was coordinator before a crash says nothing about now.
  State state{State::worker};
  std::optional<NodeId> coordinator;  // nobody while this peer is in an election
  std::uint64_t epoch{};              // how many coordinators this peer has known since it came up
  std::uint64_t rounds{};             // how many elections it has started since
  std::uint64_t hops{};               // how many messages it has passed on since
  std::map<std::uint64_t, Passing> passing;  // by hop

  QUORATE_FIELDS(Peer, state, coordinator, epoch, rounds, hops, passing)
  static constexpr auto status = &Peer::state;

  void start(Out& out);
  void restart(Out& out);
  void on(const WatchTimeout&, Out& out);
  void on(const LapTimeout&, Out& out);
  void on(const AckTimeout& timer, Out& out);
  void on(const HeartbeatDue&, Out& out);
  void on(const Request& request, Out& out);
  void on(NodeId from, const Election& m, Out& out);
  void on(NodeId from, const Coordinator& m, Out& out);
  void on(NodeId from, const Ack& m, Out& out);
  void on(NodeId from, const Heartbeat&, Out& out);

 private:
  void hold_election(Out& out);
  void join_election(Out& out);
  bool laps_crossed(NodeId winner, const Out& out) const;
  void announce(const Election& m, Out& out);
  void pass_on(Passing message, Out& out);
  void attempt(std::uint64_t hop, Out& out);
  void acknowledge(NodeId from, std::uint64_t hop, Out& out);
  void follow(NodeId node, Out& out);
  void follow_announced(NodeId node, Out& out);
  void watch(Duration patience, Out& out);
  void enter(State next, Out& out);
};

}  // namespace quorate::list_ring
