// quorate view TRACE: a run as one HTML page, for a browser without a network.
#include <array>
#include <filesystem>

#include "analysis/trace_parts.hpp"
#include "analysis/viewer/view_writer.hpp"
#include "cli/interrupt.hpp"
#include "cli/output_file.hpp"
#include "cli/performance.hpp"
#include "cli/trace_operand.hpp"
#include "sim/scenario/diagnostics.hpp"

namespace quorate {
namespace {

constexpr auto view_options = std::to_array<Option>({
    {.name = "output",
     .letter = 'o',
     .value = "FILE",
     .text = "the page; else the trace's name with .html; \"-\": to stdout"},
    {.name = "window", .value = "T..T", .text = "this part of the run alone, as 1s..2s or 1s.."},
    {.name = "seed", .value = "S", .text = "of a scenario: decimal or 0x..."},
    {.name = "set", .value = "PATH=VALUE", .repeated = true, .text = "change the scenario"},
    {.name = "force", .text = "replace the page if it exists"},
    allow_truncated_option,
});

constexpr auto view_examples = std::to_array<Example>({
    {"view run.jsonl", "writes run.html, to be opened in any browser"},
    {"view run.jsonl --window 600ms..1s -o crash.html", "a part of a long run"},
    {"view scenarios/raft/leader-crash.json --seed 7 -o run.html", "runs it, and shows that run"},
});

bool starts_as_trace(const std::string& path) {
  constexpr std::string_view start = "{\"quorate_trace\"";
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) return false;
  InputFile file(path);
  std::string bytes(start.size(), '\0');
  const std::size_t count = file.read(bytes.data(), bytes.size());
  return std::string_view(bytes).substr(0, count) == start;
}

// A scenario is named *.json and does not begin as a trace does.
bool is_scenario(const std::string& path) {
  return path.ends_with(".json") && !starts_as_trace(path);
}

// Refuses more once the user interrupts: what is written up to then is then thrown away.
class PageSink final : public TraceSink {
 public:
  explicit PageSink(OutputFile& file) : file_(file) {}
  bool write(std::string_view text) override { return !Interrupt::caught() && file_.write(text); }

 private:
  OutputFile& file_;
};

// What the page is made of, wherever its trace comes from.
struct Source {
  std::string path;    // for messages
  std::string replay;  // the command that goes back to this run
  std::string stem;    // of the page's name
  Subject subject;     // of a scenario; else read from the trace when it is needed
};

std::string page_path(const Source& source, const Arguments& arguments) {
  if (const auto given = arguments.value("output")) return *given;
  if (std::filesystem::path(source.path).parent_path() == "/dev") {
    throw Failure(ExitCode::bad_usage, "the page needs a name", "-o FILE.html gives it one");
  }
  return source.stem + ".html";
}

// Every node's state as it was just before that event, by running up to there. Nothing where this
// program cannot: of another version of the protocol, or a level without states.
std::vector<std::string> states_before(std::uint64_t first, const TraceHeader& header,
                                       const Source& source, Console& console) {
  if (header.level != TraceLevel::all) return {};
  const ProtocolEntry* const known = find_protocol(header.protocol);
  if (known == nullptr || known->info.version != header.protocol_version) {
    console.warning(printable(source.path) +
                    " is not of a protocol of this program: of a state, the page shows the fields "
                    "that changed");
    return {};
  }
  const Subject subject = source.subject.scenario != nullptr
                              ? source.subject
                              : subject_of(header, source.path, console);
  Performance performance(subject, header.seed, {.properties = false}, source.replay, console);
  Run& run = performance.run();
  performance.play_stepwise([&] { return run.events() < first; });
  std::vector<std::string> states;
  for (std::uint32_t id = 0; id < subject.scenario->nodes.size(); ++id) {
    states.push_back(run.state(NodeId{id}));
  }
  return states;
}

std::string report_json(const std::string& page, std::uint64_t events) {
  JsonWriter out;
  out.open_object();
  print_member(out, "schema", "quorate/view/1");
  print_member(out, "page", page);
  print_member(out, "events", events);
  out.close_object();
  return out.buffer() + "\n";
}

ExitCode write_page(TraceReader& reader, const Source& source, const Invocation& invocation) {
  const Arguments& arguments = invocation.arguments;
  Console& console = invocation.console;
  const ProtocolEntry* const known = find_protocol(reader.header().protocol);
  const ViewFacts facts{.replay = source.replay,
                        .window = window_of(arguments),
                        .epoch_word = known != nullptr ? known->info.epoch_word : ""};
  const std::string path = page_path(source, arguments);
  require_apart(path, source.path);
  std::optional<Interrupt> interrupt(std::in_place);
  OutputFile file(path, arguments.has("force"), console);
  PageSink sink(file);
  std::uint64_t events = 0;
  write_view(
      reader, sink, facts,
      [&](std::uint64_t first) {
        interrupt.reset();  // a run has its own
        return states_before(first, reader.header(), source, console);
      },
      &events);
  if (Interrupt::caught()) throw Failure(Interrupt::exit_code(), "interrupted");
  file.require_good();
  accept_trace(reader, source.path, invocation);
  if (events == 0 && !facts.window.whole()) {
    throw Failure(ExitCode::bad_usage, "nothing happens in " + *arguments.value("window"));
  }
  file.commit();
  if (console.options().json) console.print(report_json(path, events));
  if (file.is_stdout()) return ExitCode::success;
  console.note("page: " + printable(path) + ", " + counted(events, "event", "events"));
  return ExitCode::success;
}

ExitCode view_trace(const std::string& path, const Invocation& invocation) {
  for (const std::string_view option : {"seed", "set"}) {
    if (!invocation.arguments.has(option)) continue;
    throw Failure(ExitCode::bad_usage,
                  "--" + std::string(option) + " changes a scenario, and " + path + " is a trace");
  }
  TraceOperand trace(path);
  accept_trace(trace.reader(), path, invocation);
  const std::filesystem::path name(path);
  const std::string stem = name.extension() == ".jsonl"
                               ? std::filesystem::path(name).replace_extension().string()
                               : path;
  return write_page(trace.reader(),
                    {.path = path,
                     .replay = program_name() + " replay " + shell_word(name.filename().string()),
                     .stem = stem,
                     .subject = {}},
                    invocation);
}

// The run's trace, in memory.
std::string traced(const Subject& subject, std::uint64_t seed, const std::string& again,
                   Console& console) {
  StringSink sink;
  TraceWriter writer(sink, trace_header(*subject.scenario, subject.protocol->info, seed));
  Performance performance(subject, seed, {}, again, console);
  performance.observe(writer);
  performance.play({});
  writer.finish(trace_footer(performance.run(), subject.protocol->info));
  return std::move(sink.text);
}

ExitCode view_scenario(const std::string& path, const Invocation& invocation) {
  const Settings settings = settings_of(invocation.arguments);
  const Subject subject = load_subject(path, settings, invocation.console);
  const std::uint64_t seed =
      invocation.arguments.parsed("seed", parse_seed).value_or(subject.scenario->seed);
  const std::string again = run_again(path, seed, settings);
  const std::string text = traced(subject, seed, again, invocation.console);
  TraceReader reader{std::string_view(text)};
  const std::string stem = std::filesystem::path(path).stem().string();
  return write_page(reader,
                    {.path = path,
                     .replay = again + " --trace " + shell_word(stem + ".jsonl") + " && " +
                               program_name() + " replay " + shell_word(stem + ".jsonl"),
                     .stem = stem,
                     .subject = subject},
                    invocation);
}

ExitCode run_view(const Invocation& invocation) {
  const std::string& path = invocation.arguments.operands().front();
  return is_scenario(path) ? view_scenario(path, invocation) : view_trace(path, invocation);
}

}  // namespace

Command view_command() {
  return {.name = "view",
          .operands = "TRACE|SCENARIO",
          .fewest = 1,
          .most = 1,
          .summary = "a run as a web page, to step through",
          .details =
              "One HTML file that needs no network: who sent what to whom and when, what it\n"
              "changed, and why. A scenario is run first; its verdict is in the page.",
          .options = view_options,
          .examples = view_examples,
          .run = run_view};
}

}  // namespace quorate
