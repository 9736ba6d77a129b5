// Cluster membership changes (dissertation, chapter 4), sentence by sentence: one server, its state
// and what it sends.
#include <doctest/doctest.h>

#include "tests/support/lone_server.hpp"
#include "tests/support/run_text.hpp"
#include "tests/support/sanitized.hpp"
#include "tests/support/soak.hpp"

namespace quorate::raft {

namespace {

using testing::log_of;
using testing::LoneServer;
using testing::node;
using testing::stored;
using testing::success;

using Servers = std::vector<NodeId>;

Request change(std::string_view verb, std::string_view server) {
  return {no_client, 1, {Text(verb), {}, Text(server)}};
}
Request add(std::string_view server) { return change("add_server", server); }
Request remove(std::string_view server) { return change("remove_server", server); }

Params changing() {
  Params params;
  params.membership = Membership::single_server;
  params.no_op = true;
  return params;
}
LoneServer server_of(std::uint32_t nodes, std::vector<Bug> bugs = {}) {
  return LoneServer({nodes, changing(), std::move(bugs)});
}

// n1 leads term 9 and has committed an entry of it.
LoneServer leader_of(std::uint32_t nodes, std::vector<Bug> bugs = {}) {
  LoneServer server = server_of(nodes, std::move(bugs));
  server.state().log = log_of({1, 4});
  server.lead(9);
  stored(server, {2, 3});
  REQUIRE(server.state().commit_index == 3);
  return server;
}

// The entries 1 and 2 of terms 1 and 4, then this change in term 8.
EntryLog log_with(const Request& request) {
  EntryLog log = log_of({1, 4});
  log.append({8, Request{no_client, 0, request.operation}});
  return log;
}

// A follower in term 8 that has got such a log, of which two entries are committed.
LoneServer follower(std::uint32_t nodes, const Request& request, std::vector<Bug> bugs = {}) {
  LoneServer server = server_of(nodes, std::move(bugs));
  server.state().current_term = 8;
  server.start();
  server.hear(node(2), AppendEntries{8, 0, 0, log_with(request).slice(1, 3), 2});
  REQUIRE(server.state().log.size() == 3);
  return server;
}

Servers in_force(LoneServer& server) { return server.state().configurations.in_force; }

}  // namespace

TEST_CASE("raft 4.1: a configuration counts from when it is in the log, at the leader") {
  LoneServer server = leader_of(4);
  server.ask(remove("n4"));
  CHECK(in_force(server) == Servers{node(1), node(2), node(3)});
  const auto sent = server.sent<AppendEntries>();
  REQUIRE(sent.size() == 2);  // one each to those who stay
  CHECK(sent[0].to == node(2));
  CHECK(sent[1].to == node(3));
  REQUIRE(server.told<Reconfigured>().size() == 1);
  CHECK(server.told<Reconfigured>()[0] == Reconfigured{4, 3});
  server.hear(node(4), success(4));
  stored(server, {});
  CHECK(server.state().commit_index == 3);  // n4 does not count
  stored(server, {2});
  CHECK(server.state().commit_index == 4);  // two of three do
}

TEST_CASE("raft 4.1: a configuration counts from when it is in the log, at a follower") {
  LoneServer server = follower(4, remove("n4"));
  CHECK(in_force(server) == Servers{node(1), node(2), node(3)});
  CHECK(server.state().commit_index == 2);
  LoneServer late = follower(4, remove("n4"), {Bug::config_on_commit});
  CHECK(in_force(late).empty());
  late.hear(node(2), AppendEntries{8, 3, 8, {}, 3});
  CHECK(in_force(late) == Servers{node(1), node(2), node(3)});
}

TEST_CASE("raft 4.1: and no longer when it is removed from there") {
  const auto after_conflict = [](std::vector<Bug> bugs) {
    LoneServer server = follower(4, remove("n4"), std::move(bugs));
    server.hear(node(3), AppendEntries{9, 2, 4, log_of({1, 4, 9}).slice(3, 3), 2});
    CHECK(server.state().log[3].term == 9);
    return in_force(server);
  };
  CHECK(after_conflict({}).empty());
  CHECK(after_conflict({Bug::config_kept_on_truncation}).size() == 3);
}

TEST_CASE("raft 4.1: after a restart the log says who is in the cluster") {
  LoneServer server = follower(4, remove("n4"));
  server.state().configurations = Configurations{};
  server.state().commit_index = 0;
  server.restart();
  CHECK(in_force(server) == Servers{node(1), node(2), node(3)});
}

TEST_CASE("raft 4.1: one change at a time") {
  LoneServer server = leader_of(5);
  server.ask(remove("n5"));
  server.ask(remove("n4"));
  CHECK(server.state().log.size() == 4);
  REQUIRE(server.told<ChangeRefused>().size() == 1);
  CHECK(server.told<ChangeRefused>()[0].server == node(4));
  stored(server, {2, 3});
  server.ask(remove("n4"));
  CHECK(server.state().log.size() == 5);
}

TEST_CASE("raft 4.1: no change before an entry of the leader's own term is committed") {
  const auto log_size = [](std::vector<Bug> bugs) {
    LoneServer server = server_of(3, std::move(bugs));
    server.state().log = log_of({1, 4});
    server.lead(9);
    REQUIRE(server.state().log.size() == 3);  // with its no-op
    server.ask(remove("n3"));
    return server.state().log.size();
  };
  CHECK(log_size({}) == 3);
  CHECK(log_size({Bug::changes_before_own_commit}) == 4);
}

TEST_CASE("raft 4.1: what changes nothing is refused, and so is removing the last server") {
  LoneServer server = leader_of(3);
  server.ask(add("n2"));
  CHECK(server.told<ChangeRefused>().size() == 1);
  server.ask(remove("n3"));
  stored(server, {2});
  server.ask(remove("n3"));
  CHECK(server.told<ChangeRefused>().size() == 1);
  server.ask(remove("n2"));
  stored(server, {});
  CHECK(in_force(server) == Servers{node(1)});
  server.ask(remove("n1"));
  CHECK(server.told<ChangeRefused>().size() == 1);
  CHECK(in_force(server) == Servers{node(1)});
}

TEST_CASE("raft 4.1: without the option such a request is refused; a client's is a command") {
  LoneServer server;
  server.lead(9);
  server.ask(remove("n3"));
  CHECK(server.told<ChangeRefused>() == std::vector{ChangeRefused{node(3)}});
  server.ask({no_client, 1, {change_servers, {}, Text("n1 n2")}});
  CHECK(server.told<ServersRefused>() == std::vector{ServersRefused{"n1 n2"}});
  CHECK(server.state().log.size() == 0);
  server.ask({ClientId{0}, 1, remove("n3").operation});
  CHECK(server.state().log.size() == 1);
  CHECK(in_force(server).empty());
  CHECK(server.sent<AppendEntries>().size() == 2);
}

TEST_CASE("raft: who changes the cluster, and how, is the same at all servers, or refused") {
  const auto refusal = [](const std::string& of_n2) {
    return testing::refusal_of(R"({"quorate": 1, "protocol": {"use": "raft", "nodes": 3,
        "params": {"membership": "joint"}, "node_params": {"n2": {"membership": ")" +
                               of_n2 + R"("}}}, "stop": {"at": "1s"}})");
  };
  CHECK(refusal("joint") == "");
  for (const char* other : {"fixed", "single_server"}) {
    CHECK(refusal(other).find("\"membership\": it is another for n1, and both must read") !=
          std::string::npos);
  }
}

namespace {

// n4 was removed and is to be added again; it holds nothing of the leader's last term.
LoneServer adding() {
  LoneServer server = leader_of(4);
  server.ask(remove("n4"));
  stored(server, {2, 3});
  REQUIRE(server.state().commit_index == 4);
  server.ask(add("n4"));
  return server;
}

}  // namespace

TEST_CASE("raft 4.2.1: a server is added when a round of catching up was short enough") {
  LoneServer server = adding();
  REQUIRE(server.sent<AppendEntries>().size() == 1);
  CHECK(server.sent<AppendEntries>()[0].to == node(4));
  CHECK(server.state().log.size() == 4);
  server.hear(node(4), success(3));
  CHECK(server.state().log.size() == 4);  // it lacks one
  server.hear(node(4), success(4));
  CHECK(server.state().log.size() == 5);
  CHECK(in_force(server).size() == 4);
  CHECK(server.sent<AppendEntries>().size() == 3);
  CHECK_FALSE(server.timer<RoundLate>().has_value());
}

TEST_CASE("raft 4.2.1: a round that took longer than an election timeout is followed by another") {
  LoneServer server = adding();
  CHECK(server.timer<RoundLate>() == Duration{150ms});
  server.expire(RoundLate{});
  server.ask(Request{ClientId{0}, 1, {Text("put"), {}, {}}});
  server.hear(node(4), success(4));
  CHECK(server.state().log.size() == 5);  // the client's
  CHECK(server.state().joining.rounds == 2);
  CHECK(server.state().joining.round_end == 5);
  server.hear(node(4), success(5));
  CHECK(in_force(server).size() == 4);
}

TEST_CASE("raft 4.2.1: who does not catch up is not added") {
  LoneServer silent = adding();
  silent.expire(RoundLate{});
  CHECK(silent.told<ChangeRefused>().empty());
  silent.expire(RoundLate{});
  REQUIRE(silent.told<ChangeRefused>().size() == 1);
  CHECK(silent.told<ChangeRefused>()[0].server == node(4));
  CHECK_FALSE(silent.state().joining.server.has_value());

  LoneServer slow = adding();
  for (int round = 0; round < 10; ++round) {
    slow.expire(RoundLate{});
    slow.hear(node(4), success(4));
  }
  CHECK(slow.told<ChangeRefused>().size() == 1);
  CHECK(in_force(slow).size() == 3);
}

TEST_CASE("raft 3.10: a leader that makes way for another changes no servers") {
  const Request to_n2{no_client, 1, {"transfer_leader", {}, Text("n2")}};
  LoneServer server = leader_of(4);
  server.ask(to_n2);
  server.ask(remove("n2"));
  CHECK(server.told<ChangeRefused>() == std::vector{ChangeRefused{node(2)}});
  CHECK(server.state().log.size() == 3);
  server.expire(TransferLate{});
  server.ask(remove("n2"));
  CHECK(server.state().log.size() == 4);
  // A newcomer that has caught up waits for what comes of it.
  LoneServer joined = adding();
  joined.ask(to_n2);
  joined.hear(node(4), success(4));
  CHECK(joined.state().log.size() == 4);
  joined.expire(TransferLate{});
  joined.hear(node(4), success(4));
  CHECK(joined.state().log.size() == 5);
  CHECK(in_force(joined).size() == 4);
}

TEST_CASE("raft 4.2.1: a leader outside its configuration need not catch up with itself") {
  LoneServer server = leader_of(3);
  server.ask(remove("n1"));
  server.state().commit_index = 4;  // as if it had not heard that it is to step down
  server.ask(add("n1"));
  CHECK_FALSE(server.state().joining.is_under_way());
  CHECK(in_force(server) == Servers{node(1), node(2), node(3)});
  for (const auto& sent : server.sent<AppendEntries>()) CHECK(sent.to != node(1));
}

TEST_CASE("raft 4.2.2: a leader removes itself, does not count itself, and steps down") {
  LoneServer server = leader_of(3);
  server.ask(remove("n1"));
  stored(server, {2});
  CHECK(server.state().commit_index == 3);  // one of two
  CHECK(server.state().role == RoleName::leader);
  stored(server, {3});
  CHECK(server.state().commit_index == 4);
  CHECK(server.state().role == RoleName::follower);
  server.expire(Election{});
  CHECK(server.state().role == RoleName::follower);
}

TEST_CASE("raft 4.2.2: who is removed stands for election until that is committed") {
  const auto stands = [](LoneServer server) {
    server.expire(Election{});
    return server.state().role == RoleName::candidate;
  };
  LoneServer server = follower(3, remove("n1"));
  CHECK(stands(server));
  CHECK_FALSE(stands(follower(3, remove("n1"), {Bug::outside_never_stands})));
  server.hear(node(2), AppendEntries{8, 3, 8, {}, 3});
  CHECK_FALSE(stands(server));
}

TEST_CASE("raft 4.2.2: outside the cluster one's own vote counts for nothing") {
  LoneServer server = follower(3, remove("n1"));
  server.expire(Election{});
  server.hear(node(2), RequestVoteReply{9, true});
  CHECK(server.state().role == RoleName::candidate);  // one of n2 and n3
  server.hear(node(3), RequestVoteReply{9, true});
  CHECK(server.state().role == RoleName::leader);
}

TEST_CASE("raft 7: a snapshot brings the configuration along") {
  Params params = changing();
  params.snapshot_threshold = 1;
  LoneServer taking({4, params, {}});
  taking.state().current_term = 8;
  taking.hear(node(2), AppendEntries{8, 0, 0, log_with(remove("n4")).slice(1, 3), 3});
  taking.expire(TakeSnapshot{});
  const Frozen<Snapshot> snapshot = taking.state().snapshot;
  REQUIRE(snapshot->last_index == 3);
  CHECK(snapshot->configuration.index == 3);

  LoneServer given = server_of(4);
  given.hear(node(2), InstallSnapshot{8, snapshot});
  CHECK(in_force(given) == Servers{node(1), node(2), node(3)});
  taking.restart();
  CHECK(in_force(taking) == in_force(given));
}

namespace {

struct Changes final : Observer {
  void on(const Record& record, const StateChange*) override {
    if (record.kind != Kind::event) return;
    seen += record.body.type == &type_info<Reconfigured> ? 1 : 0;
  }
  std::uint64_t seen{};
};

void soak(std::uint64_t wanted, const char* sessions) {
  const std::uint64_t seeds = testing::seeds_here(wanted);
  Changes changes;
  auto sum = testing::soak("scenarios/raft/soak-membership.json", seeds,
                           {{"protocol.params.sessions", sessions}}, &changes);
  CHECK(changes.seen >= 20 * seeds);
  CHECK(sum.exercised["config_overlap"] >= 10 * seeds);
}

}  // namespace

TEST_CASE("raft soak: servers come and go") {
  soak(100, "true");
  soak(50, "false");
}

// n4 to n6 are to take over, and two of them die when n6 hears of it: C_old,new is never committed,
// and the three that are still the cluster cannot go back on it.
TEST_CASE("raft: in a joint configuration it takes a majority of both, decided or not") {
  const auto run = testing::run_to_end(testing::scenario_of(R"({"quorate": 1,
      "protocol": {"use": "raft", "nodes": 6, "members": ["n1", "n2", "n3"],
        "params": {"membership": "joint", "no_op": true, "check_quorum": true, "pre_vote": true,
                   "election_timeout": "300ms"},
        "node_params": {"n1": {"election_timeout": "150ms"}, "n2": {"election_timeout": "200ms"}}},
      "stop": {"at": "5s"}, "network": {"delay": "5ms"},
      "workload": [{"client": "c1", "op": "put", "every": "50ms", "from": "1s", "count": 10}],
      "faults": [
        {"id": "change", "at": "400ms",
         "do": {"request": {"node": "n1", "op": "change_servers", "value": "n4..n6"}}},
        {"id": "down", "on": {"event": "became_joint", "node": "n6"},
         "do": {"crash": ["n5", "n6"]}}],
      "expect": [{"metric": "ops.acked", "is": 10}]})"));
  const Outcome& outcome = run->outcome();
  CHECK(outcome.verdict == Verdict::fail);
  CHECK(outcome.diagnosis == std::vector<std::string>{"outside_model"});
  CHECK(outcome.because.at(0).find("while they were being changed no majority was since") !=
        std::string::npos);
}

namespace {

// What n1 sends to n3, and when it has another configuration in its log.
struct ToTheThird final : Observer {
  void on(const Record& record, const StateChange*) override {
    if (record.kind == Kind::event && record.node == node(1) &&
        record.body.type == &type_info<Reconfigured>) {
      story += "changed ";
    }
    if (record.from != node(1) || record.to != node(3)) return;
    if (record.kind == Kind::send) story += "sent ";
    if (record.kind == Kind::recv) story += record.handled ? "handled " : "unexpected ";
  }
  std::string story;
};

}  // namespace

// The group changes during a send: the message arrives at one that belongs to it no more, which
// goes by the rules all the same, and nothing else is sent there.
TEST_CASE("raft: a server is removed between the sending of a message to it and its arrival") {
  const auto run = testing::make_run(testing::scenario_of(R"({"quorate": 1,
      "protocol": {"use": "raft", "nodes": 3,
        "params": {"membership": "single_server", "no_op": true, "election_timeout": "250ms"},
        "node_params": {"n1": {"election_timeout": "150ms"}}},
      "stop": {"at": "400ms"}, "network": {"delay": "5ms"},
      "faults": [{"on": {"event": "send", "node": "n1", "message": "AppendEntries", "nth": 4},
        "do": {"request": {"node": "n1", "op": "remove_server", "value": "n3"}}}]})"),
                                     1);
  ToTheThird seen;
  run->observe(seen);
  run->run();
  CHECK(seen.story == "sent handled sent handled sent changed handled ");
  CHECK(run->outcome().verdict == Verdict::pass);
}

TEST_SUITE("long") {
  TEST_CASE("raft soak: servers come and go, 1,000 seeds") { soak(1'000, "true"); }
}

}  // namespace quorate::raft
