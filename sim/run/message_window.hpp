// What is known of messages on their way, whose numbers are near each other.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

namespace quorate {

// A copyable value, from the number of a message to a T. All but each() costs O(1), however many
// there are; memory is for all numbers from the first known to the last.
template <class T>
class MessageWindow {
 public:
  // Numbers come in order; one that is known already stays as it is.
  void add(std::uint64_t message, const T& value) {
    if (known_.empty()) first_ = message;
    if (message < first_ + known_.size()) return;
    known_.resize(message - first_ + 1);
    known_.back() = value;
  }
  // None where it is not known.
  T* find(std::uint64_t message) {
    if (message < first_ || message - first_ >= known_.size()) return nullptr;
    std::optional<T>& found = known_[message - first_];
    return found ? &*found : nullptr;
  }
  void erase(std::uint64_t message) {
    if (find(message) == nullptr) return;
    known_[message - first_].reset();
    for (; !known_.empty() && !known_.front(); ++first_) known_.pop_front();
  }
  template <class F>
  void each(F&& f) const {
    for (const std::optional<T>& one : known_) {
      if (one) f(*one);
    }
  }

 private:
  std::uint64_t first_{};
  std::deque<std::optional<T>> known_;
};

}  // namespace quorate
