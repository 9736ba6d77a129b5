// One scenario, or several variants of it, under many seeds. Every run is judged alone; what can
// only be said of all of them together (a fault that never fired, a property never exercised, how
// often a witness was seen) is added up in the order of the runs, so that nothing depends on how
// many processes did the work.
#pragma once

#include <map>
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
};

// Hands over the rows in order, but those that are known. `take` says no when it has seen enough,
// `tick` to stop at once.
WorkEnd sweep(const SweepPlan& plan, const std::function<bool(const SweepRow&)>& take,
              const Tick& tick);

// A number to two decimals: whole + hundredths / 100.
struct Rounded {
  std::int64_t whole{};
  std::int64_t hundredths{};  // 0 to 99
};

// The values of one metric over the runs that have it.
struct Spread {
  std::uint64_t runs{};
  std::int64_t least{};
  std::int64_t most{};
  std::int64_t sum{};  // stays at the largest int64 rather than wrap

  void add(std::int64_t value);
  Rounded mean() const;  // half up. REQUIRES runs > 0, and a sum that is not negative
};

// How often something was seen: in so many runs, so many times in all.
struct Sightings {
  std::uint64_t runs{};
  std::uint64_t total{};
  void add(std::uint64_t count) {
    runs += count != 0 ? 1 : 0;
    total += count;
  }
};

struct FaultTally {
  Sightings fired;
  std::uint64_t missed{};  // runs that would have failed alone because it never fired
  bool idle() const { return fired.runs == 0 && missed != 0; }
};

struct VerdictCounts {
  std::uint64_t pass{};
  std::uint64_t fail{};
  std::uint64_t inconclusive{};
  std::uint64_t broken{};
  std::uint64_t crashed{};
  std::uint64_t runs() const { return pass + fail + inconclusive + broken + crashed; }
  void add(const SweepRow& row);
};

struct PointTally {
  VerdictCounts counts;
  std::map<std::string, Spread> metrics;
};

// All rows added up. Names in alphabetical order.
struct SweepTally {
  explicit SweepTally(std::size_t points_in_plan) : points(points_in_plan) {}
  void add(const SweepRow& row);

  VerdictCounts counts;
  std::vector<PointTally> points;
  std::map<std::string, Sightings> witnesses;
  std::map<std::string, Sightings> properties;  // exercised
  std::map<std::string, FaultTally> faults;

  std::vector<std::string> never_fired() const;      // although they must
  std::vector<std::string> never_exercised() const;  // properties that no run put to a test
};

}  // namespace quorate
