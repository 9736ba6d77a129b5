// The three roles of Paxos, which a node may play together: "in an implementation, a single process
// may act as more than one agent". Their handlers stand beside the paper's sentences in
// proposer.cpp, acceptor.cpp and learner.cpp.
#pragma once

#include <map>
#include <vector>

#include "protocols/paxos/paxos.hpp"

namespace quorate::paxos {

using Out = quorate::Out<Paxos>;

QUORATE_ENUM(Phase, idle, preparing, accepting, backing_off, decided)

struct Proposer {
  // "Each proposer remembers (in stable storage) the highest-numbered proposal it has tried to
  // issue, and begins phase 1 with a higher proposal number than any it has already used."
  Ballot n;
  // Volatile.
  Phase phase{Phase::idle};
  std::vector<Request> waiting;     // clients that want to know what is chosen, in order
  NodeSet asked;                    // the acceptors of this round
  NodeSet promised;                 // those that have answered phase 1
  std::optional<Proposal> highest;  // "the highest-numbered proposal among the responses"
  std::optional<Request> v;         // this round's value, once it has one
  NodeSet accepted;                 // those that have answered phase 2
  std::uint64_t seen{};             // the highest round of others it was told of
  std::optional<Request> chosen;

  QUORATE_FIELDS(Proposer, n, phase, waiting, asked, promised, highest, v, accepted, seen, chosen)
  static constexpr auto durable = std::tuple(&Proposer::n);
  static constexpr auto status = &Proposer::phase;

  void on(const Request& request, Out& out);
  void on(const RoundTimeout&, Out& out);
  void on(const BackOff&, Out& out);
  void on(NodeId from, const Promise& m, Out& out);
  void on(NodeId from, const Accepted& m, Out& out);
  void on(NodeId from, const Nack& m, Out& out);
  void on(NodeId from, const Learned& m, Out& out);

 private:
  Ballot next_number(const Out& out) const;
  void choose_acceptors(bool first, const Out& out);
  void prepare(Out& out);
  void consider(const Proposal& reported, const Out& out);
  void propose(Out& out);
  void send_accepts(const Request& value, Out& out);
  void give_up(Out& out);
  void decide(const Request& value, Out& out);
  void stop(const Request& value, Out& out);
};

// "An acceptor needs to remember only the highest-numbered proposal that it has ever accepted and
// the number of the highest-numbered prepare request to which it has responded."
struct Acceptor {
  Ballot promised;
  std::optional<Proposal> accepted;

  QUORATE_FIELDS(Acceptor, promised, accepted)
  static constexpr auto durable = std::tuple(&Acceptor::promised, &Acceptor::accepted);

  void on(NodeId from, const Prepare& m, Out& out);
  void on(NodeId from, const Accept& m, Out& out);

 private:
  std::optional<Proposal> report(const Out& out) const;
  bool may_accept(const Ballot& n, const Out& out) const;
  void refuse(NodeId from, const Ballot& n, Out& out) const;
};

struct Learner {
  std::map<Ballot, NodeSet> accepted_by;  // of each proposal this learner heard of
  std::optional<Request> learned;

  QUORATE_FIELDS(Learner, accepted_by, learned)

  void on(NodeId from, const Accepted& m, Out& out);
  void on(NodeId from, const Decide& m, Out& out);

 private:
  void learn(const Request& value, Out& out);
};

// How many promises a proposer needs, and how many acceptances choose a value.
std::uint64_t prepare_quorum(const Out& out);
std::uint64_t accept_quorum(const Out& out);

}  // namespace quorate::paxos
