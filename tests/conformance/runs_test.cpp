// Every protocol, every scenario of its own, several seeds.
#include <doctest/doctest.h>

#include <map>
#include <set>

#include "analysis/trace_parts.hpp"
#include "sim/scenario/json.hpp"
#include "sim/trace/writer.hpp"
#include "tests/conformance/scenarios.hpp"
#include "tests/support/run_text.hpp"
#include "tests/support/sanitized.hpp"

namespace quorate::testing {

namespace {

constexpr std::uint64_t seeds = sanitized ? 1 : 3;

std::uint64_t digest_of(const ProtocolEntry& entry, const std::shared_ptr<const Scenario>& scenario,
                        std::uint64_t seed, const RunOptions& options = {}) {
  const auto run = entry.make(scenario, seed, options);
  run->run();
  return run->digest();
}

// Calls f(entry, scenario, seed) for all of them, naming the case where an assertion fails.
template <class F>
void every_run(F&& f) {
  for (const ProtocolEntry& entry : protocols()) {
    const auto files = scenario_files(entry.info.name);
    INFO("protocol ", entry.info.name);
    CHECK_MESSAGE(!files.empty(), "no scenario in scenarios/", entry.info.name);
    for (const std::string& file : files) {
      const auto scenario = load(file);
      for (std::uint64_t i = 0; i < seeds; ++i) {
        INFO(file, " seed ", scenario->seed + i);
        f(entry, scenario, scenario->seed + i);
      }
    }
  }
}

// Counts messages that reached a role without a handler for them.
class UnexpectedCount final : public Observer {
 public:
  void on(const Record& record, const StateChange*) override {
    count += record.kind == Kind::unexpected ? 1 : 0;
  }
  std::uint64_t count{};
};

// The names of the events that are emitted.
class EventNames final : public Observer {
 public:
  void on(const Record& record, const StateChange*) override {
    if (record.kind == Kind::event) seen.insert(snake_case(record.body.type->name));
  }
  std::set<std::string> seen{};
};

// Hands each line of a trace to a JSON parser.
class ParsingSink final : public TraceSink {
 public:
  bool write(std::string_view line) override {
    Diagnostics diagnostics("trace");
    bad += parse_json(line, diagnostics) && !diagnostics.failed() ? 0 : 1;
    ++lines;
    return true;
  }
  std::uint64_t lines{};
  std::uint64_t bad{};
};

class BackInTime final : public Observer {
 public:
  void on(const Record& record, const StateChange*) override {
    steps += record.time < last ? 1 : 0;
    last = record.time;
  }
  Time last;
  std::uint64_t steps{};
};

}  // namespace

TEST_CASE("time never goes back, however slow the clock of a timer of no length") {
  const auto scenario = scenario_of(R"json({"quorate": 1,
    "protocol": {"use": "paxos", "nodes": 3, "params": {"round_timeout": "20ms", "nack": true}},
    "network": {"delay": "uniform(1ms, 20ms)"}, "stop": {"at": "1s"},
    "clocks": {"n1": {"drift": "-90%"}, "n2": {"drift": "-33%"}},
    "workload": [{"client": "a", "op": "set", "key": "k", "value": "x", "at": "1ms", "node": "n1"},
                 {"client": "b", "op": "set", "key": "k", "value": "y", "at": "2ms", "node": "n2"}]
  })json");
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const auto run = make_run(scenario, seed);
    BackInTime back;
    run->observe(back);
    run->run();
    CHECK(back.steps == 0);
  }
}

TEST_CASE("the same scenario and seed give the same digest") {
  every_run([](const ProtocolEntry& entry, const auto& scenario, std::uint64_t seed) {
    CHECK(digest_of(entry, scenario, seed) == digest_of(entry, scenario, seed));
  });
}

TEST_CASE("a protocol emits the standard events it says it emits, and no others") {
  std::map<std::string, EventNames> emitted;
  every_run([&](const ProtocolEntry& entry, const auto& scenario, std::uint64_t seed) {
    const auto run = entry.make(scenario, seed, {});
    run->observe(emitted[entry.info.name]);
    run->run();
  });
  for (const ProtocolEntry& entry : protocols()) {
    INFO(entry.info.name, ", in Description::emits");
    const std::set<std::string>& seen = emitted[entry.info.name].seen;
    std::set<std::string> said(entry.info.emits.begin(), entry.info.emits.end());
    if (said.empty()) continue;  // it says nothing
    for (std::size_t i = 0; i < entry.info.standard_events; ++i) {
      const std::string& event = entry.info.events[i];
      CHECK_MESSAGE(seen.contains(event) == (said.erase(event) != 0), event);
    }
    CHECK(said.empty());
  }
}

TEST_CASE("a copy taken half way ends like the original") {
  every_run([](const ProtocolEntry& entry, const auto& scenario, std::uint64_t seed) {
    const std::uint64_t whole = digest_of(entry, scenario, seed);
    const auto measured = entry.make(scenario, seed, {});
    std::uint64_t steps = 0;
    while (measured->step()) ++steps;
    const auto original = entry.make(scenario, seed, {});
    for (std::uint64_t i = 0; i < steps / 2; ++i) original->step();
    const auto copy = original->copy();
    copy->run();
    CHECK(copy->digest() == whole);
    original->run();  // undisturbed by what its copy did
    CHECK(original->digest() == whole);
  });
}

TEST_CASE("checking properties changes nothing unless one is violated") {
  every_run([](const ProtocolEntry& entry, const auto& scenario, std::uint64_t seed) {
    const auto checked = entry.make(scenario, seed, {});
    checked->run();
    if (checked->outcome().violation) return;
    CHECK(digest_of(entry, scenario, seed, {.properties = false}) == checked->digest());
  });
}

TEST_CASE("writing a trace changes nothing, and every line of it is JSON") {
  std::uint64_t count = 0;
  every_run([&](const ProtocolEntry& entry, const auto& scenario, std::uint64_t seed) {
    if (sanitized && count++ % 4 != 0) return;  // parsing every line is dear there
    const auto run = entry.make(scenario, seed, {});
    ParsingSink sink;
    TraceWriter writer(sink, trace_header(*scenario, entry.info, seed, TraceLevel::all), 0);
    run->observe(writer);
    run->run();
    writer.finish(trace_footer(*run, entry.info));
    CHECK(run->digest() == digest_of(entry, scenario, seed));
    CHECK(sink.bad == 0);
    CHECK(sink.lines == run->events() + 2);
  });
}

TEST_CASE("no handler changes a durable field without persist()") {
  every_run([](const ProtocolEntry& entry, const auto& scenario, std::uint64_t seed) {
    const auto run = entry.make(scenario, seed, {.check_durability = true});
    run->run();
    const auto& violation = run->outcome().violation;
    CHECK_FALSE((violation && violation->property == "durability"));
  });
}

TEST_CASE("no role is sent a message it does not handle") {
  every_run([](const ProtocolEntry& entry, const auto& scenario, std::uint64_t seed) {
    const auto run = entry.make(scenario, seed, {});
    UnexpectedCount unexpected;
    run->observe(unexpected);
    run->run();
    CHECK(unexpected.count == 0);
  });
}

}  // namespace quorate::testing
