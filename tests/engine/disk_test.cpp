// Disks that stall, become slow or lie while a cluster runs.
#include <doctest/doctest.h>

#include "tests/engine/puppet.hpp"

namespace quorate::testing {

namespace {

using Lines = std::vector<std::string>;

constexpr DiskChange as_ever{};
constexpr DiskChange stalling{{}, true, {}};
constexpr DiskChange lying{{}, {}, true};

bool change(Stage& stage, std::uint32_t number, const DiskChange& disk) {
  return stage.world().set_disk(NodeId{number - 1}, disk);
}

}  // namespace

TEST_CASE("disk: while it stalls no write ends, and one that is over by then ends at once") {
  Stage stage(2, slow_disk(5ms));
  stage.tell(1, "store", "7");
  CHECK(change(stage, 1, stalling));
  CHECK_FALSE(change(stage, 1, stalling));
  stage.pass_time(20ms);
  CHECK(stage.count("persist") == 0);
  CHECK(change(stage, 1, as_ever));
  stage.run();
  CHECK(stage.count("20ms persist n1") == 1);
  CHECK(stage.count("20ms send n1>n2 7") == 1);
}

TEST_CASE("disk: a stall that is over before the write does not delay it") {
  Stage stage(2, slow_disk(5ms));
  CHECK(change(stage, 1, stalling));
  stage.tell(1, "store", "7");
  stage.pass_time(3ms);
  CHECK(change(stage, 1, as_ever));
  stage.run();
  CHECK(stage.count("5ms persist n1") == 1);
}

TEST_CASE("disk: one that takes no time stalls too, and a node goes on with what needs no disk") {
  Stage stage(2);
  CHECK(change(stage, 1, stalling));
  stage.tell(1, "store", "7");
  stage.tell(2, "say", "8");
  stage.pass_time(9ms);
  CHECK(stage.doll(1).heard == std::vector<std::uint64_t>{8});
  CHECK(change(stage, 1, as_ever));
  stage.run();
  CHECK(stage.count("9ms persist n1") == 1);
  CHECK(stage.doll(2).heard == std::vector<std::uint64_t>{7});
}

TEST_CASE(
    "disk: what a crash finds stalled is lost, and the next life waits for the stall to end") {
  Stage stage(2, slow_disk(5ms));
  CHECK(change(stage, 1, stalling));
  stage.tell(1, "store", "7");
  stage.pass_time(10ms);
  stage.crash(1);
  CHECK(stage.world().lost_tails() == 1);
  stage.restart(1);
  CHECK(stage.doll(1).stored == 0);
  stage.tell(1, "store", "8");
  stage.pass_time(30ms);
  CHECK(stage.count("persist") == 0);
  CHECK(change(stage, 1, as_ever));
  stage.run();
  CHECK(stage.count("30ms persist n1") == 1);
  CHECK(stage.doll(2).heard.back() == 8);
}

TEST_CASE("disk: writes that begin later take as long as is said now") {
  Stage stage(2, slow_disk(5ms));
  stage.tell(1, "store", "1");
  CHECK(change(stage, 1, {Distribution::constant(50ms), {}, {}}));
  stage.tell(1, "store", "2");
  stage.run();
  CHECK(stage.count("5ms persist n1") == 2);  // at 5 and at 55 ms
  CHECK(stage.count("55ms persist n1") == 1);
}

TEST_CASE("disk: one that lies lets outputs go, and a crash shows it") {
  for (const Duration sync : {0ms, 5ms}) {
    Stage stage(2, slow_disk(sync));
    stage.tell(1, "store", "7");
    stage.run();
    CHECK(change(stage, 1, lying));
    stage.tell(1, "store", "8");
    stage.run();
    CHECK(stage.doll(2).heard == std::vector<std::uint64_t>{7, 8});
    CHECK(stage.world().holds_all_on_disk(NodeId{0}));  // or says so
    stage.crash(1);
    CHECK(stage.world().lost_tails() == 0);  // it was told that nothing is lost
    CHECK(stage.count("note") == 1);
    stage.restart(1);
    CHECK(stage.doll(1).stored == 7);
  }
}

TEST_CASE("disk: the next true write brings everything that it had lied about") {
  Stage stage(2, slow_disk(5ms));
  CHECK(change(stage, 1, lying));
  stage.tell(1, "store", "7");
  stage.run();
  CHECK(change(stage, 1, as_ever));
  stage.tell(1, "store", "8");
  stage.run();
  stage.crash(1);
  CHECK(stage.count("note") == 0);
  stage.restart(1);
  CHECK(stage.doll(1).stored == 8);
}

TEST_CASE("disk: what a crash finds on its way through one that lies was promised to nobody") {
  Stage stage(2, slow_disk(5ms));
  CHECK(change(stage, 1, lying));
  stage.tell(1, "store", "7");
  stage.pass_time(3ms);
  stage.crash(1);
  CHECK(stage.world().lost_tails() == 1);
  CHECK(stage.count("note") == 0);
}

}  // namespace quorate::testing
