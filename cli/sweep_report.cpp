#include "cli/sweep_report.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "cli/layout.hpp"
#include "sim/measure/metrics.hpp"
#include "sim/scenario/diagnostics.hpp"
#include "sim/trace/writer.hpp"

namespace quorate {
namespace {

// Shown unless everything is asked for; those that are 0 in all runs are left out.
constexpr auto headline_metrics = std::to_array<std::string_view>(
    {"messages.sent", "leaders", "first_leader_at_us", "leaderless_time_us", "ops.acked",
     "latency_us_p50", "latency_us_p99", "committed", "aborted"});

constexpr std::size_t shown_failures = 10;

// "96.0%", rounded down; "<0.1%" rather than a zero that is none.
std::string share(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return "-";
  const std::uint64_t permille = part * 1000 / whole;
  if (permille == 0 && part != 0) return "<0.1%";
  return std::to_string(permille / 10) + "." + std::to_string(permille % 10) + "%";
}

std::string whole_number(std::int64_t value) {
  if (value < 0) return std::to_string(value);
  return grouped(static_cast<std::uint64_t>(value));
}

// "1549.29"
std::string decimal(const Rounded& number) {
  const std::string hundredths = std::to_string(100 + number.hundredths).substr(1);
  return std::to_string(number.whole) + "." + hundredths;
}

bool is_time(const std::string& name) {
  const auto metrics = metric_list();
  const auto metric = std::ranges::find(metrics, name, &MetricInfo::name);
  return metric != metrics.end() && metric->unit == "us";
}

std::string microseconds(std::int64_t whole, std::int64_t hundredths = 0) {
  return precise(Duration{whole * 1000 + hundredths * 10});
}

// Name, least, mean and most.
std::array<std::string, 4> metric_row(const std::string& name, const Spread& spread) {
  const Rounded mean = spread.mean();
  if (is_time(name)) {
    return {name, microseconds(spread.least), microseconds(mean.whole, mean.hundredths),
            microseconds(spread.most)};
  }
  return {name, whole_number(spread.least),
          whole_number(mean.whole) + decimal({0, mean.hundredths}).substr(1),
          whole_number(spread.most)};
}

// ---- text ---------------------------------------------------------------------------------------

std::string counts_text(const VerdictCounts& counts) {
  std::string text = grouped(counts.pass) + " pass";
  if (counts.fail != 0) text += ", " + grouped(counts.fail) + " fail";
  if (counts.inconclusive != 0) text += ", " + grouped(counts.inconclusive) + " inconclusive";
  if (counts.broken != 0) text += ", " + grouped(counts.broken) + " broke the engine";
  if (counts.crashed != 0) text += ", " + grouped(counts.crashed) + " crashed";
  return text;
}

bool is_part(const SweepReport& report) { return report.part.of > 1; }

std::string head_line(const SweepReport& report, TextStyle style) {
  const std::string dot(glyph(" · ", " - ", style));
  std::string text = report.protocol + dot;
  if (is_part(report)) {
    text += "part " + std::to_string(report.part.number) + " of " + std::to_string(report.part.of) +
            dot + grouped(report.tally.counts.runs()) + " of ";
  }
  const std::uint64_t runs = is_part(report) ? report.grid : report.tally.counts.runs();
  text += counted(runs, "run", "runs");
  if (report.points.size() > 1) text += dot + grouped(report.points.size()) + " variants";
  text +=
      dot + "seeds " + std::to_string(report.first_seed) + ".." + std::to_string(report.last_seed);
  return text + dot + printable(report.file) + "\n";
}

std::string verdict_line(const SweepReport& report, TextStyle style) {
  const std::string counts = "  " + counts_text(report.tally.counts) + "\n";
  if (is_part(report)) return paint("DONE", Paint::bold, style) + counts;
  switch (exit_code_of(report.tally)) {
    case ExitCode::success:
      return paint("PASS", Paint::green, style) + counts;
    case ExitCode::inconclusive:
      return paint("INCONCLUSIVE", Paint::yellow, style) + counts;
    default:
      return paint("FAIL", Paint::red, style) + counts;
  }
}

std::string failures_text(const SweepReport& report, bool verbose) {
  std::string text;
  const std::size_t shown =
      verbose ? report.failed.size() : std::min(report.failed.size(), shown_failures);
  for (std::size_t i = 0; i < shown; ++i) {
    const FailedRun& run = report.failed[i];
    text += "  seed " + std::to_string(run.seed);
    if (!run.point.empty()) text += ", " + printable(run.point);
    text += ": " + (run.verdict == "fail" ? "" : run.verdict + ", ") + printable(run.reason) +
            "\n    " + run.again + "\n";
  }
  const VerdictCounts& counts = report.tally.counts;
  const std::uint64_t rest = counts.runs() - counts.pass - shown;
  if (rest != 0) text += "  and " + grouped(rest) + " more\n";
  return text;
}

bool is_headline(const std::string& name, const Spread& spread) {
  return spread.most != 0 && std::ranges::find(headline_metrics, name) != headline_metrics.end();
}

std::string metrics_text(const PointTally& point, bool verbose) {
  std::vector<std::array<std::string, 4>> rows{{"metric", "min", "mean", "max"}};
  for (const auto& [name, spread] : point.metrics) {
    if (!verbose && !is_headline(name, spread)) continue;
    rows.push_back(metric_row(name, spread));
  }
  if (rows.size() == 1) return {};
  std::array<std::size_t, 4> widths{};
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const auto& row : rows) {
    text += "      " + padded(row[0], widths[0]);
    for (std::size_t i = 1; i < row.size(); ++i)
      text += "  " + right_aligned(row[i], widths[i] + 2);
    text += "\n";
  }
  return text;
}

std::string points_text(const SweepReport& report, bool verbose) {
  if (report.points.size() == 1) return metrics_text(report.tally.points[0], verbose);
  std::string text;
  for (std::size_t i = 0; i < report.points.size(); ++i) {
    const PointTally& point = report.tally.points[i];
    if (point.counts.runs() == 0) continue;
    text += "  " + printable(report.points[i]) + ": " + counts_text(point.counts) + "\n" +
            metrics_text(point, verbose);
  }
  return text;
}

std::string sightings_table(std::string_view head, const std::map<std::string, Sightings>& seen,
                            std::uint64_t runs) {
  std::size_t width = head.size();
  for (const auto& [name, count] : seen) width = std::max(width, name.size());
  std::string text = "      " + padded(std::string(head), width) + "  in runs       times\n";
  for (const auto& [name, count] : seen) {
    text += "      " + padded(name, width) + "  " + right_aligned(share(count.runs, runs), 7) +
            "  " + right_aligned(grouped(count.total), 10) + "\n";
  }
  return text;
}

std::string witness_line(const SweepTally& tally) {
  std::string text;
  for (const auto& [name, seen] : tally.witnesses) {
    if (seen.runs == 0) continue;
    text += (text.empty() ? "" : ", ") + name + " " + share(seen.runs, tally.counts.runs());
  }
  return text.empty() ? text : "      seen in     " + wrapped(text, 18) + "\n";
}

// Fails a sweep all of whose runs passed.
std::string never_fired_line(const SweepTally& tally) {
  const auto names = tally.never_fired();
  return names.empty() ? "" : "      never fired " + joined(names) + " under any seed\n";
}

std::string never_exercised_line(const SweepTally& tally) {
  const auto names = tally.never_exercised();
  if (names.empty()) return {};
  return "      warning     " +
         wrapped("never exercised, so not shown to hold: " + joined(names), 18) + "\n";
}

// What is known of all runs together.
std::string whole_text(const SweepTally& tally, bool tables) {
  const std::uint64_t runs = tally.counts.runs();
  const std::string seen = tables
                               ? sightings_table("witness", tally.witnesses, runs) +
                                     sightings_table("property exercised", tally.properties, runs)
                               : witness_line(tally);
  return seen + never_fired_line(tally) + never_exercised_line(tally);
}

// ---- JSON ---------------------------------------------------------------------------------------

void print_counts(JsonWriter& out, const VerdictCounts& counts) {
  out.key("verdicts");
  out.open_object();
  const std::pair<std::string_view, std::uint64_t> all[] = {{"pass", counts.pass},
                                                            {"fail", counts.fail},
                                                            {"inconclusive", counts.inconclusive},
                                                            {"broken", counts.broken},
                                                            {"crashed", counts.crashed}};
  for (const auto& [name, count] : all) {
    print_member(out, name, count);
  }
  out.close_object();
}

void print_failed(JsonWriter& out, const std::vector<FailedRun>& failed) {
  out.key("failed");
  out.open_array();
  for (const FailedRun& run : failed) {
    out.open_object();
    print_member(out, "seed", std::to_string(run.seed));
    print_member(out, "variant", run.point);
    print_member(out, "verdict", run.verdict);
    print_member(out, "reason", run.reason);
    print_member(out, "again", run.again);
    out.close_object();
  }
  out.close_array();
}

void print_point(JsonWriter& out, const std::string& label, const PointTally& point) {
  out.open_object();
  print_member(out, "variant", label);
  print_counts(out, point.counts);
  out.key("metrics");
  out.open_object();
  for (const auto& [name, spread] : point.metrics) {
    out.key(name);
    out.open_object();
    print_member(out, "runs", spread.runs);
    print_member(out, "min", spread.least);
    out.key("mean");
    out.raw(decimal(spread.mean()));
    print_member(out, "max", spread.most);
    out.close_object();
  }
  out.close_object();
  out.close_object();
}

void print_sightings(JsonWriter& out, std::string_view key,
                     const std::map<std::string, Sightings>& seen) {
  out.key(key);
  out.open_object();
  for (const auto& [name, count] : seen) {
    out.key(name);
    out.open_object();
    print_member(out, "runs", count.runs);
    print_member(out, "total", count.total);
    out.close_object();
  }
  out.close_object();
}

std::string_view verdict_word(ExitCode code) {
  if (code == ExitCode::success) return "pass";
  return code == ExitCode::inconclusive ? "inconclusive" : "fail";
}

}  // namespace

ExitCode exit_code_of(const SweepTally& tally) {
  if (tally.counts.broken + tally.counts.crashed != 0) return ExitCode::internal_error;
  if (tally.counts.fail != 0 || !tally.never_fired().empty()) return ExitCode::failed;
  return tally.counts.inconclusive != 0 ? ExitCode::inconclusive : ExitCode::success;
}

std::string sweep_text(const SweepReport& report, const SweepTextOptions& options) {
  const SweepTally& tally = report.tally;
  std::string text = options.quiet ? "" : head_line(report, options.style);
  text += verdict_line(report, options.style) + failures_text(report, options.verbose);
  if (is_part(report)) return text;
  if (options.quiet) return text + never_fired_line(tally);
  text += points_text(report, options.verbose);
  const std::string whole = whole_text(tally, options.witnesses);
  const bool several = report.points.size() > 1 && !whole.empty();
  return text + (several ? "  all variants\n" : "") + whole;
}

std::string sweep_json(const SweepReport& report) {
  const SweepTally& tally = report.tally;
  JsonWriter out;
  out.open_object();
  print_member(out, "schema", is_part(report) ? "quorate/sweep_part/1" : "quorate/sweep/1");
  if (is_part(report)) {
    print_member(out, "part", report.part.number);
    print_member(out, "parts", report.part.of);
    print_member(out, "runs_of_all_parts", report.grid);
  } else {
    print_member(out, "verdict", verdict_word(exit_code_of(tally)));
  }
  print_member(out, "file", report.file);
  print_member(out, "protocol", report.protocol);
  out.key("seeds");
  out.open_object();
  print_member(out, "first", std::to_string(report.first_seed));
  print_member(out, "last", std::to_string(report.last_seed));
  out.close_object();
  print_member(out, "runs", tally.counts.runs());
  print_counts(out, tally.counts);
  print_failed(out, report.failed);
  if (is_part(report)) {
    out.close_object();
    return out.buffer() + "\n";
  }
  out.key("variants");
  out.open_array();
  for (std::size_t i = 0; i < report.points.size(); ++i) {
    print_point(out, report.points[i], tally.points[i]);
  }
  out.close_array();
  print_sightings(out, "witnesses", tally.witnesses);
  print_sightings(out, "properties_exercised", tally.properties);
  print_member(out, "never_fired", tally.never_fired());
  print_member(out, "never_exercised", tally.never_exercised());
  out.close_object();
  return out.buffer() + "\n";
}

std::vector<std::string> metric_columns(const SweepPlan& plan) {
  std::set<std::string> names;
  for (const SweepPoint& point : plan.points) {
    for (std::string& name : metric_names(point.protocol->info.messages)) {
      names.insert(std::move(name));
    }
  }
  return {names.begin(), names.end()};
}

std::string csv_head(const std::vector<std::string>& varied,
                     const std::vector<std::string>& metrics) {
  std::string text;
  for (const std::string& path : varied) text += csv_cell(path) + ",";
  text += "seed,verdict,events,digest,property,reason";
  for (const std::string& name : metrics) text += "," + csv_cell(name);
  return text + "\n";
}

std::string csv_row(const SweepRow& row, const std::vector<std::string>& values,
                    const std::vector<std::string>& metrics) {
  const bool finished = row.end == RowEnd::finished;
  std::string text;
  for (const std::string& value : values) text += csv_cell(value) + ",";
  text += std::to_string(row.seed) + "," + std::string(end_word(row)) + ",";
  if (finished) text += std::to_string(row.outcome.events);
  text += "," + (finished ? digest_text(row.outcome.digest) : std::string());
  text += "," + csv_cell(violated_property(row));
  const bool passed = finished && row.verdict == Verdict::pass;
  const std::string& reason = finished ? row.outcome.reason : row.trouble;
  text += "," + (passed ? std::string() : csv_cell(printable(reason)));
  // Both are sorted, and a run has no metric that has no column.
  auto reading = row.outcome.metrics.begin();
  for (const std::string& name : metrics) {
    text += ',';
    if (reading == row.outcome.metrics.end() || reading->first != name) continue;
    text += std::to_string(reading->second);
    ++reading;
  }
  return text + "\n";
}

}  // namespace quorate
