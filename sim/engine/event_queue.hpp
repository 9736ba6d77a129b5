// The pending events: a binary heap of 128-bit keys; bodies live elsewhere (slab.hpp).
// One total order: time, then order number. A heap beats cleverer queues at the sizes consensus
// needs (tens of events pending), because one wide comparison per level leaves nothing to
// mispredict.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "sim/base/assert.hpp"
#include "sim/base/time.hpp"

namespace quorate {

using Slot = std::uint32_t;  // where the event's body lives; 24 bits of it
inline constexpr Slot no_slot = 0xFF'FFFF;

// time (64 bits) | order (40) | slot (24). Orders are unique, so the slot never decides.
struct Key {
  std::uint64_t time{};
  std::uint64_t order_slot{};

  Time at() const { return Time{static_cast<std::int64_t>(time)}; }
  Slot slot() const { return static_cast<Slot>(order_slot & 0xFF'FFFF); }
  friend bool operator==(const Key&, const Key&) = default;
  friend bool operator<(const Key& a, const Key& b) {
#ifdef __SIZEOF_INT128__
    __extension__ using Wide = unsigned __int128;
    return (Wide{a.time} << 64 | a.order_slot) < (Wide{b.time} << 64 | b.order_slot);
#else
    return a.time != b.time ? a.time < b.time : a.order_slot < b.order_slot;
#endif
  }
};

// Whatever these numbers stand for, the earliest first.
void sort_by_key(std::vector<std::pair<Key, std::uint32_t>>& numbers);

// The latest key of all: later than any event.
inline constexpr Key no_key{~std::uint64_t{0}, ~std::uint64_t{0}};

class EventQueue {
 public:
  static constexpr std::uint64_t max_order = std::uint64_t{1} << 40;

  // Ties at one instant: by order number (`tie_key` 0), or by a seeded bijection of it.
  explicit EventQueue(std::uint64_t tie_key = 0) : tie_key_(tie_key) {}
  bool seeded() const { return tie_key_ != 0; }

  // Takes the next order number. `at` must not lie before an event already taken.
  Key make_key(Time at, Slot slot) {
    QUORATE_ASSERT(next_order_ < max_order, "A run has at most 2^40 scheduled events.");
    const std::uint64_t sequence = next_order_++;
    const std::uint64_t order = seeded() ? scramble(sequence) : sequence;
    return Key{static_cast<std::uint64_t>(at.ns), order << 24 | slot};
  }
  void push(Key key) {
    if (size_ == heap_.size()) [[unlikely]]
      grow();
    fill(size_++, key);
  }
  // The earliest key. REQUIRES that there is one, here and in pop().
  const Key& top() const { return heap_.front(); }
  Key pop() {
    const Key first = heap_.front();
    const Key last = heap_[--size_];
    fill(hole_at_leaf(), last);
    return first;
  }
  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  // Pending keys in heap layout, which is history: fold them only commutatively.
  std::span<const Key> pending() const { return std::span(heap_).first(size_); }

 private:
  // Takes the root's place down to a leaf, each time to where the earlier child was. The key that
  // then fills it came from a leaf and seldom rises far, so comparing it on the way down would be
  // in vain.
  std::size_t hole_at_leaf() {
    Key* const heap = heap_.data();
    const std::size_t size = size_;
    Key* hole = heap;
    std::size_t child = 2;
    while (child < size) {
      const Key* const right = heap + child;
      const std::size_t left = right[-1] < *right ? 1 : 0;
      Key* const earlier = heap + (child - left);
      *hole = *earlier;
      hole = earlier;
      child = 2 * (child - left) + 2;
    }
    if (child != size) return static_cast<std::size_t>(hole - heap);
    *hole = heap[child - 1];
    return child - 1;
  }
  // Puts `key` into the hole or, where those above it are later, into one of their places.
  void fill(std::size_t hole, Key key) {
    Key* const heap = heap_.data();
    for (; hole > 0 && key < heap[(hole - 1) / 2]; hole = (hole - 1) / 2) {
      heap[hole] = heap[(hole - 1) / 2];
    }
    heap[hole] = key;
  }
  void grow();
  std::uint64_t scramble(std::uint64_t sequence) const;  // a bijection of 40-bit numbers

  std::vector<Key> heap_;  // its first size_ keys are pending
  std::size_t size_{};
  std::uint64_t next_order_{};
  std::uint64_t tie_key_{};
};

}  // namespace quorate
