// The proposer: how a server becomes the leader, and what it does then.
#include "protocols/common/quorum.hpp"
#include "protocols/multi_paxos/server.hpp"

namespace quorate::multi_paxos {

std::uint64_t Server::quorum(std::uint32_t asked, const Out& out) const {
  if (asked != 0) return asked;
  const std::uint64_t servers = out.nodes().size();
  return out.bug(Bug::quorum_too_small) ? servers / 2 : majority(servers);
}

// ---- phase 1 ------------------------------------------------------------------------------------

// "A single server is elected to be the leader, which acts as the distinguished proposer … in all
// instances of the consensus algorithm." How, the paper leaves open: who hears no leader tries,
// after a time drawn at random.
void Server::on(const Silence&, Out& out) { prepare(out); }

// A number is on disk before anybody hears of it, so it is never used twice.
void Server::prepare(Out& out) {
  out.cancel_timer(Beat{});
  open.clear();
  promises.clear();
  reported.clear();
  n = {promised.round + 1, out.self()};
  promised = n;
  leader.reset();
  out.emit(Epoch{n.round});
  enter(RoleName::candidate, out);
  out.persist();
  out.set_timer(Silence{}, out.params().election_timeout);
  if (out.bug(Bug::skips_prepare)) return lead(out);
  out.multicast(Prepare{n, log.last_index() + 1});
}

void Server::on(NodeId from, const Promise& m, Out& out) {
  const bool mine = m.n == n || out.bug(Bug::any_promise_counts);
  if (role != RoleName::candidate || !mine) return;
  const bool again = !promises.insert(from);
  // A careless counter takes a duplicated promise for one more acceptor.
  if (again && out.bug(Bug::promises_counted_twice)) count_once_more(promises);
  learn(m.chosen);
  for (const Report& report : m.accepted) consider(report, out);
  out.persist();
  apply_chosen(out);
  if (promises.size() >= quorum(out.params().prepare_quorum, out)) lead(out);
}

// "… the value of the highest-numbered proposal among the responses", of each slot.
void Server::consider(const Report& report, const Out& out) {
  if (out.bug(Bug::accepted_ignored)) return;
  const auto [known, first] = reported.emplace(report.slot, report.vote);
  if (first || out.bug(Bug::first_reported_value)) return;
  if (report.vote.n > known->second.n) known->second = report.vote;
}

void Server::on(NodeId, const Nack& m, Out& out) {
  if (m.promised <= promised) return;
  if (role == RoleName::leader) out.set_timer(Silence{}, out.params().election_timeout);
  promised = m.promised;
  step_down(out);
  leader.reset();
  out.persist();
}

// ---- phase 2 ------------------------------------------------------------------------------------

void Server::lead(Out& out) {
  enter(RoleName::leader, out);
  leader = out.self();
  out.emit(Elected{n.round});
  out.cancel_timer(Silence{});
  finish_open_slots(out);
  out.broadcast(Heartbeat{n, log.last_index()});
  out.set_timer(Beat{}, out.params().heartbeat);
}

// Phase 1 determines what may be proposed in some of the open slots. For the others before them "we
// let it fill the gap immediately by proposing, as commands 136 and 137, a special no-op command
// that leaves the state unchanged." Only then does it serve clients.
void Server::finish_open_slots(Out& out) {
  next_slot = log.last_index() + 1;
  const Slot last = reported.empty() ? 0 : reported.rbegin()->first;
  while (next_slot <= last) {
    const auto vote = reported.find(next_slot);
    if (vote != reported.end()) {
      out.emit(Adopted{next_slot, vote->second.n.round});
      propose(vote->second.v, out);
    } else if (out.bug(Bug::gaps_left)) {
      ++next_slot;
    } else {
      out.emit(GapFilled{next_slot});
      propose(no_op(), out);
    }
  }
  reported.clear();
}

// "In general, suppose a leader can get α commands ahead": here α has no bound.
void Server::propose(const Request& v, Out& out) {
  const Slot slot = next_slot++;
  open[slot].v = v;
  out.emit(Proposed{slot, v.operation});
  out.multicast(Accept{n, slot, v, log.last_index()});
}

// "Clients send commands to the leader, who decides where in the sequence each command should
// appear." What it has executed already it need not order once more (option sessions).
void Server::on(const Request& request, Out& out) {
  if (role != RoleName::leader) return out.redirect(request, leader.value_or(no_node));
  if (is_executed(request, out)) return out.reply(request, answer_again(request));
  propose(request, out);
}

void Server::on(NodeId from, const Accepted& m, Out& out) {
  const bool current = m.n == n || out.bug(Bug::old_acceptances_count);
  const auto slot = open.find(m.slot);
  if (role != RoleName::leader || !current || slot == open.end()) return;
  Open& proposal = slot->second;
  const bool news = proposal.accepted.insert(from);
  if (!news || proposal.accepted.size() != quorum(out.params().accept_quorum, out)) return;
  out.emit(Chosen{m.slot, proposal.v.operation});
  if (out.bug(Bug::answers_over_gaps)) out.reply(proposal.v, "ok");
  advance(out);
}

// Slots are chosen in any order, and known, written down and applied in theirs.
void Server::advance(Out& out) {
  const Slot before = log.last_index();
  auto next = open.begin();
  const std::uint64_t needed = quorum(out.params().accept_quorum, out);
  while (next != open.end() && next->first == log.last_index() + 1 &&
         next->second.accepted.size() >= needed) {
    log.append(next->second.v);
    next = open.erase(next);
  }
  if (log.last_index() == before) return;
  accepted.erase(accepted.begin(), accepted.upper_bound(log.last_index()));
  out.persist();
  apply_chosen(out);
  if (out.params().push_chosen) out.broadcast(Heartbeat{n, log.last_index()});
}

// What was not answered between two heartbeats is asked for again.
void Server::on(const Beat&, Out& out) {
  for (auto& [slot, proposal] : open) {
    const bool again = std::exchange(proposal.overdue, true);
    for (const NodeId node : out.nodes()) {
      if (!again || proposal.accepted.contains(node)) continue;
      out.send(node, Accept{n, slot, proposal.v, log.last_index()});
    }
  }
  out.broadcast(Heartbeat{n, log.last_index()});
  out.set_timer(Beat{}, out.params().heartbeat);
}

}  // namespace quorate::multi_paxos
