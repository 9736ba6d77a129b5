// Every shipped scenario is a lesson that keeps its promise: it loads,
// runs at its own seed and meets what it expects, in this process and through the command line.
// A new file is found by itself.
#include <doctest/doctest.h>

#include <filesystem>
#include <iomanip>
#include <map>
#include <sstream>

#include "tests/conformance/scenarios.hpp"
#include "tests/support/process.hpp"
#include "tests/support/run_text.hpp"

namespace quorate::testing {

namespace {

namespace fs = std::filesystem;

struct Lesson {
  const ProtocolEntry* entry{};
  std::string path;
  std::string name() const { return entry->info.name + "/" + fs::path(path).stem().string(); }
};

// All lessons, by protocol and name.
std::vector<Lesson> lessons() {
  std::vector<Lesson> result;
  for (const ProtocolEntry& entry : protocols()) {
    for (std::string& path : scenario_files(entry.info.name)) {
      result.push_back({&entry, std::move(path)});
    }
  }
  return result;
}

// Why the run was no success; empty if it was.
std::string complaint(const ProtocolEntry& entry, const std::shared_ptr<const Scenario>& scenario,
                      std::uint64_t seed) {
  const auto run = entry.make(scenario, seed, {});
  run->run();
  const quorate::Outcome& outcome = run->outcome();
  if (outcome.verdict == Verdict::pass) return {};
  std::string text = std::string(enum_name(outcome.verdict)) + ": " + outcome.reason;
  for (const ExpectationResult& expectation : outcome.expectations) {
    if (!expectation.met) text += "\n  " + expectation.text + "\n    " + expectation.why;
  }
  return text;
}

}  // namespace

TEST_CASE("scenarios: every lesson passes at its own seed") {
  for (const Lesson& lesson : lessons()) {
    SUBCASE(lesson.name().c_str()) {
      const auto scenario = load(lesson.path);
      CHECK(complaint(*lesson.entry, scenario, scenario->seed) == "");
    }
  }
}

namespace {

struct Sum {
  std::uint64_t armed{};
  std::uint64_t exercised{};
  std::uint64_t lessons{};  // in which it was exercised
};

// Of each property, over the lessons of its protocol at their own seeds.
std::map<std::string, Sum> sums_of(const ProtocolEntry& entry) {
  std::map<std::string, Sum> sums;
  for (const std::string& path : scenario_files(entry.info.name)) {
    const auto scenario = load(path);
    const auto run = entry.make(scenario, scenario->seed, {});
    run->run();
    for (const PropertyResult& property : run->outcome().properties) {
      Sum& sum = sums[property.name];
      sum.armed += property.armed;
      sum.exercised += property.exercised;
      sum.lessons += property.exercised > 0 ? 1 : 0;
    }
  }
  return sums;
}

std::string row(std::string_view first, const auto& armed, const auto& exercised,
                const auto& lessons) {
  std::ostringstream text;
  text << "  " << std::left << std::setw(42) << first << std::right << std::setw(9) << armed
       << std::setw(11) << exercised << std::setw(9) << lessons << "\n";
  return text.str();
}

}  // namespace

// A property that nothing puts to a test would be green for ever.
TEST_CASE("scenarios: every property is exercised by a lesson") {
  std::string table = "\n" + row("property", "armed", "exercised", "lessons");
  for (const ProtocolEntry& entry : protocols()) {
    std::map<std::string, Sum> sums = sums_of(entry);
    for (const PropertyInfo& property : entry.info.properties) {
      const std::string name = entry.info.name + "." + property.name;
      const Sum& sum = sums[property.name];
      table += row(name, sum.armed, sum.exercised, sum.lessons);
      CHECK_MESSAGE(sum.exercised > 0, name, " is exercised by no lesson");
    }
  }
  MESSAGE(table);
}

TEST_CASE("scenarios: the command line agrees, with exit status 0") {
  for (const Lesson& lesson : lessons()) {
    SUBCASE(lesson.name().c_str()) {
      const std::string quorate = testing::binary("quorate").string();
      const testing::Outcome outcome = testing::run({{quorate, "run", lesson.path}, ".", {}});
      INFO(outcome.output, outcome.errors);
      CHECK(outcome.status == 0);
    }
  }
}

// The lesson about a fast clock counts the terms of its own seed; the rest of it holds under any.
ScenarioPointer without_its_count(const std::string& path) {
  const std::string file = fs::relative(path, source(".")).string();
  const std::string count = R"({"metric":"epochs","is":13})";
  REQUIRE(to_json(load(path)->source).find(count) != std::string::npos);
  return scenario_file(file, {{"expect.1", R"({"metric": "epochs", "min": 1})"}});
}

// Lessons in which a coin decides, as their texts say: which field is spoilt, what a crash leaves
// on a disk, whom faults hit.
bool rests_on_its_seed(const std::string& name) {
  constexpr std::string_view lessons[] = {"liveness-livelock", "no-checksum", "restart-unsynced",
                                          "short-write", "torn-write"};
  return std::ranges::find(lessons, name) != std::end(lessons);
}

// What a scenario says about one run may hold there by luck. Lessons about Raft hold under any
// seed; those about mistakes need the seed that finds them.
TEST_CASE("scenarios: lessons about Raft pass under twenty seeds" * doctest::test_suite("long")) {
  for (const std::string& path : scenario_files("raft")) {
    const std::string name = fs::path(path).stem().string();
    if (name.starts_with("bug-")) continue;
    SUBCASE(name.c_str()) {
      const auto scenario = name == "fast-clock" ? without_its_count(path) : load(path);
      std::uint64_t failed = 0;
      for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        const std::string wrong = complaint(protocol("raft"), scenario, seed);
        failed += wrong.empty() ? 0 : 1;
        CHECK_MESSAGE((wrong.empty() || rests_on_its_seed(name)), "seed ", seed, ": ", wrong);
      }
      CHECK((failed != 0) == rests_on_its_seed(name));
      const std::string& text = scenario->lesson;
      CHECK((failed == 0 || text.find("seed") != text.npos || text.find("Seed") != text.npos));
    }
  }
}

TEST_CASE("scenarios: a lesson says what it teaches and expects something") {
  for (const Lesson& lesson : lessons()) {
    INFO(lesson.path);
    const auto scenario = load(lesson.path);
    CHECK_FALSE(scenario->title.empty());
    CHECK_FALSE(scenario->teaches.empty());
    CHECK_FALSE(scenario->lesson.empty());
    CHECK_FALSE(scenario->expect.empty());
  }
}

// A lesson that no page leads to is not found. Those about mistakes stand together in one row.
TEST_CASE("scenarios: every lesson stands in the README of its folder") {
  for (const Lesson& lesson : lessons()) {
    const fs::path file = lesson.path;
    if (file.stem().string().starts_with("bug-")) continue;
    INFO(lesson.path);
    const std::string readme = testing::contents(file.parent_path() / "README.md");
    CHECK(readme.find("`" + file.stem().string() + "`") != std::string::npos);
  }
}

}  // namespace quorate::testing
