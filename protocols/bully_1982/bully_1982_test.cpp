// Garcia-Molina's bully algorithm against its paper: procedures, exact costs, and many seeds within
// the assumptions it makes, with its known mistakes and without.
#include <doctest/doctest.h>

#include "tests/support/lessons.hpp"
#include "tests/support/run_text.hpp"
#include "tests/support/zoo.hpp"

namespace quorate::bully_1982 {

namespace {

using testing::make_run;
using testing::run_to_end;
using testing::scenario_file;
using testing::scenario_of;
using testing::Settings;

constexpr Duration d = 10ms;

enum Type : std::size_t { ay_up, ay_normal, halt, new_coordinator, ready, call_return };

// n peers in peace, p<n> coordinating, with no timer but those that a fault fires; `faults` are
// those of a scenario.
std::string quiet(std::uint32_t n, std::string_view faults) {
  return R"({ "quorate": 1, "network": { "delay": "10ms" }, "stop": { "at": "5s" },
              "protocol": { "use": "bully_1982", "nodes": )" +
         std::to_string(n) +
         R"(, "params": { "call_timeout": "100ms", "check": "1h", "long_silence": "1h" } },
              "faults": [)" +
         std::string(faults) + "] }";
}

std::string name(std::uint32_t number) { return "\"n" + std::to_string(number) + "\""; }

std::string kill(std::uint32_t number, std::string_view at = "500ms") {
  return R"({ "at": ")" + std::string(at) + R"(", "do": { "crash": )" + name(number) + "} }";
}
// This peer has not heard from its coordinator for a long time.
std::string misses(std::uint32_t number, std::string_view at = "1s") {
  return R"({ "at": ")" + std::string(at) + R"(", "do": { "fire": { "node": )" + name(number) +
         R"(, "timer": "long_silence" } } })";
}

std::uint64_t sent(const Run& run, Type type) { return run.ledger().counts()[type].sent; }
std::uint64_t sent(const Run& run) {
  std::uint64_t sum = 0;
  for (const Type type : {ay_up, ay_normal, halt, new_coordinator, ready, call_return}) {
    sum += sent(run, type);
  }
  return sum;
}
std::string field(const Run& run, std::uint32_t number, std::string_view name) {
  return run.field(NodeId{number - 1}, name);
}

// What happened, in order: messages as "n4>n3 Halt", events as "n4 elected", with their times.
struct Story final : Observer {
  void on(const Record& record, const StateChange*) override {
    const std::string who = "n" + std::to_string(record.node.value + 1);
    if (record.kind == Kind::send) {
      lines.push_back({record.time.since_start(), who + ">n" + std::to_string(record.to.value + 1) +
                                                      " " + std::string(record.body.name())});
    } else if (record.kind == Kind::event) {
      lines.push_back({record.time.since_start(), who + " " + std::string(record.body.name())});
    }
  }
  std::vector<std::string> all(std::string_view ending) const {
    std::vector<std::string> result;
    for (const auto& line : lines) {
      if (line.second.ends_with(ending)) result.push_back(line.second);
    }
    return result;
  }
  Duration last(std::string_view what) const {
    Duration result{};
    for (const auto& [time, line] : lines) {
      if (line == what) result = time;
    }
    return result;
  }
  std::vector<std::pair<Duration, std::string>> lines;
};

struct Told {
  explicit Told(const std::string& scenario) : run(make_run(scenario_of(scenario), 1)) {
    run->observe(story);
    run->run();
    REQUIRE_FALSE(run->outcome().violation.has_value());
  }
  std::unique_ptr<Run> run;
  Story story;
};

}  // namespace

TEST_CASE("bully 1982: a long silence: ask the coordinator first, and trust its answer") {
  const Told told(quiet(5, misses(2)));
  CHECK(told.story.all("AyUp") == std::vector<std::string>{"n2>n5 AyUp"});
  CHECK(sent(*told.run) == 2);
  CHECK(told.story.all("ElectionHeld").empty());
}

TEST_CASE("bully 1982: who finds somebody above quits, after one call and its return") {
  const Told told(quiet(5, kill(5) + "," + misses(2)));
  CHECK(told.story.all("AyUp") == std::vector<std::string>{"n2>n5 AyUp", "n2>n3 AyUp"});
  CHECK(sent(*told.run, call_return) == 1);
  CHECK(told.story.all("Elected").empty());
  CHECK(field(*told.run, 2, "state") == "\"normal\"");  // of a coordinator that is dead
}

TEST_CASE("bully 1982: below are halted from the highest down, and told only when all are") {
  const Told told(quiet(5, kill(5) + "," + misses(4)));
  CHECK(told.story.all("Halt") ==
        std::vector<std::string>{"n4>n3 Halt", "n4>n2 Halt", "n4>n1 Halt"});
  CHECK(told.story.last("n4 Elected") == told.story.last("n4>n1 Halt") + 2 * d);
  for (std::uint32_t i = 1; i <= 4; ++i) {
    CHECK(field(*told.run, i, "state") == "\"normal\"");
    CHECK(field(*told.run, i, "coordinator") == "\"n4\"");
  }
}

TEST_CASE("bully 1982: a halted peer dies: the election is held again, without it") {
  // n4 halts n3, n2 and n1 from 1.2 s on, and begins to tell them at 1.26 s; n1 dies at 1.27 s.
  const Told told(quiet(5, kill(5) + "," + misses(4) + "," + kill(1, "1270ms")));
  CHECK(told.story.all("n4 ElectionHeld").size() == 2);
  CHECK(told.run->outcome().witnesses.at("group_broken") == 1);
  for (std::uint32_t i = 2; i <= 4; ++i) CHECK(field(*told.run, i, "coordinator") == "\"n4\"");
}

TEST_CASE("bully 1982: a peer that is not normal is found by the next CHECK") {
  // n1 comes back, hears that n2 is up, and quits; from then on it waits.
  const std::string back = R"({ "at": "1s", "for": "150ms", "do": { "crash": "n1" } })";
  const auto waits = run_to_end(scenario_of(quiet(3, back)));
  CHECK(field(*waits, 1, "state") == "\"election\"");
  const auto found = run_to_end(scenario_of(quiet(3, back), {{"protocol.params.check", "300ms"}}));
  CHECK(found->outcome().witnesses.at("reorganized_again") == 1);
  CHECK(field(*found, 1, "state") == "\"normal\"");
  CHECK(field(*found, 1, "coordinator") == "\"n3\"");
}

TEST_CASE("bully 1982: an election that is halted goes no further") {
  const auto run = run_to_end(scenario_file("scenarios/bully_1982/recovery.json"));
  CHECK(run->outcome().verdict == Verdict::pass);
  CHECK(run->outcome().witnesses.at("usurped") == 1);
}

TEST_CASE("bully 1982: mistakes are caught, and without them nothing breaks") {
  for (const std::string mistake : {"halts-upwards", "halt-unrecorded"}) {
    const std::string file = "scenarios/bully_1982/bug-" + mistake + ".json";
    testing::check_caught(file, "same_coordinator");
    testing::check_innocent(file);
  }
}

TEST_CASE("bully 1982: a storm of crashes within the assumptions, 500 seeds") {
  auto witnesses = testing::check_weathered("scenarios/bully_1982/crash-storm.json", 500);
  CHECK(witnesses["usurped"] >= 100);
  CHECK(witnesses["group_broken"] >= 10);
  CHECK(witnesses["reorganized_again"] >= 20);
}

TEST_CASE("bully 1982 zoo: each mistake breaks what it is said to, and alone does") {
  testing::check_zoo_lessons("bully_1982");
  testing::check_zoo_caught("bully_1982");
  testing::check_zoo_first_broken("bully_1982");
  testing::check_zoo_innocent("bully_1982");
}

// The paper's network doubles nothing: a HALT that comes again stops whom no election halts.
TEST_CASE("bully 1982: a message that comes twice is outside the model") {
  std::size_t broken = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    const auto run = make_run(scenario_of(R"j({ "quorate": 1, "stop": { "at": "5s" },
        "network": { "delay": "empirical(1ms:40, 49ms:60)", "duplicate": "30%" },
        "protocol": { "use": "bully_1982", "nodes": 3, "params": { "boot": "recovery" } },
        "faults": [{ "every": "exponential(300ms)", "for": "exponential(150ms)",
                     "may_not_fire": true, "do": { "crash": "random" } }] })j"),
                              seed);
    run->run();
    if (!run->outcome().violation) continue;
    ++broken;
    CAPTURE(seed);
    CHECK(run->outcome().model.find("that no message arrives twice, but") != std::string::npos);
  }
  CHECK(broken > 0);
}

}  // namespace quorate::bully_1982
