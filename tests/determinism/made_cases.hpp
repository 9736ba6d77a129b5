// Scenarios drawn from a number, and variations of them that should change nothing, or only what is
// said: for the metamorphic tests.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/base/random.hpp"
#include "tests/support/run_text.hpp"

namespace quorate::testing {

// What a variation does to the text of a case. As it stands: nothing.
struct Variation {
  std::int64_t scale{1};             // every duration this many times as long
  Duration shift{};                  // faults, clients and the stop come so much later
  std::vector<std::string> names{};  // of the nodes, instead of n1, n2, ...
  std::vector<std::size_t> order{};  // the nodes are declared in this order
  std::int64_t slow_clocks{1};       // clocks run at 1/k, timers are k times too long by them
  std::string more_faults{};         // further items of "faults"
  std::string more_rules{};          // further keys of "network"
  bool observer{};                   // one more node, declared last, no member, down from 0 s
};

// What a case may hold beside nodes, timers and faults that come at fixed moments.
struct Content {
  std::vector<std::string> protocols{"raft", "bully", "echo"};
  bool sampled{
      true};  // delays and timeouts are drawn; else all are constant, and so is nothing else
  bool clients{true};
  bool one_target{};  // clients ask the first node only
};

class MadeCase {
 public:
  MadeCase(std::uint64_t number, const Content& content);

  std::uint64_t seed() const { return seed_; }
  std::vector<std::string> names(const Variation& variation) const;
  std::string text(const Variation& variation = {}) const;

 private:
  struct Disturbance {
    std::uint64_t kind{};
    std::size_t node{};
    std::int64_t at{};  // us, as all below
    std::int64_t length{};
  };
  class Writer;

  std::uint64_t below(std::uint64_t bound) { return stream_.below(bound); }
  std::int64_t between(std::int64_t low, std::int64_t high);

  Stream stream_;
  std::uint64_t seed_{};
  std::string protocol_;
  std::size_t nodes_{};
  bool sampled_{};
  bool clients_{};
  bool one_target_{};
  std::vector<std::int64_t> timeouts_;  // of each node, all different
  std::int64_t delay_{};
  std::int64_t spread_{};
  std::int64_t sync_{};
  std::uint64_t loss_percent_{};
  bool fifo_links_{};
  std::vector<Disturbance> disturbances_;
};

// What protocols did: every line of a run but those of faults and notes, without numbers that other
// lines shift. `text` names nodes by `names`, which may be others than the scenario's.
struct Line {
  Time at;
  NodeId node;
  std::string text;
  friend bool operator==(const Line&, const Line&) = default;
};
using Behaviour = std::vector<Line>;

struct Told {
  Behaviour lines;
  Verdict verdict{};
  std::uint64_t digest{};
};
// Runs the text to its end under the seed. `names` as in Line; the scenario's own if empty.
Told told_by(const std::string& text, std::uint64_t seed,
             const std::vector<std::string>& names = {});
Told told_by(const MadeCase& one, const Variation& variation = {});

// Where the two part, for messages; empty where they are equal.
std::string first_difference(const Behaviour& a, const Behaviour& b);

}  // namespace quorate::testing
