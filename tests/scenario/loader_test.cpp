// Good scenarios become the values they state. What is refused, and how, is in bad_scenarios_test.
#include "sim/scenario/loader.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>

#include "cli/registry.hpp"
#include "tests/scenario/good.hpp"
#include "tests/scenario/scenario_values.hpp"

using namespace quorate;

namespace {

using made_up::action;
using made_up::aim;
using made_up::good;
using made_up::ids;
using made_up::Shared;
using made_up::with;

// ---- the four shapes of the manual, in what this version has ------------------------------------

constexpr std::string_view crash_and_recovery = R"json({ // the leader dies
  "$schema": "./scenario.schema.json", "quorate": 1, "title": "Leader crash",
      "teaches": ["election", "term"],
  "protocol": { "use": "toy", "nodes": 5, "params": { "timeout": "uniform(150ms, 300ms)",
      "heartbeat": "50ms" } },
  "seed": 42, "stop": { "at": "5s" }, "network": { "delay": "lognormal(median 5ms, p99 20ms)",
      "loss": "0.5%" },
  "workload": [ { "client": "c1", "op": "put", "every": "20ms", "from": "400ms", "count": 100,
      "timeout": "2s", "retry": true } ],
  "faults": [ { "id": "kill", "on": { "event": "elected", "nth": 1 }, "after": "500ms",
      "do": { "crash": "$leader" } },
              { "on": { "fault": "kill" }, "after": "1s", "do": { "restart": "$kill.node" } } ],
  "expect": [ { "within": "1s", "of": "kill", "event": "elected" }, { "at": "end",
      "state": "logs_equal" }, { "metric": "ops.acked", "min": 100 } ],
  "sweep": { "protocol.nodes": [3, 5, 7], "network.loss": ["0%", "1%", "5%"],
      "seed": "1..100" } })json";

constexpr std::string_view duel =
    R"json({ "quorate": 1, "title": "Two propose at once", "x-note": "free",
  "protocol": { "use": "pact", "roles": { "coordinator": ["p1", "p2"], "participant": ["a1", "a2",
      "a3", "p1"] } },
  "seed": 1, "stop": { "at": "10s", "or": { "event": "committed", "nth": 2 } },
      "network": { "delay": "10ms" },
  "workload": [ { "client": "red", "at": "0ms", "node": "p1", "op": "propose", "value": "red" },
                { "client": "blue", "at": "15ms", "node": "p2", "op": "propose",
                    "value": "blue" } ],
  "faults": [ { "on": { "event": "recv", "node": "a1", "message": "Pre*" }, "times": "unlimited",
                "do": { "hold": { "from": "p1", "message": "Decide" } } } ],
  "expect": [ { "never": "aborted", "note": "words" }, { "metric": "epochs", "max": 0 } ] })json";

constexpr std::string_view blocking =
    R"json({ "quorate": 1, "title": "The coordinator dies while all are READY",
  "protocol": { "use": "pact", "roles": { "coordinator": ["co"], "participant": ["x1", "x2",
      "x3"] } },
  "stop": { "at": "3s" }, "network": { "delay": "uniform(1ms, 4ms)" },
  "workload": [ { "at": "10ms", "node": "co", "op": "commit", "key": "T1" } ],
  "faults": [ { "id": "kill", "on": { "state": { "all": "participant", "is": "ready" } },
      "do": { "crash": "co" } },
              { "id": "back", "on": { "fault": "kill" }, "after": "2s",
                  "do": { "restart": "co" } } ],
  "expect": [ { "never": { "event": "committed", "node": "participant" }, "of": "kill" },
      { "at": "end", "state": "decided" },
              { "diagnosis": "blocked" } ],
  "sweep": { "protocol.use": ["pact", "toy"], "seed": "1..500" } })json";

constexpr std::string_view one_way = R"json({ "quorate": 1, "title": "One-way partition",
  "protocol": { "use": "toy", "nodes": ["n1", "n2", "n3", "n4", "n5"],
      "params": { "eager": true } },
  "seed": "0x5eed", "random": "mt19937_64", "tie_break": "seeded", "stop": { "at": "20s" },
  "network": { "delay": "normal(8ms, 2ms) min 1ms", "links": [ { "from": "n1", "to": "*",
      "delay": "exponential(5ms) max 400ms" } ] },
  "faults": [ { "at": "2s", "for": "6s", "do": { "cut": { "from": ["n2", "n3"],
      "to": ["n1"] } } }, { "at": "4s", "for": "500ms", "do": { "pause": "n3" } },
              { "every": "exponential(3s)", "from": "9s", "until": "18s", "for": "400ms",
                  "do": { "partition": "random_halves" } } ],
  "expect": [ { "at": "end", "state": "logs_equal" }, { "metric": "leaders", "max": 6 } ] })json";

constexpr std::string_view limits = R"json({ "quorate": 1, "title": "Links with limits",
  "protocol": { "use": "pact", "roles": { "coordinator": ["n1"], "participant": ["n2", "n3"] } },
  "stop": { "at": "5s" }, "clocks": { "n2": { "drift": "uniform(-50ppm, 50ppm)" } },
  "network": { "topology": { "star": "n2" }, "loss": "1%", "burst": 4, "bandwidth": "64kB/s",
      "queue": "8KiB",
      "links": [ { "from": "n1", "to": "n2", "bandwidth": "1.5MB/s", "burst": 9 },
                 { "from": "n2", "to": "*", "bandwidth": null, "burst": null } ],
      "clients": { "loss": null, "burst": null, "queue": "1GB" } },
  "faults": [ { "every": "400ms", "for": "50%", "do": { "pause": "n3" } },
              { "every": "exponential(2s)", "for": "uniform(100ms, 900ms)",
                  "do": { "cut": { "from": "n2", "to": "n3" } } } ] })json";

}  // namespace

TEST_CASE("loader: a scenario that crashes the leader") {
  const Shared scenario = good(crash_and_recovery);
  CHECK(scenario->title == "Leader crash");
  CHECK(scenario->teaches == std::vector<std::string>{"election", "term"});
  CHECK(scenario->nodes.size() == 5);
  CHECK(scenario->nodes[4].name == "n5");
  CHECK(to_json(scenario->params) ==
        R"json({"timeout":"uniform(150ms, 300ms)","heartbeat":"50ms"})json");
  CHECK(scenario->seed == 42);
  CHECK(scenario->stop == Time{} + 5s);
  CHECK(scenario->network.nodes == 5);
  CHECK(scenario->network.clients == 1);
  CHECK(scenario->network.link.loss == parse_probability("0.5%").value);
  CHECK(scenario->network.client_link.delay == scenario->network.link.delay);
  CHECK(scenario->names() == std::vector<std::string>{"n1", "n2", "n3", "n4", "n5", "c1"});
  REQUIRE(scenario->workload.size() == 1);
  const Workload& line = scenario->workload.front();
  CHECK(line.operation.verb == Text("put"));
  CHECK(line.every == Distribution::constant(20ms));
  CHECK(line.from == Time{} + 400ms);
  CHECK(line.count == 100);
  CHECK(line.timeout == 2s);
  REQUIRE(scenario->faults.size() == 2);
  CHECK(scenario->faults[0].id == "kill");
  CHECK(scenario->faults[0].trigger.kind == Trigger::Kind::event);
  CHECK(scenario->faults[0].trigger.event.event == "elected");
  CHECK(scenario->faults[0].after == 500ms);
  CHECK(scenario->faults[0].action.target.kind == Selector::Kind::leader);
  CHECK(scenario->faults[1].id == "f2");
  CHECK(scenario->faults[1].trigger.fault == "kill");
  CHECK(scenario->faults[1].action.target.kind == Selector::Kind::fault_node);
  CHECK(scenario->faults[1].action.target.name == "kill");
  REQUIRE(scenario->expect.size() == 3);
  CHECK(scenario->expect[0].of == "kill");
  CHECK(scenario->expect[0].text == R"({"within":"1s","of":"kill","event":"elected"})");
  CHECK(scenario->expect[1].name == "logs_equal");
  CHECK(scenario->expect[2].min == 100);
  CHECK(scenario->sweep.members.size() == 3);
}

TEST_CASE("loader: roles declare nodes in their order, and a node may have several") {
  const Shared scenario = good(duel);
  std::vector<std::string> seen;
  for (const ScenarioNode& node : scenario->nodes)
    seen.push_back(node.name + std::to_string(node.plays));
  CHECK(seen == std::vector<std::string>{"p13", "p21", "a12", "a22", "a32"});
  CHECK(scenario->clients == std::vector<std::string>{"red", "blue"});
  CHECK(scenario->workload[1].node == NodeId{1});
  CHECK(scenario->workload[1].at == Time{} + 15ms);
  REQUIRE(scenario->stop_at_event.has_value());
  CHECK(scenario->stop_at_event->nth == 2);
  CHECK(scenario->faults[0].times == ~std::uint64_t{0});
  CHECK(scenario->faults[0].trigger.event.message == "Pre*");
  CHECK(scenario->faults[0].action.message == "Decide");
  CHECK(scenario->expect[0].kind == Expectation::Kind::never);
}

TEST_CASE("loader: states trigger faults, and roles name their nodes where nodes must be known") {
  const Shared scenario = good(blocking);
  const StatePattern& state = scenario->faults[0].trigger.state;
  CHECK(state.quantifier == Quantifier::all);
  CHECK(state.role == "participant");
  CHECK(state.is == "ready");
  CHECK(scenario->expect[0].event.node.nodes == ids({1, 2, 3}));
  CHECK(scenario->expect[2].name == "blocked");
}

TEST_CASE("loader: links, engines, ties and repeated faults") {
  const Shared scenario = good(one_way);
  CHECK(scenario->seed == 0x5eed);
  CHECK(scenario->engine == Engine::mt19937_64);
  CHECK(scenario->seeded_ties);
  CHECK(scenario->network.links.size() == 4);
  const LinkConfig& link = scenario->network.links.at({NodeId{0}, NodeId{3}});
  CHECK(link.delay == parse_distribution("exponential(5ms) max 400ms").value);
  CHECK(scenario->faults[0].lasts == Distribution::constant(6s));
  CHECK(scenario->faults[0].action.from.nodes == ids({1, 2}));
  CHECK(scenario->faults[2].trigger.every == Distribution::exponential(3s));
  CHECK(scenario->faults[2].until == Time{} + 18s);
  CHECK(scenario->faults[2].action.shape == PartitionShape::random_halves);
}

TEST_CASE("loader: bursts, bandwidth and queues of all links, of some, and of clients") {
  const Shared scenario = good(limits);
  const LinkConfig& all = scenario->network.link;
  CHECK(all.burst == 4);
  CHECK(all.bytes_per_second == 64'000);
  CHECK(all.queue == 8'192);
  const LinkConfig& fast = scenario->network.links.at({NodeId{0}, NodeId{1}});
  CHECK(fast.burst == 9);
  CHECK(fast.bytes_per_second == 1'500'000);
  CHECK(fast.queue == 8'192);
  const LinkConfig& free = scenario->network.links.at({NodeId{1}, NodeId{2}});
  CHECK(free.loss == parse_probability("1%").value);
  CHECK(free.burst == 0);
  CHECK(free.bytes_per_second == 0);
  CHECK(free.queue == 0);  // of a link without limits nothing waits
  const LinkConfig& client = scenario->network.client_link;
  CHECK(client.loss == Probability{});
  CHECK(client.bytes_per_second == 64'000);
  CHECK(client.queue == 1'000'000'000);
}

TEST_CASE("loader: null takes a setting of links back, wherever it stands") {
  const std::string said = R"("delay": "1ms", "loss": "2%", "duplicate": "3%", "fifo": true,
    "burst": 4, "bandwidth": "5MB/s", "queue": "6kB", "drops": "head")";
  const std::string taken = R"("delay": null, "loss": null, "duplicate": null, "fifo": null,
    "burst": null, "bandwidth": null, "queue": null, "drops": null)";
  const auto untouched = [](const LinkConfig& link) {
    return link.delay == Distribution{} && link.loss == Probability{} &&
           link.duplicate == Probability{} && !link.fifo && link.burst == 0 &&
           link.bytes_per_second == 0 && link.queue == 0 && link.is_plain();
  };
  const Shared one = with(R"("network": {)" + said + R"(, "clients": {)" + taken +
                          R"(}, "links": [{"from": "n1", "to": "n2", )" + taken + "}]}");
  CHECK(untouched(one->network.client_link));
  CHECK(untouched(one->network.links.at({NodeId{0}, NodeId{1}})));
  CHECK_FALSE(untouched(one->network.link));
  CHECK(untouched(with(R"("network": {)" + taken + "}")->network.link));
  const LoadOptions without{
      .set = {{"network.bandwidth", "null"}, {"network.queue", "null"}, {"network.drops", "null"}}};
  const LinkConfig set = with(R"("network": {)" + said + "}", without)->network.link;
  CHECK(set.bytes_per_second == 0);
  CHECK(set.more().drops == Drops::tail);
  CHECK(set.burst == 4);
}

TEST_CASE("loader: a fault lasts a time, or a share of the gap before the next") {
  const Shared scenario = good(limits);
  CHECK(scenario->faults[0].share == parse_probability("50%").value);
  CHECK_FALSE(scenario->faults[0].lasts.has_value());
  CHECK(scenario->faults[1].lasts == Distribution::uniform(100ms, 900ms));
  CHECK_FALSE(scenario->faults[1].share.has_value());
}

TEST_CASE("loader: topologies give every node its neighbours") {
  const auto neighbours = [](std::string_view topology) {
    return with("\"network\": {\"topology\": " + std::string(topology) + "}")->network.neighbours;
  };
  constexpr std::uint32_t nodes = 3;
  CHECK(neighbours("\"complete\"").empty());
  CHECK(neighbours("\"ring\"") == ring(nodes));
  CHECK(neighbours("\"line\"") == line(nodes));
  CHECK(neighbours("\"star\"") == star(nodes, NodeId{0}));
  CHECK(neighbours("{\"star\": \"n2\"}") == star(nodes, NodeId{1}));
  CHECK(neighbours("\"tree\"") == tree(nodes, 2));
  CHECK(neighbours("{\"tree\": 1}") == line(nodes));
  CHECK(neighbours("\"grid\"") == grid(nodes, grid_columns(nodes)));
  CHECK(neighbours("{\"grid\": [" + std::to_string(nodes) + ", 1]}") == line(nodes));
  CHECK(with(R"("network": {"topology": {"edges": [["n1", "n2"], ["n3", "n2"]]}})", {})
            ->network.neighbours == line(3));
}

TEST_CASE("loader: the embedded source reads back to the same values") {
  for (const std::string_view text : {crash_and_recovery, duel, blocking, one_way, limits}) {
    const Shared first = good(text);
    const Shared second = good(to_json(first->source));
    CHECK(made_up::values_of(*first) == made_up::values_of(*second));
    CHECK(to_json(first->source) == to_json(second->source));
  }
  const Shared crash = good(crash_and_recovery);
  CHECK(made_up::values_of(*crash) !=
        made_up::values_of(*good(crash_and_recovery, {.set = {{"seed", "43"}}})));
}

TEST_CASE("loader: --set changes the document before it is read") {
  const Shared scenario = good(crash_and_recovery, {.set = {{"protocol.nodes", "3"},
                                                            {"network.loss", "1%"},
                                                            {"faults.0.after", "1s"},
                                                            {"seed", "0x10"},
                                                            {"protocol.params.eager", "true"},
                                                            {"tie_break", "seeded"}}});
  CHECK(scenario->nodes.size() == 3);
  CHECK(scenario->network.link.loss == parse_probability("1%").value);
  CHECK(scenario->faults[0].after == 1s);
  CHECK(scenario->seed == 16);
  CHECK(scenario->seeded_ties);
  CHECK(scenario->source.find("protocol")->find("nodes")->integer == 3);
}

TEST_CASE("loader: what --set gets wrong is underlined in what was typed") {
  Diagnostics diagnostics;
  const LoadOptions options{
      .set = {{"network.loss", "1"}, {"faults.7.at", "1s"}, {"protocl.nodes", "3"}}};
  CHECK(made_up::read(crash_and_recovery, diagnostics, options) == nullptr);
  const std::string text = diagnostics.rendered();
  CHECK(text.find("--set: \"faults\" has no item \"7\"") != std::string::npos);
  CHECK(text.find("--set:1:14: error[Q110]") != std::string::npos);
  CHECK(text.find("did you mean \"protocol\"?") != std::string::npos);
  CHECK(diagnostics.errors() == 3);
}

TEST_CASE("loader: selectors") {
  CHECK(aim("\"n2\"").nodes == ids({1}));
  CHECK(aim(R"(["n3", "n1"])").nodes == ids({2, 0}));
  CHECK(aim("\"*\"").kind == Selector::Kind::all);
  CHECK(aim("\"$leader\"").kind == Selector::Kind::leader);
  CHECK(aim("\"random\"").kind == Selector::Kind::random);
  CHECK(aim("\"random\"").name.empty());
  CHECK(aim("\"random follower\"").name == "follower");
  CHECK(aim("\"random server\"").name == "server");
  CHECK(aim("\"candidate\"").kind == Selector::Kind::role);
  CHECK(aim("\"server\"").name == "server");
}

TEST_CASE("loader: actions on nodes") {
  CHECK_FALSE(action(R"("crash": {"node": "n1"})").moment.has_value());
  const Action sends = action(R"("crash": {"node": "n1", "after_sends": 2, "message": "AskVote"})");
  CHECK(sends.moment == CrashMoment::after_sends);
  CHECK(sends.nth == 2);
  CHECK(sends.message == "AskVote");
  for (const CrashMoment moment :
       {CrashMoment::before_persist, CrashMoment::during_persist, CrashMoment::after_persist,
        CrashMoment::sync_error, CrashMoment::short_write}) {
    const std::string key = "\"" + std::string(enum_name(moment)) + "\"";
    const Action next = action(R"("crash": {"node": "n1", )" + key + ": true}");
    CHECK(next.moment == moment);
    CHECK(next.nth == 1);
    const Action third = action(R"("crash": {"node": "n1", )" + key + ": 3}");
    CHECK(third.moment == moment);
    CHECK(third.nth == 3);
  }
  const std::string crash = R"(, {"at": "500ms", "do": {"crash": "n1"}})";
  CHECK(action(R"("restart": {"node": "n1", "amnesia": true})", crash).amnesia);
  CHECK(action(R"("fire": {"node": "n1", "timer": "election"})").timer == "election");
  const Action request =
      action(R"("request": {"node": "n1", "op": "put", "key": "k", "value": "v"})");
  CHECK(request.operation.key == Text("k"));
  CHECK(request.operation.value == Text("v"));
}

TEST_CASE("loader: actions on the network") {
  CHECK(action(R"("partition": [["n1", "n2"], ["n3"]])").groups ==
        std::vector<std::vector<NodeId>>{ids({0, 1}), ids({2})});
  const Action isolate = action(R"("partition": {"isolate": "$leader", "one_way": true})");
  CHECK(isolate.shape == PartitionShape::isolate);
  CHECK(isolate.one_way);
  CHECK(action(R"("partition": {"bridge": "n2"})").shape == PartitionShape::bridge);
  CHECK(action(R"("partition": {"random_halves": true})").shape == PartitionShape::random_halves);
  const Shared swizzling = with(R"("faults": [
    {"at": "1s", "for": "2s", "do": {"partition": {"swizzle": "*", "in_flight": "keep"}}}])");
  CHECK(swizzles(swizzling->faults[0].action));
  CHECK(swizzling->faults[0].action.target.kind == Selector::Kind::all);
  CHECK(action(R"("cut": {"to": "n1"})").from.kind == Selector::Kind::none);
  CHECK(action(R"("heal": true)").fault.empty());
  const std::string hold = R"(, {"id": "h", "at": "500ms", "do": {"hold": {"to": "n1"}}})";
  CHECK(action(R"("heal": "h")", hold).fault == "h");
  CHECK(action(R"("release": "h")", hold).verb == Verb::release);
  const Action deaf = action(
      R"("omit": {"node": "n1", "side": "receive", "from": "n2",
                 "message": "Append", "p": "10%", "count": 3})");
  CHECK(deaf.side == OmissionSide::receive);
  const Action faulty =
      action(R"("omit": {"node": "n1", "side": "both", "from": "n2", "to": "n3"})");
  CHECK(faulty.side == OmissionSide::both);
  CHECK(faulty.target.nodes == ids({0}));
  CHECK(faulty.from.nodes == ids({1}));
  CHECK(faulty.to.nodes == ids({2}));
  CHECK(deaf.from.nodes == ids({1}));
  CHECK(deaf.chance == parse_probability("10%").value);
  CHECK(deaf.count == 3);
}

TEST_CASE("loader: clients may be named where messages pass") {
  const Shared scenario = with(R"("workload": [{"client": "bob", "op": "get"}], "faults": [
    {"at": "1s", "do": {"partition": [["n1", "bob"], ["n2", "n3"]]}},
    {"at": "1s", "do": {"cut": {"from": "bob", "to": "n1"}}},
    {"on": {"event": "ack", "node": "bob"}, "do": {"pause": "n1"}}])");
  CHECK(scenario->faults[0].action.groups.front() == ids({0, 3}));
  CHECK(scenario->faults[1].action.from.nodes == ids({3}));
  CHECK(scenario->faults[2].trigger.event.node.nodes == ids({3}));
}

TEST_CASE("loader: regions give every link between two of them its delay") {
  const Shared scenario = with(R"("network": {"delay": "7ms", "loss": "1%",
    "regions": {"eu": ["n1", "n2"], "us": ["n3"]},
    "latency": {"eu": {"eu": "1ms", "us": "40ms"}, "us": {"us": "2ms"}},
    "links": [{"from": "n1", "to": "n3", "fifo": true}], "clients": {"delay": "3ms"}})");
  const NetworkConfig& network = scenario->network;
  CHECK(network.links.size() == 6);
  const auto delay = [&](std::uint32_t from, std::uint32_t to) {
    return to_text(network.links.at({NodeId{from}, NodeId{to}}).delay);
  };
  CHECK(delay(0, 1) == "1ms");
  CHECK(delay(0, 2) == "40ms");
  CHECK(delay(2, 1) == "40ms");  // one direction stands for both
  CHECK(network.links.at({NodeId{0}, NodeId{2}}).fifo);
  CHECK(network.links.at({NodeId{0}, NodeId{2}}).loss == parse_probability("1%").value);
  CHECK_FALSE(network.links.at({NodeId{2}, NodeId{0}}).fifo);
  CHECK(to_text(network.client_link.delay) == "3ms");
  CHECK(network.client_link.loss == parse_probability("1%").value);
}

TEST_CASE("loader: state at the start, bugs, disks, members and budgets") {
  const Shared scenario = good(R"({"quorate": 1, "stop": {"at": "1s"}, "check": ["log_matching"],
    "protocol": {"use": "toy", "nodes": 4, "members": ["n3", "n1", "n2"],
      "node_params": {"n2": {"batch": 5}}, "initial": {"n1": {"term": 7, "log": [1, 1, 4]}},
      "bugs": ["no_sync", {"bug": "vote_twice", "node": "n2", "from": "100ms", "until": "200ms"}]},
    "disk": {"sync": "2ms", "lose": "prefix", "nodes": {"n3": {"sync": "1s", "torn": true}}},
    "budgets": {"events": 1000, "wire_bytes": "1MiB", "wall_time": "10s"}})");
  CHECK(scenario->members == ids({0, 1, 2}));
  CHECK(to_json(scenario->initial.at(NodeId{0})) == R"({"term":7,"log":[1,1,4]})");
  CHECK(to_json(scenario->node_params.at(NodeId{1})) == R"({"batch":5})");
  CHECK(scenario->bugs[0].nodes.empty());
  CHECK(scenario->bugs[1].nodes == ids({1}));
  CHECK(scenario->bugs[1].until == Time{} + 200ms);
  CHECK(scenario->disk.sync_delay == Distribution::constant(2ms));
  CHECK(scenario->node_disk.at(NodeId{2}).sync_delay == Distribution::constant(1s));
  CHECK(scenario->disk.crash == CrashRule{LostWrites::prefix, false});
  CHECK(scenario->node_disk.at(NodeId{2}).crash == CrashRule{LostWrites::prefix, true});
  CHECK(scenario->check == std::vector<std::string>{"log_matching"});
  CHECK(scenario->budgets.events == 1000);
  CHECK(scenario->budgets.wire_bytes == 1u << 20);
  CHECK(scenario->budgets.pending == Budgets{}.pending);
  CHECK(scenario->budgets.wall_time == 10s);
}

TEST_CASE("loader: clocks and what happens to them") {
  const Shared scenario = good(R"json({"quorate": 1, "stop": {"at": "5s"},
    "protocol": {"use": "pact", "roles": {"coordinator": ["n1"], "participant": ["n2", "n3"]}},
    "clocks": {"n1": {"drift": "+200ppm", "offset": "-30ms"},
               "n3": {"drift": "uniform(-0.5ppm, 10%)"}},
    "faults": [{"at": "1s", "do": {"clock": {"node": "n2", "jump": "-250ms"}}, "for": "1s"},
               {"at": "2s", "do": {"clock": {"node": "$coordinator", "drift": "-10%"}}}]})json");
  CHECK(scenario->clocks.size() == 2);
  CHECK(scenario->clocks.at(NodeId{0}).drift == Between{200'000, 200'000});
  CHECK(scenario->clocks.at(NodeId{0}).offset == Between{-30'000'000, -30'000'000});
  CHECK(scenario->clocks.at(NodeId{2}).drift == Between{-500, 100'000'000});
  CHECK(scenario->faults[0].action.jump == -250ms);
  CHECK_FALSE(scenario->faults[0].action.drift.has_value());
  CHECK(scenario->faults[1].action.drift == Drift{-100'000'000});
}

TEST_CASE("loader: more nodes may be asked for") {
  Diagnostics diagnostics;
  const LoadOptions options{.set = {{"protocol.nodes", "10001"}}, .max_nodes = 20'000};
  const auto scenario = made_up::read(crash_and_recovery, diagnostics, options);
  REQUIRE(scenario != nullptr);
  CHECK(scenario->nodes.size() == 10'001);
  CHECK(scenario->network.links.empty());
  CHECK(diagnostics.warnings() == 1);  // how much memory all their links may take
}

TEST_CASE("loader: a small file cannot ask for a large memory") {
  const auto refused = [](std::string_view key, std::string_view item, std::size_t count) {
    std::string text = R"({"quorate": 1, "protocol": {"use": "toy", "nodes": 10000},)";
    text += R"("stop": {"at": "5s"}, ")" + std::string(key) + "\": [";
    for (std::size_t i = 0; i < count; ++i) text += (i == 0 ? "" : ",") + std::string(item);
    Diagnostics diagnostics;
    CHECK(made_up::read(text + "]}", diagnostics) == nullptr);
    REQUIRE(diagnostics.errors() == 1);
    CHECK(diagnostics.list().front().code == ErrorCode::over_budget);
  };
  refused("faults", R"({"at": "1s", "do": {"heal": true}})", 10'001);
  refused("workload", R"({"op": "put"})", 10'001);
  refused("expect", R"({"at": "end", "node": "*", "field": "term", "is": 1})", 501);
  refused("expect", R"({"at": "end", "node": "server", "field": "term", "is": 1})", 501);
}

TEST_CASE("loader: what a mistake needs is told with every \"not\"") {
  CHECK(words_of({"bug", {{"form", "tree"}, {"form", "ring"}, {"ack", "true"}}}) ==
        R"("form" is "tree" or "ring" or "ack" is true)");
  CHECK(words_of({"bug", {{"reads", "log"}, {"reads", "lease", false}, {"reads", "local"}}}) ==
        R"("reads" is "log" or "reads" is not "lease" or "reads" is "local")");
}

TEST_CASE("loader: a file that is not there is one error") {
  Diagnostics diagnostics;
  CHECK(load_scenario("no/such/file.json", made_up::find_protocol, made_up::protocol_names(), {},
                      diagnostics) == nullptr);
  REQUIRE(diagnostics.errors() == 1);
  CHECK(diagnostics.list().front().code == ErrorCode::cannot_read);
  CHECK(diagnostics.list().front().file == "no/such/file.json");
}

TEST_CASE("loader: every scenario of the collection is good and free of warnings") {
  std::size_t files = 0;
  const std::filesystem::path root = QUORATE_SOURCE_DIR "/scenarios";
  for (const auto& file : std::filesystem::recursive_directory_iterator(root)) {
    const std::string name = file.path().filename().string();
    if (file.path().extension() != ".json" || name.starts_with('_')) continue;
    ++files;
    Diagnostics diagnostics;
    const auto scenario =
        load_scenario(file.path().string(), find_protocol_info, protocol_names(), {}, diagnostics);
    CHECK_MESSAGE(scenario != nullptr, diagnostics.rendered());
    CHECK_MESSAGE(diagnostics.warnings() == 0, diagnostics.rendered());
  }
  CHECK(files >= 6);
}
