// quorate compare: protocols beside theory, and contenders under the same seeds.
#include <algorithm>
#include <array>
#include <optional>

#include "cli/compare_costs.hpp"
#include "cli/compare_report.hpp"
#include "cli/interrupt.hpp"
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
     .value = "N",
     .text = "with protocols as operands: so many nodes, or participants; else 5"},
    {.name = "all", .text = "leave nothing out: metrics that are 0, costs that are no headlines"},
    {.name = "jobs",
     .letter = 'j',
     .value = "N",
     .text = "worker processes; else one per processor"},
    {.name = "format", .value = "F", .text = "text, markdown or csv"},
    {.name = "wall-time", .value = "T", .text = "give each run so much real time at most"},
});

constexpr auto compare_examples = std::to_array<Example>({
    {"compare raft multi_paxos paxos 2pc 3pc bully list_ring",
     "what one decision costs when nothing fails, beside theory"},
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

std::int64_t node_count(const Arguments& arguments) {
  const std::optional<std::string> text = arguments.value("nodes");
  if (!text) return 5;
  const Parsed<std::uint64_t> count = parse_seed(*text);
  if (!count || count.value == 0 || count.value > 1000) {
    throw Arguments::bad_value("nodes", "a whole number from 1 to 1000 is wanted");
  }
  return static_cast<std::int64_t>(count.value);
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

ExitCode compare_with_theory(const Invocation& invocation) {
  refuse_options_of_runs(invocation.arguments);
  std::vector<const ProtocolEntry*> protocols;
  for (const std::string& name : invocation.arguments.operands()) {
    const ProtocolEntry* entry = find_protocol(name);
    if (entry->info.costs.empty()) {
      invocation.console.note(name + ": theory says nothing of its costs");
    }
    protocols.push_back(entry);
  }
  const auto rows =
      compare_costs(protocols, node_count(invocation.arguments), invocation.arguments.has("all"));
  Console& console = invocation.console;
  if (console.options().json) {
    console.print(costs_json(rows));
  } else {
    switch (format_of(invocation.arguments)) {
      case Format::text:
        console.print(costs_text(rows, console.style()));
        break;
      case Format::markdown:
        console.print(costs_markdown(rows));
        break;
      case Format::csv:
        console.print(costs_csv(rows));
        break;
    }
  }
  const bool equal =
      std::ranges::all_of(rows, [](const CostRow& row) { return row.measured == row.theory; });
  return equal ? ExitCode::success : ExitCode::failed;
}

// ---- contenders under the same seeds
// --------------------------------------------------------------

struct Contender {
  std::string file;
  Variant variant;
};

class RunComparison {
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
  }

  ExitCode run() {
    const Format format = format_of(arguments_);
    const Interrupt interrupt;
    Progress progress(plan_.runs(), 0, console_);
    SweepTally tally(plan_.points.size());
    sweep(
        plan_,
        [&](const SweepRow& row) {
          tally.add(row);
          comparison_->add(row, row.seed - plan_.first_seed);
          return true;
        },
        [&] {
          progress.show(tally.counts.runs(), tally.counts.pass);
          return !Interrupt::caught();
        });
    if (Interrupt::caught()) {
      throw Failure(Interrupt::exit_code(), "interrupted after " +
                                                counted(tally.counts.runs(), "run", "runs") +
                                                " of " + grouped(plan_.runs()));
    }
    progress.finish(tally.counts.runs());
    warn(tally);
    print(format);
    return tally.counts.broken + tally.counts.crashed != 0 ? ExitCode::internal_error
                                                           : ExitCode::success;
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
    for (const Variant& variant : variants.all()) contenders_.push_back({file, variant});
  }

  // What tells one from the others: the protocol where they differ in nothing else.
  std::vector<std::string> labels() const {
    std::vector<std::string> protocols;
    std::vector<std::string> whole;
    for (const Contender& contender : contenders_) {
      const std::string& protocol = contender.variant.subject.protocol->info.name;
      protocols.push_back(protocol);
      std::string label = arguments_.operands().size() == 1 ? "" : short_name(contender.file);
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

  void warn(const SweepTally& tally) {
    for (std::size_t i = 0; i < contenders_.size(); ++i) {
      const VerdictCounts& counts = tally.points[i].counts;
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
};

ExitCode run_compare(const Invocation& invocation) {
  const std::vector<std::string>& operands = invocation.arguments.operands();
  const auto is_protocol = [](const std::string& name) { return find_protocol(name) != nullptr; };
  if (std::ranges::all_of(operands, is_protocol)) return compare_with_theory(invocation);
  RunComparison comparison(invocation.arguments, invocation.console);
  return comparison.run();
}

}  // namespace

Command compare_command() {
  return {
      .name = "compare",
      .operands = "PROTOCOL... | FILE...",
      .fewest = 1,
      .most = 100,
      .summary = "set protocols or variants side by side: beside theory, or under the same seeds",
      .details =
          "Protocols: one decision or election when nothing fails, measured and as theory has "
          "it.\nFiles: every contender runs under the same seeds. Means come with intervals in "
          "which\nthey lie with 95 % confidence; differences are those of equal seeds.\n"
          "What a contender has no value of is \"-\", and 0 is what it counted.",
      .options = compare_options,
      .examples = compare_examples,
      .run = run_compare};
}

}  // namespace quorate
