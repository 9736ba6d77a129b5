// Leadership transfer (dissertation, 3.10), sentence by sentence: one server, its state and what it
// sends.
#include <doctest/doctest.h>

#include "protocols/common/command.hpp"
#include "tests/support/lone_server.hpp"
#include "tests/support/run_text.hpp"

namespace quorate::raft {

namespace {

using testing::log_of;
using testing::LoneServer;
using testing::node;
using testing::success;

Request transfer_to(std::string_view heir, ClientId client = no_client) {
  return {client, 1, {"transfer_leader", {}, Text(heir)}};
}

constexpr Request put{ClientId{0}, 1, {"put", "k", "v"}};

// Leads term 9 of a cluster of three; n2's log is known to match, n3's is not.
LoneServer leader(LoneServer server = LoneServer()) {
  server.state().log = log_of({1, 4});
  server.lead(9);
  server.hear(node(2), success(2));
  return server;
}

LoneServer with_leases(std::vector<Bug> bugs = {}) {
  Params params;
  params.reads = Reads::lease;
  params.check_quorum = true;
  LoneServer server({3, params, std::move(bugs)});
  server.state().log = log_of({1, 4});
  server.lead(9);
  AppendEntriesReply reply = success(2);
  reply.round = Round{server.state().reading.round};
  server.hear(node(2), reply);
  REQUIRE(server.state().holds_lease());
  return server;
}

}  // namespace

TEST_CASE("raft 3.10: a leader tells a server that has all its entries to stand at once") {
  LoneServer server = leader();
  server.ask(transfer_to("n2"));
  REQUIRE(server.sent<TimeoutNow>().size() == 1);
  CHECK(server.sent<TimeoutNow>()[0].to == node(2));
  CHECK(server.sent<TimeoutNow>()[0].body.term == 9);
  CHECK(server.sent<AppendEntries>().empty());
  CHECK(server.told<HandedOver>().size() == 1);
  CHECK(server.state().log.size() == 2);
  server.hear(node(2), success(2));
  CHECK(server.sent<TimeoutNow>().empty());  // once is enough
}

TEST_CASE("raft 3.10: an operator who names no server is told so before anything runs") {
  const auto refusal = [](const std::string& value) {
    return testing::refusal_of(R"({"quorate": 1, "protocol": {"use": "raft", "nodes": 3},
        "stop": {"at": "1s"}, "faults": [{"id": "x", "at": "1ms", "do":
        {"request": {"node": "n1", "op": "transfer_leader")" +
                               value + "}}}]}");
  };
  CHECK(refusal(R"(, "value": "n3")") == "");
  CHECK(refusal(R"(, "value": "n4")").find("unknown node \"n4\"") != std::string::npos);
  CHECK(refusal("").find("needs \"value\"") != std::string::npos);
}

TEST_CASE("raft 3.10: a server that lacks entries gets them first") {
  LoneServer server = leader();
  server.state().next_index[node(3)] = 1;
  server.ask(transfer_to("n3"));
  CHECK(server.sent<TimeoutNow>().empty());
  REQUIRE(server.sent<AppendEntries>().size() == 1);
  CHECK(server.sent<AppendEntries>()[0].to == node(3));
  CHECK(server.sent<AppendEntries>()[0].body.entries.size() == 2);
  server.hear(node(2), success(2));
  CHECK(server.sent<TimeoutNow>().empty());
  server.hear(node(3), success(1));
  CHECK(server.sent<TimeoutNow>().empty());
  server.hear(node(3), success(2));
  REQUIRE(server.sent<TimeoutNow>().size() == 1);
  CHECK(server.sent<TimeoutNow>()[0].to == node(3));
}

TEST_CASE(
    "raft 3.10: meanwhile clients are turned away, and again answered if nothing comes of it") {
  LoneServer server = leader();
  server.ask(transfer_to("n2"));
  CHECK(server.timer<TransferLate>() == Duration{150ms});  // the shortest election timeout
  server.ask(put);
  REQUIRE(server.sent<Redirect>().size() == 1);
  CHECK(server.sent<Redirect>()[0].body.node == no_node);
  CHECK(server.state().log.size() == 2);
  server.expire(TransferLate{});
  CHECK(server.told<TransferAborted>().size() == 1);
  server.ask(put);
  CHECK(server.sent<Redirect>().empty());
  CHECK(server.state().log.size() == 3);
  server.hear(node(2), success(3));
  CHECK(server.sent<TimeoutNow>().empty());
}

TEST_CASE("raft 3.10: the prior leader steps down when it hears of the new term") {
  LoneServer server = leader();
  server.ask(transfer_to("n2"));
  server.hear(node(2), RequestVote{10, 2, 4, Permission{true}});
  CHECK(server.state().role == RoleName::follower);
  CHECK(server.sent<RequestVoteReply>()[0].body.vote_granted);
  CHECK(server.state().transfer == Transfer{});
  CHECK(server.timer<TransferLate>() == std::nullopt);
}

TEST_CASE("raft 3.10: TimeoutNow is an election timeout, without asking whether it may stand") {
  Params params;
  params.pre_vote = params.check_quorum = true;
  LoneServer server({3, params, {}});
  server.hear(node(3), AppendEntries{9, 0, 0, log_of({1, 4}).slice(1, 2), 0});
  server.hear(node(3), TimeoutNow{9});
  CHECK(server.state().role == RoleName::candidate);
  CHECK(server.state().current_term == 10);
  CHECK(server.state().voted_for == node(1));
  REQUIRE(server.sent<RequestVote>().size() == 2);
  CHECK(server.sent<RequestVote>()[0].body == RequestVote{10, 2, 4, Permission{true}});
  server.hear(node(3), TimeoutNow{9});  // a copy, or one that was held up
  CHECK(server.state().current_term == 10);
  // Its next election is one like any other.
  server.expire(Election{});
  CHECK(server.sent<PreVote>().size() == 2);
}

TEST_CASE("raft 4.2.3: who has heard its leader lately votes for whom the leader told to stand") {
  Params params;
  params.check_quorum = true;
  LoneServer server({3, params, {}});
  server.hear(node(3), AppendEntries{9, 0, 0, {}, 0});
  server.hear(node(2), RequestVote{10, 0, 0});
  CHECK(server.sent<RequestVoteReply>().empty());
  server.hear(node(2), RequestVote{10, 0, 0, Permission{true}});
  REQUIRE(server.sent<RequestVoteReply>().size() == 1);
  CHECK(server.sent<RequestVoteReply>()[0].body.vote_granted);
}

TEST_CASE(
    "raft 6.4.1: a leader gives up its lease before it tells another to stand, for its term") {
  const auto holds = [](LoneServer server) {
    server.ask(transfer_to("n2"));
    REQUIRE(server.sent<TimeoutNow>().size() == 1);
    const bool after = server.state().holds_lease();
    server.expire(TransferLate{});
    server.expire(Heartbeat{});
    AppendEntriesReply reply = success(2);
    reply.round = Round{server.state().reading.round};
    server.hear(node(2), reply);
    return std::pair{after, server.state().holds_lease()};
  };
  CHECK(holds(with_leases()) == std::pair{false, false});
  CHECK(holds(with_leases({Bug::lease_kept_in_transfer})) == std::pair{true, true});
  LoneServer server = with_leases();
  server.ask(transfer_to("n2"));
  server.lead(11);
  AppendEntriesReply reply{11, true, 2, 0, 0, Round{server.state().reading.round}};
  server.hear(node(2), reply);
  CHECK(server.state().holds_lease());
}

TEST_CASE(
    "raft 3.10: a request to oneself, a stranger or a follower is none; a client's is a command") {
  for (const char* heir : {"n1", "n4", "c1", ""}) {
    LoneServer server = leader();
    server.ask(transfer_to(heir));
    CHECK(server.state().transfer == Transfer{});
    CHECK(server.timer<TransferLate>() == std::nullopt);
  }
  LoneServer follower;
  follower.hear(node(3), AppendEntries{9, 0, 0, {}, 0});
  follower.ask(transfer_to("n2"));
  CHECK(follower.sent<TimeoutNow>().empty());
  CHECK(follower.told<TransferRefused>() == std::vector{TransferRefused{node(2)}});
  LoneServer server = leader();
  server.ask(transfer_to("n2", ClientId{0}));
  CHECK(server.sent<TimeoutNow>().empty());
  CHECK(server.state().log.size() == 3);
}

TEST_CASE("raft 3.10: one transfer at a time: a second request is refused") {
  LoneServer server = leader();
  server.ask(transfer_to("n3"));
  CHECK(server.told<TransferRefused>().empty());
  server.ask(transfer_to("n2"));
  CHECK(server.told<TransferRefused>() == std::vector{TransferRefused{node(2)}});
  CHECK(server.sent<TimeoutNow>().empty());
  CHECK(server.state().transfer.heir == node(3));
  server.expire(TransferLate{});
  server.ask(transfer_to("n2"));
  CHECK(server.sent<TimeoutNow>().size() == 1);
}

}  // namespace quorate::raft
