#include "sim/measure/ledger.hpp"

namespace quorate {

std::uint64_t MessageCount::dropped() const {
  std::uint64_t sum = 0;
  for (const std::uint64_t count : drops) sum += count;
  return sum;
}

}  // namespace quorate
