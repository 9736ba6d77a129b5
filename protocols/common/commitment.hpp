// What coordinators and participants of atomic commitment say and do alike, whether it takes two
// phases or three. A protocol's own messages, its log's lines and its rules stand in its folder.
#pragma once

#include <algorithm>
#include <optional>
#include <string>

#include "protocols/common/command.hpp"
#include "protocols/common/outcomes.hpp"

namespace quorate::commitment {

// ---- what they say, in the lectures' names ------------------------------------------------------

struct VoteRequest {
  Txn txn{};
  QUORATE_FIELDS(VoteRequest, txn)
};
struct Vote {
  Txn txn{};
  Decision vote{Decision::abort};
  QUORATE_FIELDS(Vote, txn, vote)
};
struct GlobalCommit {
  Txn txn{};
  QUORATE_FIELDS(GlobalCommit, txn)
};
struct GlobalAbort {
  Txn txn{};
  QUORATE_FIELDS(GlobalAbort, txn)
};
// From who must not guess: answered by GlobalCommit or GlobalAbort, or not at all.
struct DecisionRequest {
  Txn txn{};
  QUORATE_FIELDS(DecisionRequest, txn)
};

// Tells role R at `to` what was decided.
template <class R, class Out>
void tell(NodeId to, Txn txn, Decision decision, Out& out) {
  if (decision == Decision::commit) {
    out.template send<R>(to, GlobalCommit{txn});
  } else {
    out.template send<R>(to, GlobalAbort{txn});
  }
}

template <class Out>
void emit_decided(Txn txn, Decision decision, Out& out) {
  if (decision == Decision::commit) {
    out.emit(Committed{txn});
  } else {
    out.emit(Aborted{txn});
  }
}

// ---- whose transaction it is --------------------------------------------------------------------

// Coordinators, who play role C, take turns at the numbers. REQUIRES txn >= 1.
template <class C, class Out>
NodeId coordinator_of(Txn txn, const Out& out) {
  const auto& coordinators = out.template nodes<C>();
  return coordinators[static_cast<std::size_t>((txn - 1) % coordinators.size())];
}

// The number that this coordinator uses after `last`; its first if that is 0.
template <class C, class Out>
Txn number_after(Txn last, const Out& out) {
  const auto& coordinators = out.template nodes<C>();
  const auto self = std::ranges::find(coordinators, out.self()) - coordinators.begin();
  return last == 0 ? static_cast<Txn>(self) + 1 : last + coordinators.size();
}

// ---- what is written ----------------------------------------------------------------------------

// A log's lines, of which three are a decision. A participant that votes to abort has decided.
template <class T>
concept LogLine = NamedEnum<T> && requires {
  T::vote_abort;
  T::global_commit;
  T::global_abort;
};

// As the lectures write it: "GLOBAL_COMMIT".
template <LogLine T>
Text text_of(T record) {
  std::string text(enum_name(record));
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return Text(text);
}

// What the record says was decided; nothing while that is open.
template <LogLine T>
constexpr std::optional<Decision> decision_of(T record) {
  if (record == T::global_commit) return Decision::commit;
  if (record == T::vote_abort || record == T::global_abort) return Decision::abort;
  return std::nullopt;
}
// REQUIRES that it says something.
template <LogLine T>
Decision decided_by(T record) {
  const std::optional<Decision> decision = decision_of(record);
  QUORATE_ASSERT(decision.has_value(), "Only the record of a decision ends a transaction.");
  return *decision;
}
template <LogLine T>
constexpr T record_of(Decision decision) {
  return decision == Decision::commit ? T::global_commit : T::global_abort;
}

// ---- a client that asks again -------------------------------------------------------------------

// Tells it what came of its first try, even if that is forgotten. Whether there was one: by a
// coordinator's `log` (Txn -> Entry with a `request` and a `record`) or what it has kept of those
// that are no longer there. O(transactions).
template <class EntryMap, class Out>
bool is_known(const Request& request, const EntryMap& log, const Outcomes& outcomes, Out& out) {
  for (const auto& [txn, entry] : log) {
    if (!is_same_operation(entry.request, request)) continue;
    if (const auto decision = decision_of(entry.record)) out.reply(request, word(*decision));
    return true;
  }
  const auto outcome = outcomes.find(request);
  if (outcome) out.reply(request, word(*outcome));
  return outcome.has_value();
}

}  // namespace quorate::commitment
