#include "sim/run/judge.hpp"

#include <algorithm>

#include "sim/base/words.hpp"

namespace quorate {

namespace {

bool expects_violation(const Scenario& scenario, const std::string& property) {
  return std::any_of(
      scenario.expect.begin(), scenario.expect.end(), [&](const Expectation& expectation) {
        return expectation.kind == Expectation::Kind::violation && expectation.name == property;
      });
}

bool asks_to_compare(const Scenario& scenario) {
  return std::ranges::find(scenario.check, HistoryCheck::name) != scenario.check.end();
}

bool waits_for_messages(const Fault& fault) {
  return fault.action.verb == Verb::omit || fault.action.verb == Verb::hold ||
         fault.action.verb == Verb::byzantine;
}

FaultResult result_of(const Fault& fault, std::uint64_t fired, std::uint64_t caught) {
  const bool in_vain = fired != 0 && caught == 0 && waits_for_messages(fault);
  return {fault.id, in_vain ? 0 : fired, fault.may_not_fire, in_vain};
}

void collect_faults(const Scenario& scenario, const Findings& findings, Outcome& outcome) {
  for (std::size_t i = 0; i < scenario.faults.size(); ++i) {
    const std::uint64_t caught = i < findings.caught.size() ? findings.caught[i] : 0;
    outcome.faults.push_back(result_of(scenario.faults[i], findings.fired[i], caught));
    FaultResult& result = outcome.faults.back();
    if (result.in_vain) {
      result.why = "it caught no message";
    } else if (i < findings.idle.size()) {
      result.why = findings.idle[i];
    }
  }
}

// Whoever asks for the comparison of answers learns that there was nothing to compare.
void admit_what_was_not_compared(const Scenario& scenario, Outcome& outcome) {
  if (!asks_to_compare(scenario)) return;
  const std::string name(HistoryCheck::name);
  if (std::ranges::find(outcome.properties, name, &PropertyResult::name) !=
      outcome.properties.end()) {
    return;
  }
  outcome.properties.push_back({name, 0, 0});
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

// The first goal that was missed, if any. That a run should end in a certain way is no goal.
const ExpectationResult* missed_goal(const Scenario& scenario,
                                     const std::vector<ExpectationResult>& results) {
  for (std::size_t i = 0; i < results.size(); ++i) {
    const bool goal = scenario.expect[i].kind != Expectation::Kind::diagnosis;
    if (goal && !results[i].met) return &results[i];
  }
  return nullptr;
}

// Adds to the diagnosis what is true of the run's end, whatever the scenario thinks of it.
class Diagnostician {
 public:
  Diagnostician(const Scenario& scenario, const Findings& findings, const EndState& state,
                Outcome& outcome)
      : scenario_(scenario), findings_(findings), state_(state), outcome_(outcome) {}

  void diagnose(const std::vector<ExpectationResult>& results) {
    const ExpectationResult* missed = missed_goal(scenario_, results);
    const std::vector<std::string> names = scenario_.names();
    const auto of_all = [&](const BugSwitch& bug) { return scenario_.is_of_all(bug); };
    const bool right = std::ranges::none_of(scenario_.bugs, of_all);
    const bool open = findings_.unanswered > 0 || missed != nullptr;
    // An event queue that runs dry while something is still to happen is a deadlock, unless it may
    // happen yet when the dead come back; after all that is to happen it is peace.
    const bool dry =
        findings_.ending == Ending::quiescent && (findings_.unanswered > 0 || to_happen(results));
    const std::string dead = down(names);
    if (dry && dead.empty()) {
      add("deadlock", "nothing is left to happen, and something is still to be reached");
    }
    const auto up = [&](NodeId node) { return state_.up(node); };
    std::string waits = waits_sentence(stuck(state_.waits(), findings_.blocked, up), up, names);
    if (dry && waits.empty() && !dead.empty()) {
      waits = "nothing is left to happen while " + dead + " down, and something is to be reached";
    }
    add("blocked", std::move(waits));
    if ((open || !findings_.progressed) && !led_elsewhere()) {
      add("livelock", findings_.cycle);
    }
    if (!right) return;  // nobody can say whether the mistake or the world did it
    if (findings_.violation) {
      add("outside_model", findings_.faults.broken_safety(findings_.violation_time));
    } else if (missed != nullptr) {
      add("outside_model", findings_.faults.broken_progress(missed->judged));
    }
  }

 private:
  // "n1 is", "n1, n2 and n3 are"; empty where all are up.
  std::string down(NodeNames names) const {
    std::vector<std::string> all;
    for (std::uint32_t i = 0; i < scenario_.nodes.size(); ++i) {
      if (!state_.up(NodeId{i})) all.push_back(names[i]);
    }
    if (all.empty()) return {};
    return in_a_list(all, "and") + (all.size() == 1 ? " is" : " are");
  }
  // Whether an event or a state is missing that more events might bring. That a number is not the
  // expected one, or that something happened which should not, is no standstill.
  bool to_happen(const std::vector<ExpectationResult>& results) const {
    for (std::size_t i = 0; i < results.size(); ++i) {
      const Expectation::Kind kind = scenario_.expect[i].kind;
      const bool happens = kind == Expectation::Kind::event_within ||
                           kind == Expectation::Kind::state_at_end ||
                           kind == Expectation::Kind::field_at_end;
      if (happens && !results[i].met) return true;
    }
    return false;
  }
  // Whether those who go round in circles are half of the members or fewer, and somebody else leads
  // and can act: nobody needs them.
  bool led_elsewhere() const {
    const std::vector<NodeId>& members = findings_.faults.members();
    if (2 * findings_.cycling.size() > members.size()) return false;
    return std::ranges::any_of(members, [&](NodeId node) {
      return findings_.elected.contains(node) && !findings_.cycling.contains(node) &&
             state_.up(node) && !findings_.faults.stands_still(node);
    });
  }
  void add(std::string_view word, std::string because) {
    if (because.empty()) return;
    outcome_.diagnosis.emplace_back(word);
    outcome_.because.push_back(std::move(because));
  }

  const Scenario& scenario_;
  const Findings& findings_;
  const EndState& state_;
  Outcome& outcome_;
};

// What happened to clients' messages is no matter of the model, but may be why nobody is answered.
std::string model_of(const Findings& findings) {
  const std::string broken = findings.faults.broken(findings.ended);
  const std::string clients = findings.faults.of_clients();
  if (!broken.empty())
    return "outside: " + broken + (clients.empty() ? "" : "; besides, " + clients);
  const std::string happened = findings.faults.happened(findings.ended);
  if (clients.empty()) return "within: " + happened;
  return "within: " + (happened == "no faults" ? clients : happened + ", " + clients);
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
  } else if (!findings.undecided.empty()) {
    outcome.verdict = Verdict::inconclusive;
    outcome.reason = findings.undecided;
  } else {
    outcome.verdict = Verdict::pass;
  }
}

}  // namespace

bool compares_answers(const Scenario& scenario) {
  return (scenario.check.empty() || asks_to_compare(scenario)) && scenario.initial.empty();
}

void Findings::note(const HistoryCheck& check) {
  if (check.armed() == 0) return;
  properties.push_back({std::string(HistoryCheck::name), check.armed(), check.exercised()});
  if (check.answer() == Linearizable::unknown) {
    undecided = "whether clients' answers are linearizable was not found out within " +
                std::to_string(SearchBudget{}.tries) + " steps and " +
                std::to_string(SearchBudget{}.bytes >> 20) + " MiB";
  }
}

void Findings::note(const RunWatch& watch, Time now, NodeNames names) {
  faults = watch.faults;
  if (!violation) faults.end(now);  // else what is held might have been let go
  ended = now;
  cycle = watch.cycles.cycle(names);
  cycling = watch.cycles.nodes_of_cycle();
  elected = watch.cycles.elected();
  progressed = watch.cycles.progressed();
  blocked = watch.blocked;
}

Outcome judge(const Scenario& scenario, Findings findings, const Expectations& expectations,
              const EndState& state) {
  Outcome outcome;
  outcome.ending = findings.ending;
  outcome.violation = findings.violation;
  outcome.violation_event = findings.violation_event;
  outcome.violation_time = findings.violation_time;
  outcome.properties = std::move(findings.properties);
  admit_what_was_not_compared(scenario, outcome);
  outcome.metrics = std::move(findings.metrics);
  outcome.witnesses = std::move(findings.witnesses);
  outcome.model = model_of(findings);
  const std::vector<NodeId>& members = findings.faults.members();
  const auto first = expectations.results(outcome, {}, state, members);
  Diagnostician(scenario, findings, state, outcome).diagnose(first);
  outcome.expectations = expectations.results(outcome, outcome.diagnosis, state, members);
  collect_faults(scenario, findings, outcome);
  decide(scenario, findings, outcome);
  return outcome;
}

}  // namespace quorate
