// What Multi-Paxos promises, checked whenever a server or its disk has changed, by an observer who
// sees all: the promises of Paxos in every slot, and those of a replicated log.
#pragma once

#include "protocols/common/properties_log.hpp"
#include "protocols/multi_paxos/server.hpp"

namespace quorate::multi_paxos {

using PaxosCluster = Cluster<MultiPaxos>;

// What acceptors accept: counted once it is on their disk, for only then may anybody hear of it.
class Votes {
 public:
  // The votes of the step's node that have just become binding.
  std::vector<Report> update(const PaxosCluster& cluster, const Step& step);

 private:
  static bool binding(const PaxosCluster& cluster, NodeId node, const Report& report);

  PerNode<std::vector<Report>> on_the_way_;
  PerNode<std::map<Slot, Ballot>> last_;  // seen in each slot, lest a copy of the request counts
};

// Which votes make a command chosen: a quorum's, of one ballot, in one slot.
class ChosenVotes {
 public:
  std::vector<Report> update(const PaxosCluster& cluster, const Step& step);

 private:
  Votes votes_;
  std::map<std::pair<Slot, Ballot>, NodeSet> voters_;
};

// The proposal that the step's node was asked to accept, if that is what happened.
const Accept* asked(const Step& step);

struct Agreement {
  static constexpr std::string_view name = "agreement";
  static constexpr std::string_view sentence = "Only a single command is chosen in a slot (2.1).";
  void check(const PaxosCluster& cluster, const Step& step, Check& check);

  ChosenVotes votes;
  std::map<Slot, Vote> first;
};

struct LearnedIsChosen {
  static constexpr std::string_view name = "learned_is_chosen";
  static constexpr std::string_view sentence =
      "Nobody learns that a command has been chosen in a slot unless it has been (2.1).";
  void check(const PaxosCluster& cluster, const Step& step, Check& check);

  ChosenVotes votes;
  std::map<Slot, std::vector<Request>> chosen;
  PerNode<CommandLog> known;
};

struct Validity {
  static constexpr std::string_view name = "validity";
  static constexpr std::string_view sentence =
      "Only commands that clients asked for, and no-ops, are accepted (2.1).";
  void check(const PaxosCluster& cluster, const Step& step, Check& check);

  std::map<std::pair<std::uint32_t, std::uint64_t>, Request> commands;  // by client and serial
};

struct OneValuePerBallot {
  static constexpr std::string_view name = "one_value_per_ballot";
  static constexpr std::string_view sentence =
      "Proposals of one number and slot have one command (2.1).";
  void check(const PaxosCluster& cluster, const Step& step, Check& check);

  std::map<std::pair<Slot, Ballot>, Request> proposals;
};

struct PromiseKept {
  static constexpr std::string_view name = "promise_kept";
  static constexpr std::string_view sentence =
      "An acceptor accepts nothing numbered less than it has promised, restarts included (P1a).";
  void check(const PaxosCluster& cluster, const Step& step, Check& check);

  Votes votes;
  PerNode<Ballot> highest;
};

struct ChosenStable {
  static constexpr std::string_view name = "chosen_stable";
  static constexpr std::string_view sentence =
      "Every proposal numbered higher than a chosen one of its slot has its command (P2b).";
  void check(const PaxosCluster& cluster, const Step& step, Check& check);

  ChosenVotes votes;
  std::map<Slot, Vote> first;  // the lowest chosen of each slot
  std::map<Slot, std::map<Ballot, Request>> proposals;

 private:
  void compare(const PaxosCluster& cluster, Slot slot, const Ballot& n, const Request& v,
               Check& check) const;
};

struct LogsAgree {
  static constexpr std::string_view name = "logs_agree";
  static constexpr std::string_view sentence =
      "All servers execute the same commands in the same order (3).";
  void check(const PaxosCluster& cluster, const Step& step, Check& check);

  CommandLog longest;
  NodeId owner;
};

struct LogOnlyGrows {
  static constexpr std::string_view name = "log_only_grows";
  static constexpr std::string_view sentence =
      "What a server has on disk as chosen stays there, restarts included.";
  void check(const PaxosCluster& cluster, const Step& step, Check& check);

  PerNode<CommandLog> before;
};

struct AnsweredIsApplied {
  static constexpr std::string_view name = "answered_is_applied";
  static constexpr std::string_view sentence =
      "A client is answered only after its command has been applied (3).";
  void check(const PaxosCluster& cluster, const Step& step, Check& check);
  void answered(const PaxosCluster& cluster, ClientId client, const Reply& reply, Check& check);

  Slot last{};  // the highest slot applied anywhere
  std::map<std::pair<std::uint32_t, std::uint64_t>, Slot> commands;  // by client and serial
};

// Paxos promises nothing of the kind; sessions do (Ongaro 2014, 6.3).
struct ExactlyOnce {
  static constexpr std::string_view name = "exactly_once";
  static constexpr std::string_view sentence =
      "A server executes no operation of a client twice (option sessions).";
  static bool promised(const Params& params) { return params.sessions; }
  void check(const PaxosCluster& cluster, const Step& step, Check& check);

 private:
  OperationCount operations;  // in the slots that anybody has applied
};

// A session keeps "the associated response": what a client is told is what its operation gave when
// it was executed, however often it asked.
struct AnsweredAsExecuted {
  static constexpr std::string_view name = "answered_as_executed";
  static constexpr std::string_view sentence =
      "A client is told what its operation gave when it was executed first (options sessions and "
      "state_machine).";
  static bool promised(const Params& params) {
    return params.sessions && params.state_machine != MachineKind::none;
  }
  void check(const PaxosCluster& cluster, const Step& step, Check& check);
  void answered(const PaxosCluster& cluster, ClientId client, const Reply& reply, Check& check);

 private:
  Slot last{};  // the highest slot applied anywhere
  FirstResults results;
};

// Situations that make a sweep worth its electricity.
QUORATE_ENUM(Situation, leader_changed, value_adopted, gap_filled, chosen_out_of_order, caught_up,
             repeated)

struct Witnesses {
  static constexpr auto names = enum_names<Situation>;
  static constexpr std::array<std::string_view, names.size()> texts{
      "a second or later leader was elected",
      "a new leader had to propose what an earlier one had",
      "a new leader filled a gap with a no-op",
      "a leader knew a slot as chosen before one in front of it",
      "a server learned from another what it had missed",
      "an operation stood in the log again"};
  std::array<std::uint64_t, names.size()> counts{};
  void look(const PaxosCluster& cluster, const Step& step);

 private:
  void saw(Situation situation) { ++counts[static_cast<std::size_t>(situation)]; }
  void look_at_new_leader(const Server& leader);
  void look_at_repeats(const Server& server, NodeId node);

  Ballot led;
  PerNode<Slot> again;  // slots whose operation was executed before
  PerNode<Slot> out_of_order;
};

bool logs_equal(const PaxosCluster& cluster);
bool one_leader(const PaxosCluster& cluster);

}  // namespace quorate::multi_paxos
