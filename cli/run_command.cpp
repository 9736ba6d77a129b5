// quorate run FILE: one seed, told and judged.
#include <algorithm>
#include <array>

#include "analysis/trace_parts.hpp"
#include "cli/output_file.hpp"
#include "cli/performance.hpp"
#include "sim/scenario/diagnostics.hpp"

namespace quorate {
namespace {

constexpr auto run_options = std::to_array<Option>({
    {.name = "seed", .value = "S", .text = "decimal or 0x...; else the scenario's own"},
    {.name = "set",
     .value = "PATH=VALUE",
     .repeated = true,
     .text = "change the scenario, for example network.loss=5%"},
    {.name = "until",
     .value = "T",
     .text = "stop at this virtual time; what is open then is not judged"},
    {.name = "trace",
     .value = "FILE",
     .text = "write every event as JSON Lines; \"-\": to stdout, and the story to stderr"},
    {.name = "trace-level",
     .value = "LEVEL",
     .text = "all, events, messages or outline",
     .words = "all events messages outline"},
    {.name = "force", .text = "replace the trace file if it exists"},
    {.name = "properties", .value = "on|off", .text = "check the protocol's properties (on)"},
    {.name = "wall-time", .value = "T", .text = "give up, inconclusive, after so much real time"},
});

constexpr auto run_examples = std::to_array<Example>({
    {"run scenarios/raft/leader-crash.json", "tell and judge one run"},
    {"run scenarios/raft/leader-crash.json --seed 7 --trace run.jsonl",
     "another seed, and a trace that `replay` can check"},
    {"run scenarios/raft/leader-crash.json --set network.loss=5% --set protocol.nodes=7",
     "what if: the same scenario with two things changed"},
});

// Writes the trace while the run goes, where one was asked for.
class Recording {
 public:
  Recording(const Arguments& arguments, const Subject& subject, std::uint64_t seed,
            Console& console) {
    const TraceLevel level = level_of(arguments);
    const std::optional<std::string> path = arguments.value("trace");
    if (!path) return;
    require_apart(*path, arguments.operands().front());
    file_.emplace(*path, arguments.has("force"), console);
    sink_.emplace(file_->file());
    writer_.emplace(*sink_, trace_header(*subject.scenario, subject.protocol->info, seed, level));
  }

  void watch(Performance& performance) {
    if (writer_) performance.observe(*writer_);
  }
  bool good() const { return !writer_ || !writer_->failed(); }
  void finish(Performance& performance) {
    if (!writer_) return;
    file_->require_good();
    writer_->finish(trace_footer(performance.run(), performance.subject().protocol->info));
    file_->require_good();
    file_->commit();
  }
  // The file's name; empty where there is none to come back to.
  std::string path() const { return file_ && !file_->is_stdout() ? file_->path() : std::string(); }

 private:
  static TraceLevel level_of(const Arguments& arguments) {
    const std::optional<std::string> text = arguments.value("trace-level");
    if (!text) return TraceLevel::all;
    if (!arguments.has("trace")) {
      throw Failure(ExitCode::bad_usage, "--trace-level means nothing without --trace");
    }
    if (const auto level = enum_value<TraceLevel>(*text)) return *level;
    throw Arguments::bad_value("trace-level",
                               in_quotes(*text) + " is not one of all, events, messages, outline");
  }

  std::optional<OutputFile> file_;
  std::optional<FileSink> sink_;
  std::optional<TraceWriter> writer_;
};

// What to do next with a run that did not pass.
NamedText follow_up(const Outcome& outcome, const std::string& trace, const std::string& again) {
  if (trace.empty()) return {"again", again};
  std::string line = program_name() + " replay " + shell_word(trace);
  if (outcome.violation) line += " --until e" + std::to_string(outcome.violation_event);
  return {"replay", line};
}

// The run and its trace, told and judged.
void print(Performance& performance, const RunReport& report, const std::string& trace,
           Console& console) {
  if (console.options().json) {
    console.print(summary_json(report) + "\n");
  } else {
    performance.print(report);
  }
  if (trace.empty()) return;
  console.note("trace: " + printable(trace) + ", " + grouped(report.outcome.events) + " events");
}

ExitCode run_run(const Invocation& invocation) {
  const Arguments& arguments = invocation.arguments;
  Console& console = invocation.console;
  const std::string& file = arguments.operands().front();
  const Settings settings = settings_of(arguments);
  const auto given = arguments.parsed("seed", parse_seed);
  const RunOptions run_options{.properties = arguments.on_or_off("properties", true),
                               .cut_short = cuts_short(file, settings)};
  const Subject subject = load_subject(file, settings, console);
  const std::uint64_t seed = given.value_or(subject.scenario->seed);
  const Duration wall = wall_budget(subject, arguments);
  Recording recording(arguments, subject, seed, console);

  const auto wall_given = arguments.parsed("wall-time", parse_duration);
  const std::string again =
      run_again(file, seed, settings, run_options, wall_given.value_or(Duration{}));
  Performance performance(subject, seed, run_options, again, console);
  recording.watch(performance);
  performance.play(wall, [&] { return recording.good(); });
  recording.finish(performance);

  RunReport report = performance.report();
  if (report.outcome.verdict != Verdict::pass) {
    report.follow_ups.push_back(follow_up(report.outcome, recording.path(), again));
  }
  print(performance, report, recording.path(), console);
  return exit_code_of(report.outcome.verdict);
}

}  // namespace

Command run_command() {
  return {.name = "run",
          .operands = "FILE",
          .fewest = 1,
          .most = 1,
          .summary = "run a scenario with one seed, tell what happened, judge it",
          .details = "The same scenario and seed give the same run on every machine.",
          .options = run_options,
          .examples = run_examples,
          .run = run_run};
}

}  // namespace quorate
