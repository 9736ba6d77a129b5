// quorate plot FILE...: figures from traces and from the rows of sweeps. This end reads, checks and
// writes the files; Python gets bytes, draws, and gives bytes back, so that nothing is ever half
// written and a bad file is refused as everywhere.
#include <array>
#include <filesystem>

#include "cli/build_info.hpp"
#include "cli/child_process.hpp"
#include "cli/command.hpp"
#include "cli/interrupt.hpp"
#include "cli/output_file.hpp"
#include "cli/plot_modules.hpp"
#include "cli/python.hpp"
#include "cli/trace_operand.hpp"
#include "sim/base/field_print.hpp"
#include "sim/base/utf8.hpp"
#include "sim/scenario/diagnostics.hpp"
#include "sim/scenario/read_file.hpp"

namespace quorate {
namespace {

namespace fs = std::filesystem;

constexpr auto plot_options = std::to_array<Option>({
    {.name = "kind",
     .value = "KIND",
     .text = "timeline, cdf, latency, messages, lines, heatmap or grid",
     .words = "timeline cdf latency messages lines heatmap grid"},
    {.name = "output",
     .letter = 'o',
     .value = "FILE",
     .text = "a name that ends in .svg, .pdf or .png; what was drawn goes to FILE.csv"},
    {.name = "theme",
     .value = "THEME",
     .text = "paper, slides or dark (paper)",
     .words = "paper slides dark"},
    {.name = "title", .value = "TEXT", .text = "above the figure; \"\": none"},
    {.name = "caption", .value = "TEXT", .text = "below the figure; \"\": none"},
    {.name = "window", .value = "T1..T2", .text = "timeline: from when to when; else by itself"},
    {.name = "axis",
     .value = "AXIS",
     .text = "timeline: time, without long pauses; linear; or events, by order alone (time)",
     .words = "time linear events"},
    {.name = "clients", .text = "timeline, messages: clients and their messages, too"},
    {.name = "metric",
     .value = "NAME",
     .repeated = true,
     .text = "what is measured: quorate list metrics; or passed, failed (repeatable in a grid)"},
    {.name = "by",
     .value = "PATH",
     .repeated = true,
     .text = "a line per value of what was varied"},
    {.name = "panel", .value = "PATH", .text = "a panel per value; \"file\": per file"},
    {.name = "x", .value = "PATH", .text = "lines, grid, heatmap: what goes to the right"},
    {.name = "y", .value = "PATH", .text = "heatmap: what goes up"},
    {.name = "statistic",
     .value = "NAME",
     .text = "mean, median, p95 or p99 of the runs (mean)",
     .words = "mean median p95 p99"},
    {.name = "log", .value = "on|off", .text = "a logarithmic axis for the metric"},
    {.name = "label", .value = "TEXT", .repeated = true, .text = "what each file is called"},
    {.name = "mark",
     .value = "LABEL=N",
     .repeated = true,
     .text = "cdf: a published median, in the unit of the axis, on the line of that label"},
    {.name = "force", .text = "replace the figure and its data"},
    allow_truncated_option,
});

constexpr auto plot_examples = std::to_array<Example>({
    {"plot run.jsonl --kind timeline -o crash.svg", "who sent what to whom around the first fault"},
    {"plot run.jsonl --kind timeline --window 600ms..1s --theme slides -o crash.png",
     "a window of your own, for a slide"},
    {"plot runs.csv --kind cdf --metric leaderless_time_us -o downtime.pdf",
     "how often it takes how long; a line per variant of the sweep"},
    {"plot raft.csv paxos.csv --kind messages -o messages.svg", "two sweeps beside each other"},
    {"plot runs.csv --kind lines --x network.loss --metric ops.acked -o loss.svg",
     "against a varied parameter, with 95 % intervals"},
});

constexpr std::array<std::string_view, 7> kinds{"timeline", "cdf",     "latency", "messages",
                                                "lines",    "heatmap", "grid"};
constexpr std::array<std::string_view, 3> formats{"svg", "pdf", "png"};
constexpr std::array<std::string_view, 3> themes{"paper", "slides", "dark"};
constexpr std::array<std::string_view, 3> axes{"time", "linear", "events"};
constexpr std::array<std::string_view, 4> statistics{"mean", "median", "p95", "p99"};

std::string joined_names(std::span<const std::string_view> names) {
  std::string text;
  for (const std::string_view name : names) {
    text += (text.empty() ? "" : ", ") + std::string(name);
  }
  return text;
}

// The value of an option that is one of a few words; the first one unless given.
std::string chosen(const Arguments& arguments, std::string_view option,
                   std::span<const std::string_view> words) {
  std::string word = arguments.value(option).value_or(std::string(words.front()));
  if (std::ranges::find(words, word) != words.end()) return word;
  const std::string_view near = nearest_name(word, words);
  throw Failure(
      ExitCode::bad_usage,
      "--" + std::string(option) + ": " + in_quotes(word) + " is not one of " + joined_names(words),
      near.empty() ? "" : "did you mean " + std::string(near) + "?");
}

std::string kind_of(const Arguments& arguments) {
  if (arguments.has("kind")) return chosen(arguments, "kind", kinds);
  throw Failure(ExitCode::bad_usage, "which kind of figure?", "--kind: " + joined_names(kinds));
}

// Where the figure goes; its ending says of what format it is.
std::string figure_path(const Arguments& arguments) {
  const std::optional<std::string> path = arguments.value("output");
  if (!path) {
    throw Failure(ExitCode::bad_usage, "where to?", "-o FIGURE.svg, or .pdf, or .png");
  }
  const std::string ending = fs::path(*path).extension().string();
  if (ending.size() > 1 && std::ranges::find(formats, ending.substr(1)) != formats.end()) {
    return *path;
  }
  throw Failure(ExitCode::bad_usage, printable(*path) + " does not end in .svg, .pdf or .png",
                "the ending says of what format the figure is");
}

// "600ms..1s", in nanoseconds.
std::optional<std::pair<std::int64_t, std::int64_t>> drawn_window(const Arguments& arguments) {
  const std::optional<std::string> text = arguments.value("window");
  if (!text) return std::nullopt;
  const std::size_t dots = text->find("..");
  if (dots == text->npos) throw Arguments::bad_value("window", "like 600ms..1s, from when to when");
  const Parsed<Duration> from = parse_duration(std::string_view(*text).substr(0, dots));
  const Parsed<Duration> until = parse_duration(std::string_view(*text).substr(dots + 2));
  if (!from) throw Arguments::bad_value("window", from.error);
  if (!until) throw Arguments::bad_value("window", until.error);
  if (!(from.value < until.value)) {
    throw Arguments::bad_value("window", "it must end after it begins");
  }
  return std::pair{from.value.count(), until.value.count()};
}

// A file to draw, read and checked.
struct Input {
  std::string path;
  std::string text;
  bool trace{};
  std::string epoch_word;
  std::string sweep;
};

// A folder is what `sweep --out` keeps.
std::string input_path(const std::string& operand) {
  std::error_code ignored;
  if (!fs::is_directory(operand, ignored)) return operand;
  const fs::path rows = fs::path(operand) / "runs.csv";
  if (fs::exists(rows, ignored)) return rows.string();
  throw Failure(ExitCode::invalid_input,
                printable(operand) + " is a folder without runs.csv: no finished sweep",
                program_name() + " sweep FILE --out DIR makes one");
}

// What `sweep --out` keeps beside its rows says which scenario they are of. A figure can do
// without.
std::string kept_sweep(const fs::path& rows) {
  constexpr std::size_t longest = std::size_t{1} << 24U;
  if (rows.filename() != "runs.csv") return "";
  const Parsed<std::string> text =
      read_file_bounded((rows.parent_path() / "sweep.json").string(), longest);
  return text && is_utf8(text.value) ? text.value : "";
}

Input read_input(const std::string& operand, const Invocation& invocation) {
  Input input{input_path(operand), {}, false, {}, {}};
  input.text = read_trace_text(input.path);
  input.trace = input.text.starts_with('{');
  if (!input.trace) {
    input.sweep = kept_sweep(input.path);
    return input;
  }
  const TraceFile trace(input.text);
  accept_trace(trace.reader(), input.path, invocation);
  if (!trace.reader().error().empty()) input.text.resize(trace.reader().bad_from());
  if (const ProtocolEntry* protocol = find_protocol(trace.header().protocol)) {
    input.epoch_word = protocol->info.epoch_word;
  }
  return input;
}

// ---- what Python is told --------------------------------------------------------------------

void print_texts(JsonWriter& out, std::string_view key, const std::vector<std::string>& texts) {
  out.key(key);
  out.open_array();
  for (const std::string& text : texts) out.string(text);
  out.close_array();
}

void print_optional(JsonWriter& out, std::string_view key, const std::optional<std::string>& text) {
  out.key(key);
  text ? out.string(*text) : out.null();
}

void print_window(JsonWriter& out, const Arguments& arguments) {
  const auto window = drawn_window(arguments);
  out.key("window");
  if (!window) return out.null();
  out.open_array();
  print_to(out, window->first);
  print_to(out, window->second);
  out.close_array();
}

void print_inputs(JsonWriter& out, const std::vector<Input>& inputs) {
  out.key("inputs");
  out.open_array();
  for (const Input& input : inputs) {
    out.open_object();
    print_member(out, "name", printable(input.path));
    print_member(out, "format", input.trace ? "trace" : "csv");
    print_member(out, "epoch_word", input.epoch_word);
    print_member(out, "sweep", input.sweep);
    print_member(out, "size", input.text.size());
    out.close_object();
  }
  out.close_array();
}

void print_choices(JsonWriter& out, const Arguments& arguments) {
  print_member(out, "theme", chosen(arguments, "theme", themes));
  print_member(out, "axis", chosen(arguments, "axis", axes));
  print_member(out, "statistic", chosen(arguments, "statistic", statistics));
  print_member(out, "clients", arguments.has("clients"));
  out.key("log");
  arguments.has("log") ? print_to(out, arguments.on_or_off("log", false)) : out.null();
  print_window(out, arguments);
  print_optional(out, "title", arguments.value("title"));
  print_optional(out, "caption", arguments.value("caption"));
  for (const char* one : {"panel", "x", "y"}) {
    print_member(out, one, arguments.value(one).value_or(""));
  }
  print_texts(out, "metrics", arguments.values("metric"));
  print_texts(out, "by", arguments.values("by"));
  print_texts(out, "labels", arguments.values("label"));
  print_texts(out, "marks", arguments.values("mark"));
}

// The first line that Python reads: its own modules, and what to draw.
class Order {
 public:
  Order(const Arguments& arguments, const std::string& figure) {
    out_.open_object();
    print_modules();
    out_.key("job");
    out_.open_object();
    print_member(out_, "kind", kind_of(arguments));
    print_member(out_, "format", fs::path(figure).extension().string().substr(1));
    print_member(out_, "drawn_by",
                 " · quorate " + std::string(version()) + " " + std::string(source_revision()));
    print_choices(out_, arguments);
  }

  std::string line(const std::vector<Input>& inputs) {
    print_inputs(out_, inputs);
    out_.close_object();
    out_.close_object();
    return out_.buffer() + "\n";
  }

 private:
  void print_modules() {
    out_.key("modules");
    out_.open_object();
    for (const PlotModule& module : plot_modules()) {
      const bool package = module.name == "__init__";
      const std::string name = "plots" + (package ? "" : "." + std::string(module.name));
      out_.key(name);
      out_.string(module.text);
    }
    out_.close_object();
  }

  JsonWriter out_;
};

std::string_view bootstrap() {
  for (const PlotModule& module : plot_modules()) {
    if (module.name == "bootstrap") return module.text;
  }
  throw Failure(ExitCode::internal_error, "the drawing modules are not in this binary");
}

// ---- what Python gives back -----------------------------------------------------------------

struct Drawing {
  std::string figure;
  std::string data;
  std::vector<std::string> notes;
};

// What an interpreter said last, which is where its reason stands.
std::string last_line(std::string_view text) {
  while (text.ends_with('\n')) text.remove_suffix(1);
  const std::size_t line = text.rfind('\n');
  return std::string(line == text.npos ? text : text.substr(line + 1));
}

Drawing read_answer(const ChildResult& child) {
  const std::size_t end = child.output.find('\n');
  LineMembers head;
  const bool whole =
      end != child.output.npos && head.scan(std::string_view(child.output).substr(0, end)).empty();
  if (!whole || !head.number("exit")) {
    throw Failure(ExitCode::internal_error, "Python ended with status " +
                                                std::to_string(child.status) +
                                                " and no figure: " + last_line(child.errors));
  }
  if (const std::uint64_t code = *head.number("exit"); code != 0) {
    throw Failure(static_cast<ExitCode>(code), head.text("error").value_or("no figure"),
                  head.text("hint").value_or(""));
  }
  const std::uint64_t figure = head.number("figure").value_or(0);
  const std::uint64_t data = head.number("data").value_or(0);
  if (child.output.size() - end - 1 != figure + data) {
    throw Failure(ExitCode::internal_error, "the figure that Python drew did not arrive whole");
  }
  Drawing drawing{child.output.substr(end + 1, figure), child.output.substr(end + 1 + figure), {}};
  if (const auto note = head.text("note"); note && !note->empty()) drawing.notes.push_back(*note);
  return drawing;
}

Drawing ask_python(const std::string& python, const std::string& order,
                   const std::vector<Input>& inputs, Console& console) {
  std::vector<std::string_view> pieces{order};
  for (const Input& input : inputs) pieces.push_back(input.text);
  const ChildResult child = run_child({python, "-c", std::string(bootstrap())}, pieces);
  if (Interrupt::caught()) throw Failure(Interrupt::exit_code(), "interrupted");
  if (console.options().verbose && !child.errors.empty()) console.tell(child.errors);
  return read_answer(child);
}

std::string plot_json(const std::string& figure, const std::string& data, const Drawing& drawing) {
  JsonWriter out;
  out.open_object();
  print_member(out, "schema", "quorate/plot/1");
  print_member(out, "figure", figure);
  print_member(out, "data", data);
  print_member(out, "bytes", drawing.figure.size());
  print_texts(out, "notes", drawing.notes);
  out.close_object();
  return out.buffer() + "\n";
}

ExitCode run_plot(const Invocation& invocation) {
  const Arguments& arguments = invocation.arguments;
  Console& console = invocation.console;
  const std::string figure_name = figure_path(arguments);
  const std::string data_name = figure_name + ".csv";
  const Interrupt interrupt;
  Order order(arguments, figure_name);
  for (const std::string& operand : arguments.operands()) {
    require_apart(figure_name, operand);
    require_apart(data_name, operand);
  }
  const bool replace = arguments.has("force");
  OutputFile figure(figure_name, replace, console);
  OutputFile data(data_name, replace, console);
  std::vector<Input> inputs;
  for (const std::string& operand : arguments.operands()) {
    inputs.push_back(read_input(operand, invocation));
  }
  const Drawing drawing = ask_python(python_that_draws(), order.line(inputs), inputs, console);
  figure.write(drawing.figure);
  data.write(drawing.data);
  data.commit();
  figure.commit();
  for (const std::string& note : drawing.notes) console.note(note);
  if (console.options().json) {
    console.print(plot_json(figure_name, data_name, drawing));
  } else {
    console.note("figure: " + printable(figure_name) + ", its data: " + printable(data_name));
  }
  return ExitCode::success;
}

}  // namespace

Command plot_command() {
  return {.name = "plot",
          .operands = "FILE...",
          .fewest = 1,
          .most = 64,
          .summary = "draw a figure from traces or sweeps",
          .details =
              "FILE is a trace, or a CSV file of a sweep, or the folder that sweep --out made. The "
              "same\nfiles give the same bytes. Needs Python 3 with matplotlib "
              "(python3-matplotlib); nothing\nelse of quorate does.",
          .options = plot_options,
          .examples = plot_examples,
          .run = run_plot};
}

}  // namespace quorate
