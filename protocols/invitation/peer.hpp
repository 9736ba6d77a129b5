// One node of Garcia-Molina's invitation algorithm: its state vector S(i) and its procedures.
// peer.cpp holds the procedures beside the paper's sentences.
#pragma once

#include "protocols/invitation/invitation.hpp"

namespace quorate::invitation {

using Out = quorate::Out<InvitationAlgorithm>;

// S(i).s. A peer that is down has none.
QUORATE_ENUM(State, election, reorganization, normal)

// What a peer waits for the return of.
QUORATE_ENUM(Waiting, none, check, timeout, accept, ready)

struct Peer {
  // Durable, so that no number is given twice.
  std::uint64_t counter{};  // S(i).counter: how many groups this peer has founded
  // Volatile.
  State state{State::election};       // S(i).s
  std::optional<NodeId> coordinator;  // S(i).c; nobody until the first recovery
  Group group;                        // S(i).g
  NodeSet up;                         // S(i).Up: of a coordinator, the other members
  NodeSet found;                      // other coordinators, while a CHECK or a merger lasts
  Waiting waiting{Waiting::none};
  NodeSet called;         // who has not returned the call
  std::uint64_t calls{};  // the number of the last call

  QUORATE_FIELDS(Peer, counter, state, coordinator, group, up, found, waiting, called, calls)
  static constexpr auto durable = std::tuple(&Peer::counter);
  static constexpr auto status = &Peer::state;

  void start(Out& out);
  void on(const CallTimeout&, Out& out);
  void on(const CheckDue&, Out& out);
  void on(const MergeDue&, Out& out);
  void on(const AcceptTimeout&, Out& out);
  void on(const LongSilence&, Out& out);
  void on(const Request& request, Out& out);
  void on(NodeId from, const AreYouCoordinator& m, Out& out);
  void on(NodeId from, const AreYouThere& m, Out& out);
  void on(NodeId from, const Answer& m, Out& out);
  void on(NodeId from, const Invitation& m, Out& out);
  void on(NodeId from, const Accept& m, Out& out);
  void on(NodeId from, const Ready& m, Out& out);
  void on(NodeId from, const Return& m, Out& out);

 private:
  bool coordinates(const Out& out) const { return coordinator == out.self(); }
  void recovery(Out& out);
  void found_group(Out& out);
  void merge(Out& out);
  void begin_work(Out& out);
  std::uint64_t call(Waiting next, const NodeSet& whom, Out& out);
  void stop(Out& out);
  void rest(Out& out);
  void enter(State next, Out& out);
};

}  // namespace quorate::invitation
