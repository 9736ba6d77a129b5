// The participant, and what participants do without a coordinator: one of them, the terminator,
// finds out what may have been decided and ends the transaction for all. `out.bug(...)` marks a
// known mistake that a scenario may switch on, and reads as `false` otherwise.
#include <algorithm>

#include "protocols/3pc/roles.hpp"
#include "protocols/common/membership.hpp"

namespace quorate::p3pc {

namespace {

// In which order participants take over.
std::ptrdiff_t rank(NodeId participant, const Out& out) {
  const auto& all = out.nodes<Participant>();
  return std::ranges::find(all, participant) - all.begin();
}

}  // namespace

std::optional<LogRecord> Participant::last_record(Txn txn) const {
  const auto found = records.find(txn);
  if (found == records.end()) return std::nullopt;
  return found->second;
}

// Has heard of it and does not know what was decided.
bool Participant::undecided(Txn txn) const {
  const auto record = last_record(txn);
  return record && !decision_of(*record);
}

// Was down in it and knows no decision: others may have gone on meanwhile, so it takes no part in
// what those who have been there all along decide, and goes by what it is told. (A quorum counts
// whoever remembers.)
bool Participant::waits_for_news(Txn txn, const Out& out) const {
  return out.params().termination != Termination::quorum && missed.contains(txn);
}

void Participant::write(Txn txn, LogRecord record, Out& out) {
  records[txn] = record;
  out.persist();
  out.emit(Logged{text_of(record)});
}

// ---- with a coordinator -------------------------------------------------------------------------

void Participant::on(NodeId from, const VoteRequest& m, Out& out) {
  const auto record = last_record(m.txn);
  if (!record) {
    write(m.txn, LogRecord::init, out);
    if (out.params().vote == Opinion::yes) {
      write(m.txn, LogRecord::vote_commit, out);
      wait(m.txn, out);
    } else {
      decide(m.txn, LogRecord::vote_abort, out);
    }
  }
  const bool abort = decision_of(records.at(m.txn)) == Decision::abort;
  out.send(from, Vote{m.txn, abort ? Decision::abort : Decision::commit});
}

// READY -> PRECOMMIT; in ABORT or on the way there: refuse.
void Participant::on(NodeId from, const PreCommit& m, Out& out) {
  const auto record = last_record(m.txn);
  if (record == LogRecord::vote_commit) write(m.txn, LogRecord::precommit, out);
  const auto now = last_record(m.txn);
  if (now != LogRecord::precommit && now != LogRecord::global_commit) return;
  if (now == LogRecord::precommit) wait(m.txn, out);
  if (m.chair == Chair::coordinator) {
    out.send<Coordinator>(from, Ack{m.txn, Decision::commit});
  } else {
    out.send<Participant>(from, Ack{m.txn, Decision::commit});
  }
}

void Participant::on(NodeId from, const GlobalCommit& m, Out& out) {
  told(from, m.txn, Decision::commit, out);
}
void Participant::on(NodeId from, const GlobalAbort& m, Out& out) {
  told(from, m.txn, Decision::abort, out);
}

void Participant::told(NodeId from, Txn txn, Decision decision, Out& out) {
  const auto record = last_record(txn);
  if (!record || !decision_of(*record)) decide(txn, record_of(decision), out);
  if (out.params().ack && from == coordinator_of(txn, out)) out.send(from, Done{txn});
}

void Participant::decide(Txn txn, LogRecord record, Out& out) {
  write(txn, record, out);
  rounds.erase(txn);
  missed.erase(txn);
  out.cancel_timer(DecisionTimeout{txn});
  out.cancel_timer(RoundTimeout{txn});
  emit_decided(txn, decided_by(record), out);
}

// ---- without one --------------------------------------------------------------------------------

// The first participant's patience ends first; what it then asks makes the others wait again. So
// the first that is alive is elected, without a message.
void Participant::wait(Txn txn, Out& out) const {
  const bool turns = out.params().termination != Termination::naive;
  out.set_timer(DecisionTimeout{txn}, out.params().decision_timeout +
                                          out.params().turn * (turns ? rank(out.self(), out) : 0));
}

void Participant::on(const DecisionTimeout& timeout, Out& out) {
  const Txn txn = timeout.txn;
  if (rounds.contains(txn)) return;  // it leads itself
  if (waits_for_news(txn, out)) return ask(txn, out);
  if (out.params().termination != Termination::naive) return take_over(txn, out);
  const bool prepared = last_record(txn) == LogRecord::precommit;
  decide(txn, prepared ? LogRecord::global_commit : LogRecord::global_abort, out);
}

void Participant::take_over(Txn txn, Out& out) {
  rounds[txn] = {};
  out.emit(Terminates{txn});
  out.multicast(StateRequest{txn});
  out.set_timer(RoundTimeout{txn}, out.params().round_timeout);
}

// Who has not voted aborts, in its log, before it says so: a late VOTE_REQUEST then gets a no.
void Participant::give_up_in_init(Txn txn, Out& out) {
  if (!last_record(txn)) decide(txn, LogRecord::vote_abort, out);
}

void Participant::on(NodeId from, const StateRequest& m, Out& out) {
  const bool init = !last_record(m.txn);
  if (init && out.bug(Bug::init_answers_only)) {
    return out.send<Participant>(from, State{m.txn, LogRecord::vote_abort});
  }
  give_up_in_init(m.txn, out);
  leave_to_earlier(from, m.txn, out);
  if (undecided(m.txn)) wait(m.txn, out);
  if (waits_for_news(m.txn, out)) return;
  out.send<Participant>(from, State{m.txn, records.at(m.txn)});
}

// Two ask at once where the wait of one began later. Of a PRECOMMIT they may hear differently, if
// its node dies meanwhile, so one of them leaves it to the other, and only one decides. A quorum
// need not care.
void Participant::leave_to_earlier(NodeId other, Txn txn, Out& out) {
  const auto round = rounds.find(txn);
  const bool asks = round != rounds.end() && round->second.stage == Stage::asking;
  if (!asks || out.params().termination == Termination::quorum) return;
  if (rank(other, out) >= rank(out.self(), out)) return;
  rounds.erase(round);
  out.cancel_timer(RoundTimeout{txn});
}

// Who knows is believed at any time; an answer may take longer than the round it belongs to.
void Participant::on(NodeId from, const State& m, Out& out) {
  const auto decision = decision_of(m.record);
  if (decision && undecided(m.txn)) return end(m.txn, *decision, out);
  const auto round = rounds.find(m.txn);
  if (round == rounds.end() || round->second.stage != Stage::asking) return;
  round->second.states[from] = m.record;
  if (round->second.states.size() == out.nodes<Participant>().size()) resolve(m.txn, out);
}

void Participant::on(const RoundTimeout& timeout, Out& out) {
  const auto round = rounds.find(timeout.txn);
  if (round == rounds.end()) return;
  if (round->second.stage == Stage::asking) return resolve(timeout.txn, out);
  settle(timeout.txn, true, out);
}

// Any COMMIT: commit. Any ABORT: abort; those have ended the round. Otherwise it depends on who has
// prepared for what, this node as it is now: meanwhile another terminator may have moved it, and
// have decided.
void Participant::resolve(Txn txn, Out& out) {
  if (!out.bug(Bug::stale_own_state)) rounds.at(txn).states[out.self()] = records.at(txn);
  resolve_open(txn, out);
}

// Any PRECOMMIT: move all there, then commit, lest a terminator that dies leaves behind who cannot
// tell. Else abort. A quorum moves to PREABORT before it aborts, for the same reason; and whoever
// has prepared for one side is lost to the other.
void Participant::resolve_open(Txn txn, Out& out) {
  std::uint64_t ready = 0;
  std::uint64_t precommit = 0;
  std::uint64_t preabort = 0;
  for (const auto& [node, record] : rounds.at(txn).states) {
    ready += record == LogRecord::vote_commit ? 1 : 0;
    precommit += record == LogRecord::precommit ? 1 : 0;
    preabort += record == LogRecord::preabort ? 1 : 0;
  }
  if (out.params().termination == Termination::elected) {
    if (precommit == 0) return end(txn, Decision::abort, out);
    if (out.bug(Bug::terminator_first)) return end(txn, Decision::commit, out);
    return move_all(txn, Stage::preparing_commit, out);
  }
  const bool can_commit = precommit > 0 && precommit + ready >= quorum(Decision::commit, out);
  if (can_commit) return move_all(txn, Stage::preparing_commit, out);
  const bool can_abort = preabort + ready >= quorum(Decision::abort, out);
  if (can_abort) return move_all(txn, Stage::preparing_abort, out);
  rounds.erase(txn);
  out.cancel_timer(RoundTimeout{txn});
  out.emit(Blocked{"no quorum"});
  wait(txn, out);
}

void Participant::move_all(Txn txn, Stage stage, Out& out) {
  rounds.at(txn).stage = stage;
  out.set_timer(RoundTimeout{txn}, out.params().round_timeout);
  for (const auto& [node, record] : rounds.at(txn).states) {
    if (stage == Stage::preparing_commit) {
      out.send(node, PreCommit{txn, Chair::terminator});
    } else {
      out.send(node, PreAbort{txn});
    }
  }
}

void Participant::on(NodeId from, const PreAbort& m, Out& out) {
  if (last_record(m.txn) == LogRecord::vote_commit) write(m.txn, LogRecord::preabort, out);
  if (last_record(m.txn) != LogRecord::preabort) return;
  wait(m.txn, out);
  out.send<Participant>(from, Ack{m.txn, Decision::abort});
}

void Participant::on(NodeId from, const Ack& m, Out& out) {
  const auto round = rounds.find(m.txn);
  if (round == rounds.end()) return;
  const bool commit = m.towards == Decision::commit;
  const Stage stage = commit ? Stage::preparing_commit : Stage::preparing_abort;
  if (round->second.stage != stage) return;
  round->second.prepared.insert(from);
  settle(m.txn, false, out);
}

// Elected: those who were there have moved, or are dead by now. Quorum: enough of them have moved;
// who has not is asked again in another round.
void Participant::settle(Txn txn, bool waited, Out& out) {
  const Round& round = rounds.at(txn);
  const bool commit = round.stage == Stage::preparing_commit;
  const Decision decision = commit ? Decision::commit : Decision::abort;
  const bool enough = out.params().termination == Termination::quorum
                          ? round.prepared.size() >= quorum(decision, out)
                          : waited || round.prepared.size() == round.states.size();
  if (enough) return end(txn, decision, out);
  if (!waited) return;
  rounds.erase(txn);
  wait(txn, out);
}

// Everybody is told what the terminator has decided, itself and the coordinator included.
void Participant::end(Txn txn, Decision decision, Out& out) {
  if (undecided(txn)) decide(txn, record_of(decision), out);
  rounds.erase(txn);
  out.cancel_timer(RoundTimeout{txn});
  for (const NodeId node : out.nodes<Participant>()) {
    if (node != out.self()) tell<Participant>(node, txn, decision, out);
  }
  tell<Coordinator>(coordinator_of(txn, out), txn, decision, out);
}

// ---- back again ---------------------------------------------------------------------------------

// The survivors have gone on without it, so it must not decide with others who know as little.
void Participant::ask(Txn txn, Out& out) const {
  out.send<Coordinator>(coordinator_of(txn, out), DecisionRequest{txn});
  out.broadcast<Participant>(DecisionRequest{txn});
  wait(txn, out);
}

// Who knows nothing either tells the coordinator that, which may be waiting for it to come back.
void Participant::on(NodeId from, const DecisionRequest& m, Out& out) {
  if (!last_record(m.txn) && !out.bug(Bug::init_answers_only)) give_up_in_init(m.txn, out);
  const auto record = last_record(m.txn);
  const auto decision = record ? decision_of(*record) : Decision::abort;
  const bool coordinator_asks = from == coordinator_of(m.txn, out);
  if (!decision) {
    if (coordinator_asks && waits_for_news(m.txn, out)) {
      out.send<Coordinator>(from, State{m.txn, *record});
    }
    return;
  }
  if (coordinator_asks) tell<Coordinator>(from, m.txn, *decision, out);
  if (plays<Participant>(from, out)) tell<Participant>(from, m.txn, *decision, out);
}

void Participant::restart(Out& out) {
  const auto at_crash = records;
  for (const auto& [txn, record] : at_crash) {
    if (decision_of(record)) continue;
    if (record == LogRecord::init) {
      decide(txn, LogRecord::vote_abort, out);
    } else {
      missed.insert(txn);
      ask(txn, out);
    }
  }
}

}  // namespace quorate::p3pc
