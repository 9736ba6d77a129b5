// The participant. A quoted line is of the lectures' pseudo-code; `out.bug(...)` marks a known
// mistake that a scenario may switch on, and reads as `false` otherwise.
#include <algorithm>

#include "protocols/2pc/roles.hpp"

namespace quorate::p2pc {

namespace {

// In a chain: the participant after and, towards the coordinator, the one before this.
std::optional<NodeId> successor(const Out& out) {
  const auto& chain = out.nodes<Participant>();
  const auto next = std::ranges::find(chain, out.self()) + 1;
  if (next == chain.end()) return std::nullopt;
  return *next;
}
void tell_predecessor(Txn txn, Decision decision, Out& out) {
  const auto& chain = out.nodes<Participant>();
  const auto self = std::ranges::find(chain, out.self());
  if (self == chain.begin()) {
    tell<Coordinator>(coordinator_of(txn, out), txn, decision, out);
  } else {
    tell<Participant>(*(self - 1), txn, decision, out);
  }
}

// In a tree: the participant above this one; none if that is the coordinator.
std::optional<NodeId> above(const Out& out) {
  const auto& all = out.nodes<Participant>();
  const auto self = static_cast<std::size_t>(std::ranges::find(all, out.self()) - all.begin());
  if (self < out.params().fan_out) return std::nullopt;
  return all[self / out.params().fan_out - 1];
}
void vote_upwards(Txn txn, Decision vote, Out& out) {
  if (const auto parent = above(out)) return out.send<Participant>(*parent, Vote{txn, vote});
  out.send<Coordinator>(coordinator_of(txn, out), Vote{txn, vote});
}

// Who tells the coordinator what all have decided together: its own node, or else the first.
bool speaks_for_all(Txn txn, const Out& out) {
  const NodeId coordinator = coordinator_of(txn, out);
  if (is_participant(coordinator, out)) return coordinator == out.self();
  return out.nodes<Participant>().front() == out.self();
}

void acknowledge(NodeId from, Txn txn, Decision decision, Out& out) {
  const bool told_by_coordinator = from == coordinator_of(txn, out);
  if (told_by_coordinator && is_acknowledged(decision, out)) out.send(from, Ack{txn});
}

}  // namespace

bool only_reads(const Params& params) {
  return params.vote == Opinion::read && params.form == Form::central;
}

std::vector<NodeId> below(NodeId participant, const Out& out) {
  const auto& all = out.nodes<Participant>();
  const auto self = static_cast<std::size_t>(std::ranges::find(all, participant) - all.begin());
  const std::size_t fan_out = out.params().fan_out;
  const std::size_t first = std::min(all.size(), (self + 1) * fan_out);
  const std::size_t end = std::min(all.size(), first + fan_out);
  return {all.begin() + static_cast<std::ptrdiff_t>(first),
          all.begin() + static_cast<std::ptrdiff_t>(end)};
}

std::optional<LogRecord> Participant::last_record(Txn txn) const {
  const auto found = records.find(txn);
  if (found == records.end()) return std::nullopt;
  return found->second;
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
  const bool asks_first = out.params().form == Form::tree && !below(out.self(), out).empty();
  if (asks_first && vote == Decision::commit) return ask_below(txn, out);
  if (vote == Decision::abort) {
    decide(txn, LogRecord::vote_abort, out);
  } else {
    write(txn, LogRecord::vote_commit, out);
  }
  if (ready(txn)) out.set_timer(DecisionTimeout{txn}, out.params().decision_timeout);
  switch (out.params().form) {
    case Form::central:
    case Form::one_phase:
      return out.send<Coordinator>(coordinator_of(txn, out), Vote{txn, vote});
    case Form::linear:
      return pass_on(txn, out);
    case Form::decentralised:
      out.broadcast<Participant>(Vote{txn, vote});
      return tally(txn, out);
    case Form::tree:  // a no was sent when it was written
      if (vote == Decision::commit) vote_upwards(txn, vote, out);
      return;
  }
}

void Participant::repeat_vote(Txn txn, LogRecord record, Out& out) const {
  const bool abort = decision_of(record) == Decision::abort;
  if (out.params().form == Form::tree) {
    vote_upwards(txn, abort ? Decision::abort : Decision::commit, out);
  } else if (out.params().form == Form::central) {
    const Vote vote{txn, abort ? Decision::abort : Decision::commit};
    out.send<Coordinator>(coordinator_of(txn, out), vote);
  } else if (abort && out.params().form == Form::linear) {
    tell_predecessor(txn, Decision::abort, out);
  } else if (abort) {
    out.broadcast<Participant>(Vote{txn, Decision::abort});
  }
}

// The request goes down the chain and says that all so far have voted to commit. When it has
// reached the end, the last vote is the decision, and that goes up again.
void Participant::pass_on(Txn txn, Out& out) {
  if (!ready(txn)) return;  // the abort is on its way back already
  if (const auto next = successor(out)) return out.send(*next, VoteRequest{txn});
  decide(txn, LogRecord::global_commit, out);
}

// In a tree a participant is the coordinator of those below it. It has promised nothing before all
// of them have, so at a timeout it gives up.
void Participant::ask_below(Txn txn, Out& out) {
  votes[txn];
  for (const NodeId child : below(out.self(), out)) out.send(child, VoteRequest{txn});
  out.set_timer(VoteTimeout{txn}, out.params().vote_timeout);
}
void Participant::on(const VoteTimeout& timeout, Out& out) {
  if (last_record(timeout.txn) == LogRecord::init) decide(timeout.txn, LogRecord::vote_abort, out);
}
void Participant::vote_for_all_below(Txn txn, Out& out) {
  const auto all = votes.find(txn);
  if (all == votes.end() || last_record(txn) != LogRecord::init) return;
  if (all->second.no) return decide(txn, LogRecord::vote_abort, out);
  if (all->second.yes.size() < below(out.self(), out).size()) return;
  out.cancel_timer(VoteTimeout{txn});
  write(txn, LogRecord::vote_commit, out);
  out.set_timer(DecisionTimeout{txn}, out.params().decision_timeout);
  vote_upwards(txn, Decision::commit, out);
}

// Everybody hears every vote, and needs nobody to add them up; in a tree, every vote from below.
void Participant::on(NodeId from, const Vote& m, Out& out) {
  const auto record = last_record(m.txn);
  if (record && decision_of(*record)) return;
  const bool tree = out.params().form == Form::tree;
  if (tree && !votes.contains(m.txn)) return;  // it has not asked since it came back
  Tally& all = votes[m.txn];
  if (m.vote == Decision::commit) {
    all.yes.insert(from);
  } else {
    all.no = true;
  }
  if (tree) return vote_for_all_below(m.txn, out);
  tally(m.txn, out);
}
void Participant::tally(Txn txn, Out& out) {
  if (!ready(txn)) return;
  Tally& all = votes[txn];
  all.yes.insert(out.self());
  if (all.no) return decide(txn, LogRecord::global_abort, out);
  if (all.yes.size() < out.nodes<Participant>().size()) return;
  decide(txn, LogRecord::global_commit, out);
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
  const Decision decision = decided_by(record);
  emit_decided(txn, decision, out);
  if (out.params().form == Form::linear) {
    tell_predecessor(txn, decision, out);
  } else if (out.params().form == Form::decentralised && speaks_for_all(txn, out)) {
    tell<Coordinator>(coordinator_of(txn, out), txn, decision, out);
  } else if (out.params().form == Form::tree) {
    if (record == LogRecord::vote_abort) vote_upwards(txn, Decision::abort, out);
    if (!below_were_asked) return;
    for (const NodeId child : below(out.self(), out)) tell<Participant>(child, txn, decision, out);
  }
}

// "if DECISION == GLOBAL_COMMIT write GLOBAL_COMMIT to local log". With one phase it may come as a
// surprise: a participant that cannot commit has no way to say so.
void Participant::on(NodeId from, const GlobalCommit& m, Out& out) {
  const auto record = last_record(m.txn);
  if (!only_reads(out.params()) && (!record || !decision_of(*record))) {
    const bool cannot = out.params().form == Form::one_phase && out.params().vote == Opinion::no;
    decide(m.txn, cannot ? LogRecord::vote_abort : LogRecord::global_commit, out);
  }
  acknowledge(from, m.txn, Decision::commit, out);
}
// "else if DECISION == GLOBAL_ABORT write GLOBAL_ABORT to local log". Who voted to abort is done.
void Participant::on(NodeId from, const GlobalAbort& m, Out& out) {
  const auto record = last_record(m.txn);
  const bool open = !record || !decision_of(*record);
  if (open && !only_reads(out.params())) decide(m.txn, LogRecord::global_abort, out);
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

// The coordinator's node is asked for what the coordinator knows, which decides, or else for what
// the participant there knows; the others only where they may help. In a tree the one above stands
// for the coordinator, which may have forgotten what those it asks itself have acknowledged.
void Participant::ask(Txn txn, Out& out) {
  ++questions[txn];
  const bool others = out.params().termination == Termination::cooperative ||
                      out.params().form == Form::decentralised;
  const NodeId coordinator = coordinator_of(txn, out);
  const auto parent = out.params().form == Form::tree ? above(out) : std::nullopt;
  if (parent && !others) out.send<Participant>(*parent, DecisionRequest{txn});
  const bool as_coordinator =
      others ? coordinator_decides(out) || !is_participant(coordinator, out) : !parent.has_value();
  if (as_coordinator) out.send<Coordinator>(coordinator, DecisionRequest{txn});
  for (const NodeId node : out.nodes<Participant>()) {
    const bool asked = node == coordinator && as_coordinator && !parent;
    if (others && !asked && node != out.self()) out.send<Participant>(node, DecisionRequest{txn});
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
  const bool undecided = !record || record == LogRecord::init;
  if (undecided && !out.bug(Bug::init_answers_only)) decide(m.txn, LogRecord::vote_abort, out);
  if (ready(m.txn) && out.bug(Bug::question_aborts)) decide(m.txn, LogRecord::global_abort, out);
  const auto decision = undecided ? Decision::abort : decision_of(records.at(m.txn));
  if (decision) {
    const bool coordinator_asks = from == coordinator_of(m.txn, out) && !coordinator_decides(out);
    if (coordinator_asks) tell<Coordinator>(from, m.txn, *decision, out);
    if (is_participant(from, out)) tell<Participant>(from, m.txn, *decision, out);
  } else if (out.params().form == Form::decentralised && is_participant(from, out)) {
    out.send<Participant>(from, Vote{m.txn, Decision::commit});
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
