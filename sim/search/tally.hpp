// Rows of a sweep added up: what can only be said of all of them together (a fault that never
// fired, a property never exercised, how often a witness was seen), and how metrics spread. Sums of
// parts are the sum of all.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sim/search/packing.hpp"
#include "sim/search/sweep_row.hpp"

namespace quorate {

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

  void add(std::int64_t value) { add({1, value, value, value}); }
  void add(const Spread& more);
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
  void add(const Sightings& more) {
    runs += more.runs;
    total += more.total;
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
  void add(RowEnd end, Verdict verdict);
  void add(const SweepRow& row) { add(row.end, row.verdict); }
  void add(const VerdictCounts& more);
};

struct PointTally {
  VerdictCounts counts;
  std::map<std::string, Spread> metrics;
};

// All rows added up. Names in alphabetical order.
struct SweepTally {
  explicit SweepTally(std::size_t points_in_plan) : points(points_in_plan) {}
  void add(const SweepRow& row);
  // Packs all that was added, which is then forgotten.
  void unload(Packer& out);
  // Adds what another one has unloaded.
  void load(Unpacker& in);

  VerdictCounts counts;
  std::vector<PointTally> points;
  std::map<std::string, Sightings> witnesses;
  std::map<std::string, Sightings> properties;  // exercised
  std::map<std::string, FaultTally> faults;

  std::vector<std::string> never_fired() const;      // although they must
  std::vector<std::string> never_exercised() const;  // properties that no run put to a test
};

}  // namespace quorate
