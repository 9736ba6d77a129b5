// The directory of `sweep --out`: what a sweep has done so far and, once it is complete, its
// results. One directory holds one sweep, and one process at a time works in it.
//
//   sweep.json                           what this sweep is (cli/sweep_identity.hpp)
//   journal.jsonl                        a row per finished run (sim/search/journal.hpp)
//   runs.csv, report.txt, report.json    the results; there once all runs are done
//
// That of a part (`--shard`) has the first two alone, for `merge`.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "cli/sweep_identity.hpp"
#include "cli/sweep_report.hpp"
#include "sim/search/journal.hpp"

namespace quorate {

class SweepDirectory {
 public:
  // What to do where the directory holds a sweep already.
  enum class Held : std::uint8_t { refuse, resume, replace };

  // Makes the directory where there is none; its parent must be there. Throws Failure:
  // cannot_create where that cannot be done, where a sweep is held and `refuse` is wanted, where
  // another sweep is held than the one to resume (it says what differs), and where other things are
  // held than a sweep; busy where another process works there.
  SweepDirectory(std::string path, Held held, const std::string& identity);

  SweepJournal& journal() { return *journal_; }
  std::string path_of(const std::string& name) const { return path_ + "/" + name; }
  // Called often: once a second, what the journal holds is made to survive the machine as well.
  void tick();

 private:
  void make();
  void require_ours() const;
  void open_journal();
  void require_same(const std::string& identity) const;
  void begin(const std::string& identity);
  void remove_leftovers() const;
  std::string shown() const;

  std::string path_;
  std::optional<SweepJournal> journal_;
  std::chrono::steady_clock::time_point synced_;
};

bool holds_sweep(const std::string& folder);

// Each whole or not at all. Throw Failure(io_error).
void write_whole(const std::string& path, std::string_view text);
void write_sweep_reports(const std::string& folder, const SweepReport& report);

}  // namespace quorate
