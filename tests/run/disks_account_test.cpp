// Disks that called durable what was not on them.
#include <doctest/doctest.h>

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

}  // namespace quorate::disk_accounts
