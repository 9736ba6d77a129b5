// The simulated cluster and its one total order of events: nodes, messages in flight, timers, disks, links.
//
// One message's way through this file: step -> deliver -> run (the role's handler, effects into Out) ->
// flush (outputs leave in order; those behind a write wait) -> transmit (omission, cut, loss, delay) ->
// the queue again. Every numbered event is told to the Sink.
//
// A Sink is the simulation around the world:
//   void on(const Record&)            every numbered event, in order, right after it happened
//   void external(std::uint32_t)      an event scheduled with `schedule_external` is due
//   void client(ClientId, const Item<P>&, std::uint64_t recv)   a message reached a client
//   std::uint64_t crash_point(const CrashPoint&)   one fires; returns the index of the fault's record
#pragma once

#include "sim/engine/durability.hpp"
#include "sim/engine/handlers.hpp"
#include "sim/net/network.hpp"

namespace quorate {

template <class P>
class World {
 public:
  World(std::shared_ptr<const Setup<P>> setup, std::shared_ptr<const NetworkConfig> network)
      : network_(std::move(network), setup->seed, setup->engine) {
    kernel_.setup = std::move(setup);
    kernel_.queue = EventQueue(tie_key(*kernel_.setup));
    kernel_.machines.resize(kernel_.setup->nodes.size());
    for (std::uint32_t i = 0; i < nodes(); ++i) prepare(NodeId{i});
  }

  // Calls start() on every role of every node, in declaration order, at time 0.
  template <class S>
  void start(S& sink) {
    for (std::uint32_t i = 0; i < nodes(); ++i) {
      Handlers<P>::every_role(kernel_, NodeId{i}, no_cause, [](auto& role, Out<P>& out) { role.start(out); });
      flush(NodeId{i}, sink);
    }
  }

  // Handles the next pending event. False when there is none. A stale entry (a timer that was re-armed or
  // cancelled) counts as handled but is not numbered.
  template <class S>
  bool step(S& sink) {
    if (kernel_.queue.empty()) return false;
    const Key key = kernel_.queue.pop();
    kernel_.now = key.at();
    const Slot slot = key.slot();
    switch (kernel_.items[slot].kind) {
      case ItemKind::message: deliver(slot, sink); break;
      case ItemKind::timer: expire(slot, sink); break;
      case ItemKind::local:
      case ItemKind::choice: deliver_local(slot, sink); break;
      case ItemKind::sync: finish_sync(slot, sink); break;
      case ItemKind::external: {
        const std::uint32_t token = kernel_.items[slot].number;
        kernel_.items.give_back(slot);
        sink.external(token);
        break;
      }
      case ItemKind::output: break;  // held outputs are never queued
    }
    return true;
  }

  // ---- what the outside may do to it ----------------------------------------------------------------------

  void schedule_external(Time at, std::uint32_t token) {
    kernel_.schedule(at, ItemKind::external).number = token;
  }

  // Stops a node: its outputs, timers, inbox and unfinished writes are gone. Nothing happens to one that is
  // down already (returns false).
  template <class S>
  bool crash(NodeId node, std::uint64_t cause, S& sink) {
    Machine<P>& machine = kernel_.machines[node.value];
    if (!machine.up) return false;
    lost_tails_ += machine.disk.lose_unsynced() ? 1 : 0;
    discard_outputs(machine);
    for (ArmedTimer<P>& timer : machine.timers) timer.armed = false;
    machine.up = false;
    machine.paused = false;
    note(Kind::crash, node, cause, sink);
    std::vector<Slot> inbox;
    inbox.swap(machine.inbox);
    for (const Slot slot : inbox) drop_arrived(slot, DropReason::dead, sink);
    return true;
  }

  // Starts a crashed node again from its durable fields; with `amnesia`, from nothing.
  template <class S>
  bool restart(NodeId node, bool amnesia, std::uint64_t cause, S& sink) {
    Machine<P>& machine = kernel_.machines[node.value];
    if (machine.up) return false;
    machine.up = true;
    ++machine.incarnation;
    if (amnesia) machine.disk.format(Durability<P>::image_of({}));
    Durability<P>::restore(machine, setup().nodes[node.value].forgotten);
    Record record = number(Kind::restart, node, cause);
    Handlers<P>::every_role(kernel_, node, record.index, [](auto& role, Out<P>& out) { role.restart(out); });
    record.handled = true;
    sink.on(record);
    flush(node, sink);
    return true;
  }

  // A paused node runs no handler and sends nothing; messages and timers wait and come, in order, on resume.
  template <class S>
  bool pause(NodeId node, std::uint64_t cause, S& sink) {
    Machine<P>& machine = kernel_.machines[node.value];
    if (!machine.up || machine.paused) return false;
    machine.paused = true;
    note(Kind::pause, node, cause, sink);
    return true;
  }
  template <class S>
  bool resume(NodeId node, std::uint64_t cause, S& sink) {
    Machine<P>& machine = kernel_.machines[node.value];
    if (!machine.paused) return false;
    machine.paused = false;
    note(Kind::resume, node, cause, sink);
    requeue_inbox(machine);
    flush(node, sink);
    return true;
  }

  // Fires an armed timer of `node` now, by its snake_case name. False if none of that name is armed.
  bool fire_timer(NodeId node, std::string_view name) {
    for (ArmedTimer<P>& timer : kernel_.machines[node.value].timers) {
      if (!timer.armed || snake_case(any_ref(timer.timer, Traits<P>::timer_info).name()) != name) continue;
      kernel_.arm(node, timer.role, typename Traits<P>::Timer(timer.timer), Duration{0});
      return true;
    }
    return false;
  }

  // Hands a request to a node at this instant without any network.
  void submit(NodeId node, const Request& request, std::uint64_t cause) {
    Item<P>& item = kernel_.schedule(kernel_.now, ItemKind::local);
    item.body = request;
    item.to = node;
    item.cause = cause;
    item.incarnation = kernel_.machines[node.value].incarnation;
    item.role = Handlers<P>::request_role();
  }

  // A client's message on its way to a node.
  template <class S>
  void client_send(ClientId client, NodeId node, const Request& request, std::uint64_t cause, S& sink) {
    const Slot slot = kernel_.items.take();
    Item<P>& item = kernel_.items[slot];
    item.body = request;
    item.kind = ItemKind::message;
    item.from = NodeId{nodes() + client.value};
    item.to = node;
    item.cause = cause;
    item.role = Handlers<P>::request_role();
    transmit(slot, sink);
  }

  // Lets the messages held by fault `fault` go; each takes its link's delay from now.
  template <class S>
  void release(std::uint32_t fault, S& sink) {
    std::erase_if(interference.rules, [&](const MessageRule& rule) {
      return rule.fault == fault && rule.effect == RuleEffect::hold;
    });
    std::vector<Held> released;
    std::erase_if(held_, [&](const Held& held) {
      if (held.fault == fault) released.push_back(held);
      return held.fault == fault;
    });
    for (const Held& held : released) route(held.slot, sink);
  }

  Cuts& cuts() { return network_.cuts; }
  Interference interference;

  // ---- what can be seen -----------------------------------------------------------------------------------

  Time now() const { return kernel_.now; }
  bool idle() const { return kernel_.queue.empty(); }
  Time next_time() const { return kernel_.queue.top().at(); }
  std::size_t pending() const { return kernel_.queue.size(); }
  std::uint32_t nodes() const { return static_cast<std::uint32_t>(kernel_.machines.size()); }
  const Setup<P>& setup() const { return *kernel_.setup; }
  bool up(NodeId node) const { return kernel_.machines[node.value].up; }
  bool paused(NodeId node) const { return kernel_.machines[node.value].paused; }
  std::uint32_t incarnation(NodeId node) const { return kernel_.machines[node.value].incarnation; }
  std::uint64_t wire_bytes() const { return wire_bytes_; }
  std::uint64_t next_index() const { return next_index_; }
  std::uint64_t lost_tails() const { return lost_tails_; }  // crashes that lost an unsynced write
  const typename Traits<P>::Roles& roles(NodeId node) const { return kernel_.machines[node.value].roles; }
  template <class R>
  const R& role(NodeId node) const { return std::get<R>(roles(node)); }
  template <class R>
  bool plays(NodeId node) const {
    return (setup().nodes[node.value].plays >> position_of<R, typename P::Roles> & 1) != 0;
  }
  // The durable fields of a node as its disk holds them now.
  const typename Traits<P>::Image& synced(NodeId node) const { return kernel_.machines[node.value].disk.synced(); }

  // True when every durable field equals what was last issued to the disk: no handler forgot persist().
  bool durable_fields_issued(NodeId node) const {
    return Durability<P>::all_issued(kernel_.machines[node.value]);
  }

  // Calls f(from, to, type) for every wire message on its way, held ones included.
  template <class F>
  void for_each_in_flight(F&& f) const {
    const auto visit = [&](Slot slot) {
      const Item<P>& item = kernel_.items[slot];
      if (item.kind == ItemKind::message) f(item.from, item.to, type_number(item));
    };
    for (const Key& key : kernel_.queue.pending()) visit(key.slot());
    for (const Held& held : held_) visit(held.slot);
    for (const Machine<P>& machine : kernel_.machines) {
      for (const Slot slot : machine.inbox) visit(slot);
    }
  }

  // The hash of every role and of what is pending (commutative: heap layout is history).
  std::uint64_t state_hash() const {
    Hasher hasher;
    for (const Machine<P>& machine : kernel_.machines) {
      hasher.word(std::uint64_t{machine.up} | std::uint64_t{machine.paused} << 1);
      std::apply([&](const auto&... role) { (hash_to(hasher, role), ...); }, machine.roles);
    }
    std::uint64_t pending = 0;
    for (const Key& key : kernel_.queue.pending()) pending += pending_hash(key);
    hasher.word(pending);
    return hasher.result();
  }

  // A record numbered next; for the simulation's own lines (faults, notes, client operations).
  Record number(Kind kind, NodeId node, std::uint64_t cause) {
    Record record;
    record.index = next_index_++;
    record.time = kernel_.now;
    record.cause = cause;
    record.kind = kind;
    record.node = node;
    return record;
  }

 private:
  struct Held {
    Slot slot{};
    std::uint32_t fault{};
  };

  static std::uint64_t tie_key(const Setup<P>& setup) {
    return setup.seeded_ties ? make_stream(setup.seed, Purpose::tie_break).next() | 1 : 0;
  }

  void prepare(NodeId node) {
    Machine<P>& machine = kernel_.machines[node.value];
    const auto& config = kernel_.setup->nodes[node.value];
    machine.timer_stream = make_stream(setup().seed, Purpose::timer, node.value, 0, setup().engine);
    machine.choice_stream = make_stream(setup().seed, Purpose::choice, node.value, 0, setup().engine);
    machine.disk_stream = make_stream(setup().seed, Purpose::disk, node.value, 0, setup().engine);
    if (config.has_initial) machine.roles = config.initial;
    machine.disk.format(Durability<P>::image_of(machine.roles));
  }

  // ---- what the queue brings ------------------------------------------------------------------------------

  template <class S>
  void deliver(Slot slot, S& sink) {
    Item<P>& item = kernel_.items[slot];
    if (network_.cuts.severed(item.from, item.to)) return drop_arrived(slot, DropReason::cut, sink);
    if (item.to.value >= nodes()) return deliver_to_client(slot, sink);
    Machine<P>& machine = kernel_.machines[item.to.value];
    if (!machine.up) return drop_arrived(slot, DropReason::dead, sink);
    if (ruled(RuleEffect::omit_receive, item) != nullptr) {
      return drop_arrived(slot, DropReason::receive_omission, sink);
    }
    if (machine.paused) {
      machine.inbox.push_back(slot);
      return;
    }
    Record record = message_record(Kind::recv, item);
    const NodeId node = item.to;
    record.handled = Handlers<P>::message(kernel_, node, item.role, record.index, item.from, item.body);
    sink.on(record);
    if (!record.handled) unexpected(item, record.index, sink);
    kernel_.items.give_back(slot);
    flush(node, sink);
  }

  template <class S>
  void deliver_local(Slot slot, S& sink) {
    Item<P>& item = kernel_.items[slot];
    Machine<P>& machine = kernel_.machines[item.to.value];
    if (!machine.up || item.incarnation != machine.incarnation) return kernel_.items.give_back(slot);
    if (machine.paused) {
      machine.inbox.push_back(slot);
      return;
    }
    Record record = number(Kind::local, item.to, item.cause);
    record.body = any_ref(item.body, Traits<P>::payload_info);
    const NodeId node = item.to;
    record.handled =
        item.kind == ItemKind::choice
            ? Handlers<P>::choice(kernel_, node, item.role, record.index, item.body, item.number)
            : Handlers<P>::message(kernel_, node, item.role, record.index, node, item.body);
    sink.on(record);
    kernel_.items.give_back(slot);
    flush(node, sink);
  }

  template <class S>
  void expire(Slot slot, S& sink) {
    const NodeId node = kernel_.items[slot].to;
    Machine<P>& machine = kernel_.machines[node.value];
    ArmedTimer<P>& timer = machine.timers[kernel_.items[slot].number];
    if (!timer.queued || timer.slot != slot) return kernel_.items.give_back(slot);  // an older entry
    if (timer.armed && timer.queue_key < timer.due) {
      timer.queue_key = timer.due;
      return kernel_.queue.push(timer.due);
    }
    if (timer.armed && machine.paused) {
      machine.inbox.push_back(slot);
      return;
    }
    timer.queued = false;
    kernel_.items.give_back(slot);
    if (!timer.armed) return;
    timer.armed = false;
    const typename Traits<P>::Timer fired = timer.timer;
    Record record = number(Kind::timer, node, no_cause);
    record.body = any_ref(fired, Traits<P>::timer_info);
    record.handled = Handlers<P>::timer(kernel_, node, timer.role, record.index, fired);
    sink.on(record);
    flush(node, sink);
  }

  template <class S>
  void finish_sync(Slot slot, S& sink) {
    const Item<P> item = std::move(kernel_.items[slot]);
    kernel_.items.give_back(slot);
    Machine<P>& machine = kernel_.machines[item.to.value];
    if (!machine.up || item.incarnation != machine.incarnation) return;
    if (synced(item.to, item.cause, sink)) flush(item.to, sink);
  }

  void requeue_inbox(Machine<P>& machine) {
    for (const Slot slot : machine.inbox) {
      const Key key = kernel_.queue.make_key(kernel_.now, slot);
      const Item<P>& item = kernel_.items[slot];
      if (item.kind == ItemKind::timer) {
        ArmedTimer<P>& timer = machine.timers[item.number];
        if (timer.slot == slot && timer.due < key) timer.due = key;
        if (timer.slot == slot) timer.queue_key = key;
      }
      kernel_.queue.push(key);
    }
    machine.inbox.clear();
  }

  // ---- outputs leave --------------------------------------------------------------------------------------

  template <class S>
  void flush(NodeId node, S& sink) {
    Machine<P>& machine = kernel_.machines[node.value];
    while (machine.up && !machine.paused && machine.first_output < machine.outputs.size()) {
      const auto output = machine.outputs[machine.first_output];
      if (output.barrier > machine.disk.synced_number()) {
        if (!write_to_disk(node, kernel_.items[output.slot].cause, sink)) return;
        continue;
      }
      if (++machine.first_output == machine.outputs.size()) clear_outputs(machine);
      leave(output.slot, sink);
    }
    if (machine.up) write_to_disk(node, no_cause, sink);
  }

  // Starts the next write if the disk is free. True if that write is durable already and the node still up.
  template <class S>
  bool write_to_disk(NodeId node, std::uint64_t cause, S& sink) {
    Machine<P>& machine = kernel_.machines[node.value];
    if (!machine.disk.wants_to_start()) return false;
    if (crashes_at(node, CrashMoment::before_persist, sink)) return false;
    machine.disk.start();
    const Duration delay = sample(kernel_.setup->nodes[node.value].disk.sync_delay, machine.disk_stream);
    if (delay == Duration{0}) return synced(node, cause, sink);
    Item<P>& item = kernel_.schedule(kernel_.now + delay, ItemKind::sync);
    item.to = node;
    item.incarnation = machine.incarnation;
    item.cause = cause;
    return false;
  }
  template <class S>
  bool synced(NodeId node, std::uint64_t cause, S& sink) {
    kernel_.machines[node.value].disk.finish();
    note(Kind::persist, node, cause, sink);
    return !crashes_at(node, CrashMoment::after_persist, sink);
  }

  template <class S>
  void leave(Slot slot, S& sink) {
    Item<P>& item = kernel_.items[slot];
    switch (item.kind) {
      case ItemKind::message: {
        const NodeId node = item.from;
        const std::uint64_t handler = item.cause;
        const std::uint16_t type = type_number(item);
        transmit(slot, sink);
        count_send(node, handler, type, sink);
        break;
      }
      case ItemKind::local: kernel_.queue.push(kernel_.queue.make_key(kernel_.now, slot)); break;
      default: {
        Record record = number(Kind::event, item.from, item.cause);
        record.body = any_ref(item.body, Traits<P>::payload_info);
        sink.on(record);
        kernel_.items.give_back(slot);
      }
    }
  }

  // Numbers and counts a message as sent, then lets the network decide.
  template <class S>
  void transmit(Slot slot, S& sink) {
    Item<P>& item = kernel_.items[slot];
    item.message = next_message_++;
    Record record = number(Kind::send, item.from, item.cause);
    record.from = item.from;
    record.to = item.to;
    record.message = item.message;
    record.type = type_number(item);
    record.client = is_client(item);
    record.body = any_ref(item.body, Traits<P>::payload_info);
    std::visit([&](const auto& body) {
      if constexpr (FieldStruct<std::remove_cvref_t<decltype(body)>>) {
        record.body_hash = hash_of(body);
        record.bytes = wire_size(body);
      }
    }, item.body);
    wire_bytes_ += record.bytes;
    item.cause = record.index;
    sink.on(record);
    if (const MessageRule* rule = ruled(RuleEffect::hold, item)) return held_.push_back({slot, rule->fault});
    if (ruled(RuleEffect::omit_send, item) != nullptr) return drop_sent(slot, DropReason::send_omission, sink);
    route(slot, sink);
  }

  template <class S>
  void route(Slot slot, S& sink) {
    Item<P>& item = kernel_.items[slot];
    if (network_.cuts.severed(item.from, item.to)) return drop_sent(slot, DropReason::cut, sink);
    const Duration tie_gap{kernel_.queue.seeded() ? 1 : 0};
    const Fate fate = network_.fate(item.from, item.to, kernel_.now, tie_gap);
    if (fate.lost) return drop_sent(slot, DropReason::loss, sink);
    kernel_.queue.push(kernel_.queue.make_key(fate.arrival, slot));
    if (fate.duplicated) duplicate(slot, fate.copy_arrival, sink);
  }
  template <class S>
  void duplicate(Slot slot, Time arrival, S& sink) {
    Record record = message_record(Kind::dup, kernel_.items[slot]);
    record.node = record.from;
    sink.on(record);
    const Slot copy = kernel_.items.take();
    kernel_.items[copy] = kernel_.items[slot];
    kernel_.items[copy].cause = record.index;
    kernel_.queue.push(kernel_.queue.make_key(arrival, copy));
  }

  template <class S>
  void deliver_to_client(Slot slot, S& sink) {
    const Item<P>& item = kernel_.items[slot];
    const Record record = message_record(Kind::recv, item);
    sink.on(record);
    sink.client(ClientId{item.to.value - nodes()}, item, record.index);
    kernel_.items.give_back(slot);
  }

  // ---- losses ---------------------------------------------------------------------------------------------

  template <class S>
  void drop_sent(Slot slot, DropReason why, S& sink) { drop(slot, kernel_.items[slot].from, why, sink); }

  template <class S>
  void drop_arrived(Slot slot, DropReason why, S& sink) {
    if (kernel_.items[slot].kind == ItemKind::message) return drop(slot, kernel_.items[slot].to, why, sink);
    if (kernel_.items[slot].kind == ItemKind::timer) {  // a timer that waited for a paused node
      auto& timer = kernel_.machines[kernel_.items[slot].to.value].timers[kernel_.items[slot].number];
      if (timer.slot == slot) timer.queued = false;
    }
    kernel_.items.give_back(slot);
  }
  template <class S>
  void drop(Slot slot, NodeId where, DropReason why, S& sink) {
    Record record = message_record(Kind::drop, kernel_.items[slot]);
    record.node = where;
    record.why = why;
    sink.on(record);
    kernel_.items.give_back(slot);
  }
  template <class S>
  void unexpected(const Item<P>& item, std::uint64_t cause, S& sink) {
    Record record = message_record(Kind::unexpected, item);
    record.cause = cause;
    sink.on(record);
  }
  void clear_outputs(Machine<P>& machine) {
    machine.outputs.clear();
    machine.first_output = 0;
  }
  void discard_outputs(Machine<P>& machine) {
    for (std::size_t i = machine.first_output; i < machine.outputs.size(); ++i) {
      kernel_.items.give_back(machine.outputs[i].slot);
    }
    clear_outputs(machine);
  }

  const MessageRule* ruled(RuleEffect effect, const Item<P>& item) {
    if (interference.rules.empty()) return nullptr;
    return interference.take(effect, item.from, item.to, type_number(item));
  }

  // ---- crash points ---------------------------------------------------------------------------------------

  template <class S>
  void count_send(NodeId node, std::uint64_t handler, std::uint16_t type, S& sink) {
    if (interference.crash_points.empty()) return;
    SendCount& sends = kernel_.machines[node.value].sends;
    sends.count(handler, type);
    if (const CrashPoint* point = interference.after_send(node, sends, type)) fire(*point, sink);
  }
  template <class S>
  bool crashes_at(NodeId node, CrashMoment moment, S& sink) {
    const CrashPoint* point = interference.at(node, moment);
    if (point != nullptr) fire(*point, sink);
    return point != nullptr;
  }
  template <class S>
  void fire(const CrashPoint& point, S& sink) {
    const CrashPoint fired = point;
    interference.remove(fired.fault);
    crash(fired.node, sink.crash_point(fired), sink);
  }

  // ---- records --------------------------------------------------------------------------------------------

  template <class S>
  void note(Kind kind, NodeId node, std::uint64_t cause, S& sink) { sink.on(number(kind, node, cause)); }

  Record message_record(Kind kind, const Item<P>& item) {
    Record record = number(kind, item.to, item.cause);
    record.from = item.from;
    record.to = item.to;
    record.message = item.message;
    record.type = type_number(item);
    record.client = is_client(item);
    record.body = any_ref(item.body, Traits<P>::payload_info);
    return record;
  }
  static std::uint16_t type_number(const Item<P>& item) { return static_cast<std::uint16_t>(item.body.index() - 1); }
  bool is_client(const Item<P>& item) const { return item.from.value >= nodes() || item.to.value >= nodes(); }

  std::uint64_t pending_hash(const Key& key) const {
    const Item<P>& item = kernel_.items[key.slot()];
    Hasher hasher;
    hasher.word(key.time);
    hasher.word(static_cast<std::uint64_t>(item.kind));
    hasher.word(item.to.value);
    if (item.kind == ItemKind::timer) {
      const ArmedTimer<P>& timer = kernel_.machines[item.to.value].timers[item.number];
      if (!timer.armed || timer.slot != key.slot()) return 0;
      hasher.word(timer.due.time);
      const AnyRef ref = any_ref(timer.timer, Traits<P>::timer_info);
      hasher.word(ref.type->hash(ref.value));
    } else if (item.kind == ItemKind::message) {
      hasher.word(item.message);
    }
    return hasher.result();
  }

  Kernel<P> kernel_;
  Network network_;
  std::vector<Held> held_;
  std::uint64_t next_index_{};
  std::uint64_t next_message_{};
  std::uint64_t wire_bytes_{};
  std::uint64_t lost_tails_{};
};

}  // namespace quorate
