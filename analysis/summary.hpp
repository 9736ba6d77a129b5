// What a finished run comes to: one line of what was run, a verdict with its reasons, and how to
// run it again. As text for people and as one JSON object for programs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/terminal.hpp"
#include "analysis/trace_parts.hpp"

namespace quorate {

// Everything a summary says, as values.
struct RunReport {
  std::string protocol;
  std::vector<std::string> nodes;
  std::uint64_t seed{};
  Outcome outcome;
  std::vector<MessageTotals> messages;
  std::optional<Duration> wall;       // how long the run took here; never part of a trace
  std::vector<NamedText> follow_ups;  // commands to go on with: {"replay", "quorate replay …"}
};

// REQUIRES run.finished(). `wall` and `follow_ups` are the caller's to add.
RunReport report_of(const Run& run, const Scenario& scenario, const ProtocolInfo& protocol,
                    std::uint64_t seed);

// "raft · 5 nodes · seed 42 · 5.000 s simulated in 40 ms", with its '\n'.
std::string summary_header(const RunReport& report, TextStyle style = {});

// From PASS, FAIL or INCONCLUSIVE to the last follow-up; every line with its '\n'.
std::string summary_verdict(const RunReport& report, TextStyle style = {});

// A line per metric, as `describe` names them; "_us" at the end of a name: microseconds.
std::string summary_metrics(const RunReport& report);

// One object without a '\n'; the seed and the digest are strings,
// since readers in JavaScript lose digits.
std::string summary_json(const RunReport& report);

}  // namespace quorate
