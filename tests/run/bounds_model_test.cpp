// How long a message may take, by all that a protocol waits for: who waits for less than that is
// outside its model, and who is within reaches its goal.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/support/run_text.hpp"

namespace quorate::bounds {
namespace {

struct Row {
  const char* protocol;  // with its parameters
  const char* delay;
  const char* goal;
  const char* less_than;  // "" = within
};

constexpr const char* elected = R"({"within": "20s", "event": "elected"})";
constexpr const char* agreed = R"({"at": "end", "state": "agreed"})";

constexpr Row rows[] = {
    {R"("use": "bully", "nodes": 5)", "49ms", agreed, ""},
    {R"("use": "bully", "nodes": 5, "params": {"watch_timeout": "60ms"})", "uniform(1ms, 49ms)",
     agreed, "watch_timeout - heartbeat - ok_timeout"},
    {R"("use": "bully", "nodes": 5, "params": {"watch_timeout": "190ms"})", "48ms", agreed,
     "watch_timeout - heartbeat - ok_timeout"},
    {R"("use": "list_ring", "nodes": 5)", "49ms", agreed, ""},
    {R"("use": "list_ring", "nodes": 5, "params": {"watch_timeout": "60ms"})", "uniform(1ms, 49ms)",
     agreed, "(watch_timeout - heartbeat) / 3"},
    {R"("use": "list_ring", "nodes": 5, "params": {"lap_timeout": "300ms"})", "40ms", agreed,
     "lap_timeout / (2 a member)"},
    {R"("use": "invitation", "nodes": 4)", "49ms", R"({"at": "end", "state": "one_group"})", ""},
    {R"("use": "invitation", "nodes": 4, "params": {"accept_timeout": "60ms"})", "49ms",
     R"({"at": "end", "state": "one_group"})", "accept_timeout / 3"},
    {R"("use": "raft", "nodes": 3)", "37ms", elected, ""},
    {R"("use": "raft", "nodes": 3)", "300ms", elected, "(what election_timeout varies by) / 4"},
    {R"("use": "raft", "nodes": 3, "params": {"heartbeat": "120ms"})", "20ms", elected,
     "(the shortest election_timeout - heartbeat) / 2"},
    {R"("use": "multi_paxos", "nodes": 3)", "37ms", elected, ""},
    {R"("use": "multi_paxos", "nodes": 3)", "300ms", elected,
     "(what election_timeout varies by) / 4"},
    {R"("use": "accept_learn", "nodes": 3, "params": {"suspect_after": "80ms"})", "30ms", elected,
     "(suspect_after - heartbeat) / 2"},
    {R"("use": "paxos", "nodes": 3)", "60ms", R"({"at": "end", "state": "all_learned"})",
     "round_timeout / 2"},
};

std::shared_ptr<const Scenario> scenario(const Row& row) {
  return testing::scenario_of(R"({"quorate": 1, "protocol": {)" + std::string(row.protocol) +
                              R"(}, "stop": {"at": "20s"}, "network": {"delay": ")" + row.delay +
                              R"("}, "workload": [{"op": "put", "at": "1s"}], "expect": [)" +
                              row.goal + "]}");
}

}  // namespace

TEST_CASE("model: a message takes less than the least of what is waited for allows") {
  for (const Row& row : rows) {
    INFO(row.protocol, " ", row.delay);
    const auto run = testing::run_to_end(scenario(row), 1);
    const std::string& model = run->outcome().model;
    const std::string late = "takes less than " + std::string(row.less_than) + ", but";
    const bool within = std::string_view(row.less_than).empty();
    CHECK_MESSAGE((within ? model == "within: no faults" : model.find(late) != std::string::npos),
                  model);
    CHECK((!within || run->outcome().expectations.at(0).met));
  }
}

TEST_CASE("model: what one node says less often is taken away from what another waits") {
  const auto run = testing::run_to_end(
      testing::scenario_of(R"({"quorate": 1, "stop": {"at": "2s"}, "network": {"delay": "20ms"},
        "protocol": {"use": "bully", "nodes": 3,
                     "node_params": {"n3": {"heartbeat": "90ms"}}}})"),
      1);
  CHECK(run->outcome().model.find("less than watch_timeout - heartbeat - ok_timeout, but") !=
        std::string::npos);
}

TEST_CASE("model: a ring's coordinator is not suspected before its first heartbeat can come") {
  for (const char* delay : {"25ms", "45ms", "49ms"}) {
    const auto run = testing::run_to_end(
        testing::scenario_of(R"({"quorate": 1, "protocol": {"use": "list_ring", "nodes": 7},
          "stop": {"at": "60s"}, "network": {"delay": ")" +
                             std::string(delay) + R"("},
          "faults": [{"at": "240ms", "for": "20ms", "do": {"crash": "n2"}}],
          "expect": [{"at": "end", "state": "agreed"}]})"),
        1);
    INFO(delay);
    CHECK(run->outcome().model == "within: 1 crash, 1 restart");
    CHECK(run->outcome().verdict == Verdict::pass);
  }
}

TEST_CASE("model: learners are told once, so who loses a message need not learn") {
  const auto model = [](const std::string& faults) {
    return testing::run_to_end(
               testing::scenario_of(
                   R"({"quorate": 1, "protocol": {"use": "paxos", "nodes": 3}, "stop": {"at": "2s"},
                       "workload": [{"client": "c1", "op": "put", "at": "10ms"}],
                       "network": {"delay": "5ms"}, "faults": [)" +
                   faults + R"(], "expect": [{"at": "end", "state": "all_learned"}]})"),
               1)
        ->outcome();
  };
  const Outcome lost = model(
      R"({"at": "0s", "do": {"omit": {"node": "n2", "side": "receive", "message": "Decide"}}})");
  CHECK(lost.verdict == Verdict::fail);
  CHECK(std::ranges::find(lost.diagnosis, "outside_model") != lost.diagnosis.end());
  const Outcome forgot = model(R"({"at": "1s", "for": "10ms", "do": {"crash": "n2"}})");
  CHECK(forgot.verdict == Verdict::fail);
  CHECK(std::ranges::find(forgot.diagnosis, "outside_model") != forgot.diagnosis.end());
}

// Messages are followed only where one can be late, so each way to be late is tried by itself.
TEST_CASE("model: a message that is late is seen, whatever makes it late") {
  constexpr const char* ways[] = {
      R"("network": {"delay": "50ms"})",
      R"x("network": {"delay": "exponential(15ms)"})x",
      R"("network": {"delay": "1ms", "links": [{"from": "n5", "to": "n1", "delay": "50ms"}]})",
      R"("network": {"delay": "26ms", "topology": "line"})",
      R"("network": {"delay": "20ms", "topology": "line"})",
      R"("network": {"delay": "1ms", "slow": 50})",
      R"("network": {"delay": "1ms"},
         "faults": [{"at": "1s", "do": {"link": {"from": "n5", "to": "*", "delay": "50ms"}}}])",
      R"("network": {"delay": "1ms"},
         "faults": [{"at": "1s", "for": "60ms", "do": {"hold": {}}}])",
      R"("network": {"delay": "1ms"},
         "faults": [{"at": "1s", "for": "200ms", "do": {"pause": "n1"}}])",
      R"("network": {"delay": "1ms"},
         "faults": [{"on": {"event": "send"}, "after": "60ms", "do": {"replay": true}}])",
      R"("network": {"delay": "1ms"}, "nodes": {"n5": {"cost": "50ms"}})",
      R"("network": {"delay": "1ms"},
         "faults": [{"at": "1s", "do": {"node": {"node": "n5", "cost": "50ms"}}}])",
  };
  for (const char* way : ways) {
    INFO(std::string(way));
    const auto run = testing::run_to_end(
        testing::scenario_of(R"({"quorate": 1, "protocol": {"use": "bully", "nodes": 5},
                                 "stop": {"at": "3s"}, )" +
                             std::string(way) + "}"),
        1);
    CHECK_MESSAGE(run->outcome().model.find(" late") != std::string::npos, run->outcome().model);
  }
}

}  // namespace quorate::bounds
