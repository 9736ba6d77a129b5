#include "cli/sweep_results.hpp"

namespace quorate {
namespace {

constexpr std::size_t kept_failures = 1000;

}  // namespace

SweepResults::SweepResults(const SweepIdentity& identity, const SweepPlan& plan, Console& console)
    : identity_(identity), plan_(plan), console_(console) {
  report_.file = identity.file;
  report_.protocol = identity.protocol_names();
  report_.first_seed = identity.first_seed;
  report_.last_seed = identity.first_seed + (identity.seeds - 1);
  report_.part = plan.part;
  report_.grid = plan.grid();
  report_.tally = SweepTally(plan.points.size());
  for (std::size_t i = 0; i < plan.points.size(); ++i) report_.points.push_back(identity.label(i));
}

void SweepResults::open_table(const std::string& path, bool replace) {
  metrics_ = metric_columns(plan_);
  table_.emplace(path, replace, console_);
  table_->write(csv_head(identity_.varied, metrics_));
}

bool SweepResults::take(const SweepRow& row) {
  report_.tally.add(row);
  if (table_) table_->write(csv_row(row, identity_.values[row.point], metrics_));
  const bool passed = row.end == RowEnd::finished && row.verdict == Verdict::pass;
  if (passed) return true;
  if (report_.failed.size() < kept_failures) report_.failed.push_back(failed(row));
  return row.end == RowEnd::finished && row.verdict == Verdict::inconclusive;
}

void SweepResults::require_good() const {
  if (table_) table_->require_good();
}

void SweepResults::commit_table() {
  if (table_) table_->commit();
}

void SweepResults::print(bool witnesses) const {
  const ConsoleOptions& how = console_.options();
  console_.print(how.json ? sweep_json(report_)
                          : sweep_text(report_, {.style = console_.style(),
                                                 .witnesses = witnesses,
                                                 .verbose = how.verbose,
                                                 .quiet = how.quiet}));
}

FailedRun SweepResults::failed(const SweepRow& row) const {
  return {
      identity_.label(row.point), row.seed, std::string(end_word(row)), reason_of(row),
      run_again(identity_.file, row.seed, identity_.settings(row.point), {}, identity_.wall_time)};
}

}  // namespace quorate
