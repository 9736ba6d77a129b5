#include "protocols/failure_detector/properties.hpp"

#include <algorithm>

namespace quorate::failure_detector {

namespace {

const Process& process(const Processes& cluster, NodeId node) {
  return cluster.role<Process>(node);
}

// The node that is suspected now, by a timer that has just expired.
const Silence* expired(const Step& step) {
  return step.record.handled ? step.record.body.get_if<Silence>() : nullptr;
}

// Whom the node has just heard, and counts as heard. (A stale answer to a probe says nothing.)
std::optional<NodeId> heard_now(const Processes& cluster, const Step& step) {
  if (step.record.kind != Kind::recv || !step.record.handled) return std::nullopt;
  const NodeId from = step.record.from;
  if (step.record.body.get_if<Alive>() != nullptr) return from;
  const bool answer = step.record.body.get_if<IAmAlive>() != nullptr;
  if (!answer || process(cluster, step.node).views.at(from).awaited != 0) return std::nullopt;
  return from;
}

// Whether f(observer, view of another, the other) holds of all pairs whose observer is up.
template <class F>
bool of_all_pairs(const Processes& cluster, F&& f) {
  return std::ranges::all_of(cluster.members(), [&](NodeId node) {
    if (!cluster.up(node)) return true;
    return std::ranges::all_of(process(cluster, node).views,
                               [&](const auto& view) { return f(view.second, view.first); });
  });
}

}  // namespace

// Who has crashed is suspected rightly, and to Chandra and Toueg for good. A process that is back
// is another one, of which nobody knows before it is heard: till then the silence is that of the
// dead.
void StrongAccuracy::check(const Processes& cluster, const Step& step, Check& check) {
  if (const std::optional<NodeId> from = heard_now(cluster, step)) {
    heard[step.node][*from] = cluster.incarnation(*from);
  }
  const Silence* silence = expired(step);
  if (silence == nullptr) return;
  check.exercised();
  if (!cluster.up(silence->node)) return;
  if (heard[step.node][silence->node] != cluster.incarnation(silence->node)) return;
  check.violated({step.node, silence->node}, cluster.name(step.node) + " suspects " +
                                                 cluster.name(silence->node) + ", which is up.");
}

void LeaderIsTrusted::check(const Processes& cluster, const Step& step, Check& check) {
  const Process& now = process(cluster, step.node);
  if (!cluster.up(step.node) || now.views.empty()) return;
  check.armed();
  for (const NodeId node : cluster.members()) {
    const auto view = now.views.find(node);
    if (view != now.views.end() && view->second.suspected) {
      check.exercised();
      continue;
    }
    if (now.leader == node) return;
    check.violated({step.node}, cluster.name(step.node) + " takes " + cluster.name(now.leader) +
                                    " for the leader and does not suspect " + cluster.name(node) +
                                    ".");
    return;
  }
}

void Patience::check(const Processes& cluster, const Step& step, Check& check) {
  if (!cluster.up(step.node)) return;
  std::uint64_t sum = 0;
  for (const auto& [node, view] : process(cluster, step.node).views) sum += view.mistakes;
  const std::uint32_t now = cluster.incarnation(step.node);
  const bool same = std::exchange(incarnation[step.node], now) == now;
  const std::uint64_t before = std::exchange(mistakes[step.node], sum);
  if (!same) return;
  check.armed();
  if (sum > before) check.exercised();
  if (sum >= before) return;
  check.violated({step.node}, cluster.name(step.node) + " has forgotten false suspicions.");
}

// ---- witnesses and predicates -------------------------------------------------------------------

void Witnesses::look(const Processes& cluster, const Step& step) {
  if (const Silence* silence = expired(step)) {
    const bool up = cluster.up(silence->node);
    saw(up ? Situation::suspected_falsely : Situation::suspected_rightly);
  }
  const Process& now = process(cluster, step.node);
  if (!cluster.up(step.node) || now.views.empty()) return;
  if (std::exchange(leaders[step.node], now.leader) != now.leader) saw(Situation::leader_changed);
}

// Strong completeness: "eventually every process that crashes is permanently suspected by every
// correct process".
bool complete(const Processes& cluster) {
  const auto down = [&](NodeId node) { return !cluster.up(node); };
  if (std::ranges::none_of(cluster.members(), down)) return false;
  return of_all_pairs(
      cluster, [&](const View& view, NodeId other) { return view.suspected || cluster.up(other); });
}
// Eventual strong accuracy: "there is a time after which correct processes are not suspected by any
// correct process".
bool accurate(const Processes& cluster) {
  return of_all_pairs(cluster, [&](const View& view, NodeId other) {
    return !view.suspected || !cluster.up(other);
  });
}
// Omega: "there is a time after which all the correct processes always trust the same correct
// process".
bool one_leader(const Processes& cluster) {
  std::optional<NodeId> leader;
  for (const NodeId node : cluster.members()) {
    if (!cluster.up(node)) continue;
    const NodeId own = process(cluster, node).leader;
    if (!cluster.up(own) || leader.value_or(own) != own) return false;
    leader = own;
  }
  return leader.has_value();
}

}  // namespace quorate::failure_detector
