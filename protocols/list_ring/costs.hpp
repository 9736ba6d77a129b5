// What an election by a list on a ring costs.
#pragma once

#include "sim/scenario/cost.hpp"

namespace quorate::list_ring {

// n peers; ns notices at 1 s that its coordinator no longer responds.
inline constexpr std::string_view ring = R"j({
  "quorate": 1, "network": { "delay": "10ms" }, "stop": { "at": "20s" },
  "protocol": { "use": "list_ring", "nodes": $(n),
    "params": { "detection": "none", "lap_timeout": "10s" } },
  "faults": [{ "at": "1s", "do": { "fire": { "node": "n$(s)", "timer": "watch_timeout" } } }],
  "expect": [{ "at": "end", "state": "agreed" }] })j";
// The first k notice it at once.
inline constexpr std::string_view crowd = R"j({
  "quorate": 1, "network": { "delay": "10ms" }, "stop": { "at": "20s" },
  "protocol": { "use": "list_ring", "nodes": $(n),
    "params": { "detection": "none", "lap_timeout": "10s" } },
  "faults": [$[i=1..k: { "at": "1s", "do": { "fire": { "node": "n$(i)",
    "timer": "watch_timeout" } } }]],
  "expect": [{ "at": "end", "state": "agreed" }] })j";
// The k highest are dead, and n1 notices it.
inline constexpr std::string_view some_dead = R"j({
  "quorate": 1, "network": { "delay": "10ms" }, "stop": { "at": "20s" },
  "protocol": { "use": "list_ring", "nodes": $(n),
    "params": { "detection": "none", "lap_timeout": "10s" } },
  "faults": [$[i=1..k: { "at": "500ms", "do": { "crash": "n$(n+1-i)" } }],
    { "at": "1s", "do": { "fire": { "node": "n1", "timer": "watch_timeout" } } }],
  "expect": [{ "at": "end", "state": "agreed" }] })j";

inline constexpr Cost costs[] = {
    {.name = "election_messages",
     .when = "All live, one initiates: a lap of ELECTION, a lap of COORDINATOR.",
     .formula = "2n",
     .unit = CostUnit::messages,
     .source = "the lectures",
     .letters = "n=3..30, s=1..n-1",
     .scenario = ring,
     .counted = "Election, Coordinator",
     .headline = true},
    {.name = "ack_messages",
     .when = "The same: ACKs, which the lectures do not count.",
     .formula = "2n",
     .unit = CostUnit::messages,
     .source = "counted by the rules",
     .letters = "n=3..30, s=1..n-1",
     .scenario = ring,
     .counted = "Ack"},
    {.name = "election_delays",
     .when = "Until all know and the second lap is closed.",
     .formula = "2n",
     .unit = CostUnit::delays,
     .source = "the lectures",
     .letters = "n=3..30, s=1..n-1",
     .scenario = ring,
     .counted = "last recv Coordinator",
     .since = 1s,
     .headline = true},
    {.name = "crowd_messages",
     .when = "k initiate at once.",
     .formula = "2kn",
     .unit = CostUnit::messages,
     .source = "the lectures",
     .letters = "n=3..9, k=1..n-1",
     .scenario = crowd,
     .counted = "Election, Coordinator"},
    {.name = "dead_messages",
     .when = "The k highest are dead, and attempts = a: each of them costs a lap that many.",
     .formula = "2(n-k) + 2ak",
     .unit = CostUnit::messages,
     .source = "counted by the rules",
     .letters = "n=3..9, k=1..n-2, a=1..3",
     .scenario = some_dead,
     .with = {{"protocol.params.attempts", "$(a)"}},
     .counted = "Election, Coordinator"},
    {.name = "dead_ack_messages",
     .when = "The same: ACKs come from the living.",
     .formula = "2(n-k)",
     .unit = CostUnit::messages,
     .source = "counted by the rules",
     .letters = "n=3..9, k=1..n-2, a=1..3",
     .scenario = some_dead,
     .with = {{"protocol.params.attempts", "$(a)"}},
     .counted = "Ack"},
};

}  // namespace quorate::list_ring
