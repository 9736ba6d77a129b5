// What clients may ask of a state machine, for `describe` and for whoever reads scenarios.
#pragma once

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "protocols/common/state_machine.hpp"
#include "sim/scenario/protocol_info.hpp"
#include "sim/scenario/scenario.hpp"

namespace quorate {

// The words that a machine executes, each with what is answered; of `none`, which looks at no word,
// those of all others.
std::vector<std::pair<std::string_view, std::string_view>> operations_of(MachineKind kind);

// The first operation of the scenario that such a machine can only answer "unknown": a number that
// is none, or a cas of one value.
std::optional<ParamConflict> not_understood(MachineKind kind, const Scenario& scenario);

}  // namespace quorate
