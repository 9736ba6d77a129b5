// Log compaction (section 7; dissertation, chapter 5), sentence by sentence: one server, its state
// and what it sends; then a cluster whose follower crashes between a snapshot's arrival and its
// disk's word.
#include <doctest/doctest.h>

#include "protocols/raft/properties.hpp"
#include "tests/support/lone_server.hpp"
#include "tests/support/run_text.hpp"

namespace quorate::raft {

namespace {

using testing::log_of;
using testing::LoneServer;
using testing::make_run;
using testing::node;
using testing::scenario_file;
using testing::Settings;

// As a leader has it whose log begins with entries of these terms and has applied them all.
Snapshot snapshot_of(const std::vector<Term>& terms) {
  Snapshot snapshot;
  snapshot.last_index = snapshot.executed = terms.size();
  snapshot.last_term = terms.back();
  snapshot.log_hash = LogHash::of(log_of(terms).hash());
  return snapshot;
}

LoneServer every(std::uint32_t threshold, std::vector<Bug> bugs = {}) {
  Params params;
  params.snapshot_threshold = threshold;
  return LoneServer({3, params, std::move(bugs)});
}

// A follower of n3 in term 9 whose log holds entries of these terms, `committed` of them applied.
LoneServer follower(const std::vector<Term>& terms, Index committed, LoneServer server = every(0)) {
  server.hear(node(3), AppendEntries{9, 0, 0, log_of(terms).slice(1, terms.size()), committed});
  server.sync_disk();
  return server;
}

// A leader of term 9 that has applied all its entries and keeps only those behind `start`.
LoneServer leader(const std::vector<Term>& terms, Index start) {
  LoneServer server = follower(terms, start, every(static_cast<std::uint32_t>(start)));
  server.expire(TakeSnapshot{});
  server.lead(10);
  REQUIRE(server.state().role == RoleName::leader);
  REQUIRE(server.state().log.start() == start);
  return server;
}

AppendEntriesReply answer(const LoneServer& server) {
  LoneServer copy = server;
  const auto replies = copy.sent<AppendEntriesReply>();
  REQUIRE(replies.size() == 1);
  return replies[0].body;
}

}  // namespace

// ---- taking a snapshot

TEST_CASE("raft 7: a snapshot is taken when so many entries are applied, and replaces them") {
  LoneServer server = follower({1, 4, 4, 9}, 2, every(3));
  CHECK(server.timer<TakeSnapshot>() == std::nullopt);
  server.hear(node(3), AppendEntries{9, 4, 9, {}, 3});
  REQUIRE(server.timer<TakeSnapshot>() == Duration{0});
  server.expire(TakeSnapshot{});
  CHECK(server.state().snapshot == snapshot_of({1, 4, 4}));
  CHECK(server.state().log.start() == 3);
  CHECK(server.state().log[4].term == 9);
  REQUIRE(server.told<Snapshotted>().size() == 1);
  // One write holds both: no crash can part them.
  const auto& [term, vote, log, snapshot] = std::get<0>(server.issued());
  CHECK(snapshot->last_index == 3);
  CHECK(log.start() == 3);
}

TEST_CASE("raft 7: without the option no snapshot is taken") {
  LoneServer server = follower({1, 4, 4, 9}, 4);
  CHECK(server.timer<TakeSnapshot>() == std::nullopt);
}

TEST_CASE("raft 7: the next snapshot is due when as many entries more are applied") {
  LoneServer server = follower({1, 4, 4}, 3, every(3));
  server.expire(TakeSnapshot{});
  const EntryLog all = log_of({1, 4, 4, 9, 9, 9});
  server.hear(node(3), AppendEntries{9, 3, 4, all.slice(4, 6), 5});
  CHECK(server.timer<TakeSnapshot>() == std::nullopt);
  server.hear(node(3), AppendEntries{9, 6, 9, {}, 6});
  CHECK(server.timer<TakeSnapshot>() == Duration{0});
}

TEST_CASE("raft 7: who has discarded its whole log stands with its snapshot's last entry") {
  LoneServer server = follower({1, 4, 4}, 3, every(3));
  server.expire(TakeSnapshot{});
  server.expire(Election{});
  REQUIRE(server.sent<RequestVote>().size() == 2);
  CHECK(server.sent<RequestVote>()[0].body == RequestVote{10, 3, 4});
  server.hear(node(2), RequestVote{11, 3, 3});
  CHECK_FALSE(server.sent<RequestVoteReply>()[0].body.vote_granted);
}

TEST_CASE("raft 7: after a restart the state machine is the snapshot's, and all in it committed") {
  LoneServer server = follower({1, 4, 4, 9}, 4, every(3));
  server.expire(TakeSnapshot{});
  Server& state = server.state();
  state.commit_index = state.last_applied = state.executed = 0;
  server.restart();
  CHECK(state.commit_index == 4);
  CHECK(state.last_applied == 4);
  CHECK(state.executed == 4);
  CHECK(server.told<Applied>().empty());
}

// ---- InstallSnapshot, receiver implementation (Figure 13)

TEST_CASE("raft figure 13: 1. reply immediately if term < currentTerm") {
  LoneServer server = follower({1, 4}, 1);
  server.hear(node(2), InstallSnapshot{8, snapshot_of({1, 4, 4, 8})});
  CHECK(answer(server) == AppendEntriesReply{9, false, 0, 0, 0});
  CHECK(server.state().snapshot == Snapshot{});
  CHECK(server.state().log.size() == 2);
}

TEST_CASE("raft figure 13: 5. the snapshot is saved before it is answered") {
  LoneServer server = follower({1, 4}, 1);
  server.hear(node(3), InstallSnapshot{9, snapshot_of({1, 4, 9}), Round{7}});
  const auto replies = server.sent<AppendEntriesReply>();
  REQUIRE(replies.size() == 1);
  CHECK(replies[0].waits);
  CHECK(replies[0].to == node(3));
  CHECK(replies[0].body == AppendEntriesReply{9, true, 3, 0, 0, Round{7}});
  CHECK(std::get<3>(std::get<0>(server.issued()))->last_index == 3);
}

TEST_CASE("raft figure 13: 6. an entry with its last index and term: what follows is retained") {
  LoneServer server = follower({1, 4, 9, 9}, 1);
  server.hear(node(3), InstallSnapshot{9, snapshot_of({1, 4, 9})});
  CHECK(server.state().log.start() == 3);
  CHECK(server.state().log.size() == 4);
  CHECK(server.state().log[4].term == 9);
  CHECK(server.state().log.hash() == log_of({1, 4, 9, 9}).hash());
  // What it has not applied it would have no more.
  CHECK(server.state().last_applied == 3);
  CHECK(server.state().executed == 3);
}

TEST_CASE("raft figure 13: 7., 8. else the log is discarded, the state machine the snapshot's") {
  const auto installed = [](const std::vector<Term>& terms, LoneServer server = every(0)) {
    LoneServer result = follower(terms, 1, std::move(server));
    result.hear(node(3), InstallSnapshot{9, snapshot_of({1, 4, 9})});
    CHECK(result.state().commit_index == 3);
    CHECK(result.state().last_applied == 3);
    CHECK(result.state().executed == 3);
    CHECK(result.state().log.start() == 3);
    return result.state().log;
  };
  for (const std::vector<Term>& terms :
       {std::vector<Term>{1}, {1, 4}, {1, 4, 4}, {1, 4, 4, 4, 4}}) {
    CHECK(installed(terms) == EntryLog(3, log_of({1, 4, 9}).hash()));
  }
  CHECK(installed({1, 4, 4, 4, 4}, every(0, {Bug::snapshot_keeps_log})).size() == 5);
}

TEST_CASE("raft figure 13: a snapshot that ends before what is committed changes nothing") {
  const auto commit_index = [](LoneServer server) {
    LoneServer result = follower({1, 4, 9, 9}, 3, std::move(server));
    result.hear(node(3), InstallSnapshot{9, snapshot_of({1, 4})});
    CHECK(answer(result).success);
    CHECK(answer(result).index == 2);
    return result.state().commit_index;
  };
  CHECK(commit_index(every(0)) == 3);
  CHECK(commit_index(every(0, {Bug::old_snapshot_installed})) == 2);
}

TEST_CASE("raft figure 13: a snapshot is heard from the leader: no election, no older term") {
  LoneServer server;
  server.expire(Election{});
  REQUIRE(server.state().role == RoleName::candidate);
  const Duration waited = 100ms;
  server.pass(waited);
  server.hear(node(3), InstallSnapshot{9, snapshot_of({1, 4, 9})});
  CHECK(server.state().role == RoleName::follower);
  CHECK(server.state().current_term == 9);
  CHECK(server.state().leader == node(3));
  CHECK(server.timer<Election>() >= Duration{150ms});
}

TEST_CASE("raft 7: entries that a snapshot stands for conflict with nothing") {
  const auto size = [](LoneServer server) {
    LoneServer result = follower({1, 4, 9, 9}, 3, std::move(server));
    result.expire(TakeSnapshot{});
    REQUIRE(result.state().log.start() == 3);
    result.hear(node(3), AppendEntries{9, 0, 0, log_of({1, 4}).slice(1, 2), 2});
    CHECK(answer(result).success);
    return result.state().log.size();
  };
  CHECK(size(every(3)) == 4);
  CHECK(size(every(3, {Bug::purged_entries_conflict})) == 3);
}

TEST_CASE("raft 7: what a message holds beyond the snapshot is looked at as ever") {
  LoneServer server = follower({1, 4, 4, 4}, 2, every(2));
  server.expire(TakeSnapshot{});
  server.hear(node(3), AppendEntries{9, 1, 1, log_of({1, 4, 9, 9, 9}).slice(2, 5), 3});
  CHECK(answer(server) == AppendEntriesReply{9, true, 5, 0, 0});
  CHECK(server.state().log.start() == 2);
  CHECK(server.state().log.hash() == log_of({1, 4, 9, 9, 9}).hash());
  CHECK(server.state().commit_index == 3);
}

TEST_CASE("raft 6.3: what was executed is part of the snapshot, and is not executed again") {
  Params params;
  params.sessions = true;
  LoneServer server({3, params, {}});
  Snapshot snapshot = snapshot_of({1, 4, 9});
  snapshot.sessions[0].add(1);
  server.hear(node(3), InstallSnapshot{9, snapshot});
  EntryLog log(3, snapshot.log_hash.value());
  log.append({9, Request{ClientId{0}, 1, {"put", "k", "v"}}});
  log.append({9, Request{ClientId{0}, 2, {"put", "k", "v"}}});
  server.hear(node(3), AppendEntries{9, 3, 9, log.slice(4, 5), 5});
  CHECK(server.state().last_applied == 5);
  CHECK(server.state().executed == 4);
  REQUIRE(server.told<Repeated>().size() == 1);
  CHECK(server.told<Repeated>()[0].index == 4);
}

// ---- who is sent one

TEST_CASE("raft 7: a snapshot is sent to whose next entry is discarded, and to nobody else") {
  LoneServer server = leader({1, 4, 4, 9, 9}, 3);
  server.state().next_index[node(2)] = 3;
  server.state().next_index[node(3)] = 4;
  server.expire(Heartbeat{});
  REQUIRE(server.sent<InstallSnapshot>().size() == 1);
  CHECK(server.sent<InstallSnapshot>()[0].to == node(2));
  CHECK(server.sent<InstallSnapshot>()[0].body.term == 10);
  CHECK(server.sent<InstallSnapshot>()[0].body.snapshot == server.state().snapshot);
  // Entry 4 is there, and of entry 3 what matters: its term.
  REQUIRE(server.sent<AppendEntries>().size() == 1);
  CHECK(server.sent<AppendEntries>()[0].body.prev_log_index == 3);
  CHECK(server.sent<AppendEntries>()[0].body.prev_log_term == 4);
  CHECK(server.sent<AppendEntries>()[0].body.entries.size() == 2);
}

TEST_CASE(
    "raft 7: while a snapshot is under way there are heartbeats; it is sent again when late") {
  LoneServer server = leader({1, 4, 4, 9, 9}, 3);
  server.state().next_index[node(2)] = 1;
  server.expire(Heartbeat{});
  REQUIRE(server.sent<InstallSnapshot>().size() == 1);
  CHECK(server.timer<SnapshotLate>() == Duration{150ms});
  for (int beat = 0; beat < 3; ++beat) {
    server.expire(Heartbeat{});
    CHECK(server.sent<InstallSnapshot>().empty());
    REQUIRE(server.sent<AppendEntries>().size() == 2);
    const AppendEntries heartbeat = server.sent<AppendEntries>()[0].body;
    CHECK(heartbeat.prev_log_index == 0);
    CHECK(heartbeat.entries.empty());
    server.hear(node(2), AppendEntriesReply{10, true, 0, 0, 0});
    CHECK(server.sent<AppendEntries>().empty());
  }
  server.expire(SnapshotLate{node(2)});
  server.expire(Heartbeat{});
  CHECK(server.sent<InstallSnapshot>().size() == 1);
  // Answered: entries again, from the snapshot's end on.
  server.hear(node(2), AppendEntriesReply{10, true, 3, 0, 0});
  CHECK(server.state().match_index[node(2)] == 3);
  server.expire(Heartbeat{});
  CHECK(server.sent<InstallSnapshot>().empty());
  REQUIRE(server.sent<AppendEntries>().size() == 2);
  CHECK(server.sent<AppendEntries>()[0].body.prev_log_index == 3);
  CHECK(server.sent<AppendEntries>()[0].body.entries.size() == 2);
}

TEST_CASE("raft 7: the heartbeat sent while a snapshot is under way commits nothing") {
  LoneServer server = follower({1, 3, 3}, 1);
  server.hear(node(3), AppendEntries{9, 0, 0, {}, 3});
  CHECK(answer(server) == AppendEntriesReply{9, true, 0, 0, 0});
  CHECK(server.state().commit_index == 1);
}

TEST_CASE("raft 7: a new leader has no snapshot under way, whatever it sent in an earlier term") {
  LoneServer server = leader({1, 4, 4, 9, 9}, 3);
  server.state().next_index[node(2)] = 1;
  server.expire(Heartbeat{});
  server.lead(12);
  CHECK(server.state().installing == Installing{});
}

// ---- what an observer knows of it

TEST_CASE("raft 7: an observer tells whether the beginning that a log has discarded is right") {
  Server server;
  server.log = log_of({1, 4, 4, 9});
  server.last_applied = 4;
  History history;
  history.learn(server);
  EntryLog compacted = server.log;
  compacted.discard(3);
  CHECK(history.begins_with(compacted, log_of({1, 4})));
  CHECK(history.begins_with(compacted, log_of({1, 4, 4})));
  CHECK_FALSE(history.begins_with(compacted, log_of({1, 3})));
  CHECK_FALSE(history.begins_with(compacted, log_of({1, 4, 4, 8})));
  const EntryLog wrong(3, log_of({1, 4, 5}).hash());
  CHECK_FALSE(history.begins_with(wrong, log_of({1, 4})));
  const EntryLog unheard(5, log_of({1, 4, 4, 9, 9}).hash());
  CHECK_FALSE(history.begins_with(unheard, log_of({1, 4})));
}

// ---- a crash in between

namespace {

struct Installs final : Observer {
  void on(const Record& record, const StateChange*) override {
    if (record.kind == Kind::event && record.body.type == &type_info<Installed>) {
      times.push_back(record.time.since_start());
    }
  }
  std::vector<Duration> times;
};

constexpr std::string_view catchup = "scenarios/raft/snapshot-catchup.json";
const Settings slow_disk{{"disk", R"({ "sync": "10ms" })"}, {"expect", "[]"}};

// n2 crashes this long after it has got its first snapshot, for 20 ms; its disk takes 10.
std::unique_ptr<Run> crashed(Duration after, Installs& installs) {
  Installs first;
  const auto whole = make_run(scenario_file(std::string(catchup), slow_disk), 1);
  whole->observe(first);
  whole->run();
  REQUIRE(first.times.size() == 1);
  Settings settings = slow_disk;
  settings.emplace_back(
      "faults", R"([{ "at": "410ms", "for": "590ms", "do": { "crash": "n2" } }, { "at": ")" +
                    to_text(first.times[0] + after) +
                    R"(", "for": "20ms", "do": { "crash": "n2" } }])");
  auto run = make_run(scenario_file(std::string(catchup), settings), 1);
  run->observe(installs);
  run->run();
  return run;
}

}  // namespace

TEST_CASE("raft 7: a snapshot lost with an unsynced disk is sent again; one on disk is not") {
  for (const auto& [after, times] : {std::pair<Duration, std::size_t>{5ms, 2}, {15ms, 1}}) {
    Installs installs;
    const auto run = crashed(after, installs);
    CHECK(installs.times.size() == times);
    CHECK_FALSE(run->outcome().violation.has_value());
    CHECK(run->field(NodeId{1}, "executed") == "35");
    CHECK(run->field(NodeId{1}, "machine") == run->field(NodeId{0}, "machine"));
  }
}

}  // namespace quorate::raft
