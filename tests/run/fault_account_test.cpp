// What really went wrong in a run, told from its records, and whether a model allows for it.
#include "sim/run/fault_account.hpp"

#include <doctest/doctest.h>

#include "tests/support/run_text.hpp"

namespace quorate::accounts {
namespace {

using testing::scenario_file;
using testing::scenario_of;

constexpr Time at(Duration since_start) { return Time{} + since_start; }

// Five bully peers; "slow" restarts with an empty disk, "drift" changes a clock.
std::shared_ptr<const Scenario> five() {
  return scenario_of(R"({"quorate": 1, "protocol": {"use": "bully", "nodes": 5},
    "stop": {"at": "1s"}, "faults": [
      {"id": "drift", "at": "1ms", "do": {"clock": {"node": "n1", "drift": "5%"}}},
      {"id": "wipe", "at": "2ms", "do": {"restart": {"node": "n1", "amnesia": true}}},
      {"id": "plain", "at": "3ms", "do": {"restart": "n1"}}]})");
}

FaultAccount account(std::vector<Assumption> safety, std::vector<Assumption> progress = {},
                     std::optional<Duration> bound = {}) {
  FailureModel model;
  model.safety = std::move(safety);
  model.progress = std::move(progress);
  return FaultAccount(five(), model, bound);
}

Record message(Kind kind, Duration time, std::uint64_t number, DropReason why = {}) {
  Record record;
  record.kind = kind;
  record.time = at(time);
  record.message = number;
  record.from = record.node = NodeId{0};
  record.to = NodeId{1};
  record.why = why;
  return record;
}
Record happens(Kind kind, Duration time, std::uint32_t node) {
  Record record;
  record.kind = kind;
  record.time = at(time);
  record.node = NodeId{node};
  return record;
}
Record fault(std::string_view id, std::uint64_t index) {
  Record record;
  record.kind = Kind::fault;
  record.text = id;
  record.index = index;
  return record;
}

std::string broken(const FaultAccount& account, bool progress = false) {
  return progress ? account.broken_progress(at(1s)) : account.broken_safety(at(1s));
}

}  // namespace

TEST_CASE("model: each way to lose a message counts as what it is") {
  FaultAccount lossy = account({Assumption::reliable_links, Assumption::no_cuts});
  CHECK(lossy.happened(at(1s)) == "no faults");
  lossy.on(message(Kind::drop, 1ms, 1, DropReason::dead));
  lossy.on(message(Kind::drop, 1ms, 2, DropReason::stale));
  Record of_client = message(Kind::drop, 1ms, 3, DropReason::loss);
  of_client.client = true;
  lossy.on(of_client);
  CHECK(broken(lossy) == "");
  lossy.on(message(Kind::drop, 5ms, 4, DropReason::send_omission));
  CHECK(broken(lossy) ==
        "bully assumes that no message is lost, but 1 message was lost at 0.005 s");
  lossy.on(message(Kind::drop, 6ms, 5, DropReason::queue));
  lossy.on(message(Kind::drop, 7ms, 6, DropReason::cut));
  CHECK(broken(lossy) ==
        "bully assumes that no message is lost, but 2 messages were lost, first at 0.005 s, and "
        "that no link is cut, but 1 message met a cut link at 0.007 s");
  CHECK(lossy.happened(at(1s)) == "2 messages were lost, 1 message met a cut link");
}

TEST_CASE("model: what is not assumed may happen, and safety does not rest on progress") {
  FaultAccount doubled = account({Assumption::fifo_links}, {Assumption::no_duplicates});
  doubled.on(message(Kind::dup, 1ms, 1));
  CHECK(broken(doubled) == "");
  CHECK(broken(doubled, true) ==
        "bully assumes that no message arrives twice, but 1 message was doubled at 0.001 s");
  doubled.on(message(Kind::recv, 2ms, 1));
  doubled.on(message(Kind::recv, 3ms, 3));
  CHECK(broken(doubled) == "");
  doubled.on(message(Kind::recv, 4ms, 2));
  CHECK(broken(doubled).find("but 1 message was overtaken at 0.004 s") != std::string::npos);
}

TEST_CASE("model: a message is late when it arrives late, and when it is still under way") {
  FaultAccount slow = account({Assumption::bounded_delay}, {}, 50ms);
  slow.on(message(Kind::send, 100ms, 1));
  slow.on(message(Kind::recv, 149ms, 1));
  slow.on(message(Kind::send, 960ms, 2));
  CHECK(broken(slow) == "");
  slow.on(message(Kind::send, 200ms, 3));
  CHECK(broken(slow).find("but 1 message was late at 0.250 s") != std::string::npos);
  slow.on(message(Kind::recv, 250ms, 3));  // as late as the bound, which is too late
  slow.on(message(Kind::drop, 970ms, 2, DropReason::dead));
  CHECK(broken(slow).find("but 1 message was late at 0.250 s") != std::string::npos);
}

// n1 writes when it is told at 100 ms and at 130 ms; its disk takes 30 ms, and messages wait for
// it.
TEST_CASE("model: a message takes the time that its sender's disk held it, too") {
  const auto scenario = scenario_of(R"({"quorate": 1, "protocol": {"use": "bully", "nodes": 2},
    "disk": {"sync": "30ms"}, "stop": {"at": "1s"}})");
  FaultAccount slow(scenario, {.safety = {Assumption::bounded_delay}}, 50ms);
  REQUIRE(slow.counts_disks());
  const auto at_n1 = [&](Kind kind, Duration time, std::uint64_t index, bool synced) {
    Record record = happens(kind, time, 0);
    record.index = index;
    record.handled = kind != Kind::persist;
    slow.on_disk(record, synced);
  };
  const auto sent = [&](Duration time, std::uint64_t number, std::uint64_t handler) {
    Record record = message(Kind::send, time, number);
    record.cause = handler;
    slow.on(record);
  };
  at_n1(Kind::timer, 100ms, 7, false);
  at_n1(Kind::timer, 110ms, 8, false);
  at_n1(Kind::persist, 130ms, 9, false);  // what 8 wrote goes to disk now
  sent(130ms, 1, 7);
  slow.on(message(Kind::recv, 149ms, 1));
  CHECK(slow.broken_safety(at(159ms)) == "");
  CHECK(slow.broken_safety(at(160ms)) ==
        "bully assumes that a message takes less than a bound, but 1 message was late (with "
        "the writes it waited for) at 0.160 s");  // it has not even left
  at_n1(Kind::timer, 155ms, 10, false);
  at_n1(Kind::persist, 160ms, 11, true);
  sent(160ms, 2, 8);
  sent(160ms, 3, 10);
  slow.on(message(Kind::recv, 165ms, 3));
  CHECK(slow.broken_safety(at(159ms)) == "");
  slow.on(message(Kind::recv, 165ms, 2));
  at_n1(Kind::timer, 170ms, 12, true);
  sent(170ms, 4, 12);
  slow.on(message(Kind::recv, 219ms, 4));
  CHECK(broken(slow).find("but 1 message was late (with the writes it waited for) at 0.160 s") !=
        std::string::npos);
}

TEST_CASE("model: what waits for a disk dies with its node") {
  const auto scenario = scenario_of(R"({"quorate": 1, "protocol": {"use": "bully", "nodes": 2},
    "disk": {"nodes": {"n1": {"sync": "30ms"}}}, "stop": {"at": "1s"}})");
  FaultAccount dead(scenario, {.safety = {Assumption::bounded_delay}}, 50ms);
  Record told = happens(Kind::timer, 100ms, 0);
  told.handled = true;
  dead.on_disk(told, false);
  dead.on_disk(happens(Kind::crash, 120ms, 0), true);
  CHECK(broken(dead) == "");
  CHECK_FALSE(account({Assumption::bounded_delay}, {}, 50ms).counts_disks());
}

TEST_CASE("model: a timer that a fault fires runs as no clock does, unless any moment will do") {
  const auto scenario = scenario_of(R"({"quorate": 1, "protocol": {"use": "bully", "nodes": 2},
    "stop": {"at": "1s"}, "faults": [
      {"id": "early", "at": "1ms", "do": {"fire": {"node": "n1", "timer": "ok_timeout"}}},
      {"id": "drift", "at": "2ms", "do": {"clock": {"node": "n1", "drift": "5%"}}}]})");
  FaultAccount fired(scenario, {.safety = {Assumption::true_clocks}}, {});
  fired.on(fault("early", 1));
  CHECK(broken(fired) ==
        "bully assumes that timers run alike at all nodes, but a timer was fired early at 0.000 s");
  fired.on(fault("drift", 2));
  CHECK(broken(fired).find("a clock ran at another rate or a timer was fired early 2 times") !=
        std::string::npos);
  FailureModel lenient{.safety = {Assumption::true_clocks}, .at_will = {"ok_timeout"}};
  for (const FailureModel& model : {lenient, FailureModel{.safety = {Assumption::no_cuts}}}) {
    FaultAccount allowed(scenario, model, {});
    allowed.on(fault("early", 1));
    CHECK(broken(allowed) == "");
    CHECK(allowed.happened(at(1s)) == "no faults");
  }
}

TEST_CASE("model: a node stands still when a pause outlasts the bound, over or not") {
  FaultAccount still = account({Assumption::prompt_nodes}, {}, 50ms);
  still.on(happens(Kind::pause, 100ms, 4));
  still.on(happens(Kind::resume, 150ms, 4));
  CHECK(broken(still) == "");
  still.on(happens(Kind::pause, 200ms, 4));
  CHECK(still.broken_safety(at(240ms)) == "");
  CHECK(broken(still).find("but a node stood still at 0.200 s") != std::string::npos);

  FaultAccount crashed = account({Assumption::prompt_nodes}, {}, 50ms);
  crashed.on(happens(Kind::pause, 100ms, 4));
  crashed.on(happens(Kind::crash, 110ms, 4));
  CHECK(broken(crashed) == "");
}

TEST_CASE("model: crashes, returns, an empty disk, a majority, and clocks") {
  FaultAccount crashes = account({Assumption::stable_storage, Assumption::true_clocks},
                                 {Assumption::majority_up, Assumption::no_crashes});
  crashes.on(happens(Kind::crash, 1ms, 0));
  crashes.on(happens(Kind::crash, 2ms, 1));
  CHECK(broken(crashes, true).find("majority") == std::string::npos);
  crashes.on(fault("plain", 7));
  Record back = happens(Kind::restart, 3ms, 0);
  back.cause = 7;
  crashes.on(back);
  CHECK(broken(crashes) == "");
  crashes.on(happens(Kind::crash, 4ms, 2));
  CHECK(broken(crashes, true).find("majority") == std::string::npos);
  crashes.on(happens(Kind::crash, 5ms, 0));  // three of five
  CHECK(broken(crashes, true).find("no majority of them was since 0.005 s") != std::string::npos);
  crashes.on(fault("wipe", 9));
  back.cause = 9;
  crashes.on(back);
  CHECK(broken(crashes).find("1 restart with an empty disk") != std::string::npos);
  crashes.on(fault("drift", 11));
  CHECK(broken(crashes).find("a clock ran at another rate") != std::string::npos);
}

TEST_CASE("model: a clock that shows another time runs as it did, and no timer notices") {
  const auto scenario = scenario_of(R"({"quorate": 1, "protocol": {"use": "bully", "nodes": 2},
    "clocks": {"n1": {"offset": "1s"}}, "stop": {"at": "1s"}, "faults": [
      {"id": "step", "at": "1ms", "do": {"clock": {"node": "n1", "jump": "5s"}}},
      {"id": "drift", "at": "2ms", "do": {"clock": {"node": "n1", "drift": "5%"}}}]})");
  FaultAccount clocks(scenario, {.safety = {Assumption::true_clocks}}, {});
  clocks.on(fault("step", 1));
  CHECK(broken(clocks) == "");
  CHECK(clocks.happened(at(1s)) == "a clock was set");
  clocks.on(fault("drift", 2));
  CHECK(broken(clocks) != "");
}

TEST_CASE("model: only what came before can be to blame") {
  FaultAccount crashes = account({Assumption::stable_storage}, {Assumption::no_crashes});
  crashes.on(happens(Kind::crash, 500ms, 0));
  CHECK(crashes.broken_progress(at(499ms)) == "");
  CHECK(crashes.broken_progress(at(500ms)) != "");
  CHECK(crashes.broken(at(1s)) != "");
}

TEST_CASE("model: who recovers is hindered by what lasts, or was over too lately") {
  FailureModel model{.progress = {Assumption::majority_up, Assumption::no_cuts}, .recovers = 100ms};
  FaultAccount healed(five(), model, {});
  healed.on(message(Kind::drop, 10ms, 1, DropReason::cut));
  for (std::uint32_t node = 0; node < 3; ++node) healed.on(happens(Kind::pause, 20ms, node));
  CHECK(healed.broken_progress(at(400ms)).find("no majority of them was since 0.020 s") !=
        std::string::npos);
  healed.on(happens(Kind::resume, 500ms, 0));
  const std::string since = "from 0.020 s to 0.500 s and in the 100ms it may take to recover";
  CHECK(healed.broken_progress(at(599ms)).find(since) != std::string::npos);
  CHECK(healed.broken_progress(at(600ms)) == "");
  CHECK(healed.broken(at(1s)) != "");
}

TEST_CASE("model: a majority must be able to talk") {
  FailureModel model{.progress = {Assumption::majority_up}, .recovers = 0ms};
  FaultAccount lossy(five(), model, {});
  const auto all_lose = [&](Duration time, std::uint32_t first) {
    for (std::uint32_t to = first; to < 5; ++to) {
      for (std::uint32_t from = 0; from < 5; ++from) {
        Record lost = message(Kind::drop, time, 1, DropReason::loss);
        lost.from = NodeId{from};
        lost.to = NodeId{to};
        if (from != to) lossy.on(lost);
      }
    }
  };
  for (const Duration time : {1ms, 2ms, 3ms}) all_lose(time, 3);  // nobody reaches n4 and n5
  CHECK(lossy.broken_progress(at(1s)) == "");
  for (const Duration time : {4ms, 5ms}) all_lose(time, 0);
  CHECK(lossy.broken_progress(at(5ms)) == "");  // two lost in a row are bad luck
  all_lose(6ms, 0);
  CHECK(lossy.broken_progress(at(1s)).find("since 0.006 s") != std::string::npos);
  for (const auto& [from, to] : {std::pair{0, 1}, {1, 0}, {0, 2}, {2, 0}}) {
    Record arrived = message(Kind::recv, 7ms, 1);
    arrived.from = NodeId{static_cast<std::uint32_t>(from)};
    arrived.to = NodeId{static_cast<std::uint32_t>(to)};
    lossy.on(arrived);
  }
  CHECK(lossy.broken_progress(at(1s)) == "");
}

TEST_CASE("model: where quorums are no majorities, the larger one must be up") {
  FailureModel large{.progress = {Assumption::majority_up}, .quorums = {4, 2}};
  FaultAccount four(five(), large, {});
  four.on(happens(Kind::crash, 5ms, 0));
  CHECK(four.broken_progress(at(1s)) == "");
  four.on(happens(Kind::crash, 6ms, 1));
  CHECK(four.broken_progress(at(1s)).find("not enough of them were since 0.006 s") !=
        std::string::npos);
  CHECK(four.broken_progress(at(1s)).find("as many members as either quorum takes are up") !=
        std::string::npos);

  FailureModel small{.progress = {Assumption::majority_up}, .quorums = {2, 2}};
  FaultAccount two(five(), small, {});
  for (const std::uint32_t node : {0U, 1U, 2U}) two.on(happens(Kind::crash, 5ms, node));
  CHECK(two.broken_progress(at(1s)) == "");

  FailureModel half{.progress = {Assumption::majority_up}, .quorums = {0, 2}};
  FaultAccount three(five(), half, {});
  for (const std::uint32_t node : {0U, 1U, 2U}) three.on(happens(Kind::crash, 5ms, node));
  CHECK_FALSE(three.broken_progress(at(1s)).empty());
}

TEST_CASE("fault account: a majority is one of the members that the cluster has decided on last") {
  const auto changed = [](FaultAccount& account, Duration time, std::vector<NodeId> members) {
    const MembersChanged change{std::move(members)};
    Record record = happens(Kind::event, time, 0);
    record.body = AnyRef::to(change);
    account.on(record);
  };
  FaultAccount early = account({}, {Assumption::majority_up});
  for (const std::uint32_t node : {0U, 1U, 2U}) early.on(happens(Kind::crash, 5ms, node));
  CHECK_FALSE(broken(early, true).empty());  // three of five

  FaultAccount fewer = account({}, {Assumption::majority_up});
  changed(fewer, 4ms, {NodeId{3}, NodeId{4}});
  for (const std::uint32_t node : {0U, 1U, 2U}) fewer.on(happens(Kind::crash, 5ms, node));
  CHECK(broken(fewer, true).empty());
  CHECK(fewer.members() == std::vector{NodeId{3}, NodeId{4}});
  fewer.on(happens(Kind::crash, 6ms, 4));
  CHECK_FALSE(broken(fewer, true).empty());

  FaultAccount others = account({}, {Assumption::majority_up});
  others.on(happens(Kind::crash, 5ms, 4));
  CHECK(broken(others, true).empty());
  changed(others, 6ms, {NodeId{3}, NodeId{4}});  // what is known of the nodes stays
  CHECK_FALSE(broken(others, true).empty());
}

TEST_CASE("fault account: while members change a majority is one of those before as well") {
  const auto in_force = [](FaultAccount& account, Duration time, std::vector<NodeId> members,
                           std::vector<NodeId> before) {
    const MembersInForce goes_by{std::move(members), std::move(before)};
    Record record = happens(Kind::event, time, 0);
    record.body = AnyRef::to(goes_by);
    account.on(record);
  };
  const std::vector<NodeId> left{NodeId{0}, NodeId{1}};
  const std::vector<NodeId> right{NodeId{2}, NodeId{3}, NodeId{4}};
  FaultAccount joint = account({}, {Assumption::majority_up});
  in_force(joint, 1ms, right, left);
  CHECK(broken(joint, true).empty());
  joint.on(happens(Kind::crash, 5ms, 2));
  CHECK(broken(joint, true).empty());
  joint.on(happens(Kind::crash, 6ms, 1));  // of the old two one is left, of all five three are
  CHECK(broken(joint, true).find("while they were being changed no majority was since 0.006 s") !=
        std::string::npos);
  in_force(joint, 7ms, right, {});
  CHECK(joint.broken_progress(at(1s)).find("since 0.006 s") == std::string::npos);
  CHECK(joint.members().size() == 5);  // nothing is decided

  FaultAccount split = account({}, {Assumption::majority_up});
  in_force(split, 1ms, right, left);
  for (const NodeId from : left) {
    for (const NodeId to : right) {
      Record cut = message(Kind::drop, 2ms, 1, DropReason::cut);
      cut.from = from;
      cut.to = to;
      split.on(cut);
    }
  }
  CHECK_FALSE(broken(split, true).empty());  // each side is whole, and no one reaches both
}

}  // namespace quorate::accounts
