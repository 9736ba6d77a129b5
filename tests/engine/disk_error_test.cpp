// Disks that answer with an error: the node stops for it, or does not start.
#include <doctest/doctest.h>

#include <set>

#include "tests/engine/puppet.hpp"

namespace quorate::disk_errors {

using namespace testing;

namespace {

using Lines = std::vector<std::string>;

constexpr std::uint64_t all_but_one = ~std::uint64_t{0};  // as much as a short write leaves
constexpr DiskChange as_ever{};
constexpr DiskChange filled{{}, {}, {}, true};
constexpr DiskChange read_only{{}, {}, {}, {}, true};
constexpr DiskChange stalling{{}, true};

void break_write(Stage& stage, CrashMoment moment, std::uint32_t nth, std::uint32_t fault = 1,
                 std::uint64_t draw = 0) {
  stage.world().interference().crash_points.push_back(
      {fault, NodeId{0}, moment, nth, std::nullopt, draw});
}
void break_next_write(Stage& stage, CrashMoment moment, std::uint64_t draw = 0) {
  break_write(stage, moment, 1, 1, draw);
}
void store(Stage& stage, std::uint32_t node, std::uint64_t value) {
  stage.tell(node, "store", Text(std::to_string(value)));
  stage.run();
}

// n1 has 7 in both its fields on its disk.
Stage with_seven(Duration sync, const CrashRule& rule = {}, std::uint64_t seed = 1) {
  Stage stage(2, [=](Setup<Puppet>& setup) {
    slow_disk(sync)(setup);
    setup.seed = seed;
    for (auto& node : setup.nodes) node.disk.crash = rule;
  });
  stage.tell(1, "store_both", "7");
  stage.run();
  return stage;
}

// What n1's next life finds.
std::pair<std::uint64_t, std::uint64_t> found(Stage& stage) {
  stage.restart(1);
  return {stage.doll(1).stored, stage.doll(1).beside};
}

bool harm(Stage& stage, DiskAct act, std::uint32_t number = 1) {
  return stage.world().harm_disk(NodeId{number - 1}, {act, 0, NodeId{1}, 0, 0},
                                 [](auto&) { return false; });
}

constexpr std::pair<std::uint64_t, std::uint64_t> seven{7, 7};

}  // namespace

TEST_CASE("disk: a sync that fails stops the node, and what waited for it never leaves") {
  for (const Duration sync : {0ms, 5ms}) {
    Stage stage = with_seven(sync);
    const std::size_t before = stage.lines().size();
    break_next_write(stage, CrashMoment::sync_error);
    stage.tell(1, "store", "8");
    stage.run();
    const Lines lines(stage.lines().begin() + static_cast<std::ptrdiff_t>(before),
                      stage.lines().end());
    const std::string crash = (sync == 0ms ? "0s" : "10ms") + std::string(" crash n1");
    REQUIRE(lines.size() == 2);
    CHECK(lines[1] == crash);
    CHECK(stage.doll(2).heard.empty());
    CHECK(stage.world().lost_tails() == 1);
    CHECK(found(stage) == seven);
    CHECK(stage.count("note") == 0);  // no promise was broken
    stage.tell(1, "store", "9");      // it is asked anew, and has been read anew
    stage.run();
    stage.crash(1);
    CHECK(found(stage) == std::pair<std::uint64_t, std::uint64_t>{9, 7});
  }
}

TEST_CASE("disk: of what a sync that failed should have brought nothing is there, under any rule") {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    Stage stage = with_seven(5ms, {LostWrites::independent, true}, seed);
    break_next_write(stage, CrashMoment::sync_error);
    stage.tell(1, "store_both", "8");
    stage.tell(1, "store_beside", "9");
    stage.run();
    REQUIRE(found(stage) == seven);
  }
}

TEST_CASE("disk: a crash point waits for the n-th write of its node, whoever else writes") {
  for (const CrashMoment moment :
       {CrashMoment::before_persist, CrashMoment::during_persist, CrashMoment::after_persist,
        CrashMoment::sync_error, CrashMoment::short_write}) {
    CAPTURE(enum_name(moment));
    for (std::uint32_t nth = 1; nth <= 4; ++nth) {
      for (const Duration sync : {0ms, 5ms}) {
        Stage stage = with_seven(sync);
        break_write(stage, moment, nth);
        for (std::uint32_t write = 1; write <= nth; ++write) {
          CHECK(stage.count("crash") == 0);
          store(stage, 2, 6);
          store(stage, 1, 10 + write);
        }
        CHECK(stage.count("crash n1") == 1);
        const std::uint32_t durable = moment == CrashMoment::after_persist ? nth : nth - 1;
        CHECK(stage.count("persist n1") == 1 + durable);
        CHECK(found(stage).first == (durable == 0 ? 7 : 10 + durable));
        store(stage, 1, 20);
        CHECK(stage.count("crash n1") == 1);  // once
      }
    }
  }
}

TEST_CASE("disk: writes are counted over a node's lives, and by every point that waits for one") {
  Stage stage = with_seven(0ms);
  break_write(stage, CrashMoment::during_persist, 2, 1);
  break_write(stage, CrashMoment::sync_error, 3, 2);
  store(stage, 1, 11);
  stage.crash(1);
  stage.restart(1);
  store(stage, 1, 12);
  CHECK(stage.count("crash n1") == 2);
  CHECK(stage.world().interference().crash_points.size() == 1);
  CHECK(found(stage).first == 11);
  store(stage, 1, 13);
  CHECK(stage.count("crash n1") == 3);
  CHECK(stage.world().interference().crash_points.empty());
}

TEST_CASE("disk: a crash before a write is durable leaves what the disk's rule says") {
  std::set<std::uint64_t> stored;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    Stage stage = with_seven(5ms, {LostWrites::independent}, seed);
    break_next_write(stage, CrashMoment::during_persist);
    stage.tell(1, "store", "8");
    stage.run();
    CHECK(stage.count("10ms crash n1") == 1);
    CHECK(stage.count("persist n1") == 1);
    stored.insert(found(stage).first);
  }
  CHECK(stored == std::set<std::uint64_t>{7, 8});
  Stage plain = with_seven(0ms);
  break_next_write(plain, CrashMoment::during_persist);
  plain.tell(1, "store", "8");
  CHECK(found(plain) == seven);
}

TEST_CASE("disk: of a write that ends short the first fields are there, and a note tells") {
  for (const Duration sync : {0ms, 5ms}) {
    Stage torn = with_seven(sync);
    break_next_write(torn, CrashMoment::short_write, all_but_one);
    torn.tell(1, "store_both", "8");
    torn.run();
    CHECK(torn.lines().back().ends_with("note n1"));
    CHECK(found(torn) == std::pair<std::uint64_t, std::uint64_t>{8, 7});
    torn.run();
    // The next life's greeting, and nothing before it.
    CHECK(torn.doll(2).heard == std::vector<std::uint64_t>{908});

    Stage none = with_seven(sync);
    break_next_write(none, CrashMoment::short_write, 0);
    none.tell(1, "store_both", "8");
    none.run();
    CHECK(none.count("note") == 0);
    CHECK(found(none) == seven);
  }
}

TEST_CASE("disk: one that is full stops who writes, in each life, until there is room") {
  Stage stage = with_seven(5ms);
  stage.tell(1, "store", "8");
  CHECK(stage.world().set_disk(NodeId{0}, filled));
  CHECK_FALSE(stage.world().set_disk(NodeId{0}, filled));
  stage.run();
  CHECK(stage.count("10ms persist n1") == 1);  // what was begun has its room
  for (int life = 1; life <= 2; ++life) {
    stage.tell(1, "say_store_say", "9");
    stage.run();
    CHECK(stage.count("crash n1") == static_cast<std::size_t>(life));
    CHECK(stage.count("note n1") == static_cast<std::size_t>(life));
    REQUIRE_FALSE(stage.doll(2).heard.empty());
    CHECK(stage.doll(2).heard.back() == 109);  // what came before the write has left
    CHECK(found(stage) == std::pair<std::uint64_t, std::uint64_t>{8, 7});
  }
  CHECK(stage.world().set_disk(NodeId{0}, as_ever));
  stage.tell(1, "store", "9");
  stage.run();
  CHECK(stage.count("crash n1") == 2);
  CHECK(stage.doll(2).heard.back() == 9);
}

TEST_CASE("disk: one that becomes read-only answers what is on its way with an error, as it ends") {
  for (const bool for_a_moment : {false, true}) {
    Stage stage = with_seven(5ms);
    stage.tell(1, "store", "8");
    stage.run_until(7ms);
    CHECK(stage.world().set_disk(NodeId{0}, read_only));
    CHECK_FALSE(stage.world().set_disk(NodeId{0}, read_only));
    if (for_a_moment) CHECK(stage.world().set_disk(NodeId{0}, as_ever));
    stage.run();
    CHECK(stage.count("10ms note n1") == 1);
    CHECK(stage.lines().back() == "10ms crash n1");
    CHECK(stage.count("persist n1") == 1);
    CHECK(stage.doll(2).heard.empty());
    CHECK(found(stage) == seven);
    store(stage, 1, 9);
    CHECK(stage.count("crash n1") == (for_a_moment ? 1 : 2));
    if (stage.world().up(NodeId{0})) stage.crash(1);
    CHECK(found(stage).first == (for_a_moment ? 9 : 7));
  }
}

TEST_CASE("disk: one that is read-only stops who writes, in each life, until it is not") {
  Stage stage = with_seven(0ms, {LostWrites::independent, true});
  stage.world().set_disk(NodeId{0}, read_only);
  for (std::size_t life = 1; life <= 2; ++life) {
    store(stage, 1, 9);
    CHECK(stage.count("crash n1") == life);
    CHECK(stage.count("note n1") == life);
    CHECK(found(stage) == seven);
  }
  stage.world().set_disk(NodeId{0}, as_ever);
  store(stage, 1, 9);
  CHECK(stage.count("crash n1") == 2);
  CHECK(stage.doll(2).heard.back() == 9);
}

TEST_CASE("disk: a write that a stall holds is answered with an error when the stall ends") {
  Stage stage = with_seven(5ms);
  stage.world().set_disk(NodeId{0}, stalling);
  store(stage, 1, 8);
  DiskChange both = stalling;
  both.read_only = true;
  stage.world().set_disk(NodeId{0}, both);
  stage.run();
  CHECK(stage.count("crash n1") == 0);
  stage.world().set_disk(NodeId{0}, as_ever);
  stage.run();
  CHECK(stage.count("crash n1") == 1);
  CHECK(found(stage) == seven);
}

TEST_CASE("disk: of writes that a full one refuses nothing is there, under any rule") {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    Stage stage = with_seven(5ms, {LostWrites::independent, true}, seed);
    stage.world().set_disk(NodeId{0}, filled);
    stage.tell(1, "store_both", "8");
    stage.run();
    REQUIRE(found(stage) == seven);
  }
}

TEST_CASE("disk: who cannot read its disk does not start, and says so each time") {
  Stage stage = with_seven(0ms);
  CHECK_FALSE(harm(stage, DiskAct::read_error));  // it is up, and reads nothing
  CHECK(harm(stage, DiskAct::snapshot));
  stage.crash(1);
  CHECK(harm(stage, DiskAct::read_error));
  CHECK_FALSE(harm(stage, DiskAct::read_error));
  for (std::size_t tries = 1; tries <= 2; ++tries) {
    CHECK_FALSE(stage.restart(1));
    CHECK_FALSE(stage.world().up(NodeId{0}));
    CHECK(stage.count("restart n1") == 0);
    CHECK(stage.count("note n1") == tries);
  }
  // One sector is enough, and what becomes of others does not mend it.
  CHECK(stage.world().harm_disk(NodeId{0}, {DiskAct::truncate, 1, no_node, 0, 0}, [](auto& roles) {
    std::get<0>(roles).stored = 0;
    return true;
  }));
  CHECK_FALSE(stage.restart(1));
  CHECK(harm(stage, DiskAct::restore));
  CHECK(found(stage) == seven);
}

TEST_CASE("disk: what cannot be read goes where the disk goes, and an empty one can be read") {
  Stage stage = with_seven(0ms);
  stage.crash(1);
  stage.crash(2);
  CHECK(harm(stage, DiskAct::read_error));
  CHECK(harm(stage, DiskAct::swap));
  CHECK(stage.restart(1));
  CHECK(stage.doll(1).stored == 0);
  CHECK_FALSE(stage.restart(2));
  CHECK(stage.restart(2, true));
  CHECK(stage.doll(2).stored == 0);
  stage.crash(2);
  CHECK(stage.restart(2));
}

}  // namespace quorate::disk_errors
