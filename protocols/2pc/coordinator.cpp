// The coordinator. A quoted line is of the lectures' pseudo-code; `out.bug(...)` marks a known
// mistake that a scenario may switch on, and reads as `false` otherwise.
#include <algorithm>

#include "protocols/2pc/roles.hpp"
#include "protocols/common/quorum.hpp"

namespace quorate::p2pc {

namespace {

bool votes_to_commit(const Out& out) { return out.params().vote != Opinion::no; }

// Who need not hear the decision: who has only read, or has voted to abort (spare_no_voters).
NodeSet spared(const Coordinator::Poll& poll, const Out& out) {
  NodeSet spared = poll.read;
  if (out.params().spare_no_voters) poll.no.for_each([&](NodeId node) { spared.insert(node); });
  return spared;
}

}  // namespace

void Coordinator::on(const Request& request, Out& out) {
  if (is_running(request) || commitment::is_known(request, log, outcomes, out)) return;
  const Txn txn = next_number(out);
  wait[txn].request = request;
  begin(txn, request, out);
}

// "write START_2PC to local log; multicast VOTE_REQUEST to all participants"
void Coordinator::begin(Txn txn, const Request& request, Out& out) {
  if (is_settled_unasked(out)) {
    return decide(txn, votes_to_commit(out) ? Decision::commit : Decision::abort, out);
  }
  if (presumes(out) == Presume::abort) {
    out.persist();  // the numbers it has reserved, if these are new
  } else {
    write(txn, LogRecord::start_2pc, request, out);
  }
  if (out.params().work) out.multicast(Work{txn});
  for (const NodeId participant : below_coordinator(out)) out.send(participant, VoteRequest{txn});
  out.set_timer(VoteTimeout{txn}, out.params().vote_timeout);
}

// "while not all votes have been collected { wait for any incoming vote; ... record vote; }"
void Coordinator::on(NodeId from, const Vote& m, Out& out) {
  const auto found = wait.find(m.txn);
  if (found == wait.end()) return;  // it comes too late
  NodeSet& same = m.vote == Decision::commit ? found->second.yes : found->second.no;
  const bool again = !same.insert(from);
  // A careless counter takes a duplicated vote for one more participant's.
  if (again && out.bug(Bug::votes_counted_twice)) count_once_more(same);
  count(m.txn, out);
}

// Whatever the decision, this participant need not hear it.
void Coordinator::on(NodeId from, const ReadOnly& m, Out& out) {
  const auto found = wait.find(m.txn);
  if (found == wait.end()) return;
  found->second.read.insert(from);
  count(m.txn, out);
}

// "if timeout { write GLOBAL_ABORT to local log; multicast GLOBAL_ABORT to all participants; }"
void Coordinator::on(const VoteTimeout& timeout, Out& out) {
  const Txn txn = timeout.txn;
  if (!coordinator_decides(out)) return ask(txn, out);
  const bool yes = out.bug(Bug::silence_is_yes) && wait.at(txn).no.empty();
  decide(txn, yes ? Decision::commit : Decision::abort, out);
}

// "if all participants sent VOTE_COMMIT and coordinator votes COMMIT" commit, "else" abort.
void Coordinator::count(Txn txn, Out& out) {
  const Poll& poll = wait.at(txn);
  const std::uint64_t all = below_coordinator(out).size();
  if (out.bug(Bug::majority_commits) && poll.yes.size() >= majority(all)) {
    return decide(txn, Decision::commit, out);
  }
  if (poll.yes.size() + poll.no.size() + poll.read.size() < all) return;
  const bool commit = poll.no.empty() && votes_to_commit(out);
  decide(txn, commit ? Decision::commit : Decision::abort, out);
}

// "write GLOBAL_COMMIT to local log; multicast GLOBAL_COMMIT to all participants": what is on disk
// is decided, and nobody hears of it before.
void Coordinator::decide(Txn txn, Decision decision, Out& out) {
  QUORATE_ASSERT(wait.contains(txn), "Only a transaction in state WAIT is decided.");
  const Poll poll = wait.at(txn);
  wait.erase(txn);
  out.cancel_timer(VoteTimeout{txn});
  if (out.bug(Bug::decision_sent_unlogged)) announce(txn, decision, spared(poll, out), out);
  if (is_written(decision, out)) {
    write(txn, commitment::record_of<LogRecord>(decision), poll.request, out);
  }
  emit_decided(txn, decision, out);
  if (!out.bug(Bug::decision_sent_unlogged)) announce(txn, decision, spared(poll, out), out);
  answer(txn, poll.request, decision, out);
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
      ask(txn, out);
    }
  }
}

}  // namespace quorate::p2pc
