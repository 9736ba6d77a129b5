// What Le Lann's election costs on a ring of n.
#pragma once

#include "sim/scenario/cost.hpp"

namespace quorate::lelann {

// The first k of n processes start at once.
inline constexpr std::string_view initiators = R"j({
  "quorate": 1, "network": { "delay": "10ms", "fifo": true }, "stop": { "at": "5s" },
  "protocol": { "use": "lelann", "nodes": $(n), "params": { "initiates": false },
    "node_params": { $[i=1..k: "n$(i)": { "initiates": true }] } },
  "expect": [{ "at": "end", "state": "agreed" }] })j";

inline constexpr Cost costs[] = {
    {.name = "token_messages",
     .when = "k initiators: every token goes all the way round.",
     .formula = "kn",
     .unit = CostUnit::messages,
     .source = "Le Lann 1977",
     .letters = "n=3..9, k=1..n",
     .scenario = initiators,
     .headline = true},
    {.name = "announced_messages",
     .when = "The same, with announce: and a lap of LEADERs.",
     .formula = "kn + n",
     .unit = CostUnit::messages,
     .source = "counted by the rules",
     .letters = "n=3..9, k=1..n",
     .scenario = initiators,
     .with = {{"protocol.params.announce", "true"}}},
    {.name = "win_delays",
     .when = "Until the highest initiator knows.",
     .formula = "n",
     .unit = CostUnit::delays,
     .source = "Le Lann 1977",
     .letters = "n=3..9, k=1..n",
     .scenario = initiators,
     .counted = "first elected",
     .headline = true},
};

}  // namespace quorate::lelann
