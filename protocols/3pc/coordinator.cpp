// The coordinator: three phases while nobody crashes, and what it does when it is back. A quoted
// sentence is the lectures'; `out.bug(...)` marks a known mistake that a scenario may switch on,
// and reads as `false` otherwise.
#include "protocols/3pc/roles.hpp"
#include "protocols/common/quorum.hpp"

namespace quorate::p3pc {

std::uint64_t quorum(Decision decision, const Out& out) {
  const std::uint64_t participants = out.nodes<Participant>().size();
  const std::uint64_t to_commit = majority(participants);
  return decision == Decision::commit ? to_commit : participants + 1 - to_commit;
}

bool Coordinator::in(Txn txn, LogRecord record) const {
  const auto entry = log.find(txn);
  return entry != log.end() && entry->second.record == record;
}

void Coordinator::write(Txn txn, LogRecord record, Out& out) {
  log[txn].record = record;
  out.persist();
  out.emit(Logged{text_of(record)});
}

// Phase 1, as in two-phase commit.
void Coordinator::on(const Request& request, Out& out) {
  if (commitment::is_known(request, log, outcomes, out)) return;
  last = commitment::number_after<Coordinator>(last, out);
  const Txn txn = last;
  log[txn].request = request;
  running[txn] = {};
  write(txn, LogRecord::start_3pc, out);
  out.multicast(VoteRequest{txn});
  out.set_timer(VoteTimeout{txn}, out.params().vote_timeout);
}

void Coordinator::on(NodeId from, const Vote& m, Out& out) {
  if (!running.contains(m.txn) || !in(m.txn, LogRecord::start_3pc)) return;
  Poll& poll = running[m.txn];
  (m.vote == Decision::commit ? poll.yes : poll.no).insert(from);
  if (poll.yes.size() + poll.no.size() < out.nodes<Participant>().size()) return;
  if (poll.no.empty() && out.params().vote == Opinion::yes) {
    prepare(m.txn, out);
  } else {
    decide(m.txn, Decision::abort, out);
  }
}

// Nobody has prepared to commit yet, so nobody can have committed.
void Coordinator::on(const VoteTimeout& timeout, Out& out) {
  const Txn txn = timeout.txn;
  if (out.bug(Bug::silence_is_yes) && running.at(txn).no.empty()) return prepare(txn, out);
  decide(txn, Decision::abort, out);
}

// Phase 2: "If all reply yes then coordinator sends 'prepare commit'."
void Coordinator::prepare(Txn txn, Out& out) {
  out.cancel_timer(VoteTimeout{txn});
  write(txn, LogRecord::precommit, out);
  out.multicast(PreCommit{txn, Chair::coordinator});
  out.set_timer(AckTimeout{txn}, out.params().ack_timeout);
}

// Phase 3: "If coordinator receives ACK from all nodes it tells all nodes to commit."
void Coordinator::on(NodeId from, const Ack& m, Out& out) {
  if (!running.contains(m.txn) || !in(m.txn, LogRecord::precommit)) return;
  Poll& poll = running[m.txn];
  poll.prepared.insert(from);
  if (poll.prepared.size() < out.nodes<Participant>().size()) return;
  decide(m.txn, Decision::commit, out);
}

// Whoever has not acknowledged has crashed after it voted to commit, and catches up when it is
// back: commit, not abort. Where crashes are not told from delays, only with a quorum. And a
// coordinator that was down itself cannot say of others that they have done nothing meanwhile.
void Coordinator::on(const AckTimeout& timeout, Out& out) {
  const Txn txn = timeout.txn;
  const Poll& poll = running.at(txn);
  const bool by_quorum = out.params().termination == Termination::quorum;
  const bool some_back = poll.missed && !poll.back.empty();
  if (some_back && out.bug(Bug::last_not_awaited)) return decide(txn, Decision::commit, out);
  if (poll.missed || (by_quorum && poll.prepared.size() < quorum(Decision::commit, out))) {
    return ask(txn, out);
  }
  decide(txn, out.bug(Bug::missing_ack_aborts) ? Decision::abort : Decision::commit, out);
}

void Coordinator::decide(Txn txn, Decision decision, Out& out) {
  running.erase(txn);
  out.cancel_timer(VoteTimeout{txn});
  out.cancel_timer(AckTimeout{txn});
  write(txn, record_of(decision), out);
  emit_decided(txn, decision, out);
  announce(txn, decision, out);
  out.reply(log.at(txn).request, word(decision));
}

void Coordinator::announce(Txn txn, Decision decision, Out& out) const {
  for (const NodeId node : out.nodes<Participant>()) tell<Participant>(node, txn, decision, out);
}

// What everybody has written down may be forgotten, but not what its client was told: one that asks
// again would have it done again.
void Coordinator::on(NodeId from, const Done& m, Out& out) {
  const auto entry = log.find(m.txn);
  if (entry == log.end() || !decision_of(entry->second.record)) return;
  NodeSet& known_to = done[m.txn];
  known_to.insert(from);
  if (known_to.size() < out.nodes<Participant>().size()) return;
  if (!out.bug(Bug::forgets_clients)) {
    outcomes.note(entry->second.request, decided_by(entry->second.record));
  }
  log.erase(entry);
  done.erase(m.txn);
  out.persist();
}

void Coordinator::on(NodeId from, const DecisionRequest& m, Out& out) {
  const auto entry = log.find(m.txn);
  if (entry == log.end()) return;
  if (const auto decision = decision_of(entry->second.record)) {
    tell<Participant>(from, m.txn, *decision, out);
  }
}

// The survivors have decided without it.
void Coordinator::on(NodeId, const GlobalCommit& m, Out& out) {
  if (running.contains(m.txn)) decide(m.txn, Decision::commit, out);
}
void Coordinator::on(NodeId, const GlobalAbort& m, Out& out) {
  if (running.contains(m.txn)) decide(m.txn, Decision::abort, out);
}

void Coordinator::ask(Txn txn, Out& out) const {
  out.multicast<Participant>(DecisionRequest{txn});
  out.set_timer(AckTimeout{txn}, out.params().ack_timeout);
}

// Total failure (Skeen 1985; Bernstein, Hadzilacos and Goodman 1987, section 7.5): when all have
// been down nobody may go on before the last to fail is back, who may have decided alone. Who that
// was their logs do not tell, so the coordinator waits for all. Whoever has come back and knows no
// decision makes none before it is told; so once all have said that, nobody has decided or will,
// and the rule of the survivors applies: the coordinator itself has PRECOMMIT, hence commit.
void Coordinator::on(NodeId from, const State& m, Out& out) {
  const auto poll = running.find(m.txn);
  if (poll == running.end() || !poll->second.missed) return;
  QUORATE_ASSERT(in(m.txn, LogRecord::precommit), "Only in PRECOMMIT does a coordinator ask.");
  poll->second.back.insert(from);
  if (poll->second.back.size() < out.nodes<Participant>().size()) return;
  decide(m.txn, Decision::commit, out);
}

// Nobody has prepared where START_3PC is the last word: abort. In PRECOMMIT the survivors may have
// decided either way: a coordinator that comes back is one of those who ask.
void Coordinator::restart(Out& out) {
  const auto entries = log;
  for (const auto& [txn, entry] : entries) {
    if (const auto decision = decision_of(entry.record)) {
      announce(txn, *decision, out);
    } else if (entry.record == LogRecord::start_3pc) {
      decide(txn, Decision::abort, out);
    } else if (out.bug(Bug::coordinator_resumes)) {
      decide(txn, Decision::commit, out);
    } else {
      running[txn].missed = true;
      ask(txn, out);
    }
  }
}

}  // namespace quorate::p3pc
