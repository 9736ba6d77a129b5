// The rules of the list-collecting ring election. A quoted sentence is the lecture's;
// `out.bug(...)` marks a known mistake that a scenario may switch on, and reads as `false`
// otherwise.
#include "protocols/list_ring/peer.hpp"

#include <algorithm>

#include "protocols/common/membership.hpp"
#include "protocols/common/recovery.hpp"
#include "protocols/common/ring.hpp"

namespace quorate::list_ring {

namespace {

// "The one with the highest priority is elected as coordinator."
NodeId highest(const std::vector<NodeId>& living) { return *std::ranges::max_element(living); }

// Whether a message that lists these has been all around. Any of them can tell: "back at the
// initiator" is not enough, for the initiator may be dead by then.
bool lap_is_over(const std::vector<NodeId>& list, const Out& out) {
  if (out.bug(Bug::only_initiator_ends_lap)) return list.front() == out.self();
  return std::ranges::find(list, out.self()) != list.end();
}

}  // namespace

void Peer::start(Out& out) {
  if (!is_member(out)) return;
  if (out.params().boot == Boot::election) return hold_election(out);
  const NodeId last = out.nodes().back();
  if (last == out.self()) {
    out.emit(InOffice{});
    enter(State::coordinator, out);
  } else {
    out.emit(Role{"worker"});
  }
  follow(last, out);
}

void Peer::restart(Out& out) {
  if (is_member(out)) hold_election(out);
}

void Peer::on(const WatchTimeout&, Out& out) {
  QUORATE_ASSERT(coordinator.has_value(), "Only a peer that has a coordinator watches it.");
  out.emit(Suspected{*coordinator});
  hold_election(out);
}

// "Any process can start an election by sending an election message to its successor."
void Peer::hold_election(Out& out) {
  out.emit(ElectionHeld{});
  join_election(out);
  pass_on({.election = Election{0, ++rounds, {out.self()}}}, out);
}

// Who holds the message may die and take it along; so everybody it has passed waits for the result
// only so long. The first to lose patience, as a rule the initiator, rouses the others anew.
void Peer::join_election(Out& out) {
  coordinator.reset();
  enter(State::electing, out);
  out.cancel_timer(WatchTimeout{});
  out.cancel_timer(HeartbeatDue{});
  out.set_timer(LapTimeout{}, out.params().lap_timeout);
}

void Peer::on(const LapTimeout&, Out& out) { hold_election(out); }

// "If a message is passed on, the sender adds itself to the list. When it gets back to the
// initiator, everyone had a chance to make its presence known."
void Peer::on(NodeId from, const Election& m, Out& out) {
  if (!lap_is_over(m.list, out)) {
    join_election(out);
    Election longer = m;
    longer.list.push_back(out.self());
    pass_on({.election = longer}, out);
  } else if (laps_crossed(highest(m.list), out)) {
    hold_election(out);
  } else {
    announce(m, out);
  }
  acknowledge(from, m.hop, out);
}

// Whoever has followed somebody else since it took part in an election knows that there were two
// laps, and that of their lists one is old: the ring has to be asked again.
bool Peer::laps_crossed(NodeId winner, const Out& out) const {
  if (out.bug(Bug::crossing_unseen)) return false;
  return coordinator.has_value() && *coordinator != winner;
}

// "The initiator sends a coordinator message around the ring containing a list of all living
// processes."
void Peer::announce(const Election& m, Out& out) {
  out.emit(LapOver{m.list.front(), highest(m.list)});
  follow_announced(highest(m.list), out);
  pass_on({.coordinator = Coordinator{0, m.list, {out.self()}}}, out);
}

// It stops where it began, or at whoever has had it before. Whoever hears of a coordinator below
// itself was passed over, or came up too late: it tells nobody and holds an election.
void Peer::on(NodeId from, const Coordinator& m, Out& out) {
  const NodeId winner = highest(m.living);
  const bool passed_over = winner < out.self() && state != State::electing;
  if (passed_over || laps_crossed(winner, out)) {
    hold_election(out);
  } else if (winner >= out.self() && !lap_is_over(m.told, out)) {
    follow_announced(winner, out);
    Coordinator next = m;
    next.told.push_back(out.self());
    pass_on({.coordinator = next}, out);
  }
  acknowledge(from, m.hop, out);
}

void Peer::pass_on(Passing message, Out& out) {
  message.to = successor(out.nodes(), out.self());
  passing[++hops] = std::move(message);
  attempt(hops, out);
}

// Alone on the ring, a peer is its own successor and needs no acknowledgement.
void Peer::attempt(std::uint64_t hop, Out& out) {
  Passing& message = passing.at(hop);
  ++message.tries;
  if (message.election) {
    message.election->hop = hop;
    out.send(message.to, *message.election);
  } else {
    message.coordinator->hop = hop;
    out.send(message.to, *message.coordinator);
  }
  out.set_timer(AckTimeout{hop}, out.params().ack_timeout);
  if (message.to == out.self()) on(out.self(), Ack{hop}, out);
}

void Peer::acknowledge(NodeId from, std::uint64_t hop, Out& out) {
  if (from != out.self()) out.send(from, Ack{hop});
}

void Peer::on(NodeId, const Ack& m, Out& out) {
  passing.erase(m.hop);
  out.cancel_timer(AckTimeout{m.hop});
}

// "If a successor is down, the message is passed on to the next successor." But if the one that is
// down is the winner itself, there is nothing left to announce.
void Peer::on(const AckTimeout& timer, Out& out) {
  Passing& message = passing.at(timer.hop);
  if (message.tries < out.params().attempts) return attempt(timer.hop, out);
  out.emit(Suspected{message.to});
  const bool winner = message.coordinator && highest(message.coordinator->living) == message.to;
  if (winner && !out.bug(Bug::dead_winner_announced)) {
    passing.erase(timer.hop);
    return hold_election(out);
  }
  message.to = successor(out.nodes(), message.to);
  message.tries = 0;
  attempt(timer.hop, out);
}

void Peer::follow(NodeId node, Out& out) {
  const bool elected = node == out.self() && state != State::coordinator;
  ++epoch;
  coordinator = node;
  enter(node == out.self() ? State::coordinator : State::worker, out);
  if (elected) out.emit(Elected{epoch});
  out.cancel_timer(LapTimeout{});
  out.cancel_timer(WatchTimeout{});
  out.cancel_timer(HeartbeatDue{});
  if (node != out.self()) return watch(out.params().watch_timeout, out);
  if (out.params().detection == Detection::none) return;
  out.set_timer(HeartbeatDue{}, out.params().heartbeat);
}

// Without a detector the timer is there all the same, for a scenario to fire.
void Peer::watch(Duration patience, Out& out) {
  const bool watched = out.params().detection == Detection::heartbeat;
  out.set_timer(WatchTimeout{}, watched ? patience : max_duration);
}

// Who hears of a new coordinator may do so before that one does: its first heartbeat may take a lap
// longer than any other.
void Peer::follow_announced(NodeId node, Out& out) {
  follow(node, out);
  if (node == out.self()) return;
  watch(all_of({out.params().lap_timeout, out.params().watch_timeout}, 1), out);
}

void Peer::on(const HeartbeatDue&, Out& out) {
  out.broadcast(Heartbeat{});
  out.set_timer(HeartbeatDue{}, out.params().heartbeat);
}

// A heartbeat is no announcement, but a coordinator that hears another's knows that there are two:
// an announcement was lost with the process that held it, or a partition has healed.
void Peer::on(NodeId from, const Heartbeat&, Out& out) {
  if (state == State::coordinator) return hold_election(out);
  if (coordinator == from) watch(out.params().watch_timeout, out);
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

}  // namespace quorate::list_ring
