// Each variant lacks exactly one of the three properties of consensus.
#include <doctest/doctest.h>

#include <map>

#include "tests/support/run_text.hpp"

namespace quorate::trivial_consensus {

namespace {

using testing::run_to_end;
using testing::scenario_of;

// Three clients ask three replicas for three operations; only `property` is checked, if any.
std::unique_ptr<Run> asked(const std::string& decides, const std::string& property = "",
                           const std::string& expected = "") {
  const std::string check = property.empty() ? "" : R"(, "check": [")" + property + "\"]";
  const std::string expect =
      expected.empty() ? "" : R"(, "expect": [{ "at": "end", "state": ")" + expected + "\" }]";
  return run_to_end(scenario_of(
      R"({ "quorate": 1, "stop": { "at": "1s" }, "protocol": { "use": "trivial_consensus",
        "nodes": 3, "params": { "decides": ")" +
      decides + R"(" } }, "workload": [
          { "client": "c1", "op": "set", "value": "red", "at": "10ms", "node": "n1" },
          { "client": "c2", "op": "set", "value": "green", "at": "10ms", "node": "n2" },
          { "client": "c3", "op": "set", "value": "blue", "at": "10ms", "node": "n3" }])" +
      check + expect + " }"));
}

bool holds(const std::string& decides, const std::string& property) {
  if (property == "termination") {
    return asked(decides, decides == "own" ? "non_triviality" : "agreement", "all_chose")
               ->outcome()
               .verdict == Verdict::pass;
  }
  return !asked(decides, property)->outcome().violation.has_value();
}

}  // namespace

TEST_CASE("trivial consensus: each variant lacks exactly one property") {
  const std::map<std::string, std::string> lacks{
      {"nop", "non_triviality"}, {"own", "agreement"}, {"never", "termination"}};
  for (const auto& pair : lacks) {
    const auto& decides = pair.first;
    const auto& lacking = pair.second;
    for (const std::string property : {"non_triviality", "agreement", "termination"}) {
      CAPTURE(decides);
      CAPTURE(property);
      CHECK(holds(decides, property) == (property != lacking));
    }
  }
}

TEST_CASE("trivial consensus: return NOP chooses what nobody has proposed") {
  const auto run = asked("nop");
  REQUIRE(run->outcome().violation.has_value());
  CHECK(run->outcome().violation->property == "non_triviality");
  CHECK(run->outcome().violation->why.ends_with("has chosen \"nop\", which nobody has proposed."));
}

TEST_CASE("trivial consensus: return o chooses what each has proposed itself") {
  const auto run = asked("own");
  REQUIRE(run->outcome().violation.has_value());
  CHECK(run->outcome().violation->property == "agreement");
  CHECK(run->outcome().violation->nodes.size() == 2);
}

TEST_CASE("trivial consensus: while (True) chooses nothing and breaks nothing") {
  const auto run = asked("never", "", "nobody_chose");
  CHECK(run->outcome().verdict == Verdict::pass);
  CHECK(run->outcome().metrics.at("ops.acked") == 0);
}

}  // namespace quorate::trivial_consensus
