// The Multi-Paxos server: "each server plays all the roles (proposer, acceptor, and learner) in
// each instance of the algorithm". server.cpp has the acceptor and the learner, leader.cpp the
// proposer.
#pragma once

#include <map>

#include "protocols/common/later.hpp"
#include "protocols/common/session.hpp"
#include "protocols/multi_paxos/multi_paxos.hpp"

namespace quorate::multi_paxos {

QUORATE_ENUM(RoleName, follower, candidate, leader)

using Out = quorate::Out<MultiPaxos>;

// A slot in which this leader has proposed, and does not know yet that its command is chosen or
// that all before it are.
struct Open {
  Request v;
  NodeSet accepted;  // who has accepted it in this ballot
  bool overdue{};    // asked for before the last heartbeat
  QUORATE_FIELDS(Open, v, accepted, overdue)
};

// What the state machine holds: all of it comes from executing the log, slot by slot, so it is the
// same on every server that has come as far. Nothing without the options sessions, state_machine.
struct Execution {
  std::uint64_t executed{};  // how many commands
  Sessions sessions;         // by client
  StateMachine machine;
  Log<Answer> answers;  // as executed; empty unless both options are on
  QUORATE_FIELDS(Execution, executed, sessions, machine, answers)
};

struct Server {
  // Stable storage. In all slots together: "the number of the highest-numbered prepare request to
  // which it has responded", its own among them.
  Ballot promised;
  std::map<Slot, Vote> accepted;  // the last in each slot behind `log`
  CommandLog log;                 // what is chosen in the first slots
  // Volatile.
  RoleName role{RoleName::follower};
  std::optional<NodeId> leader;   // where clients are redirected to
  Slot last_applied{};            // highest slot given to the state machine
  Later<Execution> execution;     // which remembers no crash: it is done again from the log
  Ballot n;                       // of the candidate or leader: what it proposes with
  NodeSet promises;               // of the candidate: who has answered phase 1
  std::map<Slot, Vote> reported;  // and the highest vote reported for each slot
  std::map<Slot, Open> open;      // of the leader
  Slot next_slot{};               // of the leader: the first without a proposal

  QUORATE_FIELDS(Server, promised, accepted, log, role, leader, last_applied, execution, n,
                 promises, reported, open, next_slot)
  static constexpr auto durable = std::tuple(&Server::promised, &Server::accepted, &Server::log);
  static constexpr auto status = &Server::role;

  void start(Out& out);
  void on(const Request& request, Out& out);
  void on(const Silence&, Out& out);
  void on(const Beat&, Out& out);
  void on(NodeId from, const Prepare& m, Out& out);
  void on(NodeId from, const Promise& m, Out& out);
  void on(NodeId from, const Accept& m, Out& out);
  void on(NodeId from, const Accepted& m, Out& out);
  void on(NodeId from, const Heartbeat& m, Out& out);
  void on(NodeId from, const Nack& m, Out& out);
  void on(NodeId from, const Missing& m, Out& out);
  void on(NodeId from, const Learn& m, Out& out);

 private:
  // ---- acceptor and learner
  std::vector<Report> reports(Slot from, const Out& out) const;
  void hear_leader(NodeId from, const Ballot& ballot, Out& out);
  void learn_up_to(Slot chosen, const Ballot& ballot, const Out& out);
  void learn(const CommandLog::Slice& chosen);
  void apply_chosen(Out& out);
  Text apply(const Request& command, Out& out);
  void remember(const Request& command, Text answer, const Out& out);
  bool is_executed(const Request& command, const Out& out) const;
  Text answer_again(const Request& command) const;
  void step_down(Out& out);
  void enter(RoleName next, Out& out);
  // ---- proposer
  void prepare(Out& out);
  void consider(const Report& report, const Out& out);
  void lead(Out& out);
  void finish_open_slots(Out& out);
  void propose(const Request& v, Out& out);
  void advance(Out& out);
  std::uint64_t quorum(std::uint32_t asked, const Out& out) const;
};

}  // namespace quorate::multi_paxos
