// What a protocol with quorums needs to get on, and how long it may stand still after what it
// assumes holds again.
#pragma once

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <vector>

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

// Of `FailureModel`: nothing where either quorum is more than half.
template <class Params>
std::vector<std::uint32_t> quorums_of(const Params& params) {
  if (params.prepare_quorum == 0 && params.accept_quorum == 0) return {};
  return {params.prepare_quorum, params.accept_quorum};
}

}  // namespace quorate
