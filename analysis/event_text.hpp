// One line of a trace in a few words, for commands that show single events.
#pragma once

#include <string>

#include "analysis/terminal.hpp"
#include "analysis/trace_reader.hpp"

namespace quorate {

// "receives RequestVote from n2", "elected (epoch 2)", "crashes": what happened, without index,
// time and node. Bodies are JSON as the trace has it. Cut behind `columns` columns; 0: whole.
std::string event_text(const TraceLine& event, std::size_t columns, TextStyle style);

// Where it happened: a node's or a client's name; empty where no node is meant.
std::string event_place(const TraceLine& event);

}  // namespace quorate
