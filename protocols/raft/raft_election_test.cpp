// Leader election against the paper, sentence by sentence (5.1, 5.2, 5.4.1): one server, its state
// and what it sends. Where a known mistake breaks the sentence, the case ends by seeing it break.
#include <doctest/doctest.h>

#include <set>

#include "tests/support/lone_server.hpp"

namespace quorate::raft {

namespace {

using testing::log_of;
using testing::LoneServer;
using testing::node;
using testing::with;

// Whether the server grants this request; it must answer exactly once, to the sender.
bool grants(LoneServer& server, NodeId candidate, const RequestVote& request) {
  server.hear(candidate, request);
  const auto replies = server.sent<RequestVoteReply>();
  REQUIRE(replies.size() == 1);
  CHECK(replies[0].to == candidate);
  CHECK(replies[0].body.term == server.state().current_term);
  return replies[0].body.vote_granted;
}

// A server in one of its three roles, in term 5.
LoneServer in_role(RoleName role) {
  LoneServer server;
  server.start();
  server.state().current_term = 4;
  if (role == RoleName::follower) server.hear(node(2), AppendEntries{5, 0, 0, {}, 0});
  if (role == RoleName::candidate) server.expire(Election{});
  if (role == RoleName::leader) server.lead(5);
  REQUIRE(server.state().role == role);
  REQUIRE(server.state().current_term == 5);
  return server;
}

constexpr RoleName roles[] = {RoleName::follower, RoleName::candidate, RoleName::leader};

}  // namespace

// ---- 5.1
// ------------------------------------------------------------------------------------------

TEST_CASE("raft 5.1: a message of a higher term: adopt the term, clear the vote, be a follower") {
  for (const RoleName role : roles) {
    const auto adopts = [&](const auto& message) {
      LoneServer server = in_role(role);
      server.hear(node(2), message);
      CHECK(server.state().current_term == 7);
      CHECK(server.state().role == RoleName::follower);
      CHECK(server.state().voted_for.value_or(no_node) != node(1));
      CHECK(server.state().leader.value_or(node(2)) == node(2));
      CHECK(std::get<0>(std::get<0>(server.issued())) == 7);
      CHECK(server.timer<Election>().has_value());
      CHECK_FALSE(server.timer<Heartbeat>().has_value());
    };
    adopts(RequestVote{7, 0, 0});
    adopts(RequestVoteReply{7, false});
    adopts(AppendEntries{7, 0, 0, {}, 0});
    adopts(AppendEntriesReply{7, false, 0, 0, 0});
    LoneServer server = in_role(role);
    server.hear(node(2), RequestVote{7, 0, 0});
    CHECK_FALSE(server.state().leader.has_value());
  }
}

TEST_CASE("raft 5.1: a request of an older term is refused, and changes nothing") {
  for (const RoleName role : roles) {
    LoneServer server = in_role(role);
    const Server before = server.state();
    CHECK_FALSE(grants(server, node(3), {4, 9, 4}));
    server.hear(node(3), AppendEntries{4, 0, 0, log_of({4, 4}).slice(1, 2), 2});
    const auto replies = server.sent<AppendEntriesReply>();
    REQUIRE(replies.size() == 1);
    CHECK(replies[0].body == AppendEntriesReply{5, false, 0, 0, 0});
    CHECK(server.state() == before);
  }
}

// ---- 5.2
// ------------------------------------------------------------------------------------------

TEST_CASE("raft 5.2: when servers start up, they begin as followers") {
  LoneServer server;
  server.start();
  CHECK(server.state().role == RoleName::follower);
  CHECK(server.state().current_term == 0);
  REQUIRE(server.timer<Election>().has_value());
  CHECK(*server.timer<Election>() >= 150ms);
  CHECK(*server.timer<Election>() < 300ms);
}

TEST_CASE(
    "raft 5.2: an election timeout: new term, a vote for itself, a new timeout, all are asked") {
  for (const RoleName role : {RoleName::follower, RoleName::candidate}) {
    LoneServer server = in_role(role);
    server.state().log = log_of({1, 4, 4});
    server.expire(Election{});
    CHECK(server.state().current_term == 6);
    CHECK(server.state().role == RoleName::candidate);
    CHECK(server.state().voted_for == node(1));
    CHECK(server.state().votes.members() == std::vector{node(1)});
    CHECK_FALSE(server.state().leader.has_value());
    CHECK(server.timer<Election>().has_value());
    const auto requests = server.sent<RequestVote>();
    REQUIRE(requests.size() == 2);
    for (std::uint32_t i = 0; i < 2; ++i) {
      CHECK(requests[i].to == node(i + 2));
      CHECK(requests[i].body == RequestVote{6, 3, 4});
    }
  }
  LoneServer forgetful = with(Bug::own_vote_unrecorded);
  forgetful.expire(Election{});
  CHECK_FALSE(forgetful.state().voted_for.has_value());
}

TEST_CASE("raft 5.2: timeouts are drawn anew every time, from the whole range") {
  LoneServer server;
  std::set<Duration> drawn;
  for (int i = 0; i < 200; ++i) {
    server.expire(Election{});
    const Duration timeout = server.timer<Election>().value_or(0ms);
    CHECK(timeout >= 150ms);
    CHECK(timeout < 300ms);
    drawn.insert(timeout);
  }
  CHECK(drawn.size() > 190);
  CHECK(*drawn.begin() < 160ms);
  CHECK(*drawn.rbegin() > 290ms);
}

TEST_CASE("raft 5.2: votes from a majority make a leader, and no fewer") {
  for (std::uint32_t n = 1; n <= 9; ++n) {
    LoneServer server({n, {}, {}});
    server.expire(Election{});
    if (n == 1) server.hear(node(1), RequestVoteReply{1, true});
    std::uint32_t votes = 1;
    for (; server.state().role != RoleName::leader; ++votes) {
      REQUIRE(votes < n);
      server.hear(node(votes + 1), RequestVoteReply{1, true});
    }
    CHECK(votes == n / 2 + 1);
    CHECK(server.told<Elected>().size() == 1);
  }
  LoneServer hasty = with(Bug::quorum_too_small, 4);
  hasty.expire(Election{});
  hasty.hear(node(2), RequestVoteReply{1, true});
  CHECK(hasty.state().role == RoleName::leader);
}

TEST_CASE("raft 5.2: a candidate that neither wins nor hears a winner tells of its votes") {
  LoneServer server({4, {}, {}});
  server.expire(Election{});
  CHECK(server.told<Unelected>().empty());
  server.hear(node(2), RequestVoteReply{1, true});
  server.expire(Election{});
  REQUIRE(server.told<Unelected>().size() == 1);
  CHECK(server.told<Unelected>().front() == Unelected{1, 2, 4});
  server.hear(node(3), RequestVote{3, 0, 0});
  REQUIRE(server.told<Unelected>().size() == 1);
  CHECK(server.told<Unelected>().front() == Unelected{2, 1, 4});
  server.hear(node(4), RequestVote{4, 0, 0});  // a follower by now
  CHECK(server.told<Unelected>().empty());
  server.expire(Election{});
  server.hear(node(2), AppendEntries{5, 0, 0, {}, 0});
  CHECK(server.told<Unelected>().empty());  // somebody has won
}

TEST_CASE("raft 5.2: a vote that comes when the election is over changes nothing") {
  for (const RoleName role : {RoleName::follower, RoleName::leader}) {
    LoneServer server({5, {}, {}});
    server.state().current_term = 4;
    server.expire(Election{});
    server.hear(node(2), RequestVoteReply{5, true});
    if (role == RoleName::leader) server.hear(node(3), RequestVoteReply{5, true});
    if (role == RoleName::follower) server.hear(node(3), AppendEntries{5, 0, 0, {}, 0});
    REQUIRE(server.state().role == role);
    server.hear(node(4), RequestVoteReply{5, true});
    server.hear(node(5), RequestVoteReply{5, true});
    CHECK(server.state().role == role);
    CHECK(server.told<Elected>().empty());
    CHECK(server.sent<AppendEntries>().empty());
  }
}

TEST_CASE("raft 5.2: refusals elect nobody") {
  LoneServer server({5, {}, {}});
  server.expire(Election{});
  for (std::uint32_t i = 2; i <= 5; ++i) server.hear(node(i), RequestVoteReply{1, false});
  CHECK(server.state().role == RoleName::candidate);
}

TEST_CASE("raft 5.2: voters are counted, not votes") {
  const auto elected = [](LoneServer server) {
    server.expire(Election{});
    for (int copies = 0; copies < 5; ++copies) server.hear(node(2), RequestVoteReply{1, true});
    return server.state().role == RoleName::leader;
  };
  CHECK_FALSE(elected(LoneServer({5, {}, {}})));
  CHECK(elected(with(Bug::votes_counted_twice, 5)));
}

TEST_CASE(
    "raft 5.2: a vote counts only in the term it was asked for, and only while it is a candidate") {
  const auto elected = [](LoneServer server) {
    server.expire(Election{});
    server.expire(Election{});
    server.hear(node(2), RequestVoteReply{1, true});
    return server.state().role == RoleName::leader;
  };
  CHECK_FALSE(elected(LoneServer()));
  CHECK(elected(with(Bug::old_vote_replies_count)));

  LoneServer again({5, {}, {}});
  again.expire(Election{});
  again.hear(node(2), RequestVoteReply{1, true});
  again.expire(Election{});
  CHECK(again.state().votes.members() == std::vector{node(1)});

  LoneServer follower = in_role(RoleName::candidate);
  follower.hear(node(3), AppendEntries{5, 0, 0, {}, 0});
  follower.hear(node(2), RequestVoteReply{5, true});
  CHECK(follower.state().role == RoleName::follower);
}

TEST_CASE(
    "raft 5.2: each server votes for at most one candidate in a term, first come first served") {
  const auto votes_twice = [](LoneServer server) {
    CHECK(grants(server, node(2), {1, 0, 0}));
    CHECK(server.state().voted_for == node(2));
    return grants(server, node(3), {1, 0, 0});
  };
  CHECK_FALSE(votes_twice(LoneServer()));
  CHECK(votes_twice(with(Bug::vote_ignored)));

  LoneServer candidate;
  candidate.expire(Election{});
  CHECK_FALSE(grants(candidate, node(2), {1, 0, 0}));
  LoneServer forgetful = with(Bug::own_vote_unrecorded);
  forgetful.expire(Election{});
  CHECK(grants(forgetful, node(2), {1, 0, 0}));
}

TEST_CASE(
    "raft 5.2: the same candidate is granted its vote again: its request may have come twice") {
  LoneServer server;
  CHECK(grants(server, node(2), {1, 0, 0}));
  CHECK(grants(server, node(2), {1, 0, 0}));
}

TEST_CASE("raft 5.2: a vote is free again in the next term") {
  LoneServer server;
  CHECK(grants(server, node(2), {1, 0, 0}));
  CHECK(grants(server, node(3), {2, 0, 0}));
  CHECK(server.state().voted_for == node(3));
}

TEST_CASE("raft 5.2: term and vote are on stable storage before anybody hears of them") {
  LoneServer server;
  server.expire(Election{});
  REQUIRE(server.sent<RequestVote>().size() == 2);
  for (const auto& request : server.sent<RequestVote>()) CHECK(request.waits);
  server.sync_disk();
  for (const auto& request : server.sent<RequestVote>()) CHECK_FALSE(request.waits);
  for (const bool granted : {true, false}) {
    LoneServer voter;
    if (!granted) voter.state().log = log_of({1});
    CHECK(grants(voter, node(2), {3, 0, 0}) == granted);
    CHECK(voter.sent<RequestVoteReply>()[0].waits);
    const auto& [term, voted_for, log, snapshot] = std::get<0>(voter.issued());
    CHECK(term == 3);
    CHECK(voted_for.has_value() == granted);
  }
}

TEST_CASE("raft 5.2: who leads says so at once to everybody, and goes on saying it") {
  LoneServer server({5, {}, {}});
  server.expire(Election{});
  server.hear(node(2), RequestVoteReply{1, true});
  server.hear(node(3), RequestVoteReply{1, true});
  REQUIRE(server.state().role == RoleName::leader);
  CHECK(server.sent<AppendEntries>().size() == 4);
  for (const auto& sent : server.sent<AppendEntries>()) CHECK(sent.body.entries.empty());
  CHECK_FALSE(server.timer<Election>().has_value());
  for (int i = 0; i < 3; ++i) {
    CHECK(server.timer<Heartbeat>() == 50ms);
    server.expire(Heartbeat{});
    CHECK(server.sent<AppendEntries>().size() == 4);
  }
}

TEST_CASE(
    "raft 5.2: a candidate that hears the leader of its term becomes a follower and keeps its "
    "vote") {
  const auto keeps_vote = [](LoneServer server) {
    server.expire(Election{});
    server.hear(node(2), AppendEntries{1, 0, 0, {}, 0});
    CHECK(server.state().role == RoleName::follower);
    CHECK(server.state().leader == node(2));
    CHECK(server.state().current_term == 1);
    return server.state().voted_for == node(1);
  };
  CHECK(keeps_vote(LoneServer()));
  CHECK_FALSE(keeps_vote(with(Bug::step_down_clears_vote)));
}

TEST_CASE(
    "raft 5.2: the election timer starts anew at a granted vote or a current leader's message") {
  const auto rearms = [](const auto& message) {
    LoneServer server;
    server.state().log = log_of({1, 2});
    server.state().current_term = 2;
    server.start();
    const Duration before = *server.timer<Election>();
    server.pass(100ms);
    server.hear(node(2), message);
    return *server.timer<Election>() != before - 100ms;
  };
  CHECK(rearms(RequestVote{2, 2, 2}));
  CHECK(rearms(AppendEntries{2, 2, 2, {}, 0}));
  CHECK(rearms(AppendEntries{2, 9, 2, {}, 0}));        // refused, but from the leader
  CHECK_FALSE(rearms(RequestVote{2, 1, 1}));           // refused: an older log
  CHECK_FALSE(rearms(RequestVote{3, 1, 1}));           // the same in a new term
  CHECK_FALSE(rearms(AppendEntries{1, 2, 2, {}, 0}));  // a deposed leader
  CHECK_FALSE(rearms(RequestVoteReply{2, true}));
}

// It never does, but by a mistake; whose that is election_safety says, if it is asked.
TEST_CASE("raft 5.2: a leader that hears from another leader of its own term follows it") {
  LoneServer server = in_role(RoleName::leader);
  server.hear(node(2), AppendEntries{5, 0, 0, {}, 0});
  CHECK(server.state().role == RoleName::follower);
  CHECK(server.state().leader == node(2));
}

TEST_CASE("raft 5.2: a lone server elects itself when its vote is on disk, and asks nobody") {
  LoneServer server({1, {}, {}});
  server.start();
  server.expire(Election{});
  CHECK(server.state().role == RoleName::candidate);  // a crash now would let it forget the term
  CHECK(server.sent<RequestVote>().empty());
  const auto vote = server.sent<RequestVoteReply>();
  REQUIRE(vote.size() == 1);
  CHECK(vote[0].to == node(1));
  CHECK(vote[0].waits);
  server.hear(node(1), vote[0].body);
  CHECK(server.state().role == RoleName::leader);
}

// ---- 5.4.1
// ----------------------------------------------------------------------------------------

TEST_CASE("raft 5.4.1: logs that end in different terms: the later term is more up-to-date") {
  const auto grants_to = [](LoneServer server, Index last, Term term) {
    server.state().log = log_of({1, 1, 3});
    return grants(server, node(2), {9, last, term});
  };
  CHECK(grants_to(LoneServer(), 1, 4));
  CHECK(grants_to(LoneServer(), 3, 4));
  CHECK_FALSE(grants_to(LoneServer(), 9, 2));
  CHECK_FALSE(grants_to(LoneServer(), 3, 2));
  CHECK_FALSE(grants_to(LoneServer(), 0, 0));
  CHECK(grants_to(with(Bug::no_log_check), 0, 0));
  CHECK(grants_to(with(Bug::log_check_by_length), 9, 2));
  CHECK_FALSE(grants_to(with(Bug::log_check_by_length), 1, 4));
}

TEST_CASE("raft 5.4.1: logs that end in the same term: the longer one is more up-to-date") {
  const auto grants_to = [](LoneServer server, Index last) {
    server.state().log = log_of({1, 1, 3});
    return grants(server, node(2), {9, last, 3});
  };
  CHECK_FALSE(grants_to(LoneServer(), 2));
  CHECK(grants_to(LoneServer(), 3));
  CHECK(grants_to(LoneServer(), 4));
  CHECK(grants_to(with(Bug::log_check_by_last_term), 2));
}

TEST_CASE("raft 5.4.1: a refused candidate's term is adopted all the same") {
  LoneServer server;
  server.state().log = log_of({1});
  CHECK_FALSE(grants(server, node(2), {4, 0, 0}));
  CHECK(server.state().current_term == 4);
  CHECK_FALSE(server.state().voted_for.has_value());
}

}  // namespace quorate::raft
