// What clients may ask of a state machine, for `describe` and for whoever reads scenarios.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "protocols/common/state_machine.hpp"

namespace quorate {

// The words that a machine executes, each with what is answered; of `none`, which looks at no word,
// those of all others.
std::vector<std::pair<std::string_view, std::string_view>> operations_of(MachineKind kind);

// Whether such a machine can do it: it adds numbers only, and a cas takes two values. Of words that
// it does not execute nothing is said.
bool understands(MachineKind kind, const Operation& operation);

}  // namespace quorate
