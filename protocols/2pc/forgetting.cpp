// What a coordinator may forget, and what it means that it has (Mohan, Lindsay and Obermarck 1986):
// options ack and presume. And who asks again, though it has: numbers and clients.
#include <algorithm>

#include "protocols/2pc/roles.hpp"

namespace quorate::p2pc {

namespace {

// Presumed abort does not write a beginning, so it must know by other means which numbers it has
// used: it reserves many at once.
Txn numbers_at_once(const Out& out) { return presumes(out) == Presume::abort ? 100 : 1; }

}  // namespace

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

bool is_written(Decision decision, const Out& out) {
  return decision == Decision::commit || !is_presumed(decision, out);
}

// Presumed abort writes nothing down when it begins.
bool Coordinator::is_running(const Request& request) const {
  return std::ranges::any_of(
      wait, [&](const auto& poll) { return is_same_operation(poll.second.request, request); });
}

Txn Coordinator::next_number(const Out& out) {
  last = commitment::number_after<Coordinator>(last, out);
  const std::uint64_t coordinators = out.nodes<Coordinator>().size();
  if (last > reserved) reserved = last + (numbers_at_once(out) - 1) * coordinators;
  return last;
}

// The client hears of an abort once that is on disk, on which participants need not wait.
void Coordinator::answer(Txn txn, const Request& request, Decision decision, Out& out) {
  const bool written = is_written(decision, out);
  if (!written) forget(txn, request, decision, out);
  out.reply(request, word(decision));
  const bool nobody_is_told = is_acknowledged(decision, out) && !unanswered.contains(txn);
  const bool done = is_presumed(decision, out) || nobody_is_told;
  if (written && done) forget(txn, request, decision, out);
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

}  // namespace quorate::p2pc
