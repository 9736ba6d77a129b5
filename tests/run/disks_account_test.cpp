// Disks that called durable what was not on them.
#include <doctest/doctest.h>

#include "sim/node/write_cache.hpp"
#include "sim/run/fault_account.hpp"
#include "tests/support/run_text.hpp"

namespace quorate::disk_accounts {
namespace {

FaultAccount account() {
  FailureModel model;
  model.safety = {Assumption::stable_storage};
  return FaultAccount(testing::scenario_of(R"({"quorate": 1, "stop": {"at": "1s"},
      "protocol": {"use": "bully", "nodes": 3},
      "faults": [{"id": "new", "at": "1ms", "do": {"restart": {"node": "n1", "amnesia": true}},
                  "may_not_fire": true}],
      "accept": {"Q401": "what happens is made up"}})"),
                      model, std::nullopt);
}

Record line(Kind kind, Duration time, std::string_view text) {
  Record record;
  record.kind = kind;
  record.time = Time{} + time;
  record.node = NodeId{1};
  record.text = text;
  return record;
}

std::string broken(const FaultAccount& account) { return account.broken_safety(Time{} + 1s); }

}  // namespace

TEST_CASE("model: a crash that shows that a disk has lied breaks stable storage, no other does") {
  FaultAccount lied = account();
  lied.on(line(Kind::crash, 5ms, ""));
  lied.on(line(Kind::note, 5ms, "a word by somebody"));
  CHECK(broken(lied) == "");
  lied.on(line(Kind::note, 5ms, "the disk of n2 has lost what it had called durable"));
  CHECK(broken(lied) ==
        "bully assumes that what was synced survives a crash, but 1 crash took what a disk had "
        "called durable at 0.005 s");
}

TEST_CASE("model: what disks lost of either kind is counted apart") {
  FaultAccount both = account();
  both.on(line(Kind::persist, 1ms, ""));
  Record fault = line(Kind::fault, 1ms, "new");
  fault.index = 7;
  both.on(fault);
  Record restart = line(Kind::restart, 1ms, "");
  restart.cause = 7;
  both.on(restart);
  both.on(line(Kind::note, 5ms, "the disk of n2 has lost what it had called durable"));
  both.on(line(Kind::note, 6ms, "the disk of n2 has lost what it had called durable"));
  CHECK(broken(both) ==
        "bully assumes that what was synced survives a crash, but 1 restart with an empty disk and "
        "2 crashes took what a disk had called durable, first at 0.001 s");
}

TEST_CASE("model: who has read its disk amiss waits for no write, until it writes") {
  FailureModel model;
  model.safety = {Assumption::stable_storage, Assumption::bounded_delay};
  FaultAccount account(testing::scenario_of(R"({"quorate": 1, "stop": {"at": "1s"},
      "protocol": {"use": "bully", "nodes": 3}, "disk": {"sync": "5ms"}})"),
                       model, 100ms);
  REQUIRE(account.counts_disks());
  const auto happened = [&](Kind kind, Duration time, std::uint64_t index) {
    Record record = line(kind, time, "");
    record.index = index;
    record.handled = kind != Kind::persist;
    account.on(record);
    account.on_disk(record, false);
  };
  account.on(line(Kind::note, 5ms, text_of_misread("n2")));
  happened(Kind::restart, 6ms, 1);
  const std::string misread =
      "bully assumes that what was synced survives a crash, but 1 start read what was not on a "
      "disk "
      "at 0.005 s";
  CHECK(broken(account) == misread);
  happened(Kind::persist, 8ms, 2);
  happened(Kind::timer, 9ms, 3);
  CHECK(broken(account).starts_with(misread));
  CHECK(broken(account).find("a node waited too long for its disk") != std::string::npos);
}

}  // namespace quorate::disk_accounts
