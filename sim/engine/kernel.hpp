// The state that handlers' effects act on: nodes, bodies, pending events, the clock. Plain values;
// a copy of it is a copy of the whole cluster. `Out` writes to it, `World` moves it.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "sim/engine/event_queue.hpp"
#include "sim/engine/interference.hpp"
#include "sim/engine/slab.hpp"
#include "sim/engine/traits.hpp"
#include "sim/node/clock.hpp"
#include "sim/node/comeback.hpp"
#include "sim/node/disk.hpp"
#include "sim/node/work.hpp"
#include "sim/trace/record.hpp"

namespace quorate {

// A known mistake switched on at one node for a while.
struct BugWindow {
  std::uint32_t bug{};  // the enumerator's number
  Time from;
  Time until{Time::never()};
  std::uint32_t version{};  // only while the node runs this version of its program; 0: any
};

template <class P>
class Mirror;           // mirror.hpp
struct ReadableFields;  // sim/base/field_read.hpp

// What never changes of a node during a run, whatever the protocol.
struct NodeConfig {
  std::uint32_t plays{1};  // bit i: plays the i-th role of P::Roles
  DiskConfig disk;
  ClockConfig clock;
  WorkConfig work;
  std::vector<BugWindow> bugs;
  bool sends_before_sync{};  // outputs do not wait for the disk
  bool has_initial{};        // the scenario sets declared fields
};

// What never changes during a run, whatever the protocol.
struct SetupBase {
  std::vector<std::string> names;            // nodes, then clients
  std::vector<NodeId> members;               // the initial configuration
  std::vector<std::vector<NodeId>> players;  // its members that play each role
  std::uint32_t clients{};
  std::uint64_t seed{};
  Engine engine{};
  bool seeded_ties{};
  bool handlers_take_time{};  // some do, or may be made to
  // How the fields of each wire type are reached, for links that alter them.
  std::span<const ReadableFields& (*const)()> wire_fields;
};

// What never changes during a run. Shared by all copies of it.
template <class P>
struct Setup : SetupBase {
  struct Node : NodeConfig {
    typename Traits<P>::Params params{};
    std::array<std::uint32_t, Traits<P>::roles>
        forgotten{};                      // bit i: the i-th durable field is not
    typename Traits<P>::Roles initial{};  // of use if has_initial
  };
  std::vector<Node> nodes;

  // REQUIRES that it has its nodes.
  void set_members(std::vector<NodeId> all) {
    members = std::move(all);
    players.assign(Traits<P>::roles, {});
    for (std::size_t role = 0; role < players.size(); ++role) {
      for (const NodeId node : members) {
        if ((nodes[node.value].plays >> role & 1) != 0) players[role].push_back(node);
      }
    }
  }
};

// `output`: a message that a liar holds back; `link`: a link that drops its queue's head is free.
enum class ItemKind : std::uint8_t {
  message,
  local,
  timer,
  choice,
  sync,
  external,
  output,
  work,
  link
};

// One pending event or held output.
template <class P>
struct Item {
  typename Traits<P>::Payload body;
  std::uint64_t message{};        // unique number of a wire message
  std::uint64_t cause{no_cause};  // the record it follows from
  std::uint64_t barrier{};        // of an output: it leaves when the disk has synced this write
  NodeId from{no_node};
  NodeId to{no_node};
  std::uint32_t number{};       // timer: its place in the node's table; external: its token;
                                // choice: pick; message: see wait_in()
  std::uint32_t incarnation{};  // of the node, where a crash voids the item; message: see left()
  Slot next{no_slot};           // of an output: the one behind it
  Slot slot{no_slot};           // where it lies
  ItemKind kind{};
  std::uint8_t role{};  // which role it is for
  bool spoilt{};        // a message on a link, at whose end it is dropped as unreadable
  NodeId named{};       // of a message: whom it says it is from

  // A wire message's type: its position in Traits<P>::WireTypes.
  std::uint16_t type() const { return static_cast<std::uint16_t>(body.index() - 1); }
  AnyRef ref() const { return any_ref(body, Traits<P>::payload_info); }
  // A message that has passed the network and waits for a paused node, in that node's life.
  bool has_waited() const { return number != 0; }
  void wait_in(std::uint32_t life) { number = life + 1; }
  bool waited_in(std::uint32_t life) const { return number == life + 1; }
  // Of a message on its way: the node whose link it is on, which is its sender or a relay.
  NodeId left() const { return incarnation == 0 ? from : NodeId{incarnation - 1}; }
  void leave_relay(NodeId relay) { incarnation = relay.value + 1; }
  bool relayed() const { return incarnation != 0; }
  void leave_sender() {
    incarnation = 0;
    named = from;
  }
  // Of an item that is queued.
  bool is_sent() const { return kind == ItemKind::message || kind == ItemKind::output; }
  void clear() { body.clear(); }  // take() sees to the rest
};

template <class P>
struct ArmedTimer {
  typename Traits<P>::Timer timer;
  std::uint8_t role{};
  bool armed{};
  bool queued{};  // an entry in the queue stands for this timer
  Slot slot{};    // of that entry; other entries naming this timer are stale
  Key queue_key;  // that entry's key, at or before `due`
  Key due;        // when it fires
  Time local;     // the same by the node's clock

  bool stands_for(Slot entry) const { return queued && slot == entry; }
  template <class T>
  bool is(std::uint8_t of, const T& wanted) const {
    const T* const held = timer.template get_if<T>();
    return role == of && held != nullptr && *held == wanted;
  }
  AnyRef ref() const { return any_ref(timer, Traits<P>::timer_info); }
};

// What a node is whatever the protocol.
struct MachineBase {
  NodeId node{no_node};
  // What nearly every event looks at stands together.
  bool up{true};
  bool paused{};
  bool waits{};                // paused, busy with a handler, or at what waited while it was
  bool unreadable{};           // its disk, while it is down
  bool write_fails{};          // the one under way
  Slot held_write{no_slot};    // of the write that would be over but for a stall
  Slot first_output{no_slot};  // what handlers put out, in order, linked through Item::next
  Slot last_output{no_slot};
  Slot taken_up{no_slot};  // of what waited, which comes next
  std::uint32_t incarnation{};
  std::uint32_t version{};  // of its program; 0: the scenario's
  NodeClock clock;
  Jitter jitter;
  NodeWork work;
  DiskState disk_state;
  std::vector<Slot> inbox;  // arrived while it waits
  Stream timer_stream;
  Stream choice_stream;
  Stream disk_stream;
  SendCount sends;  // kept only while a crash point waits
  // Images of its disk: as it was once; as the node will find it, if something was done to it.
  std::shared_ptr<const void> snapshot;
  std::shared_ptr<const void> harmed;
  std::shared_ptr<const void> misread;  // what it will read of it, or has read, if that is wrong
};

template <class P>
struct Machine : MachineBase {
  const typename Setup<P>::Node* config{};  // in the setup, which all copies of a run share
  typename Traits<P>::Roles roles{};
  Disk<typename Traits<P>::Image> disk;
  std::vector<ArmedTimer<P>> timers;
};

// Lets the timers that it sets from now on be off by up to this share. False if they are already.
bool set_jitter(MachineBase& machine, const SetupBase& setup, Probability share);

// How its disk is from now on; `own`: how long a write takes if nothing else is said. False if it
// was so already.
bool set_disk(MachineBase& machine, const Distribution& own, const DiskChange& change);

// How long it is busy with a handler from now on. False if it was so already.
bool set_work(MachineBase& machine, const SetupBase& setup, const WorkConfig& work);

template <class P>
struct Kernel {
  std::shared_ptr<const Setup<P>> setup;
  Slab<Item<P>> items;
  EventQueue queue;
  std::vector<Machine<P>> machines;
  std::uint32_t nodes{};  // how many machines; larger ids are clients
  Time now;
  std::uint64_t next_index{};  // of the next record
  bool works{};                // handlers may take time

  // A record of what happens now, numbered next.
  Record number(Kind kind, NodeId node, std::uint64_t cause) {
    return {.index = next_index++, .time = now, .cause = cause, .kind = kind, .node = node};
  }
  // The same for what happens to a message at `node`.
  Record number(Kind kind, NodeId node, const Item<P>& message) {
    return {.index = next_index++,
            .time = now,
            .cause = message.cause,
            .kind = kind,
            .client = !is_node(message.from) || !is_node(message.to),
            .type = message.type(),
            .node = node,
            .from = message.from,
            .to = message.to,
            .message = message.message,
            .body = message.ref()};
  }
  bool is_node(NodeId id) const { return id.value < nodes; }  // else a client

  // `timer` is one of P::Timers; `delay` is by the node's clock.
  template <class T>
  void arm(Machine<P>& machine, std::uint8_t role, const T& timer, Duration delay) {
    arm(machine, timer_record(machine.timers, role, timer), delay);
  }
  // The timer of that number in the node's table.
  void arm(Machine<P>& machine, std::uint32_t number, Duration delay) {
    if (machine.jitter.on) [[unlikely]]
      delay = machine.jitter.of(delay);
    machine.timers[number].local = machine.clock.local(now) + delay;
    place(machine, number);
  }
  // Gives an armed timer the moment that its local time is at: never one that is gone, for a clock
  // shows the same time for a while and moment_of() is its beginning. Re-arming takes a new order
  // number.
  // An entry already queued for an earlier moment is kept and moved when it comes up: heartbeats
  // re-arm far more often than elections time out.
  void place(Machine<P>& machine, std::uint32_t number) {
    ArmedTimer<P>& armed = machine.timers[number];
    const Time at = std::max(now, machine.clock.moment_of(armed.local));
    if (armed.queued && !(at < armed.queue_key.at())) {
      armed.due = queue.make_key(at, armed.slot);
    } else {
      Item<P>& item = take(ItemKind::timer);
      item.to = machine.node;
      item.number = number;
      armed.slot = item.slot;
      armed.due = armed.queue_key = queue.make_key(at, armed.slot);
      armed.queued = true;
      queue.push(armed.due);
    }
    armed.armed = true;
  }
  template <class T>
  static void cancel(Machine<P>& machine, std::uint8_t role, const T& timer) {
    for (ArmedTimer<P>& candidate : machine.timers) {
      if (candidate.is(role, timer)) candidate.armed = false;
    }
  }
  // The first in the node's table of which that is true.
  [[gnu::cold, gnu::noinline]] bool move_timer(NodeId node, const IsTimer& is,
                                               std::optional<Duration> later) {
    Machine<P>& machine = machines[node.value];
    for (std::uint32_t i = 0; i < machine.timers.size(); ++i) {
      ArmedTimer<P>& timer = machine.timers[i];
      if (!timer.armed || !is(timer.ref())) continue;
      timer.local = later ? timer.local + *later : machine.clock.local(now);
      place(machine, i);
      return true;
    }
    return false;
  }
  // None: the clock's own. False if it runs so already. Timers placed again in the order they are
  // due keep it.
  bool set_drift(NodeId node, std::optional<Drift> drift) {
    Machine<P>& machine = machines[node.value];
    const Drift wanted = drift.value_or(machine.clock.own_drift());
    if (wanted == machine.clock.drift()) return false;
    machine.clock.run_at(wanted, now);
    std::vector<std::pair<Key, std::uint32_t>> armed;
    for (std::uint32_t i = 0; i < machine.timers.size(); ++i) {
      if (machine.timers[i].armed) armed.emplace_back(machine.timers[i].due, i);
    }
    sort_by_key(armed);
    for (const auto& [due, number] : armed) place(machine, number);
    return true;
  }
  bool set_work(NodeId node, const WorkChange& change) {
    Machine<P>& machine = machines[node.value];
    const WorkConfig& own = machine.config->work;
    works = true;
    return quorate::set_work(machine, *setup,
                             {change.cost.value_or(own.cost), change.slow.value_or(own.slow)});
  }
  // A node is busy from now on with the handler that has just run.
  void start_work(Machine<P>& machine) {
    const Duration length = machine.work.next();
    machine.waits = length != Duration{} || !machine.inbox.empty();
    if (!machine.waits) return;
    machine.work.busy = true;
    Item<P>& item = schedule(now + length, ItemKind::work);
    item.to = machine.node;
    item.incarnation = machine.incarnation;
  }
  bool set_jitter(NodeId node, std::optional<Probability> share) {
    Machine<P>& machine = machines[node.value];
    return quorate::set_jitter(machine, *setup, share.value_or(machine.config->clock.jitter));
  }
  // Whether the write that this item ends is over: not if its node has crashed, or its disk stalls.
  bool ends_write(Machine<P>& machine, Item<P>& item) {
    const bool of_this_life = machine.up && item.incarnation == machine.incarnation;
    if (of_this_life && machine.disk_state.stalls) {
      machine.held_write = item.slot;
      return false;
    }
    give_back(item);
    return of_this_life;
  }
  bool set_disk(NodeId node, const DiskChange& change) {
    Machine<P>& machine = machines[node.value];
    const Distribution own = machine.config->disk.sync_delay;
    if (!quorate::set_disk(machine, own, change)) return false;
    if (machine.disk_state.read_only) machine.write_fails = machine.disk.busy();
    if (machine.disk_state.stalls || machine.held_write == no_slot) return true;
    queue.push(queue.make_key(now, std::exchange(machine.held_write, no_slot)));
    return true;
  }
  // At a crash, of a disk that had lied, or that was torn away from a write.
  template <class S>
  void tell_loss(NodeId node, const CrashLoss& lost, S& sink) {
    tell(node, text_of_loss(setup->names[node.value], lost), no_cause, sink);
  }
  // At a start, of a disk that was read amiss.
  template <class S>
  void tell_misread(NodeId node, S& sink) {
    tell(node, text_of_misread(setup->names[node.value]), no_cause, sink);
  }
  // Returns the record's index.
  template <class S>
  std::uint64_t tell(NodeId node, const std::string& text, std::uint64_t cause, S& sink) {
    Record record = number(Kind::note, node, cause);
    record.text = text;
    sink.on(record);
    return record.index;
  }
  // Whether a node that is to start again finds what is on its disk; if not, it is told.
  template <class S>
  [[gnu::cold, gnu::noinline]] bool reads_disk(Machine<P>& machine, bool amnesia,
                                               std::uint64_t cause, S& sink) {
    if (amnesia) machine.unreadable = false;
    if (!machine.unreadable) return true;
    tell(machine.node, text_of_read_error(setup->names[machine.node.value]), cause, sink);
    return false;
  }
  // A disk that takes no write answers so; the record's index.
  template <class S>
  [[gnu::cold, gnu::noinline]] std::uint64_t refuse_write(Machine<P>& machine, std::uint64_t cause,
                                                          S& sink) {
    machine.disk.fail_sync();
    const bool read_only = machine.write_fails || machine.disk_state.read_only;
    const std::string& name = setup->names[machine.node.value];
    return tell(machine.node, text_of_refused_write(name, read_only), cause, sink);
  }
  // What the answer of a disk, for which its node stops here, means for what was not synced.
  [[gnu::cold, gnu::noinline]] void break_off_write(const CrashPoint& point) {
    Machine<P>& machine = machines[point.node.value];
    if (point.moment == CrashMoment::sync_error) machine.disk.fail_sync();
    if (point.moment == CrashMoment::short_write) machine.disk.cut_short(point.draw);
  }
  // A node starts again, as this version of its program.
  static void begin_life(Machine<P>& machine, std::uint32_t version) {
    machine.up = true;
    ++machine.incarnation;
    machine.version = version;
  }
  // A node stops: its timers and what it was at are gone.
  static void stop(Machine<P>& machine) {
    for (ArmedTimer<P>& timer : machine.timers) timer.armed = false;
    machine.up = machine.paused = machine.waits = machine.work.busy = machine.write_fails = false;
    machine.taken_up = no_slot;
  }
  // The write that its disk has started will be durable after so long.
  void end_write_after(Duration delay, const Machine<P>& machine, std::uint64_t cause) {
    Item<P>& item = schedule(now + delay, ItemKind::sync);
    item.to = machine.node;
    item.incarnation = machine.incarnation;
    item.cause = cause;
  }
  void discard_unfinished(Machine<P>& machine) {
    if (machine.held_write != no_slot) {
      give_back(items[std::exchange(machine.held_write, no_slot)]);
    }
    while (machine.first_output != no_slot) {
      Item<P>& item = items[machine.first_output];
      machine.first_output = item.next;
      give_back(item);
    }
  }
  // A new output of `machine` behind those it has; the caller fills in what it is.
  Item<P>& put_out(Machine<P>& machine, ItemKind kind, std::uint64_t handler) {
    const Slot slot = items.take();
    (machine.first_output == no_slot ? machine.first_output : items[machine.last_output].next) =
        slot;
    machine.last_output = slot;
    Item<P>& item = items[slot];
    item.slot = slot;
    item.kind = kind;
    item.cause = handler;
    item.from = item.to = machine.node;
    item.number = 0;
    item.incarnation = machine.incarnation;
    item.barrier = machine.config->sends_before_sync ? 0 : machine.disk.issued();
    item.next = no_slot;
    return item;
  }
  // A new item; the caller fills in the rest.
  Item<P>& take(ItemKind kind) {
    const Slot slot = items.take();
    Item<P>& item = items[slot];
    item.message = 0;
    item.cause = no_cause;
    item.from = item.to = no_node;
    item.number = item.incarnation = 0;
    item.slot = slot;
    item.kind = kind;
    return item;
  }
  void give_back(Item<P>& item) { items.give_back(item.slot, item); }
  // Queues an item for `at`.
  void enqueue(Time at, const Item<P>& item) { queue.push(queue.make_key(at, item.slot)); }
  // Queues a new event at `at`; the caller fills in the rest.
  Item<P>& schedule(Time at, ItemKind kind) {
    Item<P>& item = take(kind);
    enqueue(at, item);
    return item;
  }

 private:
  template <class T>
  static std::uint32_t timer_record(std::vector<ArmedTimer<P>>& timers, std::uint8_t role,
                                    const T& timer) {
    std::size_t unused = timers.size();
    for (std::size_t i = 0; i < timers.size(); ++i) {
      if (timers[i].is(role, timer)) return static_cast<std::uint32_t>(i);
      if (!timers[i].armed && !timers[i].queued) unused = i;
    }
    if (unused == timers.size()) timers.emplace_back();
    timers[unused].timer.emplace(timer);
    timers[unused].role = role;
    return static_cast<std::uint32_t>(unused);
  }
};

}  // namespace quorate
