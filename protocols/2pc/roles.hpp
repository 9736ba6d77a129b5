// The two roles of two-phase commit, which a node may play together. Their handlers stand beside
// the pseudo-code's lines in coordinator.cpp and participant.cpp; forms.cpp has what is otherwise
// in a chain, in a tree and where all hear all votes, forgetting.cpp what a coordinator may forget.
//
// A role's log is durable and keeps the last record of each transaction, which is all that recovery
// reads. What else a coordinator knows of a transaction dies with it.
#pragma once

#include <map>
#include <optional>

#include "protocols/2pc/2pc.hpp"

namespace quorate::p2pc {

using Out = quorate::Out<TwoPhaseCommit>;
using commitment::decided_by;
using commitment::decision_of;
using commitment::emit_decided;
using commitment::tell;
using commitment::text_of;

// The lines of the lectures' logs.
QUORATE_ENUM(LogRecord, start_2pc, init, vote_commit, vote_abort, global_commit, global_abort)

struct Coordinator {
  struct Entry {
    LogRecord record{LogRecord::start_2pc};
    Request request;
    QUORATE_FIELDS(Entry, record, request)
  };
  struct Poll {
    Request request;
    NodeSet yes;
    NodeSet no;
    NodeSet read;  // who is done
    QUORATE_FIELDS(Poll, request, yes, no, read)
  };
  std::map<Txn, Entry> log;
  Txn reserved{};     // no number above this one has been used
  Outcomes outcomes;  // of requests whose transactions are forgotten
  // Volatile.
  Txn last{};                         // the number used last
  std::map<Txn, Poll> wait;           // the votes of those in state WAIT
  std::map<Txn, NodeSet> unanswered;  // who has yet to acknowledge the decision

  QUORATE_FIELDS(Coordinator, log, reserved, outcomes, last, wait, unanswered)
  static constexpr auto durable =
      std::tuple(&Coordinator::log, &Coordinator::reserved, &Coordinator::outcomes);

  void restart(Out& out);
  void on(const Request& request, Out& out);
  void on(const VoteTimeout& timeout, Out& out);
  void on(const AckTimeout& timeout, Out& out);
  void on(NodeId from, const Vote& m, Out& out);
  void on(NodeId from, const GlobalCommit& m, Out& out);
  void on(NodeId from, const GlobalAbort& m, Out& out);
  void on(NodeId from, const Ack& m, Out& out);
  void on(NodeId from, const DecisionRequest& m, Out& out);
  void on(NodeId from, const ReadOnly& m, Out& out);

 private:
  bool is_running(const Request& request) const;
  Txn next_number(const Out& out);
  void begin(Txn txn, const Request& request, Out& out);
  void count(Txn txn, Out& out);
  void decide(Txn txn, Decision decision, Out& out);
  void answer(Txn txn, const Request& request, Decision decision, Out& out);
  void ask(Txn txn, Out& out);
  void write(Txn txn, LogRecord record, const Request& request, Out& out);
  void announce(Txn txn, Decision decision, const NodeSet& spared, Out& out);
  void forget(Txn txn, const Request& request, Decision decision, Out& out);
  void told(Txn txn, Decision decision, Out& out);
};

struct Participant {
  struct Tally {
    NodeSet yes;
    bool no{};
    QUORATE_FIELDS(Tally, yes, no)
  };
  std::map<Txn, LogRecord> records;
  // Volatile.
  std::map<Txn, std::uint32_t> questions;  // how often it has asked for the decision
  std::map<Txn, Tally> votes;              // what all vote, in a tree all below this one

  QUORATE_FIELDS(Participant, records, questions, votes)
  static constexpr auto durable = std::tuple(&Participant::records);

  void restart(Out& out);
  void on(NodeId from, const Work& m, Out& out);
  void on(NodeId from, const VoteRequest& m, Out& out);
  void on(NodeId from, const Vote& m, Out& out);
  void on(NodeId from, const GlobalCommit& m, Out& out);
  void on(NodeId from, const GlobalAbort& m, Out& out);
  void on(NodeId from, const DecisionRequest& m, Out& out);
  void on(const VoteTimeout& timeout, Out& out);
  void on(const InitTimeout& timeout, Out& out);
  void on(const DecisionTimeout& timeout, Out& out);
  void on(const CastVote& tag, std::uint32_t picked, Out& out);

 private:
  std::optional<LogRecord> last_record(Txn txn) const;
  bool has_decided(Txn txn) const;
  bool ready(Txn txn) const { return last_record(txn) == LogRecord::vote_commit; }
  void write(Txn txn, LogRecord record, Out& out);
  void cast(Txn txn, Decision vote, Out& out);
  void send_vote(Txn txn, Decision vote, Out& out);
  void pass_on(Txn txn, Out& out);
  void tally(Txn txn, Out& out);
  void ask_below(Txn txn, Out& out);
  void vote_for_all_below(Txn txn, Out& out);
  void decide(Txn txn, LogRecord record, Out& out);
  void tell_on(Txn txn, LogRecord record, bool below_were_asked, Out& out);
  void repeat_vote(Txn txn, LogRecord record, Out& out) const;
  void ask(Txn txn, Out& out);
  void ask_others(Txn txn, Out& out);
};

// Whom the coordinator asks: all; in a chain the first, in a tree the first level.
std::vector<NodeId> below_coordinator(const Out& out);
bool asks_itself(NodeId participant, const Out& out);
// In a tree: whom a participant asks, level by level, fan_out each; and who asks it, nobody where
// that is the coordinator.
std::vector<NodeId> below(NodeId participant, const Out& out);
std::optional<NodeId> above(const Out& out);
bool asks_others_below(const Out& out);
inline NodeId coordinator_of(Txn txn, const Out& out) {
  return commitment::coordinator_of<Coordinator>(txn, out);
}
bool is_participant(NodeId node, const Out& out);
// In a chain and where all hear all votes, the decision is made elsewhere: a coordinator that has
// asked is as bound as a participant that has voted, and nothing can be presumed of it.
bool coordinator_decides(const Out& out);
// Whether a coordinator decides without a vote of anybody else's.
bool is_settled_unasked(const Out& out);
bool cannot_commit(const Out& out);
// Whether who is ready asks the other participants, too.
bool asks_others(const Params& params);
Presume presumes(const Out& out);
// Who has only read takes part in the first phase alone, where there is one who must know that.
bool only_reads(const Params& params);
bool is_acknowledged(Decision decision, const Out& out);
// Whether no memory of a transaction means this.
bool is_presumed(Decision decision, const Out& out);
// Presumed abort needs no record of one.
bool is_written(Decision decision, const Out& out);

}  // namespace quorate::p2pc
