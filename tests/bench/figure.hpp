// What benchmarks share: the time that work takes, proof of what it did, and a figure with its
// spread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <utility>
#include <vector>

namespace quorate::bench {

inline double cpu_nanoseconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

template <class Work>
double time_of(Work&& work) {
  const double start = cpu_nanoseconds();
  work();
  return cpu_nanoseconds() - start;
}

inline void require_equal(const char* what, std::uint64_t found, std::uint64_t expected) {
  if (found == expected) return;
  std::fprintf(stderr, "bench: %s: %016llx, expected %016llx\n", what,
               static_cast<unsigned long long>(found), static_cast<unsigned long long>(expected));
  std::exit(1);
}

// One figure: a ratio per round.
class Figure {
 public:
  // `goal` 0: the figure is printed, not judged.
  Figure(std::string name, double goal) : name_(std::move(name)), goal_(goal) {}
  void add(double ratio) { ratios_.push_back(ratio); }
  void print() {
    std::sort(ratios_.begin(), ratios_.end());  // a total order: no ratio is a NaN
    const double median = ratios_[ratios_.size() / 2];
    std::printf("%-58s %6.2f  [%.2f..%.2f]", name_.c_str(), median, ratios_.front(),
                ratios_.back());
    if (goal_ != 0) std::printf("  at most %g: %s", goal_, median <= goal_ ? "yes" : "NO");
    std::printf("\n");
  }

 private:
  std::string name_;
  double goal_;
  std::vector<double> ratios_;
};

}  // namespace quorate::bench
