// Protocols beside what theory says of them: one decision or one election, when nothing fails.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/terminal.hpp"
#include "sim/run/protocol_entry.hpp"

namespace quorate {

// What is asked for: one cost of a protocol, or those that say most, or all.
struct CostChoice {
  const ProtocolEntry* protocol{};
  const Cost* cost{};  // null: not one alone
};

struct CostRow {
  std::string protocol;
  std::string name;  // "command_messages"
  std::string when;  // one sentence
  std::int64_t nodes{};
  std::string letters;  // "n = 5, k = 1"
  std::string formula;
  std::string unit;
  std::string source;
  std::int64_t theory{};
  std::int64_t measured{};
};

// Runs what the protocols declare to cost something, with so many nodes or participants, and one of
// whatever else a formula counts. Of a protocol only the headlines, or all. Throws Failure where a
// cost is not declared for that many.
std::vector<CostRow> compare_costs(const std::vector<CostChoice>& choices, std::int64_t nodes,
                                   bool all);

// A list for one number of nodes; for several a table of each unit, a line for each number.
std::string costs_text(const std::vector<CostRow>& rows, TextStyle style);
std::string costs_markdown(const std::vector<CostRow>& rows);
std::string costs_csv(const std::vector<CostRow>& rows);
std::string costs_json(const std::vector<CostRow>& rows);
// The same as `quorate plot` takes it: a row for each run, as a sweep writes them, a column for
// each unit.
std::string costs_runs(const std::vector<CostRow>& rows);

}  // namespace quorate
