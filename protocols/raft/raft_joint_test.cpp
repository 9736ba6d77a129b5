// Joint consensus (section 6 of the paper), sentence by sentence: one server, its state and what it
// sends; then a whole cluster.
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

Request change_to(std::string_view servers) {
  return {no_client, 1, {change_servers, {}, Text(servers)}};
}

LoneServer joint_server(std::uint32_t nodes, std::vector<Bug> bugs = {}) {
  Params params;
  params.membership = Membership::joint;
  return LoneServer({nodes, params, std::move(bugs)});
}

Servers new_servers(LoneServer& server) { return server.state().configurations.in_force; }
Servers old_servers(LoneServer& server) { return server.state().configurations.joint.old_servers; }

// n1 leads term 9 of n1 to n5, with two old entries, and is to go on with n1, n2 and n3: nobody is
// new, so C_old,new is entry 3.
LoneServer leader_in_joint(std::string_view servers = "n1..n3") {
  LoneServer server = joint_server(5);
  server.state().log = log_of({1, 4});
  server.lead(9);
  server.ask(change_to(servers));
  REQUIRE(server.state().log.size() == 3);
  return server;
}

// Entry 3 of term 8 is C_old,new, from n1 to n5 to these, and entry 4, where wanted, C_new.
EntryLog log_with(Text servers, bool both) {
  EntryLog log = log_of({1, 4});
  log.append({8, Request{no_client, 0, {c_old_new, {}, servers}}});
  if (both) log.append({8, Request{no_client, 0, {c_new, {}, servers}}});
  return log;
}

// A follower in term 8 that has got such a log, of which two entries are committed.
LoneServer follower_with(Text servers, bool both, std::vector<Bug> bugs = {}) {
  LoneServer server = joint_server(5, std::move(bugs));
  server.state().current_term = 8;
  server.start();
  const EntryLog log = log_with(servers, both);
  server.hear(node(2), AppendEntries{8, 0, 0, log.slice(1, log.size()), 2});
  return server;
}

}  // namespace

TEST_CASE("raft 6: log entries are replicated to all servers in both configurations") {
  LoneServer server = leader_in_joint("n1 n2");
  CHECK(new_servers(server) == Servers{node(1), node(2)});
  CHECK(old_servers(server) == Servers{node(1), node(2), node(3), node(4), node(5)});
  CHECK(server.sent<AppendEntries>().size() == 4);
  REQUIRE(server.told<BecameJoint>().size() == 1);
  CHECK(server.told<BecameJoint>()[0] == BecameJoint{3, 5, 2});
  CHECK(server.state().log[3].command.operation == Operation{c_old_new, {}, "n1 n2"});
}

TEST_CASE("raft 6: commitment requires separate majorities from both configurations") {
  LoneServer without_new = leader_in_joint("n1 n2");
  stored(without_new, {3, 4, 5});
  CHECK(without_new.state().commit_index == 0);  // four of five, but one of two
  stored(without_new, {2});
  CHECK(without_new.state().commit_index == 3);

  LoneServer without_old = leader_in_joint("n1 n2");
  stored(without_old, {2});
  CHECK(without_old.state().commit_index == 0);  // two of two, but two of five
  stored(without_old, {5});
  CHECK(without_old.state().commit_index == 3);
}

TEST_CASE("raft 6: elections require separate majorities from both configurations") {
  for (const auto& [first, last] : {std::pair{std::vector{3U, 4U, 5U}, 2U}, {{2U}, 5U}}) {
    LoneServer server = follower_with("n1 n2", false);
    server.expire(Election{});
    CHECK(server.sent<RequestVote>().size() == 4);
    for (const std::uint32_t voter : first) server.hear(node(voter), RequestVoteReply{9, true});
    CHECK(server.state().role == RoleName::candidate);
    server.hear(node(last), RequestVoteReply{9, true});
    CHECK(server.state().role == RoleName::leader);
  }
}

// Three of five old and one of two new ones are four of five, and yet no two majorities.
TEST_CASE("raft 6: a candidate that neither wins nor loses tells of its votes in each of both") {
  LoneServer server = follower_with("n1 n2", false);
  server.expire(Election{});
  for (const std::uint32_t voter : {3U, 4U}) server.hear(node(voter), RequestVoteReply{9, true});
  server.expire(Election{});
  CHECK(server.told<UnelectedByBoth>() == std::vector{UnelectedByBoth{9, 3, 5, 1, 2}});
  CHECK(server.told<Unelected>().empty());
  LoneServer after = follower_with("n1 n2", true);
  after.expire(Election{});
  after.expire(Election{});
  CHECK(after.told<Unelected>() == std::vector{Unelected{9, 1, 2}});
}

TEST_CASE("raft 6: who asks before it stands asks both, and a leader must hear from both") {
  LoneServer server = follower_with("n1 n2", false);
  Params params;
  params.membership = Membership::joint;
  params.pre_vote = params.check_quorum = true;
  LoneServer careful({5, params, {}});
  careful.state().current_term = 8;
  careful.start();
  const EntryLog log = log_with("n1 n2", false);
  careful.hear(node(2), AppendEntries{8, 0, 0, log.slice(1, 3), 2});
  careful.expire(LeaderSilent{});
  careful.expire(Election{});
  CHECK(careful.sent<PreVote>().size() == 4);
  for (const std::uint32_t voter : {3U, 4U, 5U}) {
    careful.hear(node(voter), PreVoteReply{8, 9, true});
  }
  CHECK(careful.state().role == RoleName::pre_candidate);
  careful.hear(node(2), PreVoteReply{8, 9, true});
  CHECK(careful.state().role == RoleName::candidate);
  for (std::uint32_t voter = 2; voter <= 5; ++voter) {
    careful.hear(node(voter), RequestVoteReply{9, true});
  }
  REQUIRE(careful.state().role == RoleName::leader);
  for (const std::uint32_t other : {3U, 4U, 5U}) careful.hear(node(other), success(0));
  careful.expire(CheckQuorum{});
  CHECK(careful.state().role == RoleName::follower);
  CHECK(careful.told<QuorumOfBothLost>() == std::vector{QuorumOfBothLost{4, 5, 1, 2}});
}

TEST_CASE("raft 6: once C_old,new is committed the leader creates the entry C_new") {
  LoneServer server = leader_in_joint();
  server.sync_disk();
  server.hear(node(1), Stored{9, 3});
  server.hear(node(4), success(3));
  CHECK(server.state().log.size() == 3);
  server.hear(node(2), success(3));
  REQUIRE(server.state().commit_index == 3);
  REQUIRE(server.state().log.size() == 4);
  CHECK(server.state().log[4].command.operation == Operation{c_new, {}, "n1..n3"});
  CHECK(new_servers(server) == Servers{node(1), node(2), node(3)});
  CHECK(old_servers(server).empty());
  const auto sent = server.sent<AppendEntries>();
  REQUIRE(sent.size() == 2);  // nobody else is told
  CHECK(sent[0].to == node(2));
  CHECK(sent[1].to == node(3));
  CHECK(server.told<Reconfigured>() == std::vector{Reconfigured{4, 3}});
  server.hear(node(4), success(4));
  server.hear(node(5), success(4));
  stored(server, {});
  CHECK(server.state().commit_index == 3);  // n4 and n5 do not count any more
  stored(server, {2});
  CHECK(server.state().commit_index == 4);
}

TEST_CASE("raft 6: new servers join as non-voting members until they have caught up") {
  LoneServer server = joint_server(5);
  server.state().log = log_of({1, 4});
  server.lead(9);
  server.ask(change_to("n1..n3"));
  stored(server, {2, 3});
  stored(server, {2, 3});
  REQUIRE(server.state().commit_index == 4);
  server.ask(change_to("n3..n5"));
  CHECK(server.state().log.size() == 4);
  CHECK(server.sent<AppendEntries>().size() == 2);  // to n4 and n5
  CHECK(new_servers(server).size() == 3);
  server.hear(node(4), success(4));
  server.hear(node(2), success(4));
  CHECK(server.state().log.size() == 4);  // n5 lacks some
  server.ask(Request{ClientId{0}, 1, {Text("put"), {}, {}}});
  CHECK(server.sent<AppendEntries>().size() == 4);
  stored(server, {4});
  CHECK(server.state().commit_index == 4);  // n1 and n4, but n4 does not vote
  server.hear(node(5), success(4));
  REQUIRE(server.state().log.size() == 6);
  CHECK(server.state().log[6].command.operation.verb == c_old_new);
  CHECK_FALSE(server.timer<RoundLate>().has_value());
}

TEST_CASE("raft 6: newcomers that do not catch up end the change") {
  LoneServer server = joint_server(5);
  server.lead(9);
  server.ask(change_to("n1..n3"));
  stored(server, {2, 3});
  stored(server, {2, 3});
  server.ask(change_to("n1 n4"));
  server.expire(RoundLate{});
  CHECK(server.told<ServersRefused>().empty());
  server.expire(RoundLate{});
  CHECK(server.told<ServersRefused>() == std::vector{ServersRefused{"n1 n4"}});
  CHECK(new_servers(server).size() == 3);
  server.ask(change_to("n1 n2"));
  CHECK(old_servers(server).size() == 3);
}

TEST_CASE("raft 6: a change that is asked for while one runs is refused") {
  const auto refused = [](LoneServer& server) {
    const Index before = server.state().log.size();
    server.ask(change_to("n1 n5"));
    CHECK(server.state().log.size() == before);
    return server.told<ServersRefused>() == std::vector{ServersRefused{"n1 n5"}};
  };
  LoneServer server = leader_in_joint();
  CHECK(refused(server));  // C_old,new is not committed
  stored(server, {2, 3});
  REQUIRE(server.state().log.size() == 4);
  CHECK(refused(server));  // nor is C_new
  stored(server, {2, 3});
  server.ask(change_to("n1 n2"));
  CHECK(server.state().log.size() == 5);

  LoneServer catching_up = leader_in_joint();
  stored(catching_up, {2, 3});
  stored(catching_up, {2, 3});
  catching_up.ask(change_to("n1 n4"));
  CHECK(refused(catching_up));
}

TEST_CASE("raft 6: what is no change, or not the leader's to make, is refused") {
  const auto refused = [](LoneServer server, const Request& request) {
    const Index before = server.state().log.size();
    server.ask(request);
    return server.state().log.size() == before &&
           server.told<ServersRefused>().size() + server.told<ChangeRefused>().size() == 1;
  };
  LoneServer leader = joint_server(5);
  leader.lead(9);
  CHECK(refused(leader, change_to("n1..n5")));
  CHECK(refused(leader, change_to("")));
  CHECK(refused(leader, change_to("n1 n9")));
  CHECK(refused(leader, {no_client, 1, {c_new, {}, "n1"}}));  // the leader's own word
  CHECK(refused(leader, {no_client, 1, {"remove_server", {}, "n2"}}));
  CHECK(refused(follower_with("n1 n2", true), change_to("n1")));
  Params stepwise;
  stepwise.membership = Membership::single_server;
  stepwise.no_op = true;
  LoneServer other({5, stepwise, {}});
  other.lead(9);
  stored(other, {2, 3});
  CHECK(refused(other, change_to("n1..n3")));
}

TEST_CASE("raft 6: a leader is no newcomer to what it changes to") {
  LoneServer server = leader_in_joint("n2..n4");
  stored(server, {2, 3});
  REQUIRE(new_servers(server) == Servers{node(2), node(3), node(4)});
  server.state().commit_index = 4;  // as if it had not heard that it is to step down
  server.ask(change_to("n1..n3"));
  CHECK_FALSE(server.state().joining.is_under_way());
  CHECK(server.state().log.size() == 5);
  for (const auto& sent : server.sent<AppendEntries>()) CHECK(sent.to != node(1));
}

TEST_CASE("raft 3.10: nobody makes way for a server that C_new leaves out") {
  const auto transfer_to = [](std::string_view heir) {
    return Request{no_client, 1, {"transfer_leader", {}, Text(heir)}};
  };
  LoneServer server = leader_in_joint("n1..n3");
  server.ask(transfer_to("n4"));
  CHECK(server.told<TransferRefused>() == std::vector{TransferRefused{node(4)}});
  server.ask(transfer_to("n2"));
  CHECK(server.told<TransferRefused>().empty());
  server.ask(change_to("n1 n5"));
  CHECK(server.told<ServersRefused>() == std::vector{ServersRefused{"n1 n5"}});
  stored(server, {2, 3});  // what was begun before goes on, and n2 is sent it too
  REQUIRE(server.state().log.size() == 4);
  CHECK(server.state().transfer.heir == node(2));
  server.expire(TransferLate{});
  stored(server, {2, 3});
  server.ask(transfer_to("n2"));
  server.ask(change_to("n1 n2"));
  CHECK(server.told<ServersRefused>() == std::vector{ServersRefused{"n1 n2"}});
  CHECK(server.state().log.size() == 4);
}

TEST_CASE("raft 3.10: TimeoutNow that comes when its receiver is removed elects nobody") {
  const auto stands = [](Index committed) {
    LoneServer server = follower_with("n2 n3", true);
    server.hear(node(2), AppendEntries{8, 4, 8, {}, committed});
    server.hear(node(2), TimeoutNow{8});
    return server.state().role == RoleName::candidate;
  };
  CHECK(stands(3));  // C_new may never be committed without it (4.2.2)
  CHECK_FALSE(stands(4));
}

TEST_CASE("raft 6: the leader steps down once C_new, of which it is no part, is committed") {
  LoneServer server = leader_in_joint("n2..n4");
  stored(server, {2, 3});
  REQUIRE(server.state().log.size() == 4);
  CHECK(new_servers(server) == Servers{node(2), node(3), node(4)});
  stored(server, {2});
  CHECK(server.state().commit_index == 3);  // it does not count itself
  CHECK(server.state().role == RoleName::leader);
  stored(server, {3});
  CHECK(server.state().commit_index == 4);
  CHECK(server.state().role == RoleName::follower);
  server.expire(Election{});
  CHECK(server.state().role == RoleName::follower);
}

TEST_CASE("raft 6: whoever is elected goes on with the change that it finds in its log") {
  const auto elected = [](std::vector<Bug> bugs, Index committed) {
    LoneServer server = follower_with("n1..n3", false, std::move(bugs));
    server.hear(node(2), AppendEntries{8, 3, 8, {}, committed});
    server.expire(Election{});
    for (std::uint32_t voter = 2; voter <= 5; ++voter) {
      server.hear(node(voter), RequestVoteReply{9, true});
    }
    REQUIRE(server.state().role == RoleName::leader);
    return server;
  };
  LoneServer knows = elected({}, 3);
  CHECK(knows.state().log.size() == 4);
  CHECK(knows.state().log[4].command.operation.verb == c_new);
  CHECK(old_servers(knows).empty());
  // It cannot know whether C_old,new is committed; an entry of its own decides.
  LoneServer waits = elected({}, 2);
  CHECK(waits.state().log.size() == 3);
  waits.ask(Request{ClientId{0}, 1, {Text("put"), {}, {}}});
  stored(waits, {2, 3});
  REQUIRE(waits.state().log.size() == 5);
  CHECK(waits.state().log[5].command.operation.verb == c_new);
  LoneServer hasty = elected({Bug::leaves_joint_early}, 2);
  CHECK(hasty.state().log.size() == 4);
}

TEST_CASE("raft 6: a server always uses the latest configuration in its log, also when it is cut") {
  LoneServer server = follower_with("n1 n2", true);
  CHECK(new_servers(server) == Servers{node(1), node(2)});
  CHECK(old_servers(server).empty());
  const auto after_conflict = [](LoneServer cut, Index index) {
    EntryLog log = log_with("n1 n2", false);
    log.truncate(index - 1);
    log.append({9, no_op()});
    const Index prev = index - 1;
    cut.hear(node(3),
             AppendEntries{9, prev, cut.state().term_at(prev), log.slice(index, index), 2});
    CHECK(cut.state().log.size() == index);
    return cut;
  };
  LoneServer joint = after_conflict(server, 4);
  CHECK(new_servers(joint) == Servers{node(1), node(2)});
  CHECK(old_servers(joint).size() == 5);
  LoneServer none = after_conflict(server, 3);
  CHECK(new_servers(none).empty());
  CHECK(old_servers(none).empty());
}

TEST_CASE("raft 6: who is in the old configuration alone stands until C_new is committed") {
  const auto stands = [](LoneServer server) {
    server.expire(Election{});
    return server.state().role == RoleName::candidate;
  };
  CHECK(stands(follower_with("n2 n3", false)));
  LoneServer server = follower_with("n2 n3", true);
  CHECK(stands(server));
  server.hear(node(2), AppendEntries{8, 4, 8, {}, 4});
  CHECK_FALSE(stands(server));
}

TEST_CASE("raft 7: a snapshot brings a joint configuration along") {
  Params params;
  params.membership = Membership::joint;
  params.snapshot_threshold = 1;
  LoneServer taking({5, params, {}});
  taking.state().current_term = 8;
  taking.hear(node(2), AppendEntries{8, 0, 0, log_with("n1 n2", true).slice(1, 4), 3});
  taking.expire(TakeSnapshot{});
  const Frozen<Snapshot> snapshot = taking.state().snapshot;
  REQUIRE(snapshot->last_index == 3);
  CHECK(snapshot->configuration.is_joint());

  LoneServer given = joint_server(5);
  given.hear(node(2), InstallSnapshot{8, snapshot});
  CHECK(new_servers(given) == Servers{node(1), node(2)});
  CHECK(old_servers(given).size() == 5);
  taking.restart();
  CHECK(new_servers(taking) == Servers{node(1), node(2)});
  CHECK(old_servers(taking).empty());  // entry 4 is in the log
}

namespace {

struct JointChanges final : Observer {
  void on(const Record& record, const StateChange*) override {
    if (record.kind != Kind::event) return;
    joint += record.body.type == &type_info<BecameJoint> ? 1 : 0;
    done += record.body.type == &type_info<Reconfigured> ? 1 : 0;
  }
  std::uint64_t joint{};
  std::uint64_t done{};
};

void soak_joint(std::uint64_t seeds) {
  JointChanges changes;
  auto sum = testing::soak("scenarios/raft/soak-joint.json", seeds, {}, &changes);
  CHECK(changes.joint >= 10 * seeds);
  CHECK(changes.done >= 10 * seeds);
  CHECK(sum.exercised["config_overlap"] >= 10 * seeds);
}

}  // namespace

TEST_CASE("raft soak: the whole cluster changes") { soak_joint(testing::seeds_here(100)); }

TEST_CASE("raft 6: it is told whose cluster it is when C_new is committed") {
  LoneServer server = leader_in_joint();
  stored(server, {2, 3});
  CHECK(server.told<MembersChanged>().empty());  // C_old,new is
  stored(server, {2});
  CHECK(server.told<MembersChanged>() ==
        std::vector{MembersChanged{9, {node(1), node(2), node(3)}}});
}

// The three that are switched off belong to the cluster no more.
TEST_CASE("raft: whether a majority is up is asked of whoever is in the cluster by now") {
  const std::string file = "scenarios/raft/joint-consensus.json";
  const auto whole = testing::run_to_end(testing::scenario_file(file));
  CHECK(whole->outcome().verdict == Verdict::pass);
  CHECK(whole->outcome().model == "within: 3 crashes");
  const auto stays = testing::run_to_end(testing::scenario_file(
      file, {{"faults.0.do.request.value", "\"n1..n3\""}, {"expect", "[]"}}));
  CHECK(stays->outcome().model.find("no majority of them was") != std::string::npos);
}

// n4 has caught up to join n1, n2 and n3 when its leader loses them; C_old,new is in its log alone,
// uncommitted, and stays there.
TEST_CASE("raft: whose logs must be equal is asked of what is committed, not of a log's end") {
  const auto run = testing::run_to_end(testing::scenario_of(R"({"quorate": 1,
      "protocol": {"use": "raft", "nodes": 4, "members": ["n1", "n2", "n3"],
        "params": {"membership": "joint", "no_op": true, "election_timeout": "300ms"},
        "node_params": {"n1": {"election_timeout": "150ms"}, "n2": {"election_timeout": "200ms"}}},
      "stop": {"at": "3s"}, "network": {"delay": "5ms"},
      "workload": [{"client": "c1", "op": "put", "every": "50ms", "from": "700ms", "count": 10,
        "target": "leader"}],
      "faults": [
        {"id": "cut", "at": "390ms", "for": "400ms",
         "do": {"partition": [["n1", "n4"], ["n2", "n3"]]}},
        {"id": "change", "at": "400ms",
         "do": {"request": {"node": "n1", "op": "change_servers", "value": "n1..n4"}}}],
      "expect": [{"at": "end", "state": "logs_equal"}, {"at": "end", "state": "one_leader"}]})"));
  CHECK(run->outcome().verdict == Verdict::pass);
}

TEST_CASE("raft zoo: a joint configuration that is left early costs what was committed") {
  for (const char* property : {"leader_completeness", "state_machine_safety"}) {
    const std::string check = "[\"" + std::string(property) + "\"]";
    const auto run = testing::run_to_end(testing::scenario_file(
        "scenarios/raft/bug-leaves-joint-early.json", {{"check", check}, {"expect", "[]"}}));
    REQUIRE(run->outcome().violation.has_value());
    CHECK(run->outcome().violation->property == property);
  }
}

TEST_SUITE("long") {
  TEST_CASE("raft soak: the whole cluster changes, 500 seeds") { soak_joint(500); }
}

TEST_CASE("raft: a leader says whose majorities it takes, and whoever is elected says so again") {
  LoneServer server = leader_in_joint();
  const std::vector<NodeId> all{node(1), node(2), node(3), node(4), node(5)};
  const std::vector<NodeId> three{node(1), node(2), node(3)};
  CHECK(server.told<MembersInForce>() == std::vector{MembersInForce{9, three, all}});
  stored(server, {2, 3});
  CHECK(server.told<MembersInForce>() == std::vector{MembersInForce{9, three, {}}});
  LoneServer heir = follower_with(Text("n1..n3"), false);
  heir.expire(Election{});
  heir.sync_disk();
  for (const std::uint32_t voter : {2U, 3U}) heir.hear(node(voter), RequestVoteReply{9, true});
  CHECK(heir.told<MembersInForce>() == std::vector{MembersInForce{9, three, all}});
}

}  // namespace quorate::raft
