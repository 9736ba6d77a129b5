// What the bully algorithm of 1982 costs.
#pragma once

#include "sim/scenario/cost.hpp"

namespace quorate::bully_1982 {

// The highest of n peers is dead, and the one below it misses it at 1 s; no other timer fires.
inline constexpr std::string_view highest_dead = R"j({
  "quorate": 1, "network": { "delay": "10ms" }, "stop": { "at": "5s" },
  "protocol": { "use": "bully_1982", "nodes": $(n),
    "params": { "call_timeout": "100ms", "check": "1h", "long_silence": "1h" } },
  "faults": [{ "at": "500ms", "do": { "crash": "n$(n)" } },
    { "at": "1s", "do": { "fire": { "node": "n$(n-1)", "timer": "long_silence" } } }] })j";
inline constexpr CostSetting all_miss{"faults", R"j([
    { "at": "500ms", "do": { "crash": "n$(n)" } },
    $[i=1..n-1: { "at": "1s", "do": { "fire": { "node": "n$(i)", "timer": "long_silence" } } }]
  ])j"};
inline constexpr CostSetting checks{
    "faults", R"j([{ "at": "1s", "do": { "fire": { "node": "n$(n)", "timer": "check_due" } } }])j"};

inline constexpr Cost costs[] = {
    {.name = "election_messages",
     .when = "The highest is dead, and the one below it misses it.",
     .formula = "6n - 10",
     .unit = CostUnit::messages,
     .source = "Garcia-Molina 1982, appendix I; counted by its procedures",
     .scenario = highest_dead,
     .headline = true},
    {.name = "election_point_delays",
     .when = "After two call timeouts, until the new coordinator has halted all below it.",
     .formula = "2(n-2)",
     .unit = CostUnit::delays,
     .source = "Garcia-Molina 1982, appendix I; counted by its procedures",
     .scenario = highest_dead,
     .counted = "first elected",
     .since = 1200ms},
    {.name = "election_delays",
     .when = "After two call timeouts, until the new coordinator works.",
     .formula = "6(n-2)",
     .unit = CostUnit::delays,
     .source = "Garcia-Molina 1982, appendix I; counted by its procedures",
     .scenario = highest_dead,
     .counted = "last role",
     .since = 1200ms,
     .headline = true},
    {.name = "crowd_messages",
     .when = "The highest is dead, and all others miss it at once.",
     .formula = "9n - 16",
     .unit = CostUnit::messages,
     .source = "Garcia-Molina 1982, appendix I; counted by its procedures",
     .scenario = highest_dead,
     .with = {all_miss}},
    {.name = "crowd_delays",
     .when = "The same, until the new coordinator works.",
     .formula = "6(n-2)",
     .unit = CostUnit::delays,
     .source = "Garcia-Molina 1982, appendix I; counted by its procedures",
     .scenario = highest_dead,
     .with = {all_miss},
     .counted = "last role",
     .since = 1200ms},
    {.name = "check_messages",
     .when = "A CHECK in peace.",
     .formula = "2(n-1)",
     .unit = CostUnit::messages,
     .source = "Garcia-Molina 1982, appendix I; counted by its procedures",
     .scenario = highest_dead,
     .with = {checks}},
    {.name = "boot_messages",
     .when = "All come up at once.",
     .formula = "8(n-1)",
     .unit = CostUnit::messages,
     .source = "Garcia-Molina 1982, appendix I; counted by its procedures",
     .scenario = highest_dead,
     .with = {{"protocol.params.boot", "recovery"}, {"faults", "[]"}}},
    {.name = "boot_delays",
     .when = "All come up at once, until the highest works.",
     .formula = "6(n-1)",
     .unit = CostUnit::delays,
     .source = "Garcia-Molina 1982, appendix I; counted by its procedures",
     .scenario = highest_dead,
     .with = {{"protocol.params.boot", "recovery"}, {"faults", "[]"}},
     .counted = "last role"},
};

}  // namespace quorate::bully_1982
