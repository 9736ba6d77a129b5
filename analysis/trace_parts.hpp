// What a trace's first and last line say of a run: the bridge from runs to the writer, which stands
// on a lower floor and knows neither scenarios nor outcomes.
#pragma once

#include "sim/run/run.hpp"
#include "sim/scenario/protocol_info.hpp"
#include "sim/trace/writer.hpp"

namespace quorate {

TraceHeader trace_header(const Scenario& scenario, const ProtocolInfo& protocol, std::uint64_t seed,
                         TraceLevel level = TraceLevel::all);

// Where the messages of each type went, in the order of the protocol's types, client traffic last.
std::vector<MessageTotals> message_totals(const Ledger& ledger, const ProtocolInfo& protocol);

TraceFooter trace_footer(const Run& run, const ProtocolInfo& protocol);  // REQUIRES run.finished()

}  // namespace quorate
