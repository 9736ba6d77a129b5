// The leader: gives operations their timestamps; and the takeover. A quoted sentence is the
// lecture's.
#include "protocols/accept_learn/server.hpp"

#include <algorithm>

#include "protocols/common/quorum.hpp"

namespace quorate::accept_learn {

void Server::on(NodeId from, const Forward& m, Out& out) {
  hear(from, out);
  if (role == RoleName::leader) propose(m.o, out);
}

// "The leader sends ACCEPT(o, t) to backups when assigning a timestamp t to command o." A request
// that is asked for again keeps the timestamp that it has.
void Server::propose(const Request& o, Out& out) {
  if (holds(o)) return;
  log.push_back({turn, o, false});
  hold(log.size(), out);
  out.emit(Proposed{log.size(), o.operation});
  out.broadcast(Accept{tag(log.back(), out), log.size(), o});
  execute(out);
}

// In this leader's turn, whoever sent it first.
void Server::send_accept(Timestamp t, NodeId whom, Out& out) {
  Entry entry = log[static_cast<std::size_t>(t - 1)];
  if (std::exchange(entry.turn, turn) != turn) {
    replace(t, entry, out);
    hold(t, out);
  }
  out.send(whom, Accept{tag(entry, out), t, entry.o});
}

// "When the leader notices that operation o has not yet been learned, it retransmits ACCEPT(o, t)
// with the original timestamp." What another leader sent is not its own to retransmit; who takes
// over by flush has made it so.
void Server::send_again(Out& out) {
  for (Timestamp t = executed + 1; role == RoleName::leader && t <= due; ++t) {
    const Entry entry = log[static_cast<std::size_t>(t - 1)];
    if (entry.turn != turn) continue;
    const Heard* known = heard_of(t, tag(entry, out), entry.o);
    for (const NodeId node : out.nodes()) {
      const bool has_it = known != nullptr && known->who.contains(node);
      if (node != out.self() && !has_it) send_accept(t, node, out);
    }
  }
  due = log.size();
  for (const NodeId node : out.nodes()) {
    if (role != RoleName::taking_over || answers.contains(node)) continue;
    out.send(node, TakeOver{turn, executed + 1});
  }
  const std::vector<Request> open = asked;
  const NodeId leader = believed_leader(out);
  for (const Request& request : open) {
    if (role == RoleName::leader) {
      propose(request, out);
    } else if (leader != out.self()) {
      out.send(leader, Forward{request});
    }
  }
}

// ---- takeover -----------------------------------------------------------------------------------

// The next in order takes over once it suspects the leader and all between.
void Server::consider_leading(Out& out) {
  if (role == RoleName::backup && believed_leader(out) == out.self()) take_over(out);
}

// "S2 detects crash, and becomes leader": at once, or after "an explicit leadership takeover by
// which other servers are informed before sending out new accept messages".
void Server::take_over(Out& out) {
  do ++turn;
  while (leader_of(turn, out) != out.self());
  out.emit(Epoch{turn});
  out.persist();
  if (out.params().takeover != Takeover::flush) return lead(out);
  enter(RoleName::taking_over, out);
  out.emit(TakesOver{turn});
  answers = {};
  answers.insert(out.self());
  found.clear();
  for (Timestamp t = executed + 1; t <= log.size(); ++t) {
    consider(t, log[static_cast<std::size_t>(t - 1)]);
  }
  out.broadcast(TakeOver{turn, executed + 1});
  if (answers.size() >= majority(out.nodes().size())) flush(out);
}

void Server::on(NodeId from, const TakeOver& m, Out& out) {
  hear(from, out);
  if (!follow(m.turn, out)) return;
  Outstanding answer{m.turn, m.from, {}};
  for (Timestamp t = m.from; t <= log.size(); ++t) {
    answer.entries.push_back(log[static_cast<std::size_t>(t - 1)]);
  }
  out.send(from, answer);
}

// Two of three know: whatever was executed anywhere is among what these hold.
void Server::on(NodeId from, const Outstanding& m, Out& out) {
  hear(from, out);
  if (role != RoleName::taking_over || m.turn != turn) return;
  answers.insert(from);
  Timestamp t = m.from;
  for (const Entry& entry : m.entries) {
    if (!out.bug(Bug::answers_ignored)) consider(t, entry);
    ++t;
  }
  if (answers.size() >= majority(out.nodes().size())) flush(out);
}

// Of two operations under one timestamp, that of the later leader.
void Server::consider(Timestamp t, const Entry& entry) {
  const auto [known, first] = found.emplace(t, entry);
  if (!first && entry.turn > known->second.turn) known->second = entry;
}

// "When S2 takes over, it needs to make sure that any outstanding operations initiated by S1 have
// been properly flushed": it sends them all again, in its own turn.
void Server::flush(Out& out) {
  for (const auto& [t, entry] : found) {
    if (t <= executed) continue;
    replace(t, {turn, entry.o, false}, out);
    hold(t, out);
  }
  found.clear();
  for (Timestamp t = executed + 1; t <= log.size(); ++t) {
    const Entry& entry = log[static_cast<std::size_t>(t - 1)];
    out.broadcast(Accept{tag(entry, out), t, entry.o});
  }
  lead(out);
}

void Server::lead(Out& out) {
  QUORATE_ASSERT(leader_of(turn, out) == out.self(), "Nobody leads but in its own turn.");
  enter(RoleName::leader, out);
  out.emit(Elected{turn});
  due = log.size();
  const std::vector<Request> open = asked;
  for (const Request& request : open) propose(request, out);
}

}  // namespace quorate::accept_learn
