// Log replication against the paper, sentence by sentence (5.3, 5.4.2, Figure 2): one server, its
// log and what it sends. Where a known mistake breaks the sentence, the case ends by seeing it
// break.
#include <doctest/doctest.h>

#include "tests/support/lone_server.hpp"

namespace quorate::raft {

namespace {

using testing::log_of;
using testing::LoneServer;
using testing::node;
using testing::success;
using testing::terms_of;
using testing::with;
using Terms = std::vector<Term>;

Request command(std::uint64_t serial) {
  return {ClientId{0}, serial, {Text("put"), Text("k"), Text("v" + std::to_string(serial))}};
}

// The leader's log after `prev` up to its end, as a message of term 9.
AppendEntries append(const Terms& leader_log, Index prev, Index leader_commit = 0) {
  const EntryLog log = log_of(leader_log);
  const Term prev_term = prev == 0 ? 0 : log[prev].term;
  return {9, prev, prev_term, log.slice(prev + 1, log.last_index()), leader_commit};
}

LoneServer follower(const Terms& log, LoneServer server = LoneServer()) {
  server.state().log = log_of(log);
  server.state().current_term = 9;
  return server;
}

AppendEntriesReply reply_of(LoneServer& server) {
  const auto replies = server.sent<AppendEntriesReply>();
  REQUIRE(replies.size() == 1);
  return replies[0].body;
}

// The leader of term 9, with this log.
LoneServer leader(const Terms& log, LoneServer server = LoneServer()) {
  server.state().log = log_of(log);
  server.lead(9);
  return server;
}

// What the leader sends to node `number` when its heartbeat comes up.
AppendEntries next_for(LoneServer& server, std::uint32_t number) {
  server.expire(Heartbeat{});
  for (const auto& sent : server.sent<AppendEntries>()) {
    if (sent.to == node(number)) return sent.body;
  }
  FAIL("the leader sends nothing to this node");
  return {};
}

}  // namespace

// ---- the leader and its clients
// -------------------------------------------------------------------

TEST_CASE("raft 5.1: a follower redirects a client to the leader it knows, a candidate to nobody") {
  LoneServer server;
  server.hear(node(3), AppendEntries{9, 0, 0, {}, 0});
  server.ask(command(1));
  REQUIRE(server.sent<Redirect>().size() == 1);
  CHECK(server.sent<Redirect>()[0].body.node == node(3));
  server.expire(Election{});
  server.ask(command(2));
  CHECK(server.sent<Redirect>()[0].body.node == no_node);
  CHECK(server.state().log.empty());
}

TEST_CASE("raft 5.3: the leader appends a command to its log and sends it to everybody") {
  LoneServer server = leader({1, 4}, LoneServer({5, {}, {}}));
  server.ask(command(7));
  CHECK(terms_of(server.state().log) == Terms{1, 4, 9});
  CHECK(server.state().log[3].command == command(7));
  const auto sent = server.sent<AppendEntries>();
  REQUIRE(sent.size() == 4);
  for (const auto& message : sent) {
    CHECK(message.body.prev_log_index == 2);
    CHECK(message.body.prev_log_term == 4);
    REQUIRE(message.body.entries.size() == 1);
    CHECK(message.body.entries[3].command == command(7));
  }
  CHECK(server.sent<Reply>().empty());
}

TEST_CASE("raft 5.3: the leader responds when the entry is applied, not before") {
  LoneServer server = leader({});
  server.ask(command(1));
  server.hear(node(1), Stored{9, 1});
  CHECK(server.sent<Reply>().empty());
  server.hear(node(2), success(1));
  REQUIRE(server.sent<Reply>().size() == 1);
  CHECK(server.sent<Reply>()[0].body.serial == 1);
  CHECK(server.told<Applied>().size() == 1);

  const auto applied = [](LoneServer lone) {
    LoneServer follows = follower({}, std::move(lone));
    follows.hear(node(2), append({8, 8}, 0));
    return follows.told<Applied>().size();
  };
  CHECK(applied(LoneServer()) == 0);
  CHECK(applied(with(Bug::applies_on_append)) == 2);
}

TEST_CASE(
    "raft 5.3: a new leader starts at the end of its log, matches nobody, and keeps its log") {
  LoneServer server = leader({1, 4, 4});
  for (std::uint32_t i = 2; i <= 3; ++i) {
    CHECK(server.state().next_index[node(i)] == 4);
    CHECK(server.state().match_index[node(i)] == 0);
    const AppendEntries heartbeat = next_for(server, i);
    CHECK(heartbeat.prev_log_index == 3);
    CHECK(heartbeat.prev_log_term == 4);
    CHECK(heartbeat.entries.empty());
  }
  CHECK(terms_of(server.state().log) == Terms{1, 4, 4});
  CHECK(terms_of(leader({1, 4, 4}, with(Bug::new_leader_drops_tail)).state().log).empty());
}

TEST_CASE("raft 5.3: entries from nextIndex on are sent until the follower has them") {
  LoneServer server = leader({1, 1});
  server.ask(command(3));
  for (int tries = 0; tries < 3; ++tries) {
    CHECK(next_for(server, 2).prev_log_index == 2);
    CHECK(next_for(server, 2).entries.size() == 1);
  }
  server.hear(node(2), success(3));
  CHECK(next_for(server, 2).entries.empty());
  CHECK(next_for(server, 3).entries.size() == 1);
}

TEST_CASE("raft 5.3: a message carries max_entries at most, and the next follows the answer") {
  Params params;
  params.max_entries = 2;
  LoneServer server = leader({1, 1, 1, 1, 1}, LoneServer({3, params, {}}));
  server.hear(node(2), AppendEntriesReply{9, false, 5, 0, 0});
  server.state().next_index[node(2)] = 1;
  CHECK(next_for(server, 2).entries.size() == 2);
  server.hear(node(2), success(2));
  REQUIRE(server.sent<AppendEntries>().size() == 1);
  CHECK(server.sent<AppendEntries>()[0].body.prev_log_index == 2);
  server.hear(node(2), success(4));
  CHECK(server.sent<AppendEntries>().empty());
  CHECK(next_for(server, 2).entries.size() == 1);
}

TEST_CASE("raft 5.3: heartbeats may be empty; then the answer brings what is missing") {
  Params params;
  params.empty_heartbeats = true;
  LoneServer server = leader({1}, LoneServer({3, params, {}}));
  server.ask(command(2));
  CHECK(next_for(server, 2).entries.empty());
  CHECK(next_for(server, 2).prev_log_index == 1);
  server.hear(node(2), success(1));
  REQUIRE(server.sent<AppendEntries>().size() == 1);
  CHECK(server.sent<AppendEntries>()[0].body.entries.size() == 1);
  server.hear(node(2), success(1));  // its copy, made by the network, brings no second one
  CHECK(server.sent<AppendEntries>().empty());
  server.hear(node(2), success(2));
  CHECK(server.sent<AppendEntries>().empty());
}

// ---- the follower
// ---------------------------------------------------------------------------------

TEST_CASE("raft 5.3: refuse without an entry at prevLogIndex whose term matches prevLogTerm") {
  const auto accepts = [](const Terms& log, const Terms& leaders, Index prev, LoneServer lone) {
    LoneServer server = follower(log, std::move(lone));
    server.hear(node(2), append(leaders, prev));
    return reply_of(server).success;
  };
  CHECK(accepts({}, {1}, 0, LoneServer()));
  CHECK(accepts({1, 2}, {1, 2, 9}, 2, LoneServer()));
  CHECK(accepts({1, 2, 3}, {1, 2, 9}, 2, LoneServer()));
  CHECK_FALSE(accepts({1}, {1, 2, 9}, 2, LoneServer()));
  CHECK_FALSE(accepts({1, 1}, {1, 2, 9}, 2, LoneServer()));
  CHECK_FALSE(accepts({1, 3}, {1, 2, 9}, 2, LoneServer()));
  CHECK(accepts({1, 3}, {1, 2, 9}, 2, with(Bug::prev_term_unchecked)));
}

TEST_CASE("raft 5.3: a refused message leaves the log as it was") {
  LoneServer server = follower({1, 3, 3});
  server.hear(node(2), append({1, 2, 9}, 2, 3));
  CHECK(terms_of(server.state().log) == Terms{1, 3, 3});
  CHECK(server.state().commit_index == 0);
  CHECK(server.state().leader == node(2));
}

TEST_CASE("raft 5.3: a refusal names the conflicting term and the first index held of it") {
  const auto refusal = [](const Terms& log, Index prev) {
    LoneServer server = follower(log);
    server.hear(node(2), append({1, 1, 5, 5, 5, 5, 5}, prev));
    const AppendEntriesReply reply = reply_of(server);
    CHECK_FALSE(reply.success);
    CHECK(reply.index == prev);
    return std::pair{reply.conflict_term, reply.conflict_index};
  };
  CHECK(refusal({1, 1}, 6) == std::pair<Term, Index>{0, 3});
  CHECK(refusal({}, 6) == std::pair<Term, Index>{0, 1});
  CHECK(refusal({1, 1, 2, 2, 3, 3}, 6) == std::pair<Term, Index>{3, 5});
  CHECK(refusal({4, 4, 4, 4}, 4) == std::pair<Term, Index>{4, 1});
}

TEST_CASE("raft 5.3: a conflicting entry is deleted with all that follow it; the rest is kept") {
  const auto repaired = [](const Terms& log, const Terms& leaders, Index prev, LoneServer lone) {
    LoneServer server = follower(log, std::move(lone));
    server.hear(node(2), append(leaders, prev));
    CHECK(reply_of(server).success);
    CHECK(reply_of(server).index == leaders.size());
    return terms_of(server.state().log);
  };
  CHECK(repaired({1, 1, 2, 2, 2}, {1, 1, 3}, 2, LoneServer()) == Terms{1, 1, 3});
  CHECK(repaired({2, 2}, {3, 3, 3}, 0, LoneServer()) == Terms{3, 3, 3});
  CHECK(repaired({1, 2, 2}, {1, 2, 3, 3}, 1, LoneServer()) == Terms{1, 2, 3, 3});
  CHECK(repaired({1, 1, 2, 2, 2}, {1, 1, 3}, 2, with(Bug::conflict_tail_kept)) ==
        Terms{1, 1, 3, 2, 2});
}

TEST_CASE("raft 5.3: what is already in the log is not appended again, nor what follows it cut") {
  const auto after_old_message = [](LoneServer lone) {
    LoneServer server = follower({1, 1, 9, 9}, std::move(lone));
    server.hear(node(2), append({1, 1, 9}, 1));
    CHECK(reply_of(server).success);
    CHECK(reply_of(server).index == 3);
    return terms_of(server.state().log);
  };
  CHECK(after_old_message(LoneServer()) == Terms{1, 1, 9, 9});
  CHECK(after_old_message(with(Bug::truncates_without_conflict)) == Terms{1, 1, 9});
}

TEST_CASE("raft 5.3: entries are on stable storage before the answer leaves") {
  LoneServer server = follower({1});
  server.hear(node(2), append({1, 9}, 1));
  CHECK(server.sent<AppendEntriesReply>()[0].waits);
  CHECK(std::get<2>(std::get<0>(server.issued())) == server.state().log);
  server.sync_disk();
  CHECK_FALSE(server.sent<AppendEntriesReply>()[0].waits);
  server.hear(node(2), append({1, 9}, 1));  // nothing new to write: nothing to wait for
  CHECK_FALSE(server.sent<AppendEntriesReply>()[0].waits);
}

TEST_CASE("raft 5.3: the follower's commit index follows the leader's, up to the last new entry") {
  const auto committed = [](const Terms& log, const AppendEntries& message, LoneServer lone) {
    LoneServer server = follower(log, std::move(lone));
    server.hear(node(2), message);
    CHECK(server.told<Applied>().size() == server.state().commit_index);
    return server.state().commit_index;
  };
  CHECK(committed({1}, append({1, 9, 9}, 1, 2), LoneServer()) == 2);
  CHECK(committed({1}, append({1, 9, 9}, 1, 3), LoneServer()) == 3);
  CHECK(committed({1}, append({1, 9, 9}, 1, 5), LoneServer()) == 3);
  // The heartbeat shows that the logs agree up to 1; entries 2 and 3 may be stale.
  CHECK(committed({1, 3, 3}, append({1}, 1, 3), LoneServer()) == 1);
  CHECK(committed({1, 3, 3}, append({1}, 1, 3), with(Bug::commit_past_match)) == 3);
}

TEST_CASE(
    "raft 5.3: the commit index never goes back, and committed entries are applied in order") {
  LoneServer server = follower({});
  server.hear(node(2), append({1, 1, 9}, 0, 3));
  const auto applied = server.told<Applied>();
  REQUIRE(applied.size() == 3);
  for (Index i = 1; i <= 3; ++i) {
    CHECK(applied[i - 1].index == i);
    CHECK(applied[i - 1].command == server.state().log[i].command.operation);
  }
  server.hear(node(2), append({1, 1, 9}, 0, 1));
  CHECK(server.state().commit_index == 3);
  CHECK(server.state().last_applied == 3);
  CHECK(server.told<Applied>().empty());
}

// ---- the leader hears answers
// ---------------------------------------------------------------------

TEST_CASE("raft 5.3: after a refusal nextIndex goes back by one and the leader retries") {
  LoneServer server = leader({1, 1, 4, 4});
  for (Index prev = 4; prev >= 1; --prev) {
    server.hear(node(2), AppendEntriesReply{9, false, prev, 0, 1});
    CHECK(server.state().next_index[node(2)] == prev);
    REQUIRE(server.sent<AppendEntries>().size() == 1);
    CHECK(server.sent<AppendEntries>()[0].body.prev_log_index == prev - 1);
    CHECK(server.sent<AppendEntries>()[0].body.entries.size() == 5 - prev);
  }
}

TEST_CASE("raft 5.3: a refusal that was answered already, or is of another term, is ignored") {
  LoneServer server = leader({1, 1, 4, 4});
  server.hear(node(2), AppendEntriesReply{9, false, 4, 0, 1});
  server.hear(node(2), AppendEntriesReply{9, false, 4, 0, 1});
  CHECK(server.sent<AppendEntries>().empty());
  CHECK(server.state().next_index[node(2)] == 4);
  server.hear(node(2), AppendEntriesReply{8, false, 3, 0, 1});
  CHECK(server.state().next_index[node(2)] == 4);
  // What a follower says to a leader of the past names no entry, even to one that leads again.
  server.state().next_index[node(2)] = 1;
  server.hear(node(2), AppendEntriesReply{9, false, 0, 0, 0});
  CHECK(server.state().next_index[node(2)] == 1);
  CHECK(server.sent<AppendEntries>().empty());
}

TEST_CASE("raft 5.3: by conflict term, a whole term of entries is skipped at once") {
  Params params;
  params.repair = Repair::conflict_term;
  const auto next_after = [&](Term term, Index index) {
    LoneServer server = leader({1, 1, 1, 4, 4, 5, 5, 6, 6, 6}, LoneServer({3, params, {}}));
    server.hear(node(2), AppendEntriesReply{9, false, 10, term, index});
    return server.state().next_index[node(2)];
  };
  CHECK(next_after(0, 5) == 5);  // the follower's log is too short
  CHECK(next_after(7, 9) == 9);  // a term this leader never had: to where it began there
  CHECK(next_after(4, 4) == 6);  // one it had: behind its own last entry of it
  CHECK(next_after(3, 7) == 7);
}

// ---- pipelining (dissertation, 10.2.1)

namespace {

// The leader of term 9 with one entry that n2 has acknowledged; n3 has not answered yet.
LoneServer pipelining_leader(Repair repair = Repair::decrement) {
  raft::Params params;
  params.repair = repair;
  params.pipelining = true;
  LoneServer server = leader({1}, LoneServer({3, params, {}}));
  server.hear(node(2), success(1));
  return server;
}

// The AppendEntries to this node, by prevLogIndex and number of entries.
std::vector<std::pair<Index, std::size_t>> appended(LoneServer& server, std::uint32_t number) {
  std::vector<std::pair<Index, std::size_t>> result;
  for (const auto& sent : server.sent<AppendEntries>()) {
    if (sent.to != node(number)) continue;
    result.emplace_back(sent.body.prev_log_index, sent.body.entries.size());
  }
  return result;
}
using Appended = std::vector<std::pair<Index, std::size_t>>;

}  // namespace

TEST_CASE("raft 10.2.1: in a pipeline each entry is sent once, before the last is answered") {
  LoneServer server = pipelining_leader();
  for (Index prev = 1; prev <= 3; ++prev) {
    server.ask(command(prev));
    CHECK(appended(server, 2) == Appended{{prev, 1}});
    CHECK(appended(server, 3) == Appended{{1, prev}});  // its log is not known to match yet
  }
  server.expire(Heartbeat{});
  CHECK(appended(server, 2) == Appended{{4, 0}});
}

TEST_CASE("raft 10.2.1: the first refusal ends the pipeline and answers all that are under way") {
  for (const Repair repair : {Repair::decrement, Repair::conflict_term}) {
    CAPTURE(static_cast<int>(repair));
    LoneServer server = pipelining_leader(repair);
    server.state().log = log_of({1, 9, 9, 9});
    server.state().next_index[node(2)] = 5;  // entries 2, 3 and 4 are under way, 2 is lost
    server.hear(node(2), AppendEntriesReply{9, false, 2, 0, 2});
    CHECK(appended(server, 2) == Appended{{1, 3}});
    server.hear(node(2), AppendEntriesReply{9, false, 3, 0, 2});
    CHECK(appended(server, 2).empty());
    server.ask(command(4));
    CHECK(appended(server, 2) == Appended{{1, 4}});  // it waits for the answer again
    server.hear(node(2), success(5));
    server.ask(command(5));
    server.ask(command(6));
    CHECK(appended(server, 2) == Appended{{6, 1}});
  }
}

TEST_CASE("raft 10.2.1: a refusal of what was acknowledged since changes nothing") {
  LoneServer server = pipelining_leader();
  server.ask(command(1));
  server.ask(command(2));
  server.hear(node(2), success(3));
  server.hear(node(2), AppendEntriesReply{9, false, 2, 0, 2});
  CHECK(appended(server, 2).empty());
  CHECK(server.state().next_index[node(2)] == 4);
}

TEST_CASE("raft 5.3: a success acknowledges what its message carried, and is never taken back") {
  const auto match_after = [](LoneServer lone) {
    LoneServer server = leader({1, 1, 4, 4}, std::move(lone));
    server.hear(node(2), success(3));
    CHECK(server.state().next_index[node(2)] == 5);
    server.hear(node(2), success(2));
    return server.state().match_index[node(2)];
  };
  CHECK(match_after(LoneServer()) == 3);
  CHECK(match_after(with(Bug::match_is_last_index)) == 4);
}

TEST_CASE("raft 5.3: an answer that was overtaken moves neither matchIndex nor nextIndex back") {
  LoneServer server = leader({1, 1, 4, 4});
  server.hear(node(2), success(4));
  for (const Index late : {3u, 1u, 0u}) {
    server.hear(node(2), success(late));
    CHECK(server.sent<AppendEntries>().empty());
    CHECK(server.state().match_index[node(2)] == 4);
    CHECK(server.state().next_index[node(2)] == 5);
  }
  server.hear(node(2), AppendEntriesReply{9, false, 3, 0, 1});
  CHECK(server.sent<AppendEntries>().empty());
  CHECK(server.state().match_index[node(2)] == 4);
  CHECK(server.state().next_index[node(2)] == 5);
}

TEST_CASE("raft 5.3: a new leader knows of nobody's log, whatever it knew in an earlier term") {
  const auto known = [](LoneServer lone) {
    LoneServer server = leader({1, 1, 4, 4}, std::move(lone));
    server.hear(node(2), success(4));
    server.hear(node(3), AppendEntries{10, 4, 4, {}, 0});
    server.expire(Election{});
    server.hear(node(3), RequestVoteReply{11, true});
    REQUIRE(server.state().role == RoleName::leader);
    return server.state().match_index[node(2)];
  };
  CHECK(known(LoneServer()) == 0);
  CHECK(known(with(Bug::match_index_kept)) == 4);
}

TEST_CASE("raft 5.3: an answer from an earlier term counts nothing") {
  LoneServer server = leader({1, 1});
  server.ask(command(3));
  server.hear(node(1), Stored{8, 3});
  CHECK(server.state().match_index[node(1)] == 2);
  server.hear(node(1), Stored{9, 3});
  server.hear(node(2), AppendEntriesReply{8, true, 3, 0, 0});
  CHECK(server.state().match_index[node(2)] == 0);
  CHECK(server.state().commit_index == 0);
  LoneServer careless = leader({1, 1}, with(Bug::old_append_replies_count));
  careless.hear(node(2), AppendEntriesReply{8, true, 2, 0, 0});
  CHECK(careless.state().match_index[node(2)] == 2);
}

TEST_CASE(
    "raft 5.3: an entry is committed once a majority holds it, the leader's own disk included") {
  for (const std::uint32_t n : {1u, 2u, 3u, 4u, 5u, 7u}) {
    LoneServer server = leader({}, LoneServer({n, {}, {}}));
    server.ask(command(1));
    server.hear(node(1), Stored{9, 1});
    std::uint32_t copies = 1;
    for (; server.state().commit_index == 0; ++copies) {
      REQUIRE(copies < n);
      server.hear(node(copies + 1), success(1));
    }
    CHECK(copies == n / 2 + 1);
  }
}

TEST_CASE("raft 5.3: the leader does not count itself before its own disk has the entry") {
  LoneServer server = leader({});
  server.ask(command(1));
  CHECK_FALSE(server.sent<AppendEntries>().empty());
  REQUIRE(server.sent<Stored>().size() == 1);
  CHECK(server.sent<Stored>()[0].to == node(1));
  CHECK(server.sent<Stored>()[0].waits);
  server.hear(node(2), success(1));
  CHECK(server.state().commit_index == 0);
  server.hear(node(1), Stored{9, 1});
  CHECK(server.state().commit_index == 1);
}

TEST_CASE("raft 5.4.2: only entries of the leader's own term are committed by counting") {
  const auto committed = [](LoneServer lone) {
    LoneServer server = leader({1, 4}, std::move(lone));
    server.hear(node(2), success(2));
    server.hear(node(3), success(2));
    return server.state().commit_index;
  };
  CHECK(committed(LoneServer()) == 0);
  CHECK(committed(with(Bug::commits_old_terms)) == 2);
}

TEST_CASE("raft 5.4.2: an entry of the own term commits all entries before it") {
  LoneServer server = leader({1, 4});
  server.ask(command(3));
  server.hear(node(1), Stored{9, 3});
  server.hear(node(2), success(2));
  CHECK(server.state().commit_index == 0);
  server.hear(node(3), success(3));
  CHECK(server.state().commit_index == 3);
  CHECK(server.told<Chosen>().size() == 3);
  CHECK(server.told<Applied>().size() == 3);
  CHECK(next_for(server, 2).leader_commit == 3);
}

}  // namespace quorate::raft
