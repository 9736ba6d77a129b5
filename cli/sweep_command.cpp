// quorate sweep FILE: many seeds, and variants of the scenario, in worker processes.
#include <algorithm>
#include <array>
#include <optional>

#include "cli/interrupt.hpp"
#include "cli/performance.hpp"
#include "cli/progress.hpp"
#include "cli/sweep_directory.hpp"
#include "cli/sweep_results.hpp"
#include "cli/sweep_script.hpp"
#include "cli/variants.hpp"
#include "sim/base/field_print.hpp"

namespace quorate {
namespace {

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
    {.name = "out",
     .value = "DIR",
     .text = "keep every row as it comes, and in the end runs.csv and both reports"},
    {.name = "resume", .text = "go on with the sweep in DIR where it stood, or begin it"},
    {.name = "shard",
     .value = "I/N",
     .text = "the I-th of N parts alone, kept in --out DIR for merge"},
    {.name = "script",
     .value = "slurm|parallel",
     .text = "run nothing; print a script that makes --parts N in DIR and merges them"},
    {.name = "parts", .value = "N", .text = "of a script: how many; each is a job"},
    {.name = "force", .text = "replace the CSV file, or the sweep in DIR"},
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
    {"sweep scenarios/raft/leader-crash.json --seeds 1..100000 --out night --resume",
     "begin, or go on after whatever ended it: the results are the same bytes"},
    {"sweep scenarios/raft/leader-crash.json --seeds 1..1000 --shard 2/3 --out part-2",
     "a third of it, on another machine say; quorate merge puts the parts together"},
    {"sweep scenarios/raft/leader-crash.json --seeds 1..100000 --out night --parts 40 --script "
     "slurm",
     "a script for a cluster; parallel: for GNU parallel"},
});

constexpr std::uint64_t most_parts = 100'000;  // merge takes no more

// "3/7": the third of seven parts.
Parsed<SweepPart> parse_part(std::string_view text) {
  const std::size_t slash = std::min(text.find('/'), text.size());
  const auto number = parse_seed(text.substr(0, slash));
  const auto of = parse_seed(text.substr(std::min(slash + 1, text.size())));
  const bool fits = number && of && 1 <= number.value && number.value <= of.value;
  if (fits && of.value <= most_parts) {
    return {{number.value, of.value}, {}};
  }
  return Parsed<SweepPart>::failure(in_quotes(text) + " is not I/N with I from 1 to N, as in 2/3");
}

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
    plan_.part = part_of(arguments);
    identity_ = identity_of(variants_, plan_, file_, settings_of(arguments));
    results_.emplace(identity_, plan_, console_);
    if (arguments.has("stop-first")) results_->stop_at_first();
    open_outputs();
  }

  ExitCode run() {
    const Interrupt interrupt;
    WorkEnd end = directory_ ? read_known() : WorkEnd::done;
    Progress progress(plan_.runs(), plan_.known, console_);
    if (directory_) results_->keep_in(directory_->journal());
    if (end == WorkEnd::done) {
      end = sweep(plan_, *results_, [&] {
        progress.show(results_->counts().runs(), results_->counts().pass);
        return tick();
      });
    }
    if (directory_) directory_->journal().sync();
    if (Interrupt::caught()) throw interrupted();
    progress.finish(results_->counts().runs());
    require_good();
    if (end == WorkEnd::enough) console_.note("stopped at the first seed that failed");
    const ExitCode code = finish();
    // Last: should nobody read it to its end (SIGPIPE), the results are safe.
    results_->print(arguments_.has("witness"));
    return code;
  }

 private:
  SweepPart part_of(const Arguments& arguments) const {
    const SweepPart part = arguments.parsed("shard", parse_part).value_or(SweepPart{});
    if (part.of > plan_.grid()) {
      throw Arguments::bad_value("shard", "there are but " + counted(plan_.grid(), "run", "runs") +
                                              ", so some part would have none");
    }
    return part;
  }

  void open_outputs() {
    const bool resume = arguments_.has("resume");
    const bool force = arguments_.has("force");
    const std::optional<std::string> out = arguments_.value("out");
    std::optional<std::string> csv = arguments_.value("csv");
    if (resume && !out) throw Failure(ExitCode::bad_usage, "--resume means nothing without --out");
    if (resume && force)
      throw Failure(ExitCode::bad_usage, "--resume and --force exclude each other");
    if (csv && out) throw Failure(ExitCode::bad_usage, "--out DIR writes DIR/runs.csv; drop --csv");
    if (is_part()) require_part_options();
    if (out) {
      using Held = SweepDirectory::Held;
      const Held held = resume ? Held::resume : force ? Held::replace : Held::refuse;
      directory_.emplace(*out, held, to_text(identity_));
      csv = directory_->path_of("runs.csv");
    }
    if (!csv || is_part()) return;
    require_apart(*csv, file_);
    results_->open_table(*csv, force || resume);
  }

  bool is_part() const { return plan_.part.of > 1; }
  void require_part_options() const {
    if (!arguments_.has("out")) {
      throw Failure(ExitCode::bad_usage, "--shard keeps its part in a directory",
                    "--out DIR names it; " + program_name() + " merge puts all parts together");
    }
    for (const char* option : {"stop-first", "witness"}) {
      if (!arguments_.has(option)) continue;
      throw Failure(ExitCode::bad_usage, "--" + std::string(option) +
                                             " is about all runs in their order, and --shard runs "
                                             "a part of them");
    }
  }

  // The rows that an earlier process left in the journal.
  WorkEnd read_known() {
    bool more = true;
    plan_.known = directory_->journal().read(plan_, [&](const SweepRow& row) {
      more = results_->read(row);
      return more && !Interrupt::caught();
    });
    more = results_->settle() && more;
    if (plan_.known != 0) {
      console_.note(grouped(plan_.known) + " of " + counted(plan_.runs(), "run", "runs") +
                    " were done before");
    }
    if (Interrupt::caught()) return WorkEnd::stopped;
    return more ? WorkEnd::done : WorkEnd::enough;
  }

  bool tick() {
    if (directory_) directory_->tick();
    return !Interrupt::caught() && outputs_good();
  }
  bool outputs_good() { return results_->good() && (!directory_ || directory_->journal().good()); }
  void require_good() {
    if (directory_ && !directory_->journal().good()) {
      throw Failure(ExitCode::io_error, printable(directory_->journal().error()), to_go_on());
    }
    results_->require_good();
  }

  Failure interrupted() const {
    const std::uint64_t done = results_->counts().runs();
    return {Interrupt::exit_code(),
            "interrupted after " + counted(done, "run", "runs") + " of " + grouped(plan_.runs()),
            to_go_on()};
  }

  // The command that goes on where this one ended; nothing without a journal.
  std::string to_go_on() const {
    if (!directory_) return {};
    std::string line = "go on: " + program_name() + " sweep " + shell_word(file_);
    for (const Option& option : sweep_options) {
      if (option.name == "force" || option.name == "resume") continue;
      const std::string name = " --" + std::string(option.name);
      if (option.value.empty() && arguments_.has(option.name)) line += name;
      for (const std::string& value : arguments_.values(option.name)) {
        if (!option.value.empty()) line += name + " " + shell_word(value);
      }
    }
    return line + " --resume";
  }

  // A mistake of ours outranks a file that could not be written, which outranks everything else.
  // What became of the runs of a part, merge says: a part that is done is done well.
  ExitCode finish() {
    if (is_part()) return ExitCode::success;
    const ExitCode code = results_->exit_code();
    try {
      results_->commit_table();
      if (directory_) write_sweep_reports(*arguments_.value("out"), results_->report());
    } catch (const Failure& failure) {
      console_.error(failure.what());
      if (directory_) console_.tell("  " + to_go_on() + "\n");
      return code == ExitCode::internal_error ? code : failure.code();
    }
    return code;
  }

  const Arguments& arguments_;
  Console& console_;
  std::string file_;
  Variants variants_;
  SweepPlan plan_;
  SweepIdentity identity_;
  std::optional<SweepResults> results_;
  std::optional<SweepDirectory> directory_;
};

// ---- scripts ------------------------------------------------------------------------------------

ScriptKind script_kind(const Arguments& arguments) {
  const auto kind = enum_value<ScriptKind>(*arguments.value("script"));
  if (!kind) throw Arguments::bad_value("script", "slurm or parallel is wanted");
  for (const char* option : {"shard", "csv", "resume", "force", "stop-first", "witness", "jobs"}) {
    if (!arguments.has(option)) continue;
    throw Failure(ExitCode::bad_usage,
                  "--" + std::string(option) + " means nothing where a script is printed");
  }
  if (!arguments.has("out")) {
    throw Failure(ExitCode::bad_usage, "where to?", "--out DIR: what its parts are kept in");
  }
  return *kind;
}

std::uint64_t script_parts(const Arguments& arguments, std::uint64_t runs) {
  const auto parts = arguments.parsed("parts", parse_seed);
  if (!parts) throw Failure(ExitCode::bad_usage, "in how many parts?", "--parts N");
  if (*parts >= 1 && *parts <= std::min(runs, most_parts)) return *parts;
  throw Arguments::bad_value(
      "parts", "from 1 to " + grouped(std::min(runs, most_parts)) + ": no part is without a run");
}

// The sweep is read and checked as if it began: a mistake is told here and not by every job.
ExitCode print_script(const Invocation& invocation) {
  const Arguments& arguments = invocation.arguments;
  const ScriptKind kind = script_kind(arguments);
  const std::string& file = arguments.operands().front();
  const Variants variants(file, arguments, invocation.console);
  SweepPlan plan;
  for (const Variant& variant : variants.all())
    plan.points.push_back({variant.subject.scenario, {}});
  plan.first_seed = variants.first_seed();
  plan.seeds = variants.seeds();
  plan.wall_time = wall_budget(variants.all().front().subject, arguments);
  const std::uint64_t parts = script_parts(arguments, plan.grid());
  const SweepIdentity identity = identity_of(variants, plan, file, settings_of(arguments));
  const std::string script =
      sweep_script(kind, identity, plan.grid(), parts, *arguments.value("out"));
  if (!invocation.console.options().json) {
    invocation.console.print(script);
    return ExitCode::success;
  }
  JsonWriter out;
  out.open_object();
  print_member(out, "schema", "quorate/sweep_script/1");
  print_member(out, "kind", enum_name(kind));
  print_member(out, "parts", parts);
  print_member(out, "script", script);
  out.close_object();
  invocation.console.print(out.buffer() + "\n");
  return ExitCode::success;
}

ExitCode run_sweep(const Invocation& invocation) {
  const Arguments& arguments = invocation.arguments;
  if (arguments.has("script")) return print_script(invocation);
  if (arguments.has("parts")) {
    throw Failure(ExitCode::bad_usage, "--parts means nothing without --script",
                  "--shard I/N runs one of N parts");
  }
  Sweep sweep(invocation.arguments, invocation.console);
  return sweep.run();
}

}  // namespace

Command sweep_command() {
  return {
      .name = "sweep",
      .operands = "FILE",
      .fewest = 1,
      .most = 1,
      .summary = "run a scenario under many seeds and add up what happened",
      .details =
          "A fault that did not fire under one seed is no failure; one that fired under "
          "none is.\nWhat is printed does not depend on --jobs.\n"
          "--resume keeps every row that is there, also of runs that broke the engine or "
          "crashed;\n--force runs them all again.\n"
          "The runs of a part (--shard) are judged by merge, with those of the others: once they "
          "are\ndone, whatever became of them, the part exits 0.",
      .options = sweep_options,
      .examples = sweep_examples,
      .run = run_sweep};
}

}  // namespace quorate
