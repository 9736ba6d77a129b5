// Carries out a scenario's faults: watches for their triggers, resolves whom they concern, acts,
// undoes. A trigger met inside a step takes effect as the next event at the same instant (plus
// `after`), behind whatever that instant already holds; only crash points cut a handler short.
//
// A fault fires when it changes something. One that finds nobody to hit, or everybody it would
// crash already down, does not fire, says nothing and keeps its `times`. Firing is announced before
// it acts, as following from what triggered it: an event, another fault; for a state the event
// after which it held. What its time undoes follows from the fault itself.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <vector>

#include "sim/engine/control.hpp"
#include "sim/fault/event_match.hpp"
#include "sim/fault/fault.hpp"
#include "sim/fault/selectors.hpp"
#include "sim/net/partition.hpp"
#include "sim/trace/record.hpp"

namespace quorate {

// A copyable value: a copy goes on as the original would.
// Without faults it costs one test per record.
class Injector {
 public:
  Injector(std::shared_ptr<const std::vector<Fault>> faults, std::uint64_t seed, Engine engine);

  // Schedules `at` and `every` faults. Call once, before the first step.
  void start(Control& control);
  // More than half of the members make a core, and no fewer than this.
  void set_quorum(std::uint32_t quorum) { quorum_ = quorum; }
  // Looks at every numbered event: event triggers, and who was elected last.
  void on(const Record& record, Control& control) {
    if ((watched_kinds_ >> static_cast<std::uint32_t>(record.kind) & 1) != 0) look(record, control);
  }
  // Looks at the cluster after `event` changed a node: state triggers. Only worth calling if
  // wants_state().
  void after_change(std::uint64_t event, Control& control);
  bool wants_state() const { return wants_state_; }
  // A moment asked for with Control::call_injector has come.
  void due(std::uint32_t token, Control& control);
  // A crash point fires inside a step: announces its fault; returns the fault's record. The caller
  // crashes the node.
  std::uint64_t crash_point(const CrashPoint& point, Control& control);

  // How often each fault fired, in scenario order.
  const std::vector<std::uint64_t>& fired() const { return fired_; }
  const std::vector<Fault>& faults() const { return *faults_; }
  // Why a fault has not fired by the end of the run, as one clause: what it waited for, and how
  // near that came; empty of one that has. (idle.cpp)
  std::string why_idle(std::uint32_t fault, Time end, NodeNames names) const;
  // When a fault fired first: where expectations "of" it count from.
  std::optional<Time> first_fired(std::string_view id) const;

 private:
  // What a fault draws, each from a stream of its own (`b` of Purpose::fault), so that one fault's
  // moments do not depend on what the cluster offers it to pick from.
  enum class Draw : std::uint8_t { chance, gap, pick, length, side, harm };
  static constexpr std::size_t draws = 6;

  struct Watch {
    std::uint32_t fault{};
    EventMatcher matcher;
  };
  struct Progress {           // of one fault
    std::uint64_t matches{};  // event: matches so far
    // Triggers met whose moment is still to come, each with its cause. All wait equally long.
    std::deque<std::uint64_t> waiting;
    std::uint64_t cause{no_cause};  // of the trigger that came due last
    std::uint64_t line{no_cause};   // the record that announced the last firing
    std::uint32_t armed{};          // crash points set and not yet fired
    bool held{};                    // state: true when last looked at
    Agreement nearest;              // state: with the most nodes in it
    // Of a fault that has not fired, what came near it.
    std::uint64_t elsewhere{};  // events of its kind at another node, time, or with other fields
    std::uint64_t refused{};    // by its chance
    std::uint64_t in_vain{};    // it was due, and there was nothing to change
    Time last_in_vain;
    Duration gap{};  // every: from the last occurrence to the next
    std::optional<Time> first_fired;
    std::array<Stream, draws> streams;
    Stream partitions;  // Purpose::partition
  };
  struct Effect {  // what a firing changed and something may undo
    std::uint32_t fault{};
    std::vector<NodeId> nodes;
    std::vector<Direction> links;  // cut, or with other settings
    std::string words;
    std::uint64_t line{no_cause};  // the record that announced it
    std::uint32_t number{};        // its key among `effects_`
    // strobe: how far ahead of what they would show the clocks of `nodes` are, and until when.
    std::vector<Duration> ahead{};
    Time until{};
  };
  // An effect to come.
  struct Plan {
    Effect effect;  // its line is that of the firing
    Time until;     // when it is undone
  };

  // ---- triggers (injector.cpp)
  void look(const Record& record, Control& control);
  void consider(const Watch& watch, const Record& record, Control& control);
  void schedule_next(std::uint32_t fault, Time from, Control& control);
  void occur(std::uint32_t fault, Control& control);
  void trigger(std::uint32_t fault, std::uint64_t cause, Control& control);
  void attempt(std::uint32_t fault, Control& control);
  bool in_window(std::uint32_t fault, Time now) const;
  std::string unmet(std::uint32_t fault, Time end, NodeNames names) const;
  bool may_fire(std::uint32_t fault) const;
  std::uint64_t limit(std::uint32_t fault) const;
  Stream& stream(std::uint32_t fault, Draw draw);
  // By which an effect asks to be called back.
  std::uint32_t token_of(std::uint32_t effect) const {
    return 2 * static_cast<std::uint32_t>(faults_->size()) + effect;
  }
  Sight sight(const Control& control) const { return {control, memory_, *faults_}; }

  // ---- actions (actions.cpp)
  void act(std::uint32_t fault, Control& control);
  void act_on_nodes(std::uint32_t fault, Control& control);
  void move_timers(std::uint32_t fault, Control& control);
  void replay(std::uint32_t fault, Control& control);
  void arm(std::uint32_t fault, Control& control);
  void partition(std::uint32_t fault, Control& control);
  void cut(std::uint32_t fault, Control& control);
  void change_links(std::uint32_t fault, Control& control);
  void supersede(const Effect& newer, Control& control);
  Effect between_ends(std::uint32_t fault, Action& action, const Control& control);
  void sever(std::uint32_t fault, Action action, Effect effect, Control& control);
  void add_rules(std::uint32_t fault, Control& control);
  void name_ends(std::uint32_t fault, Action& action, const Control& control);
  void begin_anew(std::uint32_t fault, Control& control);
  std::optional<MessageRule> rule_of(std::uint32_t fault, const Action& action, RuleEffect effect,
                                     const Control& control);
  void end_others(std::uint32_t fault, Control& control);
  Sides sides(std::uint32_t fault, const std::vector<NodeId>& targets, const Control& control);
  Stream& partition_stream(std::uint32_t fault, std::uint32_t which);
  std::vector<Direction> severed(std::uint32_t fault, const std::vector<NodeId>& targets,
                                 Action& action, const Control& control);
  Duration length(std::uint32_t fault);
  std::vector<NodeId> resolve(const Selector& selector, std::uint32_t fault,
                              const Control& control);
  std::vector<NodeId> targets(std::uint32_t fault, const Control& control);
  std::uint64_t announce(std::uint32_t fault, const Action& action, std::vector<NodeId> hit,
                         Control& control);
  void conclude(std::uint32_t fault, Effect effect, Control& control);
  void trigger_followers(std::uint32_t fault, Control& control);

  // ---- nodes that leave and come back one by one (swizzle.cpp)
  void swizzle(std::uint32_t fault, Control& control);
  void leave(std::uint32_t effect, Control& control);
  bool call_off(std::string_view fault);

  // ---- a core at which nothing goes wrong any more (core.cpp)
  void settle(std::uint32_t fault, Control& control);
  std::vector<NodeId> draw_core(std::uint32_t fault);
  void leave_out_spared(Verb verb, std::vector<NodeId>& nodes, const Control& control) const;
  static void leave_out_spared(std::vector<Direction>& links, const Interference& interference);
  bool spare(Effect& effect, std::uint32_t settling, Control& control);
  Effect split_off_core(Effect& effect, const Interference& interference) const;
  void wake(Verb verb, std::uint32_t fault, Control& control);

  // ---- undoing (actions.cpp)
  void end(std::uint32_t effect, Control& control);
  void undo(std::uint32_t effect, std::uint64_t cause, Control& control);
  void start_again(std::uint32_t id, const Effect& effect, std::uint64_t cause, Control& control);
  void lift(const Effect& effect, std::uint64_t cause, Control& control);
  void mend_links(const Effect& effect, Control& control);
  void mend_nodes(const Effect& effect, Control& control);

  // ---- nodes that lie (liars.cpp)
  void add_liars(std::uint32_t fault, Control& control);
  std::vector<MessageRule> lies(std::uint32_t fault, const Action& action, const Control& control);

  // ---- clocks, disks, and how long handlers take (machines.cpp)
  void change_machines(std::uint32_t fault, Control& control);
  bool set_machine(NodeId node, const Action& newest, Control& control);
  void change_clocks(std::uint32_t fault, Control& control);
  void scramble(std::uint32_t fault, Control& control);
  Smear smear_of(std::uint32_t fault, std::uint32_t effect) const;
  void strobe(std::uint32_t fault, Effect effect, Control& control);
  void swing(Effect& effect, Control& control);
  void set_clocks_back(const Effect& effect, Control& control);
  template <class T>
  std::optional<T> latest(NodeId node, std::optional<T> Action::*what) const;

  std::shared_ptr<const std::vector<Fault>> faults_;
  std::shared_ptr<const std::vector<Watch>> watches_;
  std::uint32_t watched_kinds_{};  // bit k: some pattern looks at kind k
  bool wants_state_{};
  std::uint64_t seed_{};
  Engine engine_{};
  std::vector<std::uint64_t> fired_;
  std::vector<Progress> progress_;
  Memory memory_;
  std::map<std::uint32_t, Effect> effects_;  // by number, from 1, in the order of their firings
  std::map<std::uint32_t, Plan> planned_;    // by the number that the effect will have
  std::uint32_t last_effect_{};
  std::uint32_t quorum_{};
  NodeSet core_;                       // nodes; clients are of every core
  PerNode<std::uint32_t> stopped_by_;  // the effect that stopped a node or client; 0 = none
};

}  // namespace quorate
