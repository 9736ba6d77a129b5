// What is known of messages on their way, whose numbers are near each other.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace quorate {

// A copyable value, from the number of a message to a T: a ring, in which each has the place that
// its number says. All but each() costs O(1), however many there are; memory is for all numbers
// from the first known to the last.
template <class T>
class MessageWindow {
 public:
  // Numbers come in order; one that is known already stays as it is.
  void add(std::uint64_t message, const T& value) {
    if (first_ == end_) first_ = end_ = std::max(end_, message);
    if (message < end_) return;
    while (message - first_ >= ring_.size()) grow();
    at(message) = value;
    end_ = message + 1;
  }
  // Null where it is not known.
  T* find(std::uint64_t message) {
    if (message < first_ || message >= end_ || !at(message)) return nullptr;
    return &*at(message);
  }
  // REQUIRES that it is known.
  void erase(std::uint64_t message) {
    at(message).reset();
    while (first_ != end_ && !at(first_)) ++first_;
  }
  template <class F>
  void each(F&& f) const {
    for (std::uint64_t message = first_; message != end_; ++message) {
      if (at(message)) f(*at(message));
    }
  }

 private:
  static constexpr std::size_t least = 64;  // a power of two, as all sizes are

  std::optional<T>& at(std::uint64_t message) { return ring_[message & (ring_.size() - 1)]; }
  const std::optional<T>& at(std::uint64_t message) const {
    return ring_[message & (ring_.size() - 1)];
  }
  void grow() {
    MessageWindow wider;
    wider.ring_.resize(std::max(least, 2 * ring_.size()));
    for (std::uint64_t message = first_; message != end_; ++message) {
      wider.at(message) = at(message);
    }
    ring_ = std::move(wider.ring_);
  }

  std::uint64_t first_{};
  std::uint64_t end_{};
  std::vector<std::optional<T>> ring_;  // empty between what is known
};

}  // namespace quorate
