// Copies of messages, which may be late by themselves, and replays, which are late as a rule.
#include <doctest/doctest.h>

#include "sim/run/fault_account.hpp"
#include "tests/support/run_text.hpp"

namespace quorate::copy_accounts {
namespace {

FaultAccount account(bool replays) {
  const std::string faults =
      replays ? R"([{"on": {"event": "send"}, "after": "1s", "do": {"replay": true}}])" : "[]";
  FailureModel model;
  model.safety = {Assumption::bounded_delay};
  return FaultAccount(testing::scenario_of(
                          R"({"quorate": 1, "protocol": {"use": "bully", "nodes": 5},
                              "network": {"delay": "60ms"}, "stop": {"at": "1s"}, "faults": )" +
                          faults + "}"),
                      model, 50ms);
}

// Of message 1 from the first node to the second.
Record line(Kind kind, Duration time, std::uint64_t index, std::uint64_t cause = no_cause) {
  Record record;
  record.kind = kind;
  record.time = Time{} + time;
  record.message = 1;
  record.from = record.node = NodeId{0};
  record.to = NodeId{1};
  record.index = index;
  record.cause = cause;
  record.why = kind == Kind::drop ? DropReason::loss : DropReason::none;
  return record;
}

bool late(const FaultAccount& account, std::string_view when) {
  const std::string broken = account.broken_safety(Time{} + 2s);
  return broken.find("but 1 message was late at " + std::string(when)) != std::string::npos;
}

}  // namespace

TEST_CASE("model: a copy is late by itself, whenever its message was there") {
  FaultAccount slow = account(false);
  slow.on(line(Kind::send, 100ms, 7));
  slow.on(line(Kind::dup, 100ms, 8, 7));
  slow.on(line(Kind::recv, 149ms, 9, 7));
  CHECK(late(slow, "0.150 s"));  // as far as anybody knows: it is still on its way
  FaultAccount in_time = slow;
  in_time.on(line(Kind::recv, 149ms, 10, 8));
  CHECK(in_time.broken_safety(Time{} + 2s) == "");
  slow.on(line(Kind::recv, 300ms, 10, 8));
  CHECK(late(slow, "0.150 s"));
}

TEST_CASE("model: a copy that is lost is not late, and its message may be") {
  FaultAccount lost = account(false);
  lost.on(line(Kind::send, 100ms, 7));
  lost.on(line(Kind::dup, 100ms, 8, 7));
  lost.on(line(Kind::drop, 110ms, 9, 8));
  CHECK(late(lost, "0.150 s"));
  lost.on(line(Kind::recv, 120ms, 10, 7));
  CHECK(lost.broken_safety(Time{} + 2s) == "");
}

TEST_CASE("model: what is replayed is as old as it was sent, in time or not the first time") {
  for (const Kind end : {Kind::recv, Kind::drop}) {
    FaultAccount replayed = account(true);
    replayed.on(line(Kind::send, 100ms, 7));
    replayed.on(line(end, 110ms, 8, 7));
    CHECK(replayed.broken_safety(Time{} + 2s) == "");
    replayed.on(line(Kind::dup, 1s, 10, 7));
    replayed.on(line(Kind::recv, 1001ms, 11, 10));
    CHECK(late(replayed, "0.150 s"));
  }
}

TEST_CASE("model: a message takes the time of the handler that put it out, too") {
  FailureModel model;
  model.safety = {Assumption::bounded_delay};
  const auto scenario = testing::scenario_of(
      R"({"quorate": 1, "protocol": {"use": "bully", "nodes": 5}, "stop": {"at": "1s"},
          "nodes": {"n1": {"cost": "40ms"}}})");
  FaultAccount busy(scenario, model, 50ms);
  Record handler = line(Kind::timer, 60ms, 6);
  handler.handled = true;
  busy.on(handler);
  busy.on(line(Kind::send, 100ms, 7, 6));
  FaultAccount in_time = busy;
  in_time.on(line(Kind::recv, 109ms, 8, 7));
  CHECK(in_time.broken_safety(Time{} + 2s) == "");
  busy.on(line(Kind::recv, 111ms, 8, 7));
  CHECK(busy.broken_safety(Time{} + 2s) ==
        "bully assumes that a message takes less than a bound, but 1 message was late (with the "
        "handlers it waited for) at 0.110 s");
}

TEST_CASE("model: a message that is altered breaks what every protocol assumes, a client's too") {
  FailureModel model;
  add_common_ground(model);
  add_common_ground(model);
  CHECK(model.safety == std::vector{Assumption::intact_messages, Assumption::honest_nodes});
  FaultAccount altered(testing::scenario_of(R"({"quorate": 1, "stop": {"at": "1s"},
                                                "protocol": {"use": "bully", "nodes": 5}})"),
                       model, 50ms);
  CHECK(altered.broken_safety(Time{} + 2s) == "");
  altered.on(line(Kind::alter, 5ms, 1));
  Record of_client = line(Kind::alter, 6ms, 2);
  of_client.client = true;
  altered.on(of_client);
  CHECK(altered.broken_safety(Time{} + 2s) ==
        "bully assumes that no message is altered on its way, but 2 messages were altered, first "
        "at 0.005 s");
}

TEST_CASE("model: a lie breaks that no node lies, by name, and is no message altered on its way") {
  FailureModel model;
  add_common_ground(model);
  const auto scenario = testing::scenario_of(R"({"quorate": 1, "stop": {"at": "1s"},
                                                 "protocol": {"use": "bully", "nodes": 5}})");
  const auto lie = [](Kind kind, Duration time, std::uint64_t index, std::uint32_t liar) {
    Record record = line(kind, time, index);
    record.from = NodeId{liar};
    record.detail = "alter";
    return record;
  };
  FaultAccount account(scenario, model, 50ms);
  account.on(lie(Kind::alter, 5ms, 1, 3));
  CHECK(account.broken_safety(Time{} + 2s) ==
        "bully assumes that no node lies, but n4 lied at 0.005 s");
  Record to_client = lie(Kind::drop, 6ms, 2, 3);
  to_client.client = true;
  account.on(to_client);
  account.on(lie(Kind::dup, 7ms, 3, 1));
  CHECK(account.broken_safety(Time{} + 2s) ==
        "bully assumes that no node lies, but n2 and n4 lied 3 times, first at 0.005 s");
  CHECK(account.broken_safety(Time{} + 5ms) ==
        "bully assumes that no node lies, but n4 lied at 0.005 s");
  CHECK(account.happened(Time{} + 2s).find("n2 and n4 lied 3 times") != std::string::npos);
}

TEST_CASE("model: as many nodes may lie as a protocol says, and no more") {
  FailureModel model;
  add_common_ground(model);
  model.liars = 1;
  FailureModel other;
  join(model, other);
  CHECK(model.liars == 0);  // of two that were told different things the one that bears less
  model.liars = 1;
  const auto scenario = testing::scenario_of(R"({"quorate": 1, "stop": {"at": "1s"},
                                                 "protocol": {"use": "bully", "nodes": 5}})");
  FaultAccount account(scenario, model, 50ms);
  Record lie = line(Kind::alter, 5ms, 1);
  lie.detail = "alter";
  for (const std::uint32_t liar : {3U, 3U, 1U}) {
    CHECK(account.broken_safety(Time{} + 2s) == "");
    lie.from = NodeId{liar};
    account.on(lie);
  }
  CHECK(account.broken_safety(Time{} + 2s) ==
        "bully assumes that no more than 1 node lies, but n2 and n4 lied 3 times, first at "
        "0.005 s");
}

}  // namespace quorate::copy_accounts
