// quorate merge DIR...: the parts of a sweep put together, as if it had never been parted.
#include <array>
#include <optional>

#include "cli/interrupt.hpp"
#include "cli/output_folder.hpp"
#include "cli/sweep_directory.hpp"
#include "cli/sweep_parts.hpp"
#include "cli/sweep_results.hpp"

namespace quorate {
namespace {

constexpr auto merge_options = std::to_array<Option>({
    {.name = "csv",
     .value = "FILE",
     .text = "write one row per run; \"-\": to stdout, and the report to stderr"},
    {.name = "out",
     .value = "DIR",
     .text = "write all that sweep --out keeps: rows, runs.csv and both reports"},
    {.name = "force", .text = "replace the CSV file, or the sweep in DIR"},
    {.name = "witness", .text = "tables of witnesses and of how often properties were exercised"},
});

constexpr auto merge_examples = std::to_array<Example>({
    {"merge part-1 part-2 part-3", "what sweep prints of all runs, byte for byte"},
    {"merge night/part-* --out night/all", "the directory that sweep --out makes"},
    {"merge night/part-* --csv runs.csv --quiet", "one row per run, and the verdict"},
});

class Merge {
 public:
  Merge(const Arguments& arguments, Console& console)
      : arguments_(arguments),
        console_(console),
        parts_(arguments.operands()),
        results_(parts_.identity(), parts_.plan(), console) {
    open_outputs();
  }

  ExitCode run() {
    parts_.read([&](const SweepRow& row) {
      return results_.read(row) && results_.good() && !Interrupt::caught();
    });
    results_.settle();
    if (Interrupt::caught()) throw Failure(Interrupt::exit_code(), "interrupted");
    require_good();
    const ExitCode code = results_.exit_code();
    try {
      finish();
    } catch (const Failure& failure) {
      if (code != ExitCode::internal_error) throw;
      console_.error(failure.what());
      return code;
    }
    results_.print(arguments_.has("witness"));
    return code;
  }

 private:
  void open_outputs() {
    const bool force = arguments_.has("force");
    const std::optional<std::string> out = arguments_.value("out");
    std::optional<std::string> csv = arguments_.value("csv");
    if (csv && out) throw Failure(ExitCode::bad_usage, "--out DIR writes DIR/runs.csv; drop --csv");
    if (out) {
      for (const std::string& part : arguments_.operands()) require_apart(*out, part);
      folder_.emplace(*out, force, holds_sweep);
      journal_.emplace(folder_->path_of("journal.jsonl"));
      results_.keep_in(*journal_);
      csv = folder_->path_of("runs.csv");
    }
    if (csv) results_.open_table(*csv, force);
  }

  void require_good() const {
    if (journal_ && !journal_->good()) {
      throw Failure(ExitCode::io_error, printable(journal_->error()));
    }
    results_.require_good();
  }

  void finish() {
    results_.commit_table();
    if (!folder_) return;
    journal_->sync();
    require_good();
    write_sweep_reports(folder_->working(), results_.report());
    write_whole(folder_->path_of("sweep.json"), to_text(parts_.identity()));
    folder_->commit();
  }

  const Arguments& arguments_;
  Console& console_;
  const Interrupt interrupt_;
  SweepParts parts_;
  SweepResults results_;
  std::optional<OutputFolder> folder_;
  std::optional<SweepJournal> journal_;
};

ExitCode run_merge(const Invocation& invocation) {
  Merge merge(invocation.arguments, invocation.console);
  return merge.run();
}

}  // namespace

Command merge_command() {
  return {.name = "merge",
          .operands = "DIR...",
          .fewest = 1,
          .most = 100'000,
          .summary = "put the parts of a sweep together, as if it had never been parted",
          .details =
              "Each DIR is what sweep --shard I/N --out DIR has made, in any order. Exits as the "
              "whole\nsweep does. A part that is missing, unfinished, there twice, or of another "
              "sweep or build\nexits 3, and nothing is written then.",
          .options = merge_options,
          .examples = merge_examples,
          .run = run_merge};
}

}  // namespace quorate
