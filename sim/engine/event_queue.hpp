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
    std::size_t hole = size_++;
    for (; hole > 0 && key < heap_[(hole - 1) / 2]; hole = (hole - 1) / 2) {
      heap_[hole] = heap_[(hole - 1) / 2];
    }
    heap_[hole] = key;
  }
  // The earliest key. REQUIRES that there is one, here and in pop().
  const Key& top() const { return heap_.front(); }
  Key pop() {
    const Key first = heap_.front();
    sift_down(heap_[--size_]);
    return first;
  }
  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  // Pending keys in heap layout, which is history: fold them only commutatively.
  std::span<const Key> pending() const { return std::span(heap_).first(size_); }

 private:
  // Puts `key` in the root's place.
  void sift_down(Key key) {
    std::size_t hole = 0;
    std::size_t child = 1;
    for (; child + 1 < size_; child = 2 * hole + 1) {
      child += heap_[child + 1] < heap_[child] ? 1 : 0;
      if (!(heap_[child] < key)) break;
      heap_[hole] = heap_[child];
      hole = child;
    }
    if (child + 1 == size_ && heap_[child] < key) {
      heap_[hole] = heap_[child];
      hole = child;
    }
    heap_[hole] = key;
  }
  void grow();
  std::uint64_t scramble(std::uint64_t sequence) const;  // a bijection of 40-bit numbers

  std::vector<Key> heap_;  // its first size_ keys are pending
  std::size_t size_{};
  std::uint64_t next_order_{};
  std::uint64_t tie_key_{};
};

}  // namespace quorate
