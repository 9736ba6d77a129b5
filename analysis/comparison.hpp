// Contenders under the same seeds: what each of them costs, and by how much they differ.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/statistics.hpp"
#include "sim/search/sweep_row.hpp"

namespace quorate {

// What is compared: a metric (sim/measure), of which the mean counts, or the share of runs that
// ended in some way.
struct Quantity {
  std::string name;
  std::string unit;
  std::string meaning;  // one sentence
  bool share{};         // from 0 to 1
};

// The shares: "runs.passed", "runs.violated", "runs.blocked", "runs.livelocked".
std::vector<Quantity> run_shares();
// A share or a metric that runs may have, `<Type>` filled in by the name itself; nullopt for a name
// that is neither.
std::optional<Quantity> find_quantity(std::string_view name);

// By how much one contender differs from another under the same seeds, where both have a value.
struct Difference {
  Estimate estimate;  // of the other's value minus the first one's
  double from{};      // the first one's mean under these seeds
  bool seen() const { return estimate.interval && !estimate.interval->contains(0); }
};

class Comparison {
 public:
  Comparison(std::vector<std::string> contenders, std::vector<Quantity> quantities,
             std::uint64_t seeds);

  // The row of run number `run` of contender `row.point`, by seed, from 0.
  void add(const SweepRow& row, std::uint64_t run) { add(row.point, run, values_of(row)); }
  // The same in two steps: what a run has of each quantity, in their order, and then those
  // values.
  std::vector<std::int64_t> values_of(const SweepRow& row) const;
  void add(std::size_t contender, std::uint64_t run, std::span<const std::int64_t> values);

  const std::vector<std::string>& contenders() const { return contenders_; }
  const std::vector<Quantity>& quantities() const { return quantities_; }
  std::uint64_t seeds() const { return seeds_; }

  // Of what has been added so far. The interval of a mean costs millions of draws where there are
  // many seeds (analysis/statistics.hpp), and reports ask for the same one several times: each is
  // computed once.
  const Estimate& estimate(std::size_t contender, std::size_t quantity) const;
  Difference difference(std::size_t from, std::size_t to, std::size_t quantity) const;
  // Whether all contenders have this quantity as 0 in all runs, so that nothing need be said.
  bool idle(std::size_t quantity) const;

 private:
  using Column = std::vector<std::int64_t>;  // by seed
  Column& column(std::size_t contender, std::size_t quantity);
  const Column& column(std::size_t contender, std::size_t quantity) const;
  Estimate estimated(std::size_t contender, std::size_t quantity) const;
  Difference differing(std::size_t from, std::size_t to, std::size_t quantity) const;

  std::vector<std::string> contenders_;
  std::vector<Quantity> quantities_;
  std::uint64_t seeds_{};
  std::vector<Column> columns_;  // contender by contender
  // What has been computed: by contender and quantity; by both contenders and quantity.
  mutable std::map<std::array<std::size_t, 2>, Estimate> estimates_;
  mutable std::map<std::array<std::size_t, 3>, Difference> differences_;
};

}  // namespace quorate
