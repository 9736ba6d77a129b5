// What the servers promise, checked whenever one of them or its disk has changed, by an observer
// who sees all.
#pragma once

#include <map>
#include <set>

#include "protocols/accept_learn/server.hpp"
#include "sim/check/property.hpp"

namespace quorate::accept_learn {

using Servers = Cluster<AcceptLearn>;

// The operations that the step's node has just executed, with their timestamps.
class Executions {
 public:
  std::vector<std::pair<Timestamp, Request>> update(const Servers& cluster, const Step& step);

 private:
  PerNode<Timestamp> last_;
};

struct SameOrder {
  static constexpr std::string_view name = "same_order";
  static constexpr std::string_view sentence =
      "Each server executes the same operations, in the same order, as every other, crashed ones "
      "included.";
  void check(const Servers& cluster, const Step& step, Check& check);

  Executions executions;
  std::map<Timestamp, std::pair<NodeId, Request>> first;
};

struct ExecutedWasAsked {
  static constexpr std::string_view name = "executed_was_asked";
  static constexpr std::string_view sentence =
      "Only operations that clients requested are executed.";
  void check(const Servers& cluster, const Step& step, Check& check);

  Executions executions;
  std::vector<Request> asked;
};

// The rule for three servers: of two, a majority is all.
struct ExecutedIsLearned {
  static constexpr std::string_view name = "executed_is_learned";
  static constexpr std::string_view sentence =
      "No server executes an operation that fewer than a majority hold on disk, or have held.";
  static bool promised(const Params& params) { return params.execute == Execute::majority; }
  void check(const Servers& cluster, const Step& step, Check& check);

  Executions executions;
  PerNode<std::vector<Request>> disks;  // as last seen
  std::map<Timestamp, std::vector<std::pair<Request, NodeSet>>> holders;

 private:
  void look_at_disk(const Servers& cluster, NodeId node);
  std::uint64_t held_by(Timestamp t, const Request& o) const;
};

struct OneOperationPerTurn {
  static constexpr std::string_view name = "one_operation_per_turn";
  static constexpr std::string_view sentence =
      "A leader gives a timestamp to one operation only, also when it retransmits.";
  static bool promised(const Params& params) {
    return params.leader_id && params.takeover == Takeover::flush;
  }
  void check(const Servers& cluster, const Step& step, Check& check);

  std::map<std::pair<Turn, Timestamp>, Request> sent;
};

struct AnsweredIsExecuted {
  static constexpr std::string_view name = "answered_is_executed";
  static constexpr std::string_view sentence =
      "A client is answered only after a server has executed its operation.";
  void check(const Servers& cluster, const Step& step, Check& check);
  void answered(const Servers& cluster, ClientId client, const Reply& reply, Check& check);

  Executions executions;
  std::set<std::pair<std::uint32_t, std::uint64_t>> done;  // by client and serial
};

// Situations that make a sweep worth its electricity.
QUORATE_ENUM(Situation, leader_changed, falsely_suspected, operation_flushed, deposed, caught_up)

struct Witnesses {
  static constexpr auto names = enum_names<Situation>;
  static constexpr std::array<std::string_view, names.size()> texts{
      "a second or later leader was elected", "a server was suspected that was up",
      "a new leader sent again what an earlier one had sent",
      "a server that led, or was about to, heard of a newer leader",
      "a server asked for operations that it had missed"};
  std::array<std::uint64_t, names.size()> counts{};
  void look(const Servers& cluster, const Step& step);

 private:
  void saw(Situation situation) { ++counts[static_cast<std::size_t>(situation)]; }

  Turn led{1};
  PerNode<RoleName> roles;
};

bool nothing_outstanding(const Servers& cluster);
bool one_leader(const Servers& cluster);

}  // namespace quorate::accept_learn
