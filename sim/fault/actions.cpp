// What a fault does once its moment has come, and how it is undone. Every action first finds out
// whether it changes anything; only then it is announced, so that a fault line in a trace always
// has an effect.
#include <algorithm>

#include "sim/base/assert.hpp"
#include "sim/fault/injector.hpp"

namespace quorate {
namespace {

bool lasts_until_healed(Verb verb) {
  return verb == Verb::partition || verb == Verb::cut || verb == Verb::omit || verb == Verb::hold ||
         verb == Verb::link;
}

// A drift lasts too, until a later one or the end of the run.
bool keeps_effect(const Action& action) {
  return lasts_until_healed(action.verb) || action.drift || action.jitter ||
         (action.verb == Verb::node && !action.scramble) || action.verb == Verb::byzantine ||
         (action.verb == Verb::disk && !action.harm);
}

bool stops_nodes(Verb verb) { return verb == Verb::crash || verb == Verb::pause; }

void apply(const Action& action, NodeId node, std::uint64_t cause, Control& control) {
  switch (action.verb) {
    case Verb::crash:
      control.crash(node, cause);
      break;
    case Verb::restart:
      control.restart(node, {action.amnesia, action.version}, cause);
      break;
    case Verb::pause:
      control.pause(node, cause);
      break;
    case Verb::resume:
      control.resume(node, cause);
      break;
    default:
      control.submit(node, action.operation, cause);
  }
}

void remove_rules(std::uint32_t fault, Interference& interference) {
  std::erase_if(interference.rules, [&](const MessageRule& rule) { return rule.fault == fault; });
}

// By which rules an omission or a hold acts.
std::vector<RuleEffect> effects_of(const Action& action) {
  if (action.verb == Verb::hold) return {RuleEffect::hold};
  std::vector<RuleEffect> effects;
  if (action.side != OmissionSide::receive) effects.push_back(RuleEffect::omit_send);
  if (action.side != OmissionSide::send) effects.push_back(RuleEffect::omit_receive);
  return effects;
}

// The stream of the second rule of a firing.
constexpr std::uint32_t second_rule = 0x8000'0000;

}  // namespace

void Injector::act(std::uint32_t fault, Control& control) {
  const Action& action = (*faults_)[fault].action;
  switch (action.verb) {
    case Verb::crash:
      return action.moment ? arm(fault, control) : act_on_nodes(fault, control);
    case Verb::restart:
    case Verb::pause:
    case Verb::resume:
    case Verb::request:
      return act_on_nodes(fault, control);
    case Verb::partition:
      return partition(fault, control);
    case Verb::cut:
      return cut(fault, control);
    case Verb::heal:
    case Verb::release:
      return end_others(fault, control);
    case Verb::omit:
    case Verb::hold:
      return add_rules(fault, control);
    case Verb::fire:
    case Verb::postpone:
      return move_timers(fault, control);
    case Verb::clock:
      return change_clocks(fault, control);
    case Verb::node:
      return action.scramble ? scramble(fault, control) : change_machines(fault, control);
    case Verb::disk:
      return change_machines(fault, control);
    case Verb::link:
      return change_links(fault, control);
    case Verb::replay:
      return replay(fault, control);
    case Verb::settle:
      return settle(fault, control);
    case Verb::byzantine:
      return add_liars(fault, control);
  }
}

// ---- whom ---------------------------------------------------------------------------------------

std::vector<NodeId> Injector::resolve(const Selector& selector, std::uint32_t fault,
                                      const Control& control) {
  std::vector<NodeId> found = candidates(selector, sight(control));
  if (selector.kind != Selector::Kind::random) return found;
  const Action& action = (*faults_)[fault].action;
  std::erase_if(found, [&](NodeId node) { return !can_act(action, node, control); });
  leave_out_spared(action.verb, found, control);
  if (found.empty()) return {};
  return {found[static_cast<std::size_t>(stream(fault, Draw::pick).below(found.size()))]};
}

std::vector<NodeId> Injector::targets(std::uint32_t fault, const Control& control) {
  const Action& action = (*faults_)[fault].action;
  std::vector<NodeId> found = resolve(action.target, fault, control);
  if (!acts_on_clients(action)) {
    std::erase_if(found, [&](NodeId node) { return node.value >= control.nodes(); });
  }
  leave_out_spared(action.verb, found, control);
  return found;
}

// ---- nodes --------------------------------------------------------------------------------------

void Injector::act_on_nodes(std::uint32_t fault, Control& control) {
  Action action = (*faults_)[fault].action;
  std::vector<NodeId> nodes = targets(fault, control);
  std::erase_if(nodes, [&](NodeId node) { return !can_act(action, node, control); });
  if (nodes.empty()) return;
  action.target = these(nodes);
  if (!action.bugs.empty()) action.version = version_by(fault);
  const std::uint64_t cause = announce(fault, action, nodes, control);
  for (const NodeId node : nodes) apply(action, node, cause, control);
  conclude(fault, {fault, std::move(nodes), {}, {}}, control);
}

// A new arming replaces the last one of this fault: the newest trigger decides about whom it is.
void Injector::arm(std::uint32_t fault, Control& control) {
  const Action& action = (*faults_)[fault].action;
  CrashPoint point;
  point.fault = fault;
  point.moment = *action.moment;
  point.nth = action.nth;
  const std::vector<NodeId> nodes = targets(fault, control);
  if (nodes.empty() || !find_type(action, control, point.type)) return;
  std::vector<CrashPoint>& points = control.interference().crash_points;
  std::erase_if(points, [&](const CrashPoint& other) { return other.fault == fault; });
  const bool draws = point.moment == CrashMoment::short_write;
  for (const NodeId node : nodes) {
    point.node = node;
    if (draws) point.draw = stream(fault, Draw::harm).next();
    points.push_back(point);
  }
  ++progress_[fault].armed;
}

std::uint64_t Injector::crash_point(const CrashPoint& point, Control& control) {
  progress_[point.fault].armed = 0;
  Action action = (*faults_)[point.fault].action;
  action.target = these({point.node});
  const std::uint64_t cause = announce(point.fault, action, {point.node}, control);
  conclude(point.fault, {point.fault, {point.node}, {}, {}}, control);
  return cause;
}

// ---- the network --------------------------------------------------------------------------------

Sides Injector::sides(std::uint32_t fault, const std::vector<NodeId>& targets,
                      const Control& control) {
  const Action& action = (*faults_)[fault].action;
  switch (action.shape) {
    case PartitionShape::groups:
      return group_sides(endpoints_of(control), action.groups);
    case PartitionShape::isolate:
      return isolated_sides(endpoints_of(control), targets);
    case PartitionShape::bridge:
      return bridged_sides(endpoints_of(control), targets);
    case PartitionShape::random_halves:
    case PartitionShape::majorities_ring:
    case PartitionShape::swizzle:
      break;
  }
  return random_halves(endpoints_of(control), partition_stream(fault, 0));
}

Stream& Injector::partition_stream(std::uint32_t fault, std::uint32_t which) {
  Stream& stream = progress_[fault].partitions;
  if (!stream.seeded()) stream = make_stream(seed_, Purpose::partition, fault, which, engine_);
  return stream;
}

// Says in `action` how it turned out.
std::vector<Direction> Injector::severed(std::uint32_t fault, const std::vector<NodeId>& targets,
                                         Action& action, const Control& control) {
  if (action.shape == PartitionShape::majorities_ring) {
    return outside_majorities(endpoints_of(control));
  }
  const Sides chosen = sides(fault, targets, control);
  if (action.shape == PartitionShape::random_halves) action.shape = PartitionShape::groups;
  action.groups = groups_of(chosen);
  return severed_pairs(chosen, action.one_way);
}

void Injector::partition(std::uint32_t fault, Control& control) {
  Action action = (*faults_)[fault].action;
  if (action.shape == PartitionShape::swizzle) return swizzle(fault, control);
  const bool aims =
      action.shape == PartitionShape::isolate || action.shape == PartitionShape::bridge;
  std::vector<NodeId> nodes = aims ? targets(fault, control) : std::vector<NodeId>{};
  if (aims && nodes.empty()) return;
  std::vector<Direction> pairs = severed(fault, nodes, action, control);
  action.target = these(nodes);
  sever(fault, std::move(action), {fault, std::move(nodes), std::move(pairs), {}}, control);
}

// The links from each of `from` to each of `to`, whom the action's selectors then name.
Injector::Effect Injector::between_ends(std::uint32_t fault, Action& action,
                                        const Control& control) {
  for (Selector* end : {&action.from, &action.to}) {
    if (end->kind == Selector::Kind::none) end->kind = Selector::Kind::all;
    *end = these(resolve(*end, fault, control));
  }
  Effect effect{fault, action.from.nodes, {}, {}};
  for (const NodeId from : action.from.nodes) {
    for (const NodeId to : action.to.nodes) {
      if (from != to) effect.links.push_back({from, to});
    }
  }
  return effect;
}

void Injector::cut(std::uint32_t fault, Control& control) {
  Action action = (*faults_)[fault].action;
  Effect effect = between_ends(fault, action, control);
  sever(fault, std::move(action), std::move(effect), control);
}

void Injector::sever(std::uint32_t fault, Action action, Effect effect, Control& control) {
  leave_out_spared(effect.links, control.interference());
  if (effect.links.empty()) return;
  announce(fault, action, effect.nodes, control);
  effect.words = describe(action, control.names());
  Cuts& cuts = control.network().cuts;
  for (const Direction pair : effect.links) cuts.cut(pair.from, pair.to, action.in_flight);
  conclude(fault, std::move(effect), control);
}

void Injector::change_links(std::uint32_t fault, Control& control) {
  Action action = (*faults_)[fault].action;
  Effect effect = between_ends(fault, action, control);
  Network& network = control.network();
  std::erase_if(effect.links, [&](Direction pair) {
    return !network.would_change(pair.from, pair.to, *action.settings);
  });
  leave_out_spared(effect.links, control.interference());
  if (effect.links.empty()) return;
  announce(fault, action, effect.nodes, control);
  if (!(*faults_)[fault].ends_by_itself()) supersede(effect, control);
  effect.words = describe(action, control.names());
  const std::uint32_t number = last_effect_ + 1;  // which conclude() gives it
  for (const Direction pair : effect.links) {
    network.change(number, pair.from, pair.to, action.settings);
  }
  conclude(fault, std::move(effect), control);
}

// What this fault gave the same links before would never be seen again: it lasts no longer.
void Injector::supersede(const Effect& newer, Control& control) {
  for (auto entry = effects_.begin(); entry != effects_.end();) {
    const std::uint32_t number = entry->first;
    Effect& older = entry->second;
    const bool same = older.fault == newer.fault;
    if (same) {
      std::erase_if(older.links, [&](Direction pair) {
        const bool again = std::ranges::count(newer.links, pair) != 0;
        if (again) control.network().take_back(number, pair.from, pair.to);
        return again;
      });
    }
    entry = same && older.links.empty() ? effects_.erase(entry) : std::next(entry);
  }
}

// The message is the one that was being sent when the trigger was met.
void Injector::replay(std::uint32_t fault, Control& control) {
  const std::uint64_t send = progress_[fault].cause;
  Action action = (*faults_)[fault].action;
  action.message = "the message sent at e" + std::to_string(send);
  announce(fault, action, {}, control);
  const bool kept = control.replay(fault, send);
  QUORATE_ASSERT(kept, "Of every message that is to be replayed a copy is kept.");
  conclude(fault, {}, control);
}

// Replaces the action's selectors by whom they mean.
void Injector::name_ends(std::uint32_t fault, Action& action, const Control& control) {
  for (Selector* end : {&action.from, &action.target, &action.to}) {
    if (end->kind != Selector::Kind::none) *end = these(resolve(*end, fault, control));
  }
}

// Nothing where the rule could match no message.
std::optional<MessageRule> Injector::rule_of(std::uint32_t fault, const Action& action,
                                             RuleEffect effect, const Control& control) {
  const bool receives = effect == RuleEffect::omit_receive;
  MessageRule rule;
  rule.fault = fault;
  rule.effect = effect;
  rule.from = end_of(effect == RuleEffect::omit_send ? action.target : action.from, control);
  rule.to = end_of(receives ? action.target : action.to, control);
  rule.chance = action.chance;
  rule.remaining = action.count;
  const std::uint32_t second =
      receives && action.side == OmissionSide::both ? second_rule : std::uint32_t{0};
  rule.stream = make_stream(seed_, Purpose::omission, fault,
                            static_cast<std::uint32_t>(fired_[fault]) | second, engine_);
  if (rule.from.empty() || rule.to.empty() || rule.remaining == 0) return std::nullopt;
  if (!find_type(action, control, rule.type)) return std::nullopt;
  return rule;
}

// The rules of one fault do not pile up. What a hold has caught stays caught.
void Injector::begin_anew(std::uint32_t fault, Control& control) {
  std::erase_if(effects_, [&](const auto& entry) { return entry.second.fault == fault; });
  remove_rules(fault, control.interference());
}

void Injector::add_rules(std::uint32_t fault, Control& control) {
  Action action = (*faults_)[fault].action;
  name_ends(fault, action, control);
  std::vector<MessageRule> rules;
  for (const RuleEffect effect : effects_of(action)) {
    if (auto rule = rule_of(fault, action, effect, control)) rules.push_back(std::move(*rule));
  }
  if (rules.empty()) return;
  std::vector<NodeId> hit = action.verb == Verb::omit ? action.target.nodes : action.from.nodes;
  begin_anew(fault, control);
  announce(fault, action, hit, control);
  for (MessageRule& rule : rules) control.interference().rules.push_back(std::move(rule));
  conclude(fault, {fault, std::move(hit), {}, describe(action, control.names())}, control);
}

// ---- firing, from its announcement to its end ---------------------------------------------------

std::uint64_t Injector::announce(std::uint32_t fault, const Action& action, std::vector<NodeId> hit,
                                 Control& control) {
  Progress& progress = progress_[fault];
  ++fired_[fault];
  if (!progress.first_fired) progress.first_fired = control.now();
  memory_.hit[fault] = std::move(hit);
  progress.line = control.announce(Kind::fault, (*faults_)[fault].id,
                                   describe(action, control.names()), progress.cause);
  return progress.line;
}

void Injector::conclude(std::uint32_t fault, Effect effect, Control& control) {
  const Fault& what = (*faults_)[fault];
  const Verb verb = what.action.verb;
  const bool keeps = keeps_effect(what.action);
  const bool lasts = what.ends_by_itself();
  const bool undone = lasts && (keeps || stops_nodes(verb) || verb == Verb::clock);
  const std::uint32_t id = undone || keeps ? ++last_effect_ : 0;
  if (stops_nodes(verb)) {
    for (const NodeId node : effect.nodes) stopped_by_[node] = id;
  }
  effect.line = progress_[fault].line;
  effect.number = id;
  if (id != 0) effects_.emplace(id, std::move(effect));
  if (undone) {
    control.call_injector(control.now() + length(fault), token_of(id));
  }
  trigger_followers(fault, control);
}

Duration Injector::length(std::uint32_t fault) {
  const Fault& what = (*faults_)[fault];
  if (what.lasts) return sample(*what.lasts, stream(fault, Draw::length));
  const Duration gap = progress_[fault].gap;
  if (what.share->certain) return gap;
  const std::uint64_t part =
      multiply_high(static_cast<std::uint64_t>(gap.count()), what.share->threshold);
  return Duration{static_cast<std::int64_t>(part)};
}

// ---- undoing ------------------------------------------------------------------------------------

// The time of an effect is up, or that of one to come has come. It may be gone: healed, or begun
// anew.
void Injector::end(std::uint32_t id, Control& control) {
  if (planned_.contains(id)) return leave(id, control);
  const auto found = effects_.find(id);
  if (found == effects_.end()) return;
  if (control.now() < found->second.until) return swing(found->second, control);
  undo(id, found->second.line, control);
}

void Injector::undo(std::uint32_t id, std::uint64_t cause, Control& control) {
  const auto found = effects_.find(id);
  const Effect effect = std::move(found->second);
  effects_.erase(found);
  if (stops_nodes((*faults_)[effect.fault].action.verb)) {
    return start_again(id, effect, cause, control);
  }
  lift(effect, cause, control);
}

// Only nodes that this very effect stopped: who came back and was
// stopped by another fault stays so.
void Injector::start_again(std::uint32_t id, const Effect& effect, std::uint64_t cause,
                           Control& control) {
  Action action = (*faults_)[effect.fault].action;
  action.verb = action.verb == Verb::crash ? Verb::restart : Verb::resume;
  std::vector<NodeId> nodes = effect.nodes;
  std::erase_if(nodes, [&](NodeId node) {
    return stopped_by_[node] != id || !can_act(action, node, control);
  });
  if (nodes.empty()) return;
  action.target = these(nodes);
  const std::uint64_t line = control.announce(Kind::heal, (*faults_)[effect.fault].id,
                                              describe(action, control.names()), cause);
  for (const NodeId node : nodes) apply(action, node, line, control);
}

void Injector::lift(const Effect& effect, std::uint64_t cause, Control& control) {
  const Fault& fault = (*faults_)[effect.fault];
  control.announce(Kind::heal, fault.id, "undo " + effect.words, cause);
  mend_links(effect, control);
  if (fault.action.verb == Verb::omit) remove_rules(effect.fault, control.interference());
  if (fault.action.verb == Verb::hold) control.release(effect.fault);
  mend_nodes(effect, control);
}

void Injector::mend_links(const Effect& effect, Control& control) {
  const Action& action = (*faults_)[effect.fault].action;
  for (const Direction pair : effect.links) {
    if (action.verb == Verb::link) {
      control.network().take_back(effect.number, pair.from, pair.to);
    } else {
      control.network().cuts.undo(pair.from, pair.to, action.in_flight);
    }
  }
}

void Injector::mend_nodes(const Effect& effect, Control& control) {
  const Verb verb = (*faults_)[effect.fault].action.verb;
  if (verb == Verb::clock) set_clocks_back(effect, control);
  if (verb == Verb::byzantine) {
    for (const NodeId node : effect.nodes) control.interference().stop_lying(effect.fault, node);
  }
  if (verb != Verb::node && verb != Verb::disk) return;
  Action nothing;
  nothing.verb = verb;
  for (const NodeId node : effect.nodes) set_machine(node, nothing, control);
}

// `heal` ends whatever lasts in the network, `release` only holds; of one fault, or of all.
void Injector::end_others(std::uint32_t fault, Control& control) {
  const Action& action = (*faults_)[fault].action;
  std::vector<std::uint32_t> ending;
  for (const auto& [id, effect] : effects_) {
    const Fault& other = (*faults_)[effect.fault];
    const bool concerned = action.verb == Verb::release ? other.action.verb == Verb::hold
                                                        : lasts_until_healed(other.action.verb);
    if (concerned && (action.fault.empty() || action.fault == other.id)) ending.push_back(id);
  }
  const bool unplanned = action.verb == Verb::heal && call_off(action.fault);
  if (ending.empty() && !unplanned) return;
  const std::uint64_t cause = announce(fault, action, {}, control);
  for (const std::uint32_t id : ending) undo(id, cause, control);
  conclude(fault, {}, control);
}

}  // namespace quorate
