// What really went wrong in a run, and whether the protocol's model allows for it. Faults that were
// planned and touched nothing do not count; losses of clients' messages are told and break nothing.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include "sim/check/failure_model.hpp"
#include "sim/run/breaches.hpp"
#include "sim/run/disk_waits.hpp"
#include "sim/run/link_order.hpp"
#include "sim/run/loss_share.hpp"
#include "sim/run/machine_faults.hpp"
#include "sim/run/message_window.hpp"
#include "sim/run/quorum_watch.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/trace/members.hpp"
#include "sim/trace/record.hpp"

namespace quorate {

// A copyable value. Orders and delays of messages cost time, and are looked at only where the model
// assumes something of them; everything else is rare.
class FaultAccount {
 public:
  FaultAccount() = default;
  // `bound`: of bounded_delay and prompt_nodes; none where neither is assumed.
  FaultAccount(std::shared_ptr<const Scenario> scenario, FailureModel model,
               std::optional<Duration> bound);

  void on(const Record& record) {
    if ((wanted_ >> static_cast<unsigned>(record.kind) & 1) != 0) note(record);
    if (record.kind != Kind::event) return;
    const TypeInfo* type = record.body.type;
    if (type == &type_info<MembersChanged> || type == &type_info<MembersInForce>) {
      note_members(record);
    }
    if (!model_.begins.empty()) note_proposer(record);
    if (!model_.presides.empty()) note_role(record);
    if (!removed_.empty()) note_removed(record);
  }

  // A message takes the time that its sender's disk held it, too: from the handler that caused it
  // on. Where such things count, every record that may change a node is told again, with whether
  // the node's disk holds all that the node knows. Whether anything waits for a write is seen when
  // it leaves and not before; a write that takes too long counts until it is over, whatever waits.
  bool counts_disks() const { return counts_disks_; }
  void on_disk(const Record& record, bool synced);

  // The run is over as it was to be: what is held now stays held.
  void end(Time now) { ended_ = now; }

  // As one clause, "3 messages were lost, 1 crash"; "no faults" where there were none.
  std::string happened(Time now) const;
  // "c1 crashed, 3 messages of clients were lost"; empty where nothing happened to them.
  std::string of_clients() const;
  // What was ever broken of the assumptions, as one clause: "3pc assumes that no link is cut, but 2
  // messages met a cut link, first at 0.087 s"; empty where nothing was.
  std::string broken(Time now) const;
  // What of that a violation at `moment` may be laid to: assumptions of safety broken by then.
  std::string broken_safety(Time moment) const;
  // And what keeps something from being reached by `moment`: besides, the assumptions of progress
  // that are broken then, or were so lately that the protocol need not have recovered.
  std::string broken_progress(Time moment) const;

  // How many members a quorum takes, where the model says; 0: more than half.
  std::uint32_t quorum() const {
    return model_.quorums.empty() ? 0 : *std::ranges::max_element(model_.quorums);
  }
  bool stands_still(NodeId node) const { return paused_.contains(node); }
  // The scenario's, until the cluster says that it has decided on others.
  const std::vector<NodeId>& members() const { return members_; }

 private:
  // From when to when there was no majority; never, where there is none still.
  struct Gap {
    Time from;
    Time to;
    bool changing{};  // when it began, members were being changed
    bool deaf{};      // it was there, but for one type of messages
  };

  struct UnderWay {
    Time since;  // of the handler that sent it
    Time left;
    NodeId to;
    std::uint32_t copies{1};  // on their way, each of which may be late; 0: it may be replayed
  };
  // Whose majorities the last leader takes, as it said.
  struct InForce {
    NodeId leader;
    std::uint64_t epoch{};
    std::vector<NodeId> members;
    std::vector<NodeId> before;
    bool leaderless{};  // it has crashed since
  };

  bool assumes(Assumption assumption) const;
  bool may_be_late() const;
  void ended(std::uint64_t message, UnderWay& one);
  void note(const Record& record);
  void note_of_client(const Record& record);
  void note_lie(const Record& record);
  void note_liar(const Record& record);
  void note_mistakes();
  void note_version(const Record& record);
  void note_write(const Record& record);
  void note_proposer(const Record& event);
  void note_role(const Record& event);
  Time handled_at(const Record& send);
  void note_send(const Record& record);
  void note_copy(const Record& record);
  void note_drop(const Record& record);
  void note_arrival(const Record& record);
  void note_time(const Record& arrival);
  std::optional<Time> lost_in_a_hold(const UnderWay& message) const;
  void note_fault(const Record& record);
  void note_moved(const Fault& fault, Time now);
  void note_restart(const Record& record);
  void note_crash(const Record& record);
  void note_resume(NodeId node, Time now, Time over, Breaches& breaches) const;
  // Whether clocks that are off began or ceased to matter.
  void note_clocks(Time now);
  void add_clock(std::int64_t off, Time from, Time to, Breaches& breaches) const;
  void note_majority(Time now);
  void note_deaf(Time now);
  void note_members(const Record& record);
  void note_removed(const Record& event);
  void note_losses(const Record& arrival);
  void take_majorities();
  void follow_leader(const Record& record);
  // Up to now, with what lasts still.
  Breaches breaches_at(Time now) const;
  std::string seen_with_first(Assumption assumption, const BreachList& list) const;
  // What messages may have waited for: "handlers and writes".
  std::string_view waited_for() const;
  // What was seen of a broken assumption of progress that counts at `moment`; empty: nothing.
  std::string hinders(Assumption assumption, const BreachList& list, Time moment) const;
  std::string no_majority(Time moment) const;
  template <class F>
  std::string clauses(const std::vector<Assumption>& list, Time moment, std::string text,
                      F&& say) const;

  std::shared_ptr<const Scenario> scenario_;
  FailureModel model_;
  std::optional<Duration> bound_;
  std::uint32_t wanted_{};  // bit = a Kind
  Breaches breaches_;
  bool works_{};                                              // handlers may take time
  std::map<NodeId, std::pair<std::uint64_t, Time>> handled_;  // the last one of each node
  bool replays_{};                                            // some fault does
  MessageWindow<UnderWay> under_way_;                         // messages
  LinkOrder orders_;
  bool keeps_order_{};
  bool follows_{};      // messages on their way
  bool holds_{};        // some fault that holds messages has fired
  Duration longest_{};  // that a message has taken
  std::uint64_t clients_lost_{};
  NodeSet clients_crashed_;
  Time ended_;
  std::map<NodeId, Time> paused_;  // since when
  BreachList pauses_;              // the short ones, too
  std::map<NodeId, Time> down_;    // since when
  std::vector<NodeId> members_;
  bool counts_disks_{};
  DiskWaits disks_;
  bool assumes_majority_{};
  bool changing_{};  // those that a majority is taken of are not decided
  InForce in_force_;
  std::uint64_t decided_in_{};  // the epoch of members_
  QuorumWatch majority_;
  bool counts_losses_{};
  LossShare losses_;
  std::set<NodeId> removed_;  // who was a member
  std::vector<Gap> gaps_;
  MachineFaults machines_;
  struct ClockOff {
    std::int64_t by;
    Time since;
  };
  std::map<NodeId, ClockOff> clocks_off_;  // of the nodes that are up
  std::set<NodeId> written_;               // whose disks have something on them
  NodeSet misread_;                        // who has read its disk amiss, and not written since
  std::set<NodeId> at_work_;               // who proposes
  std::map<NodeId, Time> gone_;            // who did when they crashed, and nobody after them
  Time chosen_;                            // when something was, last
  std::set<NodeId> presiding_;
  std::map<NodeId, Time> unnoticed_;   // crashes of those
  std::uint64_t clocks_set_{};         // forward or back, which no timer notices
  std::uint64_t forgetful_{no_cause};  // the fault that restarts nodes with empty disks
  std::uint64_t mistakes_{no_cause};   // the fault that restarts them as another version
  std::map<NodeId, Time> mistaken_;    // since when they are
};

}  // namespace quorate
