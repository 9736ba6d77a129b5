// A protocol as the rest of the program knows it: its description, and how to run it.
#pragma once

#include <memory>

#include "sim/run/run.hpp"
#include "sim/scenario/protocol_info.hpp"

namespace quorate {

struct RunOptions {
  bool properties{true};          // check them (the digest is the same either way unless one is violated)
  bool check_durability{false};   // fail a handler that changes a durable field without persist()
};

struct ProtocolEntry {
  ProtocolInfo info;
  std::unique_ptr<Run> (*make)(const Scenario& scenario, std::uint64_t seed, const RunOptions& options);
};

}  // namespace quorate
