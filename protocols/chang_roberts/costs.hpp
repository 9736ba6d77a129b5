// What an election by Chang and Roberts costs on a ring of n.
#pragma once

#include "sim/scenario/cost.hpp"

namespace quorate::chang_roberts {

inline constexpr std::string_view rising = R"j({
  "quorate": 1, "network": { "delay": "10ms" }, "stop": { "at": "5s" },
  "protocol": { "use": "chang_roberts", "nodes": $(n),
    "node_params": { $[i=1..n: "n$(i)": { "id": $(i) }] } },
  "expect": [{ "at": "end", "state": "agreed" }] })j";
inline constexpr std::string_view falling = R"j({
  "quorate": 1, "network": { "delay": "10ms" }, "stop": { "at": "5s" },
  "protocol": { "use": "chang_roberts", "nodes": $(n),
    "node_params": { $[i=1..n: "n$(i)": { "id": $(n+1-i) }] } },
  "expect": [{ "at": "end", "state": "agreed" }] })j";
// Ids rising, and only node s initiates.
inline constexpr std::string_view single = R"j({
  "quorate": 1, "network": { "delay": "10ms" }, "stop": { "at": "5s" },
  "protocol": { "use": "chang_roberts", "nodes": $(n), "params": { "initiates": false },
    "node_params": { $[i=1..n: "n$(i)": { "id": $(i) }] } },
  "faults": [{ "at": "1s", "do": { "fire": { "node": "n$(s)", "timer": "initiate" } } }],
  "expect": [{ "at": "end", "state": "agreed" }] })j";

inline constexpr Cost costs[] = {
    {.name = "best_messages",
     .when = "All initiate, ids rising along the ring: ELECTIONs.",
     .formula = "2n - 1",
     .unit = CostUnit::messages,
     .source = "Chang and Roberts 1979, section 3",
     .letters = "n=3..30",
     .scenario = rising,
     .counted = "Election",
     .headline = true},
    {.name = "worst_messages",
     .when = "All initiate, ids falling along the ring: ELECTIONs.",
     .formula = "n(n+1)/2",
     .unit = CostUnit::messages,
     .source = "Chang and Roberts 1979, section 3",
     .letters = "n=3..30",
     .scenario = falling,
     .counted = "Election"},
    {.name = "announcement_messages",
     .when = "In each case: LEADERs.",
     .formula = "n",
     .unit = CostUnit::messages,
     .source = "Coulouris, Dollimore and Kindberg, section on elections",
     .scenario = falling,
     .counted = "Leader"},
    {.name = "win_delays",
     .when = "All initiate, until the highest knows.",
     .formula = "n",
     .unit = CostUnit::delays,
     .source = "Chang and Roberts 1979, section 3",
     .letters = "n=3..30",
     .scenario = falling,
     .counted = "first elected",
     .headline = true},
    {.name = "known_delays",
     .when = "All initiate, until all know and the news is home again.",
     .formula = "2n",
     .unit = CostUnit::delays,
     .source = "counted by the rules",
     .scenario = falling,
     .counted = "last recv Leader"},
    {.name = "single_messages",
     .when = "Only one initiates, the others relay: ELECTIONs.",
     .formula = "n",
     .unit = CostUnit::messages,
     .source = "counted by the rules",
     .letters = "n=3..30, s=1..n",
     .scenario = single,
     .counted = "Election"},
    {.name = "join_messages",
     .when = "Only one initiates, k links before the highest, and the others join: ELECTIONs.",
     .formula = "k + n",
     .unit = CostUnit::messages,
     .source = "counted by the rules",
     .letters = "n=3..9, k=0..n-1, s=1..1",
     .scenario = single,
     .with = {{"protocol.params.passive", "join"}, {"faults.0.do.fire.node", "n$(n-k)"}},
     .counted = "Election"},
    {.name = "join_worst_messages",
     .when = "Only one initiates, the highest before it on the ring, and all join; with LEADERs.",
     .formula = "3n - 1",
     .unit = CostUnit::messages,
     .source = "Coulouris, Dollimore and Kindberg, section on elections",
     .letters = "n=3..30, s=1..1",
     .scenario = single,
     .with = {{"protocol.params.passive", "join"}, {"faults.0.do.fire.node", "n1"}}},
};

}  // namespace quorate::chang_roberts
