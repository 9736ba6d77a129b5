// Storage for event bodies: stable addresses, slots reused, nothing allocated per event once warm.
// A handler may read a body in place while it sends new ones.
#pragma once

#include <array>
#include <memory>
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
    for (Slot slot = 0; slot < other.used_; ++slot) (*this)[slot] = other[slot];
    used_ = other.used_;
    free_ = other.free_;
    return *this;
  }

  Slot take() {
    if (!free_.empty()) {
      const Slot slot = free_.back();
      free_.pop_back();
      return slot;
    }
    QUORATE_ASSERT(used_ < EventQueue::max_slot, "At most 2^24 events can be pending at once.");
    if (used_ == pages_.size() * page_size) pages_.push_back(std::make_unique<Page>());
    return used_++;
  }
  // Clears the body, so that a dead message keeps nothing alive (a log slice shares its log).
  void give_back(Slot slot) {
    (*this)[slot].clear();
    free_.push_back(slot);
  }
  T& operator[](Slot slot) { return (*pages_[slot / page_size])[slot % page_size]; }
  const T& operator[](Slot slot) const { return (*pages_[slot / page_size])[slot % page_size]; }
  std::size_t live() const { return used_ - free_.size(); }

 private:
  static constexpr std::size_t page_size = 64;
  using Page = std::array<T, page_size>;
  std::vector<std::unique_ptr<Page>> pages_;
  std::vector<Slot> free_;
  Slot used_{};
};

}  // namespace quorate
