// quorate sweep FILE: many seeds, and variants of the scenario, in worker processes.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>

#include "cli/interrupt.hpp"
#include "cli/output_file.hpp"
#include "cli/performance.hpp"
#include "cli/sweep_report.hpp"
#include "cli/variants.hpp"

namespace quorate {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto sweep_options = std::to_array<Option>({
    {.name = "seeds",
     .value = "A..B",
     .text = "both included; else the file's sweep.seed, else 1..100"},
    {.name = "vary",
     .value = "PATH=V1,V2",
     .repeated = true,
     .text = "try all these values; in place of the file's sweep"},
    {.name = "set", .value = "PATH=VALUE", .repeated = true, .text = "change the scenario first"},
    {.name = "jobs",
     .letter = 'j',
     .value = "N",
     .text = "worker processes; else one per processor"},
    {.name = "csv",
     .value = "FILE",
     .text = "write one row per run; \"-\": to stdout, and the report to stderr"},
    {.name = "force", .text = "replace the CSV file if it exists"},
    {.name = "keep-going", .text = "run all seeds, whatever fails (the default)"},
    {.name = "stop-first", .text = "stop at the first seed that fails"},
    {.name = "witness", .text = "tables of witnesses and of how often properties were exercised"},
    {.name = "wall-time", .value = "T", .text = "give each run so much real time at most"},
});

constexpr auto sweep_examples = std::to_array<Example>({
    {"sweep scenarios/raft/leader-crash.json --seeds 1..1000", "a thousand seeds"},
    {"sweep scenarios/raft/leader-crash.json --seeds 1..50 --vary network.loss=0%,1%,5%",
     "three variants, fifty seeds each"},
    {"sweep scenarios/raft/leader-crash.json --stop-first --csv runs.csv",
     "the first seed that fails; every run as a row"},
});

constexpr std::size_t kept_failures = 1000;

unsigned worker_count(const Arguments& arguments) {
  constexpr std::uint64_t most = 1024;
  const std::optional<std::string> text = arguments.value("jobs");
  if (!text) return static_cast<unsigned>(std::clamp<long>(sysconf(_SC_NPROCESSORS_ONLN), 1, most));
  const Parsed<std::uint64_t> count = parse_seed(*text);
  if (!count || count.value == 0 || count.value > most) {
    throw Arguments::bad_value("jobs", "a whole number from 1 to 1024 is wanted");
  }
  return static_cast<unsigned>(count.value);
}

// What stands on the line that replaces itself.
class Progress {
 public:
  Progress(std::uint64_t runs, Console& console)
      : runs_(runs), started_(Clock::now()), console_(console) {}

  void show(const SweepTally& tally) {
    if (!console_.progress_due()) return;
    const std::uint64_t done = tally.counts.runs();
    std::string line = grouped(done) + " of " + counted(runs_, "run", "runs");
    const std::uint64_t failures = tally.counts.runs() - tally.counts.pass;
    if (failures != 0) line += ", " + grouped(failures) + " not passed";
    if (done != 0) line += ", " + time_left(done) + " s left";
    console_.progress(line);
  }
  void finish(const SweepTally& tally) {
    console_.end_progress();
    const auto spent = std::chrono::duration_cast<Duration>(Clock::now() - started_);
    console_.note(counted(tally.counts.runs(), "run", "runs") + " in " + brief(spent));
  }

 private:
  std::string time_left(std::uint64_t done) const {
    const auto spent =
        std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - started_);
    const auto each = static_cast<std::uint64_t>(spent.count()) * 1000 / done;
    return std::to_string(each * (runs_ - done) / 1'000'000);
  }

  std::uint64_t runs_;
  Clock::time_point started_;
  Console& console_;
};

// One sweep, from its plan to its report.
class Sweep {
 public:
  Sweep(const Arguments& arguments, Console& console)
      : arguments_(arguments),
        console_(console),
        file_(arguments.operands().front()),
        variants_(file_, arguments, console) {
    plan_.workers = worker_count(arguments);
    if (arguments.has("stop-first") && arguments.has("keep-going")) {
      throw Failure(ExitCode::bad_usage, "--stop-first and --keep-going exclude each other");
    }
    for (const Variant& variant : variants_.all()) {
      plan_.points.push_back({variant.subject.scenario, variant.subject.protocol});
    }
    plan_.first_seed = variants_.first_seed();
    plan_.seeds = variants_.seeds();
    plan_.wall_time = wall_budget(variants_.all().front().subject, arguments);
    if (const auto path = arguments.value("csv")) {
      metrics_ = metric_columns(plan_);
      csv_.emplace(*path, arguments.has("force"), console);
      csv_->write(csv_head(variants_.paths(), metrics_));
    }
    report_.tally = SweepTally(plan_.points.size());
  }

  ExitCode run() {
    const Interrupt interrupt;
    Progress progress(plan_.runs(), console_);
    const WorkEnd end = sweep(
        plan_, [&](const SweepRow& row) { return take(row); },
        [&] {
          progress.show(report_.tally);
          return !Interrupt::caught() && (!csv_ || csv_->file().good());
        });
    if (Interrupt::caught()) {
      throw Failure(Interrupt::exit_code(),
                    "interrupted after " + counted(report_.tally.counts.runs(), "run", "runs") +
                        " of " + grouped(plan_.runs()));
    }
    progress.finish(report_.tally);
    if (csv_ && end == WorkEnd::stopped) csv_->require_good();
    if (end == WorkEnd::enough) console_.note("stopped at the first seed that failed");
    const ExitCode code = finish();
    print();  // last: should nobody read it to its end (SIGPIPE), the table is safe
    return code;
  }

 private:
  // False: no more rows are wanted.
  bool take(const SweepRow& row) {
    report_.tally.add(row);
    const Variant& variant = variants_.all()[row.point];
    if (csv_) csv_->write(csv_row(row, variant.values, metrics_));
    const bool passed = row.end == RowEnd::finished && row.verdict == Verdict::pass;
    if (passed) return true;
    if (report_.failed.size() < kept_failures) report_.failed.push_back(failed(row, variant));
    const bool inconclusive = row.end == RowEnd::finished && row.verdict == Verdict::inconclusive;
    return inconclusive || !arguments_.has("stop-first");
  }

  FailedRun failed(const SweepRow& row, const Variant& variant) const {
    return {variant.label, row.seed, std::string(end_word(row)), reason_of(row),
            run_again(file_, row.seed, variant.settings)};
  }

  void print() {
    report_.file = file_;
    report_.protocol = variants_.protocols();
    report_.first_seed = plan_.first_seed;
    report_.last_seed = plan_.first_seed + (plan_.seeds - 1);
    for (const Variant& variant : variants_.all()) report_.points.push_back(variant.label);
    const ConsoleOptions& how = console_.options();
    console_.print(how.json ? sweep_json(report_)
                            : sweep_text(report_, {.style = console_.style(),
                                                   .witnesses = arguments_.has("witness"),
                                                   .verbose = how.verbose,
                                                   .quiet = how.quiet}));
  }

  // A mistake of ours outranks a file that could not be written, which outranks everything else.
  ExitCode finish() {
    const ExitCode code = exit_code_of(report_.tally);
    if (csv_) {
      try {
        csv_->commit();
      } catch (const Failure& failure) {
        console_.error(failure.what());
        return code == ExitCode::internal_error ? code : failure.code();
      }
    }
    return code;
  }

  const Arguments& arguments_;
  Console& console_;
  std::string file_;
  Variants variants_;
  SweepPlan plan_;
  std::vector<std::string> metrics_;  // columns of the CSV file
  std::optional<OutputFile> csv_;
  SweepReport report_;
};

ExitCode run_sweep(const Invocation& invocation) {
  Sweep sweep(invocation.arguments, invocation.console);
  return sweep.run();
}

}  // namespace

Command sweep_command() {
  return {.name = "sweep",
          .operands = "FILE",
          .fewest = 1,
          .most = 1,
          .summary = "run a scenario under many seeds and add up what happened",
          .details =
              "A fault that did not fire under one seed is no failure; one that fired under "
              "none is.\nWhat is printed does not depend on --jobs.",
          .options = sweep_options,
          .examples = sweep_examples,
          .run = run_sweep};
}

}  // namespace quorate
