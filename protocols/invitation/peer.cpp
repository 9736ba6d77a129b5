// The procedures of Garcia-Molina's invitation algorithm. `out.bug(...)` marks a known mistake that
// a scenario may switch on, and reads as `false` otherwise.
#include "protocols/invitation/peer.hpp"

#include "protocols/common/membership.hpp"

namespace quorate::invitation {

void Peer::start(Out& out) {
  out.emit(Role{enum_name(state)});
  if (is_member(out)) recovery(out);
}

// RECOVERY(i): the node forms a group of its own, with itself as coordinator and only member.
void Peer::recovery(Out& out) {
  stop(out);
  enter(State::election, out);
  found_group(out);
  begin_work(out);
}

// A new group number, on disk before anybody hears of it.
void Peer::found_group(Out& out) {
  ++counter;
  out.persist();
  group = {out.bug(Bug::number_without_founder) ? no_node : out.self(), counter};
  coordinator = out.self();
  up.clear();
}

// CHECK(i): a coordinator in normal operation asks all others whether they are coordinators, too.
void Peer::on(const CheckDue&, Out& out) {
  found.clear();
  NodeSet others;
  for (const NodeId node : out.nodes()) {
    if (node != out.self()) others.insert(node);
  }
  out.broadcast(AreYouCoordinator{call(Waiting::check, others, out)});
}

void Peer::on(NodeId from, const AreYouCoordinator& m, Out& out) {
  out.send(from, Answer{m.call, state == State::normal && coordinates(out)});
}

// TIMEOUT(i): a member that has not heard from its coordinator for a long time asks whether it is
// still in its group; if not, or without an answer, it recovers.
void Peer::on(const LongSilence&, Out& out) {
  NodeSet whom;
  whom.insert(*coordinator);
  out.send(*coordinator, AreYouThere{call(Waiting::timeout, whom, out), group});
}

void Peer::on(NodeId from, const AreYouThere& m, Out& out) {
  out.send(from, Answer{m.call, group == m.group && coordinates(out) && up.contains(from)});
}

void Peer::on(NodeId from, const Answer& m, Out& out) {
  if (m.call != calls || !called.erase(from)) return;
  if (waiting == Waiting::timeout) return m.yes ? rest(out) : recovery(out);
  if (m.yes) found.insert(from);
}

// The end of a CHECK: "wait a time proportional to p - i", so that of several coordinators that
// have found each other the highest invites first. All other calls must return in time.
void Peer::on(const CallTimeout&, Out& out) {
  if (waiting != Waiting::check) return recovery(out);
  rest(out);
  if (found.empty()) return;
  out.cancel_timer(CheckDue{});
  const NodeId highest = found.members().back();
  if (highest < out.self()) return merge(out);
  out.set_timer(MergeDue{}, out.params().merge_wait * (highest.value - out.self().value));
}

void Peer::on(const MergeDue&, Out& out) { merge(out); }

// MERGE(i, coordinators): found a new group and invite the others and its own old members to it.
void Peer::merge(Out& out) {
  stop(out);
  enter(State::election, out);
  NodeSet invited = found;
  up.for_each([&](NodeId member) { invited.insert(member); });
  found_group(out);
  invited.for_each([&](NodeId node) { out.send(node, Invitation{out.self(), group}); });
  out.set_timer(AcceptTimeout{}, out.params().accept_timeout);
}

// INVITATION(i, j, gn): accepted by whoever is in normal operation; a coordinator passes it on to
// its members, since it gives up their group.
void Peer::on(NodeId, const Invitation& m, Out& out) {
  if (state != State::normal || m.coordinator == out.self()) return;
  const NodeSet members = coordinates(out) ? up : NodeSet{};
  stop(out);
  enter(State::election, out);
  coordinator = m.coordinator;
  group = m.group;
  up.clear();
  members.for_each([&](NodeId member) { out.send(member, Invitation{m}); });
  NodeSet whom;
  whom.insert(m.coordinator);
  out.send(m.coordinator, Accept{call(Waiting::accept, whom, out), group});
}

// ACCEPT(i, j, gn): in time, or not at all.
void Peer::on(NodeId from, const Accept& m, Out& out) {
  if (state == State::election && coordinates(out) && group == m.group) up.insert(from);
  out.send(from, Return{m.call});
}

// "Wait a reasonable time for ACCEPT messages", then reorganize with those that have come.
void Peer::on(const AcceptTimeout&, Out& out) {
  enter(State::reorganization, out);
  if (up.empty()) return begin_work(out);
  const std::uint64_t number = call(Waiting::ready, up, out);
  up.for_each([&](NodeId member) { out.send(member, Ready{number, group}); });
}

// READY(i, j, gn, x): the task x is left out. It returns only where it was obeyed.
void Peer::on(NodeId from, const Ready& m, Out& out) {
  if (group != m.group || state == State::election) return;
  out.send(from, Return{m.call});
  enter(State::normal, out);
  rest(out);
}

void Peer::on(NodeId from, const Return& m, Out& out) {
  if (m.call != calls || !called.erase(from) || !called.empty()) return;
  if (waiting == Waiting::ready) return begin_work(out);
  enter(State::reorganization, out);  // it has accepted, and is counted
  rest(out);
}

void Peer::begin_work(Out& out) {
  enter(State::normal, out);
  out.emit(Elected{counter});
  out.emit(GroupFormed{counter, up.size() + 1});
  rest(out);
}

// ---- the rest
// -----------------------------------------------------------------------------------

// Waits for a call to return from all of these; the number it carries.
std::uint64_t Peer::call(Waiting next, const NodeSet& whom, Out& out) {
  waiting = next;
  called = whom;
  out.set_timer(CallTimeout{}, out.params().call_timeout);
  return ++calls;
}

void Peer::stop(Out& out) {
  waiting = Waiting::none;
  called.clear();
  out.cancel_timer(CallTimeout{});
  out.cancel_timer(AcceptTimeout{});
  out.cancel_timer(CheckDue{});
  out.cancel_timer(MergeDue{});
  out.cancel_timer(LongSilence{});
}

// Nothing to wait for but the next CHECK, or, of a member, the next TIMEOUT.
void Peer::rest(Out& out) {
  stop(out);
  if (coordinates(out)) {
    out.set_timer(CheckDue{}, out.params().check);
  } else {
    out.set_timer(LongSilence{}, out.params().long_silence);
  }
}

// The coordinator serves clients; the others know whom to ask.
void Peer::on(const Request& request, Out& out) {
  if (state != State::normal) return out.redirect(request, no_node);
  if (!coordinates(out)) return out.redirect(request, *coordinator);
  out.reply(request, "ok");
}

void Peer::enter(State next, Out& out) {
  if (state == next) return;
  state = next;
  const bool office = next == State::normal && coordinates(out);
  out.emit(Role{office ? "coordinator" : enum_name(next)});
}

}  // namespace quorate::invitation
