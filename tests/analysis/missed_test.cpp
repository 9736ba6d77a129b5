// Patterns mean the same for the lines of a trace as for the records of its run.
#include "analysis/missed.hpp"

#include <doctest/doctest.h>

#include "analysis/trace_parts.hpp"
#include "sim/fault/event_match.hpp"
#include "tests/conformance/scenarios.hpp"
#include "tests/support/run_text.hpp"

namespace quorate::testing {
namespace {

constexpr std::string_view stormy = R"json({
  "quorate": 1, "protocol": {"use": "raft", "nodes": ["n1", "n2", "n3"]}, "seed": 7,
  "network": {"delay": "uniform(1ms, 9ms)", "loss": "5%", "duplicate": "5%"},
  "disk": {"sync": "1ms"},
  "workload": [{"client": "c1", "op": "put", "every": "20ms", "count": 30, "timeout": "300ms"}],
  "faults": [{"id": "kill", "at": "700ms", "for": "200ms", "do": {"crash": "leader"}}],
  "stop": {"at": "2s"}})json";

struct Pattern {
  EventPattern pattern;
  std::string words;
  std::vector<std::uint64_t> found{};  // indices of the records it matches
};

Pattern pattern(std::string event, std::string message = "", std::string key = "",
                const Value& value = {}) {
  Pattern result;
  result.words = event + " " + message + " " + key;
  result.pattern.event = std::move(event);
  result.pattern.message = std::move(message);
  if (!key.empty()) result.pattern.fields = {{std::move(key), {}, value}};
  return result;
}

std::vector<Pattern> patterns() {
  std::vector<Pattern> all;
  for (const std::string_view kind : enum_names<Kind>) all.push_back(pattern(std::string(kind)));
  for (const char* kind : {"send", "recv", "drop", "dup"}) {
    all.push_back(pattern(kind, "AppendEntries"));
    all.push_back(pattern(kind, "Append*", "to", Value::of("n2")));
    all.push_back(pattern(kind, "*", "term", Value::of(1)));
  }
  all.push_back(pattern("send", "", "from", Value::of("n1")));
  all.push_back(pattern("timer", "*"));
  all.push_back(pattern("timer", "", "name", Value::of("election")));
  all.push_back(pattern("elected"));
  all.push_back(pattern("event", "", "name", Value::of("elected")));
  all.push_back(pattern("applied", "", "index", Value::of(3)));
  all.push_back(pattern("drop", "", "why", Value::of("loss")));
  all.push_back(pattern("fault", "", "id", Value::of("kill")));
  all.push_back(pattern("heal", "", "id", Value::of("kill")));
  all.push_back(pattern("op", "", "client", Value::of("c1")));
  all.push_back(pattern("ack", "", "serial", Value::of(5)));
  all.push_back(pattern("restart"));
  all.back().pattern.node.kind = Selector::Kind::nodes;
  all.back().pattern.node.nodes = {NodeId{0}, NodeId{1}};
  return all;
}

class Matches final : public Observer {
 public:
  explicit Matches(NodeNames names) : names_(names) {}
  void on(const Record& record, const StateChange*) override {
    for (Pattern& one : all) {
      const EventMatcher matcher(one.pattern);
      const bool match = matcher.could_match(record.kind) && matcher.matches(record, names_);
      if (match) one.found.push_back(record.index);
    }
  }
  std::vector<Pattern> all = patterns();

 private:
  NodeNames names_;
};

}  // namespace

TEST_CASE("a pattern finds the same events in a trace as in the run") {
  const auto scenario = scenario_of(stormy);
  const ProtocolEntry& entry = protocol("raft");
  const auto run = entry.make(scenario, scenario->seed, {});
  StringSink sink;
  TraceWriter writer(sink, trace_header(*scenario, entry.info, scenario->seed, {}));
  const std::vector<std::string> names = scenario->names();
  Matches expected(names);
  run->observe(writer);
  run->observe(expected);
  run->run();
  writer.finish(trace_footer(*run, entry.info));
  const TraceFile trace(sink.text);
  REQUIRE(trace.reader().error().empty());
  std::size_t met = 0;
  for (const Pattern& one : expected.all) {
    CAPTURE(one.words);
    std::vector<std::uint64_t> found;
    trace.for_each([&](const TraceLine& line) {
      if (matches(one.pattern, trace, line)) found.push_back(line.index);
    });
    CHECK(found == one.found);
    met += one.found.empty() ? 0 : 1;
  }
  CHECK(met >= 20);  // else the patterns say nothing
}

}  // namespace quorate::testing
