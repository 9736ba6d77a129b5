// State machines behind the log, and what their clients are told.
#include <doctest/doctest.h>

#include "tests/support/lone_server.hpp"
#include "tests/support/run_text.hpp"

namespace quorate::raft {

namespace {

using testing::LoneServer;
using testing::node;
using testing::run_to_end;
using testing::scenario_file;
using testing::success;

Params counting(bool sessions) {
  Params params;
  params.state_machine = MachineKind::counter;
  params.sessions = sessions;
  return params;
}

Request add(std::uint64_t serial, Text amount) {
  return {ClientId{0}, serial, {Text("add"), Text("sum"), amount}};
}

// The answers that a leader of three gives when n3 has stored all these requests.
std::vector<Text> answers(LoneServer& server, const std::vector<Request>& requests) {
  for (const Request& request : requests) server.ask(request);
  const Index last = server.state().log.last_index();
  server.hear(node(1), Stored{9, last});
  server.hear(node(3), success(last));
  std::vector<Text> results;
  for (const auto& reply : server.sent<Reply>()) results.push_back(reply.body.result);
  return results;
}

}  // namespace

TEST_CASE("raft 5.3: the client is told what the state machine answered") {
  LoneServer server({3, counting(false), {}});
  server.lead(9);
  CHECK(answers(server, {add(1, "2"), add(2, "40")}) == std::vector<Text>{"2", "42"});
  CHECK(server.state().machine.sum == 42);
}

TEST_CASE("raft 5.3: a follower's state machine does the same, and tells nobody") {
  LoneServer server({3, counting(false), {}});
  EntryLog log;
  log.append({9, add(1, "2")});
  log.append({9, add(2, "40")});
  server.hear(node(3), AppendEntries{9, 0, 0, log.slice(1, 2), 2});
  CHECK(server.state().machine.sum == 42);
  CHECK(server.sent<Reply>().empty());
}

TEST_CASE("raft 6.3: who asks again is told the same, before it is logged and after") {
  LoneServer server({3, counting(true), {}});
  server.lead(9);
  const std::vector<Request> twice{add(1, "2"), add(2, "40"), add(1, "2")};
  CHECK(answers(server, twice) == std::vector<Text>{"2", "42", "2"});
  server.ask(add(1, "2"));
  REQUIRE(server.sent<Reply>().size() == 1);
  CHECK(server.sent<Reply>()[0].body.result == Text("2"));
  CHECK(server.state().machine.sum == 42);
  CHECK(server.state().answers.size() == 2);
}

TEST_CASE("raft 6.3: without sessions it is executed again, and told something else") {
  LoneServer server({3, counting(false), {}});
  server.lead(9);
  CHECK(answers(server, {add(1, "2"), add(1, "2")}) == std::vector<Text>{"2", "4"});
  CHECK(server.state().answers.empty());
}

TEST_CASE("raft 6.3: no answer is kept where all are alike") {
  Params params;
  params.sessions = true;
  LoneServer server({3, params, {}});
  server.lead(9);
  CHECK(answers(server, {add(1, "2"), add(1, "2")}) == std::vector<Text>{"ok", "ok"});
  CHECK(server.state().answers.empty());
  CHECK(server.state().machine == StateMachine{});
}

TEST_CASE("raft 6.3: a message that was asked for twice is given out once") {
  const auto with = run_to_end(scenario_file("scenarios/raft/message-queue.json"));
  CHECK(with->outcome().verdict == Verdict::pass);
  const auto lost = scenario_file("scenarios/raft/message-lost.json",
                                  {{"protocol.params.sessions", "true"}, {"expect", "[]"}});
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    CHECK_FALSE(run_to_end(lost, seed)->outcome().violation.has_value());
  }
}

TEST_CASE("raft: what a machine can only answer \"unknown\" is refused") {
  const auto refusal = [](const std::string& machine, const std::string& asked) {
    return testing::refusal_of(R"({"quorate": 1, "protocol": {"use": "raft", "nodes": 3,
        "params": {"state_machine": ")" +
                               machine + R"("}}, "stop": {"at": "1s"},
        "workload": [{"client": "c", "key": "x", )" +
                               asked + "}]}");
  };
  CHECK(refusal("counter", R"("op": "add", "value": "2")") == "");
  CHECK(refusal("counter", R"("op": "add", "value": "-2")") == "");
  CHECK(refusal("counter", R"("op": "add")") == "");
  CHECK(refusal("counter", R"("op": "add", "value": "abc")")
            .find("it answers \"unknown\" to \"add\" with the value \"abc\"") != std::string::npos);
  CHECK(refusal("registers", R"("op": "cas", "value": "1 2")") == "");
  CHECK(refusal("registers", R"("op": "cas", "value": "1")").find("two values: \"1 2\"") !=
        std::string::npos);
  CHECK(refusal("registers", R"("op": "cas")") != "");
  CHECK(refusal("none", R"("op": "add", "value": "abc")") == "");
}

}  // namespace quorate::raft
