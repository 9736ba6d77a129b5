// Reads past the log (dissertation, 6.4), sentence by sentence, and what they cost.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/support/lone_server.hpp"
#include "tests/support/run_text.hpp"

namespace quorate::raft {

namespace {

using testing::LoneServer;
using testing::node;
using testing::run_to_end;
using testing::scenario_file;
using testing::Settings;

Request operation(Text verb, std::uint64_t serial, Text value = {}) {
  return {ClientId{0}, serial, {verb, Text("x"), value}};
}

LoneServer reading(Reads reads, std::uint32_t nodes = 3, std::vector<Bug> bugs = {}) {
  Params params;
  params.reads = reads;
  params.state_machine = MachineKind::registers;
  params.check_quorum = reads == Reads::lease;
  return LoneServer({nodes, params, std::move(bugs)});
}

// What n3 answers in term 9 to a message of this round that brought nothing new.
AppendEntriesReply answer(std::uint64_t round) { return {9, true, 1, 0, 0, Round{round}}; }

// The leader of term 9, once x = 1 is committed.
void lead_with_a_commit(LoneServer& server) {
  server.lead(9);
  server.ask(operation("put", 1, "1"));
  server.hear(node(1), Stored{9, 1});
  server.hear(node(3), answer(0));
  REQUIRE(server.state().commit_index == 1);
}

std::vector<Text> told(LoneServer& server) {
  std::vector<Text> results;
  for (const auto& reply : server.sent<Reply>()) results.push_back(reply.body.result);
  return results;
}

}  // namespace

TEST_CASE("raft 6.4: a read is answered when a majority has answered a round of heartbeats") {
  LoneServer server = reading(Reads::read_index);
  lead_with_a_commit(server);
  server.ask(operation("get", 2));
  const auto round = server.sent<AppendEntries>();
  REQUIRE(round.size() == 2);
  CHECK(round[0].body.entries.empty());
  CHECK(told(server).empty());
  const std::uint64_t number = round[0].body.round.number;
  server.hear(node(3), answer(number - 1));  // of a message sent before
  CHECK(told(server).empty());
  server.hear(node(3), answer(number));
  CHECK(told(server) == std::vector<Text>{"1"});
  CHECK(server.state().log.size() == 1);
}

TEST_CASE("raft 6.4: a refusal confirms as well, for it is of this term; one of a later is none") {
  LoneServer server = reading(Reads::read_index);
  lead_with_a_commit(server);
  server.ask(operation("get", 2));
  const std::uint64_t number = server.sent<AppendEntries>()[0].body.round.number;
  server.hear(node(2), AppendEntriesReply{9, false, 1, 0, 1, Round{number}});
  CHECK(told(server) == std::vector<Text>{"1"});
  server.ask(operation("get", 3));
  server.hear(node(2), AppendEntriesReply{10, false, 0, 0, 0, Round{number + 1}});
  CHECK(told(server).empty());
  CHECK(server.state().role == RoleName::follower);
}

TEST_CASE("raft 6.4: a leader waits until it has committed an entry of its term") {
  LoneServer server = reading(Reads::read_index);
  server.lead(9);
  server.ask(operation("get", 1));
  CHECK(server.sent<AppendEntries>().empty());
  CHECK(server.told<ReadsWait>() ==
        std::vector{ReadsWait{9}});  // for a command, which may not come
  server.ask(operation("get", 3));
  CHECK(server.told<ReadsWait>().empty());
  server.ask(operation("put", 2, "1"));
  server.hear(node(1), Stored{9, 1});
  server.hear(node(3), answer(0));
  const auto round = server.sent<AppendEntries>();
  REQUIRE(round.size() == 2);
  server.hear(node(3), answer(round[0].body.round.number));
  CHECK(told(server) == std::vector<Text>{"1", "1"});
}

TEST_CASE("raft 6.4: reads that come while a round is under way share the next") {
  LoneServer server = reading(Reads::read_index);
  lead_with_a_commit(server);
  server.ask(operation("get", 2));
  const std::uint64_t first = server.sent<AppendEntries>()[0].body.round.number;
  for (std::uint64_t serial = 3; serial <= 5; ++serial) {
    server.ask(operation("get", serial));
    CHECK(server.sent<AppendEntries>().empty());
  }
  server.hear(node(2), answer(first));
  CHECK(told(server).size() == 1);
  REQUIRE(server.sent<AppendEntries>().size() == 2);
  server.hear(node(2), answer(first + 1));
  CHECK(told(server).size() == 3);
}

TEST_CASE("raft 6.4: a lone server is its own majority") {
  LoneServer server = reading(Reads::read_index, 1);
  server.lead(1);
  server.ask(operation("put", 1, "1"));
  server.hear(node(1), Stored{1, 1});
  server.ask(operation("get", 2));
  CHECK(told(server) == std::vector<Text>{"1"});
}

TEST_CASE("raft 6.4: reads that waited are forgotten when their leader leads again") {
  LoneServer server = reading(Reads::read_index);
  lead_with_a_commit(server);
  server.ask(operation("get", 2));
  server.hear(node(2), AppendEntries{10, 1, 9, {}, 1});
  server.lead(11);
  CHECK(server.state().reading.under_way.empty());
  CHECK(server.state().reading.waiting.empty());
}

TEST_CASE("raft 6.4.1: a lease runs from when its round was sent, and answers without a message") {
  LoneServer server = reading(Reads::lease);
  lead_with_a_commit(server);
  CHECK_FALSE(server.state().holds_lease());
  server.expire(Heartbeat{});
  const std::uint64_t number = server.sent<AppendEntries>()[0].body.round.number;
  server.pass(30ms);
  server.hear(node(2), answer(number));
  CHECK(server.state().holds_lease());
  CHECK(server.timer<LeaseOver>().has_value());
  server.ask(operation("get", 2));
  CHECK(told(server) == std::vector<Text>{"1"});
  CHECK(server.sent<AppendEntries>().empty());
  server.expire(LeaseOver{number});
  CHECK_FALSE(server.state().holds_lease());
  server.ask(operation("get", 3));  // falls back on a round, which gives the next lease
  CHECK(told(server).empty());
  CHECK(server.sent<AppendEntries>().size() == 2);
}

TEST_CASE(
    "raft 6.4.1: who has been restarted trusts a leader for as long as it may have promised") {
  LoneServer server = reading(Reads::lease);
  server.restart();
  server.hear(node(2), RequestVote{5, 0, 0});
  CHECK(server.sent<RequestVoteReply>().empty());
  server.expire(LeaderSilent{});
  CHECK(server.sent<RequestVoteReply>().empty());
  server.hear(node(2), RequestVote{5, 0, 0});
  CHECK(server.sent<RequestVoteReply>().size() == 1);
}

TEST_CASE(
    "raft 6.4: without the option a read is a command like any other, and rounds are not told") {
  LoneServer server = reading(Reads::log);
  lead_with_a_commit(server);
  server.ask(operation("get", 2));
  REQUIRE(server.sent<AppendEntries>().size() == 2);
  CHECK(server.state().log.size() == 2);
  CHECK(server.sent<AppendEntries>()[0].body.round.is_absent());
}

// ---- a leader that stands still: judged is what is answered, from when it was asked ------------

namespace {

// n1 leads, has a lease and is paused from 400 to 1000 ms; n3 takes over and at 800 ms is told that
// x is now "new". Ties are broken as given.
std::shared_ptr<const Scenario> paused_leader(const std::string& reads, const char* ties) {
  const std::string text = R"({"quorate": 1, "protocol": {"use": "raft", "nodes": 3,
      "params": {"state_machine": "registers", "reads": "lease", "check_quorum": true,
                 "no_op": true, "election_timeout": "200ms"},
      "node_params": {"n1": {"election_timeout": "150ms"}, "n2": {"election_timeout": "300ms"}}},
    "tie_break": ")" + std::string(ties) +
                           R"(", "stop": {"at": "2s"}, "network": {"delay": "5ms"},
    "workload": [{"client": "c1", "op": "put", "at": "300ms", "key": "x", "value": "old"},
                 {"client": "c1", "op": "put", "at": "800ms", "key": "x", "value": "new",
                  "node": "n3"}, )" +
                           reads + R"(],
    "faults": [{"id": "nap", "at": "400ms", "do": {"pause": "n1"}, "for": "600ms"}]})";
  return testing::scenario_of(text);
}

}  // namespace

TEST_CASE("raft 6.4.1: a lease ends when its time is over, though its leader stands still") {
  const std::string in_time =
      R"({"client": "c3", "op": "get", "at": "420ms", "key": "x", "node": "n1", "timeout": "1s"})";
  const std::string late =
      R"({"client": "c2", "op": "get", "at": "900ms", "key": "x", "node": "n1", "timeout": "1s"})";
  for (const char* ties : {"fifo", "seeded"}) {
    CAPTURE(ties);
    // Asked while the lease ran, "old" is right whenever the answer comes; asked later, it is not
    // given: n1 learns that its lease is over before it reads what came after.
    const auto both = run_to_end(paused_leader(in_time + "," + late, ties));
    CHECK(both->outcome().verdict == Verdict::pass);
    CHECK(both->outcome().metrics.at("ops.acked") == 3);
    const auto none = run_to_end(paused_leader(late, ties));
    CHECK(none->outcome().verdict == Verdict::pass);
    CHECK(none->outcome().metrics.at("ops.acked") == 2);
  }
}

// ---- seen by who knows nothing of leaders -------------------------------------------------------

TEST_CASE("raft 6.4: what stale reads tell clients comes from no single register") {
  for (const std::string file : {"stale-read", "bug-read-unconfirmed", "lease-fast-clock"}) {
    CAPTURE(file);
    const Settings settings{{"protocol.params.sessions", "true"},
                            {"check", R"(["linearizable"])"},
                            {"expect", R"([{"violation": "linearizable"}])"}};
    const auto run = run_to_end(scenario_file("scenarios/raft/" + file + ".json", settings));
    CAPTURE(run->outcome().reason);
    CHECK(run->outcome().verdict == Verdict::pass);
  }
  const auto right = run_to_end(scenario_file(
      "scenarios/raft/lease-read.json", {{"protocol.params.sessions", "true"}, {"expect", "[]"}}));
  CHECK(right->outcome().verdict == Verdict::pass);
  const auto judged = [](const PropertyResult& property) {
    return property.name == "linearizable" && property.armed > 0;
  };
  CHECK(std::ranges::any_of(right->outcome().properties, judged));
}

// ---- what a lease needs -------------------------------------------------------------------------

namespace {

// What the loader says of a lease with these parameters besides.
std::string refusal(const std::string& params, const std::string& of_n2 = "") {
  const std::string text = R"({"quorate": 1, "protocol": {"use": "raft", "nodes": 3,
    "params": {)" + params +
                           R"(}, "node_params": {"n2": {)" + of_n2 +
                           R"(}}}, "stop": {"at": "1s"}})";
  return testing::refusal_of(text);
}
bool says(const std::string& text, const char* words) {
  return text.find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("raft 6.4.1: a lease that could not hold is refused before anything runs") {
  const std::string lease = R"("reads": "lease", "check_quorum": true)";
  CHECK(refusal(lease) == "");
  CHECK(says(refusal(R"("reads": "lease")"), R"("reads": a lease is worth nothing where n1)"));
  CHECK(says(refusal(lease, R"("check_quorum": false)"), "where n2 may vote for another"));
  CHECK(says(refusal(lease + R"(, "lease": "150ms")"), R"("lease": a lease of 150ms is not)"));
  CHECK(refusal(lease + R"(, "lease": "149ms")") == "");
  CHECK(says(refusal(lease, R"("election_timeout": "80ms")"), "election timeout of n2, 80ms"));
  const auto timeout = [](const std::string& curve) {
    return ", \"election_timeout\": \"" + curve + "\"";
  };
  CHECK(says(refusal(lease + timeout("exponential(200ms)")), "no shortest"));
  CHECK(says(refusal(lease + timeout("normal(200ms, 10ms) min 90ms")), "of n1, 90ms"));
  CHECK(refusal(lease + timeout("exponential(50ms) min 150ms")) == "");
  CHECK(says(refusal(R"("pre_vote": true)" + timeout("lognormal(median 1s, p99 2s)")),
             "no shortest"));
  CHECK(refusal(R"("no_op": true)" + timeout("exponential(200ms)")) == "");
}

TEST_CASE("raft: what clients are promised is the same at all servers, or refused") {
  const auto refused = [](const char* name, const char* value) {
    const std::string own = "\"" + std::string(name) + "\": " + value;
    return says(refusal(R"("no_op": true)", own),
                ("\"" + std::string(name) + "\": it is another for n1, and clients").c_str());
  };
  CHECK(refused("reads", R"("read_index")"));
  CHECK(refused("sessions", "true"));
  CHECK(refused("state_machine", R"("counter")"));
  CHECK_FALSE(refused("snapshot_threshold", "7"));
  CHECK(refusal(R"("sessions": true)", R"("sessions": true)") == "");
}

// ---- what they cost: n servers, one delay d -----------------------------------------------------

namespace {

// How many messages one read adds to a run in which heartbeats are all else.
std::uint64_t cost_of_a_read(const char* reads, std::uint32_t nodes) {
  const std::string put =
      R"({"client": "c1", "op": "put", "at": "1s", "key": "x", "value": "1", "target": "leader"})";
  const std::string get =
      R"({"client": "c1", "op": "get", "at": "1500ms", "key": "x", "target": "leader"})";
  Settings settings{{"protocol.nodes", std::to_string(nodes)},
                    {"protocol.params.reads", reads},
                    {"protocol.params.state_machine", "registers"},
                    {"protocol.params.check_quorum", "true"},
                    {"stop", R"({"at": "1600ms"})"},
                    {"expect", "[]"},
                    {"faults", "[]"},
                    {"workload", "[" + put + "]"}};
  const auto without = run_to_end(scenario_file("scenarios/raft/read-index.json", settings));
  settings.back().second = "[" + put + "," + get + "]";
  const auto with = run_to_end(scenario_file("scenarios/raft/read-index.json", settings));
  CHECK(with->outcome().metrics.at("ops.acked") == 2);
  const auto sent = [](const auto& run) {
    return run->outcome().metrics.at("messages.AppendEntries.sent") +
           run->outcome().metrics.at("messages.AppendEntriesReply.sent");
  };
  return static_cast<std::uint64_t>(sent(with) - sent(without));
}

}  // namespace

TEST_CASE("raft 6.4: a batch of reads costs 2(n-1) messages, a read with a lease none") {
  for (const std::uint32_t n : {3, 4, 5, 7, 9}) {
    CAPTURE(n);
    CHECK(cost_of_a_read("read_index", n) == 2 * (n - 1));
    CHECK(cost_of_a_read("lease", n) == 0);
    CHECK(cost_of_a_read("log", n) == 2 * (n - 1));
  }
}

TEST_CASE("raft 6.4: reads that wait for an entry that nobody ever writes are refused") {
  const auto refused = [](const std::string& params, const std::string& workload,
                          const std::string& faults = "[]") {
    return testing::refusal_of(R"({"quorate": 1, "protocol": {"use": "raft", "nodes": 3,
        "params": {"state_machine": "registers", "check_quorum": true, )" +
                               params + R"(}}, "stop": {"at": "2s"}, "workload": )" + workload +
                               R"(, "faults": )" + faults + "}");
  };
  const std::string get = R"({"client": "c1", "op": "get", "at": "1s"})";
  const std::string put = R"({"client": "c2", "op": "put", "at": "1s"})";
  for (const std::string reads : {R"("reads": "read_index")", R"("reads": "lease")"}) {
    CAPTURE(reads);
    CHECK(refused(reads, "[" + get + "]").find("nobody writes") != std::string::npos);
    CHECK(refused(reads + R"(, "no_op": true)", "[" + get + "]") == "");
    CHECK(refused(reads, "[" + get + "," + put + "]") == "");
    CHECK(refused(reads, "[" + get + "]", R"([{"at": "1s", "do": {"request":
        {"node": "n1", "op": "put", "key": "x", "value": "1"}}}])") == "");
  }
  CHECK(refused(R"("reads": "local")", "[" + get + "]") == "");
  CHECK(refused(R"("reads": "log")", "[" + get + "]") == "");
}

}  // namespace quorate::raft
