// What really went wrong in a run, told from its records, and whether a model allows for it.
#include "sim/run/fault_account.hpp"

#include <doctest/doctest.h>

#include "tests/support/run_text.hpp"

namespace quorate::accounts {
namespace {

using testing::scenario_file;
using testing::scenario_of;

constexpr Time at(Duration since_start) { return Time{} + since_start; }

// Five bully peers, whose messages may be late; "wipe" empties a disk, "drift" changes a clock.
std::shared_ptr<const Scenario> five() {
  return scenario_of(R"({"quorate": 1, "protocol": {"use": "bully", "nodes": 5},
    "network": {"delay": "60ms"}, "stop": {"at": "1s"}, "faults": [
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
Record fault(std::string_view id, std::uint64_t index, Duration time = {}) {
  Record record = happens(Kind::fault, time, no_node.value);
  record.text = id;
  if (id == "drift") record.detail = "let the clock of n1 run fast";
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
        "bully assumes that a message takes less than a bound, but a node waited too long for its "
        "disk at 0.160 s");  // whether a message waits, too, is seen when it leaves
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

namespace {

// n1's disk takes 30 ms, and a message may take 50.
struct SlowDisk {
  FaultAccount account{scenario_of(R"({"quorate": 1, "protocol": {"use": "bully", "nodes": 2},
        "disk": {"nodes": {"n1": {"sync": "30ms"}}}, "stop": {"at": "1s"}})"),
                       {.safety = {Assumption::bounded_delay}},
                       50ms};

  void tell(Kind kind, Duration time, std::uint64_t index, bool synced) {
    Record record = happens(kind, time, 0);
    record.index = index;
    record.handled = kind != Kind::persist && kind != Kind::crash;
    account.on_disk(record, synced);
  }
};

}  // namespace

TEST_CASE("model: what waits for a disk dies with its node") {
  SlowDisk dead;
  dead.tell(Kind::timer, 100ms, 7, false);
  dead.tell(Kind::crash, 120ms, 8, true);
  CHECK(broken(dead.account) == "");
  CHECK_FALSE(account({Assumption::bounded_delay}, {}, 50ms).counts_disks());
}

TEST_CASE("model: and so does what its disk was about to hold") {
  SlowDisk back;
  back.tell(Kind::timer, 100ms, 7, false);
  back.tell(Kind::crash, 120ms, 8, false);
  back.tell(Kind::restart, 130ms, 9, false);
  back.tell(Kind::timer, 140ms, 10, false);
  back.tell(Kind::persist, 160ms, 11, false);  // has what the restart wrote
  CHECK(back.account.broken_safety(at(189ms)) == "");
  CHECK(back.account.broken_safety(at(190ms)) != "");
}

TEST_CASE("model: a write that nothing waited for has made no message late") {
  SlowDisk silent;
  silent.tell(Kind::timer, 100ms, 7, false);
  const auto says = [&](Duration time, const char* words) {
    return silent.account.broken_safety(at(time)).find(words) != std::string::npos;
  };
  CHECK(says(150ms, "but a node waited too long for its disk at 0.150 s"));
  silent.account.on(message(Kind::send, 60ms, 1));
  CHECK(says(150ms,
             "but 1 message was late and a node waited too long for its disk, first at 0.110 s"));
  silent.tell(Kind::persist, 170ms, 8, true);
  CHECK(says(200ms, "but 1 message was late at 0.110 s"));
}

TEST_CASE("model: of a moment nothing is told that came later, nor of what no longer counts") {
  SlowDisk slow;
  slow.account.on(message(Kind::send, 10ms, 1));
  slow.account.on(message(Kind::recv, 70ms, 1));
  slow.tell(Kind::timer, 500ms, 7, false);
  slow.tell(Kind::persist, 530ms, 8, true);
  Record waited = message(Kind::send, 530ms, 2);
  waited.cause = 7;
  slow.account.on(waited);
  slow.account.on(message(Kind::recv, 560ms, 2));
  CHECK(slow.account.broken_safety(at(400ms)).find("1 message was late at") != std::string::npos);
  CHECK(broken(slow.account).find("2 messages were late (with the writes they waited for)") !=
        std::string::npos);

  const auto scenario = scenario_of(R"({"quorate": 1, "protocol": {"use": "bully", "nodes": 2},
    "stop": {"at": "9s"}, "faults": [
      {"id": "early", "at": "1s", "do": {"fire": {"node": "n1", "timer": "ok_timeout"}}},
      {"id": "drift", "at": "5s", "do": {"clock": {"node": "n1", "drift": "6%"}}}]})");
  const auto blamed = [&](std::string_view first, std::string_view then, Duration moment) {
    FaultAccount clocks(scenario, {.progress = {Assumption::true_clocks}, .recovers = 2s}, {});
    Record record = fault(first, 1, 1s);
    clocks.on(record);
    record.kind = Kind::heal;
    clocks.on(record);
    clocks.on(fault(then, 2, 5s));
    return clocks.broken_progress(at(moment));
  };
  const std::string fired = "but a timer was fired early at ";
  const std::string drifted = "but a clock ran at another rate at ";
  CHECK(blamed("drift", "early", 2s).find(drifted + "1.000 s") != std::string::npos);
  CHECK(blamed("drift", "early", 6s).find(fired + "5.000 s") != std::string::npos);
  CHECK(blamed("early", "drift", 6s).find(drifted + "5.000 s") != std::string::npos);
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
  crashes.on(happens(Kind::persist, 1ms, 0));
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
  for (const Duration time : {7ms, 8ms, 9ms}) {
    for (const auto& [from, to] : {std::pair{0U, 1U}, {1U, 0U}, {0U, 2U}, {2U, 0U}}) {
      Record arrived = message(Kind::recv, time, 1);
      arrived.from = NodeId{from};
      arrived.to = NodeId{to};
      lossy.on(arrived);
    }
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

namespace {

using Nodes = std::vector<NodeId>;

void decides(FaultAccount& account, std::uint64_t epoch, std::uint32_t leader, Nodes members) {
  const MembersChanged change{epoch, std::move(members)};
  Record record = happens(Kind::event, 4ms, leader);
  record.body = AnyRef::to(change);
  account.on(record);
}
void goes_by(FaultAccount& account, std::uint64_t epoch, std::uint32_t leader, Nodes members,
             Nodes before = {}, Duration time = 4ms) {
  const MembersInForce in_force{epoch, std::move(members), std::move(before)};
  Record record = happens(Kind::event, time, leader);
  record.body = AnyRef::to(in_force);
  account.on(record);
}

}  // namespace

TEST_CASE("fault account: a majority is one of the members that the cluster has decided on last") {
  FaultAccount early = account({}, {Assumption::majority_up});
  for (const std::uint32_t node : {0U, 1U, 2U}) early.on(happens(Kind::crash, 5ms, node));
  CHECK_FALSE(broken(early, true).empty());  // three of five

  FaultAccount fewer = account({}, {Assumption::majority_up});
  decides(fewer, 1, 3, {NodeId{3}, NodeId{4}});
  for (const std::uint32_t node : {0U, 1U, 2U}) fewer.on(happens(Kind::crash, 5ms, node));
  CHECK(broken(fewer, true).empty());
  CHECK(fewer.members() == std::vector{NodeId{3}, NodeId{4}});
  fewer.on(happens(Kind::crash, 6ms, 4));
  CHECK_FALSE(broken(fewer, true).empty());

  FaultAccount others = account({}, {Assumption::majority_up});
  others.on(happens(Kind::crash, 5ms, 4));
  CHECK(broken(others, true).empty());
  decides(others, 1, 3, {NodeId{3}, NodeId{4}});  // what is known of the nodes stays
  CHECK_FALSE(broken(others, true).empty());
}

TEST_CASE("fault account: while members change a majority is one of those before as well") {
  const Nodes left{NodeId{0}, NodeId{1}};
  const Nodes right{NodeId{2}, NodeId{3}, NodeId{4}};
  FaultAccount joint = account({}, {Assumption::majority_up});
  goes_by(joint, 1, 0, right, left);
  CHECK(broken(joint, true).empty());
  joint.on(happens(Kind::crash, 5ms, 2));
  CHECK(broken(joint, true).empty());
  joint.on(happens(Kind::crash, 6ms, 1));  // of the old two one is left, of all five three are
  CHECK(broken(joint, true).find("while they were being changed no majority was since 0.006 s") !=
        std::string::npos);
  goes_by(joint, 1, 0, right, {}, 7ms);
  CHECK(joint.broken_progress(at(1s)).find("since 0.006 s") == std::string::npos);
  CHECK(joint.members().size() == 5);  // nothing is decided

  FaultAccount split = account({}, {Assumption::majority_up});
  goes_by(split, 1, 0, right, left);
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

TEST_CASE("fault account: who was deposed and does not know it changes no members") {
  const Nodes all{NodeId{0}, NodeId{1}, NodeId{2}, NodeId{3}, NodeId{4}};
  FaultAccount account = accounts::account({}, {Assumption::majority_up});
  goes_by(account, 2, 4, all);
  goes_by(account, 1, 0, {NodeId{0}, NodeId{1}});
  account.on(happens(Kind::crash, 5ms, 0));  // one of five, not of two
  CHECK(broken(account, true) == "");
  decides(account, 1, 0, {NodeId{0}, NodeId{1}});  // it was, though who follows does not know yet
  CHECK(account.members().size() == 2);
  CHECK(broken(account, true) == "");
  decides(account, 2, 4, {NodeId{2}, NodeId{3}, NodeId{4}});
  decides(account, 1, 0, {NodeId{0}, NodeId{1}});
  CHECK(account.members().size() == 3);
}

// n4 and n5 are down; n1, which leads, goes by three of five.
TEST_CASE("fault account: who comes after a silent leader may not have heard what it went by") {
  const Nodes three{NodeId{0}, NodeId{1}, NodeId{2}};
  const auto led = [&] {
    FaultAccount account(five(), {.progress = {Assumption::majority_up}, .recovers = 0ms}, {});
    for (const std::uint32_t node : {3U, 4U}) account.on(happens(Kind::crash, 3ms, node));
    goes_by(account, 1, 0, three);
    return account;
  };
  const std::string nobody = "while they were being changed no majority was since 0.005 s";
  FaultAccount dead = led();
  dead.on(happens(Kind::crash, 5ms, 0));  // two of three are left, and two of five
  CHECK(broken(dead, true).find(nobody) != std::string::npos);
  dead.on(happens(Kind::restart, 6ms, 0));
  CHECK(broken(dead, true) == "");
  dead.on(happens(Kind::pause, 6ms, 0));
  CHECK(broken(dead, true) != "");
  goes_by(dead, 2, 1, three, {}, 7ms);  // it had heard
  CHECK(broken(dead, true) == "");

  FaultAccount paused = led();
  paused.on(happens(Kind::pause, 5ms, 0));
  CHECK(broken(paused, true).find(nobody) != std::string::npos);
  paused.on(happens(Kind::resume, 6ms, 0));
  paused.on(happens(Kind::crash, 7ms, 2));  // two of three are left; it leads, and goes by them
  CHECK(broken(paused, true) == "");

  FaultAccount decided = led();
  decides(decided, 1, 0, three);
  decided.on(happens(Kind::crash, 5ms, 0));
  CHECK(broken(decided, true) == "");
}

}  // namespace quorate::accounts
