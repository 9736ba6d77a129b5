// The learner. A quoted sentence is that of "Paxos Made Simple"; `out.bug(...)` marks a known
// mistake that a scenario may switch on, and reads as `false` otherwise.
#include "protocols/paxos/roles.hpp"

#include "protocols/common/membership.hpp"

namespace quorate::paxos {

// "Have each acceptor, whenever it accepts a proposal, respond to all learners", or "to a
// distinguished learner, which in turn informs the other learners when a value has been chosen."
void Learner::on(NodeId from, const Accepted& m, Out& out) {
  if (learned) return;
  // Acceptances of different proposals say nothing together.
  NodeSet& acceptors = accepted_by[out.bug(Bug::adds_across_ballots) ? Ballot{} : m.n];
  acceptors.insert(from);
  if (acceptors.size() < accept_quorum(out)) return;
  learn(m.v, out);
  if (out.params().learning == Learning::distinguished) out.broadcast(Decide{m.v});
}

void Learner::on(NodeId, const Decide& m, Out& out) {
  if (!learned) learn(m.v, out);
}

void Learner::learn(const Request& value, Out& out) {
  learned = value;
  accepted_by.clear();
  out.emit(Chosen{1, value.operation});
  if (plays<Proposer>(out.self(), out)) out.send(out.self(), Learned{value});
}

}  // namespace quorate::paxos
