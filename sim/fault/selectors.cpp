#include "sim/fault/selectors.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace quorate {
namespace {

constexpr std::array<std::string_view, 2> leading{"leader", "coordinator"};

template <class Accept>
std::vector<NodeId> nodes_where(const Control& control, Accept accept) {
  std::vector<NodeId> result;
  for (std::uint32_t i = 0; i < control.nodes(); ++i) {
    if (accept(NodeId{i})) result.push_back(NodeId{i});
  }
  return result;
}

// A crashed node has no status, but it still plays its roles.
bool goes_by(std::string_view name, NodeId node, const Control& control) {
  return control.plays(node, name) || (control.up(node) && control.status(node, "") == name);
}

std::vector<NodeId> named(std::string_view name, const Control& control) {
  return nodes_where(control, [&](NodeId node) { return goes_by(name, node, control); });
}

// Protocols without elections have a leader by status or by role.
std::vector<NodeId> leader(const Sight& sight) {
  const Control& control = sight.control;
  if (sight.memory.elected != no_node) return {sight.memory.elected};
  for (const bool by_role : {false, true}) {
    const std::vector<NodeId> found = nodes_where(control, [&](NodeId node) {
      return control.up(node) && std::ranges::any_of(leading, [&](std::string_view name) {
               return by_role ? control.plays(node, name) : control.status(node, "") == name;
             });
    });
    if (!found.empty()) return {found.front()};
  }
  return {};
}

std::vector<NodeId> every_node(const Control& control) {
  return nodes_where(control, [](NodeId) { return true; });
}

std::vector<NodeId> hit_by(std::string_view id, const Sight& sight) {
  for (std::size_t i = 0; i < sight.faults.size(); ++i) {
    if (sight.faults[i].id == id) return sight.memory.hit[i];
  }
  return {};
}

}  // namespace

Selector these(std::vector<NodeId> nodes) { return {Selector::Kind::nodes, std::move(nodes), {}}; }

Endpoints endpoints_of(const Control& control) {
  const auto all = static_cast<std::uint32_t>(control.names().size());
  return {control.nodes(), all - control.nodes()};
}

std::vector<NodeId> candidates(const Selector& selector, const Sight& sight) {
  switch (selector.kind) {
    case Selector::Kind::none:
      return {};
    case Selector::Kind::nodes:
      return selector.nodes;
    case Selector::Kind::all:
      return every_node(sight.control);
    case Selector::Kind::role:
      return named(selector.name, sight.control);
    case Selector::Kind::random:
      return selector.name.empty() ? every_node(sight.control)
                                   : named(selector.name, sight.control);
    case Selector::Kind::leader:
      return leader(sight);
    case Selector::Kind::fault_node:
      return hit_by(selector.name, sight);
  }
  return {};
}

NodeSet end_of(const Selector& end, const Control& control) {
  NodeSet set;
  for (const NodeId node : end.nodes) set.insert(node);
  if (end.kind != Selector::Kind::none) return set;
  for (std::uint32_t i = 0; i < control.names().size(); ++i) set.insert(NodeId{i});
  return set;
}

bool find_type(const Action& action, const Control& control, std::optional<std::uint16_t>& type) {
  if (action.message.empty()) return true;
  type = control.message_type(action.message);
  return type.has_value();
}

bool is_at(const Selector& selector, NodeId node, const Sight& sight) {
  const auto among = [&](const std::vector<NodeId>& nodes) {
    return std::ranges::find(nodes, node) != nodes.end();
  };
  const bool is_node = node.value < sight.control.nodes();
  switch (selector.kind) {
    case Selector::Kind::none:
      return true;
    case Selector::Kind::nodes:
      return among(selector.nodes);
    case Selector::Kind::all:
      return is_node;
    case Selector::Kind::role:
      return is_node && goes_by(selector.name, node, sight.control);
    case Selector::Kind::random:
      return is_node && (selector.name.empty() || goes_by(selector.name, node, sight.control));
    case Selector::Kind::leader:
    case Selector::Kind::fault_node:
      return among(candidates(selector, sight));
  }
  return false;
}

bool acts_on_clients(const Action& action) {
  const bool crashes = action.verb == Verb::crash && !action.moment;
  const bool restarts = action.verb == Verb::restart && !action.amnesia && action.bugs.empty();
  return crashes || restarts;
}

bool can_act(const Action& action, NodeId node, const Control& control) {
  if (action.scramble) return node.value < control.nodes() && control.up(node);
  if (!action.harm) return can_act(action.verb, node, control);
  const bool shows_when_back = action.harm->act != DiskAct::snapshot;
  return node.value < control.nodes() && !(shows_when_back && control.up(node));
}

bool can_act(Verb verb, NodeId node, const Control& control) {
  if (node.value >= control.nodes()) {  // a client
    return (verb == Verb::crash && control.up(node)) ||
           (verb == Verb::restart && !control.up(node));
  }
  // While the node is down, too.
  if (verb == Verb::clock || verb == Verb::node || verb == Verb::byzantine) return true;
  if (verb == Verb::restart) return !control.up(node);
  if (verb == Verb::resume) return control.paused(node);
  if (verb == Verb::pause) return control.up(node) && !control.paused(node);
  return control.up(node);
}

Agreement agreement(const StatePattern& pattern, const Control& control) {
  Agreement found;
  for (std::uint32_t i = 0; i < control.nodes(); ++i) {
    const NodeId node{i};
    if (!control.plays(node, pattern.role)) continue;
    ++found.playing;
    if (!control.up(node)) continue;
    ++found.live;
    if (control.status(node, pattern.role) == pattern.is) ++found.agreeing;
  }
  return found;
}

bool suffices(const Agreement& found, Quantifier quantifier) {
  switch (quantifier) {
    case Quantifier::all:
      return found.live > 0 && found.agreeing == found.live;
    case Quantifier::any:
      return found.agreeing > 0;
    case Quantifier::one:
      return found.agreeing == 1;
    case Quantifier::majority:
      return found.agreeing * 2 > found.playing;
  }
  return false;
}

bool state_holds(const StatePattern& pattern, const Control& control) {
  return suffices(agreement(pattern, control), pattern.quantifier);
}

}  // namespace quorate
