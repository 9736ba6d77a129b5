// The rules of the bully algorithm. A quoted sentence is the lecture's; `out.bug(...)` marks a
// known mistake that a scenario may switch on, and reads as `false` otherwise.
#include "protocols/bully/peer.hpp"

#include "protocols/common/membership.hpp"

namespace quorate::bully {

void Peer::start(Out& out) {
  if (!is_member(out)) return;
  if (out.params().boot == Boot::election) return hold_election(out);
  const NodeId highest = out.nodes().back();
  if (highest == out.self()) {
    out.emit(InOffice{});
    return act_as_coordinator(out);
  }
  out.emit(Role{"worker"});
  follow(highest, out);
}

// "If a process that was down comes back up, it holds an election."
void Peer::restart(Out& out) {
  if (is_member(out)) hold_election(out);
}

// "When a process P_k notices that the coordinator is no longer responding to requests, it
// initiates an election."
void Peer::on(const WatchTimeout&, Out& out) {
  QUORATE_ASSERT(coordinator.has_value(), "Only a peer that has a coordinator watches it.");
  out.emit(Suspected{*coordinator});
  hold_election(out);
}

// "P_k sends an ELECTION message to all processes with higher identifiers." The
// highest of all has nobody to ask: "If it's the highest process it will win the election
// and take over as coordinator."
void Peer::hold_election(Out& out) {
  out.emit(ElectionHeld{});
  coordinator.reset();
  enter(State::electing, out);
  out.cancel_timer(WatchTimeout{});
  out.cancel_timer(HeartbeatDue{});
  out.cancel_timer(CoordinatorTimeout{});
  if (out.self() == out.nodes().back()) return win(out);
  for (const NodeId node : out.nodes()) {
    if (node > out.self()) out.send(node, Election{});
  }
  out.set_timer(OkTimeout{}, out.params().ok_timeout);
}

// "If a process with higher ID answers, it takes over": it says OK and holds an election of its
// own, but never two at once, or their number doubles with every peer.
void Peer::on(NodeId from, const Election&, Out& out) {
  QUORATE_ASSERT(from < out.self(), "An ELECTION comes from a lower id.");
  out.send(from, Ok{});
  if (in_election(state) && !out.bug(Bug::no_election_guard)) return;
  hold_election(out);
}

// "…and P_k's job is done." Unless the one that answered dies too: then nobody would ever win, so
// P_k waits for the COORDINATOR only so long.
void Peer::on(NodeId, const Ok&, Out& out) {
  if (state != State::electing) return;
  enter(State::waiting, out);
  out.cancel_timer(OkTimeout{});
  if (out.bug(Bug::no_coordinator_timeout)) return;
  out.set_timer(CoordinatorTimeout{}, out.params().coordinator_timeout);
}

void Peer::on(const CoordinatorTimeout&, Out& out) { hold_election(out); }

// "If no one responds, P_k wins the election and becomes coordinator."
void Peer::on(const OkTimeout&, Out& out) {
  QUORATE_ASSERT(state == State::electing, "Only a peer without an answer waits for an OK.");
  win(out);
}

// "Winning process sends COORDINATOR message to all other processes."
void Peer::win(Out& out) {
  act_as_coordinator(out);
  out.emit(Elected{epoch});
  out.broadcast(Coordinator{});
}

// Whoever hears of a coordinator below itself knows better and bullies it out of office.
void Peer::on(NodeId from, const Coordinator&, Out& out) {
  const bool lower = from < out.self() && !out.bug(Bug::lower_coordinator_accepted);
  if (!lower) return follow(from, out);
  if (!in_election(state)) hold_election(out);
}

void Peer::act_as_coordinator(Out& out) {
  ++epoch;
  coordinator = out.self();
  enter(State::coordinator, out);
  if (out.params().detection == Detection::none) return;
  out.set_timer(HeartbeatDue{}, out.params().heartbeat);
}

void Peer::follow(NodeId node, Out& out) {
  ++epoch;
  coordinator = node;
  enter(State::worker, out);
  out.cancel_timer(HeartbeatDue{});
  out.cancel_timer(OkTimeout{});
  out.cancel_timer(CoordinatorTimeout{});
  watch(out);
}

// Without a detector the timer is there all the same, for a scenario to fire.
void Peer::watch(Out& out) {
  const bool watched = out.params().detection == Detection::heartbeat;
  out.set_timer(WatchTimeout{}, watched ? out.params().watch_timeout : max_duration);
}

void Peer::on(const HeartbeatDue&, Out& out) {
  out.broadcast(Heartbeat{});
  out.set_timer(HeartbeatDue{}, out.params().heartbeat);
}

// A heartbeat is no announcement: from anybody but this peer's coordinator it means nothing.
void Peer::on(NodeId from, const Heartbeat&, Out& out) {
  if (coordinator == from) watch(out);
}

// The coordinator serves clients; the others know whom to ask.
void Peer::on(const Request& request, Out& out) {
  if (state != State::coordinator) return out.redirect(request, coordinator.value_or(no_node));
  out.reply(request, "ok");
}

void Peer::enter(State next, Out& out) {
  if (state == next) return;
  state = next;
  out.emit(Role{enum_name(next)});
}

}  // namespace quorate::bully
