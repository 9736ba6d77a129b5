// A protocol as the rest of the program knows it: its description, and how to run it.
#pragma once

#include <functional>
#include <memory>

#include "sim/run/traced_run.hpp"
#include "sim/scenario/protocol_info.hpp"

namespace quorate {

struct RunOptions {
  bool properties{true};  // check them (the digest is the same either way unless one is violated)
  // The stop time is not the scenario's own: what is still open then has not been judged.
  bool cut_short{false};
  bool check_durability{false};  // fail a handler that changes a durable field without persist()
};

struct ProtocolEntry {
  ProtocolInfo info;
  // REQUIRES a scenario the loader accepted for this protocol.
  std::function<std::unique_ptr<Run>(std::shared_ptr<const Scenario>, std::uint64_t seed,
                                     const RunOptions&)>
      make;
  // The same run as a trace of it tells it. `states`: the trace says what handlers changed;
  // without that neither properties nor expectations can be judged, only what the lines say of
  // messages and of one another.
  std::function<std::unique_ptr<TracedRun>(std::shared_ptr<const Scenario>, std::uint64_t seed,
                                           bool states)>
      retrace;
};

}  // namespace quorate
