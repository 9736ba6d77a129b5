// What a Raft server brings back from a crash: what was on its disk, and nothing else.
#include <doctest/doctest.h>

#include "tests/support/run_text.hpp"

namespace quorate::raft {

namespace {

using testing::run_to_end;
using testing::scenario_of;

constexpr NodeId n1{0};
constexpr NodeId n2{1};

// n1 is elected at 170 ms and takes a command at 300 ms; n2's copy arrives at 310 ms, and at 330 ms
// n2 hears that it is committed. Messages take 10 ms; without a disk a write takes no time.
std::string story(std::string_view fault, std::string_view stop, std::string_view disk = "0ms") {
  return R"({ "quorate": 1, "network": { "delay": "10ms" }, "disk": { "sync": ")" +
         std::string(disk) + R"(" }, "stop": { "at": ")" + std::string(stop) +
         R"(" }, "protocol": { "use": "raft", "nodes": 3,
              "params": { "election_timeout": "10s", "heartbeat": "50ms" },
              "node_params": { "n1": { "election_timeout": "150ms" } } },
              "faults": [
                { "at": "300ms", "do": { "request": { "node": "n1", "op": "put" } } }, )" +
         std::string(fault) + " ] }";
}

}  // namespace

TEST_CASE("raft restart: term, vote and log survive; commit index, role and leader start anew") {
  const std::string crash = R"({ "at": "400ms", "for": "5ms", "do": { "crash": "n2" } })";
  const auto before = run_to_end(scenario_of(story(crash, "399ms")));
  CHECK(before->field(n2, "commit_index") == "1");
  CHECK(before->field(n2, "last_applied") == "1");
  CHECK(before->field(n2, "leader") == "\"n1\"");
  const auto after = run_to_end(scenario_of(story(crash, "405ms")));
  for (const std::string_view kept : {"current_term", "voted_for", "log"}) {
    CAPTURE(kept);
    CHECK(after->field(n2, kept) == before->field(n2, kept));
  }
  CHECK(after->field(n2, "voted_for") == "\"n1\"");
  CHECK(after->field(n2, "commit_index") == "0");
  CHECK(after->field(n2, "last_applied") == "0");
  CHECK(after->field(n2, "leader") == "null");
  CHECK(after->field(n2, "role") == "\"follower\"");
  // The next heartbeat tells it again what is committed, and it applies all again.
  const auto later = run_to_end(scenario_of(story(crash, "500ms")));
  CHECK(later->field(n2, "last_applied") == "1");
}

TEST_CASE("raft restart: a leader comes back as a follower and forgets whom it was leading") {
  const std::string crash = R"({ "at": "400ms", "for": "5ms", "do": { "crash": "n1" } })";
  const auto after = run_to_end(scenario_of(story(crash, "405ms")));
  CHECK(after->field(n1, "role") == "\"follower\"");
  CHECK(after->field(n1, "current_term") == "1");
  CHECK(after->field(n1, "next_index") == "{}");
  // Its heartbeats ended with its former life; it stands again when its election timeout is over.
  const auto later = run_to_end(scenario_of(story(crash, "600ms")));
  CHECK(later->outcome().metrics.at("leaders") == 2);
  CHECK(later->field(n1, "current_term") == "2");
}

TEST_CASE("raft restart: what the disk had not taken is gone, and nobody was told of it") {
  // The entry reaches n2 at 315 ms at the latest; a crash 2 ms after an arrival finds it unsynced.
  const std::string crash = R"({ "id": "kill", "on": { "event": "recv", "node": "n2",
      "message": "AppendEntries", "nth": 4 }, "after": "2ms", "for": "1ms",
      "do": { "crash": "n2" } })";
  const auto run = run_to_end(scenario_of(story(crash, "325ms", "5ms")));
  CHECK(run->outcome().witnesses.at("unsynced_tail_lost") == 1);
  CHECK(run->field(n2, "log") == "[]");
  CHECK(run->field(n1, "match_index").find("\"n2\":1") == std::string::npos);
  // Heartbeats go on carrying it until it is there to stay.
  const auto later = run_to_end(scenario_of(story(crash, "500ms", "5ms")));
  CHECK(later->field(n2, "log") == later->field(n1, "log"));
}

TEST_CASE("raft restart: amnesia is outside the model: a forgotten vote is given again") {
  // n2 votes for n1 at 160 ms, loses its disk, and votes for n3 in the same term.
  const std::string text = R"({ "quorate": 1, "stop": { "at": "1s" },
    "network": { "delay": "10ms", "links": [{ "from": "n3", "to": "n2", "delay": "30ms" }] },
    "protocol": { "use": "raft", "nodes": 3, "params": { "election_timeout": "10s" } },
    "faults": [
      { "at": "150ms", "do": { "fire": { "node": ["n1", "n3"], "timer": "election" } } },
      { "id": "kill", "at": "165ms", "do": { "crash": "n2" } },
      { "at": "166ms", "do": { "restart": { "node": "n2", "amnesia": AMNESIA } } } ],
    "expect": EXPECT })";
  const auto with = [&](const std::string& amnesia, const std::string& expect) {
    std::string filled = text;
    filled.replace(filled.find("AMNESIA"), 7, amnesia);
    filled.replace(filled.find("EXPECT"), 6, expect);
    return run_to_end(scenario_of(filled));
  };
  CHECK(with("false", "[]")->outcome().verdict == Verdict::pass);
  const auto forgot = with("true", "[]");
  REQUIRE(forgot->outcome().violation.has_value());
  CHECK(forgot->outcome().violation->property == "term_monotone");
}

// What happened at one event, seen from outside.
struct Witnessed final : Observer {
  void on(const Record& record, const StateChange*) override {
    kinds.push_back(record.kind);
    nodes.push_back(record.node);
  }
  std::vector<Kind> kinds;
  std::vector<NodeId> nodes;
};

TEST_CASE("raft restart: a second vote is found the moment it is on disk, before it is sent") {
  const auto run =
      testing::make_run(testing::scenario_file("scenarios/raft/bug-vote-not-durable.json"), 196);
  Witnessed seen;
  run->observe(seen);
  run->run();
  const Outcome& outcome = run->outcome();
  REQUIRE(outcome.violation);
  CHECK(outcome.violation->property == "vote_once");
  CHECK(seen.kinds.at(outcome.violation_event) == Kind::persist);
  CHECK(outcome.violation->nodes == std::vector{seen.nodes.at(outcome.violation_event)});
}

TEST_CASE("raft: a start that no server can have come to is refused") {
  const auto refusal = [](const std::string& of_n2) {
    return testing::refusal_of(R"({"quorate": 1, "stop": {"at": "1s"}, "protocol":
        {"use": "raft", "nodes": 3, "initial": {"n2": {)" +
                               of_n2 + "}}}}");
  };
  CHECK(refusal(R"("current_term": 2, "log": [1, 1, 2])") == "");
  CHECK(refusal(R"("role": "leader", "current_term": 1)")
            .find("\"role\" is \"leader\", and servers begin as followers") != std::string::npos);
  CHECK(refusal(R"("current_term": 2, "log": [1, 2, 1])")
            .find("of n2: the terms of a log never go down, and entry 3 is of term 1 after one of "
                  "term 2") != std::string::npos);
  CHECK(refusal(R"("current_term": 1, "log": [1, 2])")
            .find("\"current_term\" is 1, and an entry of the log is of term 2") !=
        std::string::npos);
  CHECK(refusal(R"("current_term": 1, "log": [1], "commit_index": 2)")
            .find("what is committed ends after the log: \"commit_index\" is 2, and the last "
                  "entry is 1") != std::string::npos);
  CHECK(refusal(R"("current_term": 1, "log": [1], "last_applied": 1)")
            .find("what is applied is committed: \"last_applied\" is 1, and \"commit_index\" is "
                  "0") != std::string::npos);
}

TEST_CASE("raft: servers that contradict each other at the start are refused") {
  const auto refusal = [](const std::string& n1, const std::string& n2,
                          const std::string& more = "") {
    return testing::refusal_of(
        R"({"quorate": 1, "stop": {"at": "1s"}, "protocol": {"use": "raft", "nodes": 3)" + more +
        R"(, "initial": {"n1": {"current_term": 4, )" + n1 + R"(}, "n2": {"current_term": 4, )" +
        n2 + "}}}}");
  };
  const auto says = [](const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
  };
  CHECK(refusal(R"("log": [1, 1, 2], "commit_index": 2)", R"("log": [1, 1, 3])") == "");
  const std::string three = R"("log": [1, 1, 3], "commit_index": 3)";
  CHECK(says(refusal(three, R"("log": [1, 2], "commit_index": 2)"),
             "of n2: both have committed 2 entries, but as entry 2 n1 has one of term 1, n2 has "
             "one of term 2"));
  CHECK(says(refusal(R"("log": [1, 3])", R"("log": [2, 3])"),
             "of n2: logs with an entry alike are alike up to it, and entry 2 is of term 3 in "
             "both, but as entry 1 n1 has one of term 1, n2 has one of term 2"));
  const std::string alone = refusal(three, R"("log": [1, 1])");
  CHECK(says(alone, "of n1: \"commit_index\" is 3, and only 1 of 3 servers have these entries"));
  CHECK(refusal(three, R"("log": [1, 1])", R"(, "bugs": ["commits_old_terms"])") == "");
}

}  // namespace quorate::raft
