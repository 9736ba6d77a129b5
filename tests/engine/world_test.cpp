// What sim/engine/out.hpp promises to protocols, sentence by sentence.
#include <doctest/doctest.h>

#include "tests/engine/puppet.hpp"

namespace quorate::testing {

namespace {

using Lines = std::vector<std::string>;
using Numbers = std::vector<std::uint64_t>;

MessageRule rule(RuleEffect effect, std::uint32_t from, std::uint32_t to) {
  MessageRule rule;
  rule.fault = 7;
  rule.effect = effect;
  rule.from.insert(NodeId{from - 1});
  rule.to.insert(NodeId{to - 1});
  return rule;
}

}  // namespace

// ---- outputs
// --------------------------------------------------------------------------------------

TEST_CASE("a broadcast is n - 1 separate sends in declaration order") {
  Stage stage(3);
  stage.tell(2, "say", "7");
  CHECK(stage.lines() == Lines{"0s local n2", "0s send n2>n1 7", "0s send n2>n3 7"});
  stage.run();
  CHECK(stage.doll(1).heard == Numbers{7});
  CHECK(stage.doll(2).heard.empty());
}

TEST_CASE("a message to oneself is delivered at the same instant and never sent") {
  Stage stage(2);
  stage.tell(1, "self", "7");
  CHECK(stage.doll(1).heard.empty());  // after the handler, not inside it
  stage.run();
  CHECK(stage.doll(1).heard == Numbers{7});
  CHECK(stage.lines() == Lines{"0s local n1", "0s local n1 7"});
}

TEST_CASE("a choice is answered at the same instant, within its range") {
  Stage stage(1);
  stage.tell(1, "roll");
  stage.run();
  CHECK(stage.doll(1).rolled >= 1);
  CHECK(stage.doll(1).rolled <= 6);
  CHECK(stage.world().now() == Time{});
}

// ---- durability
// -----------------------------------------------------------------------------------

TEST_CASE("an output issued after persist() waits for the disk; one issued before does not") {
  Stage stage(2, slow_disk(5ms));
  stage.tell(1, "say_store_say", "7");
  stage.run();
  CHECK(stage.lines() == Lines{"0s local n1", "0s send n1>n2 107", "1ms recv n1>n2 107",
                               "5ms persist n1", "5ms send n1>n2 7", "6ms recv n1>n2 7"});
}

TEST_CASE("outputs of later handlers stay behind an unfinished write") {
  Stage stage(2, slow_disk(5ms));
  stage.tell(1, "store", "7");
  stage.run_until(2ms);
  stage.tell(1, "say", "8");  // persists nothing itself
  stage.run();
  CHECK(stage.doll(2).heard == Numbers{7, 8});
  CHECK(stage.count("5ms send") == 2);
}

TEST_CASE("writes issued while one is running are combined into the next") {
  Stage stage(2, slow_disk(5ms));
  stage.tell(1, "store", "1");
  stage.tell(1, "store", "2");
  stage.tell(1, "store", "3");
  stage.run();
  CHECK(stage.count("persist") == 2);  // the first alone, then the other two together
  CHECK(stage.count("5ms persist") == 1);
  CHECK(stage.count("10ms persist") == 1);
  CHECK(stage.doll(2).heard == Numbers{1, 2, 3});
}

TEST_CASE("persist() without a change writes nothing and holds nothing up") {
  Stage stage(2, slow_disk(5ms));
  stage.tell(1, "store", "0");  // `stored` is 0 already
  CHECK(stage.lines() == Lines{"0s local n1", "0s send n1>n2 0"});
}

TEST_CASE("a crash loses the unsynced tail, and what waited for it never leaves") {
  Stage stage(2, slow_disk(5ms));
  stage.tell(1, "store", "7");
  stage.run();
  stage.tell(1, "store", "8");
  stage.run_until(12ms);  // the write of 8 started at 6ms and ends at 11ms
  stage.tell(1, "store", "9");
  stage.crash(1);
  CHECK(stage.world().lost_tails() == 1);
  stage.restart(1);
  CHECK(stage.doll(1).stored == 8);
  CHECK(stage.doll(1).heard.empty());
  stage.run();
  CHECK(stage.doll(2).heard == Numbers{7, 8, 908});
}

TEST_CASE("amnesia loses the disk too") {
  Stage stage(2);
  stage.tell(1, "store", "7");
  stage.crash(1);
  stage.restart(1, true);
  CHECK(stage.doll(1).stored == 0);
}

TEST_CASE("a durability bug: outputs overtake the disk") {
  Stage stage(2, [](Setup<Puppet>& setup) {
    slow_disk(5ms)(setup);
    setup.nodes[0].sends_before_sync = true;
  });
  stage.tell(1, "store", "7");
  CHECK(stage.count("0s send n1>n2 7") == 1);
}

TEST_CASE("a durability bug: a durable field that does not survive") {
  Stage stage(2, [](Setup<Puppet>& setup) { setup.nodes[0].forgotten[0] = 1; });
  stage.tell(1, "store", "7");
  stage.crash(1);
  stage.restart(1);
  CHECK(stage.doll(1).stored == 0);
}

// ---- crash points
// -----------------------------------------------------------------------------------

TEST_CASE("a crash after the k-th send: the rest of the broadcast never appears") {
  for (std::uint32_t sends = 1; sends <= 6; ++sends) {
    Stage stage(4);
    stage.world().interference().crash_points.push_back(
        {1, NodeId{0}, CrashMoment::after_sends, sends, std::nullopt});
    stage.tell(1, "say_twice", "7");
    CHECK(stage.count("send") == sends);
    CHECK(stage.count("crash n1") == 1);
  }
}

TEST_CASE("sends are counted per handler, also when the disk holds them back") {
  Stage stage(3, slow_disk(5ms));
  stage.tell(1, "store", "1");
  stage.tell(1, "store", "2");
  stage.world().interference().crash_points.push_back(
      {1, NodeId{0}, CrashMoment::after_sends, 2, std::nullopt});
  stage.run();
  CHECK(stage.count("send n1") == 2);  // both of the first handler
  CHECK(stage.count("5ms crash n1") == 1);
}

TEST_CASE("a crash before persist: the write never starts") {
  Stage stage(2, slow_disk(5ms));
  stage.world().interference().crash_points.push_back(
      {1, NodeId{0}, CrashMoment::before_persist, 1, std::nullopt});
  stage.tell(1, "say_store_say", "7");
  CHECK(stage.lines() == Lines{"0s local n1", "0s send n1>n2 107", "0s crash n1"});
  stage.restart(1);
  CHECK(stage.doll(1).stored == 0);
}

TEST_CASE("a crash after persist: durable, but nobody heard of it") {
  Stage stage(2, slow_disk(5ms));
  stage.world().interference().crash_points.push_back(
      {1, NodeId{0}, CrashMoment::after_persist, 1, std::nullopt});
  stage.tell(1, "store", "7");
  stage.run();
  CHECK(stage.lines() == Lines{"0s local n1", "5ms persist n1", "5ms crash n1"});
  stage.restart(1);
  CHECK(stage.doll(1).stored == 7);
}

// ---- timers
// -----------------------------------------------------------------------------------------

TEST_CASE("re-arming a timer replaces it, later or earlier") {
  Stage later(1);
  later.tell(1, "arm", "10");
  later.tell(1, "arm", "20");
  later.run_until(19ms);
  CHECK(later.doll(1).rung == 0);
  later.run();
  CHECK(later.doll(1).rung == 1);
  CHECK(later.world().now() == Time{} + 20ms);

  Stage earlier(1);
  earlier.tell(1, "arm", "20");
  earlier.tell(1, "arm", "10");
  earlier.run_until(10ms);
  CHECK(earlier.doll(1).rung == 1);
  earlier.run();
  CHECK(earlier.doll(1).rung == 1);
}

TEST_CASE("a cancelled timer is silent, and can be armed again") {
  Stage stage(1);
  stage.tell(1, "arm", "10");
  stage.tell(1, "disarm");
  stage.tell(1, "arm", "15");
  stage.run();
  CHECK(stage.doll(1).rung == 1);
  CHECK(stage.count("15ms timer n1") == 1);
  CHECK(stage.count("timer") == 1);
}

TEST_CASE("a crash silences the timers of the life before") {
  Stage stage(1);
  stage.tell(1, "arm", "10");
  stage.crash(1);
  stage.restart(1);
  stage.run();
  CHECK(stage.doll(1).rung == 0);
}

// ---- pause
// --------------------------------------------------------------------------------------------

TEST_CASE("a paused node handles what waited in the order it came, once it resumes") {
  Stage stage(2);
  stage.tell(2, "arm", "3");
  stage.pause(2);
  stage.tell(1, "say_twice", "7");  // arrive at 1ms
  stage.run();
  CHECK(stage.doll(2).heard.empty());
  CHECK(stage.doll(2).rung == 0);
  stage.world().schedule_external(Time{} + 10ms, 0);
  stage.run();
  stage.resume(2);
  stage.run();
  CHECK(stage.doll(2).heard == Numbers{7, 8});
  CHECK(stage.doll(2).rung == 1);
  const Lines& lines = stage.lines();
  CHECK(Lines(lines.end() - 4, lines.end()) ==
        Lines{"10ms resume n2", "10ms recv n1>n2 7", "10ms recv n1>n2 8", "10ms timer n2"});
}

TEST_CASE("a paused node handles what waited in the order it came, whatever decides ties") {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    Stage stage(2, [seed](Setup<Puppet>& setup) {
      setup.seed = seed;
      setup.seeded_ties = true;
    });
    stage.pause(2);
    for (const char* number : {"1", "2", "3", "4"}) {
      stage.tell(1, "say", number);
      stage.world().schedule_external(stage.world().now() + 1ms, 0);
      stage.run();
    }
    stage.resume(2);
    stage.run();
    CHECK(stage.doll(2).heard == Numbers{1, 2, 3, 4});
  }
}

TEST_CASE("what waited for a paused node has passed the network, whatever happens there since") {
  Stage stage(2);
  MessageRule half = rule(RuleEffect::omit_receive, 1, 2);
  half.remaining = 1;
  stage.pause(2);
  stage.tell(1, "say_twice", "7");
  stage.run();
  stage.world().interference().rules.push_back(half);
  stage.world().cuts().cut(NodeId{0}, NodeId{1});
  stage.resume(2);
  stage.run();
  CHECK(stage.doll(2).heard == Numbers{7, 8});
}

TEST_CASE("a message that waited for one life of a node does not enter the next") {
  Stage stage(2);
  stage.pause(2);
  stage.tell(1, "say", "7");
  stage.run();
  stage.resume(2);
  stage.crash(2);  // at the instant of its return, before it hears anything
  stage.restart(2);
  stage.run();
  CHECK(stage.doll(2).heard.empty());
  CHECK(stage.count("drop dead n1>n2 7") == 1);
}

TEST_CASE("messages that waited for a paused node die with it") {
  Stage stage(2);
  stage.pause(2);
  stage.tell(1, "say", "7");
  stage.run();
  stage.crash(2);
  CHECK(stage.count("drop dead n1>n2 7") == 1);
  stage.restart(2);
  stage.run();
  CHECK(stage.doll(2).heard.empty());
}

// ---- the network's edges
// --------------------------------------------------------------------------------

TEST_CASE("each way to lose a message is told apart") {
  Stage stage(2);
  stage.world().cuts().cut(NodeId{0}, NodeId{1});
  stage.tell(1, "say", "1");
  CHECK(stage.lines().back() == "0s drop cut n1>n2 1");
  stage.world().cuts().undo(NodeId{0}, NodeId{1});
  stage.tell(1, "say", "2");
  stage.world().cuts().cut(NodeId{0}, NodeId{1});
  stage.run();
  CHECK(stage.lines().back() == "1ms drop cut n1>n2 2");
  stage.world().cuts().undo(NodeId{0}, NodeId{1});
  stage.world().interference().rules.push_back(rule(RuleEffect::omit_send, 1, 2));
  stage.tell(1, "say", "3");
  CHECK(stage.lines().back() == "1ms drop send_omission n1>n2 3");
  stage.world().interference().rules = {rule(RuleEffect::omit_receive, 1, 2)};
  stage.tell(1, "say", "4");
  stage.run();
  CHECK(stage.lines().back() == "2ms drop receive_omission n1>n2 4");
  stage.world().interference().rules.clear();
  stage.tell(1, "say", "5");
  stage.crash(2);
  stage.run();
  CHECK(stage.lines().back() == "3ms drop dead n1>n2 5");
}

TEST_CASE("held messages stay in flight until released, then take their link's delay") {
  Stage stage(2);
  stage.world().interference().rules.push_back(rule(RuleEffect::hold, 1, 2));
  stage.tell(1, "say", "7");
  stage.world().schedule_external(Time{} + 10ms, 0);
  stage.run();
  CHECK(stage.doll(2).heard.empty());
  std::uint64_t in_flight = 0;
  stage.world().for_each_in_flight([&](NodeId, NodeId, std::uint16_t) { ++in_flight; });
  CHECK(in_flight == 1);
  stage.release(7);
  stage.run();
  CHECK(stage.lines().back() == "11ms recv n1>n2 7");
}

TEST_CASE("a duplicate arrives as one more copy of the same message") {
  LinkConfig link{Distribution::constant(1ms), {}, parse_probability("100%").value, false};
  Stage stage(2, {}, link);
  stage.tell(1, "say", "7");
  stage.run();
  CHECK(stage.count("dup n1>n2 7") == 1);
  CHECK(stage.doll(2).heard == Numbers{7, 7});
}

TEST_CASE("a copy of the world goes its own way, and ends as the original") {
  Stage stage(3, slow_disk(5ms), {Distribution::uniform(1ms, 9ms), {}, {}, false});
  stage.tell(1, "store", "7");
  stage.tell(2, "say_twice", "8");
  stage.run_until(4ms);
  Stage copy = stage;
  copy.run();
  const std::uint64_t end = copy.world().state_hash();
  stage.run();
  CHECK(stage.world().state_hash() == end);
  CHECK(stage.lines() == copy.lines());
}

}  // namespace quorate::testing
