// Judges a run again from its trace alone, without a line of the protocol's code being run, and
// holds what the trace says in one place against what it says in others.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/run/protocol_entry.hpp"
#include "sim/trace/writer.hpp"

namespace quorate {

struct TraceCheck {
  std::string error;  // the file is no whole trace: one line saying what is wrong and where
  bool truncated{};   // and that is that it ends too early
  std::uint64_t events{};
  // Where the trace contradicts itself, in its order: lines that cannot follow from those before
  // them, totals, checksum or verdict that are not those of the lines. The first few.
  std::vector<std::string> contradictions;
  std::uint64_t contradiction_count{};
  // What could not be judged, each with the reason.
  std::vector<std::string> not_judged;
  // The judgement; absent where the trace does not tell what handlers changed.
  std::optional<Outcome> outcome;
  std::vector<MessageTotals> messages;
  std::string told_verdict;  // the footer's; empty where there is none
};

// `text` is a trace whose header names `protocol` and holds `scenario`. Time and memory are linear
// in it; it is read once.
TraceCheck check_trace(std::string_view text, const ProtocolEntry& protocol,
                       const std::shared_ptr<const Scenario>& scenario);

}  // namespace quorate
