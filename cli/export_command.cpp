// quorate export TRACE: the same events in the format of another tool.
#include <algorithm>
#include <array>
#include <filesystem>

#include "analysis/exporters/exporter.hpp"
#include "cli/interrupt.hpp"
#include "cli/output_file.hpp"
#include "cli/trace_operand.hpp"

namespace quorate {
namespace {

constexpr auto export_options = std::to_array<Option>({
    {.name = "to",
     .value = "FORMAT",
     .text = "csv, dot, mermaid, shiviz or trace-event",
     .words = "csv dot mermaid shiviz trace-event"},
    {.name = "output",
     .letter = 'o',
     .value = "FILE",
     .text = "else the trace's name with the format's ending; \"-\": to stdout"},
    {.name = "window", .value = "T..T", .text = "this part of the run alone, as 1s..2s or 1s.."},
    {.name = "force", .text = "replace the file if it exists"},
    allow_truncated_option,
});

constexpr auto export_examples = std::to_array<Example>({
    {"export run.jsonl --to shiviz", "writes run.log, for ShiViz"},
    {"export run.jsonl --to trace-event -o run.json", "open it in Perfetto"},
    {"export run.jsonl --to mermaid --window 600ms..700ms -o -", "a sequence diagram, to stdout"},
    {"export run.jsonl --to csv", "a row per event, for a spreadsheet"},
});

const ExportFormat& format_named(const std::optional<std::string>& name) {
  std::vector<std::string> known;
  for (const ExportFormat& format : export_formats()) {
    if (name == format.name) return format;
    known.emplace_back(format.name);
  }
  throw Failure(ExitCode::bad_usage,
                name ? "there is no format " + in_quotes(*name) : "export needs --to FORMAT",
                "formats: " + joined(known));
}

std::string output_path(const std::string& trace, const ExportFormat& format,
                        const Arguments& arguments) {
  if (const auto given = arguments.value("output")) return *given;
  std::filesystem::path path(trace);
  if (path.parent_path() == "/dev") {
    throw Failure(ExitCode::bad_usage, "the file needs a name", "-o FILE gives it one");
  }
  return path.replace_extension(format.ending).string();
}

void refuse_more_than(const ExportFormat& format, std::uint64_t events) {
  if (format.most == 0 || events <= format.most) return;
  throw Failure(ExitCode::bad_usage,
                "no " + std::string(format.name) + " of more than " + grouped(format.most) +
                    " events can be read by anybody",
                "--window 1s..1200ms takes a part of the run");
}

// Writes the window's events; returns how many.
std::uint64_t write_events(TraceReader& reader, Exporter& exporter, const ExportFormat& format,
                           const TimeWindow& window, OutputFile& file) {
  const Interrupt interrupt;
  std::uint64_t events = 0;
  bool good = file.write(exporter.begin(reader.header(), reader.names()));
  while (good) {
    const std::optional<TraceLine> event = reader.next();
    if (!event || event->time > window.to) break;
    if (Interrupt::caught()) throw Failure(Interrupt::exit_code(), "interrupted");
    if (event->time < window.from) continue;
    refuse_more_than(format, ++events);
    good = file.write(exporter.event(*event));
  }
  file.write(exporter.end());
  file.require_good();
  return events;
}

void tell_what_was_written(const ExportFormat& format, const std::string& path,
                           std::uint64_t events, bool to_stdout, Console& console) {
  if (console.options().json) {
    JsonWriter out;
    out.open_object();
    print_member(out, "schema", "quorate/export/1");
    print_member(out, "file", path);
    print_member(out, "format", format.name);
    print_member(out, "events", events);
    out.close_object();
    console.print(out.buffer() + "\n");
  }
  if (!to_stdout) {
    console.note(std::string(format.name) + ": " + printable(path) + ", " +
                 counted(events, "event", "events"));
  }
}

ExitCode run_export(const Invocation& invocation) {
  const Arguments& arguments = invocation.arguments;
  const std::string& trace = arguments.operands().front();
  const ExportFormat& format = format_named(arguments.value("to"));
  const TimeWindow window = window_of(arguments);
  TraceOperand operand(trace);
  accept_trace(operand.reader(), trace, invocation);
  const std::string path = output_path(trace, format, arguments);
  require_apart(path, trace);
  OutputFile file(path, arguments.has("force"), invocation.console);
  const auto exporter = format.make();
  const std::uint64_t events = write_events(operand.reader(), *exporter, format, window, file);
  accept_trace(operand.reader(), trace, invocation);
  if (events == 0 && !window.whole()) {
    throw Failure(ExitCode::bad_usage, "nothing happens in " + *arguments.value("window"));
  }
  file.commit();
  tell_what_was_written(format, path, events, file.is_stdout(), invocation.console);
  return ExitCode::success;
}

}  // namespace

Command export_command() {
  return {
      .name = "export",
      .operands = "TRACE",
      .fewest = 1,
      .most = 1,
      .summary = "a trace in the format of another tool",
      .details =
          "csv: a row per event. dot: what happened before what, for Graphviz. mermaid: a\n"
          "sequence diagram. shiviz: vector clocks. trace-event: tracks and arrows for Perfetto.",
      .options = export_options,
      .examples = export_examples,
      .run = run_export};
}

}  // namespace quorate
