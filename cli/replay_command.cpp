// quorate replay TRACE: the run again, every line compared with the trace as it is produced.
#include <array>

#include "analysis/trace_parts.hpp"
#include "analysis/trace_reader.hpp"
#include "cli/performance.hpp"
#include "cli/state_text.hpp"
#include "cli/trace_operand.hpp"
#include "sim/scenario/diagnostics.hpp"

namespace quorate {
namespace {

constexpr auto replay_options = std::to_array<Option>({
    {.name = "until",
     .value = "eN|T",
     .text = "stop behind event N or virtual time T and show every node's state; -v: whole logs"},
    {.name = "properties", .value = "on|off", .text = "as when the trace was written (on)"},
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

// A trace that has been read to its end, and found well-formed.
struct Trace {
  std::string path;
  std::string text;
  TraceHeader header;
  TraceEnd end;
  std::optional<std::uint64_t> last_event;  // of --until; nothing: to the end
  Until until;
};

Until until_of(const Arguments& arguments) {
  const std::optional<std::string> text = arguments.value("until");
  if (!text) return {};
  if (text->starts_with("e")) {
    return {event_index(*text), {}};
  }
  return {{}, Time{} + *arguments.parsed("until", parse_duration)};
}

// Reads every line, so that a broken file is known before anything runs.
Trace read_trace(const std::string& path, const Until& until) {
  Trace trace{path, read_trace_text(path), {}, {}, until.event, until};
  TraceReader reader(trace.text);
  while (const std::optional<TraceLine> line =
             reader.error().empty() ? reader.next() : std::nullopt) {
    if (until.time && line->time <= *until.time) trace.last_event = line->index;
  }
  if (!reader.error().empty()) {
    throw Failure(ExitCode::invalid_input, printable(path) + ": " + printable(reader.error()));
  }
  trace.header = reader.header();
  trace.end = *reader.end();
  if (until.time && !trace.last_event) trace.last_event = 0;
  const std::uint64_t beyond = trace.end.events - (until.time ? 1 : 0);
  if (trace.last_event && *trace.last_event >= beyond) trace.last_event.reset();
  return trace;
}

// Takes the lines of the new run and holds them against those of the trace.
class Comparison final : public TraceSink {
 public:
  explicit Comparison(const Trace& trace) : trace_(trace) {}

  bool write(std::string_view line) override {
    const std::string_view rest = std::string_view(trace_.text).substr(offset_);
    ++lines_;
    if (rest.starts_with(line)) {
      offset_ += line.size();
      return true;
    }
    expected_ = rest.substr(0, rest.find('\n'));
    produced_ = line.substr(0, line.find('\n'));
    // A budget of real time ended the traced run; this one had longer.
    cut_short_ = expected_.starts_with("{\"end\":") && trace_.end.verdict == "inconclusive";
    differs_ = !cut_short_;
    return false;
  }

  bool differs() const { return differs_; }
  bool cut_short() const { return cut_short_; }
  std::uint64_t lines() const { return lines_; }
  std::string_view expected() const { return expected_; }  // the trace's line, where they differ
  std::string_view produced() const { return produced_; }
  std::size_t column() const {  // of the first byte that differs, from 1
    std::size_t at = 0;
    while (at < expected_.size() && at < produced_.size() && expected_[at] == produced_[at]) ++at;
    return at + 1;
  }

 private:
  const Trace& trace_;
  std::size_t offset_{};
  std::uint64_t lines_{};
  std::string_view expected_;
  std::string produced_;
  bool differs_{};
  bool cut_short_{};
};

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

ExitCode diverged(const Trace& trace, const Comparison& comparison, Console& console) {
  if (console.options().json) {
    JsonWriter out;
    out.open_object();
    print_member(out, "schema", "quorate/replay/1");
    print_member(out, "identical", false);
    print_member(out, "line", comparison.lines());
    print_member(out, "column", comparison.column());
    print_member(out, "trace", comparison.expected());
    print_member(out, "replay", comparison.produced());
    out.close_object();
    console.print(out.buffer() + "\n");
    return ExitCode::diverged;
  }
  console.print(paint("DIVERGED", Paint::red, console.style()) + "  line " +
                grouped(comparison.lines()) + " of " + printable(trace.path) +
                " is not what this run gives, from column " + std::to_string(comparison.column()) +
                "\n");
  console.print("  trace:  " + excerpt(comparison.expected(), comparison.column()) + "\n");
  console.print("  replay: " + excerpt(comparison.produced(), comparison.column()) + "\n");
  return ExitCode::diverged;
}

std::string state_json(Performance& performance, const Comparison& comparison,
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
std::string stopped_text(Performance& performance, const Comparison& comparison,
                         const Liveness& liveness, const Console& console) {
  const Run& run = performance.run();
  std::string text = performance.story();
  text += paint("STOPPED", Paint::yellow, console.style()) + "  behind event e" +
          std::to_string(run.events() - 1) + " at " + to_text(run.now().since_start()) + "; " +
          counted(comparison.lines(), "line", "lines") + " as in the trace\n";
  return text + states_text(performance, liveness, console.options().verbose);
}

ExitCode finished(Performance& performance, const Comparison& comparison, Console& console) {
  const RunReport report = performance.report();
  if (console.options().json) {
    console.print("{\"schema\":\"quorate/replay/1\",\"identical\":true,\"lines\":" +
                  std::to_string(comparison.lines()) + ",\"run\":" + summary_json(report) + "}\n");
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
  if (!trace.last_event) return performance.play({}, [&] { return !writer.failed(); });
  performance.play_stepwise(
      [&] { return !writer.failed() && performance.run().events() <= *trace.last_event; });
}

ExitCode stopped(Performance& performance, const Comparison& comparison, const Liveness& liveness,
                 Console& console) {
  console.print(console.options().json ? state_json(performance, comparison, liveness)
                                       : stopped_text(performance, comparison, liveness, console));
  return ExitCode::success;
}

ExitCode run_replay(const Invocation& invocation) {
  const Arguments& arguments = invocation.arguments;
  Console& console = invocation.console;
  const std::string& path = arguments.operands().front();
  const Trace trace = read_trace(path, until_of(arguments));
  const RunOptions run_options{.properties = arguments.on_or_off("properties", true),
                               .cut_short = trace.end.verdict == "inconclusive"};
  const TraceHeader& header = trace.header;
  const Subject subject = subject_of(trace.header, path, console);
  const ProtocolInfo& protocol = subject.protocol->info;

  Performance performance(subject, header.seed, run_options,
                          program_name() + " replay " + shell_word(path), console);
  Run& run = performance.run();
  Comparison comparison(trace);
  TraceWriter writer(comparison,
                     trace_header(*subject.scenario, protocol, header.seed, header.level), 0);
  Liveness liveness;
  performance.observe(writer);
  performance.observe(liveness);
  play(trace, performance, writer);

  if (comparison.differs()) return diverged(trace, comparison, console);
  if (comparison.cut_short()) run.give_up("the trace ends here, inconclusive");
  if (!run.finished()) return stopped(performance, comparison, liveness, console);
  if (!comparison.cut_short()) writer.finish(trace_footer(run, protocol));
  if (comparison.differs()) return diverged(trace, comparison, console);
  const ExitCode code = finished(performance, comparison, console);
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
