// What a sweep found, as text, JSON and CSV. Nothing here depends on how long it took or on how
// many processes it ran.
#pragma once

#include <string>
#include <vector>

#include "analysis/terminal.hpp"
#include "cli/exit_code.hpp"
#include "sim/search/sweep.hpp"
#include "sim/search/tally.hpp"

namespace quorate {

struct FailedRun {
  std::string point;  // "network.loss=5%"; empty where nothing is varied
  std::uint64_t seed{};
  std::string verdict;  // "fail", "inconclusive", "broken", "crashed"
  std::string reason;
  std::string again;  // the command that runs it once more
};

struct SweepReport {
  std::string file;
  std::string protocol;
  std::uint64_t first_seed{};
  std::uint64_t last_seed{};
  std::vector<std::string> points;  // labels, one empty label where nothing is varied
  SweepTally tally{0};
  std::vector<FailedRun> failed;  // the first ones
  SweepPart part;                 // of several: what is told is what was run, without a verdict
  std::uint64_t grid{};           // runs of all parts
};

ExitCode exit_code_of(const SweepTally& tally);

struct SweepTextOptions {
  TextStyle style;
  bool witnesses{};  // the whole tables of witnesses and properties
  bool verbose{};    // every metric, every failed run that is known
  bool quiet{};      // verdict, failed runs and why else it failed
};
std::string sweep_text(const SweepReport& report, const SweepTextOptions& options);
std::string sweep_json(const SweepReport& report);

// The columns of metrics that runs of these protocols may have, sorted.
std::vector<std::string> metric_columns(const SweepPlan& plan);
std::string csv_head(const std::vector<std::string>& varied,
                     const std::vector<std::string>& metrics);
// `values` stand in the columns of what is varied.
std::string csv_row(const SweepRow& row, const std::vector<std::string>& values,
                    const std::vector<std::string>& metrics);

}  // namespace quorate
