// Trivial consensus' properties and entry.
#include <algorithm>

#include "protocols/trivial_consensus/trivial_consensus.hpp"
#include "sim/check/property.hpp"
#include "sim/run/simulation.hpp"

namespace quorate::trivial_consensus {

namespace {

using Replicas = Cluster<TrivialConsensus>;

struct NonTriviality {
  static constexpr std::string_view name = "non_triviality";
  static constexpr std::string_view sentence = "The chosen operation has been proposed.";
  void check(const Replicas& cluster, const Step& step, Check& check) {
    const Replica& replica = cluster.role<Replica>(step.node);
    if (replica.proposed && !was_proposed(*replica.proposed)) proposed.push_back(*replica.proposed);
    if (!replica.chosen) return;
    check.exercised();
    if (was_proposed(*replica.chosen)) return;
    check.violated({step.node}, cluster.name(step.node) + " has chosen \"" +
                                    to_text(*replica.chosen) + "\", which nobody has proposed.");
  }
  bool was_proposed(const Operation& o) const {
    return std::ranges::find(proposed, o) != proposed.end();
  }
  std::vector<Operation> proposed;  // by anybody, ever
};

struct Agreement {
  static constexpr std::string_view name = "agreement";
  static constexpr std::string_view sentence = "No two replicas choose differently.";
  void check(const Replicas& cluster, const Step& step, Check& check) {
    const auto& chosen = cluster.role<Replica>(step.node).chosen;
    if (!chosen) return;
    check.armed();
    if (!first) first = {step.node, *chosen};
    if (first->first != step.node) check.exercised();
    if (first->second == *chosen) return;
    check.violated({first->first, step.node},
                   cluster.name(step.node) + " has chosen \"" + to_text(*chosen) + "\", " +
                       cluster.name(first->first) + " \"" + to_text(first->second) + "\".");
  }
  std::optional<std::pair<NodeId, Operation>> first;
};

// Termination: "all non-faulty replicas eventually choose."
bool all_chose(const Replicas& cluster) {
  return std::ranges::all_of(cluster.members(), [&](NodeId node) {
    return !cluster.up(node) || cluster.role<Replica>(node).chosen.has_value();
  });
}

bool nobody_chose(const Replicas& cluster) {
  return std::ranges::none_of(cluster.members(), [&](NodeId node) {
    return cluster.role<Replica>(node).chosen.has_value();
  });
}

}  // namespace

ProtocolEntry protocol() {
  return make_entry<TrivialConsensus, Types<NonTriviality, Agreement>>({
      .summary = "consensus that lacks one of its three properties, wrong on purpose (lectures)",
      .predicates = {{"all_chose", "every live replica has chosen", &all_chose},
                     {"nobody_chose", "no replica has chosen", &nobody_chose}},
      .emits = {"proposed", "chosen"},
      .assumes = [](const Params&) -> FailureModel { return {}; },
  });
}

}  // namespace quorate::trivial_consensus
