// quorate report SCENARIO: a folder with one page about it, and everything the page is made of.
// What other commands make is made by them, in processes of their own: the page can then name the
// very lines that make it again.
#include <array>
#include <filesystem>
#include <optional>

#include "analysis/trace_parts.hpp"
#include "cli/build_info.hpp"
#include "cli/child_process.hpp"
#include "cli/interrupt.hpp"
#include "cli/output_folder.hpp"
#include "cli/performance.hpp"
#include "cli/report_page.hpp"
#include "cli/sweep_directory.hpp"
#include "sim/scenario/read_file.hpp"

namespace quorate {
namespace {

constexpr auto report_options = std::to_array<Option>({
    {.name = "output",
     .letter = 'o',
     .value = "DIR",
     .text = "the folder; else the scenario's name with -report"},
    {.name = "seed", .value = "S", .text = "of the run that is told: decimal or 0x..."},
    {.name = "set", .value = "PATH=VALUE", .repeated = true, .text = "change the scenario"},
    {.name = "seeds", .value = "A..B", .text = "of the sweep; else the file's own, else 1..100"},
    {.name = "jobs",
     .letter = 'j',
     .value = "N",
     .text = "worker processes of the sweep; else one per processor"},
    {.name = "force", .text = "replace the folder, where it is a report"},
});

constexpr auto report_examples = std::to_array<Example>({
    {"report scenarios/raft/leader-crash.json", "writes leader-crash-report/index.html"},
    {"report scenarios/3pc/coordinator-dies.json --seeds 1..1000 -o handout",
     "a folder of your own, and more seeds"},
});

// A way to start this very program.
constexpr const char* this_program = "/proc/self/exe";

bool is_report(const std::string& folder) {
  const std::string html = read_file_bounded(folder + "/index.html").value;
  return html.find(", run by quorate ") != html.npos;
}

// Words of a command, in which this stands for the folder: its working name while it is made, its
// own name on the page.
constexpr std::string_view folder_mark = "DIR/";

std::vector<std::string> placed(std::vector<std::string> words, const std::string& folder) {
  for (std::string& word : words) {
    if (word.starts_with(folder_mark)) word.replace(0, folder_mark.size(), folder + "/");
  }
  return words;
}

std::string without_prefix(std::string errors) {
  constexpr std::string_view prefix = "quorate: error: ";
  const std::size_t at = errors.find(prefix);
  return at == errors.npos ? errors : errors.substr(at + prefix.size());
}

class Report {
 public:
  explicit Report(const Invocation& invocation)
      : arguments_(invocation.arguments),
        console_(invocation.console),
        file_(arguments_.operands().front()),
        settings_(settings_of(arguments_)),
        subject_(load_subject(file_, settings_, console_)),
        seed_(arguments_.parsed("seed", parse_seed).value_or(subject_.scenario->seed)),
        name_(folder_name()),
        folder_(name_, arguments_.has("force"), is_report) {}

  void make() {
    describe();
    perform();
    sweep();
    draw();
    page_.costs = costs();
    page_.files = {{"run.jsonl", "the trace of the run, for replay, check, why and export"},
                   {"run.html", "the run, to step through in a browser"},
                   {rows_name(), "the sweep, one row per run"}};
    for (const std::string& figure : drawn_) {
      page_.files.emplace_back(figure, "a figure");
      page_.files.emplace_back(figure + ".csv", "what it shows, as numbers");
    }
    write_whole(folder_.path_of("index.html"), report_html(page_));
    folder_.commit();
  }
  std::string page_path() const { return name_ + "/index.html"; }
  std::size_t figures() const { return drawn_.size(); }

 private:
  std::string folder_name() const {
    const auto given = arguments_.value("output");
    std::string name = given ? *given : std::filesystem::path(file_).stem().string() + "-report";
    while (name.size() > 1 && name.ends_with('/')) name.pop_back();
    return name;
  }

  // Figures name their rows by it: not by a folder that is called otherwise while it is made.
  std::string rows_name() const { return std::filesystem::path(file_).stem().string() + ".csv"; }

  void describe() {
    const Scenario& scenario = *subject_.scenario;
    page_.file = file_;
    page_.title = scenario.title.empty() ? file_ : scenario.title;
    page_.teaches = scenario.teaches;
    page_.lesson = scenario.lesson;
    page_.build = std::string(version()) + " " + std::string(source_revision());
    page_.scenario = read_file_bounded(file_).value;
    std::string line = program_name() + " report " + shell_word(file_);
    for (const Option& option : report_options) {
      if (option.name == "force" || option.name == "jobs") continue;
      for (const std::string& value : arguments_.values(option.name)) {
        line += " --" + std::string(option.name) + " " + shell_word(value);
      }
    }
    page_.commands.push_back(line);
  }

  // In this process, since what `run` prints tells how long it took.
  void perform() {
    const std::string again = run_again(file_, seed_, settings_);
    const Scenario& scenario = *subject_.scenario;
    AtomicFile file(folder_.path_of("run.jsonl"));
    FileSink sink(file);
    TraceWriter writer(sink, trace_header(scenario, subject_.protocol->info, seed_));
    Story story(subject_.protocol->info, scenario.names());
    Performance performance(subject_, seed_, {}, again, console_);
    performance.observe(writer);
    performance.observe(story);
    performance.play(wall_budget(subject_, arguments_), [&] { return file.good(); });
    writer.finish(trace_footer(performance.run(), subject_.protocol->info));
    file.commit();
    if (!file.good()) throw Failure(ExitCode::io_error, printable(file.error()));
    page_.run = performance.report();
    page_.run.wall.reset();
    page_.story = story.text();
    page_.commands.push_back(again + " --trace " + shell_word(name_ + "/run.jsonl"));
    require({"view", "DIR/run.jsonl", "-o", "DIR/run.html"});
  }

  void sweep() {
    std::vector<std::string> words{"sweep", file_, "--csv", "DIR/" + rows_name(), "--witness"};
    for (const std::string& text : arguments_.values("set")) {
      words.insert(words.end(), {"--set", text});
    }
    if (const auto seeds = arguments_.value("seeds")) {
      words.insert(words.end(), {"--seeds", *seeds});
    }
    page_.sweep = require(words, arguments_.value("jobs"));
  }

  void draw() {
    figure("timeline", "The run: who sent what to whom, around the first fault",
           {"DIR/run.jsonl", "--kind", "timeline"});
    figure("messages", "Messages by type, under all seeds",
           {"DIR/" + rows_name(), "--kind", "messages"});
    const std::string metric = told_metric();
    figure("distribution", metric + " under all seeds: how often it is at most how much",
           {"DIR/" + rows_name(), "--kind", "cdf", "--metric", metric});
  }

  // What is worth a distribution: the first of these that the run has.
  std::string told_metric() const {
    for (const char* name : {"leaderless_time_us", "blocked_time_us", "latency_us_p99",
                             "first_leader_at_us", "decision_delays_p50"}) {
      const auto found = page_.run.outcome.metrics.find(name);
      if (found != page_.run.outcome.metrics.end() && found->second != 0) return name;
    }
    return "messages.sent";
  }

  void figure(const std::string& name, const std::string& title,
              const std::vector<std::string>& what) {
    if (no_python_) return;
    std::vector<std::string> words{"plot"};
    words.insert(words.end(), what.begin(), what.end());
    words.insert(words.end(), {"-o", "DIR/" + name + ".svg"});
    const ChildResult child = call(words, {});
    no_python_ = child.status == static_cast<int>(ExitCode::missing_tool);
    ReportFigure made{no_python_ ? "Figures" : title, {}, without_prefix(child.errors)};
    if (child.status == 0) {
      made.svg = read_file_bounded(folder_.path_of(name + ".svg")).value;
      drawn_.push_back(name + ".svg");
      remember(words);
    }
    page_.figures.push_back(std::move(made));
  }

  // Of the headlines alone, with as many nodes as the scenario has where theory speaks of so many.
  std::vector<CostRow> costs() {
    if (subject_.protocol->info.costs.empty()) return {};
    const auto nodes = static_cast<std::int64_t>(subject_.scenario->nodes.size());
    for (const std::int64_t count : {nodes, nodes - 1, std::int64_t{5}, std::int64_t{3}}) {
      try {
        std::vector<CostRow> rows =
            compare_costs({CostChoice{subject_.protocol, nullptr}}, count, false);
        remember({"compare", subject_.protocol->info.name, "--nodes", std::to_string(count)});
        return rows;
      } catch (const Failure& failure) {
        if (failure.code() != ExitCode::bad_usage) throw;
      }
    }
    return {};
  }

  // ---- other commands ---------------------------------------------------------------------------

  ChildResult call(const std::vector<std::string>& words, const std::optional<std::string>& jobs) {
    std::vector<std::string> line{this_program, "--color", "never", "--no-progress"};
    for (std::string& word : placed(words, folder_.working())) line.push_back(std::move(word));
    if (jobs) line.insert(line.end(), {"--jobs", *jobs});
    ChildResult child = run_child(line);
    if (Interrupt::caught()) throw Failure(Interrupt::exit_code(), "interrupted");
    return child;
  }

  // What it printed. A command that judges runs has done its work whatever they came to; any other
  // end is that of the report.
  std::string require(const std::vector<std::string>& words,
                      const std::optional<std::string>& jobs = {}) {
    const ChildResult child = call(words, jobs);
    const auto code = static_cast<ExitCode>(child.status);
    const bool done = code == ExitCode::success || code == ExitCode::failed ||
                      code == ExitCode::inconclusive ||
                      (code == ExitCode::internal_error && !child.output.empty());
    if (!done) throw Failure(code, words.front() + ": " + without_prefix(child.errors));
    remember(words);
    return child.output;
  }

  void remember(const std::vector<std::string>& words) {
    std::string line = program_name();
    for (const std::string& word : placed(words, name_)) line += " " + shell_word(word);
    page_.commands.push_back(line);
  }

  const Arguments& arguments_;
  Console& console_;
  const Interrupt interrupt_;
  std::string file_;
  Settings settings_;
  Subject subject_;
  std::uint64_t seed_;
  std::string name_;
  OutputFolder folder_;
  ReportPage page_;
  std::vector<std::string> drawn_;  // figures
  bool no_python_{};
};

ExitCode run_report(const Invocation& invocation) {
  name_program_for_children();
  Report report(invocation);
  report.make();
  if (invocation.console.options().json) {
    JsonWriter out;
    out.open_object();
    print_member(out, "schema", "quorate/report/1");
    print_member(out, "page", report.page_path());
    print_member(out, "figures", report.figures());
    out.close_object();
    invocation.console.print(out.buffer() + "\n");
  } else {
    invocation.console.note("page: " + printable(report.page_path()));
  }
  return ExitCode::success;
}

}  // namespace

Command report_command() {
  return {.name = "report",
          .operands = "FILE",
          .fewest = 1,
          .most = 1,
          .summary = "a folder with one page about a scenario: run, sweep, figures, theory",
          .details =
              "index.html needs no network and no other file; beside it lie the trace, the page of "
              "view,\nthe rows of the sweep and the figures. The page says how to make each again. "
              "Without\nmatplotlib it says so in their place. Exits 0 once it is written, whatever "
              "the verdict in it.",
          .options = report_options,
          .examples = report_examples,
          .run = run_report};
}

}  // namespace quorate
