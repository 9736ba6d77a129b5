// What has come to a node that is paused or busy, and waits for it in the order it came.
#pragma once

#include "sim/engine/kernel.hpp"

namespace quorate {

// All of it comes again now: where ties are seeded, 1 ns apart, as on a FIFO link.
template <class P>
void requeue_inbox(Kernel<P>& kernel, Machine<P>& machine) {
  const Duration gap{kernel.queue.seeded() ? 1 : 0};
  Time at = kernel.now;
  for (const Slot slot : machine.inbox) {
    const Key key = kernel.queue.make_key(at, slot);
    at = at + gap;
    const Item<P>& item = kernel.items[slot];
    if (item.kind == ItemKind::timer) {
      ArmedTimer<P>& timer = machine.timers[item.number];
      if (timer.slot == slot && timer.due < key) timer.due = key;
      if (timer.slot == slot) timer.queue_key = key;
    }
    kernel.queue.push(key);
  }
  machine.inbox.clear();
}

// Whether what has come to a node that waits must wait too. Not what its turn has come for.
template <class P>
bool must_wait(Machine<P>& machine, Item<P>& item) {
  const bool its_turn = machine.taken_up == item.slot;
  if (its_turn) machine.taken_up = no_slot;
  if (its_turn && !machine.paused) return false;
  if (item.kind == ItemKind::message) item.wait_in(machine.incarnation);
  machine.inbox.insert(its_turn ? machine.inbox.begin() : machine.inbox.end(), item.slot);
  return true;
}

// Whether a timer that waited is still to go off now. One that was cancelled meanwhile is
// forgotten; one that was set again goes off when that time has come.
template <class P>
bool goes_off(Kernel<P>& kernel, Machine<P>& machine, Item<P>& item) {
  ArmedTimer<P>& timer = machine.timers[item.number];
  if (timer.armed && timer.slot == item.slot && !(kernel.now < timer.due.at())) return true;
  if (timer.armed && timer.slot == item.slot) {
    timer.queue_key = timer.due;
    kernel.queue.push(timer.due);
    return false;
  }
  if (timer.slot == item.slot) timer.queued = false;
  kernel.give_back(item);
  return false;
}

// The first of it comes again now, and the node waits for it, so that nothing overtakes it.
template <class P>
void take_up_next(Kernel<P>& kernel, Machine<P>& machine) {
  while (!machine.inbox.empty() && !machine.waits) {
    const Slot slot = machine.inbox.front();
    machine.inbox.erase(machine.inbox.begin());
    Item<P>& item = kernel.items[slot];
    if (item.kind == ItemKind::timer && !goes_off(kernel, machine, item)) continue;
    const Key key = kernel.queue.make_key(kernel.now, slot);
    if (item.kind == ItemKind::timer) {
      machine.timers[item.number].due = machine.timers[item.number].queue_key = key;
    }
    kernel.queue.push(key);
    machine.taken_up = slot;
    machine.waits = true;
  }
}

// A timer that was set again, or moved, since it was queued. Its turn, if that had come, passes.
template <class P>
void queue_again(Kernel<P>& kernel, Machine<P>& machine, ArmedTimer<P>& timer) {
  timer.queue_key = timer.due;
  kernel.queue.push(timer.due);
  if (machine.taken_up != timer.slot) [[likely]]
    return;
  machine.taken_up = no_slot;
  machine.waits = machine.paused;
  take_up_next(kernel, machine);
}

}  // namespace quorate
