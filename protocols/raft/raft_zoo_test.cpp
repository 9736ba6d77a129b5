// The known mistakes of Raft, each in a scenario of its own: it is caught by the property it is
// said to break, and without the mistake the same scenario breaks nothing, so the property blames
// the right thing.
#include <doctest/doctest.h>

#include <algorithm>
#include <iomanip>
#include <sstream>

#include "tests/conformance/scenarios.hpp"
#include "tests/support/lessons.hpp"
#include "tests/support/run_text.hpp"

namespace quorate::raft {

namespace {

using testing::run_to_end;
using testing::scenario_file;
using testing::ScenarioPointer;

constexpr std::uint64_t innocent_seeds = 200;
constexpr std::uint64_t sweep_seeds = 200;

// A mistake as the protocol describes it, and the scenario that shows it.
struct Mistake {
  BugInfo bug;
  std::string file;
  ScenarioPointer scenario;
};

std::string file_of(std::string bug) {
  std::replace(bug.begin(), bug.end(), '_', '-');
  return "scenarios/raft/bug-" + bug + ".json";
}

std::vector<Mistake> mistakes() {
  std::vector<Mistake> result;
  for (const BugInfo& bug : testing::protocol("raft").info.bugs) {
    const std::string file = file_of(bug.name);
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
  const auto fires = [](const Fault& fault) { return fault.action.verb == Verb::fire; };
  return std::any_of(mistake.scenario->faults.begin(), mistake.scenario->faults.end(), fires);
}

// "R13" of "... clears votedFor (R13)".
std::string number_of(const BugInfo& bug) {
  const std::size_t open = bug.text.rfind('(');
  REQUIRE(open != std::string::npos);
  return bug.text.substr(open + 1, bug.text.size() - open - 2);
}

}  // namespace

TEST_CASE("raft zoo: each mistake has a lesson that expects what the protocol says it breaks") {
  for (const Mistake& mistake : mistakes()) {
    CAPTURE(mistake.file);
    REQUIRE(mistake.scenario->bugs.size() == 1);
    CHECK(mistake.scenario->bugs[0].name == mistake.bug.name);
    CHECK(mistake.scenario->check == std::vector{mistake.bug.breaks});
    REQUIRE(mistake.scenario->expect.size() == 1);
    CHECK(mistake.scenario->expect[0].name == mistake.bug.breaks);
    CHECK_FALSE(mistake.scenario->title.empty());
    CHECK_FALSE(mistake.scenario->teaches.empty());
    CHECK(mistake.scenario->lesson.find("\n\n") != std::string::npos);
  }
}

TEST_CASE("raft zoo: each mistake is caught, at its lesson's seed and by a short sweep") {
  std::ostringstream table;
  table << "\n  mistake                     number  breaks                 first seed  of 200\n";
  for (const Mistake& mistake : mistakes()) {
    CAPTURE(mistake.file);
    testing::check_caught(mistake.file, mistake.bug.breaks);
    const Catches catches = sweep(mistake);
    CHECK(catches.first != 0);
    table << "  " << std::left << std::setw(28) << mistake.bug.name << std::setw(8)
          << number_of(mistake.bug) << std::setw(23) << mistake.bug.breaks << std::setw(12);
    if (is_directed(mistake)) {
      table << "directed"
            << "all\n";
    } else {
      table << catches.first << catches.count << "\n";
    }
  }
  MESSAGE(table.str());
}

// A lesson checks one property, a plain run all of them: what is announced is what it shows.
TEST_CASE("raft zoo: each mistake names the property that breaks first where all are checked") {
  for (const Mistake& mistake : mistakes()) {
    CAPTURE(mistake.file);
    const auto run = run_to_end(scenario_file(mistake.file, {{"check", "[]"}, {"expect", "[]"}}));
    REQUIRE(run->outcome().violation.has_value());
    const std::string& announced =
        mistake.bug.first.empty() ? mistake.bug.breaks : mistake.bug.first;
    CHECK(run->outcome().violation->property == announced);
  }
}

TEST_CASE("raft zoo: without the mistake nothing breaks in the same scenario") {
  for (const Mistake& mistake : mistakes()) testing::check_innocent(mistake.file);
}

TEST_CASE("raft zoo: fixed timeouts elect nobody, a range elects a leader") {
  const std::string file = "scenarios/raft/fixed-timeouts.json";
  const auto fixed = run_to_end(scenario_file(file));
  CHECK(fixed->outcome().verdict == Verdict::pass);
  CHECK(fixed->outcome().metrics.at("leaders") == 0);
  const auto spread = scenario_file(
      file, {{"protocol.params.election_timeout", "uniform(150ms, 300ms)"}, {"expect", "[]"}});
  for (std::uint64_t seed = 1; seed <= innocent_seeds; ++seed) {
    CHECK(run_to_end(spread, seed)->outcome().metrics.at("leaders") >= 1);
  }
}

TEST_CASE("raft zoo: without sessions a retry is executed twice, with them once") {
  const std::string file = "scenarios/raft/no-sessions.json";
  const auto without = run_to_end(scenario_file(file));
  REQUIRE(without->outcome().violation.has_value());
  CHECK(without->outcome().violation->property == "exactly_once");
  CHECK(without->outcome().violation->why == "n3 executed operation 1 of c1 again, at index 2.");
  const auto with = scenario_file(file, {{"protocol.params.sessions", "true"}, {"expect", "[]"}});
  for (std::uint64_t seed = 1; seed <= innocent_seeds; ++seed) {
    CHECK_FALSE(run_to_end(with, seed)->outcome().violation.has_value());
  }
  // Not promised, and not asked for: not checked.
  const auto plain = run_to_end(scenario_file(file, {{"check", "[]"}, {"expect", "[]"}}));
  CHECK_FALSE(plain->outcome().violation.has_value());
}

}  // namespace quorate::raft
