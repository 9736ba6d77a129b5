// The server, "proposer, acceptor and learner" in one. server.cpp has what every server does,
// leader.cpp how one becomes leader and what it does then.
#pragma once

#include <map>

#include "protocols/accept_learn/accept_learn.hpp"

namespace quorate::accept_learn {

QUORATE_ENUM(RoleName, backup, taking_over, leader)

using Out = quorate::Out<AcceptLearn>;

// Who is known to have learned this operation, sent by that leader, under a timestamp.
struct Heard {
  Turn turn{};
  Request o;
  NodeSet who;
  bool executed{};  // who says so had counted a majority
  QUORATE_FIELDS(Heard, turn, o, who, executed)
};

struct Server {
  // On disk; the lecture's servers crash and stay away, these may come back with what they knew.
  Turn turn{1};            // "initially, S1 is the leader"
  std::vector<Entry> log;  // under timestamps 1, 2, …, without a hole
  Timestamp executed{};    // operations 1 to this one are
  // Volatile.
  RoleName role{RoleName::backup};
  NodeSet suspected;                              // from whom nothing was heard for suspect_after
  std::vector<Request> asked;                     // by clients of this server, and not answered yet
  std::map<Timestamp, std::vector<Heard>> heard;  // of what is not executed here
  std::map<Timestamp, Accept> early;              // came before what is missing
  Timestamp asked_from{};                         // the last Missed it sent; 0: none since a beat
  Timestamp due{};                                // of the leader: sent before the last beat
  NodeSet answers;                                // of who takes over: who knows it
  std::map<Timestamp, Entry> found;               // and what these, and it, hold

  QUORATE_FIELDS(Server, turn, log, executed, role, suspected, asked, heard, early, asked_from, due,
                 answers, found)
  static constexpr auto durable = std::tuple(&Server::turn, &Server::log, &Server::executed);
  static constexpr auto status = &Server::role;

  void start(Out& out);
  void restart(Out& out);
  void on(const Request& request, Out& out);
  void on(const Beat&, Out& out);
  void on(const Silence& silence, Out& out);
  void on(NodeId from, const Forward& m, Out& out);
  void on(NodeId from, const Accept& m, Out& out);
  void on(NodeId from, const Learn& m, Out& out);
  void on(NodeId from, const Missed& m, Out& out);
  void on(NodeId from, const Executed& m, Out& out);
  void on(NodeId from, const YouMissed& m, Out& out);
  void on(NodeId from, const TakeOver& m, Out& out);
  void on(NodeId from, const Outstanding& m, Out& out);
  void on(NodeId from, const Alive& m, Out& out);

 private:
  // ---- every server
  void watch_all(Out& out);
  void hear(NodeId from, Out& out);
  bool follow(Turn newer, Out& out);
  void enter(RoleName next, Out& out);
  bool keeps(const Accept& m, const Out& out) const;
  void take(NodeId from, const Accept& m, Out& out);
  void replace(Timestamp t, const Entry& entry, Out& out);
  void ask_for_missed(NodeId whom, Out& out);
  Heard& note(Timestamp t, Turn tag, const Request& o, NodeId who);
  void say_as_well(const Learn& m, Out& out);
  const Heard* heard_of(Timestamp t, Turn tag, const Request& o) const;
  void say_learned(Timestamp t, Out& out);
  void hold(Timestamp t, Out& out);
  void execute(Out& out);
  std::optional<Entry> ready(const Out& out) const;
  bool enough(const NodeSet& who, const Out& out) const;
  void finish(const Request& o, Out& out);
  bool holds(const Request& o) const;
  Turn tag(const Entry& entry, const Out& out) const;
  static NodeId leader_of(Turn turn, const Out& out);
  NodeId believed_leader(const Out& out) const;
  // ---- the leader
  void propose(const Request& o, Out& out);
  void send_accept(Timestamp t, NodeId whom, Out& out);
  void send_again(Out& out);
  void consider_leading(Out& out);
  void take_over(Out& out);
  void consider(Timestamp t, const Entry& entry);
  void flush(Out& out);
  void lead(Out& out);
};

}  // namespace quorate::accept_learn
