// From rows to results, wherever the rows come from: `sweep` has them from runs, `merge` from the
// journals of parts. Equal rows give equal bytes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/output_file.hpp"
#include "cli/sweep_identity.hpp"
#include "cli/sweep_report.hpp"

namespace quorate {

class SweepResults {
 public:
  SweepResults(const SweepIdentity& identity, const SweepPlan& plan, Console& console);

  // One row per run from now on. Throws Failure where the file is there already, unless `replace`.
  void open_table(const std::string& path, bool replace);
  // Rows in the order of the runs. False: the run did not pass, and that was no budget.
  bool take(const SweepRow& row);

  const VerdictCounts& counts() const { return report_.tally.counts; }
  const SweepReport& report() const { return report_; }
  bool good() const { return !table_ || table_->good(); }
  void require_good() const;  // throws Failure
  void commit_table();        // throws Failure(io_error)
  ExitCode exit_code() const { return exit_code_of(report_.tally); }
  void print(bool witnesses) const;

 private:
  FailedRun failed(const SweepRow& row) const;

  const SweepIdentity& identity_;
  const SweepPlan& plan_;
  Console& console_;
  SweepReport report_;
  std::vector<std::string> metrics_;  // columns of the table
  std::optional<OutputFile> table_;
};

}  // namespace quorate
