// Properties: what must hold in every run, checked whenever a node may have changed. A property is
// a plain value:
//
//   struct ElectionSafety {
//     static constexpr std::string_view name = "election_safety";
//     static constexpr std::string_view sentence = "A term has at most one leader (5.2).";
//     void check(const Cluster<P>& cluster, const Step& step, Check& check);
//   };
//
// It is checked, by an observer who sees all nodes, right after
//   a node's start and restart (restart), each handler it ran (recv, local, timer),
//   its crash, pause and resume, and the completion of a write to its disk (persist).
// All other events leave every node as it was: send, drop, dup and unexpected tell what becomes of
// messages, event, op and ack what was put out, fault and heal come before what they cause. What a
// handler puts out leaves after its check.
//
// It keeps whatever it must remember as members (it is copied with the run) and lists no fields.
// `check.armed()` says "I had something to look at"; `check.exercised()` says "the situation I
// exist for occurred" (two leaders to compare, a log to repair). A property never exercised proves
// nothing, and the summary says so.
//
// What clients are told can be checked, too. A property that also has
//   void answered(const Cluster<P>& cluster, ClientId client, const Reply& reply, Check& check);
// looks whenever an answer that a client still waited for has reached it.
//
// What is promised only where parameters say so is a property that also has
//   static bool promised(const P::Params& params);
// It is checked where the parameters of all members promise it, or a scenario's `check` names it.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "sim/engine/world.hpp"

namespace quorate {

// One moment at which properties look. Only `node` may have changed since the last one; a violation
// found now is reported at `record`.
struct Step {
  NodeId node{no_node};
  // What happened there. Of a start, which no event stands for: a note "start" without a number.
  const Record& record;
};

// A read-only view of all nodes, dead ones included, as omniscient as a proof.
template <class P>
class Cluster {
 public:
  explicit Cluster(const World<P>& world) : world_(world) {}
  std::uint32_t size() const { return world_.nodes(); }
  bool up(NodeId node) const { return world_.up(node); }
  std::uint32_t incarnation(NodeId node) const { return world_.incarnation(node); }
  Time now() const { return world_.now(); }
  template <class R>
  const R& role(NodeId node) const {
    return world_.template role<R>(node);
  }
  template <class R>
  bool plays(NodeId node) const {
    return world_.template plays<R>(node);
  }
  // The live nodes that play R and of whose R `holds(role)` is true.
  template <class R, class F>
  NodeSet where(F&& holds) const {
    NodeSet found;
    for (std::uint32_t i = 0; i < size(); ++i) {
      const NodeId node{i};
      if (up(node) && plays<R>(node) && holds(role<R>(node))) found.insert(node);
    }
    return found;
  }
  const typename Traits<P>::Params& params(NodeId node) const {
    return world_.setup().nodes[node.value].params;
  }
  const std::vector<NodeId>& members() const { return world_.setup().members; }
  const World<P>& world() const { return world_; }
  const std::string& name(NodeId node) const { return world_.setup().names[node.value]; }

 private:
  const World<P>& world_;
};

// What one property has counted and found so far.
class Check {
 public:
  void armed() { ++armed_; }
  void exercised() { ++exercised_; }
  // The property is broken, by these nodes, for this reason (one line,
  // a whole sentence). The first counts.
  void violated(std::vector<NodeId> nodes, std::string why);

  // What was exercised was armed, said or not.
  std::uint64_t times_armed() const { return std::max(armed_, exercised_); }
  std::uint64_t times_exercised() const { return exercised_; }
  bool broken() const { return broken_; }
  const std::vector<NodeId>& nodes() const { return nodes_; }
  const std::string& why() const { return why_; }

 private:
  std::uint64_t armed_{};
  std::uint64_t exercised_{};
  bool broken_{};
  std::vector<NodeId> nodes_;
  std::string why_;
};

// The properties of a protocol, Types<A, B>, checked one after another.
template <class P, class List>
class PropertyList;

template <class P, class... Property>
class PropertyList<P, Types<Property...>> {
 public:
  static constexpr std::size_t size = sizeof...(Property);
  static constexpr std::array<std::string_view, size> names{Property::name...};
  static constexpr std::array<std::string_view, size> sentences{Property::sentence...};

  // Leaves out every property not named here; when the list is empty, those not promised.
  void keep_only(const std::vector<std::string>& wanted, const Cluster<P>& cluster) {
    const std::array<bool, size> all{promised<Property>(cluster)...};
    for (std::size_t i = 0; i < size; ++i) {
      const auto same = [&](const std::string& name) { return name == names[i]; };
      active_[i] = wanted.empty() ? all[i] : std::any_of(wanted.begin(), wanted.end(), same);
    }
  }

  // Checks all that stay; the position of the first one broken, or `size`.
  std::size_t check(const Cluster<P>& cluster, const Step& step) {
    return ask([&](auto& property, Check& check) { property.check(cluster, step, check); });
  }
  // The same, of those that look at answers.
  std::size_t answered(const Cluster<P>& cluster, ClientId client, const Reply& reply) {
    return ask([&](auto& property, Check& check) {
      if constexpr (requires { property.answered(cluster, client, reply, check); }) {
        property.answered(cluster, client, reply, check);
      }
    });
  }
  const std::array<Check, size>& checks() const { return checks_; }
  bool active(std::size_t position) const { return active_[position]; }

 private:
  template <class One>
  static bool promised(const Cluster<P>& cluster) {
    if constexpr (requires { One::promised(cluster.params(no_node)); }) {
      const auto promises = [&](NodeId node) { return One::promised(cluster.params(node)); };
      return std::all_of(cluster.members().begin(), cluster.members().end(), promises);
    }
    return true;
  }
  template <class F>
  std::size_t ask(F&& f) {
    std::size_t position = 0;
    std::size_t broken = size;
    const auto one = [&](auto& property) {
      const std::size_t here = position++;
      if (!active_[here]) return;
      f(property, checks_[here]);
      if (checks_[here].broken() && broken == size) broken = here;
    };
    std::apply([&](auto&... property) { (one(property), ...); }, properties_);
    return broken;
  }

  std::tuple<Property...> properties_;
  std::array<Check, size> checks_;
  std::array<bool, size> active_{};
};

}  // namespace quorate
