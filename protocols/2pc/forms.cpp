// Who talks to whom: what is otherwise than in the lectures' form where the participants stand in a
// chain (linear) or in a tree, all tell all their votes (decentralised), or nobody is asked
// (one_phase); and who asks whom for a decision.
#include <algorithm>

#include "protocols/2pc/roles.hpp"
#include "protocols/common/membership.hpp"

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

// In a tree.
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

}  // namespace

// ---- the coordinator ----------------------------------------------------------------------------

bool coordinator_decides(const Out& out) {
  return out.params().form != Form::linear && out.params().form != Form::decentralised;
}

// A coordinator that only begins what others decide votes before it asks.
bool is_settled_unasked(const Out& out) {
  const bool unwilling = out.params().vote == Opinion::no && !coordinator_decides(out);
  return out.params().form == Form::one_phase || unwilling;
}

std::vector<NodeId> below_coordinator(const Out& out) {
  std::vector<NodeId> all = out.nodes<Participant>();
  std::size_t most = all.size();
  if (out.params().form == Form::linear) most = 1;
  if (out.params().form == Form::tree) most = out.params().fan_out;
  if (most < all.size()) all.resize(most);
  return all;
}

bool asks_itself(NodeId participant, const Out& out) {
  const std::vector<NodeId> asked = below_coordinator(out);
  return std::ranges::find(asked, participant) != asked.end();
}

bool only_reads(const Params& params) {
  return params.vote == Opinion::read && params.form == Form::central;
}

bool is_participant(NodeId node, const Out& out) { return plays<Participant>(node, out); }

// A coordinator that does not decide is as bound as a participant that has voted.
void Coordinator::ask(Txn txn, Out& out) {
  out.multicast<Participant>(DecisionRequest{txn});
  out.set_timer(VoteTimeout{txn}, out.params().vote_timeout);
}

// Those who decide without the coordinator tell it what came of its transaction.
void Coordinator::told(Txn txn, Decision decision, Out& out) {
  if (wait.contains(txn)) decide(txn, decision, out);
}
void Coordinator::on(NodeId, const GlobalCommit& m, Out& out) {
  told(m.txn, Decision::commit, out);
}
void Coordinator::on(NodeId, const GlobalAbort& m, Out& out) { told(m.txn, Decision::abort, out); }

// ---- voting -------------------------------------------------------------------------------------

void Participant::send_vote(Txn txn, Decision vote, Out& out) {
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

std::vector<NodeId> below(NodeId participant, const Out& out) {
  const auto& all = out.nodes<Participant>();
  const auto self = static_cast<std::size_t>(std::ranges::find(all, participant) - all.begin());
  const std::size_t fan_out = out.params().fan_out;
  const std::size_t first = std::min(all.size(), (self + 1) * fan_out);
  const std::size_t end = std::min(all.size(), first + fan_out);
  return {all.begin() + static_cast<std::ptrdiff_t>(first),
          all.begin() + static_cast<std::ptrdiff_t>(end)};
}

std::optional<NodeId> above(const Out& out) {
  if (out.params().form != Form::tree) return std::nullopt;
  const auto& all = out.nodes<Participant>();
  const auto self = static_cast<std::size_t>(std::ranges::find(all, out.self()) - all.begin());
  if (self < out.params().fan_out) return std::nullopt;
  return all[self / out.params().fan_out - 1];
}

bool asks_others_below(const Out& out) {
  return out.params().form == Form::tree && !below(out.self(), out).empty();
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
  if (has_decided(m.txn)) return;
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

// ---- telling, and asking ------------------------------------------------------------------------

// Where others wait for this node's word, and not for the coordinator's.
void Participant::tell_on(Txn txn, LogRecord record, bool below_were_asked, Out& out) {
  const Decision decision = decided_by(record);
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

// With one phase a commit may come as a surprise: who cannot has had no way to say so.
bool cannot_commit(const Out& out) {
  return out.params().form == Form::one_phase && out.params().vote == Opinion::no;
}

bool asks_others(const Params& params) {
  return params.termination == Termination::cooperative || params.form == Form::decentralised;
}

// The coordinator's node is asked for what the coordinator knows, which decides, or else for what
// the participant there knows; in a tree for both, since the coordinator may have forgotten what
// those it asks itself have acknowledged.
void Participant::ask_others(Txn txn, Out& out) {
  const NodeId coordinator = coordinator_of(txn, out);
  const bool as_coordinator = coordinator_decides(out) || !is_participant(coordinator, out);
  if (as_coordinator) out.send<Coordinator>(coordinator, DecisionRequest{txn});
  const bool only_so = as_coordinator && !above(out);
  for (const NodeId node : out.nodes<Participant>()) {
    if (node == out.self() || (node == coordinator && only_so)) continue;
    out.send<Participant>(node, DecisionRequest{txn});
  }
}

}  // namespace quorate::p2pc
