// The acceptor and the learner. A quoted sentence is that of "Paxos Made Simple"; `out.bug(...)`
// marks a known mistake that a scenario may switch on, and reads as `false` otherwise.
#include "protocols/multi_paxos/server.hpp"

#include "protocols/common/membership.hpp"

namespace quorate::multi_paxos {

void Server::start(Out& out) {
  out.emit(Role{"follower"});
  apply_chosen(out);
  if (!is_member(out)) return;
  out.set_timer(Silence{}, out.params().election_timeout);
}

// ---- acceptor -----------------------------------------------------------------------------------

// "If an acceptor receives a prepare request with number n greater than that of any prepare request
// to which it has already responded, then it responds to the request", here for all slots at once.
// A request that comes again, or its own, which it has written down already, is answered again.
void Server::on(NodeId from, const Prepare& m, Out& out) {
  if (m.n < promised) return out.send(from, Nack{promised});
  if (m.n > promised) {
    promised = m.n;
    step_down(out);
    leader.reset();
    out.set_timer(Silence{}, out.params().election_timeout);
  }
  out.persist();
  const Slot last = log.last_index();
  out.send(from, Promise{m.n, reports(m.from, out), log.slice(std::min(m.from, last + 1), last)});
}

std::vector<Report> Server::reports(Slot from, const Out& out) const {
  std::vector<Report> result;
  if (out.bug(Bug::promise_hides_accepted)) return result;
  for (auto vote = accepted.lower_bound(from); vote != accepted.end(); ++vote) {
    if (out.bug(Bug::reports_last_slot)) result.clear();
    result.push_back({vote->first, vote->second});
  }
  return result;
}

// "… it accepts the proposal unless it has already responded to a prepare request having a number
// greater than n." What it knows to be chosen it need not accept once more: no other can come.
void Server::on(NodeId from, const Accept& m, Out& out) {
  if (m.n < promised && !out.bug(Bug::accepts_below_promise)) {
    return out.send(from, Nack{promised});
  }
  hear_leader(from, m.n, out);
  if (m.slot > log.last_index()) accepted[m.slot] = {m.n, m.v};
  learn_up_to(m.chosen, m.n, out);
  out.persist();
  out.send(from, Accepted{m.n, m.slot});
  apply_chosen(out);
}

void Server::on(NodeId from, const Heartbeat& m, Out& out) {
  if (m.n < promised) return out.send(from, Nack{promised});
  hear_leader(from, m.n, out);
  learn_up_to(m.chosen, m.n, out);
  out.persist();
  apply_chosen(out);
  if (log.last_index() < m.chosen) out.send(from, Missing{log.last_index() + 1});
}

void Server::hear_leader(NodeId from, const Ballot& ballot, Out& out) {
  promised = std::max(promised, ballot);
  if (from == out.self()) return;
  step_down(out);
  leader = from;
  out.set_timer(Silence{}, out.params().election_timeout);
}

// ---- learner ------------------------------------------------------------------------------------

// The leader of a ballot proposes one command for a slot, so who has accepted that and hears that
// the slot is chosen knows what. Of a vote in an earlier ballot it knows nothing.
void Server::learn_up_to(Slot chosen, const Ballot& ballot, const Out& out) {
  while (log.last_index() < chosen) {
    const auto vote = accepted.find(log.last_index() + 1);
    if (vote == accepted.end()) return;
    if (vote->second.n != ballot && !out.bug(Bug::old_votes_trusted)) return;
    log.append(vote->second.v);
    accepted.erase(vote);
  }
}

void Server::learn(const CommandLog::Slice& chosen) {
  if (chosen.first_index() > log.last_index() + 1) return;
  log.append(chosen);
  accepted.erase(accepted.begin(), accepted.upper_bound(log.last_index()));
}

void Server::on(NodeId from, const Missing& m, Out& out) {
  if (m.from <= log.last_index()) out.send(from, Learn{log.slice(m.from, log.last_index())});
}

void Server::on(NodeId, const Learn& m, Out& out) {
  if (role != RoleName::follower) return;
  learn(m.chosen);
  out.persist();
  apply_chosen(out);
}

// "The leader, as well as any other server that learned all the commands …, can now execute
// commands 1-135", and not 138 to 140, though these are chosen: in the order of slots.
void Server::apply_chosen(Out& out) {
  QUORATE_ASSERT(last_applied <= log.last_index(), "Only what is known to be chosen is applied.");
  QUORATE_ASSERT(accepted.empty() || accepted.begin()->first > log.last_index(),
                 "What stands in the log is no longer open.");
  while (last_applied < log.last_index()) {
    ++last_applied;
    const Request& command = log[last_applied];
    const Text answer = apply(command, out);
    if (role == RoleName::leader) out.reply(command, answer);
  }
}

// Somebody has begun a higher ballot than this server's own.
void Server::step_down(Out& out) {
  if (role != RoleName::follower) out.emit(Overtaken{n.round, promised.proposer});
  out.cancel_timer(Beat{});
  open.clear();
  promises.clear();
  reported.clear();
  enter(RoleName::follower, out);
}

void Server::enter(RoleName next, Out& out) {
  if (role == next) return;
  role = next;
  out.emit(Role{enum_name(next)});
}

}  // namespace quorate::multi_paxos
