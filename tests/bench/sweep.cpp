// What a sweep costs beside its runs, in such runs (README.md).
//
// One worker's part and that of the process that asked are done here one after the other, as they
// are in two processes: some runs, what is made of their rows, what is made of that.
#include <optional>

#include "cli/subject.hpp"
#include "cli/sweep_results.hpp"
#include "sim/run/wall_clock.hpp"
#include "tests/bench/figure.hpp"

namespace quorate::bench {

namespace {

constexpr std::uint64_t runs_of_a_round = 4096;
constexpr std::uint64_t runs_at_once = 256;  // about what a worker answers for at a time

struct Costs {
  double runs{};     // alone, with their verdicts
  double harvest{};  // adding up and writing lines, in the worker
  double taking{};   // what the worker hands on, in the process that asked
};

SweepRow row_of(const SweepPlan& plan, std::uint64_t number) {
  const SweepPoint& point = plan.points[plan.point_of(number)];
  const auto run = point.protocol->make(point.scenario, plan.seed_of(number), plan.options);
  run_within(*run, {});
  SweepRow row;
  row.point = plan.point_of(number);
  row.seed = plan.seed_of(number);
  row.end = RowEnd::finished;
  row.outcome = run->take_outcome();
  row.verdict = row.outcome.verdict;
  return row;
}

class Bench {
 public:
  explicit Bench(const std::string& file) : subject_(load_subject(file, {}, console_)) {
    plan_.points = {{subject_.scenario, subject_.protocol}};
    plan_.seeds = runs_of_a_round;
    identity_.file = file;
    identity_.seeds = plan_.seeds;
    identity_.values = {{}};
    identity_.protocols = {subject_.protocol->info.name};
  }

  // `keeps`: journal and table as well, as with --out.
  Costs round(bool keeps) {
    SweepResults results(identity_, plan_, console_);
    std::optional<SweepJournal> journal;
    if (keeps) {
      journal.emplace("/dev/null");
      results.keep_in(*journal);
      results.open_table("/dev/null", true);
    }
    Costs costs;
    std::vector<SweepRow> rows;
    std::string answer;
    for (std::uint64_t first = 0; first < plan_.runs(); first += runs_at_once) {
      costs.runs += time_of([&] {
        for (std::uint64_t i = 0; i < runs_at_once; ++i) rows.push_back(row_of(plan_, first + i));
      });
      costs.harvest += time_of([&] {
        for (const SweepRow& row : rows) results.add(row);
        answer = results.packed();
        rows.clear();
      });
      costs.taking += time_of([&] { results.take(answer); });
    }
    require_equal("runs that a sweep has counted", results.counts().runs(), plan_.runs());
    return costs;
  }

 private:
  Console console_;
  Subject subject_;
  SweepPlan plan_;
  SweepIdentity identity_;
};

}  // namespace

}  // namespace quorate::bench

// bench_sweep [ROUNDS [SCENARIO]], in the root of the source tree. A missed goal is told and no
// more.
int main(int count, char** words) {
  using namespace quorate::bench;
  const int rounds = count > 1 ? std::atoi(words[1]) : 7;
  const std::string file = count > 2 ? words[2] : "scenarios/bully/highest-crashes.json";
  Bench bench(file);
  Figure harvest("Sweep: a worker's work beside a run, % of the run", 10);
  Figure taking("Sweep: work left to the process that asked, % of the run", 2);
  Figure kept_harvest("Sweep --out: a worker's work beside a run, % of the run", 40);
  Figure kept_taking("Sweep --out: work left to the process that asked, %", 5);
  for (int round = 0; round < std::max(rounds, 1); ++round) {
    const Costs plain = bench.round(false);
    harvest.add(100 * plain.harvest / plain.runs);
    taking.add(100 * plain.taking / plain.runs);
    const Costs kept = bench.round(true);
    kept_harvest.add(100 * kept.harvest / kept.runs);
    kept_taking.add(100 * kept.taking / kept.runs);
  }
  for (Figure* figure : {&harvest, &taking, &kept_harvest, &kept_taking}) figure->print();
}
