// What a protocol assumes and a scenario takes away is named, for every protocol that assumes it;
// and what takes nothing away is not.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/support/run_text.hpp"

namespace quorate::what_is_assumed {
namespace {

struct Row {
  std::string protocol;  // with its parameters
  std::string rest;      // faults, network, workload
  std::string goal;      // missed
  std::string blamed;    // part of why it is outside
};

constexpr const char* puts =
    R"j("workload": [{"op": "put", "every": "100ms", "until": "8s", "timeout": "1s",
                      "retry": true}])j";
constexpr const char* transfer =
    R"j("workload": [{"op": "transfer", "at": "100ms", "node": "n1", "timeout": "1s"}])j";
constexpr const char* asked =
    R"j("workload": [{"op": "put", "at": "100ms", "node": "n1", "timeout": "50s"}])j";

std::string all(const std::string& action) {
  return R"j("faults": [{"at": "0s", "do": )j" + action + "}]";
}
std::string clock(const std::string& change) {
  return all(R"j({"clock": {"node": "*", )j" + change + "}}");
}
std::string mute(const std::string& message) {
  return all(R"j({"omit": {"node": "*", "side": "send", "message": ")j" + message + "\"}}");
}
std::string with(const std::string& one, const std::string& other) { return one + ", " + other; }

constexpr const char* off = "but a clock ran at another rate";
constexpr const char* unheard = "every message of some type was lost";
constexpr const char* leader = "one_leader";

std::shared_ptr<const Scenario> scenario(const Row& row) {
  return testing::scenario_of(R"({"quorate": 1, "protocol": {)" + row.protocol +
                              R"(}, "stop": {"at": "10s"}, )" + row.rest +
                              R"(, "expect": [{"at": "end", "state": ")" + row.goal + "\"}]}");
}

void check_blamed(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    INFO(row.protocol, " ", row.rest);
    const auto run = testing::run_to_end(scenario(row), 1);
    const Outcome& outcome = run->outcome();
    CHECK(outcome.verdict == Verdict::fail);
    CHECK(std::ranges::count(outcome.diagnosis, "outside_model") == 1);
    CHECK_MESSAGE(outcome.model.find(row.blamed) != std::string::npos, outcome.model);
  }
}

std::string model_of(const std::string& text) {
  return testing::run_to_end(testing::scenario_of(text), 1)->outcome().model;
}

}  // namespace

TEST_CASE("model: no protocol gets on where clocks stand still or run far too fast") {
  const std::string delay = R"("network": {"delay": "5ms"})";
  const std::string slow = R"("network": {"delay": "30ms"})";
  const std::string freeze = clock(R"("freeze": true)");
  const std::string fast = clock(R"("drift": "+900%")");
  const std::string jitter = clock(R"("jitter": "100%")");
  const std::string raft = R"("use": "raft", "nodes": 3)";
  const std::string multi = R"("use": "multi_paxos", "nodes": 3)";
  const std::string invitation = R"("use": "invitation", "nodes": 3)";
  check_blamed({
      {raft, with(with(delay, freeze), puts), leader, off},
      {raft, with(with(slow, fast), puts), leader, off},
      {multi, with(with(delay, freeze), puts), leader, off},
      {multi, with(with(slow, fast), puts), leader, off},
      {invitation, with(delay, freeze), "one_group", off},
      {invitation, with(slow, fast), "one_group", off},
      {R"("use": "paxos", "nodes": 3)", with(with(slow, fast), asked), "all_learned", off},
      {R"("use": "accept_learn", "nodes": 3)",
       with(with(R"j("network": {"delay": "uniform(1ms, 30ms)"})j", jitter), puts), leader, off},
      {raft, with(with(delay, puts), R"j("faults": [{"every": "20ms",
            "do": {"fire": {"node": "*", "timer": "election"}}}])j"),
       leader, "but a timer was fired early"},
  });
}

TEST_CASE("model: 3pc's quorum needs clocks when its coordinator dies") {
  check_blamed({{R"j("use": "3pc", "nodes": 4, "params": {"termination": "quorum"})j",
                 with(transfer, R"j("faults": [
                   {"at": "0s", "do": {"clock": {"node": "*", "freeze": true}}},
                   {"on": {"event": "recv", "node": "n2", "message": "VoteRequest"},
                    "do": {"crash": "n1"}}])j"),
                 "all_decided", off}});
}

// A twentieth is what waits have room for; safety that rests on clocks has room for nothing.
TEST_CASE("model: progress minds no clock that is slightly off, a lease does") {
  const auto drifting = [](const std::string& params, const std::string& drift) {
    return model_of(R"j({"quorate": 1, "stop": {"at": "1s"},
        "protocol": {"use": "raft", "nodes": 3, "params": {)j" +
                    params + R"j(}}, "clocks": {"n1": {"drift": ")j" + drift + "\"}}}");
  };
  CHECK(drifting("", "+5%") == "within: a clock ran at another rate");
  CHECK(drifting("", "+6%").starts_with("outside: "));
  CHECK(drifting(R"("reads": "lease", "check_quorum": true)", "+1ppm").starts_with("outside: "));
}

TEST_CASE("model: a clock of a node that is down runs no timers") {
  const auto crashed = [](const std::string& lasts, const std::string& more) {
    return model_of(R"j({"quorate": 1, "protocol": {"use": "bully", "nodes": 3},
        "stop": {"at": "1s"}, "faults": [{"at": "5ms", "do": {"crash": "n1"}},
        {"at": "10ms", "for": ")j" +
                    lasts + R"j(", "do": {"clock": {"node": "n1", "drift": "+10%"}}})j" + more +
                    "]}");
  };
  const std::string back = R"j(, {"at": "20ms", "do": {"restart": "n1"}})j";
  CHECK(crashed("1s", "") == "within: 1 crash");
  CHECK(crashed("1s", back).find("a clock ran at another rate at 0.020 s") != std::string::npos);
  CHECK(crashed("5ms", back) == "within: 1 crash, 1 restart");
}

TEST_CASE("model: a majority that hears all but one type of message gets nothing done") {
  const std::string multi = R"("use": "multi_paxos", "nodes": 3)";
  const std::string accepts = R"("use": "accept_learn", "nodes": 3)";
  const std::string commits = R"j("use": "3pc", "nodes": 3, "params": {"termination": "quorum"})j";
  check_blamed({
      {accepts, with(puts, mute("Accept")), "nothing_outstanding", unheard},
      {accepts, with(puts, mute("Learn")), "nothing_outstanding", unheard},
      {commits, with(transfer, mute("PreCommit")), "all_decided", unheard},
      {commits, with(transfer, mute("Ack")), "all_decided", unheard},
      {multi, with(R"j("workload": [{"op": "put", "at": "1s"}])j", mute("Accept")), "logs_equal",
       unheard},
  });
}

// The others hear their leader, and so elect none that could talk to them.
TEST_CASE("model: a leader that nobody hears in full is no use to a majority without it") {
  check_blamed({{R"("use": "multi_paxos", "nodes": 3)",
                 R"j("workload": [{"op": "put", "at": "1s"}], "faults": [{"at": "900ms",
                    "do": {"omit": {"node": "$leader", "side": "send", "message": "Accept"}}}])j",
                 "logs_equal", unheard}});
}

TEST_CASE("model: a disk that lies breaks stable storage when it says what is not so") {
  const Outcome outcome = testing::run_to_end(testing::scenario_of(R"j({"quorate": 1,
          "protocol": {"use": "2pc", "nodes": 3}, "stop": {"at": "2s"}, "disk": {"sync": "3ms"},
          "workload": [{"op": "transfer", "at": "200ms", "node": "n1", "timeout": "1s"}],
          "faults": [{"at": "0s", "do": {"disk": {"node": "n2", "lie": true}}}]})j"),
                                              1)
                              ->outcome();
  REQUIRE(outcome.violation.has_value());
  CHECK(std::ranges::count(outcome.diagnosis, "outside_model") == 1);
  CHECK(outcome.model.find("a disk only said to have made") != std::string::npos);
}

TEST_CASE("model: an empty disk is missed by nobody that had written nothing") {
  const auto wiped = [](const std::string& when) {
    return model_of(R"j({"quorate": 1, "protocol": {"use": "3pc", "nodes": 3},
        "stop": {"at": "1s"}, )j" +
                    std::string(transfer) + R"j(, "faults": [{"at": ")j" + when +
                    R"j(", "do": {"crash": "n1"}}, {"at": ")j" + when +
                    R"j(", "after": "5ms", "do": {"restart":
                    {"node": "n1", "amnesia": true}}}]})j");
  };
  CHECK(wiped("10ms") == "within: 1 crash, 1 restart");
  CHECK(wiped("400ms").find("1 restart with an empty disk") != std::string::npos);
}

TEST_CASE("model: an adaptive detector learns from what ends, and not from what lasts") {
  const auto row = [](const std::string& method, const std::string& fault) {
    return Row{R"j("use": "failure_detector", "nodes": 3, "params": {"timeouts": "adaptive",
                   "method": ")j" +
                   method + "\"}",
               R"j("faults": [{"at": "1s", "do": )j" + fault + "}]", "accurate", "but "};
  };
  std::vector<Row> rows;
  for (const std::string method : {"heartbeat", "probe"}) {
    rows.push_back(row(method, R"j({"omit": {"node": "n1", "side": "send"}})j"));
    rows.push_back(row(method, R"j({"hold": {"from": "n1"}})j"));
    rows.push_back(row(method, R"j({"pause": "n1"})j"));
    rows.push_back(row(method, R"j({"link": {"from": "*", "to": "*", "loss": "100%"}})j"));
  }
  rows.push_back(row("heartbeat", R"j({"node": {"node": "n1", "cost": "200ms"}})j"));
  rows.push_back(row("heartbeat", R"j({"clock": {"node": "n1", "freeze": true}})j"));
  check_blamed(rows);
}

TEST_CASE("model: a coordinator that stands still for ever blocks 2pc as a crash does") {
  const std::string two = R"("use": "2pc", "nodes": 3)";
  check_blamed({
      {two,
       with(transfer,
            R"j("faults": [{"on": {"event": "send", "message": "VoteRequest"},
                       "do": {"pause": "n1"}}])j"),
       "all_decided", "but a node stood still"},
      {two, with(transfer, all(R"j({"disk": {"node": "n1", "stall": true}})j")), "all_decided",
       "waited too long for its disk"},
  });
}

TEST_CASE("model: paxos needs one proposer, and that it stays") {
  const std::string paxos = R"("use": "paxos", "nodes": 5)";
  const auto learned = [](const std::string& how) {
    return R"j("use": "paxos", "nodes": 5, "params": {"learning": ")j" + how + "\"}";
  };
  const std::string dies =
      R"j("faults": [{"on": {"event": "recv", "node": "n1", "message": "Promise"},
                       "do": {"crash": "n1"}}])j";
  check_blamed({
      {R"j("use": "paxos", "nodes": 3, "params": {"nack": true})j",
       R"j("network": {"delay": "5ms"}, "disk": {"sync": "5ms"}, "workload": [
            {"client": "c1", "op": "put", "at": "100ms", "node": "n1", "timeout": "50s"},
            {"client": "c2", "op": "put", "at": "113ms", "node": "n2", "timeout": "50s"}])j",
       "all_learned", "but one began while another was at it"},
      {learned("proposer"), with(asked, dies), "all_learned", "1 of those that were at it crashed"},
      {learned("distinguished"),
       R"j("workload": [{"op": "put", "at": "100ms", "node": "n3", "timeout": "5s"}],
           "faults": [{"at": "50ms", "do": {"crash": "n1"}}])j",
       "all_learned", "it crashed at 0.050 s"},
  });
  // Somebody else took over what the first had begun.
  CHECK(model_of(R"j({"quorate": 1, "protocol": {)j" + learned("proposer") +
                 R"j(}, "stop": {"at": "9s"}, "workload": [
            {"client": "c1", "op": "put", "at": "100ms", "node": "n1", "timeout": "5s"},
            {"client": "c2", "op": "put", "at": "1s", "node": "n2", "timeout": "5s"}], )j" +
                 dies + "}") == "within: 1 crash");
}

TEST_CASE("model: what stalls to the end is blamed at the end, however long ago it began") {
  const std::string raft = R"("use": "raft", "nodes": 3)";
  const std::string delay = R"("network": {"delay": "5ms"})";
  check_blamed(
      {{raft,
        with(with(delay, puts),
             R"j("faults": [{"at": "50ms", "do": {"disk": {"node": "*", "stall": true}}}])j"),
        leader, "waited too long for its disk"}});
}

TEST_CASE("model: 3pc that takes silence for a no and goes on alone bears no crash") {
  const Outcome outcome =
      testing::run_to_end(testing::scenario_of(R"j({"quorate": 1, "stop": {"at": "5s"},
          "protocol": {"use": "3pc", "params": {"termination": "naive"},
                       "roles": {"coordinator": ["co"], "participant": ["p1", "p2", "p3"]}},
          "workload": [{"op": "transfer", "at": "100ms", "node": "co", "timeout": "1s"}],
          "faults": [{"at": "50ms", "do":
            {"crash": {"node": "co", "after_sends": 1, "message": "PreCommit"}}}]})j"),
                          1)
          ->outcome();
  REQUIRE(outcome.violation.has_value());
  CHECK(outcome.diagnosis == std::vector<std::string>{"outside_model"});
}

TEST_CASE("model: where nobody detects crashes, somebody has to notice them") {
  for (const std::string use : {"bully", "list_ring"}) {
    CAPTURE(use);
    const auto crashed = [&](const std::string& more) {
      return R"j("faults": [{"at": "500ms", "do": {"crash": "n4"}})j" + more + "]";
    };
    const std::string protocol =
        R"j("use": ")j" + use + R"j(", "nodes": 4, "params": {"detection": "none"})j";
    check_blamed({{protocol, crashed(""), "agreed", "but 1 crash was not noticed at 0.500 s"}});
    const std::string noticed = R"j({"quorate": 1, "stop": {"at": "9s"}, "protocol": {)j" +
                                protocol + "}, " + crashed(R"j(, {"at": "1s",
                                  "do": {"fire": {"node": "n1", "timer": "watch_timeout"}}})j") +
                                "}";
    CHECK(model_of(noticed) == "within: 1 crash");
  }
}

}  // namespace quorate::what_is_assumed
