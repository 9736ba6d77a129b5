// The acceptor. A quoted sentence is that of "Paxos Made Simple"; `out.bug(...)` marks a known
// mistake that a scenario may switch on, and reads as `false` otherwise.
#include "protocols/paxos/roles.hpp"

namespace quorate::paxos {

// "If an acceptor receives a prepare request with number n greater than that of any prepare request
// to which it has already responded, then it responds to the request with a promise not to accept
// any more proposals numbered less than n and with the highest-numbered proposal (if any) that it
// has accepted." It "records its intended response in stable storage before actually sending" it.
void Acceptor::on(NodeId from, const Prepare& m, Out& out) {
  if (m.n <= promised) return refuse(from, m.n, out);
  const std::optional<Proposal> answer = report(out);
  promised = m.n;
  out.persist();
  out.send(from, Promise{m.n, answer});
}

std::optional<Proposal> Acceptor::report(const Out& out) const {
  if (!accepted || out.bug(Bug::promise_hides_accepted)) return std::nullopt;
  // Who keeps one number for both reports the promise's in place of the proposal's.
  if (out.bug(Bug::one_ballot_field)) return Proposal{promised, accepted->v};
  return accepted;
}

// "If an acceptor receives an accept request for a proposal numbered n, it accepts the proposal
// unless it has already responded to a prepare request having a number greater than n."
void Acceptor::on(NodeId from, const Accept& m, Out& out) {
  if (!may_accept(m.n, out)) return refuse(from, m.n, out);
  if (!out.bug(Bug::accept_is_no_promise)) promised = std::max(promised, m.n);
  accepted = Proposal{m.n, m.v};
  out.persist();
  out.send<Proposer>(from, Accepted{m.n, m.v});
  if (out.params().learning == Learning::acceptors) {
    out.multicast<Learner>(Accepted{m.n, m.v});
  } else if (out.params().learning == Learning::distinguished) {
    out.send<Learner>(out.nodes<Learner>().front(), Accepted{m.n, m.v});
  }
}

bool Acceptor::may_accept(const Ballot& n, const Out& out) const {
  if (out.bug(Bug::accepts_below_promise)) return true;
  if (out.bug(Bug::accepts_only_higher)) return n > promised;
  if (out.bug(Bug::accepts_only_equal)) return n == promised;
  return n >= promised;
}

// "An acceptor can ignore any request without compromising safety."
void Acceptor::refuse(NodeId from, const Ballot& n, Out& out) const {
  if (out.params().nack && n < promised) out.send(from, Nack{n, promised});
}

}  // namespace quorate::paxos
