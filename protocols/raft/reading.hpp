// What a leader knows of the reads it has not answered, and of whether it still leads
// (dissertation, 6.4). Volatile. Rounds of heartbeats are numbered from 1 in each life of a server.
#pragma once

#include <vector>

#include "sim/engine/out.hpp"

namespace quorate::raft {

struct Reading {
  std::uint64_t round{};            // the latest; each AppendEntries carries it
  PerNode<std::uint64_t> answered;  // the latest that each server has answered
  std::uint64_t confirmed{};        // the latest that a majority has answered
  std::uint64_t expired{};          // the latest whose lease is over
  std::uint64_t needed{};           // the one that the reads under way wait for
  bool given_up{};                  // the lease, for the rest of the term
  std::vector<Request> under_way;
  std::vector<Request> waiting;  // for the next round, or for a first commit
  QUORATE_FIELDS(Reading, round, answered, confirmed, expired, needed, given_up, under_way, waiting)
};

}  // namespace quorate::raft
