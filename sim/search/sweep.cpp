#include "sim/search/sweep.hpp"

#include <algorithm>
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
  row.outcome = run->take_outcome();
  row.missed_faults = only_faults_missed(row.outcome);
  row.verdict = row.missed_faults ? Verdict::pass : row.outcome.verdict;
  return row;
}

SweepRow crashed() {
  SweepRow row;
  row.end = RowEnd::crashed;
  row.trouble = "the process that ran it died, twice";
  return row;
}

// In its place in the sweep.
SweepRow placed(SweepRow row, const SweepPlan& plan, std::uint64_t number) {
  row.point = plan.point_of(number);
  row.seed = plan.seed_of(number);
  return row;
}

}  // namespace

WorkEnd sweep(const SweepPlan& plan, Harvest& harvest, const Tick& tick) {
  const std::uint64_t known = plan.known;
  const Work work{[&](std::uint64_t number) {
                    harvest.add(placed(run_one(plan, known + number), plan, known + number));
                  },
                  [&] { return harvest.packed(); }};
  const auto take = [&](const Stretch& runs, const std::optional<std::string>& answer) {
    if (answer) return harvest.take(*answer);
    harvest.add(placed(crashed(), plan, known + runs.first));
    return harvest.take(harvest.packed());
  };
  return do_tasks(plan.runs() - known, plan.workers, work, take, tick);
}

}  // namespace quorate
