#include "sim/measure/distinct_count.hpp"

namespace quorate {

bool DistinctCount::add(std::uint64_t number) {
  if (begin_ == end_) {
    begin_ = end_ = number;
  }
  if (number >= begin_ && number < end_) return false;
  if (number != end_) return apart_.insert(number).second;
  ++end_;
  while (!apart_.empty() && apart_.erase(end_) != 0) ++end_;
  return true;
}

}  // namespace quorate
