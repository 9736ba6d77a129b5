// The lecture's derivation, sentence by sentence: whole runs, a delay of 10 ms for every message.
#include <doctest/doctest.h>

#include "protocols/accept_learn/server.hpp"
#include "tests/support/lone_node.hpp"
#include "tests/support/run_text.hpp"
#include "tests/support/sanitized.hpp"

namespace quorate::accept_learn {

namespace {

using testing::run_to_end;
using testing::scenario_file;
using testing::scenario_of;
using testing::Settings;

std::int64_t sent(const Run& run, const std::string& type) {
  const auto found = run.outcome().metrics.find("messages." + type + ".sent");
  return found == run.outcome().metrics.end() ? 0 : found->second;
}

std::string field(const Run& run, std::uint32_t number, const std::string& name) {
  return run.field(NodeId{number - 1}, name);
}

// s1 is asked for "red" at 100 ms, `other` for "green" at 510 ms; all must be executed in the end.
std::string two_operations(const std::string& other, const std::string& faults,
                           const std::string& params = "") {
  return R"j({ "quorate": 1, "network": { "delay": "10ms" }, "stop": { "at": "3s" },
    "protocol": { "use": "accept_learn", "nodes": ["s1", "s2", "s3"], "params": {)j" +
         params + R"j( } }, "workload": [
      { "client": "c1", "op": "put", "value": "red", "at": "90ms", "node": "s1",
        "timeout": "2900ms" },
      { "client": "c2", "op": "put", "value": "green", "at": "500ms", "timeout": "2400ms",
        "node": ")j" +
         other + R"j(" }], "faults": [)j" + faults +
         R"j(], "expect": [{ "at": "end", "state": "nothing_outstanding" }] })j";
}

std::string cut(const std::string& id, const std::string& from, const std::string& to,
                const std::string& at, const std::string& duration) {
  return R"j({ "id": ")j" + id + R"j(", "at": ")j" + at + R"j(", "for": ")j" + duration +
         R"j(", "do": { "cut": { "from": ")j" + from + R"j(", "to": ")j" + to + R"j(" } } })j";
}

// Who has executed something, and when.
struct Applications final : Observer {
  void on(const Record& record, const StateChange*) override {
    const auto* applied = record.kind == Kind::event ? record.body.get_if<Applied>() : nullptr;
    if (applied != nullptr) times.emplace_back(record.node, record.time.since_start());
  }
  std::vector<std::pair<NodeId, Duration>> times;
};

std::vector<std::pair<NodeId, Duration>> executions(const std::string& text) {
  const auto scenario = scenario_of(text);
  const auto run = testing::make_run(scenario, scenario->seed);
  Applications seen;
  run->observe(seen);
  run->run();
  return seen.times;
}

struct Step {
  std::string wrong;     // a scenario that shows what is wrong with a step
  std::string violates;  // or nothing: it stands still for ever
  Settings repaired;     // the next step
};

const Step steps[] = {
    {"two-servers-at-once", "same_order", {{"protocol.params.execute", "learned"}}},
    {"two-crashes-learned", "same_order", {{"protocol.params.execute", "all"}}},
    {"false-detection-all",
     "same_order",
     {{"protocol.params.execute", "majority"},
      {"protocol.params.takeover", "flush"},
      {"protocol.params.leader_id", "true"}}},
    {"leader-crash-s2-silent", "same_order", {{"protocol.params.takeover", "told"}}},
    {"late-accept-no-id", "same_order", {{"protocol.params.leader_id", "true"}}},
    {"duel-no-id", "", {{"protocol.params.leader_id", "true"}}},
    {"outstanding-told", "", {{"protocol.params.takeover", "flush"}}},
};

Settings with_expectation(Settings settings) {
  settings.emplace_back("expect", R"([{ "at": "end", "state": "nothing_outstanding" }])");
  return settings;
}

using LoneServer = testing::LoneNode<AcceptLearn, Server>;

}  // namespace

// Only a link without a checksum can bring it: timestamps begin at 1.
TEST_CASE("accept_learn: what has the timestamp 0 is passed over") {
  using testing::node;
  const Request put{ClientId{0}, 1, {Text("put"), Text("x"), Text("red")}};
  for (const bool told : {true, false}) {
    LoneServer server;
    server.start();
    server.ask(put);
    REQUIRE(server.state().log.size() == 1);
    if (told) server.hear(node(2), Accept{2, 0, put});
    server.hear(node(3), Learn{2, 0, put});
    server.hear(node(3), Missed{0});
    CHECK(server.state().log.size() == 1);
    CHECK(server.state().log[0].o == put);
    CHECK(server.sent<Executed>().empty());
  }
}

// ---- the derivation -----------------------------------------------------------------------------

TEST_CASE("accept_learn: each wrong step fails a scenario that its repair passes") {
  for (const Step& step : steps) {
    CAPTURE(step.wrong);
    const std::string file = "scenarios/accept_learn/" + step.wrong + ".json";
    const auto before = run_to_end(scenario_file(file, with_expectation({})));
    CHECK(before->outcome().verdict == Verdict::fail);
    const auto& violation = before->outcome().violation;
    CHECK((violation ? violation->property : "") == step.violates);
    const auto after = run_to_end(scenario_file(file, with_expectation(step.repaired)));
    CHECK(after->outcome().verdict == Verdict::pass);
  }
}

TEST_CASE("accept_learn: the last step passes the scenarios of all steps before") {
  const Settings last{{"protocol.params.execute", "majority"},
                      {"protocol.params.takeover", "flush"},
                      {"protocol.params.leader_id", "true"}};
  for (const Step& step : steps) {
    CAPTURE(step.wrong);
    const auto run =
        run_to_end(scenario_file("scenarios/accept_learn/" + step.wrong + ".json", last));
    CHECK_FALSE(run->outcome().violation.has_value());
  }
}

// "Paxos (with three servers) behaves correctly when a single server crashes, regardless when that
// crash took place."
TEST_CASE("accept_learn: one of three servers crashes at any moment, and the others go on") {
  const std::string told = R"("takeover": "told", "leader_id": false)";
  for (const std::string& params : {told, std::string()}) {
    for (std::int64_t at = 95; at <= 145; at += testing::sanitized ? 10 : 1) {
      for (const std::string victim : {"s1", "s2", "s3"}) {
        CAPTURE(params);
        CAPTURE(at);
        CAPTURE(victim);
        const std::string crash = R"j({ "id": "crash", "at": ")j" + std::to_string(at) +
                                  R"j(ms", "do": { "crash": ")j" + victim + R"j(" } })j";
        const auto run =
            run_to_end(scenario_of(two_operations(victim == "s3" ? "s2" : "s3", crash, params)));
        CHECK(run->outcome().verdict == Verdict::pass);
      }
    }
  }
}

TEST_CASE("accept_learn: a step of the derivation is one for all servers, or refused") {
  const auto refusal = [](const std::string& of_n2) {
    return testing::refusal_of(R"({"quorate": 1, "stop": {"at": "1s"}, "protocol":
        {"use": "accept_learn", "nodes": 3, "node_params": {"n2": {)" +
                               of_n2 + "}}}}");
  };
  CHECK(refusal(R"("suspect_after": "300ms")") == "");
  for (const char* other :
       {R"("execute": "all")", R"("takeover": "told")", R"("leader_id": false)"}) {
    CHECK(refusal(other).find("all servers follow one step of the derivation") !=
          std::string::npos);
  }
}

// ---- accept -------------------------------------------------------------------------------------

TEST_CASE("accept_learn: a nonleading server forwards requests to the leader") {
  const auto run = run_to_end(scenario_of(two_operations("s3", "", R"("heartbeat": "1h",
    "suspect_after": "1h")")));
  CHECK(run->outcome().verdict == Verdict::pass);
  CHECK(sent(*run, "Forward") == 1);
  CHECK(sent(*run, "Accept") == 2 * 2);
  CHECK(sent(*run, "Learn") == 2 * 6);
  CHECK(run->outcome().metrics.at("ops.acked") == 2);
}

TEST_CASE("accept_learn: what is not learned is sent again, with the original timestamp") {
  const std::string lost =
      cut("lost_2", "s1", "s2", "95ms", "60ms") + "," + cut("lost_3", "s1", "s3", "95ms", "60ms");
  const auto run = run_to_end(scenario_of(two_operations("s1", lost)));
  CHECK(run->outcome().verdict == Verdict::pass);
  CHECK(field(*run, 2, "executed") == "2");
  CHECK(sent(*run, "Accept") >= 2 * 2 + 2);
}

TEST_CASE("accept_learn: a server that sees an unexpected timestamp says what it missed") {
  const auto run =
      run_to_end(scenario_file("scenarios/accept_learn/leader-crash-s3-ignorant.json"));
  CHECK(run->outcome().verdict == Verdict::pass);
  CHECK(run->outcome().witnesses.at("caught_up") > 0);
  CHECK(field(*run, 3, "executed") == "2");
}

TEST_CASE("accept_learn: ACCEPTs that overtake each other are taken in their order") {
  const std::string held = R"j({ "id": "held", "at": "95ms", "for": "460ms",
    "do": { "hold": { "from": "s1", "to": "s3", "message": "Accept", "count": 1 } } })j";
  const auto run = run_to_end(scenario_of(two_operations("s1", held)));
  CHECK(run->outcome().verdict == Verdict::pass);
  CHECK(field(*run, 3, "executed") == "2");
}

TEST_CASE("accept_learn: S1, S2, S3: who is next takes over, past those that are silent") {
  const std::string text = R"j({ "quorate": 1, "network": { "delay": "10ms" },
    "stop": { "at": "2s" }, "protocol": { "use": "accept_learn", "nodes": 5 },
    "faults": [{ "at": "100ms", "do": { "crash": ["n1", "n2"] } }],
    "expect": [{ "at": "end", "state": "one_leader" }] })j";
  const auto run = run_to_end(scenario_of(text));
  CHECK(run->outcome().verdict == Verdict::pass);
  CHECK(field(*run, 3, "turn") == "3");
  CHECK(field(*run, 5, "turn") == "3");
}

// All LEARNs between n2 to n5 are lost but those to and from n1, the leader: it alone executes, and
// has no ACCEPT left to send.
TEST_CASE("accept_learn: who lacks LEARNs that nobody says again is told what is executed") {
  std::string lost;
  for (const std::string from : {"n2", "n3", "n4", "n5"}) {
    for (const std::string to : {"n2", "n3", "n4", "n5"}) {
      if (from == to) continue;
      lost += (lost.empty() ? "" : ",") +
              (R"j({ "at": "50ms", "for": "500ms", "do": { "omit": { "node": ")j" + from +
               R"j(", "side": "send", "message": "Learn", "to": ")j" + to + R"j(" } } })j");
    }
  }
  const auto run = run_to_end(scenario_of(R"j({ "quorate": 1, "network": { "delay": "5ms" },
    "protocol": { "use": "accept_learn", "nodes": 5 }, "stop": { "at": "5s" },
    "workload": [{ "client": "c1", "op": "put", "at": "100ms", "node": "n1" }], "faults": [)j" +
                                          lost + R"j(],
    "expect": [{ "at": "end", "state": "nothing_outstanding" }] })j"));
  CHECK(run->outcome().verdict == Verdict::pass);
  for (std::uint32_t i = 1; i <= 5; ++i) CHECK(field(*run, i, "executed") == "1");
  CHECK(sent(*run, "Executed") == 4);
  CHECK(sent(*run, "Missed") == 4);
}

// ---- execute ------------------------------------------------------------------------------------

TEST_CASE("accept_learn: when each rule executes: at once, when learned, by all, by a majority") {
  const std::string quiet = R"("heartbeat": "1h", "suspect_after": "1h", "execute": )";
  const NodeId s1{0};
  const NodeId s2{1};
  const auto first_two = [&](const std::string& rule) {
    auto all = executions(two_operations("s1", "", quiet + rule));
    all.resize(2);
    return all;
  };
  using Times = std::vector<std::pair<NodeId, Duration>>;
  CHECK(first_two(R"("at_once")") == Times{{s1, 100ms}, {s2, 110ms}});
  CHECK(first_two(R"("learned")") == Times{{s2, 110ms}, {NodeId{2}, 110ms}});
  CHECK(first_two(R"("all")") == Times{{s1, 120ms}, {s2, 130ms}});
  CHECK(first_two(R"("majority")").front().second == 120ms);
}

TEST_CASE("accept_learn: two servers of which one is silent execute nothing") {
  const auto run = run_to_end(scenario_file("scenarios/accept_learn/two-servers-majority.json"));
  CHECK(run->outcome().verdict == Verdict::pass);
  CHECK(run->outcome().metrics.at("applied") == 0);
}

// ---- what the properties see --------------------------------------------------------------------

TEST_CASE("accept_learn: executed_is_learned sees who executes too early") {
  const auto run = run_to_end(scenario_file(
      "scenarios/accept_learn/ideal.json",
      {{"protocol.params.execute", R"("at_once")"}, {"check", R"(["executed_is_learned"])"}}));
  REQUIRE(run->outcome().violation.has_value());
  CHECK(run->outcome().violation->property == "executed_is_learned");
}

TEST_CASE("accept_learn: one_operation_per_turn sees a leader that was told and changed its mind") {
  const auto run = run_to_end(scenario_file("scenarios/accept_learn/soak.json",
                                            {{"protocol.params.takeover", R"("told")"},
                                             {"protocol.params.execute", R"("all")"},
                                             {"check", R"(["one_operation_per_turn"])"}}));
  REQUIRE(run->outcome().violation.has_value());
  CHECK(run->outcome().violation->property == "one_operation_per_turn");
}

TEST_CASE("accept_learn: executed_was_asked sees what stood in the logs from the start") {
  const std::string entry = R"({ "turn": 1, "o": { "client": 9, "serial": 9,
    "operation": { "verb": "put", "key": "x", "value": "nobody" } }, "learned": true })";
  const std::string text = R"j({ "quorate": 1, "network": { "delay": "10ms" },
    "stop": { "at": "1s" }, "protocol": { "use": "accept_learn", "nodes": 3,
      "initial": { "n1": { "log": [)j" +
                           entry + R"j(], "executed": 1 } } } })j";
  const auto run = run_to_end(scenario_of(text));
  REQUIRE(run->outcome().violation.has_value());
  CHECK(run->outcome().violation->property == "executed_was_asked");
}

TEST_CASE("accept_learn: a start that no server can have come to is refused") {
  const auto refusal = [](const std::string& n2) {
    return testing::refusal_of(R"({"quorate": 1, "stop": {"at": "1s"}, "protocol":
        {"use": "accept_learn", "nodes": 3, "initial": {"n2": {)" +
                               n2 + "}}}}");
  };
  CHECK(refusal(R"("turn": 2)") == "");
  CHECK(refusal(R"("role": "taking_over", "turn": 9)")
            .find("of n2: \"role\" is \"taking_over\", and servers begin as backups") !=
        std::string::npos);
  CHECK(refusal(R"("executed": 2)").find("of n2: \"executed\" is 2, and its log has 0 entries") !=
        std::string::npos);
}

}  // namespace quorate::accept_learn
