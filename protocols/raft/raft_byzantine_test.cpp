// Raft among liars, whom it does not claim to bear: what breaks is laid to them, by name, and what
// they cannot break holds.
#include <doctest/doctest.h>

#include "sim/engine/deceit.hpp"
#include "tests/support/run_text.hpp"

namespace quorate::raft {

namespace {

using testing::run_to_end;
using testing::scenario_file;
using testing::Settings;

const Outcome& outcome_of(std::unique_ptr<Run>& run, const std::string& lesson,
                          const Settings& settings = {}) {
  run = run_to_end(scenario_file("scenarios/raft/byzantine-" + lesson + ".json", settings));
  return run->outcome();
}

}  // namespace

TEST_CASE("raft byzantine: a voter that grants everyone breaks election safety, and is named") {
  std::unique_ptr<Run> run;
  const Outcome& lied_to = outcome_of(run, "voter");
  CHECK(lied_to.verdict == Verdict::pass);  // as the lesson expects
  REQUIRE(lied_to.violation);
  CHECK(lied_to.violation->property == "election_safety");
  REQUIRE(lied_to.diagnosis == std::vector<std::string>{"outside_model"});
  CHECK(lied_to.because ==
        std::vector<std::string>{"raft assumes that no node lies, but n2 lied at 0.157 s"});
  CHECK(lied_to.model == "outside: " + lied_to.because[0]);

  std::unique_ptr<Run> other;
  const Settings honest{{"faults", "[]"}, {"expect", "[]"}};
  const Outcome& told_the_truth = outcome_of(other, "voter", honest);
  CHECK(told_the_truth.verdict == Verdict::pass);
  CHECK_FALSE(told_the_truth.violation);
  CHECK(told_the_truth.model.starts_with("within"));
}

TEST_CASE("raft byzantine: whoever lies by whichever strategy is named") {
  for (const std::string_view strategy : enum_names<Strategy>) {
    const bool field = strategy == "equivocate" || strategy == "collude" || strategy == "alter";
    const std::string more = strategy == "delay" ? R"(, "wait": "20ms")"
                             : field             ? R"(, "field": "term")"
                                                 : "";
    const auto scenario = testing::scenario_of(
        R"({"quorate": 1, "protocol": {"use": "raft", "nodes": 5}, "stop": {"at": "3s"},
            "network": {"delay": "5ms"}, "check": ["log_matching"],
            "faults": [{"at": "1s", "do": {"byzantine": {"node": ["n2", "n3"], "strategy": ")" +
        std::string(strategy) + '"' + more + "}}}]}");
    const std::unique_ptr<Run> run = run_to_end(scenario);
    INFO(strategy, ": ", run->outcome().model);
    CHECK(
        run->outcome().model.starts_with("outside: raft assumes that no node lies, but n2 and "
                                         "n3 lied "));
  }
}

TEST_CASE("raft byzantine: one liar of five voters does no harm, where two that collude do") {
  std::unique_ptr<Run> run;
  CHECK(outcome_of(run, "collude").violation);
  CHECK_FALSE(outcome_of(run, "collude",
                         {{"faults.0.do.byzantine.strategy", "alter"},
                          {"faults.0.do.byzantine.node", "n4"}})
                  .violation);
}

TEST_CASE("raft byzantine: a server with two names has two votes, one with another name has one") {
  std::unique_ptr<Run> run;
  CHECK(outcome_of(run, "forge").violation);
  CHECK_FALSE(outcome_of(run, "forge", {{"faults.1.for", "100%"}}).violation);
  CHECK_FALSE(outcome_of(run, "forge",
                         {{"faults.1.do.byzantine.as", "n2"}, {"faults.1.do.byzantine.node", "n4"}})
                  .violation);
}

// Silent, late and repeated messages are what networks do, too.
TEST_CASE("raft byzantine: silence, delay and repetition break no promise, whoever lies so") {
  for (const std::string_view strategy : {"silent", "delay", "replay"}) {
    const std::string wait = strategy == "delay" ? R"j(, "wait": "exponential(80ms)")j" : "";
    const auto scenario = testing::scenario_of(
        R"j({"quorate": 1, "protocol": {"use": "raft", "nodes": 5}, "stop": {"at": "6s"},
             "network": {"delay": "uniform(1ms, 9ms)"},
             "workload": [{"client": "c1", "op": "put", "every": "50ms", "timeout": "300ms"}],
             "faults": [{"every": "exponential(2s)", "for": "300ms", "do": {"crash": "$leader"},
                         "may_not_fire": true},
                        {"every": "exponential(1s)", "for": "uniform(200ms, 900ms)",
                         "do": {"byzantine": {"node": "random", "p": "70%", "strategy": ")j" +
        std::string(strategy) + '"' + wait + "}}}]}");
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
      const std::unique_ptr<Run> run = run_to_end(scenario, seed);
      INFO(strategy, " with seed ", seed, ": ", run->outcome().reason);
      CHECK(run->outcome().verdict == Verdict::pass);
    }
  }
}

}  // namespace quorate::raft
