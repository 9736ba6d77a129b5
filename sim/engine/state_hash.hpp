// The hash of a cluster at rest between two events: what its nodes hold and what is pending.
// Messages that a rule holds or that wait for a link are no events yet: their sends tell of them.
#pragma once

#include "sim/engine/kernel.hpp"

namespace quorate {

// 0 for an entry that nothing will come of: a timer re-armed or cancelled since.
template <class P>
std::uint64_t hash_of_pending(const Kernel<P>& kernel, const Key& key) {
  const Item<P>& item = kernel.items[key.slot()];
  Hasher hasher;
  hasher.word(key.time);
  hasher.word(static_cast<std::uint64_t>(item.kind));
  hasher.word(item.to.value);
  if (item.kind == ItemKind::timer) {
    const ArmedTimer<P>& timer = kernel.machines[item.to.value].timers[item.number];
    if (!timer.armed || timer.slot != key.slot()) return 0;
    hasher.word(timer.due.time);
    hasher.word(timer.ref().type->hash(timer.ref().value));
  } else if (item.is_sent()) {
    hasher.word(item.message);
    if (item.named != item.from) hasher.word(item.named.value);
    if (item.relayed()) hasher.word(item.left().value);
  }
  return hasher.result();
}

// Every role, in order, and the pending events as a sum: the heap's layout is history, not state.
template <class P>
std::uint64_t hash_of_state(const Kernel<P>& kernel) {
  Hasher hasher;
  for (const Machine<P>& machine : kernel.machines) {
    hasher.word(std::uint64_t{machine.up} | std::uint64_t{machine.paused} << 1 |
                std::uint64_t{machine.version} << 2);
    std::apply([&](const auto&... role) { (hash_to(hasher, role), ...); }, machine.roles);
  }
  std::uint64_t pending = 0;
  kernel.queue.for_each([&](const Key& key) { pending += hash_of_pending(kernel, key); });
  hasher.word(pending);
  return hasher.result();
}

}  // namespace quorate
