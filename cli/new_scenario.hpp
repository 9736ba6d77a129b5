// What `quorate new scenario` writes.
#pragma once

#include <string>

#include "sim/scenario/protocol_info.hpp"

namespace quorate {

// A scenario of the protocol, with comments, in the canonical layout: valid, free of warnings, and
// it passes. It asks the protocol for what it is known to have: a leader to crash, clients.
std::string new_scenario(const ProtocolInfo& protocol, const std::string& title);

}  // namespace quorate
