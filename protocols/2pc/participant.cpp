// The participant. A quoted line is of the lectures' pseudo-code; `out.bug(...)` marks a known
// mistake that a scenario may switch on, and reads as `false` otherwise.
#include "protocols/2pc/roles.hpp"

namespace quorate::p2pc {

namespace {

void acknowledge(NodeId from, Txn txn, Decision decision, Out& out) {
  const bool told_by_coordinator = from == coordinator_of(txn, out);
  if (told_by_coordinator && is_acknowledged(decision, out)) out.send(from, Ack{txn});
}

// A participant that asks; or a coordinator that does not decide.
void answer(NodeId from, Txn txn, Decision decision, Out& out) {
  const bool coordinator_asks = from == coordinator_of(txn, out) && !coordinator_decides(out);
  if (coordinator_asks) tell<Coordinator>(from, txn, decision, out);
  if (is_participant(from, out)) tell<Participant>(from, txn, decision, out);
}

}  // namespace

std::optional<LogRecord> Participant::last_record(Txn txn) const {
  const auto found = records.find(txn);
  if (found == records.end()) return std::nullopt;
  return found->second;
}

bool Participant::has_decided(Txn txn) const {
  const auto record = last_record(txn);
  return record && decision_of(*record);
}

void Participant::write(Txn txn, LogRecord record, Out& out) {
  records[txn] = record;
  out.persist();
  out.emit(Logged{text_of(record)});
}

// "write INIT to local log; wait for VOTE_REQUEST from coordinator; if timeout { write VOTE_ABORT
// to local log; exit; }"
void Participant::on(NodeId, const Work& m, Out& out) {
  if (last_record(m.txn) || only_reads(out.params())) return;
  write(m.txn, LogRecord::init, out);
  out.set_timer(InitTimeout{m.txn}, out.params().init_timeout);
}
void Participant::on(const InitTimeout& timeout, Out& out) {
  decide(timeout.txn, LogRecord::vote_abort, out);
}

// "if participant votes COMMIT { ... } else { ... }" Who has voted before votes the same.
void Participant::on(NodeId, const VoteRequest& m, Out& out) {
  if (only_reads(out.params())) {
    return out.send<Coordinator>(coordinator_of(m.txn, out), ReadOnly{m.txn});
  }
  const auto record = last_record(m.txn);
  if (record && record != LogRecord::init) return repeat_vote(m.txn, *record, out);
  if (!record) write(m.txn, LogRecord::init, out);
  out.cancel_timer(InitTimeout{m.txn});
  if (out.params().vote == Opinion::either) return out.choose(2, CastVote{m.txn});
  cast(m.txn, out.params().vote == Opinion::no ? Decision::abort : Decision::commit, out);
}
void Participant::on(const CastVote& tag, std::uint32_t picked, Out& out) {
  if (last_record(tag.txn) != LogRecord::init) return;
  cast(tag.txn, picked == 0 ? Decision::commit : Decision::abort, out);
}

// "write VOTE_COMMIT to local log; send VOTE_COMMIT to coordinator", or the same with VOTE_ABORT.
// Between the two there is no way back from VOTE_COMMIT.
void Participant::cast(Txn txn, Decision vote, Out& out) {
  if (vote == Decision::commit && asks_others_below(out)) return ask_below(txn, out);
  if (vote == Decision::abort) {
    decide(txn, LogRecord::vote_abort, out);
  } else {
    write(txn, LogRecord::vote_commit, out);
  }
  if (ready(txn)) out.set_timer(DecisionTimeout{txn}, out.params().decision_timeout);
  send_vote(txn, vote, out);
}

// Writes a record that ends the transaction here, and tells whoever waits for this node's word.
void Participant::decide(Txn txn, LogRecord record, Out& out) {
  const bool below_were_asked = ready(txn) || votes.contains(txn);
  write(txn, record, out);
  out.cancel_timer(VoteTimeout{txn});
  out.cancel_timer(InitTimeout{txn});
  out.cancel_timer(DecisionTimeout{txn});
  questions.erase(txn);
  votes.erase(txn);
  emit_decided(txn, decided_by(record), out);
  tell_on(txn, record, below_were_asked, out);
}

// "if DECISION == GLOBAL_COMMIT write GLOBAL_COMMIT to local log".
void Participant::on(NodeId from, const GlobalCommit& m, Out& out) {
  if (!has_decided(m.txn) && !only_reads(out.params())) {
    decide(m.txn, cannot_commit(out) ? LogRecord::vote_abort : LogRecord::global_commit, out);
  }
  acknowledge(from, m.txn, Decision::commit, out);
}
// "else if DECISION == GLOBAL_ABORT write GLOBAL_ABORT to local log". Who voted to abort is done.
void Participant::on(NodeId from, const GlobalAbort& m, Out& out) {
  if (!has_decided(m.txn) && !only_reads(out.params())) {
    decide(m.txn, LogRecord::global_abort, out);
  }
  acknowledge(from, m.txn, Decision::abort, out);
}

// "wait for DECISION from coordinator; if timeout { multicast DECISION_REQUEST to other
// participants; wait until DECISION is received; /* remain blocked */ }"
void Participant::on(const DecisionTimeout& timeout, Out& out) {
  const Txn txn = timeout.txn;
  if (out.bug(Bug::ready_aborts)) return decide(txn, LogRecord::global_abort, out);
  if (questions[txn] > 0) out.emit(Blocked{"no decision"});
  ask(txn, out);
}

void Participant::ask(Txn txn, Out& out) {
  ++questions[txn];
  if (asks_others(out.params())) {
    ask_others(txn, out);
  } else if (const auto parent = above(out)) {
    out.send<Participant>(*parent, DecisionRequest{txn});
  } else {
    out.send<Coordinator>(coordinator_of(txn, out), DecisionRequest{txn});
  }
  out.set_timer(DecisionTimeout{txn}, out.params().decision_timeout);
}

// "read most recently recorded STATE from the local log; if STATE == GLOBAL_COMMIT send
// GLOBAL_COMMIT to requesting participant; else if STATE == INIT or STATE == GLOBAL_ABORT send
// GLOBAL_ABORT to requesting participant; else skip; /* participant remains blocked */" Who says
// in INIT that it is aborted must see to it that it is. Who has only read has forgotten, and cannot
// tell whether it was asked at all.
void Participant::on(NodeId from, const DecisionRequest& m, Out& out) {
  if (only_reads(out.params()) && !out.bug(Bug::reader_answers)) return;
  const auto record = last_record(m.txn);
  const bool in_init = !record || record == LogRecord::init;
  if (in_init && !out.bug(Bug::init_answers_only)) decide(m.txn, LogRecord::vote_abort, out);
  if (ready(m.txn) && out.bug(Bug::question_aborts)) decide(m.txn, LogRecord::global_abort, out);
  const auto decision = in_init ? Decision::abort : decision_of(records.at(m.txn));
  if (decision) return answer(from, m.txn, *decision, out);
  if (out.params().form == Form::decentralised && is_participant(from, out)) {
    out.send<Participant>(from, Vote{m.txn, Decision::commit});  // the one it sent may be lost
  }
}

// Who is in INIT waits again; who is READY asks.
void Participant::restart(Out& out) {
  const auto at_crash = records;
  for (const auto& [txn, record] : at_crash) {
    if (record == LogRecord::init) out.set_timer(InitTimeout{txn}, out.params().init_timeout);
    if (record == LogRecord::vote_commit) ask(txn, out);
  }
}

}  // namespace quorate::p2pc
