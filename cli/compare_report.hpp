// What a comparison of runs found, as text, Markdown, CSV and JSON.
#pragma once

#include <string>

#include "analysis/comparison.hpp"
#include "analysis/terminal.hpp"

namespace quorate {

struct ComparisonReport {
  const Comparison& comparison;
  std::uint64_t first_seed{1};
  bool all{};  // also quantities that are 0 everywhere
};

// Every quantity with each contender's mean, its 95 % interval, of how many runs, and how it
// differs from the first contender's; below it one sentence for each of the others.
std::string comparison_text(const ComparisonReport& report, TextStyle style);
std::string comparison_markdown(const ComparisonReport& report);
std::string comparison_csv(const ComparisonReport& report);
std::string comparison_json(const ComparisonReport& report);

}  // namespace quorate
