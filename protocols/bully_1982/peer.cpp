// The procedures of Garcia-Molina's bully algorithm. Quotes are the paper's words; `out.bug(...)`
// marks a known mistake that a scenario may switch on, and reads as `false` otherwise.
#include "protocols/bully_1982/peer.hpp"

#include <algorithm>

#include "protocols/common/membership.hpp"

namespace quorate::bully_1982 {

void Peer::start(Out& out) {
  if (!is_member(out)) return;
  if (out.params().boot == Boot::recovery) return recovery(out);
  epoch = 1;
  coordinator = out.nodes().back();
  if (coordinator == out.self()) out.emit(InOffice{});
  enter(State::normal, out);
  rest(out);
}

void Peer::restart(Out& out) {
  if (is_member(out)) recovery(out);
}

// RECOVERY(i): "node i is recovering from a failure": it knows of nobody who halted it, and tries
// to become coordinator.
void Peer::recovery(Out& out) {
  out.emit(Role{enum_name(state)});
  election(out);
}

// TIMEOUT(i): "node i has not heard from its coordinator for a long time." If it has one it asks
// whether that is up; if it was halted, whoever did it has not become coordinator.
void Peer::on(const LongSilence&, Out& out) {
  QUORATE_ASSERT(loop == Loop::none, "Only a peer that waits for its coordinator can miss it.");
  if (state == State::election || coordinator == out.self()) return election(out);
  begin(Loop::timeout, {*coordinator}, out);
}

// CHECK(i): the coordinator asks whether all are in normal operation.
void Peer::on(const CheckDue&, Out& out) {
  std::vector<NodeId> others = lower(out);
  const std::vector<NodeId> above = higher(out);
  others.insert(others.begin(), above.rbegin(), above.rend());
  begin(Loop::check, others, out);
}

// ELECTION(i). "The first step is to check if any higher priority nodes are up."
void Peer::election(Out& out) {
  out.emit(ElectionHeld{});
  begin(Loop::ask_higher, higher(out), out);
}

// "If any such node is up, quit" (on Return). "Next, halt all lower priority nodes, starting with
// this node." From the highest down: so nobody who is halted later can have halted anybody since.
void Peer::halt_lower(Out& out) {
  enter(State::election, out);
  coordinator.reset();
  halted_by = out.self();
  up.clear();
  std::vector<NodeId> whom = lower(out);
  if (out.bug(Bug::halts_upwards)) std::reverse(whom.begin(), whom.end());
  begin(Loop::halt_lower, whom, out);
}

// "Now node i has reached its election point": all above are down, all below are halted.
void Peer::reach_election_point(Out& out) {
  ++epoch;
  coordinator = out.self();
  enter(State::reorganization, out);
  out.emit(Elected{epoch});
  begin(Loop::announce, up.members(), out);
}

// ---- what a peer does when it is called
// -----------------------------------------------------------

void Peer::on(NodeId from, const AyUp& m, Out& out) { out.send(from, Return{m.call, false}); }

void Peer::on(NodeId from, const AyNormal& m, Out& out) {
  out.send(from, Return{m.call, state == State::normal});
  if (loop == Loop::none && coordinator == from) rest(out);
}

// HALT(i, j): whatever it was doing, it stops, an election of its own included.
void Peer::on(NodeId from, const Halt& m, Out& out) {
  QUORATE_ASSERT(from > out.self(), "A peer is halted from above only.");
  coordinator.reset();
  enter(State::election, out);
  halted_by = from;
  out.send(from, Return{m.call, false});
  rest(out);
}

// NEWCOORDINATOR(i, j): obeyed only if nobody else has halted this peer since.
void Peer::on(NodeId from, const NewCoordinator& m, Out& out) {
  const bool halted = halted_by == from || out.bug(Bug::halt_unrecorded);
  if (halted && state == State::election) {
    ++epoch;
    coordinator = from;
    enter(State::reorganization, out);
    rest(out);
  }
  out.send(from, Return{m.call, false});
}

// READY(i, j, x): the task x itself is left out.
void Peer::on(NodeId from, const Ready& m, Out& out) {
  if (coordinator == from && state == State::reorganization) {
    enter(State::normal, out);
    rest(out);
  }
  out.send(from, Return{m.call, true});
}

// ---- loops of calls
// -------------------------------------------------------------------------------

// The paper's "FOR j := … DO CALL …(j), ONTIMEOUT(T): …". `whom` from the last to the first.
void Peer::begin(Loop next, std::vector<NodeId> whom, Out& out) {
  out.cancel_timer(LongSilence{});
  out.cancel_timer(CheckDue{});
  loop = next;
  to_call = std::move(whom);
  std::reverse(to_call.begin(), to_call.end());
  call_next(out);
}

void Peer::call_next(Out& out) {
  if (to_call.empty()) return loop_done(out);
  called = to_call.back();
  to_call.pop_back();
  ++calls;
  out.set_timer(CallTimeout{}, out.params().call_timeout);
  switch (loop) {
    case Loop::none:
      break;
    case Loop::timeout:
    case Loop::ask_higher:
      return out.send(*called, AyUp{calls});
    case Loop::halt_lower:
      return out.send(*called, Halt{calls});
    case Loop::announce:
      return out.send(*called, NewCoordinator{calls});
    case Loop::distribute:
      return out.send(*called, Ready{calls});
    case Loop::check:
      return out.send(*called, AyNormal{calls});
  }
}

void Peer::on(NodeId from, const Return& m, Out& out) {
  if (loop == Loop::none || called != from || m.call != calls) return;  // too late
  switch (loop) {
    case Loop::timeout:
    case Loop::ask_higher:
      return rest(out);  // it is up, and will do what is to be done
    case Loop::halt_lower:
      up.insert(from);
      break;
    case Loop::check:
      if (!m.normal) return election(out);
      break;
    default:
      break;
  }
  call_next(out);
}

// "ONTIMEOUT(T)": the one called is down. To a new coordinator that means that the group is not the
// one it has halted: it begins again.
void Peer::on(const CallTimeout&, Out& out) {
  switch (loop) {
    case Loop::timeout:
      out.emit(Suspected{*called});
      return election(out);
    case Loop::announce:
    case Loop::distribute:
      return election(out);
    default:
      return call_next(out);
  }
}

void Peer::loop_done(Out& out) {
  switch (loop) {
    case Loop::ask_higher:
      return halt_lower(out);
    case Loop::halt_lower:
      return reach_election_point(out);
    case Loop::announce:
      return begin(Loop::distribute, up.members(), out);
    case Loop::distribute:
      enter(State::normal, out);
      return rest(out);
    default:
      return rest(out);
  }
}

// Nothing to call: a coordinator waits for its next CHECK, anybody else for its coordinator.
void Peer::rest(Out& out) {
  loop = Loop::none;
  to_call.clear();
  called.reset();
  out.cancel_timer(CallTimeout{});
  if (coordinator == out.self() && state == State::normal) {
    out.set_timer(CheckDue{}, out.params().check);
  } else {
    out.set_timer(LongSilence{}, out.params().long_silence);
  }
}

// ---- the rest
// -------------------------------------------------------------------------------------

// The coordinator serves clients; the others know whom to ask.
void Peer::on(const Request& request, Out& out) {
  if (state != State::normal) return out.redirect(request, no_node);
  if (coordinator != out.self()) return out.redirect(request, *coordinator);
  out.reply(request, "ok");
}

void Peer::enter(State next, Out& out) {
  if (state == next) return;
  state = next;
  const bool office = next == State::normal && coordinator == out.self();
  out.emit(Role{office ? "coordinator" : enum_name(next)});
}

// From the highest down.
std::vector<NodeId> Peer::lower(const Out& out) const {
  std::vector<NodeId> result;
  for (const NodeId node : out.nodes()) {
    if (node < out.self()) result.insert(result.begin(), node);
  }
  return result;
}

// From the lowest up.
std::vector<NodeId> Peer::higher(const Out& out) const {
  std::vector<NodeId> result;
  for (const NodeId node : out.nodes()) {
    if (node > out.self()) result.push_back(node);
  }
  return result;
}

}  // namespace quorate::bully_1982
