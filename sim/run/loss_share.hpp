// Whether too many messages are lost: what is sent again in time gets through in time as long as
// only some of it is.
#pragma once

#include <cstdint>
#include <optional>

#include "sim/base/time.hpp"

namespace quorate {

// A copyable value. Counts in hundreds, one after the other.
class LossShare {
 public:
  // One more message has arrived, behind so many that were lost on its link. Of every hundredth:
  // since when too many of the hundred were lost, if they were.
  std::optional<Time> arrived(Time now, std::uint32_t lost, std::uint32_t allowed) {
    if (all_ == 0) since_ = now;
    all_ += lost + 1;
    lost_ += lost;
    if (all_ < 100) return std::nullopt;
    const bool many = lost_ > allowed;
    all_ = lost_ = 0;
    return many ? std::optional(since_) : std::nullopt;
  }

 private:
  std::uint32_t all_{};
  std::uint32_t lost_{};
  Time since_;
};

}  // namespace quorate
