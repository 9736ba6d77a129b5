#include "cli/performance.hpp"

#include <chrono>
#include <limits>

#include "cli/interrupt.hpp"
#include "sim/run/wall_clock.hpp"

namespace quorate {
namespace {

using Clock = std::chrono::steady_clock;

StoryOptions story_options(const Console& console) {
  StoryOptions options;
  options.style = console.style();
  if (console.options().verbose) options.lines = std::numeric_limits<std::size_t>::max();
  return options;
}

}  // namespace

ExitCode exit_code_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
      return ExitCode::success;
    case Verdict::fail:
      return ExitCode::failed;
    case Verdict::inconclusive:
      break;
  }
  return ExitCode::inconclusive;
}

Duration wall_budget(const Subject& subject, const Arguments& arguments) {
  const Duration own = subject.scenario->budgets.wall_time;
  const Duration given = arguments.parsed("wall-time", parse_duration).value_or(Duration{});
  if (arguments.has("wall-time") && given <= Duration{}) {
    throw Arguments::bad_value("wall-time",
                               "a run needs some time; without this option it has all");
  }
  if (own == Duration{} || given == Duration{}) return std::max(own, given);
  return std::min(own, given);
}

Performance::Performance(const Subject& subject, std::uint64_t seed, const RunOptions& options,
                         std::string again, Console& console)
    : subject_(subject),
      seed_(seed),
      again_(std::move(again)),
      console_(console),
      story_(subject.protocol->info, subject.scenario->names(), story_options(console)) {
  guarded([&] { run_ = subject.protocol->make(subject.scenario, seed, options); });
  if (!console.options().quiet && !console.options().json) run_->observe(story_);
}

// A failed assertion of the engine is ours, and worth nothing without the way back to it.
template <class F>
void Performance::guarded(F&& f) {
  try {
    f();
  } catch (const AssertionFailure& failure) {
    const std::string event =
        run_ == nullptr ? "the start" : "event e" + std::to_string(run_->events());
    throw Failure(ExitCode::internal_error,
                  failure.report() + " at " + event + " with seed " + std::to_string(seed_),
                  "again: " + again_);
  }
}

void Performance::play(Duration wall, const std::function<bool()>& go_on) {
  const Interrupt interrupt;
  const Clock::time_point started = Clock::now();
  guarded([&] {
    run_within(*run_, wall, [&] { return !Interrupt::caught() && (!go_on || go_on()); });
  });
  wall_ = Clock::now() - started;
  if (Interrupt::caught()) throw Failure(Interrupt::exit_code(), "interrupted");
}

void Performance::play_stepwise(const std::function<bool()>& go_on) {
  const Interrupt interrupt;
  const Clock::time_point started = Clock::now();
  guarded([&] {
    while (!Interrupt::caught() && go_on() && run_->step()) {
    }
  });
  wall_ = Clock::now() - started;
  if (Interrupt::caught()) throw Failure(Interrupt::exit_code(), "interrupted");
}

RunReport Performance::report() const {
  RunReport report = report_of(*run_, *subject_.scenario, subject_.protocol->info, seed_);
  report.wall = wall_;
  return report;
}

void Performance::print(const RunReport& report) const {
  const TextStyle style = console_.style();
  if (!console_.options().quiet) {
    console_.print(summary_header(report, style));
    console_.print(story());
  }
  console_.print(summary_verdict(report, style));
  if (console_.options().verbose) console_.print(summary_metrics(report));
}

}  // namespace quorate
