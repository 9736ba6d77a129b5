// What is diagnosed when a run is over: who waits for whom, what goes round in circles, and whose
// model was left.
#include <doctest/doctest.h>

#include <algorithm>

#include "sim/run/livelock.hpp"
#include "sim/run/waits.hpp"
#include "tests/support/run_text.hpp"

namespace quorate::diagnosis {
namespace {

using Words = std::vector<std::string>;

const std::vector<std::string> names{"n1", "n2", "n3", "n4"};
constexpr NodeId n1{0};
constexpr NodeId n2{1};
constexpr NodeId n3{2};
constexpr NodeId n4{3};

struct Told {
  explicit Told(const std::string& file) : Told(testing::scenario_file(file)) {}
  explicit Told(const std::shared_ptr<const Scenario>& scenario)
      : run(testing::run_to_end(scenario)) {}
  const Outcome& outcome() const { return run->outcome(); }
  std::unique_ptr<Run> run;
};

template <class E>
Record event(NodeId node, const E& body) {
  Record record;
  record.kind = Kind::event;
  record.node = node;
  record.body = AnyRef::to(body);
  return record;
}

std::string who_waits(const std::vector<Wait>& waits, const std::vector<NodeId>& down,
                      const BlockedWatch& watch = {}) {
  const auto up = [&](NodeId node) { return std::ranges::find(down, node) == down.end(); };
  return waits_sentence(stuck(waits, watch, up), up, names);
}

}  // namespace

TEST_CASE("blocked: whoever waits for somebody that can act is not") {
  CHECK(who_waits({}, {}) == "");
  CHECK(who_waits({{n2, {n1}}}, {}) == "");
  CHECK(who_waits({{n2, {n1}}}, {n1}) == "n2 waits for n1 (down)");
  CHECK(who_waits({{n2, {n1, n3}}}, {n1}) == "");
  // n4 can act, so n3 can, so n2 can.
  CHECK(who_waits({{n2, {n1, n3}}, {n3, {n1, n4}}}, {n1}) == "");
  CHECK(who_waits({{n2, {n1, n3}}, {n3, {n1, n2}}}, {n1}) ==
        "n2 and n3 wait for n1 (down) or one another");
  CHECK(who_waits({{n2, {n1}}, {n3, {n2}}}, {n1}) == "n2 waits for n1 (down); n3 waits for n2");
  CHECK(who_waits({{n1, {n2, n3, n4}, 2}}, {n2, n3}) != "");
  CHECK(who_waits({{n1, {n2, n3, n4}, 2}}, {n2}) == "");
}

TEST_CASE("blocked: who says so is believed until it goes on") {
  BlockedWatch watch;
  watch.on(event(n2, Blocked{"no quorum"}));
  CHECK(who_waits({{n2, {n1}, 0}}, {}, watch) == "n2 waits for n1");
  CHECK(who_waits({{n3, {n1}, 0}}, {}, watch) == "");
  watch.on(event(n2, Committed{1}));
  CHECK(who_waits({{n2, {n1}, 0}}, {}, watch) == "");
}

TEST_CASE("blocked: each transaction waits for itself") {
  // n2 cannot go on with 1, but with 2, and so n3 can with 2.
  CHECK(who_waits({{n2, {n1}, 1, 1}, {n2, {n4}, 1, 2}, {n3, {n2}, 1, 2}}, {n1}) ==
        "n2 waits for n1 (down)");
  CHECK(who_waits({{n2, {n4}, 1, 1, true}, {n2, {n4}, 1, 2}}, {}) == "n2 waits for n4");
}

TEST_CASE("blocked: what one transaction decides says nothing of another") {
  const char* const text = R"({"quorate": 1,
    "protocol": {"use": "2pc", "roles": {"coordinator": ["co"], "participant": ["p1", "p2"]}},
    "stop": {"at": "1400ms"}, "network": {"delay": "10ms"},
    "workload": [
      {"client": "c1", "op": "t", "at": "10ms", "node": "co", "timeout": "3s"},
      {"client": "c2", "op": "t", "at": "1300ms", "node": "co", "timeout": "3s"}],
    "faults": [
      {"id": "one", "at": "0s",
       "do": {"omit": {"node": "co", "side": "send", "message": "GlobalCommit", "to": "p1",
                       "count": 1}}},
      {"id": "all", "at": "0s",
       "do": {"omit": {"node": "p1", "side": "send", "message": "DecisionRequest"}}}]})";
  const Told told(testing::scenario_of(text));
  CHECK(told.outcome().diagnosis == Words{"blocked"});
}

TEST_CASE("livelock: a minority that is cut off does not keep the others from anything") {
  const char* const text = R"({"quorate": 1,
    "protocol": {"use": "raft", "nodes": 5, "params": {"election_timeout": "200ms"},
                 "node_params": {"n1": {"election_timeout": "150ms"}}},
    "stop": {"at": "6s"}, "network": {"delay": "5ms"},
    "workload": [{"client": "c1", "op": "put", "at": "300ms", "node": "n1"},
                 {"client": "c2", "op": "put", "at": "5990ms", "node": "n1"}],
    "faults": [{"id": "p", "at": "1s",
                "do": {"partition": [["n1", "n2", "n3"], ["n4", "n5"]]}}]})";
  CHECK(Told(testing::scenario_of(text)).outcome().diagnosis.empty());
}

TEST_CASE("livelock: a cycle of two nodes that leads nowhere, repeated five times") {
  CycleWatch watch;
  const auto round = [&](NodeId one, NodeId other) {
    watch.on(event(one, Proposed{1, {}}));
    watch.on(event(other, Epoch{1}));
  };
  for (int i = 0; i < 4; ++i) round(n1, n2);
  CHECK(watch.cycle(names) == "");
  round(n1, n2);
  CHECK(watch.cycle(names).find("n1 proposed, n2 epoch") != std::string::npos);
  round(n2, n1);  // another order
  CHECK(watch.cycle(names) == "");
  for (int i = 0; i < 200; ++i) round(n1, n2);
  CHECK(watch.cycle(names) != "");
  watch.on(event(n3, Elected{1}));
  CHECK(watch.cycle(names) == "");
  for (int i = 0; i < 50; ++i) round(n1, n1);
  CHECK(watch.cycle(names) == "");  // a single node waits for others
  CycleWatch token;
  for (int i = 0; i < 50; ++i) token.on(event(i % 2 == 0 ? n1 : n2, Logged{"enters"}));
  CHECK(token.cycle(names) == "");  // nothing is tried: it may be how the protocol works
}

TEST_CASE("diagnosis: 2PC without its coordinator is blocked, and says who waits for whom") {
  const Told told("scenarios/2pc/coordinator-crash-blocked.json");
  CHECK(told.outcome().verdict == Verdict::pass);
  CHECK(told.outcome().diagnosis == Words{"blocked"});
  CHECK(told.outcome().because == Words{"p1, p2 and p3 wait for co (down) or one another"});
}

TEST_CASE("diagnosis: duelling proposers are a livelock, for no two should propose at a time") {
  const Told told("scenarios/paxos/duelling-proposers.json");
  CHECK(told.outcome().verdict == Verdict::pass);
  CHECK(told.outcome().diagnosis == Words{"livelock"});
  CHECK(told.outcome().because.at(0).find("p1 overtaken, p1 preparing, p2 proposed") !=
        std::string::npos);
  CHECK(told.outcome().model.starts_with(
      "outside: paxos assumes that one node proposes at a time, but one began while another was "));
}

TEST_CASE("diagnosis: 3PC split by a partition is outside its model") {
  const Told told("scenarios/3pc/partition-split.json");
  CHECK(told.outcome().verdict == Verdict::pass);
  REQUIRE(told.outcome().violation.has_value());
  CHECK(told.outcome().diagnosis == Words{"outside_model"});
  CHECK(told.outcome().because ==
        Words{"3pc assumes that no link is cut, but 8 messages met a cut link, first at 0.350 s"});
  CHECK(told.outcome().model == "outside: " + told.outcome().because[0]);
}

TEST_CASE("diagnosis: bully with a slow node is outside its model") {
  const Told told("scenarios/bully/slow-not-dead.json");
  REQUIRE(told.outcome().violation.has_value());
  CHECK(told.outcome().diagnosis == Words{"outside_model"});
  CHECK(told.outcome().because.at(0).find(
            "that no node stands still for longer than ok_timeout / 2, but a node stood still at "
            "1.000 s") != std::string::npos);
}

TEST_CASE("diagnosis: a mistake in the code is no matter of the model") {
  const Told told("scenarios/bully/bug-no-coordinator-timeout.json");
  for (const std::string& word : told.outcome().diagnosis) CHECK(word != "outside_model");
}

namespace {

// What is diagnosed of three Raft servers that have not elected anybody in time.
Words no_leader(const std::string& network, const std::string& faults, const std::string& within) {
  const std::string text = R"({"quorate": 1, "protocol": {"use": "raft", "nodes": 3},
    "stop": {"at": "5s"}, "network": )" +
                           network + R"(, "faults": )" + faults + R"(, "expect": [{"within": ")" +
                           within + R"(", "event": "elected"}]})";
  return Told(testing::scenario_of(text)).outcome().diagnosis;
}

}  // namespace

TEST_CASE("diagnosis: what happens after a goal was missed is not to blame") {
  const std::string calm = R"({"delay": "5ms"})";
  CHECK(no_leader(calm, R"([{"id": "k", "at": "4s", "do": {"crash": ["n1", "n2"]}}])", "20ms")
            .empty());
  CHECK(no_leader(calm, R"([{"id": "k", "at": "10ms", "do": {"crash": ["n1", "n2"]}}])", "2s") ==
        Words{"outside_model"});
}

TEST_CASE("diagnosis: without a majority that runs and is connected Raft promises nothing") {
  const std::string calm = R"({"delay": "5ms"})";
  const Words outside{"outside_model"};
  CHECK(no_leader(R"({"delay": "5ms", "loss": "100%"})", "[]", "3s") == outside);
  CHECK(no_leader(calm, R"([{"id": "k", "at": "10ms", "do": {"pause": ["n1", "n2"]}}])", "3s") ==
        outside);
  CHECK(no_leader(calm,
                  R"([{"id": "k", "at": "10ms", "do": {"omit": {"node": "*", "side": "send"}}}])",
                  "3s") == outside);
}

TEST_CASE("diagnosis: quorums that are no majorities are what a protocol needs to be up") {
  const auto words = [](const std::string& quorums) {
    return Told(testing::scenario_of(R"({"quorate": 1, "stop": {"at": "3s"},
      "network": {"delay": "5ms"},
      "protocol": {"use": "multi_paxos", "nodes": 5, "params": )" +
                                     quorums + R"(},
      "faults": [{"at": "1ms", "do": {"crash": ["n4", "n5"]}}],
      "expect": [{"within": "2s", "event": "elected"}]})"));
  };
  const Told four = words(R"({"prepare_quorum": 4, "accept_quorum": 2})");
  CHECK(four.outcome().diagnosis == Words{"outside_model"});
  CHECK(four.outcome().because.at(0).find("either quorum") != std::string::npos);
  CHECK(words("{}").outcome().verdict == Verdict::pass);  // three of five are a majority
}

}  // namespace quorate::diagnosis
