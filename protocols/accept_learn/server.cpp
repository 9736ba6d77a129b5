// What every server does: accept, learn, execute, and suspect others. A quoted sentence is the
// lecture's.
#include "protocols/accept_learn/server.hpp"

#include <algorithm>

#include "protocols/common/membership.hpp"
#include "protocols/common/quorum.hpp"

namespace quorate::accept_learn {

// "Initially, S1 is the leader."
void Server::start(Out& out) {
  out.emit(Role{"backup"});
  if (!is_member(out)) return;
  watch_all(out);
  if (leader_of(turn, out) == out.self()) enter(RoleName::leader, out);
}

// What is on its disk is still learned. Who led does not know any more what it was about to do, so
// it leads a turn of its own.
void Server::restart(Out& out) {
  QUORATE_ASSERT(executed <= log.size(), "What is executed stands in the log.");
  out.emit(Role{"backup"});
  watch_all(out);
  for (Timestamp t = executed + 1; t <= log.size(); ++t) {
    const Entry& entry = log[static_cast<std::size_t>(t - 1)];
    if (entry.learned) note(t, tag(entry, out), entry.o, out.self());
  }
  if (leader_of(turn, out) == out.self()) take_over(out);
}

NodeId Server::leader_of(Turn turn, const Out& out) {
  return out.nodes()[static_cast<std::size_t>((turn - 1) % out.nodes().size())];
}

// "The remaining servers follow a strictly deterministic algorithm, such as S1 -> S2 -> S3."
NodeId Server::believed_leader(const Out& out) const {
  for (Turn next = turn; next < turn + out.nodes().size(); ++next) {
    const NodeId leader = leader_of(next, out);
    if (leader == out.self() || !suspected.contains(leader)) return leader;
  }
  return out.self();
}

void Server::on(const Request& request, Out& out) {
  if (out.bug(Bug::answers_early)) out.reply(request, "ok");
  const auto last = log.begin() + static_cast<std::ptrdiff_t>(executed);
  const auto done = [&](const Entry& entry) { return entry.o == request; };
  if (std::any_of(log.begin(), last, done)) return out.reply(request, "ok");
  if (std::ranges::find(asked, request) == asked.end()) asked.push_back(request);
  if (role == RoleName::leader) return propose(request, out);
  const NodeId leader = believed_leader(out);
  if (leader != out.self()) out.send(leader, Forward{request});
}

// ---- accept -------------------------------------------------------------------------------------

// "If it knew who the current leader was, it could safely reject the delayed accept message."
void Server::on(NodeId from, const Accept& m, Out& out) {
  hear(from, out);
  if (out.params().leader_id && !follow(m.turn, out)) return out.emit(Rejected{m.t, from});
  if (m.t == 0) return;  // timestamps begin at 1: a link without a checksum made it so
  // "S3 sees unexpected timestamp and tells S2 that it missed o."
  if (m.t > log.size() + 1) {
    early[m.t] = m;
    return ask_for_missed(from, out);
  }
  if (!keeps(m, out)) return take(from, m, out);
  if (out.params().takeover != Takeover::told) return;
  const Entry& own = log[static_cast<std::size_t>(m.t - 1)];
  out.send(from, YouMissed{m.t, {tag(own, out), own.o, own.learned}});
}

// Whether it stays with another operation under this timestamp. What is executed cannot be undone.
// Otherwise silent and flush obey. "S3 tells S2 that it apparently missed ACCEPT(o, t)" if S3 has
// learned that; and who leads, as far as it knows, tells as well.
bool Server::keeps(const Accept& m, const Out& out) const {
  if (m.t > log.size()) return false;
  const Entry& own = log[static_cast<std::size_t>(m.t - 1)];
  if (own.o == m.o) return false;
  if (m.t <= executed) return true;
  return out.params().takeover == Takeover::told && (own.learned || role == RoleName::leader);
}

// "A backup responds by sending a learn message": to all; once more only to who asks once more.
void Server::take(NodeId from, const Accept& m, Out& out) {
  const Entry entry{m.turn, m.o, true};
  if (m.t <= log.size() && log[static_cast<std::size_t>(m.t - 1)] == entry) {
    return out.send(from, Learn{tag(entry, out), m.t, m.o});
  }
  if (m.t <= log.size() && log[static_cast<std::size_t>(m.t - 1)].o != m.o) {
    out.emit(Replaced{m.t, from});
  }
  replace(m.t, entry, out);
  say_learned(m.t, out);
  execute(out);
  const auto next = early.extract(log.size() + 1);
  if (!next.empty()) on(from, next.mapped(), out);
}

// What it held under this timestamp before does not count for anything any more.
void Server::replace(Timestamp t, const Entry& entry, Out& out) {
  if (t > log.size()) log.emplace_back();
  log[static_cast<std::size_t>(t - 1)] = entry;
  const auto all = heard.find(t);
  if (all == heard.end()) return;
  for (Heard& one : all->second) one.who.erase(out.self());
}

// This server counts for an operation once that is on its disk, which the LEARN to itself waits
// for.
void Server::say_learned(Timestamp t, Out& out) {
  Entry& entry = log[static_cast<std::size_t>(t - 1)];
  entry.learned = true;
  out.persist();
  out.multicast(Learn{tag(entry, out), t, entry.o});
}

// A leader's own proposal. Whoever can be told better has not learned it before another has.
void Server::hold(Timestamp t, Out& out) {
  Entry& entry = log[static_cast<std::size_t>(t - 1)];
  entry.learned = entry.learned || out.params().takeover != Takeover::told;
  out.persist();
  if (entry.learned) out.send(out.self(), Learn{tag(entry, out), t, entry.o});
}

void Server::ask_for_missed(NodeId whom, Out& out) {
  const Timestamp from = log.size() + 1;
  if (std::exchange(asked_from, from) != from) out.send(whom, Missed{from});
}

// "S2 retransmits ACCEPT(o, t), allowing S3 to catch up." And whoever is asked says what it has
// executed: no later leader can send anything else, so it is learned in this turn as well.
void Server::on(NodeId from, const Missed& m, Out& out) {
  hear(from, out);
  const Turn now = out.params().leader_id ? turn : 0;
  for (Timestamp t = std::max<Timestamp>(m.from, 1); t <= log.size(); ++t) {
    if (role == RoleName::leader) send_accept(t, from, out);
    if (t <= executed) out.send(from, Executed{now, t, log[static_cast<std::size_t>(t - 1)].o});
  }
}

// "… so that S2 can catch up": it learns that operation and gives its own another timestamp, unless
// it has said LEARN itself meanwhile.
void Server::on(NodeId from, const YouMissed& m, Out& out) {
  hear(from, out);
  if (m.t > log.size() || m.t <= executed) return;
  const Entry own = log[static_cast<std::size_t>(m.t - 1)];
  if (own.learned || own.o == m.entry.o) return;
  out.emit(Told{m.t, from});
  replace(m.t, m.entry, out);
  if (m.entry.learned) note(m.t, m.entry.turn, m.entry.o, from);
  say_learned(m.t, out);
  execute(out);
  if (role == RoleName::leader) propose(own.o, out);
}

// ---- learn and execute --------------------------------------------------------------------------

void Server::on(NodeId from, const Learn& m, Out& out) {
  hear(from, out);
  if (m.t <= executed) return;
  note(m.t, m.turn, m.o, from);
  say_as_well(m, out);
  execute(out);
}

void Server::on(NodeId from, const Executed& m, Out& out) {
  hear(from, out);
  if (m.t <= executed) return;
  note(m.t, m.turn, m.o, from).executed = true;
  say_as_well({m.turn, m.t, m.o}, out);
  execute(out);
}

// What another has learned it has learned too, if it holds the same.
void Server::say_as_well(const Learn& m, Out& out) {
  if (m.t == 0 || m.t > log.size()) return;
  const Entry& own = log[static_cast<std::size_t>(m.t - 1)];
  if (!own.learned && own.o == m.o && tag(own, out) == m.turn) say_learned(m.t, out);
}

// LEARNs count together if they are about the same operation of the same leader.
Heard& Server::note(Timestamp t, Turn tag, const Request& o, NodeId who) {
  std::vector<Heard>& all = heard[t];
  const auto same = [&](const Heard& one) { return one.turn == tag && one.o == o; };
  auto found_one = std::ranges::find_if(all, same);
  if (found_one == all.end()) found_one = all.insert(all.end(), {tag, o, {}, false});
  found_one->who.insert(who);
  return *found_one;
}

const Heard* Server::heard_of(Timestamp t, Turn tag, const Request& o) const {
  const auto all = heard.find(t);
  if (all == heard.end()) return nullptr;
  for (const Heard& one : all->second) {
    if (one.turn == tag && one.o == o) return &one;
  }
  return nullptr;
}

// Which operation may be executed next.
std::optional<Entry> Server::ready(const Out& out) const {
  const Timestamp t = executed + 1;
  if (out.params().execute != Execute::majority) {
    if (t > log.size()) return {};
    const Entry& own = log[static_cast<std::size_t>(executed)];
    const Heard* same = heard_of(t, tag(own, out), own.o);
    const bool may = enough(same == nullptr ? NodeSet{} : same->who, out);
    return may ? std::optional(own) : std::nullopt;
  }
  // "So that it knows that a majority of servers will execute o": itself among them, or not.
  const auto all = heard.find(t);
  if (all == heard.end()) return {};
  for (const Heard& one : all->second) {
    const bool learned = one.executed || one.who.size() >= majority(out.nodes().size());
    if (learned) return Entry{one.turn, one.o, true};
  }
  return {};
}

// The rules before that one, for what it holds itself; `who` have learned it.
bool Server::enough(const NodeSet& who, const Out& out) const {
  const auto learned = [&](NodeId node) { return node != out.self() && who.contains(node); };
  const auto settled = [&](NodeId node) {
    return node == out.self() || who.contains(node) || suspected.contains(node);
  };
  if (out.params().execute == Execute::at_once) return true;
  // "Until it has received a LEARN(o) from all other nonfaulty servers."
  if (std::ranges::all_of(out.nodes(), settled)) return true;
  // "Never execute an operation before it is clear that it has been learned": as a backup has.
  if (out.params().execute == Execute::all) return false;
  return role != RoleName::leader || std::ranges::any_of(out.nodes(), learned);
}

void Server::execute(Out& out) {
  QUORATE_ASSERT(executed <= log.size(), "What is executed stands in the log.");
  while (const auto next = ready(out)) {
    heard.erase(++executed);
    early.erase(executed);
    if (executed > log.size()) log.emplace_back();
    Entry& entry = log[static_cast<std::size_t>(executed - 1)];
    if (entry.o != next->o) entry = *next;
    out.persist();
    const auto before = std::span(log).first(static_cast<std::size_t>(executed - 1));
    const auto same = [&](const Entry& one) { return one.o == entry.o; };
    // A request that came to two timestamps is executed under the first.
    if (std::ranges::none_of(before, same)) out.emit(Applied{executed, entry.o.operation});
    finish(entry.o, out);
    if (role == RoleName::leader && out.params().takeover != Takeover::told) {
      out.broadcast(Learn{tag(entry, out), executed, entry.o});
    }
  }
}

void Server::finish(const Request& o, Out& out) {
  if (std::erase(asked, o) > 0) out.reply(o, "ok");
}

bool Server::holds(const Request& o) const {
  return std::ranges::any_of(log, [&](const Entry& entry) { return entry.o == o; });
}

// What messages say about who leads: nothing, unless leader_id is on.
Turn Server::tag(const Entry& entry, const Out& out) const {
  return out.params().leader_id ? entry.turn : 0;
}

// ---- suspect ------------------------------------------------------------------------------------

void Server::watch_all(Out& out) {
  for (const NodeId node : out.nodes()) {
    if (node != out.self()) out.set_timer(Silence{node}, out.params().suspect_after);
  }
  out.set_timer(Beat{}, out.params().heartbeat);
}

void Server::hear(NodeId from, Out& out) {
  if (from == out.self()) return;
  if (suspected.erase(from)) out.emit(Trusted{from});
  out.set_timer(Silence{from}, out.params().suspect_after);
}

// "Set timeouts, but take into account that a detected failure may be false."
void Server::on(const Silence& silence, Out& out) {
  suspected.insert(silence.node);
  out.emit(Suspected{silence.node});
  execute(out);  // all others may be fewer now
  consider_leading(out);
}

void Server::on(NodeId from, const Alive& m, Out& out) {
  hear(from, out);
  if (out.params().leader_id) follow(m.turn, out);
  if (m.executed > executed) out.send(from, Missed{executed + 1});
}

void Server::on(const Beat&, Out& out) {
  asked_from = 0;
  out.set_timer(Beat{}, out.params().heartbeat);
  out.broadcast(Alive{out.params().leader_id ? turn : 0, executed});
  send_again(out);
}

// Whether this turn is not over. A newer one ends its own leadership.
bool Server::follow(Turn newer, Out& out) {
  if (newer <= turn) return newer == turn;
  turn = newer;
  out.persist();
  answers.clear();
  found.clear();
  enter(RoleName::backup, out);
  return true;
}

void Server::enter(RoleName next, Out& out) {
  if (role == next) return;
  role = next;
  out.emit(Role{enum_name(next)});
}

}  // namespace quorate::accept_learn
