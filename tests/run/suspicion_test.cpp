// False suspicion, late suspicion, and a detector's noise: what faults of its timers come to.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "sim/trace/event.hpp"
#include "tests/support/run_text.hpp"

namespace quorate::suspicion {
namespace {

using Lines = std::vector<std::string>;

// "350ms n2 suspects n1", in order.
class Suspicions final : public Observer {
 public:
  void on(const Record& record, const StateChange*) override {
    if (const auto* found = record.body.get_if<Suspected>()) add(record, " suspects ", found->node);
    if (const auto* found = record.body.get_if<Trusted>()) add(record, " trusts ", found->node);
  }
  Lines lines;

 private:
  void add(const Record& record, const std::string& does, NodeId whom) {
    if (record.kind != Kind::event) return;
    lines.push_back(to_text(record.time.since_start()) + " n" +
                    std::to_string(record.node.value + 1) + does + "n" +
                    std::to_string(whom.value + 1));
  }
};

// Heartbeats every 100 ms over links that take 10 ms: who is not heard for 150 ms is dead.
std::unique_ptr<Run> run_with(const std::string& faults, Lines* lines = nullptr,
                              const std::string& timeouts = "adaptive") {
  auto run = testing::make_run(
      testing::scenario_of(R"j({"quorate": 1, "stop": {"at": "3s"}, "network": {"delay": "10ms"},
          "protocol": {"use": "failure_detector", "nodes": 3, "params": {"interval": "100ms",
          "timeout": "150ms", "timeouts": ")j" +
                           timeouts + R"j("}}, "expect": [{"at": "end", "state": "accurate"}],
          "faults": [)j" + faults +
                           "]}"),
      1);
  Suspicions suspicions;
  run->observe(suspicions);
  run->run();
  if (lines != nullptr) *lines = suspicions.lines;
  return run;
}

const std::string false_one = R"j({"at": "350ms", "do": {"fire": {"node": "n2",
    "timer": "silence", "where": {"node": "n1"}}}})j";
const std::string kill = R"j({"at": "340ms", "do": {"crash": "n1"}})j";

}  // namespace

TEST_CASE("suspicion: who lives is suspected at that moment, and trusted at its next heartbeat") {
  Lines lines;
  const auto run = run_with(false_one, &lines);
  CHECK(lines == Lines{"350ms n2 suspects n1", "410ms n2 trusts n1"});
  CHECK(run->outcome().verdict == Verdict::pass);
  CHECK(run->outcome().witnesses.at("suspected_falsely") == 1);
  CHECK(run->outcome().model.find("but a timer was fired early at 0.350 s") != std::string::npos);
}

TEST_CASE("suspicion: a false one breaks P, which is outside of its model") {
  const auto run = run_with(false_one, nullptr, "fixed");
  REQUIRE(run->outcome().violation.has_value());
  CHECK(run->outcome().violation->property == "strong_accuracy");
  CHECK(run->outcome().diagnosis == std::vector<std::string>{"outside_model"});
}

TEST_CASE("suspicion: who is dead is suspected so much later by whom that was done to") {
  Lines lines;
  run_with(kill, &lines);
  CHECK(lines == Lines{"460ms n2 suspects n1", "460ms n3 suspects n1"});
  const auto run = run_with(kill + R"j(, {"at": "350ms", "do": {"postpone": {"node": "n2",
      "timer": "silence", "where": {"node": "n1"}, "by": "500ms"}}})j",
                            &lines);
  CHECK(lines == Lines{"460ms n3 suspects n1", "960ms n2 suspects n1"});
  CHECK(run->outcome().verdict == Verdict::pass);
  CHECK(run->outcome().model.find("but a timer was postponed at 0.350 s") != std::string::npos);
}

TEST_CASE("suspicion: a late one is forgotten where a heartbeat comes, and nothing comes of it") {
  Lines lines;
  const auto run = run_with(R"j({"at": "350ms", "do": {"postpone": {"node": "n2",
      "timer": "silence", "where": {"node": "n1"}, "by": "500ms"}}},
      {"at": "540ms", "do": {"crash": "n1"}})j",
                            &lines);
  CHECK(lines == Lines{"660ms n2 suspects n1", "660ms n3 suspects n1"});
  CHECK(run->outcome().verdict == Verdict::pass);
}

TEST_CASE("suspicion: under noise the dead stay suspected, and who lives is trusted in the end") {
  Lines lines;
  const auto run = run_with(kill + R"j(,
      {"every": "exponential(100ms)", "from": "500ms", "until": "2s", "p": "80%",
       "do": {"fire": {"node": "random", "timer": "silence"}}},
      {"every": "exponential(100ms)", "from": "500ms", "until": "2s", "p": "80%",
       "do": {"postpone": {"node": "random", "timer": "silence", "by": "uniform(10ms, 200ms)"}}})j",
                            &lines);
  CHECK(run->outcome().witnesses.at("suspected_falsely") > 3);
  CHECK(run->outcome().verdict == Verdict::pass);
  for (const std::string& line : lines) CHECK(line.find("trusts n1") == line.npos);
}

TEST_CASE("suspicion: a misspelt field of a timer is refused, and a wait for nothing") {
  const auto refusal = [](const std::string& action) {
    return testing::refusal_of(
        R"j({"quorate": 1, "stop": {"at": "3s"}, "protocol": {"use": "failure_detector",
            "nodes": 3}, "faults": [{"at": "1s", "do": )j" +
        action + "}]}");
  };
  CHECK(refusal(R"j({"fire": {"node": "n1", "timer": "silence", "where": {"nod": "n2"}}})j")
            .find("did you mean \"node\"") != std::string::npos);
  CHECK(refusal(R"j({"postpone": {"node": "n1", "timer": "silence", "by": "0s"}})j")
            .find("changes nothing") != std::string::npos);
  CHECK(refusal(R"j({"postpone": {"node": "n1", "timer": "silence"}})j") != "");
}

}  // namespace quorate::suspicion
