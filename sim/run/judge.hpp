// From what a run found to what it means: pass, fail or inconclusive, and why.
#pragma once

#include "sim/run/expectations.hpp"
#include "sim/run/run.hpp"
#include "sim/run/run_watch.hpp"

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
  std::vector<std::string> idle;      // why one never fired; empty where that is not known
  std::uint64_t unanswered{};         // operations issued and not acknowledged
  Readings metrics;
  std::map<std::string, std::uint64_t> witnesses;
  std::string undecided;  // a property that could not be judged, in one sentence

  FaultAccount faults;  // what went wrong around the nodes
  Time ended;
  std::string cycle;  // what nodes repeat without getting anywhere; mostly empty
  NodeSet cycling;    // those nodes
  NodeSet elected;    // who leads, as far as anybody was told
  bool progressed{};  // they got somewhere before
  BlockedWatch blocked;

  // What comparing clients' answers with their object came to.
  void note(const HistoryCheck& check);
  // And what else was seen from beside.
  void note(const RunWatch& watch, Time now, NodeNames names);
};

// Whether the answers of clients are to be compared with an object as it begins: not where the
// scenario checks other properties only, or gives its nodes a state to begin with.
bool compares_answers(const Scenario& scenario);

// A violation nobody expected, a missed expectation or a fault that never fired makes a fail, in
// this order of the reason given; a budget that ended the run first makes it inconclusive, and so
// does a property that could not be judged. A
// violation that was expected ends a run before its later faults, which then do not count. A run
// that was cut short is inconclusive where nothing but what more events could still have brought is
// missing. An
// omission, hold or liar that caught no message has changed nothing, and so never fired.
Outcome judge(const Scenario& scenario, Findings findings, const Expectations& expectations,
              const EndState& state);

}  // namespace quorate
