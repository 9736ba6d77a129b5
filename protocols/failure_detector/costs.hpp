// What it costs to watch, and how long it takes to see.
#pragma once

#include "sim/scenario/cost.hpp"

namespace quorate::failure_detector {

// n processes, k intervals; the stop cuts off what would follow.
inline constexpr std::string_view quiet = R"j({
  "quorate": 1, "network": { "delay": "10ms" }, "stop": { "at": "$(100k+50)ms" },
  "protocol": { "use": "failure_detector", "nodes": $(n),
    "params": { "interval": "100ms", "timeout": "1h" } } })j";
// The last process dies; t is the timeout, in delays, and an interval is ten of them.
inline constexpr std::string_view dies = R"j({
  "quorate": 1, "network": { "delay": "10ms" }, "stop": { "at": "2s" },
  "protocol": { "use": "failure_detector", "nodes": $(n),
    "params": { "interval": "100ms", "timeout": "$(10t)ms" } },
  "expect": [{ "at": "end", "state": "complete" }, { "at": "end", "state": "accurate" }] })j";
inline constexpr CostSetting after_heartbeat{
    "faults", R"j([{ "at": "250ms", "do": { "crash": { "node": "n$(n)",
      "after_sends": $(n-1), "message": "Alive" } } }])j"};
inline constexpr CostSetting before_heartbeat{
    "faults", R"j([{ "at": "390ms", "do": { "crash": "n$(n)" } }])j"};
inline constexpr CostSetting after_answer{"faults",
                                          R"j([{ "at": "250ms", "do": { "crash": { "node": "n$(n)",
      "after_sends": 1, "message": "IAmAlive" } } }])j"};

inline constexpr Cost costs[] = {
    {.name = "heartbeat_messages",
     .when = "In k intervals, with method: heartbeat.",
     .formula = "kn(n-1)",
     .unit = CostUnit::messages,
     .source = "counted by the rules",
     .letters = "n=2..9, k=1..5",
     .scenario = quiet},
    {.name = "probe_messages",
     .when = "In k intervals, with method: probe, which is answered.",
     .formula = "2kn(n-1)",
     .unit = CostUnit::messages,
     .source = "counted by the rules",
     .letters = "n=2..9, k=1..5",
     .scenario = quiet,
     .with = {{"protocol.params.method", "probe"}}},
    {.name = "detection_longest_delays",
     .when = "Who dies just after a heartbeat is suspected after the timeout and a delay.",
     .formula = "t + 1",
     .unit = CostUnit::delays,
     .source = "counted by the rules",
     .letters = "n=2..9, t=12..20",
     .scenario = dies,
     .with = {after_heartbeat},
     .counted = "last suspected",
     .since = 300ms},
    {.name = "detection_shortest_delays",
     .when = "Who dies one delay before its next heartbeat: an interval less, but that delay.",
     .formula = "t + 1 - 9",
     .unit = CostUnit::delays,
     .source = "counted by the rules",
     .letters = "n=2..9, t=12..20",
     .scenario = dies,
     .with = {before_heartbeat},
     .counted = "last suspected",
     .since = 390ms},
    {.name = "probe_detection_delays",
     .when = "Who dies just after it has answered a probe: by the next one, and the timeout.",
     .formula = "t + 9",
     .unit = CostUnit::delays,
     .source = "counted by the rules",
     .letters = "n=2..9, t=12..20",
     .scenario = dies,
     .with = {after_answer, {"protocol.params.method", "probe"}},
     .counted = "last suspected",
     .since = 310ms},
};

}  // namespace quorate::failure_detector
