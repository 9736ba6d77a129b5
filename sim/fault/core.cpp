// A core at which nothing goes wrong any more: what is wrong there ends, what would go wrong there
// later does not, and everything else stays as broken as it is.
#include <algorithm>
#include <utility>

#include "sim/fault/injector.hpp"

namespace quorate {
namespace {

// Of what a node of the core is spared. What happens to links and messages is a matter of both
// their ends.
bool harms_nodes(Verb verb) {
  switch (verb) {
    case Verb::crash:
    case Verb::pause:
    case Verb::fire:
    case Verb::postpone:
    case Verb::clock:
    case Verb::node:
    case Verb::disk:
    case Verb::byzantine:
      return true;
    default:
      return false;
  }
}

bool is_part_of(const std::vector<NodeId>& group, NodeId node) {
  return std::ranges::find(group, node) != group.end();
}

// Whether the rule could take a message that is on its way within the core. Lies are their liar's.
bool acts_within(const MessageRule& rule, const Interference& interference) {
  if (rule.effect == RuleEffect::lie) return false;
  bool acts = false;
  rule.from.for_each([&](NodeId from) {
    rule.to.for_each(
        [&](NodeId to) { acts = acts || (from != to && interference.spares(from, to)); });
  });
  return acts;
}

// Lets messages go that a hold has caught; it goes on catching those that it may.
void let_go(std::uint32_t fault, Control& control) {
  std::vector<MessageRule> rules = control.interference().rules;
  control.release(fault);
  control.interference().rules = std::move(rules);
}

}  // namespace

void Injector::settle(std::uint32_t fault, Control& control) {
  Action action = (*faults_)[fault].action;
  const bool drawn = action.target.kind == Selector::Kind::none;
  const std::vector<NodeId> nodes = drawn ? draw_core(fault) : targets(fault, control);
  if (nodes.empty()) return;
  core_.clear();
  for (const NodeId node : nodes) core_.insert(node);
  Interference& interference = control.interference();
  interference.core = core_;
  for (std::uint32_t i = control.nodes(); i < control.names().size(); ++i) {
    interference.core.insert(NodeId{i});
  }
  std::erase_if(interference.crash_points,
                [&](const CrashPoint& point) { return core_.contains(point.node); });
  action.target = these(core_.members());
  announce(fault, action, core_.members(), control);
  for (auto entry = effects_.begin(); entry != effects_.end();) {
    entry = spare(entry->second, fault, control) ? effects_.erase(entry) : std::next(entry);
  }
  for (const Verb verb : {Verb::restart, Verb::resume}) wake(verb, fault, control);
  conclude(fault, {fault, core_.members(), {}, {}}, control);
}

// Nodes in an order that is drawn, each of them that some group still lacks for its majority.
std::vector<NodeId> Injector::draw_core(std::uint32_t fault) {
  const std::vector<std::vector<NodeId>>& groups = (*faults_)[fault].action.groups;
  NodeSet all;
  std::vector<std::size_t> missing;
  for (const std::vector<NodeId>& group : groups) {
    for (const NodeId node : group) all.insert(node);
    missing.push_back(std::max(group.size() / 2 + 1, std::min<std::size_t>(group.size(), quorum_)));
  }
  std::vector<NodeId> order = all.members();
  for (std::size_t left = order.size(); left > 1; --left) {
    std::swap(order[left - 1],
              order[static_cast<std::size_t>(stream(fault, Draw::pick).below(left))]);
  }
  std::erase_if(order, [&](NodeId node) {
    bool wanted = false;
    for (std::size_t i = 0; i < groups.size(); ++i) {
      const bool lacks = missing[i] != 0 && is_part_of(groups[i], node);
      missing[i] -= lacks ? 1 : 0;
      wanted = wanted || lacks;
    }
    return !wanted;
  });
  return order;
}

void Injector::leave_out_spared(Verb verb, std::vector<NodeId>& nodes,
                                const Control& control) const {
  if (core_.empty() || !harms_nodes(verb)) return;
  std::erase_if(nodes,
                [&](NodeId node) { return core_.contains(node) || node.value >= control.nodes(); });
}

void Injector::leave_out_spared(std::vector<Direction>& links, const Interference& interference) {
  std::erase_if(links, [&](Direction link) { return interference.spares(link.from, link.to); });
}

// The part of an effect that is within the core; the effect keeps the rest.
Injector::Effect Injector::split_off_core(Effect& effect, const Interference& interference) const {
  Effect part{effect.fault, {}, {}, {}, effect.line, effect.number};
  Effect rest = part;
  for (const Direction link : effect.links) {
    (interference.spares(link.from, link.to) ? part : rest).links.push_back(link);
  }
  const bool harms = harms_nodes((*faults_)[effect.fault].action.verb);
  for (std::size_t i = 0; i < effect.nodes.size(); ++i) {
    Effect& side = harms && core_.contains(effect.nodes[i]) ? part : rest;
    side.nodes.push_back(effect.nodes[i]);
    if (!effect.ahead.empty()) side.ahead.push_back(effect.ahead[i]);
  }
  effect.links = std::move(rest.links);
  effect.nodes = std::move(rest.nodes);
  effect.ahead = std::move(rest.ahead);
  return part;
}

// Ends what an effect does within the core, which `settling` has made. True if nothing is left of
// it; else its fault goes on, and the end of the part is told as a deed of the settling.
bool Injector::spare(Effect& effect, std::uint32_t settling, Control& control) {
  const Fault& fault = (*faults_)[effect.fault];
  const Verb verb = fault.action.verb;
  if (verb == Verb::crash || verb == Verb::pause) return false;  // wake() sees to those
  const Interference& interference = control.interference();
  const bool catches = std::ranges::any_of(interference.rules, [&](const MessageRule& rule) {
    return rule.fault == effect.fault && acts_within(rule, interference);
  });
  const Effect part = split_off_core(effect, interference);
  if (!catches && part.links.empty() && part.nodes.empty()) return false;
  const bool over =
      !catches && effect.links.empty() && (part.nodes.empty() || effect.nodes.empty());
  const std::string words = "undo " + effect.words + (over ? "" : " within the core");
  const Fault& teller = over ? fault : (*faults_)[settling];
  control.announce(Kind::heal, teller.id, words, progress_[settling].line);
  if (verb == Verb::hold) let_go(effect.fault, control);
  mend_links(part, control);
  mend_nodes(part, control);
  return over;
}

// Those of the core that are down, or stand still, and clients.
void Injector::wake(Verb verb, std::uint32_t fault, Control& control) {
  std::vector<NodeId> nodes = core_.members();
  for (std::uint32_t i = control.nodes(); i < control.names().size(); ++i) {
    nodes.push_back(NodeId{i});
  }
  std::erase_if(nodes, [&](NodeId node) { return !can_act(verb, node, control); });
  if (nodes.empty()) return;
  Action action;
  action.verb = verb;
  action.target = these(nodes);
  const std::uint64_t line = control.announce(
      Kind::heal, (*faults_)[fault].id, describe(action, control.names()), progress_[fault].line);
  const DiskHarm read_well{.act = DiskAct::misread, .undone = true};
  for (const NodeId node : nodes) {
    stopped_by_[node] = 0;
    const bool reads = verb == Verb::restart && node.value < control.nodes();  // no client does
    if (reads) control.set_disk(node, {.harm = read_well});
    verb == Verb::restart ? control.restart(node, {}, line) : control.resume(node, line);
  }
}

}  // namespace quorate
