// Raft where the network is at its worst: messages doubled, late by whole terms, and nodes up that
// do not belong to the cluster.
#include <doctest/doctest.h>

#include "tests/support/lone_server.hpp"
#include "tests/support/run_text.hpp"

namespace quorate::raft {

namespace {

using testing::log_of;
using testing::LoneServer;
using testing::node;
using testing::run_to_end;
using testing::scenario_of;

LoneServer leader_of_9(const std::vector<Term>& log, const Params& params = {}) {
  LoneServer server({3, params, {}});
  server.state().log = log_of(log);
  server.lead(9);
  return server;
}

}  // namespace

TEST_CASE("raft 5.3: an AppendEntries that was overtaken does not take the commit index back") {
  const auto committed = [](LoneServer server) {
    server.state().log = testing::log_of({1, 4, 4});
    server.state().current_term = 9;
    server.hear(node(3), AppendEntries{9, 3, 4, {}, 3});
    server.hear(node(3), AppendEntries{9, 1, 1, {}, 2});
    return server.state().commit_index;
  };
  CHECK(committed(LoneServer()) == 3);
  CHECK(committed(LoneServer({3, {}, {Bug::commit_goes_back}})) == 1);
}

// Only a link without a checksum can bring it. Nothing is before the first entry, whatever its
// term.
TEST_CASE("raft 5.3: a term for what is before the first entry keeps no server busy for ever") {
  for (const Repair repair : {Repair::decrement, Repair::conflict_term, Repair::binary}) {
    Params params;
    params.repair = repair;
    LoneServer receiver({3, params, {}});
    receiver.state().log = log_of({1, 4, 4});
    receiver.state().current_term = 9;
    receiver.hear(node(2), AppendEntries{9, 0, 7, {}, 0});
    REQUIRE(receiver.sent<AppendEntriesReply>().size() == 1);
    CHECK(receiver.state().log.size() == 3);
  }
}

TEST_CASE("raft 5.1: a refusal of an earlier term's message says nothing about the log") {
  LoneServer receiver;
  receiver.state().current_term = 9;
  receiver.hear(node(2), AppendEntries{7, 3, 7, {}, 0});
  REQUIRE(receiver.sent<AppendEntriesReply>().size() == 1);
  const AppendEntriesReply refusal = receiver.sent<AppendEntriesReply>()[0].body;
  CHECK(refusal.term == 9);
  CHECK_FALSE(refusal.success);

  // Its sender led term 7 and leads term 9 by the time the answer arrives.
  for (const Repair repair : {Repair::decrement, Repair::conflict_term}) {
    for (const std::vector<Term>& log : {std::vector<Term>{}, {1, 4, 7}}) {
      Params params;
      params.repair = repair;
      LoneServer sender = leader_of_9(log, params);
      const Index next = sender.state().next_index[node(2)];
      sender.hear(node(2), refusal);
      CHECK(sender.state().next_index[node(2)] == next);
      CHECK(sender.sent<AppendEntries>().empty());
    }
  }
}

TEST_CASE("raft 5.3: a copy of an answer begets no message, however far behind its sender is") {
  for (const bool empty_heartbeats : {false, true}) {
    Params params;
    params.max_entries = 1;
    params.empty_heartbeats = empty_heartbeats;
    LoneServer server = leader_of_9({1, 1, 1, 1}, params);
    server.state().next_index[node(2)] = 1;
    server.expire(Heartbeat{});
    const AppendEntriesReply answer{9, true, 1, 0, 0};
    server.hear(node(2), answer);
    CHECK(server.sent<AppendEntries>().size() == 1);
    server.hear(node(2), answer);
    CHECK(server.sent<AppendEntries>().empty());
  }
}

TEST_CASE("raft: a steady client costs a bounded number of messages, one entry at a time") {
  const auto scenario = scenario_of(R"json({"quorate": 1, "stop": {"at": "2s"},
    "protocol": {"use": "raft", "nodes": 3, "params": {"max_entries": 1}},
    "network": {"delay": "5ms", "duplicate": "20%"},
    "workload": [{"client": "c1", "op": "put", "every": "2ms", "from": "500ms",
      "timeout": "5s"}]})json");
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const auto run = run_to_end(scenario, seed);
    CHECK_FALSE(run->outcome().violation.has_value());
    CHECK(run->outcome().metrics.at("messages.sent") <
          10 * run->outcome().metrics.at("ops.issued"));
  }
}

TEST_CASE(
    "raft 6.3: what a log holds at the start was asked by nobody, and all of it is executed") {
  for (const std::string lesson : {"figure-7", "figure-8-right", "figure-8-new-entry"}) {
    const auto run = run_to_end(testing::scenario_file("scenarios/raft/" + lesson + ".json",
                                                       {{"protocol.params.sessions", "true"}}));
    CAPTURE(lesson);
    CHECK_FALSE(run->outcome().violation.has_value());
    const std::string leader = run->field(NodeId{0}, "last_applied");
    CHECK(run->field(NodeId{0}, "executed") == leader);
  }
}

TEST_CASE("raft: a node that is no member stands for no election") {
  const auto scenario = scenario_of(R"json({"quorate": 1, "stop": {"at": "5s"},
    "protocol": {"use": "raft", "nodes": 5, "members": ["n1", "n2", "n3"]},
    "network": {"delay": "uniform(1ms, 30ms)"},
    "faults": [{"at": "1s", "for": "1s", "do": {"crash": ["n4", "n5"]}}]})json");
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const auto run = run_to_end(scenario, seed);
    CAPTURE(seed);
    CHECK_FALSE(run->outcome().violation.has_value());
    CHECK(run->field(NodeId{3}, "current_term") == "0");
    CHECK(run->field(NodeId{4}, "role") == "\"follower\"");
  }
}

// n2's acknowledgement of n1's entry is held up until n3, which lacks the entry and should never
// have won, leads term 2. Then n1, which has heard nothing of that, commits in term 1.
TEST_CASE("raft: an entry committed after a later leader was elected must be in its log, too") {
  const auto run = run_to_end(scenario_of(R"json({"quorate": 1, "stop": {"at": "1s"},
    "protocol": {"use": "raft", "nodes": 3, "bugs": ["no_log_check"],
      "params": {"election_timeout": "10s"}},
    "network": {"delay": "10ms"},
    "faults": [
      {"at": "10ms", "do": {"fire": {"node": "n1", "timer": "election"}}},
      {"at": "95ms", "do": {"cut": {"from": ["n1"], "to": "n3"}}},
      {"at": "95ms", "do": {"cut": {"from": ["n3"], "to": "n1"}}},
      {"id": "late", "at": "95ms", "do": {"hold": {"from": "n2", "to": "n1"}}},
      {"at": "100ms", "do": {"request": {"node": "n1", "op": "put", "key": "k", "value": "v"}}},
      {"at": "150ms", "do": {"fire": {"node": "n3", "timer": "election"}}},
      {"at": "200ms", "do": {"release": "late"}}]})json"));
  REQUIRE(run->outcome().violation.has_value());
  CHECK(run->outcome().violation->property == "leader_completeness");
  CHECK(run->outcome().violation->why == "Leader n3 of term 2 lacks entry 1, committed in term 1.");
}

TEST_CASE("raft: logs_equal compares the logs of live servers, whoever is down") {
  const std::string text = R"json({"quorate": 1, "stop": {"at": "3s"},
    "protocol": {"use": "raft", "nodes": 3}, "network": {"delay": "5ms"},
    "workload": [{"client": "c1", "op": "put", "every": "20ms", "from": "1s", "count": 50}],
    "faults": [{"at": "1500ms", "do": {"crash": DOWN}}],
    "expect": [{"at": "end", "state": "logs_equal"}]})json";
  const auto verdict = [&](const std::string& down) {
    std::string filled = text;
    filled.replace(filled.find("DOWN"), 4, down);
    return run_to_end(scenario_of(filled))->outcome().verdict;
  };
  CHECK(verdict("\"n1\"") == Verdict::pass);
  CHECK(verdict("\"n3\"") == Verdict::pass);
  CHECK(verdict("\"*\"") == Verdict::fail);  // nobody is left to be equal
}

}  // namespace quorate::raft
