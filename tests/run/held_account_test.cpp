// Messages that others overtake, that a fault holds, or that are clients' own.
#include <doctest/doctest.h>

#include <algorithm>

#include "sim/run/fault_account.hpp"
#include "tests/support/run_text.hpp"

namespace quorate::held_accounts {
namespace {

using testing::run_to_end;
using testing::scenario_of;

FaultAccount account(std::vector<Assumption> safety, std::optional<Duration> bound = {}) {
  FailureModel model;
  model.safety = std::move(safety);
  return FaultAccount(scenario_of(R"({"quorate": 1, "protocol": {"use": "bully", "nodes": 3},
    "stop": {"at": "1s"}, "faults": [{"id": "h", "at": "1ms", "do": {"hold": {"from": "n1"}}}]})"),
                      model, bound);
}

// Of a message from the first node to the second.
Record line(Kind kind, Duration time, std::uint64_t message) {
  Record record;
  record.kind = kind;
  record.time = Time{} + time;
  record.message = message;
  record.from = record.node = NodeId{0};
  record.to = NodeId{1};
  return record;
}

Record fired(Duration time) {
  Record record;
  record.kind = Kind::fault;
  record.time = Time{} + time;
  record.text = "h";
  return record;
}

std::string broken(FaultAccount account, Duration end) {
  account.end(Time{} + end);
  return account.broken_safety(Time{} + end);
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::string model_of(const std::string& rest, std::uint64_t seed = 1) {
  return run_to_end(scenario_of(R"({"quorate": 1, )" + rest + "}"), seed)->outcome().model;
}

}  // namespace

TEST_CASE("model: a message is overtaken from the moment a later one is there") {
  FaultAccount links = account({Assumption::fifo_links});
  links.on(line(Kind::send, 1ms, 1));
  links.on(line(Kind::send, 2ms, 2));
  links.on(line(Kind::send, 3ms, 3));
  links.on(line(Kind::recv, 5ms, 2));
  CHECK(has(broken(links, 1s), "but 1 message was overtaken at 0.005 s"));
  links.on(line(Kind::recv, 6ms, 3));
  links.on(line(Kind::recv, 9ms, 1));  // known already
  CHECK(has(broken(links, 1s), "but 1 message was overtaken at 0.005 s"));
}

TEST_CASE("model: what is lost is overtaken by nothing") {
  FaultAccount links = account({Assumption::fifo_links});
  links.on(line(Kind::send, 1ms, 1));
  links.on(line(Kind::drop, 1ms, 1));
  links.on(line(Kind::send, 2ms, 2));
  links.on(line(Kind::recv, 5ms, 2));
  CHECK(broken(links, 1s) == "");
}

TEST_CASE("model: a message that is held for good is lost when it is older than any may be") {
  FaultAccount held = account({Assumption::reliable_links}, 50ms);
  held.on(line(Kind::send, 10ms, 1));
  CHECK(broken(held, 1s) == "");  // nobody holds anything: it is slow
  held.on(fired(10ms));
  CHECK(broken(held, 59ms) == "");
  CHECK(has(broken(held, 60ms), "but 1 message was lost at 0.060 s"));
  held.on(line(Kind::recv, 500ms, 1));
  CHECK(broken(held, 1s) == "");  // released, and late
}

TEST_CASE("model: where nothing is too old, what is held is lost when all others were sooner") {
  FaultAccount held = account({Assumption::reliable_links});
  held.on(fired(1ms));
  held.on(line(Kind::send, 10ms, 1));
  held.on(line(Kind::send, 10ms, 2));
  held.on(line(Kind::recv, 30ms, 2));
  CHECK(broken(held, 30ms) == "");
  CHECK(has(broken(held, 31ms), "but 1 message was lost at 0.010 s"));
  held.on(line(Kind::pause, 20ms, 0));
  Record receiver = line(Kind::pause, 20ms, 0);
  receiver.node = NodeId{1};
  held.on(receiver);
  CHECK(broken(held, 31ms) == "");  // it waits for its receiver
}

TEST_CASE("model: a ring whose message is held is outside its model, and the verdict says so") {
  const auto run =
      run_to_end(scenario_of(R"({"quorate": 1, "protocol": {"use": "chang_roberts", "nodes": 3},
        "stop": {"at": "2s"}, "network": {"delay": "5ms"},
        "faults": [{"id": "h", "at": "0s", "do": {"hold": {"from": "n3", "count": 1}}}],
        "expect": [{"at": "end", "state": "agreed"}]})"),
                 1);
  const auto& diagnosis = run->outcome().diagnosis;
  CHECK(std::ranges::find(diagnosis, "outside_model") != diagnosis.end());
  CHECK(has(run->outcome().model, "no message is lost, but 1 message was lost"));
}

TEST_CASE("model: losses of clients' messages are told, and break nothing") {
  const std::string echo =
      R"("protocol": {"use": "echo", "nodes": 3}, "stop": {"at": "3s"},
         "workload": [{"client": "c1", "op": "p", "at": "10ms", "timeout": "1s"}],)";
  CHECK(model_of(echo + R"("network": {"delay": "5ms", "clients": {"loss": "100%"}})") ==
        "within: 3 messages of clients were lost");
  const std::string both =
      model_of(echo + R"("network": {"delay": "5ms", "clients": {"loss": "100%"}},
                "faults": [{"at": "1s", "do": {"crash": "n1"}}])");
  CHECK(has(both, "outside: echo assumes that no node crashes, but 1 crash at 1.000 s; besides, "));
  CHECK(has(both, "messages of clients were lost"));
}

TEST_CASE("model: where most is lost, one message that gets through is no connection") {
  FailureModel model{.progress = {Assumption::majority_up}, .recovers = 0ms};
  FaultAccount lossy(scenario_of(R"({"quorate": 1, "protocol": {"use": "bully", "nodes": 2},
                                     "stop": {"at": "1s"}})"),
                     model, {});
  const auto lose = [&](Duration time) {
    Record lost = line(Kind::drop, time, 1);
    lost.why = DropReason::loss;
    lossy.on(lost);
  };
  for (const Duration time : {1ms, 2ms, 3ms}) lose(time);
  const auto hindered = [&] { return lossy.broken_progress(Time{} + 1s) != ""; };
  CHECK(hindered());
  lossy.on(line(Kind::recv, 4ms, 2));
  lossy.on(line(Kind::recv, 5ms, 3));
  CHECK(hindered());
  lose(6ms);
  for (const Duration time : {7ms, 8ms}) lossy.on(line(Kind::recv, time, 4));
  CHECK(hindered());
  lossy.on(line(Kind::recv, 9ms, 5));
  CHECK_FALSE(hindered());
}

}  // namespace quorate::held_accounts
