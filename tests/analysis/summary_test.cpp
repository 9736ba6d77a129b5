#include "analysis/summary.hpp"

#include <doctest/doctest.h>

#include "sim/scenario/json.hpp"

using namespace quorate;

namespace {

MessageTotals totals(std::string type, std::uint64_t sent, std::uint64_t lost = 0) {
  MessageTotals result;
  result.type = std::move(type);
  result.sent = sent;
  result.delivered = sent - lost;
  result.drops[static_cast<std::size_t>(DropReason::loss)] = lost;
  return result;
}

RunReport leader_crash() {
  RunReport report;
  report.protocol = "raft";
  report.nodes = {"n1", "n2", "n3", "n4", "n5"};
  report.seed = 42;
  Outcome& outcome = report.outcome;
  outcome.verdict = Verdict::pass;
  outcome.ended = Time{5'000'000'000};
  outcome.properties = {{"election_safety", 900, 2}, {"log_matching", 900, 12}};
  outcome.expectations = {{"{\"never\":\"x\"}", true, ""}};
  outcome.faults = {{"kill", 1, false}};
  outcome.metrics = {{"ops.issued", 100},
                     {"ops.acked", 100},
                     {"latency_us_p50", 11'400},
                     {"latency_us_p99", 262'000}};
  outcome.digest = 0xABC;
  outcome.events = 5120;
  report.messages = {totals("RequestVote", 8), totals("AppendEntries", 1196, 6),
                     totals("Unused", 0)};
  MessageTotals client = totals("Request", 50, 3);
  client.client = true;
  report.messages.push_back(client);
  return report;
}

}  // namespace

TEST_CASE("the header line of a summary") {
  RunReport report = leader_crash();
  CHECK(summary_header(report) == "raft · 5 nodes · seed 42 · 5.000 s simulated\n");
  report.wall = 40ms;
  report.nodes = {"n1"};
  CHECK(summary_header(report) == "raft · 1 node · seed 42 · 5.000 s simulated in 40 ms\n");
  CHECK(summary_header(report, {false, true}) ==
        "raft - 1 node - seed 42 - 5.000 s simulated in 40 ms\n");
}

TEST_CASE("a pass says what it rests on") {
  RunReport report = leader_crash();
  CHECK(summary_verdict(report) ==
        "PASS  2 properties · 1 expectation · 100/100 operations acknowledged\n"
        "      1,204 messages (RequestVote 8, AppendEntries 1,196) · 6 lost · p50 11 ms p99 262 "
        "ms\n");
  report.outcome.metrics.clear();
  report.outcome.expectations.clear();
  report.messages.clear();
  CHECK(summary_verdict(report) ==
        "PASS  2 properties\n"
        "      0 messages\n");
}

TEST_CASE("types that would make a line too long have one of their own") {
  RunReport report = leader_crash();
  report.messages.push_back(totals("ALongNameForAMessage", 1));
  report.messages.push_back(totals("AnotherLongName", 12'345));
  CHECK(
      summary_verdict(report) ==
      "PASS  2 properties · 1 expectation · 100/100 operations acknowledged\n"
      "      13,550 messages · 6 lost · p50 11 ms p99 262 ms\n"
      "      RequestVote 8, AppendEntries 1,196, ALongNameForAMessage 1, AnotherLongName 12,345\n");
}

TEST_CASE("a violated property is named with nodes, time, event and the way back") {
  RunReport report = leader_crash();
  report.outcome.verdict = Verdict::fail;
  report.outcome.violation =
      Violation{"election_safety", {NodeId{0}, NodeId{2}}, "n1 and n3 lead in term 2."};
  report.outcome.reason = report.outcome.violation->why;
  report.outcome.violation_time = Time{131'500'000};
  report.outcome.violation_event = 318;
  report.outcome.faults.push_back({"late", 0, false});
  report.outcome.expectations = {{"{\"metric\":\"leaders\"}", false, "it is 0", true},
                                 {"{\"never\":\"crash\"}", false, "n1 crashed", false}};
  report.follow_ups = {{"replay", "quorate replay out/t.jsonl --until e318"}};
  CHECK(
      summary_verdict(report) ==
      "FAIL  election_safety: n1 and n3 lead in term 2.   at 0.131 s, event e318\n"
      "      2 properties · 0/2 expectations · 100/100 operations acknowledged\n"
      "      1,204 messages (RequestVote 8, AppendEntries 1,196) · 6 lost · p50 11 ms p99 262 ms\n"
      "      not judged  {\"metric\":\"leaders\"}\n"
      "      missed      {\"never\":\"crash\"}\n"
      "                  n1 crashed\n"
      "  replay:  quorate replay out/t.jsonl --until e318\n");
}

TEST_CASE("missed expectations each say why, and idle faults are named") {
  RunReport report = leader_crash();
  report.outcome.verdict = Verdict::fail;
  report.outcome.reason = "nobody was elected";
  report.outcome.expectations = {
      {"{\"within\":\"1s\",\"event\":\"elected\"}", false, "nobody was elected in 1 s"},
      {"{\"metric\":\"leaders\",\"is\":2}", true, ""},
      {"{\"never\":\"crash\"}", false, "n1 crashed at 0.100 s"}};
  report.outcome.faults.push_back({"late", 0, false});
  report.outcome.faults.push_back({"maybe", 0, true});
  report.outcome.diagnosis = {"deadlock"};
  report.outcome.because = {"nothing is left to happen"};
  CHECK(
      summary_verdict(report) ==
      "FAIL  2 of 3 expectations missed\n"
      "      2 properties · 1/3 expectations · 100/100 operations acknowledged\n"
      "      1,204 messages (RequestVote 8, AppendEntries 1,196) · 6 lost · p50 11 ms p99 262 ms\n"
      "      diagnosis   deadlock: nothing is left to happen\n"
      "      missed      {\"within\":\"1s\",\"event\":\"elected\"}\n"
      "                  nobody was elected in 1 s\n"
      "      missed      {\"never\":\"crash\"}\n"
      "                  n1 crashed at 0.100 s\n"
      "      never fired fault \"late\"\n"
      "      never fired fault \"maybe\", as the scenario allows\n");
}

TEST_CASE("a fault that never fired is a reason of its own") {
  RunReport report = leader_crash();
  report.outcome.verdict = Verdict::fail;
  report.outcome.reason = "the fault \"late\" never fired";
  report.outcome.faults.push_back({"late", 0, false});
  const std::string text = summary_verdict(report);
  CHECK(text.starts_with("FAIL  1 fault never fired\n"));
  CHECK(text.ends_with("      never fired fault \"late\"\n"));
}

TEST_CASE("a green run is never an empty one: what was not exercised is a warning") {
  RunReport report = leader_crash();
  report.outcome.properties.push_back({"leader_completeness", 10, 0});
  CHECK(summary_verdict(report).ends_with(
      "      warning     never exercised, so not shown to hold: leader_completeness\n"));
}

TEST_CASE("a violation that the scenario expects is shown under its pass") {
  RunReport report = leader_crash();
  report.outcome.violation = Violation{"atomicity", {NodeId{0}}, "n1 commits, n2 aborts."};
  report.outcome.violation_time = Time{1'000'000};
  report.outcome.violation_event = 7;
  const std::string text = summary_verdict(report);
  CHECK(text.starts_with("PASS  "));
  CHECK(text.ends_with(
      "      violated    atomicity: n1 commits, n2 aborts.   at 0.001 s, event e7\n"));
}

TEST_CASE("an inconclusive run never looks like a pass") {
  RunReport report = leader_crash();
  report.outcome.verdict = Verdict::inconclusive;
  report.outcome.reason = "the event budget was used up";
  report.outcome.faults.push_back({"late", 0, false});
  const std::string text = summary_verdict(report);
  CHECK(text.starts_with("INCONCLUSIVE  the event budget was used up\n      2 properties"));
  CHECK(text.find("PASS") == std::string::npos);
  CHECK(text.find("never fired") == std::string::npos);
}

TEST_CASE("what a run that was cut short might still have met is not judged, nor called missed") {
  RunReport report = leader_crash();
  report.outcome.verdict = Verdict::inconclusive;
  report.outcome.expectations = {{"{\"metric\":\"leaders\"}", false, "it is 0", true}};
  const std::string text = summary_verdict(report);
  CHECK(text.find("not judged  {\"metric\":\"leaders\"}\n") != std::string::npos);
  CHECK(text.find("missed") == std::string::npos);
  CHECK(summary_json(report).find(R"("met":false,"judged":false)") != std::string::npos);
  report.outcome.verdict = Verdict::fail;
  CHECK(summary_verdict(report).find("missed      {\"metric\"") != std::string::npos);
}

TEST_CASE("durations in tables are rounded half up, in a unit that suits them") {
  CHECK(precise(0ns) == "0.00 us");
  CHECK(precise(5ns) == "0.01 us");
  CHECK(precise(850'250ns) == "850.25 us");
  CHECK(precise(181'235'000ns) == "181.24 ms");
  CHECK(precise(1'034'872us) == "1.035 s");
  CHECK(precise(3661s) == "3,661.000 s");
  CHECK(precise(Duration::max()) == "9,223,372,036.855 s");
}

TEST_CASE("colours are there only when asked for") {
  const RunReport report = leader_crash();
  CHECK(summary_verdict(report).find('\x1b') == std::string::npos);
  CHECK(summary_verdict(report, {true, false}).starts_with("\x1b[1;32mPASS\x1b[0m  2 properties"));
}

TEST_CASE("the JSON form is one object with the seed as a string") {
  RunReport report = leader_crash();
  report.seed = ~std::uint64_t{0};
  report.outcome.verdict = Verdict::fail;
  report.outcome.reason = "why";
  report.outcome.violation = Violation{"election_safety", {NodeId{0}, NodeId{2}}, "a \"b\""};
  report.outcome.violation_event = 9;
  report.outcome.violation_time = Time{131};
  report.outcome.metrics = {{"ops.acked", 3}};
  report.outcome.witnesses = {{"leader_changed", 1}};
  report.follow_ups = {{"replay", "quorate replay t"}};
  CHECK(summary_json(report) ==
        R"({"schema":"quorate/run/1","verdict":"fail","reason":"why","protocol":"raft",)"
        R"("nodes":["n1","n2","n3","n4","n5"],"seed":"18446744073709551615",)"
        R"("simulated_ns":5000000000,"events":5120,"digest":"0000000000000abc","diagnosis":[],)"
        R"("because":[],"model":"",)"
        R"("violation":{"property":"election_safety","nodes":["n1","n3"],"why":"a \"b\"",)"
        R"("event":9,"t":131},)"
        R"("properties":[{"name":"election_safety","armed":900,"exercised":2},)"
        R"({"name":"log_matching","armed":900,"exercised":12}],)"
        R"("expectations":[{"expect":"{\"never\":\"x\"}","met":true,"judged":true,"why":""}],)"
        R"("faults":[{"id":"kill","fired":1,"may_not_fire":false}],)"
        R"("metrics":{"ops.acked":3},"witnesses":{"leader_changed":1},)"
        R"("follow_ups":{"replay":"quorate replay t"}})");
  report.outcome.violation.reset();
  report.wall = 5ns;
  Diagnostics diagnostics;
  const auto value = parse_json(summary_json(report), diagnostics);
  REQUIRE(value.has_value());
  CHECK_FALSE(diagnostics.failed());
  CHECK(value->find("violation")->kind == Value::Kind::null);
  CHECK(value->find("wall_ns")->integer == 5);
}
