// The rules of the LeLann ring election. `out.bug(...)` marks a known mistake that a scenario may
// switch on, and reads as `false` otherwise.
#include "protocols/lelann/peer.hpp"

#include <algorithm>

#include "protocols/common/membership.hpp"
#include "protocols/common/ring.hpp"

namespace quorate::lelann {

namespace {

NodeId next(const Out& out) { return successor(out.nodes(), out.self()); }

}  // namespace

void Peer::start(Out& out) {
  if (!is_member(out)) return;
  id = out.params().id != 0 ? out.params().id : out.self().value + 1;
  if (out.params().initiates) return initiate(out);
  out.set_timer(Initiate{}, max_duration);
}

void Peer::on(const Initiate&, Out& out) { initiate(out); }

// "An initiator sends a token with its id round the ring."
void Peer::initiate(Out& out) {
  out.emit(Initiated{id});
  enter(State::candidate, out);
  highest = id;
  out.send(next(out), Token{id, 1});
}

// "All pass on all tokens." A candidate's own comes back last: over links that are first in first
// out those of all other initiators have passed here before.
void Peer::on(NodeId, const Token& m, Out& out) {
  if (m.id == id && !out.bug(Bug::own_token_passed_on)) {
    if (state == State::candidate) decide(out);
    return;  // else a copy that the network made
  }
  highest = std::max(highest, m.id);
  if (state == State::asleep) {
    enter(State::relay, out);
    out.cancel_timer(Initiate{});
  }
  out.send(next(out), Token{m.id, m.hops + 1});
}

void Peer::decide(Out& out) {
  QUORATE_ASSERT(highest >= id, "An initiator has seen its own id.");
  out.emit(TokenBack{highest});
  follow(highest, out);
  if (state == State::leader && out.params().announce) out.send(next(out), Leader{id, 1});
}

void Peer::on(NodeId, const Leader& m, Out& out) {
  if (m.id == id) return;
  if (state == State::relay) follow(m.id, out);
  out.send(next(out), Leader{m.id, m.hops + 1});
}

void Peer::follow(std::uint32_t winner, Out& out) {
  ++epoch;
  leader = winner;
  enter(winner == id ? State::leader : State::follower, out);
  if (winner == id) out.emit(Elected{epoch});
}

void Peer::enter(State next, Out& out) {
  if (state == next) return;
  state = next;
  out.emit(Role{enum_name(next)});
}

}  // namespace quorate::lelann
