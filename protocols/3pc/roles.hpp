// The two roles of three-phase commit, which a node may play together. A role's log is durable and
// keeps the last record of each transaction, which is all that recovery reads.
#pragma once

#include <map>
#include <optional>
#include <set>

#include "protocols/3pc/3pc.hpp"

namespace quorate::p3pc {

using Out = quorate::Out<ThreePhaseCommit>;
using commitment::decided_by;
using commitment::decision_of;
using commitment::emit_decided;
using commitment::tell;
using commitment::text_of;

struct Coordinator {
  struct Entry {
    LogRecord record{LogRecord::start_3pc};
    Request request;
    QUORATE_FIELDS(Entry, record, request)
  };
  struct Poll {
    NodeSet yes;
    NodeSet no;
    NodeSet prepared;  // those that have acknowledged PRECOMMIT
    bool missed{};     // it was down: the survivors may have gone on without it
    NodeSet back;      // those that were down as well, and know no decision
    QUORATE_FIELDS(Poll, yes, no, prepared, missed, back)
  };
  std::map<Txn, Entry> log;
  Txn last{};         // the number used last
  Outcomes outcomes;  // of requests whose transactions are forgotten
  // Volatile.
  std::map<Txn, Poll> running;  // what those in WAIT and PRECOMMIT have heard
  std::map<Txn, NodeSet> done;  // who has acknowledged the decision

  QUORATE_FIELDS(Coordinator, log, last, outcomes, running, done)
  static constexpr auto durable =
      std::tuple(&Coordinator::log, &Coordinator::last, &Coordinator::outcomes);

  void restart(Out& out);
  void on(const Request& request, Out& out);
  void on(const VoteTimeout& timeout, Out& out);
  void on(const AckTimeout& timeout, Out& out);
  void on(NodeId from, const Vote& m, Out& out);
  void on(NodeId from, const Ack& m, Out& out);
  void on(NodeId from, const GlobalCommit& m, Out& out);
  void on(NodeId from, const GlobalAbort& m, Out& out);
  void on(NodeId from, const Done& m, Out& out);
  void on(NodeId from, const DecisionRequest& m, Out& out);
  void on(NodeId from, const State& m, Out& out);

 private:
  bool in(Txn txn, LogRecord record) const;
  void write(Txn txn, LogRecord record, Out& out);
  void prepare(Txn txn, Out& out);
  void decide(Txn txn, Decision decision, Out& out);
  void announce(Txn txn, Decision decision, Out& out) const;
  void ask(Txn txn, Out& out) const;
};

// What a terminator does.
QUORATE_ENUM(Stage, asking, preparing_commit, preparing_abort)

struct Participant {
  struct Round {
    Stage stage{Stage::asking};
    std::map<NodeId, LogRecord> states;
    NodeSet prepared;  // those that are known to have written PRECOMMIT, or PREABORT
    QUORATE_FIELDS(Round, stage, states, prepared)
  };
  std::map<Txn, LogRecord> records;
  // Volatile.
  std::map<Txn, Round> rounds;  // of transactions this participant terminates
  std::set<Txn> missed;         // those it was down in: others may have gone on without it

  QUORATE_FIELDS(Participant, records, rounds, missed)
  static constexpr auto durable = std::tuple(&Participant::records);

  void restart(Out& out);
  void on(NodeId from, const VoteRequest& m, Out& out);
  void on(NodeId from, const PreCommit& m, Out& out);
  void on(NodeId from, const PreAbort& m, Out& out);
  void on(NodeId from, const GlobalCommit& m, Out& out);
  void on(NodeId from, const GlobalAbort& m, Out& out);
  void on(NodeId from, const DecisionRequest& m, Out& out);
  void on(NodeId from, const StateRequest& m, Out& out);
  void on(NodeId from, const State& m, Out& out);
  void on(NodeId from, const Ack& m, Out& out);
  void on(const DecisionTimeout& timeout, Out& out);
  void on(const RoundTimeout& timeout, Out& out);

 private:
  std::optional<LogRecord> last_record(Txn txn) const;
  bool undecided(Txn txn) const;
  bool waits_for_news(Txn txn, const Out& out) const;
  void write(Txn txn, LogRecord record, Out& out);
  void decide(Txn txn, LogRecord record, Out& out);
  void told(NodeId from, Txn txn, Decision decision, Out& out);
  void wait(Txn txn, Out& out) const;
  void give_up_in_init(Txn txn, Out& out);
  void ask(Txn txn, Out& out) const;
  // As terminator.
  void take_over(Txn txn, Out& out);
  void leave_to_earlier(NodeId other, Txn txn, Out& out);
  void resolve(Txn txn, Out& out);
  void resolve_open(Txn txn, Out& out);
  void move_all(Txn txn, Stage stage, Out& out);
  void settle(Txn txn, bool waited, Out& out);
  void end(Txn txn, Decision decision, Out& out);
};

inline LogRecord record_of(Decision decision) { return commitment::record_of<LogRecord>(decision); }
inline NodeId coordinator_of(Txn txn, const Out& out) {
  return commitment::coordinator_of<Coordinator>(txn, out);
}
// How many must have prepared to commit, or to abort, before a quorum decides: in all one more than
// there are, so that never both do, and one of them when all have prepared for something.
std::uint64_t quorum(Decision decision, const Out& out);

}  // namespace quorate::p3pc
