// How many different numbers there were.
#pragma once

#include <cstdint>
#include <set>

namespace quorate {

// Counts distinct numbers that arrive mostly in order, as instances do: O(1) and without memory
// while they extend one run of consecutive numbers, O(log n) for those that stand apart.
class DistinctCount {
 public:
  bool add(std::uint64_t number);  // false if it was there
  std::uint64_t size() const { return end_ - begin_ + apart_.size(); }

 private:
  std::uint64_t begin_{};  // the run seen so far is [begin_, end_)
  std::uint64_t end_{};
  std::set<std::uint64_t> apart_;
};

}  // namespace quorate
