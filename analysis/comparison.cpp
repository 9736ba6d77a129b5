#include "analysis/comparison.hpp"

#include <algorithm>
#include <limits>
#include <optional>

#include "sim/measure/metrics.hpp"

namespace quorate {
namespace {

constexpr std::int64_t missing = std::numeric_limits<std::int64_t>::min();

bool diagnosed(const SweepRow& row, std::string_view word) {
  return std::ranges::find(row.outcome.diagnosis, word) != row.outcome.diagnosis.end();
}

// Of a run that finished.
std::int64_t share_value(const SweepRow& row, std::string_view name) {
  if (name == "runs.passed") return row.verdict == Verdict::pass ? 1 : 0;
  if (name == "runs.violated") return violated_property(row).empty() ? 0 : 1;
  return diagnosed(row, name == "runs.blocked" ? "blocked" : "livelock") ? 1 : 0;
}

std::int64_t value_of(const SweepRow& row, const Quantity& quantity) {
  if (row.end != RowEnd::finished) return missing;
  if (quantity.share) return share_value(row, quantity.name);
  const auto metric = row.outcome.metrics.find(quantity.name);
  return metric == row.outcome.metrics.end() ? missing : metric->second;
}

// No metric is ever less than 0, and no part of a whole more than it; so the mean is not either,
// and an interval loses nothing that could be true where it ends there.
Estimate within_reach(Estimate mean, const Quantity& quantity) {
  if (!mean.interval) return mean;
  mean.interval->low = std::max(mean.interval->low, 0.0);
  if (quantity.unit == "ppm") mean.interval->high = std::min(mean.interval->high, 1e6);
  return mean;
}

}  // namespace

std::vector<Quantity> run_shares() {
  return {{"runs.passed", "", "Runs that met what their scenario expects.", true},
          {"runs.violated", "", "Runs in which a property was broken.", true},
          {"runs.blocked", "", "Runs that ended with nodes that wait for ever.", true},
          {"runs.livelocked", "", "Runs that ended in a cycle without progress.", true}};
}

std::optional<Quantity> find_quantity(std::string_view name) {
  for (Quantity& share : run_shares()) {
    if (share.name == name) return std::move(share);
  }
  const MetricInfo* metric = find_metric(name);
  if (metric == nullptr) return std::nullopt;
  return Quantity{std::string(name), std::string(metric->unit), std::string(metric->meaning),
                  false};
}

Comparison::Comparison(std::vector<std::string> contenders, std::vector<Quantity> quantities,
                       std::uint64_t seeds)
    : contenders_(std::move(contenders)),
      quantities_(std::move(quantities)),
      seeds_(seeds),
      columns_(contenders_.size() * quantities_.size(),
               Column(static_cast<std::size_t>(seeds), missing)) {}

std::vector<std::int64_t> Comparison::values_of(const SweepRow& row) const {
  std::vector<std::int64_t> values;
  for (const Quantity& quantity : quantities_) values.push_back(value_of(row, quantity));
  return values;
}

void Comparison::add(std::size_t contender, std::uint64_t run,
                     std::span<const std::int64_t> values) {
  estimates_.clear();
  differences_.clear();
  for (std::size_t i = 0; i < quantities_.size(); ++i) {
    column(contender, i)[static_cast<std::size_t>(run)] = values[i];
  }
}

Comparison::Column& Comparison::column(std::size_t contender, std::size_t quantity) {
  return columns_[contender * quantities_.size() + quantity];
}
const Comparison::Column& Comparison::column(std::size_t contender, std::size_t quantity) const {
  return columns_[contender * quantities_.size() + quantity];
}

const Estimate& Comparison::estimate(std::size_t contender, std::size_t quantity) const {
  const auto [known, news] = estimates_.try_emplace({contender, quantity});
  if (news) known->second = estimated(contender, quantity);
  return known->second;
}

Difference Comparison::difference(std::size_t from, std::size_t to, std::size_t quantity) const {
  const auto [known, news] = differences_.try_emplace({from, to, quantity});
  if (news) known->second = differing(from, to, quantity);
  return known->second;
}

Estimate Comparison::estimated(std::size_t contender, std::size_t quantity) const {
  Column values = column(contender, quantity);
  std::erase(values, missing);
  if (!quantities_[quantity].share) return within_reach(mean_of(values), quantities_[quantity]);
  const auto part = static_cast<std::uint64_t>(std::ranges::count(values, 1));
  return share_of(part, values.size());
}

Difference Comparison::differing(std::size_t from, std::size_t to, std::size_t quantity) const {
  const Column& before = column(from, quantity);
  const Column& after = column(to, quantity);
  Column differences;
  Column firsts;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (before[i] == missing || after[i] == missing) continue;
    differences.push_back(after[i] - before[i]);
    firsts.push_back(before[i]);
  }
  return {mean_of(differences), plain_mean(firsts)};
}

bool Comparison::idle(std::size_t quantity) const {
  for (std::size_t i = 0; i < contenders_.size(); ++i) {
    const Column& values = column(i, quantity);
    if (!std::ranges::all_of(values, [](std::int64_t v) { return v == 0 || v == missing; })) {
      return false;
    }
  }
  return true;
}

}  // namespace quorate
