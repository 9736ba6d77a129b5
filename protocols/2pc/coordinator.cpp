// The coordinator, and who stands where in a tree. A quoted line is of the lectures' pseudo-code;
// `out.bug(...)` marks a known mistake that a scenario may switch on, and reads as `false`
// otherwise.
#include <algorithm>

#include "protocols/2pc/roles.hpp"
#include "protocols/common/membership.hpp"
#include "protocols/common/quorum.hpp"

namespace quorate::p2pc {

namespace {

// Presumed abort does not write a beginning, so it must know by other means which numbers it has
// used: it reserves many at once.
Txn numbers_at_once(const Out& out) { return presumes(out) == Presume::abort ? 100 : 1; }

}  // namespace

bool coordinator_decides(const Out& out) {
  return out.params().form != Form::linear && out.params().form != Form::decentralised;
}

std::vector<NodeId> below_coordinator(const Out& out) {
  std::vector<NodeId> all = out.nodes<Participant>();
  if (out.params().form == Form::tree && all.size() > out.params().fan_out) {
    all.resize(out.params().fan_out);
  }
  return all;
}

bool asks_itself(NodeId participant, const Out& out) {
  const std::vector<NodeId> asked = below_coordinator(out);
  return std::ranges::find(asked, participant) != asked.end();
}

// With one phase nobody is ever ready, so nobody asks: what is lost must be repeated.
Presume presumes(const Out& out) {
  const bool asked = coordinator_decides(out) && out.params().form != Form::one_phase;
  return asked ? out.params().presume : Presume::nothing;
}

// Presumed abort needs no acknowledgement of an abort, since no memory means abort; presumed commit
// needs none of a commit.
bool is_acknowledged(Decision decision, const Out& out) {
  if (!out.params().ack || !coordinator_decides(out)) return false;
  return !is_presumed(decision, out);
}

bool is_presumed(Decision decision, const Out& out) {
  return presumes(out) == (decision == Decision::commit ? Presume::commit : Presume::abort);
}

bool is_participant(NodeId node, const Out& out) { return plays<Participant>(node, out); }

// Presumed abort writes nothing down when it begins.
bool Coordinator::is_running(const Request& request) const {
  return std::ranges::any_of(
      wait, [&](const auto& poll) { return is_same_operation(poll.second.request, request); });
}

void Coordinator::on(const Request& request, Out& out) {
  if (is_running(request) || commitment::is_known(request, log, outcomes, out)) return;
  const Txn txn = next_number(out);
  wait[txn].request = request;
  begin(txn, request, out);
}

Txn Coordinator::next_number(const Out& out) {
  last = commitment::number_after<Coordinator>(last, out);
  const std::uint64_t coordinators = out.nodes<Coordinator>().size();
  if (last > reserved) reserved = last + (numbers_at_once(out) - 1) * coordinators;
  return last;
}

// "write START_2PC to local log; multicast VOTE_REQUEST to all participants"
void Coordinator::begin(Txn txn, const Request& request, Out& out) {
  const bool willing = out.params().vote != Opinion::no;
  if (out.params().form == Form::one_phase || (!willing && !coordinator_decides(out))) {
    return decide(txn, willing ? Decision::commit : Decision::abort, out);
  }
  if (presumes(out) == Presume::abort) {
    out.persist();  // the numbers it has reserved, if these are new
  } else {
    write(txn, LogRecord::start_2pc, request, out);
  }
  if (out.params().work) out.multicast(Work{txn});
  if (out.params().form == Form::linear) {
    out.send(out.nodes<Participant>().front(), VoteRequest{txn});
  } else {
    for (const NodeId participant : below_coordinator(out)) out.send(participant, VoteRequest{txn});
  }
  out.set_timer(VoteTimeout{txn}, out.params().vote_timeout);
}

// "while not all votes have been collected { wait for any incoming vote; ... record vote; }"
void Coordinator::on(NodeId from, const Vote& m, Out& out) {
  const auto found = wait.find(m.txn);
  if (found == wait.end()) return;  // it comes too late
  NodeSet& same = m.vote == Decision::commit ? found->second.yes : found->second.no;
  const bool again = !same.insert(from);
  // A careless counter takes a duplicated vote for one more participant's.
  if (again && out.bug(Bug::votes_counted_twice)) same.insert(NodeId{1000 + same.size()});
  count(m.txn, out);
}

// Whatever the decision, this participant need not hear it.
void Coordinator::on(NodeId from, const ReadOnly& m, Out& out) {
  const auto found = wait.find(m.txn);
  if (found == wait.end()) return;
  found->second.read.insert(from);
  count(m.txn, out);
}

// "if all participants sent VOTE_COMMIT and coordinator votes COMMIT" commit, "else" abort.
void Coordinator::count(Txn txn, Out& out) {
  const Poll& poll = wait.at(txn);
  const std::uint64_t all = below_coordinator(out).size();
  const bool willing = out.params().vote != Opinion::no;
  if (out.bug(Bug::majority_commits) && poll.yes.size() >= majority(all)) {
    return decide(txn, Decision::commit, out);
  }
  if (poll.yes.size() + poll.no.size() + poll.read.size() < all) return;
  decide(txn, poll.no.empty() && willing ? Decision::commit : Decision::abort, out);
}

// "if timeout { write GLOBAL_ABORT to local log; multicast GLOBAL_ABORT to all participants; }"
void Coordinator::on(const VoteTimeout& timeout, Out& out) {
  const Txn txn = timeout.txn;
  if (!coordinator_decides(out)) {
    out.multicast<Participant>(DecisionRequest{txn});
    return out.set_timer(VoteTimeout{txn}, out.params().vote_timeout);
  }
  const bool yes = out.bug(Bug::silence_is_yes) && wait.at(txn).no.empty();
  decide(txn, yes ? Decision::commit : Decision::abort, out);
}

// "write GLOBAL_COMMIT to local log; multicast GLOBAL_COMMIT to all participants": what is on disk
// is decided, and nobody hears of it before.
void Coordinator::decide(Txn txn, Decision decision, Out& out) {
  QUORATE_ASSERT(wait.contains(txn), "Only a transaction in state WAIT is decided.");
  const Poll poll = wait.at(txn);
  wait.erase(txn);
  out.cancel_timer(VoteTimeout{txn});
  const bool commit = decision == Decision::commit;
  const bool presumed = is_presumed(decision, out);
  NodeSet spared = poll.read;
  if (out.params().spare_no_voters) poll.no.for_each([&](NodeId node) { spared.insert(node); });
  if (out.bug(Bug::decision_sent_unlogged)) announce(txn, decision, spared, out);
  if (commit || !presumed) {
    write(txn, commitment::record_of<LogRecord>(decision), poll.request, out);
  }
  emit_decided(txn, decision, out);
  if (!out.bug(Bug::decision_sent_unlogged)) announce(txn, decision, spared, out);
  // The client hears of an abort once that is on disk, on which participants need not wait.
  if (presumed && !commit) forget(txn, poll.request, decision, out);
  out.reply(poll.request, word(decision));
  const bool nobody_is_told = is_acknowledged(decision, out) && !unanswered.contains(txn);
  if ((presumed && commit) || nobody_is_told) forget(txn, poll.request, decision, out);
}

void Coordinator::write(Txn txn, LogRecord record, const Request& request, Out& out) {
  log[txn] = {record, request};
  out.persist();
  out.emit(Logged{text_of(record)});
}

// Where nobody waits for the coordinator's word, nobody is told.
void Coordinator::announce(Txn txn, Decision decision, const NodeSet& spared, Out& out) {
  if (!coordinator_decides(out)) return;
  for (const NodeId participant : below_coordinator(out)) {
    if (spared.contains(participant)) continue;
    if (is_acknowledged(decision, out)) unanswered[txn].insert(participant);
    tell<Participant>(participant, txn, decision, out);
  }
  if (unanswered.contains(txn)) out.set_timer(AckTimeout{txn}, out.params().ack_timeout);
}

// What everybody has written down may be forgotten, and so may what no memory means. Not so what
// its client was told: one that asks again would have it done again.
void Coordinator::forget(Txn txn, const Request& request, Decision decision, Out& out) {
  if (!out.bug(Bug::forgets_clients)) outcomes.note(request, decision);
  log.erase(txn);
  out.persist();
}

void Coordinator::on(NodeId from, const Ack& m, Out& out) {
  const auto found = unanswered.find(m.txn);
  if (found == unanswered.end()) return;
  found->second.erase(from);
  if (!found->second.empty() && !out.bug(Bug::forgets_early)) return;
  unanswered.erase(found);
  out.cancel_timer(AckTimeout{m.txn});
  const Entry entry = log.at(m.txn);
  forget(m.txn, entry.request, decided_by(entry.record), out);
}

void Coordinator::on(const AckTimeout& timeout, Out& out) {
  const Txn txn = timeout.txn;
  const auto entry = log.find(txn);
  if (entry == log.end()) return;
  const Decision decision = decided_by(entry->second.record);
  unanswered.at(txn).for_each(
      [&](NodeId participant) { tell<Participant>(participant, txn, decision, out); });
  out.set_timer(AckTimeout{txn}, out.params().ack_timeout);
}

// In a tree those whom others ask may be in doubt when it forgets: they ask the one above.
void Coordinator::on(NodeId from, const DecisionRequest& m, Out& out) {
  if (wait.contains(m.txn)) return;  // it will tell all
  const auto entry = log.find(m.txn);
  if (entry != log.end()) {
    if (const auto decision = decision_of(entry->second.record)) {
      tell<Participant>(from, m.txn, *decision, out);
    }
  } else if (presumes(out) != Presume::nothing && asks_itself(from, out)) {
    const bool commit = presumes(out) == Presume::commit;
    tell<Participant>(from, m.txn, commit ? Decision::commit : Decision::abort, out);
  }
}

// Those who decide without the coordinator tell it what came of its transaction.
void Coordinator::told(Txn txn, Decision decision, Out& out) {
  if (wait.contains(txn)) decide(txn, decision, out);
}
void Coordinator::on(NodeId, const GlobalCommit& m, Out& out) {
  told(m.txn, Decision::commit, out);
}
void Coordinator::on(NodeId, const GlobalAbort& m, Out& out) { told(m.txn, Decision::abort, out); }

// A transaction that has begun and no more is aborted: nobody can have been told otherwise. A
// decision is told again, since nobody knows who has heard it. Where others decide, it asks them.
void Coordinator::restart(Out& out) {
  last = reserved;
  const auto entries = log;
  for (const auto& [txn, entry] : entries) {
    if (const auto decision = decision_of(entry.record)) {
      announce(txn, *decision, {}, out);
      if (is_presumed(*decision, out)) forget(txn, entry.request, *decision, out);
      continue;
    }
    wait[txn].request = entry.request;
    if (coordinator_decides(out)) {
      decide(txn, Decision::abort, out);
    } else {
      on(VoteTimeout{txn}, out);
    }
  }
}

}  // namespace quorate::p2pc
