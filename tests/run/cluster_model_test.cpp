// What a cluster itself takes away of what its protocol assumes, and what lasts too long or happens
// too often to be borne.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/support/run_text.hpp"

namespace quorate::clusters_and_models {
namespace {

Outcome outcome_of(const std::string& text, std::uint64_t seed = 1) {
  return testing::run_to_end(testing::scenario_of(text), seed)->outcome();
}

// A promise is broken, and a lack of this is why.
void check_laid_to(const Outcome& outcome, const std::string& blamed) {
  CHECK(outcome.violation.has_value());
  CHECK(outcome.diagnosis == std::vector<std::string>{"outside_model"});
  CHECK_MESSAGE(outcome.model.find(blamed) != std::string::npos, outcome.model);
}

std::string ring(const std::string& use, const std::string& params, const std::string& own) {
  return R"j({"quorate": 1, "stop": {"at": "1s"}, "protocol": {"use": ")j" + use +
         R"j(", "nodes": 3, "params": {)j" + params + R"j(}, "node_params": {)j" + own + "}}}";
}

std::string one_phase(const std::string& vote, const std::string& whose) {
  return R"j({"quorate": 1, "stop": {"at": "1s"}, "protocol": {"use": "2pc",
      "roles": {"coordinator": ["co"], "participant": ["p1", "p2"]},
      "params": {"form": "one_phase"}, "node_params": {")j" +
         whose + R"j(": {"vote": ")j" + vote + R"j("}}},
      "workload": [{"op": "transfer", "at": "10ms", "node": "co", "timeout": "900ms"}]})j";
}

// A server writes all the time, under random loss.
std::string lossy(const std::string& params, const std::string& rest) {
  return R"j({"quorate": 1, "protocol": {"use": "accept_learn", "nodes": 3, "params": {)j" +
         params + R"j(}}, "stop": {"at": "8s"}, "workload": [{"op": "put",
          "every": "exponential(80ms)", "from": "10ms", "until": "6s", "timeout": "500ms"}], )j" +
         rest + "}";
}

std::string raft(const std::string& protocol, const std::string& rest) {
  return R"j({"quorate": 1, "protocol": {"use": "raft", )j" + protocol +
         R"j(}, "stop": {"at": "8s"}, "workload": [{"op": "put", "every": "50ms",
          "from": "200ms", "timeout": "500ms"}], )j" +
         rest + "}";
}

}  // namespace

TEST_CASE("model: elections on a ring assume that no two have the same id") {
  for (const std::string use : {"chang_roberts", "lelann"}) {
    CAPTURE(use);
    const std::string blamed = use + " assumes that no two nodes have the same id, but some have";
    check_laid_to(outcome_of(ring(use, "", R"("n1": {"id": 9}, "n3": {"id": 9})")), blamed);
    // n3 has it by its place.
    check_laid_to(outcome_of(ring(use, "", R"("n1": {"id": 3})")), blamed);
    CHECK(outcome_of(ring(use, "", R"("n3": {"id": 9})")).model == "within: no faults");
  }
  CHECK(outcome_of(ring("chang_roberts", R"("ids": "drawn")", R"("n1": {"id": 3})")).model ==
        "within: no faults");
}

TEST_CASE("model: one phase is for those who can do as they are told") {
  const std::string blamed = "that everybody can commit, for nobody is asked, but somebody cannot";
  check_laid_to(outcome_of(one_phase("no", "p2")), blamed);
  CHECK(outcome_of(one_phase("no", "co")).model == "within: no faults");
  CHECK(outcome_of(one_phase("yes", "p2")).model == "within: no faults");
}

TEST_CASE("model: the false steps of a derivation take silence for death, whatever causes it") {
  const std::string loss = R"j("network": {"delay": "5ms", "loss": "60%"})j";
  const auto steps = [&](const std::string& params, std::uint64_t seed) {
    CAPTURE(params);
    check_laid_to(outcome_of(lossy(params, loss), seed), "messages were lost");
  };
  steps(R"("execute": "learned")", 11);
  steps(R"("takeover": "silent")", 2);
  steps(R"("takeover": "flush", "leader_id": false)", 11);
  steps(R"("execute": "all", "takeover": "told")", 20);
}

// What messages were lost is more than a seventh, so that nobody can say how long they take to get
// through; where fewer are, or one server alone hears nothing, the others get on.
TEST_CASE("model: who sends again gets on if not too much is lost") {
  const std::string nodes = R"("nodes": 5)";
  const auto loses = [&](const std::string& share) {
    return outcome_of(raft(nodes, R"("network": {"delay": "5ms", "loss": ")" + share + "\"}"))
        .model;
  };
  CHECK(loses("25%").find("of a hundred messages no more than 15 are lost, but more were") !=
        std::string::npos);
  CHECK(loses("3%").starts_with("within: "));
  CHECK(outcome_of(raft(nodes, R"j("network": {"delay": "5ms"}, "faults": [{"at": "0s",
            "do": {"omit": {"node": "n1", "side": "receive"}}}])j"))
            .model.starts_with("within: "));
}

// n4 hears nothing of its removal, and of the others nothing that would keep it from standing.
TEST_CASE("model: who is removed and does not know it disturbs those that listen") {
  const auto removed = [](const std::string& params, const std::string& more) {
    return outcome_of(
        raft(R"j("nodes": 4, "params": {"membership": "single_server")j" + params + "}",
             R"j("network": {"delay": "5ms"}, "faults": [
          {"at": "950ms", "do": {"omit": {"node": "n4", "side": "receive"}}, "for": "500ms"},
          {"at": "1s", "do": {"request": {"node": "$leader", "op": "remove_server",
           "value": "n4"}}})j" +
                 more + "]"),
        2);
  };
  const std::string words =
      "that those that are removed are shut down or know it, but one of them stood for election";
  CHECK(removed("", "").model.find(words) != std::string::npos);
  CHECK(removed(R"(, "check_quorum": true)", "").model.find(words) == std::string::npos);
  CHECK(removed(R"(, "pre_vote": true)", "").model.find(words) == std::string::npos);
  CHECK(removed("", R"j(, {"at": "1001ms", "do": {"crash": "n4"}})j").model.find(words) ==
        std::string::npos);
}

TEST_CASE("model: paxos with one learner that tells the others needs that one and no other") {
  const auto crashed = [](const std::string& who) {
    return outcome_of(R"j({"quorate": 1, "protocol": {"use": "paxos", "nodes": 5,
        "params": {"learning": "distinguished"}}, "stop": {"at": "5s"},
        "workload": [{"op": "put", "at": "100ms", "node": "n3", "timeout": "4s"}],
        "faults": [{"at": "50ms", "do": {"crash": ")j" +
                      who + R"j("}}], "expect": [{"at": "end", "state": "all_learned"}]})j");
  };
  const Outcome first = crashed("n1");
  CHECK(std::ranges::count(first.diagnosis, "outside_model") == 1);
  CHECK(first.model.find("who alone tells the others what is chosen stays up, but it crashed at "
                         "0.050 s") != std::string::npos);
  const Outcome other = crashed("n2");
  CHECK(other.verdict == Verdict::pass);
  CHECK(other.model == "within: 1 crash");
}

// Its coordinator has decided by a timeout that began when it wrote PRECOMMIT; the write is over
// that very moment, and what waited for it leaves when its handler is done.
TEST_CASE("model: what a disk lets go at the moment of a violation had waited until then") {
  const Outcome outcome = outcome_of(R"j({"quorate": 1, "stop": {"at": "1s"},
      "protocol": {"use": "3pc", "roles": {"coordinator": ["co"], "participant": ["p1", "p2"]}},
      "network": {"delay": "5ms"}, "nodes": {"co": {"cost": "1ms"}},
      "workload": [{"op": "transfer", "at": "0s", "node": "co", "timeout": "900ms"}],
      "faults": [{"at": "12ms", "for": "100ms",
                  "do": {"disk": {"node": "co", "sync": "200ms"}}}]})j");
  check_laid_to(outcome, "a node waited too long for its disk");
}

}  // namespace quorate::clusters_and_models
