// Whom a selector means at this moment, and whether the cluster is in a state a pattern describes.
#pragma once

#include <vector>

#include "sim/engine/control.hpp"
#include "sim/fault/fault.hpp"
#include "sim/net/partition.hpp"

namespace quorate {

// What selectors refer back to.
struct Memory {
  NodeId elected{no_node};               // who was elected last and has not crashed since
  std::vector<std::vector<NodeId>> hit;  // per fault of the scenario: whom it hit last
};

// All that selectors look at. Borrowed for one call.
struct Sight {
  const Control& control;
  const Memory& memory;
  const std::vector<Fault>& faults;
};

Endpoints endpoints_of(const Control& control);
Selector these(std::vector<NodeId> nodes);

// Everybody the selector may mean; for `random`, all among whom one is drawn. In declaration order,
// but for explicit nodes, which keep theirs. Empty for `none`.
std::vector<NodeId> candidates(const Selector& selector, const Sight& sight);

// Of a rule on messages, whom one of its ends stands for; none: everybody, clients too.
NodeSet end_of(const Selector& end, const Control& control);
// False where the action names a message the protocol does not have.
bool find_type(const Action& action, const Control& control, std::optional<std::uint16_t>& type);

// Whether a record at `node` is where the selector looks. `none` is anywhere, at no node or a
// client too; `random` takes any node it could draw.
bool is_at(const Selector& selector, NodeId node, const Sight& sight);

// Whether `verb` would change anything at `node` now.
bool can_act(Verb verb, NodeId node, const Control& control);
bool can_act(const Action& action, NodeId node, const Control& control);
// Whether its targets may be clients, as those are whom an earlier fault has hit: they can crash
// and come back, and have no handlers, clock or disk.
bool acts_on_clients(const Action& action);

// Of the nodes that play a role: how many there are, how many live, how many of those are in a
// pattern's state.
struct Agreement {
  std::uint32_t playing{};
  std::uint32_t live{};
  std::uint32_t agreeing{};
};
Agreement agreement(const StatePattern& pattern, const Control& control);
bool suffices(const Agreement& found, Quantifier quantifier);
bool state_holds(const StatePattern& pattern, const Control& control);

}  // namespace quorate
