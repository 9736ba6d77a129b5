// The known mistakes of three-phase commit and everything going wrong at once.
#include <doctest/doctest.h>

#include "tests/support/lessons.hpp"
#include "tests/support/run_text.hpp"
#include "tests/support/sanitized.hpp"
#include "tests/support/zoo.hpp"

namespace quorate::p3pc {

TEST_CASE("3pc zoo: each mistake has a lesson that expects what the protocol says it breaks") {
  testing::check_zoo_lessons("3pc");
  testing::check_zoo_first_broken("3pc");
}

TEST_CASE("3pc zoo: each mistake is caught, and without it nothing breaks in the same scenario") {
  testing::check_zoo_caught("3pc");
  testing::check_zoo_innocent("3pc");
}

namespace {

// The runs were hard enough for their green to mean something.
void soak(const char* file, const testing::Settings& settings = {}) {
  constexpr std::uint64_t seeds = testing::seeds_here(200);
  auto witnesses = testing::check_weathered(file, seeds, settings);
  for (const char* hardship : {"committed", "aborted", "crashed_undecided", "taken_over"}) {
    CAPTURE(hardship);
    CHECK(witnesses[hardship] >= seeds);
  }
}

}  // namespace

TEST_CASE("3pc soak: crashes, loss, partitions; a quorum") { soak("scenarios/3pc/soak.json"); }

TEST_CASE("3pc soak: clients that ask again, of a coordinator that has forgotten") {
  soak("scenarios/3pc/soak.json",
       {{"network.clients", R"({ "delay": "2ms", "loss": "20%", "duplicate": "20%" })"},
        {"protocol.params.ack", "true"}});
}

TEST_CASE("3pc soak: crashes alone; an elected terminator") {
  soak("scenarios/3pc/soak-crashes.json");
}

namespace {

// Whether one transaction of three participants is committed everywhere in the end.
Verdict all_commit(const std::string& params, const std::string& delay, const std::string& faults) {
  const auto one = testing::scenario_of(R"({"quorate": 1, "stop": {"at": "20s"},
    "protocol": {"use": "3pc", "params": )" +
                                        params + R"(,
      "roles": {"coordinator": ["co"], "participant": ["p1", "p2", "p3"]}},
    "network": {"delay": ")" + delay + R"("},
    "workload": [{"client": "c1", "op": "transfer", "at": "10ms", "node": "co"}],
    "faults": )" + faults + R"(, "expect": [{"at": "end", "state": "all_committed"}]})");
  return testing::run_to_end(one)->outcome().verdict;
}

}  // namespace

// p2 and p3 take over at once. p1, the only one that has prepared, dies when it has told p2 so.
TEST_CASE("3pc: of two that take over at once one decides") {
  CHECK(all_commit(R"({"turn": "1ms"})", "40ms", R"([
      {"at": "0s", "do": {"crash": {"node": "co", "after_sends": 1, "message": "PreCommit"}}},
      {"at": "0s", "do": {"crash": {"node": "p1", "after_sends": 1, "message": "State"}}},
      {"at": "470ms", "do": {"crash": {"node": "p3", "after_persist": true}}}])") == Verdict::pass);
}

// An answer takes longer than the round it belongs to; but who knows is believed at any time.
TEST_CASE("3pc: a quorum that answers too late learns what somebody knows") {
  CHECK(all_commit(R"({"termination": "quorum"})", "60ms", R"([
      {"at": "290ms",
       "do": {"crash": {"node": "co", "after_sends": 1, "message": "GlobalCommit"}}}])") ==
        Verdict::pass);
}

TEST_CASE("3pc: some_undecided holds of who is undecided, not of nobody") {
  const std::string text = R"({"quorate": 1, "protocol": {"use": "3pc",
      "roles": {"coordinator": ["co"], "participant": ["p1", "p2", "p3"]}},
    "stop": {"at": "1030ms"}, "network": {"delay": "10ms"},
    "expect": [{"at": "end", "state": "some_undecided"}]})";
  const testing::Settings work{
      {"workload", R"([{"client": "c", "op": "t", "at": "1s", "node": "co"}])"}};
  testing::Settings dead = work;
  dead.emplace_back("faults", R"([{"at": "500ms", "do": {"crash": ["p1", "p2", "p3"]}}])");
  const auto verdict = [&](const testing::Settings& settings) {
    return testing::run_to_end(testing::scenario_of(text, settings))->outcome().verdict;
  };
  CHECK(verdict({}) == Verdict::fail);
  CHECK(verdict(dead) == Verdict::fail);
  CHECK(verdict(work) == Verdict::pass);
}

TEST_CASE("3pc: how a transaction ends is one rule for all") {
  const std::string text = testing::refusal_of(R"({"quorate": 1,
    "protocol": {"use": "3pc", "nodes": 3, "node_params": {"n2": {"termination": "quorum"}}},
    "stop": {"at": "1s"}})");
  CHECK(text.find("it is another for n1") != std::string::npos);
}

// A message comes in 20 ms, but what it answers may be 250 ms old: its sender's disk is slow.
TEST_CASE("3pc: survivors that wait for disks are outside the model, and it is said why") {
  const auto slow = testing::scenario_of(R"j({"quorate": 1,
    "protocol": {"use": "3pc", "params": {"vote_timeout": "2s"},
      "roles": {"coordinator": ["co"], "participant": ["p1", "p2", "p3"]}},
    "stop": {"at": "6s"}, "network": {"delay": "uniform(1ms, 20ms)"},
    "disk": {"sync": "uniform(1ms, 250ms)"}, "check": ["agreement"],
    "workload": [{"client": "c1", "op": "t", "at": "1ms", "node": "co", "timeout": "5s"}],
    "faults": [
      {"id": "co", "at": "12ms", "may_not_fire": true,
       "do": {"crash": {"node": "co", "after_sends": 1, "message": "PreCommit"}}},
      {"id": "kp1", "every": "uniform(350ms, 900ms)", "times": 1, "p": "70%", "may_not_fire": true,
       "do": {"crash": {"node": "p1", "after_persist": true}}},
      {"id": "kp2", "every": "uniform(350ms, 900ms)", "times": 1, "p": "70%", "may_not_fire": true,
       "do": {"crash": {"node": "p2", "after_persist": true}}}]})j");
  const Outcome outcome = testing::run_to_end(slow, 46)->outcome();
  REQUIRE(outcome.violation.has_value());
  CHECK(outcome.violation->property == "agreement");
  CHECK(outcome.diagnosis == std::vector<std::string>{"outside_model"});
  CHECK(outcome.because.at(0).find(" messages were late (with the writes they waited for)") !=
        std::string::npos);
  for (std::uint64_t seed = 1; seed <= testing::seeds_here(300); ++seed) {
    CAPTURE(seed);
    const Outcome one = testing::run_to_end(slow, seed)->outcome();
    CHECK((!one.violation || one.model.starts_with("outside: ")));
  }
}

}  // namespace quorate::p3pc
