// The simulated cluster and its one total order of events: nodes, messages, timers, disks, links.
//
// One message's way: step -> deliver -> the role's handler, whose effects Out collects -> flush
// (outputs leave in order; those behind a write wait) -> Wire::transmit (rules, cuts, loss, delay)
// -> the queue again. Every numbered event is told to the Sink. README.md walks it with a finger.
//
// A Sink is the simulation around the world:
//   void on(const Record&)            every numbered event, in order, right after it happened
//   void started(NodeId)              a node's start() has run, before anything it put out leaves
//   void external(std::uint32_t)      an event scheduled with `schedule_external` is due
//   void client(ClientId, const Item<P>&, std::uint64_t recv)   a message reached a client
//   std::uint64_t crash_point(const CrashPoint&)   one fires; returns its fault's record
#pragma once

#include "sim/engine/askings.hpp"
#include "sim/engine/durability.hpp"
#include "sim/engine/furnish.hpp"
#include "sim/engine/handlers.hpp"
#include "sim/engine/inbox.hpp"
#include "sim/engine/state_hash.hpp"
#include "sim/engine/wire.hpp"

namespace quorate {

template <class P>
class World {
 public:
  World(std::shared_ptr<const Setup<P>> setup, std::shared_ptr<const NetworkConfig> network)
      : wire_(std::move(network), *setup) {
    furnish(kernel_, std::move(setup));
  }

  // Calls start() on every role of every node, in declaration order, at time 0.
  template <class S>
  void start(S& sink) {
    for (std::uint32_t i = 0; i < nodes(); ++i) {
      Handlers<P>::every_role(kernel_, kernel_.machines[i], no_cause,
                              [](auto& role, Out<P>& out) { Handlers<P>::start(role, out); });
      sink.started(NodeId{i});
      flush(NodeId{i}, sink);
    }
  }

  // Handles the next pending event. False when there is none. A stale entry (a timer that was
  // re-armed or cancelled) counts as handled but is not numbered.
  template <class S>
  bool step(S& sink) {
    if (kernel_.queue.empty()) return false;
    const Key key = kernel_.queue.pop();
    QUORATE_ASSERT(!(key.at() < kernel_.now), "Time never goes back.");
    kernel_.now = key.at();
    Item<P>& item = kernel_.items[key.slot()];
    switch (item.kind) {
      case ItemKind::message:
        deliver(item, sink);
        break;
      case ItemKind::timer:
        expire(item, sink);
        break;
      case ItemKind::local:
      case ItemKind::choice:
        deliver_local(item, sink);
        break;
      case ItemKind::sync:
        finish_sync(item, sink);
        break;
      case ItemKind::external:
        call_outside(item, sink);
        break;
      case ItemKind::work:
        finish_work(item, sink);
        break;
      case ItemKind::output:
        wire_.leave_late(kernel_, item, sink);
        break;
      case ItemKind::link:
        wire_.taken_in(kernel_, item, sink);
        break;
    }
    return true;
  }

  // ---- what the outside may do to it ----------------------------------------------------------

  void schedule_external(Time at, std::uint32_t token) {
    kernel_.schedule(at, ItemKind::external).number = token;
  }

  // Stops a node: its outputs, timers, inbox and unfinished writes are gone. Nothing happens to one
  // that is down already (returns false).
  template <class S>
  bool crash(NodeId node, std::uint64_t cause, S& sink) {
    Machine<P>& machine = kernel_.machines[node.value];
    if (!machine.up) return false;
    const CrashLoss lost = Durability<P>::lose_unsynced(machine);
    if (lost.write) ++lost_tails_;
    kernel_.discard_unfinished(machine);
    kernel_.stop(machine);
    note(Kind::crash, node, cause, sink);
    if (lost.promise || lost.torn) kernel_.tell_loss(node, lost, sink);
    const std::vector<Slot> inbox = std::exchange(machine.inbox, {});
    for (const Slot slot : inbox) discard(kernel_.items[slot], sink);
    return true;
  }

  // Starts a crashed node again, if it can: `how` says with which disk, and as which version.
  template <class S>
  bool restart(NodeId node, Comeback how, std::uint64_t cause, S& sink) {
    Machine<P>& machine = kernel_.machines[node.value];
    if (machine.up || !kernel_.reads_disk(machine, how.amnesia, cause, sink)) return false;
    kernel_.begin_life(machine, how.version);
    Durability<P>::find_harm(kernel_, machine, how.amnesia, sink);
    Durability<P>::restore(machine, machine.config->forgotten);
    Record record = kernel_.number(Kind::restart, node, cause);
    handle(record, sink, [&] {
      Handlers<P>::every_role(kernel_, machine, record.index,
                              [](auto& role, Out<P>& out) { Handlers<P>::restart(role, out); });
      return true;
    });
    flush(node, sink);
    return true;
  }

  // A paused node runs no handler and sends nothing; all waits, and comes in order on resume.
  template <class S>
  bool pause(NodeId node, std::uint64_t cause, S& sink) {
    Machine<P>& machine = kernel_.machines[node.value];
    if (!machine.up || machine.paused) return false;
    machine.paused = machine.waits = true;
    note(Kind::pause, node, cause, sink);
    return true;
  }
  template <class S>
  bool resume(NodeId node, std::uint64_t cause, S& sink) {
    Machine<P>& machine = kernel_.machines[node.value];
    if (!machine.paused) return false;
    machine.paused = false;
    machine.waits = machine.work.busy || machine.taken_up != no_slot;
    note(Kind::resume, node, cause, sink);
    if (!machine.waits) requeue_inbox(kernel_, machine);
    flush(node, sink);
    return true;
  }

  // A node's clocks and memory, for faults to change: nobody is told, and timers do not notice.
  NodeClock& clock(NodeId node) { return kernel_.machines[node.value].clock; }
  typename Traits<P>::Roles& memory(NodeId node) { return kernel_.machines[node.value].roles; }
  // Lets a node's clock run at another rate from now on; none given: its own. What is left of its
  // timers, by its clock, stays. False if it runs at that rate already.
  bool set_drift(NodeId node, std::optional<Drift> drift) { return kernel_.set_drift(node, drift); }
  // How far timers set from now on are off, by share of their delay; none: its own.
  bool set_jitter(NodeId node, std::optional<Probability> p) { return kernel_.set_jitter(node, p); }
  // How its disk is from now on, how long handlers take; `alter` as in durability.hpp.
  bool set_disk(NodeId node, const DiskChange& disk) { return kernel_.set_disk(node, disk); }
  bool set_work(NodeId node, const WorkChange& work) { return kernel_.set_work(node, work); }
  template <class Alter>
  bool harm_disk(NodeId node, const DiskHarm& harm, Alter&& alter) {
    return Durability<P>::harm(kernel_, node, harm, alter);
  }
  // Lets one go off now, or so much later; false if none is armed of which `is` is true.
  bool move_timer(NodeId node, const IsTimer& is, std::optional<Duration> later) {
    return kernel_.move_timer(node, is, later);
  }

  // Hands a request to a node at this instant without any network.
  void submit(NodeId node, const Request& request, std::uint64_t cause) {
    Item<P>& item = kernel_.schedule(kernel_.now, ItemKind::local);
    item.body.emplace(request);
    item.to = node;
    item.cause = cause;
    item.incarnation = kernel_.machines[node.value].incarnation;
    item.role = Handlers<P>::request_role();
  }

  // A client's message on its way to a node.
  template <class S>
  void client_send(ClientId client, NodeId node, const Request& request, std::uint64_t cause,
                   S& sink) {
    askings_.note(client, request.serial, now());
    Item<P>& item = kernel_.take(ItemKind::message);
    item.body.emplace(request);
    item.from = NodeId{nodes() + client.value};
    item.to = node;
    item.cause = cause;
    item.role = Handlers<P>::request_role();
    wire_.transmit(kernel_, item, sink);
  }

  // Lets the messages held by fault `fault` go.
  template <class S>
  void release(std::uint32_t fault, S& sink) {
    wire_.release(kernel_, fault, sink);
  }

  // Sends an old message again; `send` is the record of its send. False if `fault` kept no copy.
  template <class S>
  bool replay(std::uint32_t fault, std::uint64_t send, S& sink) {
    return wire_.replay(kernel_, fault, send, sink);
  }

  Network& network() { return wire_.network; }
  Cuts& cuts() { return wire_.network.cuts; }
  Interference& interference() { return wire_.interference; }
  const Interference& interference() const { return wire_.interference; }

  // ---- what can be seen -----------------------------------------------------------------------

  Time now() const { return kernel_.now; }
  bool idle() const { return kernel_.queue.empty(); }
  Time next_time() const { return kernel_.queue.top().at(); }
  std::size_t pending() const { return kernel_.queue.size() + wire_.waiting(); }
  std::uint32_t nodes() const { return kernel_.nodes; }
  const Setup<P>& setup() const { return *kernel_.setup; }
  bool up(NodeId node) const { return kernel_.machines[node.value].up; }
  bool paused(NodeId node) const { return kernel_.machines[node.value].paused; }
  std::uint32_t incarnation(NodeId node) const { return kernel_.machines[node.value].incarnation; }
  std::uint64_t wire_bytes() const { return wire_.bytes(); }
  std::uint64_t next_index() const { return kernel_.next_index; }
  std::uint64_t lost_tails() const { return lost_tails_; }  // crashes that lost an unsynced write
  const typename Traits<P>::Roles& roles(NodeId node) const {
    return kernel_.machines[node.value].roles;
  }
  template <class R>
  const R& role(NodeId node) const {
    return std::get<R>(roles(node));
  }
  template <class R>
  bool plays(NodeId node) const {
    return Handlers<P>::plays(kernel_.machines[node.value], position_of<R, typename P::Roles>);
  }
  const Askings& askings() const { return askings_; }
  // The durable fields of a node as its disk holds them now.
  const typename Traits<P>::Image& synced(NodeId node) const {
    return kernel_.machines[node.value].disk.synced();
  }

  // Whether its disk holds all durable fields as they are, or says so.
  bool holds_all_on_disk(NodeId node) const {
    const auto& disk = kernel_.machines[node.value].disk;
    return Durability<P>::is_image_of(disk.hollow() ? disk.latest() : disk.synced(), roles(node));
  }
  // Whether all durable fields are what was last issued to the disk: nobody forgot persist().
  bool durable_fields_issued(NodeId node) const {
    return Durability<P>::all_issued(kernel_.machines[node.value]);
  }

  // Calls f(from, to, type) for every wire message on its way, held ones included.
  template <class F>
  void for_each_in_flight(F&& f) const {
    const auto visit = [&](Slot slot) {
      const Item<P>& item = kernel_.items[slot];
      if (item.is_sent()) f(item.from, item.to, item.type());
    };
    kernel_.queue.for_each([&](const Key& key) { visit(key.slot()); });
    wire_.for_each_waiting(visit);
    for (const Machine<P>& machine : kernel_.machines) {
      for (const Slot slot : machine.inbox) visit(slot);
    }
  }

  // The hash of every role and of what is pending.
  std::uint64_t state_hash() const { return hash_of_state(kernel_); }

  // A record numbered next; for the simulation's own lines (faults, notes, client operations).
  Record number(Kind kind, NodeId node, std::uint64_t cause) {
    return kernel_.number(kind, node, cause);
  }

 private:
  friend class Mirror<P>;
  // ---- what the queue brings ------------------------------------------------------------------

  // Runs a handler, then tells of its event. One that fails is told of as not handled, for what it
  // left behind is no state to judge.
  template <class S, class F>
  void handle(Record& record, S& sink, F&& handler) {
    try {
      record.handled = handler();
    } catch (...) {
      sink.on(record);
      throw;
    }
    sink.on(record);
    if (kernel_.works) [[unlikely]]
      kernel_.start_work(kernel_.machines[record.node.value]);
  }

  template <class S>
  void call_outside(Item<P>& item, S& sink) {
    const std::uint32_t token = item.number;
    kernel_.give_back(item);
    sink.external(token);
  }

  template <class S>
  void deliver(Item<P>& item, S& sink) {
    if (!wire_.arrives(kernel_, item, sink)) return;
    const NodeId node = item.to;
    if (!kernel_.is_node(node)) return deliver_to_client(item, sink);
    Machine<P>& machine = kernel_.machines[node.value];
    if (machine.waits && must_wait(machine, item)) return;
    Record record = kernel_.number(Kind::recv, node, item);
    handle(record, sink, [&] {
      return Handlers<P>::message(kernel_, machine, item.role, record.index, item.named, item.body);
    });
    if (!record.handled) unexpected(item, record.index, sink);
    kernel_.give_back(item);
    flush(node, sink);
  }

  template <class S>
  void deliver_to_client(Item<P>& item, S& sink) {
    const Record record = kernel_.number(Kind::recv, item.to, item);
    sink.on(record);
    sink.client(ClientId{item.to.value - nodes()}, item, record.index);
    kernel_.give_back(item);
  }

  template <class S>
  void unexpected(const Item<P>& item, std::uint64_t cause, S& sink) {
    Record record = kernel_.number(Kind::unexpected, item.to, item);
    record.cause = cause;
    sink.on(record);
  }

  template <class S>
  void deliver_local(Item<P>& item, S& sink) {
    const NodeId node = item.to;
    Machine<P>& machine = kernel_.machines[node.value];
    if (!machine.up || item.incarnation != machine.incarnation) return kernel_.give_back(item);
    if (machine.waits && must_wait(machine, item)) return;
    Record record = kernel_.number(Kind::local, node, item.cause);
    record.body = item.ref();
    handle(record, sink, [&] {
      return item.kind == ItemKind::choice
                 ? Handlers<P>::choice(kernel_, machine, item.role, record.index, item.body,
                                       item.number)
                 : Handlers<P>::message(kernel_, machine, item.role, record.index, node, item.body);
    });
    kernel_.give_back(item);
    flush(node, sink);
  }

  template <class S>
  void expire(Item<P>& item, S& sink) {
    const NodeId node = item.to;
    Machine<P>& machine = kernel_.machines[node.value];
    ArmedTimer<P>& timer = machine.timers[item.number];
    if (!timer.stands_for(item.slot)) return kernel_.give_back(item);
    if (timer.armed && timer.queue_key < timer.due) return queue_again(kernel_, machine, timer);
    if (timer.armed && machine.waits && must_wait(machine, item)) return;
    timer.queued = false;
    kernel_.give_back(item);
    if (!timer.armed) return;
    timer.armed = false;
    const auto fired = timer.timer;  // the handler may re-arm it
    const std::uint8_t role = timer.role;
    Record record = kernel_.number(Kind::timer, node, no_cause);
    record.body = any_ref(fired, Traits<P>::timer_info);
    handle(record, sink,
           [&] { return Handlers<P>::timer(kernel_, machine, role, record.index, fired); });
    flush(node, sink);
  }

  template <class S>
  void finish_sync(Item<P>& item, S& sink) {
    const NodeId node = item.to;
    const std::uint64_t cause = item.cause;
    Machine<P>& machine = kernel_.machines[node.value];
    if (!kernel_.ends_write(machine, item)) return;
    if (machine.write_fails) [[unlikely]]
      return void(crash(node, kernel_.refuse_write(machine, cause, sink), sink));
    if (crashes_at(node, CrashMoment::during_persist, sink)) return;
    machine.disk.finish(machine.disk_state.lies);
    if (synced(node, cause, sink)) flush(node, sink);
  }

  // ---- a node that was busy -------------------------------------------------------------------

  // What its handler put out leaves, and the node is at what has come meanwhile.
  template <class S>
  void finish_work(Item<P>& item, S& sink) {
    Machine<P>& machine = kernel_.machines[item.to.value];
    const bool void_by_crash = !machine.up || item.incarnation != machine.incarnation;
    kernel_.give_back(item);
    if (void_by_crash) return;
    machine.work.busy = false;
    machine.waits = machine.paused;
    flush(machine.node, sink);
    if (!machine.waits) take_up_next(kernel_, machine);
  }

  // ---- outputs leave --------------------------------------------------------------------------

  // Lets go what the node's handlers have put out, in order, as far as its disk allows.
  template <class S>
  void flush(NodeId node, S& sink) {
    Machine<P>& machine = kernel_.machines[node.value];
    while (machine.first_output != no_slot && machine.up && !machine.waits) {
      Item<P>& item = kernel_.items[machine.first_output];
      if (item.barrier > machine.disk.synced_number()) {
        if (!write_to_disk(node, item.cause, sink)) return;
      }
      machine.first_output = item.next;
      leave(item, sink);
    }
    if (machine.up && machine.disk.wants_to_start()) write_to_disk(node, no_cause, sink);
  }

  template <class S>
  void leave(Item<P>& item, S& sink) {
    if (item.kind == ItemKind::message) return leave_node(item, sink);
    if (item.kind == ItemKind::local) return kernel_.enqueue(kernel_.now, item);
    Record record = kernel_.number(Kind::event, item.from, item.cause);
    record.body = item.ref();
    sink.on(record);
    kernel_.give_back(item);
  }
  template <class S>
  void leave_node(Item<P>& item, S& sink) {
    if (interference().crash_points.empty()) [[likely]] {
      return wire_.transmit(kernel_, item, sink);
    }
    const NodeId node = item.from;
    const std::uint16_t type = item.type();
    SendCount& sends = kernel_.machines[node.value].sends;
    sends.count(item.cause, type);
    wire_.transmit(kernel_, item, sink);
    if (const CrashPoint* point = interference().after_send(node, sends, type)) fire(*point, sink);
  }

  // Starts the next write if the disk is free and has something to write. True if that write is
  // durable already and the node still up.
  template <class S>
  bool write_to_disk(NodeId node, std::uint64_t cause, S& sink) {
    Machine<P>& machine = kernel_.machines[node.value];
    if (!machine.disk.wants_to_start()) return false;
    if (crashes_at(node, CrashMoment::before_persist, sink)) return false;
    const DiskState& state = machine.disk_state;
    if (state.refuses()) [[unlikely]]
      return !crash(node, kernel_.refuse_write(machine, cause, sink), sink);
    const Duration delay = sample(state.sync_delay, machine.disk_stream);
    if (delay == Duration{0} && !state.stalls) {
      if (crashes_at(node, CrashMoment::during_persist, sink)) return false;
      machine.disk.write_at_once(state.lies);
      return synced(node, cause, sink);
    }
    machine.disk.start();
    kernel_.end_write_after(delay, machine, cause);
    return false;
  }
  template <class S>
  bool synced(NodeId node, std::uint64_t cause, S& sink) {
    note(Kind::persist, node, cause, sink);
    return !crashes_at(node, CrashMoment::after_persist, sink);
  }

  // ---- a node stops ---------------------------------------------------------------------------

  template <class S>
  bool crashes_at(NodeId node, CrashMoment moment, S& sink) {
    if (interference().crash_points.empty()) [[likely]]
      return false;
    const CrashPoint* point = interference().at(node, moment);
    if (point != nullptr) fire(*point, sink);
    return point != nullptr;
  }
  template <class S>
  void fire(const CrashPoint& point, S& sink) {
    const CrashPoint fired = point;
    interference().remove(fired.fault);
    kernel_.break_off_write(fired);
    crash(fired.node, sink.crash_point(fired), sink);
  }
  // What waited for a paused node that crashed instead: its messages are dropped, the rest
  // forgotten.
  template <class S>
  void discard(Item<P>& item, S& sink) {
    if (item.kind == ItemKind::message) {
      return wire_.drop(kernel_, item, item.to, DropReason::dead, sink);
    }
    if (item.kind == ItemKind::timer) {
      ArmedTimer<P>& timer = kernel_.machines[item.to.value].timers[item.number];
      if (timer.slot == item.slot) timer.queued = false;
    }
    kernel_.give_back(item);
  }

  template <class S>
  void note(Kind kind, NodeId node, std::uint64_t cause, S& sink) {
    sink.on(kernel_.number(kind, node, cause));
  }

  Kernel<P> kernel_;
  Wire<P> wire_;
  std::uint64_t lost_tails_{};
  Askings askings_;
};

}  // namespace quorate
