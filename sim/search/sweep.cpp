#include "sim/search/sweep.hpp"

#include <algorithm>
#include <limits>
#include <new>

#include "sim/base/assert.hpp"
#include "sim/run/wall_clock.hpp"

namespace quorate {
namespace {

// ---- one run ------------------------------------------------------------------------------------

// Faults count against a run only once it had its whole time, and then only after all else: so a
// run without violation that missed no expectation failed of them alone.
bool only_faults_missed(const Outcome& outcome) {
  const auto met = [](const ExpectationResult& expectation) { return expectation.met; };
  return outcome.verdict == Verdict::fail && !outcome.violation &&
         std::ranges::all_of(outcome.expectations, met);
}

SweepRow broken(std::string trouble) {
  SweepRow row;
  row.end = RowEnd::broken;
  row.trouble = std::move(trouble);
  return row;
}

SweepRow run_one(const SweepPlan& plan, std::uint64_t number) {
  const SweepPoint& point = plan.points[plan.point_of(number)];
  std::unique_ptr<Run> run;
  try {
    run = point.protocol->make(point.scenario, plan.seed_of(number), plan.options);
    run_within(*run, plan.wall_time);
  } catch (const AssertionFailure& failure) {
    const std::string event = run ? " at event e" + std::to_string(run->events()) : "";
    return broken(failure.report() + event);
  } catch (const std::bad_alloc&) {
    return broken("out of memory");
  }
  SweepRow row;
  row.end = RowEnd::finished;
  row.missed_faults = only_faults_missed(run->outcome());
  row.outcome = run->outcome();
  return row;
}

SweepRow row_of(const SweepPlan& plan, std::uint64_t number,
                const std::optional<std::string>& result) {
  SweepRow row;
  if (result) {
    row = unpacked(*result);
  } else {
    row.end = RowEnd::crashed;
    row.trouble = "the process that ran it died, twice";
  }
  row.point = plan.point_of(number);
  row.seed = plan.seed_of(number);
  return row;
}

}  // namespace

WorkEnd sweep(const SweepPlan& plan, const std::function<bool(const SweepRow&)>& take,
              const Tick& tick) {
  const std::uint64_t known = plan.known;
  return do_tasks(
      plan.runs() - known, plan.workers,
      [&](std::uint64_t number) { return packed(run_one(plan, known + number)); },
      [&](std::uint64_t number, const std::optional<std::string>& result) {
        return take(row_of(plan, known + number, result));
      },
      tick);
}

void Spread::add(std::int64_t value) {
  least = runs == 0 ? value : std::min(least, value);
  most = runs == 0 ? value : std::max(most, value);
  const std::int64_t room =
      std::numeric_limits<std::int64_t>::max() - std::max(sum, std::int64_t{0});
  sum = value > room ? std::numeric_limits<std::int64_t>::max() : sum + value;
  ++runs;
}

Rounded Spread::mean() const {
  const auto count = static_cast<std::int64_t>(runs);
  const std::int64_t hundredths = (sum % count * 200 + count) / (2 * count);
  return {sum / count + hundredths / 100, hundredths % 100};
}

void VerdictCounts::add(const SweepRow& row) {
  if (row.end == RowEnd::crashed) {
    ++crashed;
  } else if (row.end == RowEnd::broken) {
    ++broken;
  } else if (row.verdict == Verdict::pass) {
    ++pass;
  } else if (row.verdict == Verdict::fail) {
    ++fail;
  } else {
    ++inconclusive;
  }
}

void SweepTally::add(const SweepRow& row) {
  counts.add(row);
  PointTally& point = points[row.point];
  point.counts.add(row);
  if (row.end != RowEnd::finished) return;
  // Both are sorted, and mostly of the same names.
  auto place = point.metrics.begin();
  for (const auto& [name, value] : row.outcome.metrics) {
    while (place != point.metrics.end() && place->first < name) ++place;
    place = point.metrics.try_emplace(place, name);
    place->second.add(value);
  }
  for (const auto& [name, count] : row.outcome.witnesses) witnesses[name].add(count);
  for (const PropertyResult& property : row.outcome.properties) {
    properties[property.name].add(property.exercised);
  }
  for (const FaultResult& fault : row.outcome.faults) {
    FaultTally& tally = faults[fault.id];
    tally.fired.add(fault.fired);
    if (row.missed_faults && fault.idle()) ++tally.missed;
  }
}

std::vector<std::string> SweepTally::never_fired() const {
  std::vector<std::string> ids;
  for (const auto& [id, tally] : faults) {
    if (tally.idle()) ids.push_back(id);
  }
  return ids;
}

std::vector<std::string> SweepTally::never_exercised() const {
  std::vector<std::string> names;
  for (const auto& [name, seen] : properties) {
    if (seen.runs == 0) names.push_back(name);
  }
  return names;
}

}  // namespace quorate
