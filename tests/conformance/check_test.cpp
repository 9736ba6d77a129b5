// A trace tells its run whole: judged again from its lines, every run of every protocol has the
// outcome that it had.
#include <doctest/doctest.h>

#include "analysis/summary.hpp"
#include "analysis/trace_check.hpp"
#include "tests/conformance/scenarios.hpp"
#include "tests/support/run_text.hpp"
#include "tests/support/sanitized.hpp"

namespace quorate::testing {

namespace {

std::string told(const ProtocolEntry& entry, Outcome outcome, std::vector<MessageTotals> messages) {
  RunReport report;
  outcome.digest = 0;  // a trace does not tell it, nor what came near a fault that never fired
  for (FaultResult& fault : outcome.faults) {
    if (!fault.in_vain) fault.why.clear();
  }
  report.protocol = entry.info.name;
  report.outcome = std::move(outcome);
  report.messages = std::move(messages);
  return summary_json(report);
}

void judge_again(const ProtocolEntry& entry, const std::shared_ptr<const Scenario>& scenario,
                 std::uint64_t seed) {
  const auto run = entry.make(scenario, seed, {});
  StringSink sink;
  TraceWriter writer(sink, trace_header(*scenario, entry.info, seed));
  run->observe(writer);
  run->run();
  writer.finish(trace_footer(*run, entry.info));
  TraceReader reader(sink.text);
  const TraceCheck check = check_trace(reader, entry, scenario);
  CHECK(reader.error() == "");
  CHECK(check.contradictions == std::vector<std::string>{});
  CHECK(check.not_judged == std::vector<std::string>{});
  CHECK(check.events == run->events());
  REQUIRE(check.outcome);
  CHECK(told(entry, *check.outcome, check.messages) ==
        told(entry, run->outcome(), message_totals(run->ledger(), entry.info)));
  CHECK(check.outcome->witnesses == run->outcome().witnesses);
  CHECK(check.outcome->metrics == run->outcome().metrics);
}

}  // namespace

TEST_CASE("a trace is judged as its run was, to the last count") {
  for (const ProtocolEntry& entry : protocols()) {
    for (const std::string& file : scenario_files(entry.info.name)) {
      const auto scenario = load(file);
      for (std::uint64_t i = 0; i < (sanitized ? 1 : 2); ++i) {
        INFO(file, " seed ", scenario->seed + i);
        judge_again(entry, scenario, scenario->seed + i);
      }
    }
  }
}

// The reader is the second client, and asks while another writes.
TEST_CASE("a trace is judged by when each client asked") {
  const auto scenario = scenario_of(R"json({
    "quorate": 1,
    "protocol": {"use": "raft", "nodes": 3,
                 "params": {"election_timeout": "250ms", "no_op": true, "reads": "read_index",
                            "state_machine": "registers"},
                 "node_params": {"n1": {"election_timeout": "150ms"}}},
    "stop": {"at": "1500ms"},
    "network": {"delay": "uniform(5ms, 20ms)", "clients": {"delay": "uniform(1ms, 30ms)"}},
    "workload": [
      {"client": "c1", "op": "put", "key": "x", "every": "uniform(5ms, 10ms)", "from": "200ms",
       "count": 80},
      {"client": "c2", "op": "get", "key": "x", "every": "uniform(1ms, 9ms)", "count": 120,
       "timeout": "30ms"}]})json");
  for (std::uint64_t seed = 1; seed <= 3; ++seed) judge_again(protocol("raft"), scenario, seed);
}

}  // namespace quorate::testing
