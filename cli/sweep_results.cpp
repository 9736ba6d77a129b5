#include "cli/sweep_results.hpp"

namespace quorate {
namespace {

constexpr std::size_t kept_failures = 1000;
constexpr std::uint64_t read_at_once = 256;

}  // namespace

SweepResults::SweepResults(const SweepIdentity& identity, const SweepPlan& plan, Console& console)
    : identity_(identity), plan_(plan), console_(console), fresh_(plan.points.size()) {
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

void SweepResults::add(const SweepRow& row) {
  if (fresh_.enough) return;
  ++fresh_.runs;
  fresh_.tally.add(row);
  if (journal_ != nullptr) fresh_.lines += journal_line(plan_, row);
  if (table_) fresh_.rows += csv_row(row, identity_.values[row.point], metrics_);
  const bool finished = row.end == RowEnd::finished;
  if (finished && row.verdict == Verdict::pass) return;
  fresh_.lost.push_back({row.point, row.seed, end_word(row), reason_of(row)});
  fresh_.enough = stops_ && !(finished && row.verdict == Verdict::inconclusive);
}

std::string SweepResults::packed() {
  Packer out;
  out.number(fresh_.enough);
  out.raw(fresh_.lines);
  out.raw(fresh_.rows);
  fresh_.tally.unload(out);
  out.number(fresh_.lost.size());
  for (const Lost& run : fresh_.lost) {
    out.number(run.point);
    out.number(run.seed);
    out.raw(run.end);
    out.raw(run.reason);
  }
  fresh_.lost.clear();
  fresh_.lines.clear();
  fresh_.rows.clear();
  fresh_.runs = 0;
  fresh_.enough = false;
  return out.take();
}

bool SweepResults::take(std::string_view packed) {
  Unpacker in(packed);
  const bool enough = in.number() != 0;
  const std::string_view lines = in.raw();
  if (journal_ != nullptr && !journal_->append(lines)) return false;
  const std::string_view rows = in.raw();
  if (table_) table_->write(rows);
  report_.tally.load(in);
  for (auto lost = in.number(); lost > 0 && report_.failed.size() < kept_failures; --lost) {
    const auto point = in.number<std::size_t>();
    const auto seed = in.number();
    const std::string_view end = in.raw();
    report_.failed.push_back(failed(point, seed, end, in.raw()));
  }
  return !enough;
}

bool SweepResults::read(const SweepRow& row) {
  add(row);
  return (!fresh_.enough && fresh_.runs < read_at_once) || settle();
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

FailedRun SweepResults::failed(std::size_t point, std::uint64_t seed, std::string_view end,
                               std::string_view reason) const {
  return {identity_.label(point), seed, std::string(end), std::string(reason),
          run_again(identity_.file, seed, identity_.settings(point), {}, identity_.wall_time)};
}

}  // namespace quorate
