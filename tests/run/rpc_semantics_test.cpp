// How often a server carries out what it is asked, by what went wrong and by what the client then
// does; and what becomes of what a client had asked when it crashed.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/support/run_text.hpp"

namespace quorate::rpc_semantics {
namespace {

using Texts = std::vector<std::string>;

// One Raft server that counts, and remembers serials or not. Its client adds 1, once.
std::unique_ptr<Run> run_of(const std::string& retry, bool sessions, const std::string& faults) {
  const std::string memory = sessions ? "true" : "false";
  return testing::run_to_end(testing::scenario_of(
      R"j({"quorate": 1, "seed": 1, "stop": {"at": "6s"}, "network": {"delay": "5ms"},
          "disk": {"sync": "2ms"}, "protocol": {"use": "raft", "nodes": 1, "params":
          {"state_machine": "counter", "no_op": true, "sessions": )j" +
      memory + R"j(}}, "workload": [{"op": "add", "key": "c", "value": "1", "at": "1s",
          "timeout": "200ms", "retry": )j" +
      retry + R"j(}], "faults": [)j" + faults + "]}"));
}

std::string sum_of(const Run& run) {
  const std::string machine = run.field(NodeId{0}, "machine");
  const std::string key = "\"sum\":";
  const std::size_t begin = machine.find(key) + key.size();
  return machine.substr(begin, machine.find(',', begin) - begin);
}

// What the server has counted, and how many operations the client took it for.
std::string counted(const std::string& retry, bool sessions, const std::string& faults) {
  const auto run = run_of(retry, sessions, faults);
  const Readings& metrics = run->outcome().metrics;
  return sum_of(*run) + " of " + std::to_string(metrics.at("ops.issued")) + ", " +
         std::to_string(metrics.at("ops.acked")) + " answered";
}

// With the same serial, with the next one, and without a retry.
Texts semantics(bool sessions, const std::string& faults) {
  return {counted("true", sessions, faults), counted("\"new\"", sessions, faults),
          counted("false", sessions, faults)};
}

const std::string lost_request =
    R"j({"at": "1s", "do": {"omit": {"node": "n1", "side": "receive", "from": "c1",
        "count": 1}}})j";
const std::string lost_reply =
    R"j({"at": "1s", "do": {"omit": {"node": "n1", "to": "c1", "message": "Reply", "count": 1}}})j";
const std::string crash_before =
    R"j({"at": "1s", "for": "100ms", "do": {"crash": {"node": "n1", "before_persist": true}}})j";
const std::string crash_after =
    R"j({"at": "1s", "for": "100ms", "do": {"crash": {"node": "n1", "after_persist": true}}})j";

}  // namespace

TEST_CASE("rpc: a lost request, by what the client does about it") {
  const Texts expected{"1 of 1, 1 answered", "1 of 2, 1 answered", "0 of 1, 0 answered"};
  CHECK(semantics(true, lost_request) == expected);
  CHECK(semantics(false, lost_request) == expected);
}

TEST_CASE("rpc: after a lost reply only a serial that is remembered makes it exactly once") {
  const Texts once{"1 of 1, 1 answered", "2 of 2, 1 answered", "1 of 1, 0 answered"};
  CHECK(semantics(true, lost_reply) == once);
  const Texts twice{"2 of 1, 1 answered", "2 of 2, 1 answered", "1 of 1, 0 answered"};
  CHECK(semantics(false, lost_reply) == twice);
}

TEST_CASE("rpc: a server that crashes before or after it executes is the same to its client") {
  const Texts before{"1 of 1, 1 answered", "1 of 3, 1 answered", "0 of 1, 0 answered"};
  CHECK(semantics(true, crash_before) == before);
  const Texts after{"1 of 1, 1 answered", "2 of 3, 1 answered", "1 of 1, 0 answered"};
  CHECK(semantics(true, crash_after) == after);
}

TEST_CASE("rpc: what was asked anew is two operations to whoever judges the answers") {
  const auto run = run_of("\"new\"", true, lost_reply);
  const std::vector<PropertyResult>& found = run->outcome().properties;
  const auto judged = std::ranges::find(found, "linearizable", &PropertyResult::name);
  REQUIRE(judged != found.end());
  CHECK(judged->exercised == 1);  // one answer
  CHECK(run->outcome().verdict == Verdict::pass);
  REQUIRE(run->history().size() == 2);
  CHECK_FALSE(run->history()[0].completed.has_value());
  CHECK(run->history()[1].result == Text("2"));
}

TEST_CASE("rpc: what a client that crashes has asked is carried out, and nobody waits") {
  const auto run = run_of("true", true, R"j({"at": "1002ms", "do": {"crash": "c1"}})j");
  CHECK(sum_of(*run) == "1");
  const Outcome& outcome = run->outcome();
  CHECK(outcome.model == "within: c1 crashed");
  CHECK(outcome.metrics.at("ops.acked") == 0);
  CHECK(outcome.metrics.at("client_messages.dropped") == 1);  // the answer
  CHECK(outcome.metrics.at("crashes") == 0);                  // of nodes
  CHECK(outcome.metrics.at("outages") == 0);
  CHECK(outcome.diagnosis.empty());
}

TEST_CASE("rpc: an orphan is nothing that is still to be reached") {
  const auto run = [](const std::string& faults) {
    return testing::run_to_end(testing::scenario_of(
        R"j({"quorate": 1, "stop": {"at": "60s"}, "network": {"delay": "5ms"},
            "protocol": {"use": "echo", "nodes": 3}, "workload": [{"op": "ask", "at": "1s",
            "retry": false}], "faults": [{"at": "0s", "do": {"omit": {"node": "*", "side":
            "receive", "from": "c1"}}})j" +
        faults + "]}"));
  };
  CHECK(run("")->outcome().diagnosis == Texts{"deadlock"});
  CHECK(run(R"j(, {"at": "2500ms", "do": {"crash": "c1"}})j")->outcome().diagnosis ==
        Texts{"deadlock"});  // by then it had given up
  CHECK(run(R"j(, {"at": "1002ms", "do": {"crash": "c1"}})j")->outcome().diagnosis.empty());
}

TEST_CASE("rpc: a client that is settled is back, and no later fault stops it") {
  const auto run = run_of("true", true, R"j({"at": "500ms", "do": {"crash": "c1"}},
      {"at": "2s", "do": {"settle": "n1"}},
      {"at": "3s", "may_not_fire": true, "do": {"crash": "c1"}})j");
  REQUIRE(run->history().size() == 1);
  CHECK(run->history()[0].invoked == Time{} + 2s);
  CHECK(run->outcome().faults[2].fired == 0);
}

TEST_CASE("rpc: what a client does not have cannot go wrong, whoever names it") {
  constexpr const char* acts[] = {
      R"({"restart": {"node": "$kill.node", "amnesia": true}})",
      R"({"crash": {"node": "$kill.node", "before_persist": true}})",
      R"({"pause": "$kill.node"})",
      R"({"partition": {"isolate": "$kill.node"}})",
      R"({"clock": {"node": "$kill.node", "drift": "+5%"}})",
      R"({"clock": {"node": "$kill.node", "jitter": "5%"}})",
      R"({"clock": {"node": "$kill.node", "strobe": {"by": "1s", "every": "100ms"}}})",
      R"({"clock": {"node": "$kill.node", "smear": {"by": "1s", "over": "1s"}}})",
      R"({"node": {"node": "$kill.node", "cost": "1ms"}})",
      R"({"node": {"node": "$kill.node", "scramble": true}})",
      R"({"disk": {"node": "$kill.node", "rot": true}})",
      R"({"disk": {"node": "$kill.node", "full": true}})",
      R"({"disk": {"node": "$kill.node", "snapshot": true}})",
      R"({"byzantine": {"node": "$kill.node", "strategy": "silent"}})",
      R"({"settle": "$kill.node"})"};
  for (const std::string act : acts) {
    CAPTURE(act);
    const auto run = run_of("true", true,
                            R"j({"id": "kill", "at": "500ms", "do": {"crash": "c1"}},
        {"on": {"fault": "kill"}, "may_not_fire": true, "do": )j" +
                                act + "}");
    CHECK(run->outcome().faults[0].fired == 1);
    CHECK(run->outcome().faults[1].fired == 0);
  }
}

}  // namespace quorate::rpc_semantics
