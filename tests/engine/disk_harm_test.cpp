// What is done to disks while their nodes are down, and what these find when they come back.
#include <doctest/doctest.h>

#include "tests/engine/puppet.hpp"

namespace quorate::testing {

namespace {

using Dolls = std::tuple<Doll>;

// n1 has stored 7, n2 has stored 8, and both are down.
Stage two_that_are_down() {
  Stage stage(3);
  stage.tell(1, "store", "7");
  stage.tell(2, "store", "8");
  stage.run();
  stage.crash(1);
  stage.crash(2);
  return stage;
}

bool harm(Stage& stage, std::uint32_t number, DiskAct act, NodeId other = no_node,
          std::uint64_t rotten = 9) {
  return stage.world().harm_disk(NodeId{number - 1}, {act, 1, other, 0, 0}, [&](Dolls& roles) {
    std::get<0>(roles).stored = rotten;
    return true;
  });
}

}  // namespace

TEST_CASE("disk: what was done to one shows when its node comes back, and a note tells before") {
  Stage stage = two_that_are_down();
  CHECK(harm(stage, 1, DiskAct::rot));
  CHECK(stage.count("note") == 0);
  CHECK(std::get<0>(std::get<0>(stage.world().synced(NodeId{0}))) == 7);
  stage.restart(1);
  CHECK(stage.doll(1).stored == 9);
  const auto& lines = stage.lines();
  const auto back = std::ranges::find(lines, "1ms restart n1");
  REQUIRE(back != lines.end());
  CHECK(back[-1] == "1ms note n1");
  stage.crash(1);
  stage.restart(1);
  CHECK(stage.doll(1).stored == 9);
  CHECK(stage.count("note") == 1);  // that is what its disk has called durable since
}

TEST_CASE("disk: acts on nodes that are up, and those that change nothing, are none") {
  Stage stage = two_that_are_down();
  CHECK_FALSE(harm(stage, 3, DiskAct::rot));
  CHECK_FALSE(harm(stage, 1, DiskAct::rot, no_node, 7));
  CHECK_FALSE(harm(stage, 1, DiskAct::restore));  // there is no snapshot
  CHECK_FALSE(harm(stage, 1, DiskAct::swap, NodeId{2}));
  CHECK_FALSE(harm(stage, 1, DiskAct::swap, NodeId{0}));
  stage.restart(1);
  CHECK(stage.doll(1).stored == 7);
  CHECK(stage.count("note") == 0);
}

TEST_CASE("disk: two that are exchanged, and what happened to either before") {
  Stage stage = two_that_are_down();
  CHECK(harm(stage, 1, DiskAct::rot));
  CHECK(harm(stage, 1, DiskAct::swap, NodeId{1}));
  stage.restart(1);
  stage.restart(2);
  CHECK(stage.doll(1).stored == 8);
  CHECK(stage.doll(2).stored == 9);
  CHECK(stage.count("note n1") == 1);
  CHECK(stage.count("note n2") == 1);
}

TEST_CASE("disk: a snapshot is of what is synced, and brings that back as often as one likes") {
  Stage stage(2, slow_disk(5ms));
  stage.tell(1, "store", "7");
  stage.run();
  stage.tell(1, "store", "8");
  CHECK(harm(stage, 1, DiskAct::snapshot));  // 8 is not synced yet
  stage.run();
  for (int time = 1; time <= 2; ++time) {
    stage.crash(1);
    CHECK(harm(stage, 1, DiskAct::restore));
    CHECK_FALSE(harm(stage, 1, DiskAct::restore));
    stage.restart(1);
    CHECK(stage.doll(1).stored == 7);
    CHECK(stage.count("note n1") == static_cast<std::size_t>(time));
    stage.tell(1, "store", "8");
    stage.run();
  }
}

TEST_CASE("disk: a snapshot of one that something was done to holds that") {
  Stage stage = two_that_are_down();
  CHECK(harm(stage, 1, DiskAct::rot));
  CHECK(harm(stage, 1, DiskAct::snapshot));
  stage.restart(1);
  stage.tell(1, "store", "5");
  stage.run();
  stage.crash(1);
  CHECK(harm(stage, 1, DiskAct::restore));
  stage.restart(1);
  CHECK(stage.doll(1).stored == 9);
}

TEST_CASE("disk: what is read amiss is believed, and is not on the disk") {
  for (const DiskAct act : {DiskAct::misread, DiskAct::short_read}) {
    Stage stage = two_that_are_down();
    CHECK_FALSE(harm(stage, 3, act));  // it is up, and reads nothing
    CHECK_FALSE(harm(stage, 1, act, no_node, 7));
    CHECK(harm(stage, 1, act));
    CHECK(stage.count("note") == 0);
    CHECK(stage.restart(1));
    CHECK(stage.doll(1).stored == 9);
    CHECK(stage.count("note n1") == 1);
    CHECK(std::get<0>(std::get<0>(stage.world().synced(NodeId{0}))) == 7);
    CHECK(stage.world().durable_fields_issued(NodeId{0}));
    stage.run();
    CHECK(stage.count("persist n1") == 1);  // of before
    stage.crash(1);
    stage.restart(1);
    CHECK(stage.doll(1).stored == 7);  // read aright
    CHECK(stage.count("note n1") == 1);
  }
}

TEST_CASE("disk: who has read amiss writes what it has, all of it") {
  for (const Duration sync : {0ms, 5ms}) {
    Stage stage(2, slow_disk(sync));
    stage.tell(1, "store", "7");
    stage.run();
    stage.crash(1);
    CHECK(harm(stage, 1, DiskAct::misread));
    stage.restart(1);
    stage.tell(1, "store_beside", "5");
    CHECK(stage.world().durable_fields_issued(NodeId{0}));
    if (sync != 0ms) {  // until the write is there, the disk is as it was
      stage.crash(1);
      stage.restart(1);
      CHECK(stage.doll(1).stored == 7);
      CHECK(stage.doll(1).beside == 0);
      stage.crash(1);
      CHECK(harm(stage, 1, DiskAct::misread));
      stage.restart(1);
      stage.tell(1, "store_beside", "5");
    }
    stage.run();
    stage.crash(1);
    stage.restart(1);
    CHECK(stage.doll(1).stored == 9);
    CHECK(stage.doll(1).beside == 5);
  }
}

TEST_CASE("disk: who has read amiss and then forgets to write is still found out") {
  Stage stage = two_that_are_down();
  CHECK(harm(stage, 1, DiskAct::misread));
  stage.restart(1);
  stage.tell(1, "scribble", "4");
  CHECK_FALSE(stage.world().durable_fields_issued(NodeId{0}));
}

TEST_CASE("disk: what is done to one later is read, and an empty one has nothing to read amiss") {
  Stage stage = two_that_are_down();
  CHECK(harm(stage, 1, DiskAct::misread));
  CHECK(harm(stage, 1, DiskAct::rot, no_node, 6));
  CHECK(harm(stage, 2, DiskAct::misread));
  stage.restart(1);
  stage.restart(2, true);
  CHECK(stage.doll(1).stored == 6);
  CHECK(stage.doll(2).stored == 0);
  CHECK(stage.count("note n1") == 1);
  CHECK(stage.count("note n2") == 0);
  stage.crash(1);
  CHECK(harm(stage, 1, DiskAct::rot, no_node, 5));
  CHECK(harm(stage, 1, DiskAct::misread, no_node, 3));  // of what is there by then
  CHECK(harm(stage, 1, DiskAct::misread, no_node, 4));
  stage.restart(1);
  CHECK(stage.doll(1).stored == 4);
  stage.crash(1);
  stage.restart(1);
  CHECK(stage.doll(1).stored == 5);
}

TEST_CASE("disk: who comes back with an empty one has not lost what was done to the old one") {
  Stage stage = two_that_are_down();
  CHECK(harm(stage, 1, DiskAct::rot));
  stage.restart(1, true);
  CHECK(stage.doll(1).stored == 0);
  CHECK(stage.count("note") == 0);
}

}  // namespace quorate::testing
