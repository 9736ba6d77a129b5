// One run as a user watches it, told while it goes and judged at its end:
// what `run` and `replay` share.
#pragma once

#include <functional>

#include "analysis/story.hpp"
#include "analysis/summary.hpp"
#include "cli/subject.hpp"

namespace quorate {

ExitCode exit_code_of(Verdict verdict);

// The scenario's own budget of real time or the one on the command
// line, whichever is less; 0 = none.
Duration wall_budget(const Subject& subject, const Arguments& arguments);

class Performance {
 public:
  // The subject and whatever is observed must outlive it. `again` is the command that makes this
  // run once more, for messages.
  Performance(const Subject& subject, std::uint64_t seed, const RunOptions& options,
              std::string again, Console& console);

  void observe(Observer& observer) { run_->observe(observer); }
  // To the end, or until `go_on` says no, which is asked every few thousand events. Throws
  // Failure when the engine asserts or a signal comes.
  void play(Duration wall, const std::function<bool()>& go_on = {});
  // Step by step while `go_on` says yes.
  void play_stepwise(const std::function<bool()>& go_on);

  Run& run() { return *run_; }
  const Subject& subject() const { return subject_; }
  std::uint64_t seed() const { return seed_; }
  std::string story() const { return story_.text(); }
  RunReport report() const;  // REQUIRES run().finished()
  // Header, story and verdict, as much of them as the console's options want.
  void print(const RunReport& report) const;

 private:
  template <class F>
  void guarded(F&& f);

  const Subject& subject_;
  std::uint64_t seed_;
  std::string again_;
  Console& console_;
  Story story_;
  std::unique_ptr<Run> run_;
  Duration wall_{};
};

}  // namespace quorate
