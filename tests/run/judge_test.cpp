// What a whole run is said to have come to, where that depends on more than one thing.
#include <doctest/doctest.h>

#include "sim/run/judge.hpp"
#include "tests/support/run_text.hpp"

namespace quorate {

namespace {

// Nothing is asked of these two, so the queue is empty at once.
std::unique_ptr<Run> idle(const std::string& expect) {
  return testing::run_to_end(testing::scenario_of(
      R"({"quorate": 1, "protocol": {"use": "echo", "nodes": 2}, "stop": {"at": "1s"},
          "expect": )" +
      expect + "}"));
}

}  // namespace

TEST_CASE("judge: an empty queue before a goal is a deadlock, which may be expected") {
  const auto run = idle(R"([{"within": "1s", "event": "crash"}, {"diagnosis": "deadlock"}])");
  CHECK(run->outcome().diagnosis == std::vector<std::string>{"deadlock"});
  CHECK(run->outcome().verdict == Verdict::fail);
  CHECK_FALSE(run->outcome().expectations[0].met);
  CHECK(run->outcome().expectations[1].met);
}

TEST_CASE("judge: a state or a field that is missing when the queue is empty is a deadlock too") {
  const std::vector<std::string> deadlock{"deadlock"};
  const char* const field = R"([{"at": "end", "node": "n1", "field": "last_serial", "is": 1}])";
  CHECK(idle(field)->outcome().diagnosis == deadlock);
  const auto reached = R"([{"at": "end", "node": "n1", "field": "last_serial", "is": 0}])";
  CHECK(idle(reached)->outcome().diagnosis.empty());
  const auto state = testing::run_to_end(testing::scenario_of(
      R"({"quorate": 1, "protocol": {"use": "trivial_consensus", "nodes": 2}, "stop": {"at": "1s"},
          "expect": [{"at": "end", "state": "all_chose"}]})"));
  CHECK(state->outcome().diagnosis == deadlock);
}

// Only the coordinator is up: nothing will happen, unless the others come back.
TEST_CASE("judge: an empty queue while some are down is no deadlock: who is back may go on") {
  const auto ended = [](const std::string& down) {
    return testing::run_to_end(testing::scenario_of(R"({"quorate": 1, "stop": {"at": "5s"},
        "protocol": {"use": "2pc",
          "roles": {"coordinator": ["co"], "participant": ["p1", "p2", "p3"]}},
        "workload": [{"client": "c", "op": "t", "at": "1s", "node": "co"}],
        "faults": [{"at": "500ms", "do": {"crash": )" +
                                                    down + R"(}}],
        "expect": [{"at": "end", "state": "all_committed"}]})"));
  };
  const auto three = ended(R"(["p1", "p2", "p3"])");
  CHECK(three->outcome().diagnosis == std::vector<std::string>{"blocked", "outside_model"});
  CHECK(three->outcome().because.at(0) ==
        "nothing is left to happen while p1, p2 and p3 are down, and something is to be reached");
  CHECK(ended(R"("p1")")->outcome().because.at(0).find("while p1 is down") != std::string::npos);
}

TEST_CASE("judge: without a goal an empty queue is peace, whatever is expected") {
  const auto run = idle(R"([{"diagnosis": "deadlock"}])");
  CHECK(run->outcome().diagnosis.empty());
  CHECK(run->outcome().verdict == Verdict::fail);
}

TEST_CASE("judge: a number that is not as expected is no deadlock, nor is what should not happen") {
  CHECK(idle(R"([{"metric": "messages.sent", "is": 1}])")->outcome().diagnosis.empty());
  CHECK(idle(R"([{"never": "role"}])")->outcome().diagnosis.empty());
}

TEST_CASE("judge: what clients were told is compared at the end, with the answer named") {
  const auto run =
      testing::run_to_end(testing::scenario_file("scenarios/paxos/clients-disagree.json"));
  const Outcome& outcome = run->outcome();
  CHECK(outcome.verdict == Verdict::pass);
  CHECK(outcome.ending == Ending::violation);
  REQUIRE(outcome.violation.has_value());
  CHECK(outcome.violation->nodes == std::vector<NodeId>{NodeId{6}});  // c2, after five nodes
  REQUIRE(outcome.properties.size() == 1);
  CHECK(outcome.properties[0].name == "linearizable");
  CHECK(outcome.properties[0].armed == 2);
  CHECK(outcome.properties[0].exercised == 2);
}

TEST_CASE("judge: where nodes begin in some state, nothing is compared, and that is said") {
  const testing::Settings settings{{"protocol.initial", R"({"s1": {"n": 3}})"}, {"expect", "[]"}};
  const auto run = testing::run_to_end(
      testing::scenario_file("scenarios/paxos/clients-disagree.json", settings));
  REQUIRE(run->outcome().properties.size() == 1);
  CHECK(run->outcome().properties[0].name == "linearizable");
  CHECK(run->outcome().properties[0].armed == 0);
}

TEST_CASE("judge: what a fault asks of a node may explain what a client is told") {
  const auto run = testing::run_to_end(testing::scenario_of(
      R"({"quorate": 1, "stop": {"at": "2s"}, "network": {"delay": "5ms"},
          "protocol": {"use": "raft", "nodes": 3, "params": {"state_machine": "registers",
            "sessions": true, "election_timeout": "250ms"},
            "node_params": {"n1": {"election_timeout": "150ms"}}},
          "workload": [{"client": "c1", "op": "put", "at": "400ms", "key": "x", "value": "1"},
                       {"client": "c1", "op": "get", "at": "600ms", "key": "x"}],
          "faults": [{"at": "500ms", "do": {"request": {"node": "n1", "op": "put", "key": "x",
                                                        "value": "2"}}},
                     {"at": "700ms", "do": {"request": {"node": "n1", "op": "transfer_leader",
                                                        "value": "n2"}}}],
          "expect": [{"within": "1s", "event": "ack", "where": {"serial": 2, "result": "2"}}]})"));
  CHECK(run->outcome().verdict == Verdict::pass);
  const auto& properties = run->outcome().properties;
  const auto found = std::ranges::find(properties, "linearizable", &PropertyResult::name);
  REQUIRE(found != properties.end());
  CHECK(found->armed == 2);
}

TEST_CASE("judge: a run with a property that could not be judged is inconclusive") {
  struct Nobody : EndState {
    bool up(NodeId) const override { return false; }
    bool predicate(std::string_view) const override { return false; }
    std::string field_text(NodeId, std::string_view) const override { return {}; }
  };
  const auto scenario =
      testing::scenario_of(R"({"quorate": 1, "protocol": {"use": "echo", "nodes": 2},
                               "stop": {"at": "1s"}})");
  Findings findings;
  findings.ending = Ending::stop_time;
  CHECK(judge(*scenario, findings, Expectations(scenario), Nobody()).verdict == Verdict::pass);
  findings.undecided = "nobody knows";
  const Outcome outcome = judge(*scenario, findings, Expectations(scenario), Nobody());
  CHECK(outcome.verdict == Verdict::inconclusive);
  CHECK(outcome.reason == "nobody knows");
}

TEST_CASE("judge: a run that stopped at its event before a fault fired has not been put to it") {
  const auto verdict = [](const std::string& may_not_fire) {
    const auto run = testing::run_to_end(testing::scenario_of(
        R"({"quorate": 1, "protocol": {"use": "raft", "nodes": 3},
            "stop": {"at": "5s", "or": {"event": "elected"}},
            "faults": [{"id": "kill", "at": "4s", "do": {"crash": "n1"})" +
        may_not_fire + "}]}"));
    return run->outcome();
  };
  CHECK(verdict("").verdict == Verdict::fail);
  CHECK(verdict("").reason == "the fault \"kill\" never fired");
  CHECK(verdict(R"(, "may_not_fire": true)").verdict == Verdict::pass);
}

TEST_CASE("judge: an omission or hold that catches no message has not fired") {
  const auto outcome = [](const std::string& action) {
    const auto run = testing::run_to_end(testing::scenario_of(
        R"({"quorate": 1, "protocol": {"use": "echo", "nodes": 3}, "stop": {"at": "1s"},
            "workload": [{"op": "say", "node": "n1", "at": "100ms"}],
            "faults": [{"id": "net", "at": "0ms", "do": )" +
        action + "}]}"));
    return run->outcome();
  };
  const Outcome idle = outcome(R"({"omit": {"node": "n2", "side": "send", "message": "Ping"}})");
  CHECK(idle.verdict == Verdict::fail);
  CHECK(idle.reason == "the fault \"net\" caught no message");
  CHECK(idle.faults.at(0).fired == 0);
  CHECK(outcome(R"({"hold": {"to": "n1", "message": "Ping"}})").faults.at(0).in_vain);
  const Outcome fired = outcome(R"({"omit": {"node": "n2", "side": "send", "count": 1}})");
  CHECK(fired.verdict == Verdict::pass);
  CHECK(fired.faults.at(0).fired == 1);
}

}  // namespace quorate
