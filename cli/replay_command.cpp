// quorate replay TRACE: the run again, every line compared with the trace as it is produced.
#include <array>

#include "analysis/trace_comparison.hpp"
#include "analysis/trace_parts.hpp"
#include "cli/performance.hpp"
#include "cli/state_text.hpp"
#include "cli/trace_operand.hpp"
#include "sim/scenario/diagnostics.hpp"

namespace quorate {
namespace {

constexpr auto replay_options = std::to_array<Option>({
    {.name = "until",
     .value = "eN|T",
     .text = "stop behind the handler of event N, or behind virtual time T, and show every node's "
             "state; -v: "
             "whole logs"},
    {.name = "properties", .value = "on|off", .text = "as when the trace was written (on)"},
    allow_truncated_option,
});

constexpr auto replay_examples = std::to_array<Example>({
    {"replay run.jsonl", "the same bytes again, or the first line that differs"},
    {"replay run.jsonl --until e56", "the state of all nodes behind event 56"},
    {"replay run.jsonl --until 700ms", "the same for a moment"},
});

// Where a replay is to stop: behind an event, or behind the last one of a moment.
struct Until {
  std::optional<std::uint64_t> event;
  std::optional<Time> time;
};

// A trace that has been read to its end, and found well-formed as far as it goes.
struct Trace {
  std::string path;
  std::string text;
  TraceHeader header;
  std::optional<TraceEnd> end;              // nothing: it was cut off
  std::optional<std::uint64_t> last_event;  // behind which to stop; nothing: at the end
  bool asked{};  // by --until; else because no more of the trace is there
  Until until;

  // A budget of real time ended the traced run.
  bool cut_short() const { return end && end->verdict == "inconclusive"; }
};

Until until_of(const Arguments& arguments) {
  const std::optional<std::string> text = arguments.value("until");
  if (!text) return {};
  if (text->starts_with("e")) {
    return {event_index(*text), {}};
  }
  return {{}, Time{} + *arguments.parsed("until", parse_duration)};
}

// Where a trace is to be left that holds so many events, the last at or before --until being
// `last`.
void set_stop(Trace& trace, std::uint64_t events, std::optional<std::uint64_t> last) {
  const Until& until = trace.until;
  if (until.time) last = last.value_or(0);
  const std::uint64_t beyond = events - (until.time && events != 0 ? 1 : 0);
  trace.asked = last && *last < beyond;
  if (trace.asked) trace.last_event = last;
  if (!trace.asked && !trace.end) trace.last_event = events - 1;
}

// Reads every line, so that a broken file is known before anything runs.
Trace read_trace(const std::string& path, const Until& until, const Invocation& invocation) {
  Trace trace{path, read_trace_text(path), {}, {}, {}, false, until};
  TraceReader reader(trace.text);
  std::optional<std::uint64_t> last = until.event;
  std::uint64_t events = 0;
  while (const std::optional<TraceLine> line =
             reader.error().empty() ? reader.next() : std::nullopt) {
    events = line->index + 1;
    if (until.time && line->time <= *until.time) last = line->index;
  }
  accept_trace(reader, path, invocation);
  trace.header = reader.header();
  trace.end = reader.end();
  set_stop(trace, trace.end ? trace.end->events : events, last);
  return trace;
}

// Who is down.
class Liveness final : public Observer {
 public:
  void on(const Record& record, const StateChange*) override {
    if (record.kind == Kind::crash) down_.insert(record.node);
    if (record.kind == Kind::restart) down_.erase(record.node);
  }
  bool down(NodeId node) const { return down_.contains(node); }

 private:
  NodeSet down_;
};

// A line around the column, from 1, where it differs from another.
std::string excerpt(std::string_view line, std::size_t column) {
  constexpr std::size_t before = 40;
  constexpr std::size_t shown = 84;
  const std::size_t begin = column > before && line.size() > shown ? column - before : 0;
  const std::string_view part = line.substr(std::min(begin, line.size()), shown);
  return (begin == 0 ? "" : "... ") + printable(part) +
         (begin + part.size() < line.size() ? " ..." : "");
}

ExitCode diverged(const Trace& trace, const TraceComparison& comparison, Console& console) {
  if (console.options().json) {
    JsonWriter out;
    out.open_object();
    print_member(out, "schema", "quorate/replay/1");
    print_member(out, "identical", false);
    print_member(out, "line", comparison.lines() + 1);
    print_member(out, "column", comparison.column());
    print_member(out, "trace", comparison.expected());
    print_member(out, "replay", comparison.produced());
    out.close_object();
    console.print(out.buffer() + "\n");
    return ExitCode::diverged;
  }
  console.print(paint("DIVERGED", Paint::red, console.style()) + "  line " +
                grouped(comparison.lines() + 1) + " of " + printable(trace.path) +
                " is not what this run gives, from column " + std::to_string(comparison.column()) +
                "\n");
  console.print("  trace:  " + excerpt(comparison.expected(), comparison.column()) + "\n");
  console.print("  replay: " + excerpt(comparison.produced(), comparison.column()) + "\n");
  return ExitCode::diverged;
}

std::string state_json(Performance& performance, const TraceComparison& comparison,
                       const Liveness& liveness) {
  JsonWriter out;
  out.open_object();
  print_member(out, "schema", "quorate/replay/1");
  print_member(out, "identical", true);
  print_member(out, "lines", comparison.lines());
  print_member(out, "events", performance.run().events());
  print_member(out, "t", performance.run().now().ns);
  out.key("nodes");
  out.open_array();
  std::uint32_t id = 0;
  for (const ScenarioNode& node : performance.subject().scenario->nodes) {
    out.open_object();
    print_member(out, "name", node.name);
    print_member(out, "up", !liveness.down(NodeId{id}));
    out.key("state");
    out.raw(performance.run().state(NodeId{id++}));
    out.close_object();
  }
  out.close_array();
  out.close_object();
  return out.buffer() + "\n";
}

std::string states_text(Performance& performance, const Liveness& liveness, bool verbose) {
  std::string text;
  std::uint32_t id = 0;
  for (const ScenarioNode& node : performance.subject().scenario->nodes) {
    const std::string head = node.name + (liveness.down(NodeId{id}) ? " (down)" : "");
    text += state_text(head, performance.run().state(NodeId{id}), verbose);
    ++id;
  }
  return text;
}

// What there is to see in the middle of a run: the story so far, and everybody's state.
std::string stopped_text(Performance& performance, const TraceComparison& comparison,
                         const Liveness& liveness, const Console& console) {
  const Run& run = performance.run();
  std::string text = performance.story();
  text += paint("STOPPED", Paint::yellow, console.style()) + "  behind event e" +
          std::to_string(run.events() - 1) + " at " + to_seconds(run.now()) + "; " +
          counted(comparison.lines(), "line", "lines") + " as in the trace\n";
  return text + states_text(performance, liveness, console.options().verbose);
}

ExitCode finished(const Trace& trace, Performance& performance, const TraceComparison& comparison,
                  Console& console) {
  const RunReport report = performance.report();
  if (console.options().json) {
    JsonWriter out;
    out.open_object();
    print_member(out, "schema", "quorate/replay/1");
    print_member(out, "identical", true);
    print_member(out, "truncated", !trace.end);
    print_member(out, "lines", comparison.lines());
    out.key("run");
    out.raw(summary_json(report));
    out.close_object();
    console.print(out.buffer() + "\n");
  } else {
    performance.print(report);
    console.print("      identical   " + counted(comparison.lines(), "line", "lines") +
                  ", byte for byte as in the trace\n");
  }
  return exit_code_of(report.outcome.verdict);
}

// A run that ended before the place it was to stop at.
void warn_if_beyond(const Until& until, const Run& run, Console& console) {
  const Outcome& outcome = run.outcome();
  const bool no_event = until.event && *until.event >= outcome.events;
  if (!no_event && !(until.time && *until.time > outcome.ended)) return;
  const std::string asked =
      no_event ? "event e" + std::to_string(*until.event) : to_text(until.time->since_start());
  console.warning("--until: " + asked + " is never reached; the run ends at " +
                  to_text(outcome.ended.since_start()) + ", behind event e" +
                  std::to_string(outcome.events - 1));
}

// As far as the trace goes, or up to the event at which it is to stop.
void play(const Trace& trace, Performance& performance, const TraceWriter& writer) {
  Run& run = performance.run();
  if (!trace.last_event) return performance.play({}, [&] { return !writer.failed(); });
  performance.play_stepwise([&] { return !writer.failed() && run.events() <= *trace.last_event; });
}

// The run has come to where the trace ends before its time.
void end_early(const Trace& trace, const TraceComparison& comparison, Run& run) {
  if (run.finished() || (trace.end ? !comparison.outlived() : trace.asked)) return;
  run.give_up(trace.end ? "the trace ends here, inconclusive" : "the trace was cut off");
}

ExitCode stopped(Performance& performance, const TraceComparison& comparison,
                 const Liveness& liveness, Console& console) {
  console.print(console.options().json ? state_json(performance, comparison, liveness)
                                       : stopped_text(performance, comparison, liveness, console));
  return ExitCode::success;
}

ExitCode run_replay(const Invocation& invocation) {
  const Arguments& arguments = invocation.arguments;
  Console& console = invocation.console;
  const std::string& path = arguments.operands().front();
  const Trace trace = read_trace(path, until_of(arguments), invocation);
  const RunOptions run_options{.properties = arguments.on_or_off("properties", true),
                               .cut_short = trace.cut_short()};
  const TraceHeader& header = trace.header;
  const Subject subject = subject_of(trace.header, path, console);
  const ProtocolInfo& protocol = subject.protocol->info;

  Performance performance(subject, header.seed, run_options,
                          program_name() + " replay " + shell_word(path), console);
  Run& run = performance.run();
  TraceComparison comparison(trace.text, trace.end);
  TraceWriter writer(comparison,
                     trace_header(*subject.scenario, protocol, header.seed, header.level), 0);
  Liveness liveness;
  performance.observe(writer);
  performance.observe(liveness);
  play(trace, performance, writer);

  if (comparison.differs()) return diverged(trace, comparison, console);
  end_early(trace, comparison, run);
  if (!run.finished()) return stopped(performance, comparison, liveness, console);
  if (trace.end && !comparison.outlived()) writer.finish(trace_footer(run, protocol));
  if (comparison.differs()) return diverged(trace, comparison, console);
  const ExitCode code = finished(trace, performance, comparison, console);
  if (arguments.has("until") && !console.options().json) {
    console.print(states_text(performance, liveness, console.options().verbose));
  }
  warn_if_beyond(trace.until, run, console);
  return code;
}

}  // namespace

Command replay_command() {
  return {.name = "replay",
          .operands = "TRACE",
          .fewest = 1,
          .most = 1,
          .summary = "run a trace again and compare every byte",
          .details =
              "The scenario and the seed stand in the trace. The exit code is the run's, or 4 "
              "at the\nfirst line that differs.",
          .options = replay_options,
          .examples = replay_examples,
          .run = run_replay};
}

}  // namespace quorate
