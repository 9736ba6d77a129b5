// What a decision of Paxos costs a proposer who has no rival.
#pragma once

#include "sim/scenario/cost.hpp"

namespace quorate::paxos {

// Every node plays every role; a client's request reaches n1 at 20 ms.
inline constexpr std::string_view together = R"({
  "quorate": 1, "network": { "delay": "10ms" }, "stop": { "at": "10s" },
  "protocol": { "use": "paxos", "nodes": $(n) },
  "workload": [{ "client": "c1", "op": "set", "key": "colour", "value": "red", "at": "10ms",
    "node": "n1" }] })";
// One proposer, a acceptors, l learners.
inline constexpr std::string_view apart = R"j({
  "quorate": 1, "network": { "delay": "10ms" }, "stop": { "at": "10s" },
  "protocol": { "use": "paxos", "roles": { "proposer": ["n1"],
    "acceptor": [$[i=1..a: "a$(i)"]], "learner": [$[i=1..l: "l$(i)"]]
}
}
, "workload" : [
  {"client" : "c1", "op" : "set", "key" : "colour", "value" : "red", "at" : "10ms", "node" : "n1"}
]
})j";
inline constexpr CostSetting by_acceptors{"protocol.params.learning", "acceptors"};
inline constexpr CostSetting by_one{"protocol.params.learning", "distinguished"};
inline constexpr std::string_view learning_source = "Lamport 2001, section 2.3";

inline constexpr Cost costs[] = {
    {.name = "decision_messages",
     .when = "Both phases, and the proposer tells everybody.",
     .formula = "4(n-1) + (n-1)",
     .unit = CostUnit::messages,
     .source = "Lamport 2001, section 2.2",
     .scenario = together},
    {.name = "decision_delays",
     .when = "Until the proposer knows that its value is chosen.",
     .formula = "4",
     .unit = CostUnit::delays,
     .source = "Lamport 2001, section 2.2",
     .scenario = together,
     .counted = "first chosen",
     .since = 20ms},
    {.name = "decision_known_delays",
     .when = "Until all know, told by the proposer.",
     .formula = "5",
     .unit = CostUnit::delays,
     .source = learning_source,
     .scenario = together,
     .counted = "last chosen",
     .since = 20ms},
    {.name = "decision_writes_in_a_row",
     .when = "Before a value is chosen: the number, the promise, the acceptance.",
     .formula = "3",
     .unit = CostUnit::writes_in_a_row,
     .source = "Lamport 2001, section 2.5",
     .scenario = together,
     .with = {{"disk", R"({ "sync": "10ms" })"}, {"network.delay", "0ms"}},
     .counted = "first chosen",
     .since = 10ms},
    {.name = "all_learn_messages",
     .when = "Both phases, with learning: acceptors, who tell all learners.",
     .formula = "4(n-1) + n(n-1)",
     .unit = CostUnit::messages,
     .source = learning_source,
     .scenario = together,
     .with = {by_acceptors}},
    {.name = "all_learn_delays",
     .when = "Until all know, with learning: acceptors.",
     .formula = "4",
     .unit = CostUnit::delays,
     .source = learning_source,
     .scenario = together,
     .with = {by_acceptors},
     .counted = "last chosen",
     .since = 20ms},
    {.name = "distinguished_messages",
     .when = "Both phases, with learning: distinguished, one learner who tells the others.",
     .formula = "4(n-1) + 2(n-1)",
     .unit = CostUnit::messages,
     .source = learning_source,
     .scenario = together,
     .with = {by_one}},
    {.name = "distinguished_delays",
     .when = "Until all know, with learning: distinguished.",
     .formula = "5",
     .unit = CostUnit::delays,
     .source = learning_source,
     .scenario = together,
     .with = {by_one},
     .counted = "last chosen",
     .since = 20ms},
    {.name = "thrifty_messages",
     .when = "With thrifty the phases ask a majority only, of which the proposer is one.",
     .formula = "4floor(n/2) + (n-1)",
     .unit = CostUnit::messages,
     .source = "counted by the rules",
     .scenario = together,
     .with = {{"protocol.params.thrifty", "true"}}},
    {.name = "thrifty_delays",
     .when = "Until a thrifty proposer knows: no longer.",
     .formula = "4",
     .unit = CostUnit::delays,
     .source = "counted by the rules",
     .scenario = together,
     .with = {{"protocol.params.thrifty", "true"}},
     .counted = "first chosen",
     .since = 20ms},
    {.name = "apart_messages",
     .when = "Roles on nodes of their own, a acceptors and l learners, told by the proposer.",
     .formula = "4a + l",
     .unit = CostUnit::messages,
     .source = learning_source,
     .letters = "a=3..9, l=1..3",
     .scenario = apart},
    {.name = "apart_all_learn_messages",
     .when = "The same, with learning: acceptors.",
     .formula = "4a + al",
     .unit = CostUnit::messages,
     .source = learning_source,
     .letters = "a=3..9, l=1..3",
     .scenario = apart,
     .with = {by_acceptors}},
    {.name = "apart_distinguished_messages",
     .when = "The same, with learning: distinguished.",
     .formula = "4a + a + l-1",
     .unit = CostUnit::messages,
     .source = learning_source,
     .letters = "a=3..9, l=1..3",
     .scenario = apart,
     .with = {by_one}},
};

}  // namespace quorate::paxos
