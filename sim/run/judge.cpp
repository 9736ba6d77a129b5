#include "sim/run/judge.hpp"

#include <algorithm>

namespace quorate {

namespace {

bool expects_violation(const Scenario& scenario, const std::string& property) {
  return std::any_of(
      scenario.expect.begin(), scenario.expect.end(), [&](const Expectation& expectation) {
        return expectation.kind == Expectation::Kind::violation && expectation.name == property;
      });
}

bool waits_for_messages(const Fault& fault) {
  return fault.action.verb == Verb::omit || fault.action.verb == Verb::hold;
}

FaultResult result_of(const Fault& fault, std::uint64_t fired, std::uint64_t caught) {
  const bool in_vain = fired != 0 && caught == 0 && waits_for_messages(fault);
  return {fault.id, in_vain ? 0 : fired, fault.may_not_fire, in_vain};
}

void collect_faults(const Scenario& scenario, const Findings& findings, Outcome& outcome) {
  for (std::size_t i = 0; i < scenario.faults.size(); ++i) {
    const std::uint64_t caught = i < findings.caught.size() ? findings.caught[i] : 0;
    outcome.faults.push_back(result_of(scenario.faults[i], findings.fired[i], caught));
  }
}

// What is wrong with the first fault that never fired although it must; empty if there is none.
std::string idle_fault(const Outcome& outcome) {
  for (const FaultResult& fault : outcome.faults) {
    if (!fault.idle()) continue;
    const std::string name = "the fault \"" + fault.id + "\"";
    return name + (fault.in_vain ? " caught no message" : " never fired");
  }
  return {};
}

// Whether the run has something left to reach. That it should end in a certain way is no such goal.
bool goal_open(const Scenario& scenario, const std::vector<ExpectationResult>& results) {
  for (std::size_t i = 0; i < results.size(); ++i) {
    const bool goal = scenario.expect[i].kind != Expectation::Kind::diagnosis;
    if (goal && !results[i].met) return true;
  }
  return false;
}

// Empty if all are met. What is still open does not count where `closed` ones alone are asked for.
std::string first_missed(const Outcome& outcome, bool closed) {
  for (const ExpectationResult& expectation : outcome.expectations) {
    if (!expectation.met && !(closed && expectation.open)) return expectation.why;
  }
  return {};
}

// What a run that was cut short did not get to; empty if there is nothing.
std::string not_judged(const Scenario& scenario, const Outcome& outcome) {
  const std::string idle = idle_fault(outcome);
  const std::string what =
      !first_missed(outcome, false).empty() ? "not all expectations were judged" : idle;
  if (what.empty()) return {};
  return "the run was cut at " + to_text(scenario.stop.since_start()) + "; " + what;
}

void decide(const Scenario& scenario, const Findings& findings, Outcome& outcome) {
  if (findings.ending == Ending::budget) {
    outcome.verdict = Verdict::inconclusive;
    outcome.reason = findings.reason;
  } else if (findings.violation && !expects_violation(scenario, findings.violation->property)) {
    outcome.verdict = Verdict::fail;
    outcome.reason = findings.violation->why;
  } else if (std::string missed = first_missed(outcome, findings.cut_short); !missed.empty()) {
    outcome.verdict = Verdict::fail;
    outcome.reason = std::move(missed);
  } else if (std::string open = not_judged(scenario, outcome);
             findings.cut_short && !open.empty()) {
    outcome.verdict = Verdict::inconclusive;
    outcome.reason = std::move(open);
  } else if (std::string idle = idle_fault(outcome); !findings.violation && !idle.empty()) {
    outcome.verdict = Verdict::fail;
    outcome.reason = std::move(idle);
  } else {
    outcome.verdict = Verdict::pass;
  }
}

}  // namespace

Outcome judge(const Scenario& scenario, const Findings& findings, const Expectations& expectations,
              const EndState& state) {
  Outcome outcome;
  outcome.ending = findings.ending;
  outcome.violation = findings.violation;
  outcome.violation_event = findings.violation_event;
  outcome.violation_time = findings.violation_time;
  outcome.properties = findings.properties;
  outcome.metrics = findings.metrics;
  outcome.witnesses = findings.witnesses;
  // An event queue that runs dry while a goal is still open is a deadlock; after all goals it is
  // peace.
  if (findings.ending == Ending::quiescent &&
      (findings.unanswered > 0 || goal_open(scenario, expectations.results(outcome, {}, state)))) {
    outcome.diagnosis.push_back("deadlock");
  }
  outcome.expectations = expectations.results(outcome, outcome.diagnosis, state);
  collect_faults(scenario, findings, outcome);
  decide(scenario, findings, outcome);
  return outcome;
}

}  // namespace quorate
