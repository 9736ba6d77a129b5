// What an operation and a takeover cost in the derivation of Paxos.
#pragma once

#include "sim/scenario/cost.hpp"

namespace quorate::accept_learn {

// n1 leads; k operations reach it, at 100 ms and every 100 ms.
inline constexpr std::string_view stable = R"j({
  "quorate": 1, "network": { "delay": "10ms" }, "stop": { "at": "$(100k+90)ms" },
  "protocol": { "use": "accept_learn", "nodes": $(n),
    "params": { "heartbeat": "1h", "suspect_after": "1h" } },
  "workload": [{ "client": "c1", "op": "put", "from": "90ms", "every": "100ms", "count": $(k),
    "node": "n1" }] })j";
// n1 dies when k of its operations have reached n2 and no other. n2 suspects it from 110+k ms on.
inline constexpr std::string_view takeover = R"j({
  "quorate": 1, "network": { "delay": "10ms" }, "stop": { "at": "250ms" },
  "protocol": { "use": "accept_learn", "nodes": $(n),
    "params": { "heartbeat": "1h", "suspect_after": "1h" },
    "node_params": { "n2": { "suspect_after": "100ms" } } },
  "faults": [$[i=1..k: { "at": "$(i)ms", "do": { "request": { "node": "n1", "op": "op$(i)" } } }],
    { "at": "0ms", "for": "90ms",
      "do": { "cut": { "from": "n1", "to": [$[i=3..n: "n$(i)"]] } } },
    { "at": "0ms", "for": "90ms", "do": { "cut": { "from": "n2", "to": "*" } } },
    { "at": "9ms", "do": { "crash": "n1" } }] })j";

inline constexpr Cost costs[] = {
    {.name = "operation_messages",
     .when = "k operations under one leader: ACCEPTs to the backups, and LEARNs of all to all.",
     .formula = "k(n-1) + kn(n-1)",
     .unit = CostUnit::messages,
     .source = "the lectures",
     .letters = "n=2..9, k=1..4",
     .scenario = stable},
    {.name = "executed_delays",
     .when = "Until all have executed it.",
     .formula = "2",
     .unit = CostUnit::delays,
     .source = "the lectures",
     .letters = "n=3..9, k=1..1",
     .scenario = stable,
     .counted = "last applied",
     .since = 100ms},
    {.name = "at_once_delays",
     .when = "Until all have executed it, if whoever has it executes it.",
     .formula = "1",
     .unit = CostUnit::delays,
     .source = "the lectures",
     .letters = "n=2..9, k=1..1",
     .scenario = stable,
     .with = {{"protocol.params.execute", "at_once"}},
     .counted = "last applied",
     .since = 100ms},
    {.name = "all_delays",
     .when = "The same, if each waits for the LEARNs of all others.",
     .formula = "3",
     .unit = CostUnit::delays,
     .source = "counted by the rules",
     .letters = "n=2..9, k=1..1",
     .scenario = stable,
     .with = {{"protocol.params.execute", "all"}},
     .counted = "last applied",
     .since = 100ms},
    {.name = "writes_in_a_row",
     .when = "Before the leader executes an operation: a backup's, and its own.",
     .formula = "2",
     .unit = CostUnit::writes_in_a_row,
     .source = "counted by the rules",
     .letters = "n=3..9, k=1..1",
     .scenario = stable,
     .with = {{"disk", R"({ "sync": "10ms" })"}, {"network.delay", "0ms"}},
     .counted = "first applied",
     .since = 100ms},
    {.name = "takeover_messages",
     .when = "k operations of a dead leader are outstanding: one takeover, and each is sent again.",
     .formula = "2n-3 + kn(n-1)",
     .unit = CostUnit::messages,
     .source = "counted by the rules",
     .letters = "n=3..9, k=1..5",
     .scenario = takeover,
     .since = 100ms},
    {.name = "takeover_delays",
     .when = "Until the new leader has executed the first of them.",
     .formula = "4",
     .unit = CostUnit::delays,
     .source = "counted by the rules",
     .letters = "n=3..9, k=1..1",
     .scenario = takeover,
     .counted = "first applied",
     .since = 111ms},
};

}  // namespace quorate::accept_learn
