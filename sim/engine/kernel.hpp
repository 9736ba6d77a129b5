// The state that handlers' effects act on: nodes, bodies, pending events, the clock. Plain values; a copy of
// it is a copy of the whole cluster. `Out` writes to it, `World` moves it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sim/engine/event_queue.hpp"
#include "sim/engine/interference.hpp"
#include "sim/engine/slab.hpp"
#include "sim/engine/traits.hpp"
#include "sim/node/disk.hpp"
#include "sim/trace/record.hpp"

namespace quorate {

// A known mistake switched on at one node for a while.
struct BugWindow {
  std::uint32_t bug{};   // the enumerator's number
  Time from;
  Time until{Time::never()};
};

// What never changes during a run. Shared by all copies of it.
template <class P>
struct Setup {
  struct Node {
    typename P::Params params{};
    std::uint32_t plays{1};                       // bit i: plays the i-th role of P::Roles
    DiskConfig disk;
    std::vector<BugWindow> bugs;
    std::array<std::uint32_t, Traits<P>::roles> forgotten{};  // bit i: the i-th durable field is not
    bool sends_before_sync{};                     // outputs do not wait for the disk
    typename Traits<P>::Roles initial{};          // declared fields set by the scenario
    bool has_initial{};
  };
  std::vector<std::string> names;                 // nodes, then clients
  std::vector<Node> nodes;
  std::vector<NodeId> members;                    // the initial configuration
  std::uint32_t clients{};
  std::uint64_t seed{};
  Engine engine{};
  bool seeded_ties{};
};

enum class ItemKind : std::uint8_t { message, local, timer, choice, sync, external, output };

// One pending event or held output.
template <class P>
struct Item {
  typename Traits<P>::Payload body;
  std::uint64_t message{};        // unique number of a wire message
  std::uint64_t cause{no_cause};  // the record it follows from
  NodeId from{no_node};
  NodeId to{no_node};
  std::uint32_t number{};         // timer: its place in the node's table; external: its token; choice: pick
  std::uint32_t incarnation{};    // of the node, where a crash voids the item
  ItemKind kind{};
  std::uint8_t role{};            // which role it is for

  void clear() {
    body.template emplace<0>();
    message = 0;
    cause = no_cause;
    from = to = no_node;
    number = incarnation = 0;
  }
};

template <class P>
struct ArmedTimer {
  typename Traits<P>::Timer timer;
  std::uint8_t role{};
  bool armed{};
  bool queued{};                  // an entry in the queue stands for this timer
  Slot slot{};                    // of that entry; other entries naming this timer are stale
  Key queue_key;                  // that entry's key, at or before `due`
  Key due;                        // when it fires
};

template <class P>
struct Machine {
  struct Output {
    Slot slot{};
    std::uint64_t barrier{};      // leaves when the disk has synced this write
  };
  typename Traits<P>::Roles roles{};
  Disk<typename Traits<P>::Image> disk;
  std::vector<Output> outputs;    // FIFO; `first_output` is its head
  std::size_t first_output{};
  std::vector<ArmedTimer<P>> timers;
  std::vector<Slot> inbox;        // arrived while paused
  Stream timer_stream;
  Stream choice_stream;
  Stream disk_stream;
  SendCount sends;                // kept only while a crash point waits
  std::uint32_t incarnation{};
  bool up{true};
  bool paused{};
};

template <class P>
struct Kernel {
  std::shared_ptr<const Setup<P>> setup;
  Slab<Item<P>> items;
  EventQueue queue;
  std::vector<Machine<P>> machines;
  Time now;

  // Re-arming takes a new order number. An entry already queued for an earlier moment is kept and moved
  // when it comes up: heartbeats re-arm far more often than elections time out.
  void arm(NodeId node, std::uint8_t role, const typename Traits<P>::Timer& timer, Duration delay) {
    const std::uint32_t number = timer_record(node, role, timer);
    ArmedTimer<P>& armed = machines[node.value].timers[number];
    const Time at = now + delay;
    if (armed.queued && !(at < armed.queue_key.at())) {
      armed.due = queue.make_key(at, armed.slot);
    } else {
      armed.slot = items.take();
      Item<P>& item = items[armed.slot];
      item.kind = ItemKind::timer;
      item.to = node;
      item.number = number;
      armed.due = armed.queue_key = queue.make_key(at, armed.slot);
      armed.queued = true;
      queue.push(armed.due);
    }
    armed.armed = true;
  }
  void cancel(NodeId node, std::uint8_t role, const typename Traits<P>::Timer& timer) {
    for (ArmedTimer<P>& candidate : machines[node.value].timers) {
      if (candidate.role == role && candidate.timer == timer) candidate.armed = false;
    }
  }
  // Queues a new event at `at`; the caller fills the returned item.
  Item<P>& schedule(Time at, ItemKind kind) {
    const Slot slot = items.take();
    items[slot].kind = kind;
    queue.push(queue.make_key(at, slot));
    return items[slot];
  }

 private:
  std::uint32_t timer_record(NodeId node, std::uint8_t role, const typename Traits<P>::Timer& timer) {
    auto& timers = machines[node.value].timers;
    std::size_t unused = timers.size();
    for (std::size_t i = 0; i < timers.size(); ++i) {
      if (timers[i].role == role && timers[i].timer == timer) return static_cast<std::uint32_t>(i);
      if (!timers[i].armed && !timers[i].queued) unused = i;
    }
    if (unused == timers.size()) timers.emplace_back();
    timers[unused].timer = timer;
    timers[unused].role = role;
    return static_cast<std::uint32_t>(unused);
  }
};

}  // namespace quorate
