// The rows of a sweep in a file, in the order of the runs, so that a sweep that was ended, however
// rudely, goes on where it stood. One line of JSON per row:
//
//   {"sum":"<16 hex digits>","run":12,"seed":"13","verdict":"pass","digest":"…","row":"…"}
//
// "sum" is the hash of all that follows it in the line, "run" the number of the run in the grid,
// "row" the whole row as packed() writes it, where metrics stand in the order of their names and
// without them; what stands between them is for people. The first line that is not whole, in its
// place and true to its sum ends the journal: a process was killed, or a disk filled up, while it
// was written.
//
// Whoever makes rows makes their lines, worker processes mostly, and many are appended at a time. A
// row is with the system once append() returns and survives the death of this process; that of the
// machine it survives after the next sync().
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "sim/search/sweep.hpp"

namespace quorate {

// The line of a row, newline and all.
std::string journal_line(const SweepPlan& plan, const SweepRow& row);

// Reads the rows of a journal one after another and changes nothing.
class JournalReader {
 public:
  // Puts up to `most` bytes of the file, from byte `from` on, at `target`: how many there were, 0
  // at the end, negative where that failed, with the reason in errno.
  using ReadAt = std::function<ssize_t(char* target, std::size_t most, std::int64_t from)>;

  // The plan must outlive it.
  JournalReader(const SweepPlan& plan, ReadAt read_at)
      : plan_(&plan), read_at_(std::move(read_at)) {}

  // The row of the next run. Nothing at the end of the journal, and ever after.
  std::optional<SweepRow> next();

  std::uint64_t rows() const { return rows_; }   // that were read
  std::int64_t bytes() const { return bytes_; }  // of their lines
  int error() const { return error_; }           // why the file could not be read on; 0: it could

 private:
  bool refill();

  const SweepPlan* plan_;
  ReadAt read_at_;
  std::string text_;  // read from the file, from `begin_` on not yet looked at
  std::size_t begin_{};
  std::uint64_t rows_{};
  std::int64_t bytes_{};
  bool ended_{};
  int error_{};
};

class SweepJournal {
 public:
  // Opens the file, or makes it, and locks it for this process. The lock is one of the process and
  // not of the file: no worker inherits it, and the end of the process is its end.
  explicit SweepJournal(std::string path);
  ~SweepJournal();
  SweepJournal(const SweepJournal&) = delete;
  SweepJournal& operator=(const SweepJournal&) = delete;

  bool busy() const { return busy_; }     // another process has locked it; nothing else is possible
  pid_t owner() const { return owner_; }  // that process; 0 where it cannot be known

  // Hands over the rows of the journal and cuts off what is not whole behind them, so that append()
  // goes on there. Where `take` says no, only the rows so far count and all else stays as it is.
  // Returns how many rows were handed over. Call once, before append().
  std::uint64_t read(const SweepPlan& plan, const std::function<bool(const SweepRow&)>& take);
  bool clear();  // no row is left

  // Each returns false when this or an earlier step failed.
  bool append(std::string_view lines);  // those of the next runs
  bool sync();

  bool good() const { return error_.empty(); }
  const std::string& error() const { return error_; }  // one line naming the path

 private:
  void lock();
  bool fail(std::string_view step, int code);
  bool keep(std::int64_t bytes);

  std::string path_;
  int descriptor_{-1};
  bool busy_{};
  pid_t owner_{};
  std::string error_;
};

}  // namespace quorate
