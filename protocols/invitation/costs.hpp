// What it costs to make one group of many.
#pragma once

#include "sim/scenario/cost.hpp"

namespace quorate::invitation {

// All come up and look for others after check = 300 ms; call_timeout = 100 ms, accept_timeout =
// 150 ms.
inline constexpr std::string_view groups_of_one = R"({
  "quorate": 1, "network": { "delay": "10ms" }, "stop": { "at": "570ms" },
  "protocol": { "use": "invitation", "nodes": $(n) } })";

inline constexpr Cost costs[] = {
    {.name = "look_messages",
     .when = "n groups of one: everybody asks everybody, and is answered.",
     .formula = "2n(n-1)",
     .unit = CostUnit::messages,
     .source = "Garcia-Molina 1982, appendix II; counted by its procedures",
     .scenario = groups_of_one,
     .counted = "AreYouCoordinator, Answer"},
    {.name = "merge_messages",
     .when = "n groups of one become one: invited, accepted, ready, and two returns.",
     .formula = "5(n-1)",
     .unit = CostUnit::messages,
     .source = "Garcia-Molina 1982, appendix II; counted by its procedures",
     .scenario = groups_of_one,
     .counted = "Invitation, Accept, Ready, Return",
     .headline = true},
    {.name = "merge_delays",
     .when = "After check, call_timeout and accept_timeout, until the coordinator works.",
     .formula = "2",
     .unit = CostUnit::delays,
     .source = "Garcia-Molina 1982, appendix II; counted by its procedures",
     .scenario = groups_of_one,
     .counted = "last group_formed",
     .since = 550ms,
     .headline = true},
};

}  // namespace quorate::invitation
