#include "cli/progress.hpp"

#include <unistd.h>

#include <algorithm>
#include <optional>

#include "analysis/terminal.hpp"
#include "sim/base/random.hpp"

namespace quorate {

unsigned worker_count(const Arguments& arguments) {
  constexpr std::uint64_t most = 1024;
  const std::optional<std::string> text = arguments.value("jobs");
  if (!text) return static_cast<unsigned>(std::clamp<long>(sysconf(_SC_NPROCESSORS_ONLN), 1, most));
  const Parsed<std::uint64_t> count = parse_seed(*text);
  if (!count || count.value == 0 || count.value > most) {
    throw Arguments::bad_value("jobs", "a whole number from 1 to 1024 is wanted");
  }
  return static_cast<unsigned>(count.value);
}

void Progress::show(std::uint64_t done, std::uint64_t passed) {
  if (!console_.progress_due()) return;
  std::string line = grouped(done) + " of " + counted(runs_, "run", "runs");
  if (done != passed) line += ", " + grouped(done - passed) + " not passed";
  if (done > known_) line += ", " + time_left(done) + " s left";
  console_.progress(line);
}

void Progress::finish(std::uint64_t done) {
  console_.end_progress();
  const auto spent = std::chrono::duration_cast<Duration>(Clock::now() - started_);
  console_.note(counted(done - known_, "run", "runs") + " in " + brief(spent));
}

std::string Progress::time_left(std::uint64_t done) const {
  const auto spent = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - started_);
  const auto each = static_cast<std::uint64_t>(spent.count()) * 1000 / (done - known_);
  return std::to_string(each * (runs_ - done) / 1'000'000);
}

}  // namespace quorate
