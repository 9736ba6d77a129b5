// What failure detectors promise, checked by an observer who knows who has crashed. Completeness
// and what holds eventually are predicates, for the end of a run.
#pragma once

#include "protocols/failure_detector/failure_detector.hpp"
#include "sim/check/property.hpp"

namespace quorate::failure_detector {

using Processes = Cluster<FailureDetector>;

// P, which only fixed timeouts claim: those of eventually P may err first.
struct StrongAccuracy {
  static constexpr std::string_view name = "strong_accuracy";
  static constexpr std::string_view sentence =
      "No process is suspected before it crashes, or once it is heard after it came back.";
  static bool promised(const Params& params) { return params.timeouts == Timeouts::fixed; }
  void check(const Processes& cluster, const Step& step, Check& check);

  PerNode<PerNode<std::uint32_t>> heard;  // by whom, of whom: its life when it was heard last
};

struct LeaderIsTrusted {
  static constexpr std::string_view name = "leader_is_trusted";
  static constexpr std::string_view sentence =
      "A process takes the first process that it does not suspect for the leader.";
  void check(const Processes& cluster, const Step& step, Check& check);
};

// A timeout grows for good, so each mistake makes the next one rarer.
struct Patience {
  static constexpr std::string_view name = "patience";
  static constexpr std::string_view sentence =
      "While a process is up, what it has learned from its false suspicions is not forgotten.";
  static bool promised(const Params& params) { return params.timeouts == Timeouts::adaptive; }
  void check(const Processes& cluster, const Step& step, Check& check);

  PerNode<std::uint64_t> mistakes;
  PerNode<std::uint32_t> incarnation;
};

// Situations that make a sweep worth its electricity.
QUORATE_ENUM(Situation, suspected_rightly, suspected_falsely, leader_changed)

struct Witnesses {
  static constexpr auto names = enum_names<Situation>;
  static constexpr std::array<std::string_view, names.size()> texts{
      "a process that had crashed was suspected", "a process that was up was suspected",
      "a process took another one for the leader than before"};
  std::array<std::uint64_t, names.size()> counts{};
  void look(const Processes& cluster, const Step& step);

 private:
  void saw(Situation situation) { ++counts[static_cast<std::size_t>(situation)]; }

  PerNode<NodeId> leaders;
};

bool complete(const Processes& cluster);
bool accurate(const Processes& cluster);
bool one_leader(const Processes& cluster);

}  // namespace quorate::failure_detector
