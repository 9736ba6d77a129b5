// What a protocol declares to cost something, against what a run of it costs.
#pragma once

#include "sim/base/formula.hpp"
#include "sim/run/protocol_entry.hpp"

namespace quorate {

// What a run of the cost's scenario comes to, with these letters. A sentence where the scenario is
// wrong, where the run broke a property or missed an expectation, or where what is waited for did
// not happen, or not after whole delays.
Parsed<std::int64_t> measured_cost(const ProtocolEntry& entry, const Cost& cost,
                                   const Letters& letters);

}  // namespace quorate
