// From rows to results, wherever the rows come from: `sweep` has them from runs, `merge` from the
// journals of parts. Equal rows give equal bytes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/output_file.hpp"
#include "cli/sweep_identity.hpp"
#include "cli/sweep_report.hpp"
#include "sim/search/journal.hpp"

namespace quorate {

class SweepResults final : public Harvest {
 public:
  SweepResults(const SweepIdentity& identity, const SweepPlan& plan, Console& console);

  // ---- before any row comes

  // One row per run from now on. Throws Failure where the file is there already, unless `replace`.
  void open_table(const std::string& path, bool replace);
  // From now on each row is kept there before it counts.
  void keep_in(SweepJournal& journal) { journal_ = &journal; }
  // No row counts behind the first that did not pass, unless that was a budget's doing.
  void stop_at_first() { stops_ = true; }

  // ---- rows in the order of the runs

  void add(const SweepRow& row) override;
  std::string packed() override;
  bool take(std::string_view packed) override;
  // A row that this process has read; it may count a little later, after settle() at the latest.
  // Both say no where no more are wanted.
  bool read(const SweepRow& row);
  bool settle() { return take(packed()); }

  // ---- what they came to

  const VerdictCounts& counts() const { return report_.tally.counts; }
  const SweepReport& report() const { return report_; }
  bool good() const { return !table_ || table_->good(); }
  void require_good() const;  // throws Failure
  void commit_table();        // throws Failure(io_error)
  ExitCode exit_code() const { return exit_code_of(report_.tally); }
  void print(bool witnesses) const;

 private:
  // Of a run that did not pass.
  struct Lost {
    std::size_t point{};
    std::uint64_t seed{};
    std::string_view end;
    std::string reason;
  };
  // What was added and has not been packed.
  struct Fresh {
    explicit Fresh(std::size_t points) : tally(points) {}
    SweepTally tally;
    std::vector<Lost> lost;
    std::string lines;  // of the journal
    std::string rows;   // of the table
    std::uint64_t runs{};
    bool enough{};
  };

  FailedRun failed(std::size_t point, std::uint64_t seed, std::string_view end,
                   std::string_view reason) const;

  const SweepIdentity& identity_;
  const SweepPlan& plan_;
  Console& console_;
  SweepReport report_;
  std::vector<std::string> metrics_;  // columns of the table
  std::optional<OutputFile> table_;
  SweepJournal* journal_{};
  bool stops_{};
  Fresh fresh_;
};

}  // namespace quorate
