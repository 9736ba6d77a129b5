// The options that the dissertation (Ongaro, 2014) adds to the paper, sentence by sentence: one
// server, its state and what it sends, with the option and without.
#include <doctest/doctest.h>

#include "tests/support/lone_server.hpp"

namespace quorate::raft {

namespace {

using testing::log_of;
using testing::LoneServer;
using testing::node;
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
  server.hear(node(2), RequestVoteReply{9, true});
  REQUIRE(server.state().role == RoleName::leader);
}

AppendEntriesReply success(Index index) { return {9, true, index, 0, 0}; }

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
  CHECK(server.sent<Reply>().size() == 1);  // to the client of entry 2; nobody asked for entry 3
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
  server.expire(Election{});
  REQUIRE(server.state().role == RoleName::leader);
  CHECK(server.state().commit_index == 0);
  server.hear(node(1), Stored{1, 1});
  CHECK(server.state().commit_index == 1);
}

}  // namespace quorate::raft
