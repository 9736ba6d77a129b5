// The rules of the Chang-Roberts ring election. `out.bug(...)` marks a known mistake that a
// scenario may switch on, and reads as `false` otherwise.
#include "protocols/chang_roberts/peer.hpp"

#include "protocols/common/membership.hpp"
#include "protocols/common/ring.hpp"

namespace quorate::chang_roberts {

namespace {

NodeId next(const Out& out) { return successor(out.nodes(), out.self()); }

}  // namespace

void Peer::start(Out& out) {
  if (!is_member(out)) return;
  const Params& params = out.params();
  if (params.id == 0 && params.ids == Ids::drawn) {
    return out.choose(std::uint32_t{1} << 31, IdDrawn{});
  }
  wake(params.id != 0 ? params.id : out.self().value + 1, out);
}

void Peer::on(const IdDrawn&, std::uint32_t picked, Out& out) { wake(picked + 1, out); }

void Peer::wake(std::uint32_t number, Out& out) {
  id = number;
  if (out.params().initiates) return initiate(out);
  out.set_timer(Initiate{}, max_duration);
}

void Peer::on(const Initiate&, Out& out) { initiate(out); }

// "A process that initiates an election sends a message with its id to its successor."
void Peer::initiate(Out& out) {
  out.emit(Initiated{id});
  take_part(State::candidate, out);
  out.send(next(out), Election{id, 1});
}

// A candidate does; of those that join an election, whoever has sent its own id in it.
bool Peer::swallows(const Out& out) const {
  if (state == State::candidate || out.bug(Bug::passive_swallows)) return true;
  return out.params().passive == Passive::join && in_election(state);
}

// "A higher id is passed on, and whoever passes one on gives up itself. A candidate swallows a
// lower id. Who receives its own id has won: the message has passed everybody."
void Peer::on(NodeId, const Election& m, Out& out) {
  if (m.id == id && !out.bug(Bug::own_id_passed_on)) return win(out);
  const bool lower = m.id < id;
  if (lower && swallows(out)) return out.emit(Swallowed{m.id});
  if (lower && out.params().passive == Passive::join) return initiate(out);
  take_part(State::relay, out);
  out.send(next(out), Election{m.id, m.hops + 1});
}

// Who takes part in an election starts no other before that one is over.
void Peer::take_part(State as, Out& out) {
  enter(as, out);
  out.cancel_timer(Initiate{});
}

// "The winner sends its id round once more, so that all know."
void Peer::win(Out& out) {
  ++epoch;
  leader = id;
  enter(State::leader, out);
  out.set_timer(Initiate{}, max_duration);
  out.emit(Won{id});
  out.emit(Elected{epoch});
  out.send(next(out), Leader{id, 1});
}

void Peer::on(NodeId, const Leader& m, Out& out) {
  if (m.id == id) return;
  ++epoch;
  leader = m.id;
  enter(State::follower, out);
  out.set_timer(Initiate{}, max_duration);
  out.send(next(out), Leader{m.id, m.hops + 1});
}

void Peer::enter(State next, Out& out) {
  if (state == next) return;
  state = next;
  out.emit(Role{enum_name(next)});
}

}  // namespace quorate::chang_roberts
