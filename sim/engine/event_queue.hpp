// The pending events: a heap of 128-bit keys; bodies live elsewhere (slab.hpp).
// One total order: time, then order number. A heap beats cleverer queues at the sizes consensus
// needs (tens of events pending), because wide comparisons leave nothing to mispredict; and four
// children are compared two by two in half as many levels as two children would take. What happens
// at this very instant, such as a message to oneself, comes in order as a rule: it stands in line
// beside the heap instead of rising to its root and being taken from there.
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
    if (key.time == now_ && stands_in_line(key)) return;
    if (size_ + branches > heap_.size()) [[unlikely]]
      grow();
    fill(size_++, key);
  }
  // The earliest key. REQUIRES that there is one, here and in pop().
  const Key& top() const { return line_is_next() ? line_[served_] : heap_.front(); }
  Key pop() {
    if (line_is_next()) return serve();
    const Key first = heap_.front();
    const Key last = std::exchange(heap_[--size_], no_key);
    fill(hole_at_leaf(), last);
    now_ = first.time;
    return first;
  }
  bool empty() const { return size_ == 0 && line_.empty(); }
  std::size_t size() const { return size_ + line_.size() - served_; }
  // Calls f(key) for every pending key, in an order that is history: fold it only commutatively.
  template <class F>
  void for_each(F&& f) const {
    for (const Key& key : std::span(heap_).first(size_)) f(key);
    for (const Key& key : std::span(line_).subspan(served_)) f(key);
  }

 private:
  bool line_is_next() const {
    return !line_.empty() && (size_ == 0 || line_[served_] < heap_.front());
  }
  bool stands_in_line(Key key);  // if it comes after all who do
  Key serve();                   // the first in line
  // Takes the root's place down to a leaf, each time to where the earliest child was, without a
  // branch that could be mispredicted. The key that then fills it came from a leaf and seldom rises
  // far, so comparing it on the way down would be in vain.
  std::size_t hole_at_leaf() {
    Key* const heap = heap_.data();
    std::size_t hole = 0;
    for (std::size_t child = 1; child < size_; child = branches * hole + 1) {
      const Key* const children = heap + child;
      const std::size_t one = children[1] < children[0] ? 1 : 0;
      const std::size_t other = children[3] < children[2] ? 3 : 2;
      const std::size_t swaps = children[other] < children[one] ? ~std::size_t{0} : 0;
      const std::size_t earliest = one ^ ((one ^ other) & swaps);
      heap[hole] = children[earliest];
      hole = child + earliest;
    }
    return hole;
  }
  // Puts `key` into the hole or, where those above it are later, into one of their places.
  void fill(std::size_t hole, Key key) {
    Key* const heap = heap_.data();
    for (; hole > 0 && key < heap[(hole - 1) / branches]; hole = (hole - 1) / branches) {
      heap[hole] = heap[(hole - 1) / branches];
    }
    heap[hole] = key;
  }
  void grow();
  std::uint64_t scramble(std::uint64_t sequence) const;  // a bijection of 40-bit numbers

  static constexpr std::size_t branches = 4;

  std::vector<Key> heap_;  // its first size_ keys are pending; no_key stands behind them
  std::size_t size_{};
  std::vector<Key> line_;  // pending keys of this instant in order, behind so many served ones
  std::size_t served_{};
  std::uint64_t now_{};  // when the event was that was taken last
  std::uint64_t next_order_{};
  std::uint64_t tie_key_{};
};

}  // namespace quorate
