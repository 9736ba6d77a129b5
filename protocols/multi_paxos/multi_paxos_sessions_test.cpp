// Sessions: what a client asks for again is executed once (Ongaro's dissertation, 2014, 6.3).
#include <doctest/doctest.h>

#include "protocols/multi_paxos/server.hpp"
#include "tests/support/lessons.hpp"
#include "tests/support/lone_node.hpp"
#include "tests/support/run_text.hpp"
#include "tests/support/sanitized.hpp"

namespace quorate::multi_paxos {

namespace {

using testing::node;
using Lone = testing::LoneNode<MultiPaxos, Server>;

Lone counting(bool sessions, const std::vector<Bug>& bugs = {}) {
  Params params;
  params.sessions = sessions;
  params.state_machine = MachineKind::counter;
  Lone lone({.nodes = 3, .params = params, .bugs = bugs});
  lone.start();
  return lone;
}

Request add(std::uint64_t serial, Text amount) {
  return {ClientId{0}, serial, {Text("add"), Text("sum"), amount}};
}

// The first operation stands in the log twice.
Learn twice() {
  CommandLog log;
  log.append(add(1, "2"));
  log.append(add(2, "40"));
  log.append(add(1, "2"));
  return {log.slice(1, 3)};
}

// Of three, in ballot 1.1.
void lead(Lone& lone) {
  const Ballot own{1, node(1)};
  lone.expire(Silence{});
  lone.hear(node(1), Prepare{own, 1});
  lone.hear(node(1), Promise{own, {}, {}});
  lone.hear(node(2), Promise{own, {}, {}});
}
// The answers that a leader gives when n2 has accepted what is asked for.
std::vector<Text> answers(Lone& lone, const std::vector<Request>& requests) {
  const Ballot own{1, node(1)};
  const Slot before = lone.state().log.last_index();
  for (const Request& request : requests) lone.ask(request);
  std::vector<Text> results;
  for (Slot slot = before + 1; slot <= before + requests.size(); ++slot) {
    lone.hear(node(1), Accepted{own, slot});
    lone.hear(node(2), Accepted{own, slot});
    for (const auto& reply : lone.sent<Reply>()) results.push_back(reply.body.result);
  }
  return results;
}

}  // namespace

TEST_CASE("multi_paxos: what executes commands is the same at all servers, or refused") {
  const auto refusal = [](const std::string& of_n2) {
    return testing::refusal_of(R"({"quorate": 1, "protocol": {"use": "multi_paxos", "nodes": 3,
        "params": {"sessions": true, "state_machine": "queue"}, "node_params": {"n2": {)" +
                               of_n2 + R"(}}}, "stop": {"at": "1s"}})");
  };
  const auto says = [](const std::string& text, const char* words) {
    return text.find(words) != std::string::npos;
  };
  CHECK(refusal(R"("state_machine": "queue", "heartbeat": "40ms")") == "");
  CHECK(says(refusal(R"("state_machine": "counter")"), "\"state_machine\": it is another for n1"));
  CHECK(says(refusal(R"("sessions": false)"), "\"sessions\": it is another for n1"));
}

TEST_CASE("multi_paxos sessions: what is chosen twice is executed once, by everybody") {
  Lone lone = counting(true);
  lone.hear(node(2), twice());
  CHECK(lone.state().execution.machine.sum == 42);
  CHECK(lone.state().execution.executed == 2);
  CHECK(lone.told<Applied>().size() == 2);
  REQUIRE(lone.told<Repeated>().size() == 1);
  CHECK(lone.told<Repeated>()[0] == Repeated{3, 1});

  Lone without = counting(false);
  without.hear(node(2), twice());
  CHECK(without.state().execution.machine.sum == 44);
  Lone careless = counting(true, {Bug::repeats_executed});
  careless.hear(node(2), twice());
  CHECK(careless.state().execution.machine.sum == 44);
}

TEST_CASE("multi_paxos sessions: who asks again is told the same, before it is chosen and after") {
  Lone lone = counting(true);
  lead(lone);
  CHECK(answers(lone, {add(1, "2"), add(2, "40"), add(1, "2")}) ==
        std::vector<Text>{"2", "42", "2"});
  lone.ask(add(1, "2"));  // it is executed: no slot more
  CHECK(lone.sent<Accept>().empty());
  REQUIRE(lone.sent<Reply>().size() == 1);
  CHECK(lone.sent<Reply>()[0].body.result == Text("2"));
  lone.ask(add(3, "1"));
  CHECK(lone.sent<Accept>().size() == 3);
}

TEST_CASE("multi_paxos sessions: without the options nothing is counted or kept") {
  Lone lone({.nodes = 3});
  lone.start();
  lone.hear(node(2), twice());
  CHECK(lone.told<Applied>().size() == 3);
  CHECK(lone.state().execution.is_absent());
}

TEST_CASE("multi_paxos sessions: a storm, and clients that see a single object") {
  constexpr std::uint64_t seeds = testing::seeds_here(60);
  auto witnesses = testing::check_weathered("scenarios/multi_paxos/soak-sessions.json", seeds);
  for (const char* hardship : {"repeated", "leader_changed", "value_adopted", "caught_up"}) {
    CAPTURE(hardship);
    CHECK(witnesses[hardship] >= seeds);
  }
}

TEST_CASE("multi_paxos: quorums that cannot be had, or need not meet, are refused") {
  const auto refusal = [](const std::string& params) {
    return testing::refusal_of(R"({"quorate": 1, "protocol": {"use": "multi_paxos", "nodes": 6,
        "members": ["n1", "n2", "n3"], "params": {)" +
                               params + R"(}}, "stop": {"at": "1s"}})");
  };
  CHECK(refusal(R"("prepare_quorum": 3, "accept_quorum": 1)") == "");
  CHECK(refusal(R"("prepare_quorum": 4)").find("4 acceptors will never answer: there are 3") !=
        std::string::npos);
  CHECK(refusal(R"("accept_quorum": 1)").find("2 promises and 1 acceptance of 3") !=
        std::string::npos);
}

}  // namespace quorate::multi_paxos
