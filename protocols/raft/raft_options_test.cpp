// The options that the dissertation (Ongaro, 2014) adds to the paper, sentence by sentence: one
// server, its state and what it sends, with the option and without.
#include <doctest/doctest.h>

#include "tests/support/lone_server.hpp"

namespace quorate::raft {

namespace {

using testing::log_of;
using testing::LoneServer;
using testing::node;
using testing::success;
using testing::terms_of;
using Terms = std::vector<Term>;

template <class T>
LoneServer with(T Params::*option, T value, std::uint32_t nodes = 3) {
  Params params;
  params.*option = value;
  return LoneServer({nodes, params, {}});
}

// Wins term 9 of a cluster of three, by the vote of n2; the last handler is the one that wins.
void win(LoneServer& server, const Terms& log) {
  server.state().log = log_of(log);
  server.state().current_term = 8;
  server.expire(Election{});
  server.hear(node(2), PreVoteReply{8, 9, true});  // if it has asked
  server.hear(node(2), RequestVoteReply{9, true});
  REQUIRE(server.state().role == RoleName::leader);
}

}  // namespace

// ---- a no-op at the start of a term (8; dissertation 6.4)
// -----------------------------------------

TEST_CASE("raft 8: a new leader appends an entry that does nothing, and commits all before it") {
  LoneServer server = with(&Params::no_op, true);
  win(server, {1, 4});
  const auto sent = server.sent<AppendEntries>();
  REQUIRE(sent.size() == 2);
  CHECK(sent[0].body.prev_log_index == 2);
  CHECK(sent[0].body.entries.size() == 1);
  REQUIRE(terms_of(server.state().log) == Terms{1, 4, 9});
  CHECK(server.state().log[3].command.operation.verb == Text("no_op"));
  CHECK(server.sent<Stored>().size() == 1);
  server.hear(node(1), Stored{9, 3});
  CHECK(server.state().commit_index == 0);
  server.hear(node(3), success(3));
  CHECK(server.state().commit_index == 3);
  CHECK(server.sent<Reply>().size() == 2);  // for entries 1 and 2; nobody asked for entry 3
}

TEST_CASE("raft 8: without the option a new leader's log is as it was") {
  LoneServer server;
  win(server, {1, 4});
  CHECK(terms_of(server.state().log) == Terms{1, 4});
  CHECK(server.sent<AppendEntries>()[0].body.entries.size() == 0);
  server.hear(node(3), success(2));
  CHECK(server.state().commit_index == 0);
}

TEST_CASE("raft 8: a lone leader's no-op is committed when its own disk has it") {
  LoneServer server = with(&Params::no_op, true, 1);
  server.lead(1);
  REQUIRE(server.state().role == RoleName::leader);
  CHECK(server.state().commit_index == 0);
  server.hear(node(1), Stored{1, 1});
  CHECK(server.state().commit_index == 1);
}

// ---- Pre-Vote (dissertation 9.6)
// ------------------------------------------------------------------

namespace {

constexpr Duration base = 150ms;  // the shortest election timeout, by default

// A follower of n3 in term 9 whose log ends in term 4, just after a heartbeat.
LoneServer follower_of_n3(LoneServer server) {
  server.state().log = log_of({1, 4});
  server.hear(node(3), AppendEntries{9, 2, 4, {}, 0});
  return server;
}

bool promises(LoneServer& server, const PreVote& request) {
  server.hear(node(2), request);
  const auto replies = server.sent<PreVoteReply>();
  REQUIRE(replies.size() == 1);
  CHECK(replies[0].to == node(2));
  CHECK(replies[0].body.asked == request.term);
  return replies[0].body.vote_promised;
}

}  // namespace

TEST_CASE("raft 9.6: a candidate asks before it raises its term, and needs a majority's promise") {
  LoneServer server = follower_of_n3(with(&Params::pre_vote, true, 5));
  server.expire(Election{});
  CHECK(server.state().role == RoleName::pre_candidate);
  CHECK(server.state().current_term == 9);
  CHECK(server.state().voted_for != node(1));
  CHECK(server.sent<RequestVote>().empty());
  REQUIRE(server.sent<PreVote>().size() == 4);
  CHECK(server.sent<PreVote>()[0].body == PreVote{10, 2, 4});
  server.hear(node(2), PreVoteReply{9, 10, true});
  server.hear(node(2), PreVoteReply{9, 10, true});   // a copy
  server.hear(node(4), PreVoteReply{9, 10, false});  // a refusal
  server.hear(node(4), PreVoteReply{9, 9, true});    // of another question
  CHECK(server.state().role == RoleName::pre_candidate);
  server.hear(node(5), PreVoteReply{9, 10, true});
  CHECK(server.state().role == RoleName::candidate);
  CHECK(server.state().current_term == 10);
  CHECK(server.sent<RequestVote>().size() == 4);
}

TEST_CASE("raft 9.6: however often an isolated server's timer runs out, its term stays") {
  LoneServer server = follower_of_n3(with(&Params::pre_vote, true));
  for (int i = 0; i < 100; ++i) server.expire(Election{});
  CHECK(server.state().current_term == 9);
  CHECK(server.state().voted_for == std::nullopt);
}

TEST_CASE("raft 9.6: a vote is promised to a later term and a log that is up-to-date") {
  LoneServer server = with(&Params::pre_vote, true);
  server.state().log = log_of({1, 4});
  server.state().current_term = 9;
  CHECK(promises(server, {10, 2, 4}));
  CHECK_FALSE(promises(server, {10, 1, 4}));
  CHECK_FALSE(promises(server, {10, 9, 3}));
  CHECK_FALSE(promises(server, {9, 2, 4}));
  // A promise binds nobody.
  CHECK(server.state().current_term == 9);
  CHECK(server.state().voted_for == std::nullopt);
  CHECK(server.timer<Election>() == std::nullopt);
}

TEST_CASE(
    "raft 9.6: a vote is promised by nobody who has heard its leader lately, nor by a leader") {
  LoneServer server = follower_of_n3(with(&Params::pre_vote, true));
  CHECK_FALSE(promises(server, {10, 2, 4}));
  REQUIRE(server.timer<LeaderSilent>() == base);
  server.expire(LeaderSilent{});
  CHECK(promises(server, {10, 2, 4}));
  LoneServer leader = with(&Params::pre_vote, true);
  win(leader, {1, 4});
  CHECK_FALSE(promises(leader, {10, 2, 4}));
}

TEST_CASE("raft 9.6: who asks and hears of a later term, or of its leader, is a follower again") {
  LoneServer behind = follower_of_n3(with(&Params::pre_vote, true));
  behind.expire(Election{});
  behind.hear(node(2), PreVoteReply{12, 10, false});
  CHECK(behind.state().role == RoleName::follower);
  CHECK(behind.state().current_term == 12);
  LoneServer hasty = follower_of_n3(with(&Params::pre_vote, true));
  hasty.expire(Election{});
  hasty.hear(node(3), AppendEntries{9, 2, 4, {}, 0});
  CHECK(hasty.state().role == RoleName::follower);
  hasty.hear(node(2), PreVoteReply{9, 10, true});
  CHECK(hasty.state().current_term == 9);
}

// ---- CheckQuorum and who ignores whom (dissertation 6.2, 4.2.3)
// -----------------------------------

TEST_CASE("raft 6.2: a leader that no majority answers steps down, and sends clients away") {
  LoneServer server = with(&Params::check_quorum, true);
  win(server, {1, 4});
  REQUIRE(server.timer<CheckQuorum>() == base);
  server.hear(node(2), success(2));
  server.expire(CheckQuorum{});
  CHECK(server.state().role == RoleName::leader);
  server.expire(CheckQuorum{});  // nobody has answered since
  CHECK(server.state().role == RoleName::follower);
  CHECK(server.state().current_term == 9);
  CHECK(server.state().voted_for == node(1));
  REQUIRE(server.told<QuorumLost>().size() == 1);
  CHECK(server.told<QuorumLost>()[0].heard == 1);
  CHECK(server.timer<CheckQuorum>() == std::nullopt);
  CHECK(server.timer<Heartbeat>() == std::nullopt);
  CHECK(server.timer<Election>() != std::nullopt);
  server.ask({ClientId{0}, 1, {"put", "k", "v"}});
  REQUIRE(server.sent<Redirect>().size() == 1);
  CHECK(server.sent<Redirect>()[0].body.node == no_node);
}

TEST_CASE("raft 6.2: a refusal is an answer, an answer of an earlier term is none") {
  for (const auto& [term, role] : {std::pair<Term, RoleName>{9, RoleName::leader},
                                   std::pair<Term, RoleName>{8, RoleName::follower}}) {
    LoneServer server = with(&Params::check_quorum, true);
    win(server, {1, 4});
    server.hear(node(2), AppendEntriesReply{term, false, 2, 0, 1});
    server.expire(CheckQuorum{});
    CHECK(server.state().role == role);
  }
}

TEST_CASE("raft 4.2.3: who has heard its leader lately ignores requests for its vote") {
  LoneServer server = follower_of_n3(with(&Params::check_quorum, true));
  server.hear(node(2), RequestVote{12, 2, 4});
  CHECK(server.sent<RequestVoteReply>().empty());
  CHECK(server.state().current_term == 9);
  server.expire(LeaderSilent{});
  server.hear(node(2), RequestVote{12, 2, 4});
  REQUIRE(server.sent<RequestVoteReply>().size() == 1);
  CHECK(server.sent<RequestVoteReply>()[0].body.vote_granted);
  LoneServer leader = with(&Params::check_quorum, true);
  win(leader, {1, 4});
  leader.hear(node(2), RequestVote{12, 2, 4});
  CHECK(leader.state().role == RoleName::leader);
}

TEST_CASE(
    "raft 4.2.3: without the options a leader is deposed by whoever comes with a later term") {
  LoneServer leader;
  win(leader, {1, 4});
  CHECK(leader.timer<CheckQuorum>() == std::nullopt);
  leader.hear(node(2), RequestVote{12, 2, 4});
  CHECK(leader.state().role == RoleName::follower);
  CHECK(leader.state().current_term == 12);
}

// ---- sessions (dissertation 6.3)
// -----------------------------------------------------------------

namespace {

Request operation(std::uint64_t serial, std::uint32_t client = 0) {
  return {ClientId{client}, serial, {Text("add"), Text("k"), Text("1")}};
}

// The leader of term 9 among three, once n3 has stored all that it was asked.
LoneServer& asked(LoneServer& server, const std::vector<Request>& requests) {
  win(server, {});
  for (const Request& request : requests) server.ask(request);
  const Index last = server.state().log.last_index();
  server.hear(node(1), Stored{9, last});
  server.hear(node(3), success(last));
  REQUIRE(server.state().last_applied == last);
  return server;
}

}  // namespace

TEST_CASE("raft 6.3: an operation whose serial number is executed is answered, and not logged") {
  LoneServer server = with(&Params::sessions, true);
  asked(server, {operation(1)});
  server.ask(operation(1));
  REQUIRE(server.sent<Reply>().size() == 1);
  CHECK(server.sent<Reply>()[0].body.serial == 1);
  CHECK(server.sent<AppendEntries>().empty());
  CHECK(server.state().log.size() == 1);
  LoneServer without;
  asked(without, {operation(1)});
  without.ask(operation(1));
  CHECK(without.sent<Reply>().empty());
  CHECK(without.state().log.size() == 2);
}

TEST_CASE("raft 6.3: an operation that is in the log twice is executed once, and answered twice") {
  LoneServer server = with(&Params::sessions, true);
  asked(server, {operation(1), operation(1), operation(2)});
  CHECK(server.told<Applied>().size() == 2);
  REQUIRE(server.told<Repeated>().size() == 1);
  CHECK(server.told<Repeated>()[0].index == 2);
  CHECK(server.sent<Reply>().size() == 3);
  CHECK(server.state().executed == 2);
  LoneServer without;
  asked(without, {operation(1), operation(1), operation(2)});
  CHECK(without.told<Applied>().size() == 3);
  CHECK(without.state().executed == 3);
}

TEST_CASE("raft 6.3: followers remember, too: the table is part of the state machine") {
  LoneServer server = with(&Params::sessions, true);
  EntryLog log;
  for (int i = 0; i < 2; ++i) log.append({9, operation(7)});
  server.hear(node(3), AppendEntries{9, 0, 0, log.slice(1, 2), 2});
  CHECK(server.told<Applied>().size() == 1);
  CHECK(server.state().sessions.at(0).has(7));
}

TEST_CASE("raft 6.3: clients number their operations apart, and these may overtake each other") {
  LoneServer server = with(&Params::sessions, true);
  asked(server, {operation(3), operation(1), operation(1, 1), operation(3), operation(2)});
  CHECK(server.told<Applied>().size() == 4);
  CHECK(server.state().sessions.at(0) == Session{3, {}});
  CHECK(server.state().sessions.at(1) == Session{1, {}});
}

TEST_CASE("raft 6.3: nobody repeats what a scenario or a leader asks of itself") {
  Params params;
  params.sessions = true;
  params.no_op = true;
  LoneServer server({3, params, {}});
  win(server, {});
  server.hear(node(1), Stored{9, 1});
  server.hear(node(3), success(1));
  CHECK(server.state().executed == 1);
  CHECK(server.state().sessions.empty());
}

// ---- the commit index, pushed
// --------------------------------------------------------------------

TEST_CASE("raft 5.3: with push_commit a leader tells of a new commit index at once") {
  for (const bool push : {true, false}) {
    LoneServer server = with(&Params::push_commit, push);
    win(server, {});
    server.ask(operation(1));
    server.hear(node(1), Stored{9, 1});
    server.hear(node(3), success(1));
    REQUIRE(server.state().commit_index == 1);
    const auto sent = server.sent<AppendEntries>();
    REQUIRE(sent.size() == (push ? 2 : 0));
    for (const auto& message : sent) CHECK(message.body.leader_commit == 1);
    server.hear(node(2), success(1));  // commits nothing new
    CHECK(server.sent<AppendEntries>().empty());
  }
}

TEST_CASE("raft 5.3: a pushed commit index does not send twice what a follower lacks") {
  Params params;
  params.push_commit = true;
  params.max_entries = 1;
  LoneServer server({3, params, {}});
  win(server, {});
  server.ask(operation(1));
  server.ask(operation(2));
  server.hear(node(1), Stored{9, 2});
  server.hear(node(3), success(1));
  const auto sent = server.sent<AppendEntries>();
  REQUIRE(sent.size() == 2);  // one to each
  CHECK(sent[1].to == node(3));
  CHECK(sent[1].body.prev_log_index == 1);
  CHECK(sent[1].body.entries.size() == 1);
}

// ---- binary search for where the logs part (dissertation 3.5)
// -------------------------------------

namespace {

// Follows a repair: what the leader of term 9, with a log of ten entries, asks a follower whose log
// agrees up to `common`; ends with the message that carries entries.
std::vector<Index> questions(Index common) {
  LoneServer server = with(&Params::repair, Repair::binary);
  win(server, Terms(10, 1));
  std::vector<Index> asked;
  Index prev = 10;
  while (asked.size() < 20) {
    asked.push_back(prev);
    const bool matches = prev <= common;
    server.hear(node(2), AppendEntriesReply{9, matches, prev, 0, 0});
    const auto sent = server.sent<AppendEntries>();
    REQUIRE(sent.size() == (matches && prev == 10 ? 0 : 1));
    if (sent.empty()) return asked;
    prev = sent[0].body.prev_log_index;
    if (sent[0].body.entries.size() == 0) continue;
    CHECK(prev == common);
    CHECK(sent[0].body.entries.size() == 10 - common);
    return asked;
  }
  FAIL("the search does not end");
  return asked;
}

}  // namespace

TEST_CASE("raft 3.5: the leader halves the range in which the logs part, then sends what differs") {
  CHECK(questions(10) == std::vector<Index>{10});
  CHECK(questions(9) == std::vector<Index>{10, 5, 7, 8, 9});
  CHECK(questions(5) == std::vector<Index>{10, 5, 7, 6});
  CHECK(questions(4) == std::vector<Index>{10, 5, 2, 3, 4});
  CHECK(questions(0) == std::vector<Index>{10, 5, 2, 1});
}

TEST_CASE("raft 3.5: a copy of an answer moves no search, and a lost question is asked again") {
  LoneServer server = with(&Params::repair, Repair::binary);
  win(server, Terms(10, 1));
  server.hear(node(2), AppendEntriesReply{9, false, 10, 0, 0});
  server.hear(node(2), AppendEntriesReply{9, false, 10, 0, 0});
  CHECK(server.sent<AppendEntries>().empty());
  server.expire(Heartbeat{});
  REQUIRE(server.sent<AppendEntries>()[0].to == node(2));
  CHECK(server.sent<AppendEntries>()[0].body.prev_log_index == 5);
  CHECK(server.sent<AppendEntries>()[0].body.entries.size() == 0);
  server.hear(node(2), success(5));
  server.hear(node(2), success(5));
  CHECK(server.sent<AppendEntries>().empty());
  CHECK(server.state().next_index[node(2)] == 8);
}

TEST_CASE("raft 3.5: what a follower acknowledges behind the search ends it") {
  LoneServer server = with(&Params::repair, Repair::binary);
  win(server, Terms(10, 1));
  server.hear(node(2), AppendEntriesReply{9, false, 10, 0, 0});
  server.hear(node(2), success(10));  // of a message that the refused one had overtaken
  CHECK(server.state().next_index[node(2)] == 11);
  CHECK(server.state().refused[node(2)] == 0);
}

// ---- batching (dissertation 10.2)
// ------------------------------------------------------------------

namespace {

LoneServer gathering(bool empty_heartbeats = false) {
  Params params;
  params.batch_delay = 10ms;
  params.empty_heartbeats = empty_heartbeats;
  LoneServer server({5, params, {}});
  server.lead(9);
  return server;
}

Request batched(std::uint64_t serial) { return {ClientId{0}, serial, {"put", "k", "v"}}; }

}  // namespace

TEST_CASE("raft 10.2: commands that come within batch_delay go in one message to each follower") {
  LoneServer server = gathering();
  for (std::uint64_t serial = 1; serial <= 4; ++serial) {
    server.ask(batched(serial));
    CHECK(server.state().log.size() == serial);  // the leader's own log has it at once
    CHECK(server.sent<Stored>().size() == 1);
    CHECK(server.sent<AppendEntries>().empty());
    if (serial == 1) CHECK(server.timer<BatchOver>() == Duration{10ms});
    server.pass(2ms);
  }
  CHECK(server.timer<BatchOver>() == Duration{2ms});  // the first command began it
  server.expire(BatchOver{});
  const auto sent = server.sent<AppendEntries>();
  REQUIRE(sent.size() == 4);
  for (const auto& message : sent) CHECK(message.body.entries.size() == 4);
  server.ask(batched(5));
  CHECK(server.sent<AppendEntries>().empty());
  CHECK(server.timer<BatchOver>() == Duration{10ms});
}

TEST_CASE("raft 10.2: a heartbeat takes along what has gathered, unless it is an empty one") {
  LoneServer server = gathering();
  server.ask(batched(1));
  server.expire(Heartbeat{});
  CHECK(server.sent<AppendEntries>()[0].body.entries.size() == 1);
  CHECK_FALSE(server.timer<BatchOver>().has_value());
  LoneServer bare = gathering(true);
  bare.ask(batched(1));
  bare.expire(Heartbeat{});
  CHECK(bare.sent<AppendEntries>()[0].body.entries.size() == 0);
  CHECK(bare.timer<BatchOver>().has_value());
}

TEST_CASE("raft 10.2: a leader that steps down gathers no more") {
  LoneServer server = gathering();
  server.ask(batched(1));
  server.hear(node(2), AppendEntries{10, 0, 0, {}, 0});
  CHECK_FALSE(server.timer<BatchOver>().has_value());
  CHECK_FALSE(server.state().batch.gathering);
}

}  // namespace quorate::raft
