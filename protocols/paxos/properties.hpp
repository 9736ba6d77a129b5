// What Paxos promises ("Paxos Made Simple", sections 2.1 and 2.2), checked whenever a node or its
// disk has changed, by an observer who sees all. An acceptor has accepted or promised what stands
// on its disk, for only then may anybody have heard of it.
#pragma once

#include "protocols/paxos/roles.hpp"
#include "sim/check/property.hpp"

namespace quorate::paxos {

using PaxosCluster = Cluster<Paxos>;

// What each acceptor accepts. One write to the disk may hold several: each of them was accepted,
// although only the last of them is seen there.
class Votes {
 public:
  // The proposals that the step's node has just accepted, in order.
  std::vector<Proposal> update(const PaxosCluster& cluster, const Step& step);

 private:
  struct Acceptances {
    std::optional<Proposal> on_disk;
    std::vector<Proposal> on_the_way;
  };
  PerNode<Acceptances> of_;
};

// Which proposals have been chosen: accepted by a quorum, whether or not anybody knows.
class ChosenProposals {
 public:
  // The proposals that the step's node has made chosen by accepting them.
  std::vector<Proposal> update(const PaxosCluster& cluster, const Step& step);

 private:
  Votes votes_;
  std::map<Ballot, NodeSet> acceptors_;
};

// The proposals that have been issued: what proposers asked acceptors to accept.
class Issued {
 public:
  // The proposal that the step's node has just issued.
  std::optional<Proposal> update(const PaxosCluster& cluster, const Step& step);

 private:
  PerNode<Ballot> last_;
};

// "Only a single value is chosen."
struct Agreement {
  static constexpr std::string_view name = "agreement";
  static constexpr std::string_view sentence = "Only a single value is chosen (2.1).";
  void check(const PaxosCluster& cluster, const Step& step, Check& check);

  ChosenProposals proposals;
  std::optional<Proposal> first;
};

// "A process never learns that a value has been chosen unless it actually has been."
struct LearnedIsChosen {
  static constexpr std::string_view name = "learned_is_chosen";
  static constexpr std::string_view sentence =
      "Nobody learns that a value has been chosen unless it has been (2.1).";
  void check(const PaxosCluster& cluster, const Step& step, Check& check);

  ChosenProposals proposals;
  std::vector<Request> chosen;
  std::map<NodeId, std::pair<std::optional<Request>, std::optional<Request>>> known;

 private:
  void compare(const PaxosCluster& cluster, NodeId node, const std::optional<Request>& now,
               std::optional<Request>& before, Check& check) const;
};

// "Only a value that has been proposed may be chosen." None other is even accepted. What a scenario
// puts on an acceptor's disk at the beginning was proposed before it.
struct Validity {
  static constexpr std::string_view name = "validity";
  static constexpr std::string_view sentence =
      "Only a value that has been proposed is accepted, let alone chosen (2.1).";
  void check(const PaxosCluster& cluster, const Step& step, Check& check);

  Votes votes;
  std::vector<Request> proposed;
};

// "Different proposals have different numbers."
struct OneValuePerBallot {
  static constexpr std::string_view name = "one_value_per_ballot";
  static constexpr std::string_view sentence = "Proposals of one number have one value (2.1).";
  void check(const PaxosCluster& cluster, const Step& step, Check& check);

  Votes votes;
  std::map<Ballot, std::pair<Request, NodeId>> values;  // and who accepted it first
};

// "P1a. An acceptor can accept a proposal numbered n iff it has not responded to a prepare request
// having a number greater than n." Over restarts too.
struct PromiseKept {
  static constexpr std::string_view name = "promise_kept";
  static constexpr std::string_view sentence =
      "An acceptor accepts nothing numbered less than it has promised, restarts included (P1a).";
  void check(const PaxosCluster& cluster, const Step& step, Check& check);

  Votes votes;
  PerNode<Ballot> highest;
};

// "The highest-numbered proposal that it has ever accepted" can only be followed by a higher one.
struct VoteMonotone {
  static constexpr std::string_view name = "vote_monotone";
  static constexpr std::string_view sentence =
      "What an acceptor reports as accepted never goes back to a lower number (2.2).";
  void check(const PaxosCluster& cluster, const Step& step, Check& check);

  PerNode<Ballot> highest;
};

// "P2b. If a proposal with value v is chosen, then every higher-numbered proposal issued by any
// proposer has value v."
struct ChosenStable {
  static constexpr std::string_view name = "chosen_stable";
  static constexpr std::string_view sentence =
      "Every proposal numbered higher than a chosen one has its value (P2b).";
  void check(const PaxosCluster& cluster, const Step& step, Check& check);

  ChosenProposals proposals;
  Issued issued;
  std::optional<Proposal> first;  // the lowest chosen
  std::map<Ballot, Request> issues;

 private:
  void compare(const PaxosCluster& cluster, const Ballot& n, const Request& v, Check& check) const;
};

// "P2c. For any v and n, if a proposal with value v and number n is issued, then there is a set S
// consisting of a majority of acceptors such that either (a) no acceptor in S has accepted any
// proposal numbered less than n, or (b) v is the value of the highest-numbered proposal among all
// proposals numbered less than n accepted by the acceptors in S."
struct SafeProposal {
  static constexpr std::string_view name = "safe_proposal";
  static constexpr std::string_view sentence =
      "A majority has accepted nothing below a proposal that is issued, or its value last (P2c).";
  void check(const PaxosCluster& cluster, const Step& step, Check& check);

  Votes votes;
  Issued issued;
  PerNode<std::map<Ballot, Request>> accepted;  // everything each acceptor ever accepted

 private:
  std::optional<Ballot> highest_below(NodeId acceptor, const Ballot& n) const;
  bool is_safe(const PaxosCluster& cluster, const Proposal& proposal) const;
};

// Situations that make a sweep worth its electricity.
QUORATE_ENUM(Situation, rounds_at_once, value_adopted, chosen_twice)

struct Witnesses {
  static constexpr auto names = enum_names<Situation>;
  static constexpr std::array<std::string_view, names.size()> texts{
      "a proposer prepared a round while another was in one",
      "a proposer had to propose the value of another",
      "a value was chosen again by a later proposal"};
  std::array<std::uint64_t, names.size()> counts{};
  void look(const PaxosCluster& cluster, const Step& step);

 private:
  void saw(Situation situation) { ++counts[static_cast<std::size_t>(situation)]; }

  ChosenProposals proposals;
  Issued issued;
  NodeSet running;
  bool chosen{};
};

// Predicates for the end of a run.
bool all_learned(const PaxosCluster& cluster);
bool nothing_learned(const PaxosCluster& cluster);

}  // namespace quorate::paxos
