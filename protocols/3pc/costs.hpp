// What a transaction costs in three phases.
#pragma once

#include "sim/scenario/cost.hpp"

namespace quorate::p3pc {

// A client's transaction reaches the coordinator, on a node of its own, at 20 ms; N participants.
inline constexpr std::string_view apart = R"j({
  "quorate": 1, "network": { "delay": "10ms" }, "stop": { "at": "5s" },
  "protocol": { "use": "3pc",
    "roles": { "coordinator": ["co"], "participant": [$[i=1..N: "p$(i)"]] } },
  "workload": [{ "client": "c1", "op": "transfer", "at": "10ms", "timeout": "4900ms",
    "node": "co" }] })j";
// The coordinator is a participant as well.
inline constexpr std::string_view together = R"({
  "quorate": 1, "network": { "delay": "10ms" }, "stop": { "at": "5s" },
  "protocol": { "use": "3pc", "nodes": $(N) },
  "workload": [{ "client": "c1", "op": "transfer", "at": "10ms", "timeout": "4900ms",
    "node": "n1" }] })";
inline constexpr std::string_view participants = "N=2..9";
inline constexpr CostSetting one_no{"protocol.node_params", R"({ "p1": { "vote": "no" } })"};

inline constexpr Cost costs[] = {
    {.name = "commit_messages",
     .when = "All vote yes: three rounds, of which the last is not answered.",
     .formula = "5N",
     .unit = CostUnit::messages,
     .source = "Skeen 1981",
     .letters = participants,
     .scenario = apart,
     .headline = true},
    {.name = "commit_delays",
     .when = "Until all participants know.",
     .formula = "5",
     .unit = CostUnit::delays,
     .source = "Skeen 1981",
     .letters = participants,
     .scenario = apart,
     .counted = "last committed",
     .since = 20ms,
     .headline = true},
    {.name = "commit_writes",
     .when = "All vote yes: each node writes three times.",
     .formula = "3(N+1)",
     .unit = CostUnit::writes,
     .source = "counted by the rules",
     .letters = participants,
     .scenario = apart,
     .with = {{"disk", R"({ "sync": "10ms" })"}},
     .headline = true},
    {.name = "commit_records",
     .when = "All vote yes: START_3PC, PRECOMMIT and decision; INIT, vote, PRECOMMIT and decision.",
     .formula = "3 + 4N",
     .unit = CostUnit::records,
     .source = "counted by the rules",
     .letters = participants,
     .scenario = apart,
     .counted = "logged"},
    {.name = "together_messages",
     .when = "The coordinator is a participant as well, and asks itself for nothing.",
     .formula = "5(N-1)",
     .unit = CostUnit::messages,
     .source = "Skeen 1981",
     .letters = participants,
     .scenario = together},
    {.name = "ack_messages",
     .when = "All vote yes, with ack: the last round is answered, too.",
     .formula = "6N",
     .unit = CostUnit::messages,
     .source = "Skeen 1981",
     .letters = participants,
     .scenario = apart,
     .with = {{"protocol.params.ack", "true"}}},
    {.name = "abort_messages",
     .when = "One votes no: like two phases.",
     .formula = "3N",
     .unit = CostUnit::messages,
     .source = "Skeen 1981",
     .letters = participants,
     .scenario = apart,
     .with = {one_no}},
    {.name = "abort_delays",
     .when = "Until all participants know that one voted no.",
     .formula = "3",
     .unit = CostUnit::delays,
     .source = "Skeen 1981",
     .letters = participants,
     .scenario = apart,
     .with = {one_no},
     .counted = "last aborted",
     .since = 20ms},
};

}  // namespace quorate::p3pc
