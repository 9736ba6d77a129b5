// Why an expectation was missed, from the trace of its run: what was awaited, what happened
// instead, and the event from which the way back begins.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/trace_file.hpp"
#include "sim/run/run.hpp"

namespace quorate {

struct Missed {
  std::string expect;  // as the scenario wrote it
  std::string why;     // one line
  // In which time an event was awaited; absent where none was, or where its fault never fired.
  std::optional<Time> from;
  std::optional<Time> until;
  // What happened in that time, or what else shows it: the last few, of each kind that is not too
  // frequent to be told one by one.
  std::vector<TraceLine> instead;
  std::string left_out;  // "34 applied, 33 chosen": too frequent, or too long ago
  std::string about;     // what the event below is; empty where there is none
  std::optional<TraceLine> event;
};

// Of every expectation that `outcome`, judged from this trace, says was missed.
std::vector<Missed> explain_missed(const TraceFile& trace, const Scenario& scenario,
                                   const Outcome& outcome);

// Whether a line is what a pattern describes: EventMatcher (sim/fault) for lines of a trace.
bool matches(const EventPattern& pattern, const TraceFile& trace, const TraceLine& line);

}  // namespace quorate
