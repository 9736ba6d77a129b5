// Judges a run again from its trace alone, without a line of the protocol's code being run, and
// holds what the trace says in one place against what it says in others.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analysis/trace_reader.hpp"
#include "sim/run/protocol_entry.hpp"
#include "sim/trace/writer.hpp"

namespace quorate {

struct TraceCheck {
  std::uint64_t events{};
  // Where the trace contradicts itself, in its order: lines that cannot follow from those before
  // them, totals, checksum or verdict that are not those of the lines. The first few.
  std::vector<std::string> contradictions;
  std::uint64_t contradiction_count{};
  // What could not be judged, each with the reason.
  std::vector<std::string> not_judged;
  // The judgement; absent where the trace does not tell what handlers changed, or is bad in other
  // ways than that it was cut off.
  std::optional<Outcome> outcome;
  std::vector<MessageTotals> messages;
  std::string told_verdict;  // the footer's; empty where there is none
};

// Reads the trace to its end: one whose header, which has been read, names `protocol` and holds
// `scenario`. Ask the reader's error() then: a trace that was cut off is judged up to there. Time
// is linear in the trace; of it only what is under way is held in memory.
TraceCheck check_trace(TraceReader& reader, const ProtocolEntry& protocol,
                       const std::shared_ptr<const Scenario>& scenario);

}  // namespace quorate
