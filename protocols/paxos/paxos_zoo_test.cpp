// The known mistakes of Paxos, each in a scenario of its own, and one that is none.
#include <doctest/doctest.h>

#include "tests/support/run_text.hpp"
#include "tests/support/zoo.hpp"

namespace quorate::paxos {

namespace {

using testing::run_to_end;
using testing::scenario_file;

}  // namespace

TEST_CASE("paxos zoo: each mistake has a lesson that expects what the protocol says it breaks") {
  testing::check_zoo_lessons("paxos");
}

TEST_CASE("paxos zoo: each mistake is caught, at its lesson's seed and by a short sweep") {
  testing::check_zoo_caught("paxos");
}

TEST_CASE("paxos zoo: each mistake names the property that breaks first where all are checked") {
  testing::check_zoo_first_broken("paxos");
}

TEST_CASE("paxos zoo: without the mistake nothing breaks in the same scenario") {
  testing::check_zoo_innocent("paxos");
}

// Why different proposers need different numbers, although no majority misses them.
TEST_CASE("paxos zoo: shared numbers do harm where two quorums of phase 1 do not meet") {
  const auto run = run_to_end(scenario_file("scenarios/paxos/quorums-apart.json",
                                            {{"protocol.params.prepare_quorum", "2"},
                                             {"protocol.params.accept_quorum", "4"},
                                             {"protocol.bugs", "[\"shared_ballots\"]"},
                                             {"check", "[]"},
                                             {"expect", "[]"}}));
  REQUIRE(run->outcome().violation.has_value());
  CHECK(run->outcome().violation->property == "one_value_per_ballot");
  const auto apart = run_to_end(
      scenario_file("scenarios/paxos/quorums-apart.json", {{"protocol.params.prepare_quorum", "2"},
                                                           {"protocol.params.accept_quorum", "4"},
                                                           {"protocol.bugs", "[]"},
                                                           {"check", "[]"},
                                                           {"expect", "[]"}}));
  CHECK_FALSE(apart->outcome().violation.has_value());
}

TEST_CASE("paxos zoo: back-off ends the duel under every seed, its absence under none") {
  const auto endless = scenario_file("scenarios/paxos/duelling-proposers.json", {{"expect", "[]"}});
  const auto cured = scenario_file("scenarios/paxos/back-off.json");
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    CHECK(run_to_end(endless, seed)->outcome().metrics.at("ops.acked") == 0);
    CHECK(run_to_end(cured, seed)->outcome().metrics.at("ops.acked") == 2);
  }
}

TEST_CASE("paxos: quorums that cannot be had, or need not meet, are refused") {
  const auto refusal =
      [](const std::string& params, const std::string& of_a2 = "", const std::string& bugs = "[]") {
        return testing::refusal_of(R"({"quorate": 1, "stop": {"at": "1s"},
      "protocol": {"use": "paxos",
        "roles": {"proposer": ["p1", "a2"], "acceptor": ["a1", "a2", "a3", "a4"],
                  "learner": ["p1"]},
        "params": {)" + params + R"(}, "node_params": {"a2": {)" +
                                   of_a2 + R"(}}, "bugs": )" + bugs + "}}");
      };
  const auto says = [](const std::string& text, const char* words) {
    return text.find(words) != std::string::npos;
  };
  CHECK(says(refusal(R"("prepare_quorum": 5)"),
             "\"prepare_quorum\": 5 acceptors will never answer: there are 4"));
  CHECK(says(refusal("", R"("accept_quorum": 9)"), "\"accept_quorum\": 9 acceptors will never"));
  CHECK(refusal(R"("prepare_quorum": 4, "accept_quorum": 1)") == "");
  CHECK(refusal(R"("prepare_quorum": 2)") == "");  // a majority is three
  CHECK(says(refusal(R"("prepare_quorum": 1)"),
             "1 promise and 3 acceptances of 4 acceptors need not meet"));
  CHECK(refusal(R"("accept_quorum": 2)") == "");
  const char* apart = "2 promises and 2 acceptances of 4 acceptors need not meet";
  CHECK(says(refusal(R"("accept_quorum": 2)", R"("prepare_quorum": 2)"), apart));
  CHECK(says(refusal(R"("accept_quorum": 3, "prepare_quorum": 3)", "", R"(["quorum_too_small"])"),
             "bug \"quorum_too_small\" acts only where \"prepare_quorum\" is 0"));
  CHECK(refusal(R"("prepare_quorum": 3)", "", R"(["quorum_too_small"])") == "");
  CHECK(says(testing::refusal_of(R"({"quorate": 1, "stop": {"at": "1s"},
      "protocol": {"use": "paxos", "nodes": 5, "params": {"prepare_quorum": 2}}})"),
             "2 promises and 3 acceptances of 5 acceptors need not meet"));
}

namespace {

// a1 only accepts, and l1 only learns.
std::string apart(const std::string& node_params, const std::string& params = "") {
  return R"({"quorate": 1, "stop": {"at": "1s"}, "protocol": {"use": "paxos",
      "roles": {"acceptor": ["a1", "a2", "a3", "a4"], "proposer": ["p1"], "learner": ["l1"]},
      "params": {)" +
         params + R"(}, "node_params": {)" + node_params + R"(}},
      "workload": [{"client": "c1", "op": "set", "key": "k", "value": "v", "at": "10ms",
        "node": "p1"}],
      "faults": [{"id": "down", "at": "0ms", "do": {"crash": "a1"}}],
      "expect": [{"at": "end", "state": "all_learned"}]})";
}

}  // namespace

TEST_CASE("paxos: what quorums are at those who count none does not matter") {
  const auto refused = [](const std::string& node_params, const std::string& params = "") {
    return testing::refusal_of(apart(node_params, params)).find("of 4 acceptors need not meet") !=
           std::string::npos;
  };
  CHECK_FALSE(refused(R"("a1": {"prepare_quorum": 1, "accept_quorum": 1})"));
  CHECK_FALSE(refused(R"("l1": {"prepare_quorum": 1, "accept_quorum": 1})"));
  CHECK(refused(R"("p1": {"prepare_quorum": 1})"));
  CHECK(refused(R"("l1": {"accept_quorum": 1})", R"("learning": "acceptors")"));
  CHECK_FALSE(refused(R"("l1": {"prepare_quorum": 1})", R"("learning": "acceptors")"));
  CHECK(testing::refusal_of(apart(R"("a1": {"accept_quorum": 9})")) == "");
}

TEST_CASE("paxos: a value is chosen when it is enough for somebody who counts") {
  const auto run = run_to_end(testing::scenario_of(apart(R"("a1": {"accept_quorum": 4})")));
  CHECK(run->outcome().verdict == Verdict::pass);
}

}  // namespace quorate::paxos
