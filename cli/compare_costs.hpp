// Protocols beside what theory says of them: one decision or one election, when nothing fails.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/terminal.hpp"
#include "sim/run/protocol_entry.hpp"

namespace quorate {

struct CostRow {
  std::string protocol;
  std::string name;     // "command_messages"
  std::string when;     // one sentence
  std::string letters;  // "n = 5, k = 1"
  std::string formula;
  std::string unit;
  std::string source;
  std::int64_t theory{};
  std::int64_t measured{};
};

// Runs what the protocols declare to cost something, with so many nodes or participants, and one of
// whatever else a formula counts. Only the headlines, or all of them. Throws Failure where a cost
// is not declared for that many.
std::vector<CostRow> compare_costs(const std::vector<const ProtocolEntry*>& protocols,
                                   std::int64_t nodes, bool all);

std::string costs_text(const std::vector<CostRow>& rows, TextStyle style);
std::string costs_markdown(const std::vector<CostRow>& rows);
std::string costs_csv(const std::vector<CostRow>& rows);
std::string costs_json(const std::vector<CostRow>& rows);

}  // namespace quorate
