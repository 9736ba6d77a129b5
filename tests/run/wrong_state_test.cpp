// Nodes that do not follow the protocol for a while, in whole runs: as another version of their
// program, by a known mistake, or because something else is in their memory.
#include <doctest/doctest.h>

#include <map>

#include "tests/support/run_text.hpp"

namespace quorate::wrong_state {
namespace {

using testing::refusal_of;
using testing::run_to_end;
using testing::scenario_of;

// Three nodes, of which the last is down when n1 is asked: nobody must answer that.
std::string asked_of_two(const std::string& faults, const std::string& bugs = "[]") {
  return R"j({"quorate": 1, "stop": {"at": "1s"}, "network": {"delay": "10ms", "clients":
      {"delay": "0ms"}}, "protocol": {"use": "echo", "nodes": 3, "bugs": )j" +
         bugs + R"j(}, "workload": [{"client": "c1", "op": "say", "node": "n1", "at": "600ms"}],
      "faults": [{"at": "500ms", "do": {"crash": "n3"}})j" +
         faults + "]}";
}
std::string restart_at(const std::string& moment, const std::string& how) {
  return R"j(, {"at": ")j" + moment + R"j(", "do": {"restart": {"node": "n1")j" + how + "}}}";
}
std::string crash_at(const std::string& moment) {
  return R"j(, {"at": ")j" + moment + R"j(", "do": {"crash": "n1"}})j";
}
const std::string wrong = R"j(, "bugs": ["answers_early"])j";

std::string model_of(const std::string& text) {
  return run_to_end(scenario_of(text))->outcome().model;
}

}  // namespace

TEST_CASE("wrong version: a node makes its mistakes until it goes down again, and not before") {
  const std::string once = crash_at("100ms") + restart_at("200ms", wrong);
  const auto run = run_to_end(scenario_of(asked_of_two(once)));
  REQUIRE(run->outcome().violation.has_value());
  CHECK(run->outcome().violation->property == "answered_by_all");
  CHECK(run->outcome().violation_time == Time{} + 620ms);
  CHECK(run->outcome().diagnosis == std::vector<std::string>{"outside_model"});
  CHECK(run->outcome().model.find("n1 made a known mistake at 0.200 s") != std::string::npos);
  const std::string twice = once + crash_at("300ms") + restart_at("400ms", "");
  const auto mended = run_to_end(scenario_of(asked_of_two(twice)));
  CHECK_FALSE(mended->outcome().violation.has_value());
  const std::string late =
      crash_at("100ms") + restart_at("200ms", "") + crash_at("900ms") + restart_at("950ms", wrong);
  CHECK_FALSE(run_to_end(scenario_of(asked_of_two(late)))->outcome().violation.has_value());
}

TEST_CASE("wrong version: what the scenario's version does wrong, every version does") {
  const std::string well = crash_at("100ms") + restart_at("200ms", "");
  CHECK(run_to_end(scenario_of(asked_of_two(well, R"(["answers_early"])")))->outcome().violation);
}

TEST_CASE(
    "known mistakes: of some nodes or for a while they are faults; of all they are another "
    "protocol") {
  const std::string lied = "assumes that no node lies, but ";
  CHECK(model_of(asked_of_two("", R"(["answers_early"])")).find(lied) == std::string::npos);
  CHECK(model_of(asked_of_two("", R"([{"bug": "answers_early", "node": "n2", "from": "100ms"}])"))
            .find(lied + "n2 made a known mistake at 0.100 s") != std::string::npos);
  CHECK(model_of(asked_of_two("", R"([{"bug": "answers_early", "until": "100ms"}])"))
            .find(lied + "n1 and n2 and n3 made a known mistake 3 times, first at 0.000 s") !=
        std::string::npos);
}

TEST_CASE("wrong version: a misspelt mistake is refused, and one of what the disk keeps") {
  const auto refusal = [](const std::string& bug) {
    return refusal_of(asked_of_two(crash_at("100ms") +
                                   restart_at("200ms", R"j(, "bugs": [")j" + bug + R"j("])j")));
  };
  CHECK(refusal("answers_erly").find("did you mean \"answers_early\"") != std::string::npos);
  const std::string raft = refusal_of(R"j({"quorate": 1, "stop": {"at": "3s"}, "protocol": {"use":
      "raft", "nodes": 3}, "faults": [{"at": "1s", "do": {"crash": "n1"}}, {"at": "2s", "do":
      {"restart": {"node": "n1", "bugs": ["vote_not_durable"]}}}]})j");
  CHECK(raft.find("is a mistake of what a node keeps on its disk") != std::string::npos);
}

TEST_CASE("memory: a value that only memory holds becomes another, and that is told as a change") {
  const std::string hit =
      R"j(, {"at": "100ms", "do": {"node": {"node": "n1", "scramble": true}}})j";
  const auto run = run_to_end(scenario_of(asked_of_two(hit)));
  CHECK(run->field(NodeId{0}, "last_serial") == "0");  // its only durable field
  CHECK(run->field(NodeId{0}, "answered") != "0");     // its only other one that is not empty
  REQUIRE(run->outcome().violation.has_value());       // for who looks at nodes looks at once
  CHECK(run->outcome().violation->property == "answered_by_all");
  CHECK(run->outcome().violation_time == Time{} + 100ms);
  CHECK(run->outcome().model.find("n1 had something else in memory at 0.100 s") !=
        std::string::npos);
}

TEST_CASE("memory: hit again and again, no protocol does worse than to fail") {
  const std::map<std::string, std::string> asks{
      {"raft", R"j(, "workload": [{"op": "put", "every": "70ms"}])j"},
      {"3pc", R"j(, "workload": [{"op": "transfer", "node": "n1", "every": "70ms"}])j"}};
  for (const std::string protocol : {"raft", "3pc", "failure_detector", "bully"}) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      const auto run = run_to_end(
          scenario_of(R"j({"quorate": 1, "stop": {"at": "3s"}, "network": {"delay": "5ms"},
              "protocol": {"use": ")j" +
                      protocol + R"j(", "nodes": 3})j" +
                      (asks.contains(protocol) ? asks.at(protocol) : "") +
                      R"j(, "faults": [{"every": "50ms", "do": {"node": {"node": "random",
              "scramble": true}}}]})j"),
          seed);
      const auto again = run->outcome();
      CHECK(again.verdict != Verdict::inconclusive);
    }
  }
}

TEST_CASE("memory: nothing ends what became of it, and it says nothing of how long handlers take") {
  const std::string lasting = R"j(, {"at": "100ms", "for": "1s", "do": {"node": {"node": "n1",
      "scramble": true}}})j";
  CHECK(refusal_of(asked_of_two(lasting)) != "");
  const std::string both = R"j(, {"at": "100ms", "do": {"node": {"node": "n1", "scramble": true,
      "cost": "1ms"}}})j";
  CHECK(refusal_of(asked_of_two(both)).find("nothing to do with how long") != std::string::npos);
}

}  // namespace quorate::wrong_state
