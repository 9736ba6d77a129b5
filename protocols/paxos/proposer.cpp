// The proposer. A quoted sentence is that of "Paxos Made Simple"; `out.bug(...)` marks a known
// mistake that a scenario may switch on, and reads as `false` otherwise.
#include "protocols/paxos/roles.hpp"

#include <algorithm>

#include "protocols/common/membership.hpp"
#include "protocols/common/quorum.hpp"

namespace quorate::paxos {

namespace {

std::uint64_t quorum(std::uint32_t asked, const Out& out) {
  if (asked != 0) return asked;
  const std::uint64_t n = out.nodes<Acceptor>().size();
  return out.bug(Bug::quorum_too_small) ? n / 2 : majority(n);
}

}  // namespace

std::uint64_t prepare_quorum(const Out& out) { return quorum(out.params().prepare_quorum, out); }
std::uint64_t accept_quorum(const Out& out) { return quorum(out.params().accept_quorum, out); }

// The first client's operation is the value this proposer would like; the others only learn what
// was chosen.
void Proposer::on(const Request& request, Out& out) {
  if (chosen) return out.reply(request, chosen->operation.value);
  if (std::ranges::find(waiting, request) == waiting.end()) waiting.push_back(request);
  if (phase != Phase::idle) return;
  choose_acceptors(true, out);
  prepare(out);
}

// "Different proposers choose their numbers from disjoint sets of numbers."
Ballot Proposer::next_number(const Out& out) const {
  const std::uint64_t round = std::max(n.round, seen) + 1;
  return {round, out.bug(Bug::shared_ballots) ? NodeId{0} : out.self()};
}

// "A proposer ... sends a prepare request with number n to a majority of acceptors." To all, lest a
// slow one hold it up; to no more than it needs where it is thrifty, its own among them.
void Proposer::choose_acceptors(bool first, const Out& out) {
  const auto& acceptors = out.nodes<Acceptor>();
  const bool thrifty = first && out.params().thrifty;
  const std::uint64_t needed =
      thrifty ? std::max(prepare_quorum(out), accept_quorum(out)) : acceptors.size();
  asked.clear();
  if (plays<Acceptor>(out.self(), out)) asked.insert(out.self());
  for (const NodeId acceptor : acceptors) {
    if (asked.size() < needed) asked.insert(acceptor);
  }
}

// Phase 1a: "A proposer chooses a new proposal number n and sends a request" to each acceptor.
void Proposer::prepare(Out& out) {
  QUORATE_ASSERT(!waiting.empty(), "Whoever prepares has a value to propose.");
  n = next_number(out);
  phase = Phase::preparing;
  promised.clear();
  accepted.clear();
  highest.reset();
  v.reset();
  out.emit(Preparing{n.round});
  out.persist();
  asked.for_each([&](NodeId acceptor) { out.send(acceptor, Prepare{n}); });
  out.set_timer(RoundTimeout{}, out.params().round_timeout);
}

// "If the proposer receives the requested responses from a majority of the acceptors, then it can
// issue a proposal with number n."
void Proposer::on(NodeId from, const Promise& m, Out& out) {
  const bool mine = m.n == n || out.bug(Bug::any_promise_counts);
  if (phase != Phase::preparing || !mine) return;
  const bool again = !promised.insert(from);
  // A careless counter takes a duplicated promise for one more acceptor.
  if (again && out.bug(Bug::promises_counted_twice)) count_once_more(promised);
  if (m.accepted) consider(*m.accepted, out);
  if (promised.size() >= prepare_quorum(out)) propose(out);
}

void Proposer::consider(const Proposal& reported, const Out& out) {
  if (out.bug(Bug::accepted_ignored)) return;
  const bool higher = !highest || reported.n > highest->n;
  if (!highest || (higher && !out.bug(Bug::first_reported_value))) highest = reported;
}

// Phase 2a: "... where v is the value of the highest-numbered proposal among the responses, or is
// any value selected by the proposer if the responders reported no proposals."
void Proposer::propose(Out& out) {
  if (highest) out.emit(Adopted{highest->n.round, highest->v.operation});
  send_accepts(highest ? highest->v : waiting.front(), out);
}

void Proposer::send_accepts(const Request& value, Out& out) {
  phase = Phase::accepting;
  v = value;
  out.emit(Proposed{1, value.operation});
  asked.for_each([&](NodeId acceptor) { out.send(acceptor, Accept{n, value}); });
  out.set_timer(RoundTimeout{}, out.params().round_timeout);
}

// "To learn that a value has been chosen, [one] must find out that a proposal has been accepted by
// a majority of acceptors." Nobody is nearer to knowing than who proposed it.
void Proposer::on(NodeId from, const Accepted& m, Out& out) {
  if (phase != Phase::accepting || m.n != n) return;
  accepted.insert(from);
  if (accepted.size() >= accept_quorum(out)) decide(m.v, out);
}

void Proposer::decide(const Request& value, Out& out) {
  out.emit(Chosen{1, value.operation});
  stop(value, out);
  if (out.params().learning == Learning::proposer) out.multicast(Decide{value});
}

// An acceptor that has seen a higher number "should probably inform the proposer, who should then
// abandon its proposal."
void Proposer::on(NodeId, const Nack& m, Out& out) {
  const bool running = phase == Phase::preparing || phase == Phase::accepting;
  if (!running || m.n != n) return;
  seen = std::max(seen, m.promised.round);
  out.emit(Overtaken{n.round, m.promised.proposer});
  give_up(out);
}

void Proposer::on(const RoundTimeout&, Out& out) { give_up(out); }

// "It is easy to construct a scenario in which two proposers each keep issuing a sequence of
// proposals with increasing numbers, none of which are ever chosen": the back-off keeps them apart.
void Proposer::give_up(Out& out) {
  phase = Phase::backing_off;
  out.cancel_timer(RoundTimeout{});
  out.set_timer(BackOff{}, out.params().back_off);
}

void Proposer::on(const BackOff&, Out& out) {
  choose_acceptors(false, out);
  if (!out.bug(Bug::retry_skips_prepare)) return prepare(out);
  n = next_number(out);
  accepted.clear();
  out.persist();
  send_accepts(v.value_or(waiting.front()), out);
}

void Proposer::on(NodeId, const Learned& m, Out& out) {
  if (!chosen) stop(m.v, out);
}

void Proposer::stop(const Request& value, Out& out) {
  phase = Phase::decided;
  chosen = value;
  out.cancel_timer(RoundTimeout{});
  out.cancel_timer(BackOff{});
  for (const Request& request : waiting) out.reply(request, value.operation.value);
  waiting.clear();
}

}  // namespace quorate::paxos
