// How long a protocol may stand still after what it assumes holds again.
#pragma once

#include <algorithm>
#include <initializer_list>

#include "sim/base/distribution.hpp"

namespace quorate {

// These waits one after another, so many times; no sum of times overflows.
inline Duration all_of(std::initializer_list<Duration> waits, std::int64_t times) {
  constexpr Duration enough = Duration::max() / 1024;
  Duration sum{};
  for (const Duration wait : waits) sum += std::min(wait, enough);
  return times * sum;
}

// Six elections one after another, each with the longest timeout and some round trips, which
// heartbeats are made to outlast; that all of them fail is no matter of the world outside.
inline Duration six_elections(const Distribution& timeout, Duration heartbeat) {
  return all_of({longest_of(timeout), heartbeat}, 6);
}

}  // namespace quorate
