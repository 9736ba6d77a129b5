// Raft with everything going wrong at once, over many seeds: no promise breaks, all is well in the
// end, and the runs were hard enough for that to mean something.
#include <doctest/doctest.h>

#include <algorithm>

#include "protocols/raft/messages.hpp"
#include "tests/support/run_text.hpp"
#include "tests/support/sanitized.hpp"
#include "tests/support/soak.hpp"

namespace quorate::raft {

namespace {

using testing::run_to_end;
using testing::scenario_file;
using testing::Settings;

struct Happened final : Observer {
  void on(const Record& record, const StateChange*) override {
    if (record.kind != Kind::event) return;
    installed += record.body.type == &type_info<Installed> ? 1 : 0;
    handed_over += record.body.type == &type_info<HandedOver> ? 1 : 0;
  }
  std::uint64_t installed{};
  std::uint64_t handed_over{};
};

void soak(std::uint64_t seeds, const Settings& settings, std::size_t promises = 10,
          const std::string& file = "scenarios/raft/soak.json") {
  testing::Soak demanded{.file = file,
                         .situations = {{"leader_changed", 500},
                                        {"log_repaired", 100},
                                        {"vote_split", 200},
                                        {"unsynced_tail_lost", 200}},
                         .properties = promises};
  // Who asks first seldom stands beside a rival: that is what pre-vote is good for.
  const auto asks_first = [](const auto& setting) {
    return setting.first == "protocol.params.pre_vote";
  };
  if (std::ranges::any_of(settings, asks_first)) demanded.situations.erase("vote_split");
  testing::check_soak(demanded, seeds, settings);
}

// Where repair goes back one entry a round trip, or brings four, a log may still be under repair
// when the run stops: all promises are checked, the happy end is not asked for.
const Settings by_decrement{{"protocol.params.repair", "decrement"}, {"expect", "[]"}};
const Settings empty_heartbeats{{"protocol.params.empty_heartbeats", "true"},
                                {"protocol.params.max_entries", "4"},
                                {"expect", "[]"}};
const Settings pipelined{{"protocol.params.pipelining", "true"}};
const Settings stable{{"protocol.params.pre_vote", "true"},
                      {"protocol.params.check_quorum", "true"}};
const Settings sessions{{"protocol.params.sessions", "true"}};
// Three clients at one message queue; two take what one brings.
const Settings message_queue{{"protocol.params.state_machine", "queue"},
                             {"protocol.params.sessions", "true"},
                             {"workload",
                              R"json([
  {"client": "c1", "op": "PUT", "key": "t", "every": "uniform(5ms, 30ms)",
   "from": "200ms", "until": "8s", "timeout": "500ms"},
  {"client": "c2", "op": "GET", "key": "t", "think": "10ms",
   "from": "300ms", "until": "8s", "timeout": "300ms"},
  {"client": "c3", "op": "GET", "key": "t", "think": "10ms",
   "from": "300ms", "until": "8s", "timeout": "300ms"}])json"}};
// One client writes, two read.
Settings reads(const char* how) {
  return {{"protocol.params.state_machine", "registers"},
          {"protocol.params.reads", how},
          {"protocol.params.no_op", "true"},
          {"protocol.params.check_quorum", "true"},
          {"workload", R"json([
  {"client": "c1", "op": "put", "key": "x", "every": "uniform(5ms, 30ms)",
   "from": "200ms", "until": "8s", "timeout": "500ms"},
  {"client": "c2", "op": "get", "key": "x", "think": "10ms",
   "from": "300ms", "until": "8s", "timeout": "300ms"},
  {"client": "c3", "op": "get", "key": "x", "think": "10ms", "target": "round_robin",
   "from": "300ms", "until": "8s", "timeout": "300ms"}])json"}};
}
// The same, and nodes stand still, whoever leads above all.
Settings with_naps(Settings settings) {
  settings.emplace_back("faults", R"json([
  {"id": "crash", "every": "exponential(400ms)", "from": "300ms", "until": "7s",
   "for": "exponential(100ms) max 500ms", "may_not_fire": true, "do": {"crash": "random"}},
  {"id": "blink", "every": "exponential(600ms)", "from": "300ms", "until": "7s",
   "for": "uniform(1ms, 10ms)", "may_not_fire": true, "do": {"crash": "random"}},
  {"id": "halves", "every": "exponential(900ms)", "from": "300ms", "until": "7s",
   "for": "exponential(400ms) max 500ms", "may_not_fire": true,
   "do": {"partition": "random_halves"}},
  {"id": "lonely_leader", "every": "exponential(2s)", "from": "300ms", "until": "7s",
   "for": "exponential(300ms) max 500ms", "may_not_fire": true,
   "do": {"partition": {"isolate": "$leader"}}},
  {"id": "nap", "every": "exponential(500ms)", "from": "300ms", "until": "7s",
   "for": "exponential(150ms) max 600ms", "may_not_fire": true, "do": {"pause": "random"}},
  {"id": "leader_naps", "every": "exponential(700ms)", "from": "300ms", "until": "7s",
   "for": "uniform(20ms, 500ms)", "may_not_fire": true, "do": {"pause": "$leader"}}])json");
  return settings;
}
const Settings push_commit{{"protocol.params.push_commit", "true"}};
const Settings by_halves{{"protocol.params.repair", "binary"}};
const Settings no_op{{"protocol.params.no_op", "true"}};

const std::string snapshots = "scenarios/raft/soak-snapshots.json";

Settings nodes(const char* count, Settings settings = {}) {
  settings.emplace_back("protocol.nodes", count);
  return settings;
}

}  // namespace

TEST_CASE("raft soak: five servers") { soak(300, nodes("5")); }
TEST_CASE("raft soak: three servers") { soak(300, nodes("3")); }
TEST_CASE("raft soak: repair by decrement") {
  soak(100, nodes("5", by_decrement));
  soak(100, nodes("3", by_decrement));
}
TEST_CASE("raft soak: empty heartbeats and short messages") {
  soak(100, nodes("3", empty_heartbeats));
}
TEST_CASE("raft soak: repair by halves, pipelined and not") {
  soak(100, nodes("5", by_halves));
  Settings both = by_halves;
  both.insert(both.end(), pipelined.begin(), pipelined.end());
  soak(100, nodes("3", both));
}
TEST_CASE("raft soak: pipelining") {
  soak(100, nodes("5", pipelined));
  soak(100, nodes("3", pipelined));
}

TEST_CASE("raft soak: a no-op at the start of a term") { soak(100, nodes("5", no_op)); }
TEST_CASE("raft soak: pre-vote and check-quorum") {
  soak(100, nodes("5", stable));
  soak(100, nodes("3", stable));
}
TEST_CASE("raft soak: sessions") {
  soak(100, nodes("5", sessions), 11);
  soak(100, nodes("3", sessions), 11);
}
TEST_CASE("raft soak: a message queue with sessions") {
  soak(100, nodes("5", message_queue), 13);
  soak(100, nodes("3", message_queue), 13);
}
TEST_CASE("raft soak: reads after a round of heartbeats, and by lease") {
  soak(100, nodes("5", reads("read_index")), 11);
  soak(100, nodes("3", reads("lease")), 12);
  soak(100, nodes("3", with_naps(reads("lease"))), 12);
}
TEST_CASE("raft soak: snapshots and leaders that make way") {
  soak(100, nodes("5"), 13, snapshots);
  soak(100, nodes("3", empty_heartbeats), 13, snapshots);
  soak(100, nodes("3", pipelined), 13, snapshots);
}
TEST_CASE("raft soak: snapshots and leaders that make way, with leases") {
  soak(100, nodes("5", reads("lease")), 15, snapshots);
}
TEST_CASE("raft soak: snapshots are installed, leaders make way") {
  const std::uint64_t seeds = testing::seeds_here(20);
  Happened happened;
  testing::soak(snapshots, seeds, {}, &happened);
  CHECK(happened.installed >= 5 * seeds);
  CHECK(happened.handed_over >= 2 * seeds);
}
TEST_CASE("raft soak: a mistake breaks promises with snapshots, too, and not the log's own") {
  for (const std::string bug : {"applies_on_append", "commit_goes_back",
                                "truncates_without_conflict", "purged_entries_conflict"}) {
    CAPTURE(bug);
    const auto scenario = scenario_file(snapshots, {{"protocol.bugs", "[\"" + bug + "\"]"},
                                                    {"protocol.params.snapshot_threshold", "1"},
                                                    {"check", R"(["vote_once"])"}});
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
      CHECK_FALSE(run_to_end(scenario, seed)->outcome().violation.has_value());
    }
  }
}
TEST_CASE("raft soak: the commit index, pushed") {
  soak(100, nodes("5", push_commit));
  soak(100, nodes("3", push_commit));
}

TEST_SUITE("long") {
  TEST_CASE("raft soak: five servers, 1,000 seeds") { soak(1'000, nodes("5")); }
  TEST_CASE("raft soak: three servers, 1,000 seeds") { soak(1'000, nodes("3")); }
  TEST_CASE("raft soak: snapshots and leaders that make way, 1,000 seeds") {
    soak(1'000, nodes("5"), 13, snapshots);
  }
  TEST_CASE("raft soak: repair by decrement, 1,000 seeds") {
    soak(1'000, nodes("5", by_decrement));
  }
}

}  // namespace quorate::raft
