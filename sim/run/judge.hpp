// From what a run found to what it means: pass, fail or inconclusive, and why.
#pragma once

#include "sim/run/expectations.hpp"
#include "sim/run/run.hpp"

namespace quorate {

struct Findings {
  Ending ending{};
  bool cut_short{};    // whoever runs it made it stop early (RunOptions::cut_short)
  std::string reason;  // of a budget
  std::optional<Violation> violation;
  std::uint64_t violation_event{};
  Time violation_time;
  std::vector<PropertyResult> properties;
  std::vector<std::uint64_t> fired;   // per fault of the scenario
  std::vector<std::uint64_t> caught;  // messages that its omissions or holds took; may end early
  std::uint64_t unanswered{};         // operations issued and not acknowledged
  std::map<std::string, std::int64_t> metrics;
  std::map<std::string, std::uint64_t> witnesses;
};

// A violation nobody expected, a missed expectation or a fault that never fired makes a fail, in
// this order of the reason given; a budget that ended the run first makes it inconclusive. A
// violation that was expected ends a run before its later faults, which then do not count. A run
// that was cut short is inconclusive where nothing but what more events could still have brought is
// missing. An
// omission or hold that caught no message has changed nothing, and so never fired.
Outcome judge(const Scenario& scenario, const Findings& findings, const Expectations& expectations,
              const EndState& state);

}  // namespace quorate
