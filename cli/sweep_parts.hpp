// The parts of a sweep that `sweep --shard` left in their directories, seen as one sweep again.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/sweep_identity.hpp"
#include "sim/search/sweep.hpp"

namespace quorate {

class SweepParts {
 public:
  // Each directory holds one part. Throws Failure(invalid_input) that says what is wrong: a part
  // that cannot be read, that is missing, there twice, of another sweep than the first, or of
  // another build than this program. Whether a part has all of its rows is seen when they are read.
  explicit SweepParts(const std::vector<std::string>& directories);

  const SweepIdentity& identity() const { return identity_; }  // of the whole
  const SweepPlan& plan() const { return plan_; }              // of the whole, without scenarios

  // Hands over all rows in the order of the runs, reading all parts side by side, until `take` says
  // no. Throws Failure: invalid_input where parts have not all of their rows, and names them all;
  // io_error where one cannot be read.
  void read(const std::function<bool(const SweepRow&)>& take) const;

 private:
  struct Part {
    std::string directory;
    std::string text;  // of its sweep.json
    SweepIdentity identity;
  };

  static Part load(const std::string& directory);
  void require_same() const;
  void require_this_build() const;
  void require_each_once() const;
  void make_whole();
  [[noreturn]] void refuse_incomplete() const;
  SweepPlan plan_of(std::size_t part) const;
  std::string to_make(std::uint64_t number, const std::string& directory) const;

  std::vector<Part> parts_;  // in the order of their numbers
  SweepIdentity identity_;
  SweepPlan plan_;
};

}  // namespace quorate
