// One scenario, or several variants of it, under many seeds. Every run is judged alone, and what is
// made of its row is put together in the order of the runs, so that nothing depends on how many
// processes did the work.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sim/run/protocol_entry.hpp"
#include "sim/search/sweep_row.hpp"
#include "sim/search/workers.hpp"

namespace quorate {

// One variant of the scenario.
struct SweepPoint {
  std::shared_ptr<const Scenario> scenario;
  const ProtocolEntry* protocol{};
};

// The first, second, ... of so many parts of a sweep, each of which may run elsewhere.
struct SweepPart {
  std::uint64_t number{1};
  std::uint64_t of{1};
};

// Run number r of the whole grid is point r / seeds under seed first_seed + r % seeds. The i-th run
// of a part is run number (part.number - 1) + i * part.of: whatever makes some points or seeds slow
// is shared out evenly.
struct SweepPlan {
  std::vector<SweepPoint> points;
  std::uint64_t first_seed{1};
  std::uint64_t seeds{1};
  unsigned workers{1};
  Duration wall_time{};  // of each run; 0 = none
  RunOptions options;
  std::uint64_t known{};  // so many of the first runs need not be done: their rows are known
  SweepPart part;         // which runs of the grid are done; else all

  std::uint64_t grid() const { return points.size() * seeds; }  // runs of all parts
  std::uint64_t runs() const { return (grid() + part.of - part.number) / part.of; }
  // Of the i-th run that is done.
  std::uint64_t number_of(std::uint64_t i) const { return part.number - 1 + i * part.of; }
  std::size_t point_of(std::uint64_t i) const {
    return static_cast<std::size_t>(number_of(i) / seeds);
  }
  std::uint64_t seed_of(std::uint64_t i) const { return first_seed + number_of(i) % seeds; }
  // Of the run that this row is of, in the whole grid.
  std::uint64_t number_of(const SweepRow& row) const {
    return row.point * seeds + (row.seed - first_seed);
  }
};

// What is made of the rows of a sweep. Rows stay where the runs are: a worker adds them up and puts
// into words what is to be written, and little is left to do for the process that asked.
class Harvest {
 public:
  virtual ~Harvest() = default;
  // In a worker: the rows of consecutive runs. Of a run that ended its worker twice, in the process
  // that asked, between two take()s.
  virtual void add(const SweepRow& row) = 0;
  // All that was added since, which is then forgotten.
  virtual std::string packed() = 0;
  // In the process that asked, in the order of the runs: what packed() gave. False: no more is
  // wanted.
  virtual bool take(std::string_view packed) = 0;
};

// Does the runs, but those that are known. `tick` says no to stop at once.
WorkEnd sweep(const SweepPlan& plan, Harvest& harvest, const Tick& tick);

}  // namespace quorate
