// One node of Garcia-Molina's bully algorithm: its state vector S(i) and its procedures.
// A peer's priority is its id, which is its place in the scenario's list of nodes.
// peer.cpp holds the procedures beside the paper's sentences.
#pragma once

#include "protocols/bully_1982/bully_1982.hpp"

namespace quorate::bully_1982 {

using Out = quorate::Out<Bully1982>;

// S(i).s. A peer that is down has none.
QUORATE_ENUM(State, election, reorganization, normal)

// The loop of calls that a peer is in the middle of, one call at a time.
QUORATE_ENUM(Loop, none, timeout, ask_higher, halt_lower, announce, distribute, check)

struct Peer {
  // All of it is volatile: a peer that comes up begins with RECOVERY.
  State state{State::election};       // S(i).s
  std::optional<NodeId> coordinator;  // S(i).c, while reorganizing or normal
  std::optional<NodeId> halted_by;    // S(i).h: who halted this peer last
  NodeSet up;                         // S(i).Up: whom it has halted
  Loop loop{Loop::none};
  std::vector<NodeId> to_call;   // whom the loop has yet to call, the next one last
  std::optional<NodeId> called;  // whose return it waits for
  std::uint64_t calls{};         // how many it has made; the number of the last
  std::uint64_t epoch{};         // how many coordinators this peer has known since it came up

  QUORATE_FIELDS(Peer, state, coordinator, halted_by, up, loop, to_call, called, calls, epoch)
  static constexpr auto status = &Peer::state;

  void start(Out& out);
  void restart(Out& out);
  void on(const CallTimeout&, Out& out);
  void on(const LongSilence&, Out& out);
  void on(const CheckDue&, Out& out);
  void on(const Request& request, Out& out);
  void on(NodeId from, const AyUp& m, Out& out);
  void on(NodeId from, const AyNormal& m, Out& out);
  void on(NodeId from, const Halt& m, Out& out);
  void on(NodeId from, const NewCoordinator& m, Out& out);
  void on(NodeId from, const Ready& m, Out& out);
  void on(NodeId from, const Return& m, Out& out);

 private:
  // ---- procedures
  void recovery(Out& out);
  void election(Out& out);
  void halt_lower(Out& out);
  void reach_election_point(Out& out);
  // ---- loops of calls
  void begin(Loop next, std::vector<NodeId> whom, Out& out);
  void call_next(Out& out);
  void loop_done(Out& out);
  void rest(Out& out);
  void enter(State next, Out& out);
  std::vector<NodeId> lower(const Out& out) const;
  std::vector<NodeId> higher(const Out& out) const;
};

}  // namespace quorate::bully_1982
