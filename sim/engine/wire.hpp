// Messages between their sending and their arrival: counted, taken by message rules (omission,
// hold), cut, lost, delayed, doubled or spoilt by the network, passed on from link to link, and
// dropped where something ate them.
#pragma once

#include <span>
#include <utility>
#include <vector>

#include "sim/engine/alter.hpp"
#include "sim/engine/kernel.hpp"
#include "sim/engine/liars.hpp"
#include "sim/engine/link_queues.hpp"
#include "sim/net/network.hpp"

namespace quorate {

template <class P>
class Wire {
 public:
  Wire(std::shared_ptr<const NetworkConfig> config, const Setup<P>& setup)
      : network(std::move(config), setup.seed, setup.engine) {}

  Network network;
  Interference interference;

  // Numbers and counts a message as sent, then lets rules and network decide what becomes of it.
  template <class S>
  void transmit(Kernel<P>& kernel, Item<P>& item, S& sink) {
    item.message = next_message_++;
    item.leave_sender();
    Record record = kernel.number(Kind::send, item.from, item);
    item.body.template visit<typename Traits<P>::WireTypes>([&](const auto& body) {
      record.body_hash = hash_of(body);
      record.bytes = wire_size(body);
    });
    bytes_ += record.bytes;
    item.cause = record.index;
    sink.on(record);
    if (interference.intervenes() && intercepted(kernel, item, sink)) [[unlikely]]
      return;
    route(kernel, item, sink);
  }

  // Whether an arriving message may enter the node at its end; if not, it is gone, or at a relay
  // and sent on. One that waited for a paused node has been let in already, and only a crash can
  // still take it.
  template <class S>
  bool arrives(Kernel<P>& kernel, Item<P>& item, S& sink) {
    if (network.looks_closely() && !item.has_waited() && !reaches_end(kernel, item, sink))
      return false;
    DropReason why{};
    if (item.has_waited())
      why = survived(kernel, item) ? DropReason::none : DropReason::dead;
    else if (network.cuts.swallows(item.from, item.to))
      why = DropReason::cut;
    else if (!kernel.is_node(item.to))
      why = interference.deaf.contains(item.to) ? DropReason::dead : DropReason::none;
    else if (!kernel.machines[item.to.value].up)
      why = DropReason::dead;
    else if (rule(RuleEffect::omit_receive, item) != nullptr)
      why = DropReason::receive_omission;
    if (why == DropReason::none) [[likely]]
      return true;
    drop(kernel, item, item.to, why, sink);
    return false;
  }

  // Records that a message ended at `where` without being delivered, and forgets it.
  template <class S>
  void drop(Kernel<P>& kernel, Item<P>& item, NodeId where, DropReason why, S& sink,
            std::string_view lie = {}) {
    Record record = kernel.number(Kind::drop, where, item);
    record.why = why;
    record.detail = lie;
    sink.on(record);
    kernel.give_back(item);
  }

  // A message that its sender has held back leaves now.
  template <class S>
  void leave_late(Kernel<P>& kernel, Item<P>& item, S& sink) {
    item.kind = ItemKind::message;
    if (!caught(kernel, item, sink)) route(kernel, item, sink);
  }

  // A link with a queue of its own has taken a message in, and goes on with the next.
  template <class S>
  void taken_in(Kernel<P>& kernel, Item<P>& item, S& sink) {
    const LinkEnds link{item.from, item.to};
    kernel.give_back(item);
    depart(kernel, link, queues_.go_on(network, link, kernel.now, tie_gap(kernel)), sink);
  }

  // Lets the messages held by fault `fault` go; each takes its link's delay from now.
  template <class S>
  void release(Kernel<P>& kernel, std::uint32_t fault, S& sink) {
    interference.stop_holding(fault);
    for (const Slot slot : held_.release(fault)) route(kernel, kernel.items[slot], sink);
  }

  // Sends the copy of the message of record `send` that fault `fault` has kept. False if it has
  // none.
  template <class S>
  bool replay(Kernel<P>& kernel, std::uint32_t fault, std::uint64_t send, S& sink) {
    std::vector<Slot> unwanted;
    const std::optional<Slot> kept = old_.take(fault, send, unwanted);
    for (const Slot slot : unwanted) kernel.items.give_back(slot);
    if (!kept) return false;
    send_again(kernel, kernel.items[*kept], sink);
    return true;
  }

  std::uint64_t bytes() const { return bytes_; }  // of all messages sent
  // How many a rule holds or wait for a link.
  std::size_t waiting() const { return held_.size() + queues_.size(); }
  // Calls f(slot) for each of them.
  template <class F>
  void for_each_waiting(F&& f) const {
    held_.for_each(f);
    queues_.for_each(f);
  }

 private:
  static bool survived(const Kernel<P>& kernel, const Item<P>& item) {
    const Machine<P>& machine = kernel.machines[item.to.value];
    return machine.up && item.waited_in(machine.incarnation);
  }
  const MessageRule* rule(RuleEffect effect, const Item<P>& item) {
    if (interference.rules.empty()) [[likely]]
      return nullptr;
    return interference.take(effect, item.from, item.to, item.type());
  }
  template <class S>
  bool intercepted(Kernel<P>& kernel, Item<P>& item, S& sink) {
    for (const std::uint32_t fault : interference.take_rememberers()) {
      old_.add(copy_of(kernel, item).slot, fault, item.cause);
    }
    return lies(kernel, item, sink) || caught(kernel, item, sink);
  }
  // What its sender makes of it, if that lies. True if it does not leave now.
  template <class S>
  bool lies(Kernel<P>& kernel, Item<P>& item, S& sink) {
    for (MessageRule* rule : interference.lies(item.from, item.to, item.type())) {
      const Strategy strategy = rule->deceit->strategy;
      if (strategy == Strategy::replay) {
        send_last_again(kernel, item, *rule, sink);
        continue;
      }
      const Letter letter{item.ref(), item.body.address(), item.type(), item.from,
                          item.to,    item.named};
      const Lie lie = quorate::lie(*kernel.setup, letter, *rule);
      if (lie.about.empty()) continue;
      interference.charge(*rule);
      if (strategy == Strategy::silent) {
        drop(kernel, item, item.from, DropReason::send_omission, sink, enum_name(strategy));
        return true;
      }
      Record record = kernel.number(Kind::alter, item.from, item);
      record.text = lie.about;
      record.detail = enum_name(strategy);
      sink.on(record);
      if (strategy != Strategy::delay) continue;
      item.kind = ItemKind::output;
      kernel.enqueue(kernel.now + lie.wait, item);
      return true;
    }
    return false;
  }
  // The message before this one, as it was put out.
  template <class S>
  void send_last_again(Kernel<P>& kernel, const Item<P>& item, MessageRule& rule, S& sink) {
    const LastMessages::Sent sent{rule.fault, item.from, item.to, item.type()};
    const auto last = last_.exchange(sent, copy_of(kernel, item).slot);
    if (!last) return;
    interference.charge(rule);
    send_again(kernel, kernel.items[*last], sink, enum_name(rule.deceit->strategy));
  }
  template <class S>
  void send_again(Kernel<P>& kernel, Item<P>& item, S& sink, std::string_view lie = {}) {
    Record record = kernel.number(Kind::dup, item.from, item);
    record.detail = lie;
    sink.on(record);
    item.cause = record.index;
    route(kernel, item, sink);
  }
  // Whether a hold or an omission has taken it.
  template <class S>
  bool caught(Kernel<P>& kernel, Item<P>& item, S& sink) {
    if (const MessageRule* hold = rule(RuleEffect::hold, item)) {
      held_.add(item.slot, hold->fault);
      return true;
    }
    if (rule(RuleEffect::omit_send, item) == nullptr) return false;
    drop(kernel, item, item.from, DropReason::send_omission, sink);
    return true;
  }
  template <class S>
  void route(Kernel<P>& kernel, Item<P>& item, S& sink) {
    if (network.cuts.severed(item.from, item.to)) {
      return drop(kernel, item, item.from, DropReason::cut, sink);
    }
    if (network.routed()) [[unlikely]]
      return cross_next(kernel, item, item.from, sink);
    cross(kernel, item, item.from, item.to, sink);
  }
  static std::uint64_t size_of(const Item<P>& item) {
    std::uint64_t bytes = 0;
    item.body.template visit<typename Traits<P>::WireTypes>(
        [&](const auto& body) { bytes = wire_size(body); });
    return bytes;
  }
  // The link from `here` decides what becomes of the message, at once or when it takes it in.
  template <class S>
  void cross(Kernel<P>& kernel, Item<P>& item, NodeId here, NodeId next, S& sink) {
    if (network.limited()) [[unlikely]]
      return cross_limited(kernel, item, {here, next}, sink);
    carry(kernel, item, here, network.fate(here, next, kernel.now, tie_gap(kernel)), sink);
  }
  template <class S>
  [[gnu::cold, gnu::noinline]] void cross_limited(Kernel<P>& kernel, Item<P>& item, LinkEnds link,
                                                  S& sink) {
    const std::uint64_t bytes = size_of(item);
    const Time now = kernel.now;
    const Duration gap = tie_gap(kernel);
    if (queues_.busy(link) || network.drops_head(link)) {
      const Queued message{{bytes, now}, item.slot};
      return depart(kernel, link, queues_.send(network, link, message, now, gap), sink);
    }
    const Departure departure{item.slot, network.fate(link.first, link.second, now, gap, bytes),
                              std::nullopt};
    depart(kernel, link, {&departure, 1}, sink);
  }
  // What leaves its queue, or was never in one. The link is busy until it has taken it in.
  template <class S>
  [[gnu::cold, gnu::noinline]] void depart(Kernel<P>& kernel, LinkEnds link,
                                           std::span<const Departure> departures, S& sink) {
    for (const Departure& one : departures) {
      if (one.in) {
        Item<P>& free = kernel.schedule(*one.in, ItemKind::link);
        free.from = link.first;
        free.to = link.second;
      }
      carry(kernel, kernel.items[one.slot], link.first, one.fate, sink);
    }
  }
  static Duration tie_gap(const Kernel<P>& kernel) {
    return Duration{kernel.queue.seeded() ? 1 : 0};
  }
  // What its link has decided comes about. Inline, so that what limited links ask for costs a
  // message on others nothing.
  template <class S>
  [[gnu::always_inline]] void carry(Kernel<P>& kernel, Item<P>& item, NodeId here, const Fate& fate,
                                    S& sink) {
    if (fate.refused) return drop(kernel, item, here, DropReason::queue, sink);
    if (fate.lost) return drop(kernel, item, here, DropReason::loss, sink);
    kernel.enqueue(fate.arrival, item);
    if (fate.duplicated) duplicates(kernel, item, here, fate, sink);
    if (fate.spoilt) [[unlikely]]
      spoil(kernel, item, here, 0, sink);
  }
  // Copies are made of the message as it was before it was spoilt.
  template <class S>
  void duplicates(Kernel<P>& kernel, const Item<P>& item, NodeId here, const Fate& fate, S& sink) {
    std::size_t number = 1;
    duplicate(kernel, item, here, {fate.copy_spoilt, fate.copy_arrival}, number, sink);
    for (const CopyFate& copy : network.more_copies()) {
      duplicate(kernel, item, here, copy, ++number, sink);
    }
  }
  // Nobody can read it where it arrives; or it is another message from now on.
  template <class S>
  void spoil(Kernel<P>& kernel, Item<P>& item, NodeId here, std::size_t copy, S& sink) {
    const Alteration* drawn = network.alteration(copy);
    if (drawn == nullptr) {
      item.spoilt = true;
      return;
    }
    const std::string field = alter_body(*kernel.setup, item.body.address(), item.type(), *drawn);
    if (field.empty()) return;
    Record record = kernel.number(Kind::alter, here, item);
    record.text = field;
    sink.on(record);
  }
  template <class S>
  void cross_next(Kernel<P>& kernel, Item<P>& item, NodeId here, S& sink) {
    const NodeId next = network.next_hop(here, item.to);
    if (network.cuts.severed(here, next)) return drop(kernel, item, here, DropReason::cut, sink);
    cross(kernel, item, here, next, sink);
  }
  // Whether a message has come to its end. If not, it goes on from the relay it has come to: the
  // network's machine there, which passes messages on whether or not the node is up, but for those
  // whose checksum is wrong.
  template <class S>
  bool reaches_end(Kernel<P>& kernel, Item<P>& item, S& sink) {
    const NodeId here = network.next_hop(item.left(), item.to);
    const bool cut = network.cuts.swallows(item.left(), here);
    if (cut || item.spoilt) {
      item.spoilt = false;  // for whatever lies in its slot next
      drop(kernel, item, here, cut ? DropReason::cut : DropReason::corrupt, sink);
      return false;
    }
    if (here == item.to) return true;
    item.leave_relay(here);
    cross_next(kernel, item, here, sink);
    return false;
  }
  template <class S>
  void duplicate(Kernel<P>& kernel, const Item<P>& item, NodeId here, CopyFate fate,
                 std::size_t number, S& sink) {
    const Record record = kernel.number(Kind::dup, here, item);
    sink.on(record);
    Item<P>& copy = copy_of(kernel, item);
    copy.cause = record.index;
    kernel.enqueue(fate.arrival, copy);
    if (fate.spoilt) [[unlikely]]
      spoil(kernel, copy, here, number, sink);
  }
  static Item<P>& copy_of(Kernel<P>& kernel, const Item<P>& item) {
    Item<P>& copy = kernel.take(item.kind);
    const Slot slot = copy.slot;
    copy = item;
    copy.slot = slot;
    return copy;
  }

  HeldMessages held_;
  OldMessages old_;
  LastMessages last_;
  LinkQueues queues_;
  std::uint64_t next_message_{};
  std::uint64_t bytes_{};
};

}  // namespace quorate
