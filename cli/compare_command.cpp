// quorate compare: protocols beside theory, and contenders under the same seeds.
#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>

#include "cli/compare_costs.hpp"
#include "cli/compare_report.hpp"
#include "cli/interrupt.hpp"
#include "cli/output_file.hpp"
#include "cli/performance.hpp"
#include "cli/progress.hpp"
#include "cli/sweep_report.hpp"
#include "cli/variants.hpp"

namespace quorate {
namespace {

constexpr auto compare_options = std::to_array<Option>({
    {.name = "seeds", .value = "A..B", .text = "both included; the same for all; else 1..100"},
    {.name = "protocols", .value = "P1,P2", .text = "run each file with each of these protocols"},
    {.name = "vary",
     .value = "PATH=V1,V2",
     .repeated = true,
     .text = "each of these values is a contender of its own"},
    {.name = "set", .value = "PATH=VALUE", .repeated = true, .text = "change the scenarios first"},
    {.name = "metric",
     .value = "NAME",
     .repeated = true,
     .text = "compare by this; else by what is usual (quorate list metrics)"},
    {.name = "nodes",
     .value = "A..B",
     .text = "with protocols as operands: so many nodes, or participants, or each number from A to "
             "B; else 5"},
    {.name = "all", .text = "leave nothing out: metrics that are 0, costs that are no headlines"},
    {.name = "jobs",
     .letter = 'j',
     .value = "N",
     .text = "worker processes; else one per processor"},
    {.name = "format", .value = "F", .text = "text, markdown or csv", .words = "text markdown csv"},
    {.name = "csv",
     .value = "FILE",
     .text = "also write one row per run, as sweep does and plot draws; \"-\": to stdout"},
    {.name = "force", .text = "replace the CSV file"},
    {.name = "wall-time", .value = "T", .text = "give each run so much real time at most"},
});

constexpr auto compare_examples = std::to_array<Example>({
    {"compare raft multi_paxos paxos 2pc 3pc bully list_ring",
     "what one decision costs when nothing fails, beside theory"},
    {"compare bully.worst_messages list_ring.election_messages --nodes 3..30",
     "two costs against the number of nodes, beside theory"},
    {"compare scenarios/3pc/coordinator-dies.json --protocols 2pc,3pc --seeds 1..1000",
     "the same workload and faults, two protocols"},
    {"compare scenarios/raft/leader-crash.json --vary protocol.params.pre_vote=false,true",
     "variants of one protocol"},
    {"compare a.json b.json --metric latency_us_p99 --format csv", "one metric, for a spreadsheet"},
});

// Those that say most, in the order in which people ask.
constexpr auto usual_quantities = std::to_array<std::string_view>(
    {"messages.sent", "wire_bytes", "decision_delays_p50", "persists", "latency_us_p50",
     "latency_us_p99", "unanswered_time_us", "leaderless_time_us", "committed", "aborted",
     "blocked_time_us", "false_suspicions", "runs.blocked", "runs.livelocked", "runs.violated"});

QUORATE_ENUM(Format, text, markdown, csv)

Format format_of(const Arguments& arguments) {
  const std::optional<std::string> word = arguments.value("format");
  if (!word) return Format::text;
  const std::optional<Format> format = enum_value<Format>(*word);
  if (!format) throw Arguments::bad_value("format", "text, markdown or csv is wanted");
  return *format;
}

// ---- protocols beside theory --------------------------------------------------------------------

struct Sizes {
  std::int64_t first{5};
  std::int64_t last{5};
};

// "5" or "3..30".
Sizes node_counts(const Arguments& arguments) {
  const std::optional<std::string> text = arguments.value("nodes");
  if (!text) return {};
  const std::size_t dots = text->find("..");
  const Parsed<std::uint64_t> first = parse_seed(std::string_view(*text).substr(0, dots));
  const Parsed<std::uint64_t> last =
      dots == text->npos ? first : parse_seed(std::string_view(*text).substr(dots + 2));
  if (!first || !last || first.value == 0 || last.value > 1000 || last.value < first.value) {
    throw Arguments::bad_value(
        "nodes", "a whole number from 1 to 1000 is wanted, or A..B from the smaller one up");
  }
  return {static_cast<std::int64_t>(first.value), static_cast<std::int64_t>(last.value)};
}

// Options that mean nothing without runs under seeds.
void refuse_options_of_runs(const Arguments& arguments) {
  for (const std::string_view name :
       {"seeds", "protocols", "vary", "set", "metric", "jobs", "wall-time"}) {
    if (!arguments.has(name)) continue;
    throw Failure(
        ExitCode::bad_usage,
        "--" + std::string(name) + " means nothing where protocols are compared with theory",
        "name scenarios in place of protocols");
  }
}

// "bully" of "bully.worst_messages", unless that is a file.
const ProtocolEntry* protocol_of(const std::string& operand) {
  if (operand.ends_with(".json")) return nullptr;
  return find_protocol(operand.substr(0, operand.find('.')));
}

CostChoice choice_of(const std::string& operand) {
  const ProtocolEntry* entry = protocol_of(operand);
  const std::size_t dot = operand.find('.');
  if (dot == operand.npos) return {entry, nullptr};
  const std::string name = operand.substr(dot + 1);
  std::vector<std::string> known;
  for (const Cost& cost : entry->info.costs) {
    if (cost.name == name) return {entry, &cost};
    known.emplace_back(cost.name);
  }
  const std::string meant = did_you_mean(name, known);
  throw Failure(
      ExitCode::bad_usage,
      entry->info.name + " has no cost " + in_quotes(name) + (meant.empty() ? "" : "; " + meant),
      program_name() + " describe " + entry->info.name + " names them");
}

std::vector<CostRow> measured_rows(const Invocation& invocation) {
  std::vector<CostChoice> choices;
  for (const std::string& operand : invocation.arguments.operands()) {
    choices.push_back(choice_of(operand));
    const ProtocolInfo& info = choices.back().protocol->info;
    if (info.costs.empty()) {
      invocation.console.note(info.name + ": theory says nothing of its costs");
    }
  }
  std::vector<CostRow> rows;
  const Sizes sizes = node_counts(invocation.arguments);
  for (std::int64_t nodes = sizes.first; nodes <= sizes.last; ++nodes) {
    for (CostRow& row : compare_costs(choices, nodes, invocation.arguments.has("all"))) {
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

void print_costs(const std::vector<CostRow>& rows, Format format, Console& console) {
  if (console.options().json) return console.print(costs_json(rows));
  switch (format) {
    case Format::text:
      return console.print(costs_text(rows, console.style()));
    case Format::markdown:
      return console.print(costs_markdown(rows));
    case Format::csv:
      return console.print(costs_csv(rows));
  }
}

// Makes the file that --csv names, if it does.
void open_rows(std::optional<OutputFile>& file, const Arguments& arguments, Console& console) {
  const std::optional<std::string> path = arguments.value("csv");
  if (!path) return;
  for (const std::string& operand : arguments.operands()) require_apart(*path, operand);
  file.emplace(*path, arguments.has("force"), console);
}

ExitCode compare_with_theory(const Invocation& invocation) {
  refuse_options_of_runs(invocation.arguments);
  const Format format = format_of(invocation.arguments);
  std::optional<OutputFile> file;
  open_rows(file, invocation.arguments, invocation.console);
  const std::vector<CostRow> rows = measured_rows(invocation);
  if (file) {
    file->write(costs_runs(rows));
    file->require_good();
  }
  print_costs(rows, format, invocation.console);
  if (file) file->commit();
  const bool equal =
      std::ranges::all_of(rows, [](const CostRow& row) { return row.measured == row.theory; });
  return equal ? ExitCode::success : ExitCode::failed;
}

// ---- contenders under the same seeds ------------------------------------------------------------

struct Contender {
  std::string file;
  Variant variant;
};

class RunComparison final : public Harvest {
 public:
  RunComparison(const Arguments& arguments, Console& console)
      : arguments_(arguments), console_(console) {
    if (arguments.has("nodes")) {
      throw Failure(ExitCode::bad_usage, "--nodes means nothing where scenarios are compared",
                    "--set protocol.nodes=N changes them");
    }
    for (const std::string& file : arguments.operands()) add_contenders(file);
    for (const Contender& contender : contenders_) {
      plan_.points.push_back(
          {contender.variant.subject.scenario, contender.variant.subject.protocol});
    }
    plan_.workers = worker_count(arguments);
    plan_.wall_time = wall_budget(contenders_.front().variant.subject, arguments);
    comparison_.emplace(labels(), quantities(), plan_.seeds);
    counts_of_.resize(contenders_.size());
    open_rows(rows_, arguments, console);
    if (!rows_) return;
    metrics_ = metric_columns(plan_);
    if (!of_one_file()) columns_ = {"contender"};
    rows_->write(csv_head(columns_, metrics_));
  }

  ExitCode run() {
    const Format format = format_of(arguments_);
    const Interrupt interrupt;
    Progress progress(plan_.runs(), 0, console_);
    sweep(plan_, *this, [&] {
      progress.show(counts_.runs(), counts_.pass);
      return !Interrupt::caught() && (!rows_ || rows_->file().good());
    });
    if (rows_) rows_->require_good();
    if (Interrupt::caught()) {
      throw Failure(Interrupt::exit_code(), "interrupted after " +
                                                counted(counts_.runs(), "run", "runs") + " of " +
                                                grouped(plan_.runs()));
    }
    progress.finish(counts_.runs());
    warn();
    print(format);
    if (rows_) rows_->commit();
    return counts_.broken + counts_.crashed != 0 ? ExitCode::internal_error : ExitCode::success;
  }

  // ---- in workers, and of what they hand on: of each run its place, its end and its values

  void add(const SweepRow& row) override {
    ++fresh_runs_;
    for (const std::uint64_t number :
         {std::uint64_t{row.point}, row.seed - plan_.first_seed,
          static_cast<std::uint64_t>(row.end), static_cast<std::uint64_t>(row.verdict)}) {
      fresh_.number(number);
    }
    for (const std::int64_t value : comparison_->values_of(row)) fresh_.number(value);
    if (rows_) fresh_rows_ += csv_row(row, cells_of(row.point), metrics_);
  }
  std::string packed() override {
    Packer out;
    out.raw(std::exchange(fresh_rows_, {}));
    out.number(std::exchange(fresh_runs_, 0));
    return out.take() + fresh_.take();
  }
  bool take(std::string_view packed) override {
    Unpacker in(packed);
    const std::string_view rows = in.raw();
    if (rows_) rows_->write(rows);
    std::vector<std::int64_t> values(comparison_->quantities().size());
    for (auto runs = in.number(); runs > 0; --runs) {
      const auto point = in.number<std::size_t>();
      const auto run = in.number();
      const auto end = in.number<RowEnd>();
      const auto verdict = in.number<Verdict>();
      for (std::int64_t& value : values) value = in.number<std::int64_t>();
      counts_.add(end, verdict);
      counts_of_[point].add(end, verdict);
      comparison_->add(point, run, values);
    }
    return true;
  }

 private:
  void add_contenders(const std::string& file) {
    Variants variants(file, arguments_, console_, Variants::OwnAxes::ignored);
    const bool first = contenders_.empty();
    if (!first && (variants.first_seed() != plan_.first_seed || variants.seeds() != plan_.seeds)) {
      throw Failure(
          ExitCode::bad_usage,
          printable(file) + " names other seeds than " + printable(contenders_.front().file),
          "--seeds A..B names those of all");
    }
    plan_.first_seed = variants.first_seed();
    plan_.seeds = variants.seeds();
    columns_ = variants.paths();
    for (const Variant& variant : variants.all()) contenders_.push_back({file, variant});
  }

  // What the rows say of a contender: of one file the values of what is varied, as a sweep does; of
  // several, what each is called.
  bool of_one_file() const { return arguments_.operands().size() == 1; }
  std::vector<std::string> cells_of(std::size_t contender) const {
    if (of_one_file()) return contenders_[contender].variant.values;
    return {comparison_->contenders()[contender]};
  }

  // What tells one from the others: the protocol where they differ in nothing else.
  std::vector<std::string> labels() const {
    std::vector<std::string> protocols;
    std::vector<std::string> whole;
    for (const Contender& contender : contenders_) {
      const std::string& protocol = contender.variant.subject.protocol->info.name;
      protocols.push_back(protocol);
      std::string label = of_one_file() ? "" : short_name(contender.file);
      if (!contender.variant.label.empty()) {
        label += (label.empty() ? "" : " ") + contender.variant.label;
      }
      whole.push_back(label.empty() ? protocol : label);
    }
    return different(protocols) ? protocols : whole;
  }
  static bool different(std::vector<std::string> names) {
    std::ranges::sort(names);
    return std::ranges::adjacent_find(names) == names.end();
  }
  // "raft/leader-crash" of "scenarios/raft/leader-crash.json".
  static std::string short_name(std::string file) {
    if (file.starts_with("scenarios/")) file.erase(0, 10);
    if (file.ends_with(".json")) file.erase(file.size() - 5);
    return file;
  }

  std::vector<Quantity> quantities() const {
    std::vector<std::string> names = arguments_.values("metric");
    if (names.empty()) names.assign(usual_quantities.begin(), usual_quantities.end());
    std::vector<Quantity> found;
    for (const std::string& name : names) {
      const std::optional<Quantity> quantity = find_quantity(name);
      if (!quantity) {
        throw Failure(ExitCode::bad_usage, "there is no metric " + in_quotes(name),
                      "quorate list metrics names them all; and runs.passed, runs.violated, "
                      "runs.blocked, runs.livelocked");
      }
      found.push_back(*quantity);
    }
    return found;
  }

  void warn() {
    for (std::size_t i = 0; i < contenders_.size(); ++i) {
      const VerdictCounts& counts = counts_of_[i];
      const std::string& name = comparison_->contenders()[i];
      if (counts.inconclusive != 0) {
        console_.warning(counted(counts.inconclusive, "run", "runs") + " of " + printable(name) +
                         " ended before a verdict; they count as far as they went");
      }
      if (counts.broken + counts.crashed != 0) {
        console_.warning(counted(counts.broken + counts.crashed, "run", "runs") + " of " +
                         printable(name) + " broke the engine and do not count");
      }
    }
  }

  void print(Format format) {
    // Who asks for a metric is told of it whatever it is.
    const bool all = arguments_.has("all") || arguments_.has("metric");
    const ComparisonReport report{*comparison_, plan_.first_seed, all};
    if (console_.options().json) return console_.print(comparison_json(report));
    switch (format) {
      case Format::text:
        return console_.print(comparison_text(report, console_.style()));
      case Format::markdown:
        return console_.print(comparison_markdown(report));
      case Format::csv:
        return console_.print(comparison_csv(report));
    }
  }

  const Arguments& arguments_;
  Console& console_;
  std::vector<Contender> contenders_;
  SweepPlan plan_;
  std::optional<Comparison> comparison_;
  std::vector<std::string> columns_;  // of the file of rows, in front
  std::vector<std::string> metrics_;  // and behind
  std::optional<OutputFile> rows_;
  VerdictCounts counts_;
  std::vector<VerdictCounts> counts_of_;  // each contender
  // What was added and has not been packed.
  Packer fresh_;
  std::uint64_t fresh_runs_{};
  std::string fresh_rows_;
};

bool is_protocol(const std::string& operand) { return protocol_of(operand) != nullptr; }

// Names of protocols stand beside one another, and files do; a word that is neither is a mistake in
// the name of one.
void refuse_a_mixture(const std::vector<std::string>& operands) {
  const auto protocol = std::ranges::find_if(operands, is_protocol);
  if (protocol == operands.end()) return;
  const std::string& other = *std::ranges::find_if_not(operands, is_protocol);
  std::error_code ignored;
  if (other.ends_with(".json") || std::filesystem::exists(other, ignored)) {
    throw Failure(ExitCode::bad_usage,
                  in_quotes(*protocol) + " is a protocol and " + in_quotes(other) +
                      " a scenario; they cannot be compared",
                  program_name() + " compare " + shell_word(other) + " --protocols " +
                      shell_word(protocol_of(*protocol)->info.name) +
                      ",... runs a scenario with several protocols");
  }
  const std::string meant = did_you_mean(other, protocol_names());
  throw Failure(
      ExitCode::bad_usage,
      in_quotes(other) + " is neither a protocol nor a file" + (meant.empty() ? "" : "; " + meant),
      program_name() + " list shows the protocols");
}

ExitCode run_compare(const Invocation& invocation) {
  const std::vector<std::string>& operands = invocation.arguments.operands();
  if (std::ranges::all_of(operands, is_protocol)) return compare_with_theory(invocation);
  refuse_a_mixture(operands);
  RunComparison comparison(invocation.arguments, invocation.console);
  return comparison.run();
}

}  // namespace

Command compare_command() {
  return {
      .name = "compare",
      .operands = "PROTOCOL[.COST]... | FILE...",
      .fewest = 1,
      .most = 100,
      .summary = "set protocols or variants side by side: beside theory, or under the same seeds",
      .details =
          "Protocols: one decision or election when nothing fails, measured and as theory has "
          "it; of PROTOCOL.COST that one alone.\nFiles: every contender runs under the same seeds. "
          "Means come with intervals in "
          "which\nthey lie with 95 % confidence; differences are those of equal seeds.\n"
          "What a contender has no value of is \"-\", and 0 is what it counted.",
      .options = compare_options,
      .examples = compare_examples,
      .run = run_compare};
}

}  // namespace quorate
