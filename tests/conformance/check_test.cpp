// A trace tells its run whole: judged again from its lines, every run of every protocol has the
// outcome that it had.
#include <doctest/doctest.h>

#include "analysis/summary.hpp"
#include "analysis/trace_check.hpp"
#include "tests/conformance/scenarios.hpp"

namespace quorate::testing {

namespace {

std::string told(const ProtocolEntry& entry, Outcome outcome, std::vector<MessageTotals> messages) {
  RunReport report;
  outcome.digest = 0;  // a trace does not tell it
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
      for (std::uint64_t i = 0; i < 2; ++i) {
        INFO(file, " seed ", scenario->seed + i);
        judge_again(entry, scenario, scenario->seed + i);
      }
    }
  }
}

}  // namespace quorate::testing
