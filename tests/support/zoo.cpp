#include "tests/support/zoo.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>

#include "tests/conformance/scenarios.hpp"
#include "tests/support/lessons.hpp"
#include "tests/support/process.hpp"
#include "tests/support/run_text.hpp"
#include "tests/support/sanitized.hpp"

namespace quorate::testing {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t sweep_seeds = seeds_here(200);

// A mistake as the protocol describes it, and the scenario that shows it.
struct Mistake {
  BugInfo bug;
  std::string file;
  ScenarioPointer scenario;
  // No property can notice what only takes longer, or for ever, or does no harm.
  bool breaks_property() const {
    return bug.breaks != "liveness" && bug.breaks != "cost" && bug.breaks != "nothing";
  }
};

std::string file_of(const std::string& protocol, std::string bug) {
  std::replace(bug.begin(), bug.end(), '_', '-');
  return "scenarios/" + protocol + "/bug-" + bug + ".json";
}

std::vector<Mistake> mistakes(const std::string& name) {
  std::vector<Mistake> result;
  for (const BugInfo& bug : protocol(name).info.bugs) {
    const std::string file = file_of(name, bug.name);
    result.push_back({bug, file, scenario_file(file)});
  }
  return result;
}

bool caught(const Mistake& mistake, std::uint64_t seed) {
  const auto run = run_to_end(mistake.scenario, seed);
  const auto& violation = run->outcome().violation;
  return violation.has_value() && violation->property == mistake.bug.breaks;
}

// Which of the seeds 1..sweep_seeds catch it.
struct Catches {
  std::uint64_t first{};  // 0 if none does
  std::uint64_t count{};
};

Catches sweep(const Mistake& mistake) {
  Catches result;
  for (std::uint64_t seed = 1; seed <= sweep_seeds; ++seed) {
    if (!caught(mistake, seed)) continue;
    if (result.count++ == 0) result.first = seed;
  }
  return result;
}

// A script of single steps: chance has no part in it.
bool is_directed(const Mistake& mistake) {
  const auto scripted = [](const Fault& fault) {
    return fault.action.verb == Verb::fire || fault.action.verb == Verb::request;
  };
  return std::any_of(mistake.scenario->faults.begin(), mistake.scenario->faults.end(), scripted);
}

// "R13" of "... clears votedFor (R13)".
std::string number_of(const BugInfo& bug) {
  const std::size_t open = bug.text.rfind('(');
  const std::size_t close = bug.text.find(')', open);
  REQUIRE(open != std::string::npos);
  return bug.text.substr(open + 1, close - open - 1);
}

// In a row of the table: the first seed that catches it, and how many of 200 do. A script of single
// steps is caught under each.
std::string catch_property(const Mistake& mistake) {
  check_caught(mistake.file, mistake.bug.breaks);
  if (sanitized) return "not swept";
  const Catches catches = sweep(mistake);
  CHECK(catches.first != 0);
  if (is_directed(mistake)) return "directed | all";
  return std::to_string(catches.first) + " | " + std::to_string(catches.count);
}

std::string catch_otherwise(const Mistake& mistake) {
  CHECK(run_to_end(mistake.scenario)->outcome().verdict == Verdict::pass);
  if (mistake.bug.breaks == "nothing") {
    for (std::uint64_t seed = 1; seed <= sweep_seeds; ++seed) {
      REQUIRE_FALSE(run_to_end(mistake.scenario, seed)->outcome().violation.has_value());
    }
    return "never | 0";
  }
  const auto right = run_to_end(scenario_file(mistake.file, {{"protocol.bugs", "[]"}}));
  CHECK(right->outcome().verdict == Verdict::fail);
  return "measured | all";
}

}  // namespace

void check_zoo_lessons(const std::string& protocol) {
  for (const Mistake& mistake : mistakes(protocol)) {
    CAPTURE(mistake.file);
    REQUIRE(mistake.scenario->bugs.size() == 1);
    CHECK(mistake.scenario->bugs[0].name == mistake.bug.name);
    CHECK_FALSE(mistake.scenario->title.empty());
    CHECK_FALSE(mistake.scenario->teaches.empty());
    CHECK(mistake.scenario->lesson.find("\n\n") != std::string::npos);
    if (!mistake.breaks_property()) continue;
    CHECK(mistake.scenario->check == std::vector{mistake.bug.breaks});
    REQUIRE(mistake.scenario->expect.size() == 1);
    CHECK(mistake.scenario->expect[0].name == mistake.bug.breaks);
  }
}

void check_zoo_caught(const std::string& protocol) {
  const std::string held = contents(source("scenarios/ZOO.md"));
  std::string table = "\n## " + protocol + "\n";
  for (const Mistake& mistake : mistakes(protocol)) {
    CAPTURE(mistake.file);
    const std::string name = fs::path(mistake.file).stem().string();
    const std::string row =
        "| [`" + mistake.bug.name + "`](" + protocol + "/" + name + ".json) | " +
        number_of(mistake.bug) + " | " + mistake.bug.breaks + " | " +
        (mistake.breaks_property() ? catch_property(mistake) : catch_otherwise(mistake)) + " |\n";
    table += row;
    CHECK_MESSAGE(
        (sanitized || held.find(row) != held.npos),
        "scenarios/ZOO.md lacks this row; tests/tools/zoo_table.sh writes it anew: ", row);
  }
  MESSAGE(table);
}

void check_zoo_first_broken(const std::string& protocol) {
  for (const Mistake& mistake : mistakes(protocol)) {
    if (!mistake.breaks_property()) continue;
    CAPTURE(mistake.file);
    const auto run = run_to_end(scenario_file(mistake.file, {{"check", "[]"}, {"expect", "[]"}}));
    REQUIRE(run->outcome().violation.has_value());
    const std::string& announced =
        mistake.bug.first.empty() ? mistake.bug.breaks : mistake.bug.first;
    CHECK(run->outcome().violation->property == announced);
  }
}

void check_zoo_innocent(const std::string& protocol) {
  for (const Mistake& mistake : mistakes(protocol)) check_innocent(mistake.file);
}

}  // namespace quorate::testing
