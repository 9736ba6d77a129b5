// Good scenarios of machines that are slow, whose clocks are bad, or that fail together.
#include "tests/scenario/good.hpp"

namespace quorate::made_up {

TEST_CASE("loader: the name of a region stands for its nodes, whether or not it has a latency") {
  const Shared scenario = with(R"("network": {"regions": {"rack_a": ["n3", "n1"], "rack_b": ["n2"]},
    "links": [{"from": "rack_a", "to": "rack_b", "loss": "5%"}]},
    "faults": [{"at": "1s", "do": {"crash": "rack_a"}},
               {"at": "2s", "do": {"cut": {"from": "rack_b", "to": "rack_a"}}}])");
  CHECK(scenario->faults[0].action.target.kind == Selector::Kind::nodes);
  CHECK(scenario->faults[0].action.target.nodes == ids({2, 0}));
  CHECK(scenario->faults[1].action.from.nodes == ids({1}));
  CHECK(scenario->network.links.size() == 2);
  CHECK(scenario->network.links.at({NodeId{2}, NodeId{1}}).loss == parse_probability("5%").value);
}

TEST_CASE("loader: nodes whose handlers take time, from the start or by a fault") {
  const Shared scenario = with(R"json("nodes": {"n2": {"cost": "1ms", "slow": 3}}, "faults": [
    {"at": "1s", "do": {"node": {"node": "n1", "cost": "uniform(1ms, 2ms)", "slow": 10}}}])json");
  CHECK(scenario->work.at(NodeId{1}) == WorkConfig{Distribution::constant(1ms), 3});
  CHECK_FALSE(scenario->work.contains(NodeId{0}));
  const Action& action = scenario->faults[0].action;
  CHECK(action.verb == Verb::node);
  CHECK(action.target.nodes == ids({0}));
  CHECK(action.cost == Distribution::uniform(1ms, 2ms));
  CHECK(action.slow == 10U);
}

TEST_CASE("loader: clocks that stand still, swing, or have timers that are off") {
  CHECK(action(R"("clock": {"node": "n1", "freeze": true})").drift == frozen);
  CHECK(action(R"("clock": {"node": "n1", "jitter": "20%"})").jitter ==
        parse_probability("20%").value);
  const Shared swinging = good(R"json({"quorate": 1, "stop": {"at": "5s"},
    "protocol": {"use": "pact", "roles": {"coordinator": ["n1"], "participant": ["n2", "n3"]}},
    "faults": [{"at": "1s", "do":
      {"clock": {"node": "n1", "strobe": {"by": "1s", "every": "2ms"}}}}]})json");
  const Action& strobe = swinging->faults[0].action;
  CHECK(strobe.strobe == 1s);
  CHECK(strobe.strobe_every == 2ms);
  const Shared scenario = with(R"("clocks": {"n2": {"jitter": "5%"}})");
  CHECK(scenario->clocks.at(NodeId{1}).jitter == parse_probability("5%").value);
}

}  // namespace quorate::made_up
