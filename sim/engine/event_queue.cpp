#include "sim/engine/event_queue.hpp"

#include <algorithm>

namespace quorate {

void sort_by_key(std::vector<std::pair<Key, std::uint32_t>>& numbers) {
  // A total order, for no two entries have one key.
  std::sort(numbers.begin(), numbers.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
}

void EventQueue::grow() { heap_.resize(heap_.empty() ? 64 : 2 * heap_.size(), no_key); }

bool EventQueue::stands_in_line(Key key) {
  const bool last = line_.empty() || line_.back() < key;
  if (last) line_.push_back(key);
  return last;
}

// A line that has been served is empty, and its room is used again.
Key EventQueue::serve() {
  const Key first = line_[served_++];
  now_ = first.time;
  if (served_ == line_.size()) {
    line_.clear();
    served_ = 0;
  }
  return first;
}

// Four Feistel rounds over two 20-bit halves: a bijection whatever the round function does.
std::uint64_t EventQueue::scramble(std::uint64_t sequence) const {
  constexpr std::uint64_t half = 0xF'FFFF;
  std::uint64_t left = sequence >> 20;
  std::uint64_t right = sequence & half;
  for (std::uint64_t round = 0; round < 4; ++round) {
    std::uint64_t mixed = (right + (round << 20) + tie_key_) * 0x9E37'79B9'7F4A'7C15U;
    mixed ^= mixed >> 29;
    mixed *= 0xBF58'476D'1CE4'E5B9U;
    const std::uint64_t next = left ^ (mixed >> 44 & half);
    left = right;
    right = next;
  }
  return left << 20 | right;
}

}  // namespace quorate
