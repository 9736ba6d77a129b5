// Storage for event bodies: stable addresses, slots reused, nothing allocated per event once warm.
// A handler may read a body in place while it sends new ones.
#pragma once

#include <array>
#include <memory>
#include <utility>
#include <vector>

#include "sim/engine/event_queue.hpp"

namespace quorate {

template <class T>
class Slab {
 public:
  Slab() = default;
  Slab(const Slab& other) { *this = other; }
  Slab(Slab&&) noexcept = default;
  Slab& operator=(Slab&&) noexcept = default;
  ~Slab() = default;
  Slab& operator=(const Slab& other) {
    if (this == &other) return *this;
    while (pages_.size() < other.pages_.size()) pages_.push_back(std::make_unique<Page>());
    pages_.resize(other.pages_.size());
    for (Slot slot = 0; slot < other.next_.size(); ++slot) (*this)[slot] = other[slot];
    next_ = other.next_;
    free_ = other.free_;
    return *this;
  }

  Slot take() {
    if (free_ == next_.size()) [[unlikely]]
      add_page();
    return std::exchange(free_, next_[free_]);
  }
  // Clears the body, so that a dead message keeps nothing alive (a log slice shares its log).
  void give_back(Slot slot) { give_back(slot, (*this)[slot]); }
  // The same of a body that is at hand. REQUIRES that it is the one of `slot`.
  void give_back(Slot slot, T& body) {
    body.clear();
    next_[slot] = std::exchange(free_, slot);
  }
  T& operator[](Slot slot) { return *(pages_[slot / page_size]->data() + slot % page_size); }
  const T& operator[](Slot slot) const {
    return *(pages_[slot / page_size]->data() + slot % page_size);
  }
  // How many are taken. O(free slots).
  std::size_t live() const {
    std::size_t taken = next_.size();
    for (Slot slot = free_; slot != next_.size(); slot = next_[slot]) --taken;
    return taken;
  }

 private:
  static constexpr std::size_t page_size = 64;
  using Page = std::array<T, page_size>;

  // REQUIRES that no slot is free. Kept out of take(), which is then a few instructions.
  [[gnu::noinline]] void add_page() {
    QUORATE_ASSERT(next_.size() + page_size < no_slot,
                   "At most 2^24 events can be pending at once.");
    pages_.push_back(std::make_unique<Page>());
    for (std::size_t i = 0; i < page_size; ++i) next_.push_back(free_ + static_cast<Slot>(i) + 1);
  }

  std::vector<std::unique_ptr<Page>> pages_;
  std::vector<Slot> next_;  // of a free slot: the next free one, or as many slots as there are
  Slot free_{};             // the slot given back last
};

}  // namespace quorate
