// Numbers for attempts to decide, of which no two nodes ever use the same.
#pragma once

#include "sim/base/fields.hpp"

namespace quorate {

// Ordered by round, then by proposer. Round 0 is below every ballot that is used.
struct Ballot {
  std::uint64_t round{};
  NodeId proposer;
  QUORATE_FIELDS(Ballot, round, proposer)
  friend constexpr std::strong_ordering operator<=>(const Ballot& a, const Ballot& b) {
    const auto rounds = a.round <=> b.round;
    return rounds != 0 ? rounds : a.proposer <=> b.proposer;
  }
};

}  // namespace quorate
