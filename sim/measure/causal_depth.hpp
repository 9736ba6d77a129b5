// How many messages lead to a decision, one after the other: what theory calls message delays,
// counted in a run whose messages take what they take.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/trace/record.hpp"

namespace quorate {

// The depth of an event is the number of protocol messages on the way to it from the last thing
// that waited for no message: a timer, a client's request, a fault, the start. A copyable value;
// two bytes for every event of the run.
class CausalDepth {
 public:
  // Every record, in order.
  void on(const Record& record) {
    std::uint16_t depth = 0;
    if (record.cause < depths_.size() && (roots & bit(record.kind)) == 0) {
      depth = depths_[static_cast<std::size_t>(record.cause)];
      if (record.kind == Kind::recv && !record.client && depth != most) ++depth;
    }
    if (record.index >= depths_.size()) {
      depths_.resize(static_cast<std::size_t>(record.index) + 1);
    }
    depths_[static_cast<std::size_t>(record.index)] = depth;
  }
  std::uint16_t of(std::uint64_t index) const { return depths_[static_cast<std::size_t>(index)]; }

 private:
  static constexpr std::uint16_t most = 0xFFFF;
  static constexpr std::uint32_t roots =
      bit(Kind::timer) | bit(Kind::op) | bit(Kind::fault) | bit(Kind::restart);
  std::vector<std::uint16_t> depths_;
};

}  // namespace quorate
