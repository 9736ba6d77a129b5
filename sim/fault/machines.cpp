// Faults of the machine beneath a node: how long it takes over its handlers, what its disk does.
// And of clocks: they run at another rate or stand still, their timers are off, or go off at
// another moment, or their wall clocks are set, once or to and fro. And of what nodes have in
// memory.
#include <algorithm>

#include "sim/fault/injector.hpp"

namespace quorate {

// What the latest of the effects still in force asks of a node.
template <class T>
std::optional<T> Injector::latest(NodeId node, std::optional<T> Action::*what) const {
  std::optional<T> found;
  for (const auto& [id, effect] : effects_) {
    const std::optional<T>& wanted = (*faults_)[effect.fault].action.*what;
    if (wanted && std::ranges::count(effect.nodes, node) > 0) found = wanted;
  }
  return found;
}

// Clocks make no event, so what happened can be told afterwards. A node whose clock is so already
// is not concerned.
void Injector::change_clocks(std::uint32_t fault, Control& control) {
  Action action = (*faults_)[fault].action;
  std::vector<NodeId> nodes = targets(fault, control);
  if (action.drift) {
    std::erase_if(nodes, [&](NodeId node) { return !control.set_drift(node, action.drift); });
  } else if (action.jitter) {
    std::erase_if(nodes, [&](NodeId node) { return !control.set_jitter(node, action.jitter); });
  } else if (action.smear) {
    for (const NodeId node : nodes) control.smear_clock(node, smear_of(fault, last_effect_ + 1));
  } else if (action.jump != Duration{}) {
    for (const NodeId node : nodes) control.step_clock(node, action.jump);
  }
  if (nodes.empty()) return;
  action.target = these(nodes);
  announce(fault, action, nodes, control);
  Effect effect{fault, std::move(nodes), {}, describe(action, control.names())};
  if (action.strobe != Duration{}) return strobe(fault, std::move(effect), control);
  conclude(fault, std::move(effect), control);
}

// A timer that is moved only waits in another place of the queue, so what happened can be told
// before anything follows from it. One draw a node.
void Injector::move_timers(std::uint32_t fault, Control& control) {
  Action action = (*faults_)[fault].action;
  EventPattern pattern;
  pattern.event = enum_name(Kind::timer);
  pattern.fields = action.where;
  const EventMatcher fields(pattern);
  const IsTimer is = [&](AnyRef timer) {
    Record expiry;
    expiry.kind = Kind::timer;
    expiry.body = timer;
    return is_snake_case_of(action.timer, timer.name()) && fields.matches(expiry, control.names());
  };
  std::vector<NodeId> nodes = targets(fault, control);
  std::erase_if(nodes, [&](NodeId node) {
    if (!can_act(action.verb, node, control)) return true;
    std::optional<Duration> later;
    if (action.later) later = sample(*action.later, stream(fault, Draw::length));
    return !control.move_timer(node, is, later);
  });
  if (nodes.empty()) return;
  action.target = these(nodes);
  announce(fault, action, nodes, control);
  conclude(fault, {fault, std::move(nodes), {}, {}}, control);
}

// The number is the one that conclude() gives to an effect that will end; nobody takes back
// another.
Smear Injector::smear_of(std::uint32_t fault, std::uint32_t effect) const {
  Smear smear = *(*faults_)[fault].action.smear;
  smear.number = (*faults_)[fault].ends_by_itself() ? effect : 0;
  return smear;
}

// The fault is told once something has become another, and before anybody looks at that. One node
// after the other, for who looks at one must see the others as they were told to be. Two draws a
// node.
void Injector::scramble(std::uint32_t fault, Control& control) {
  Action action = (*faults_)[fault].action;
  std::vector<NodeId> nodes = targets(fault, control);
  std::erase_if(nodes, [&](NodeId node) { return !can_act(action, node, control); });
  action.target = these(nodes);
  std::uint64_t line = no_cause;
  for (const NodeId node : nodes) {
    MemoryHarm harm;
    harm.which = stream(fault, Draw::harm).next();
    harm.how = stream(fault, Draw::harm).next();
    const std::string field = control.harm_memory(node, harm);
    if (field.empty()) continue;
    if (line == no_cause) line = announce(fault, action, nodes, control);
    control.tell_memory(node,
                        std::string(memory_hit) + control.names()[node.value] + " `" + field +
                            "` has become another",
                        line);
  }
  if (line != no_cause) conclude(fault, {fault, std::move(nodes), {}, {}}, control);
}

// A node of which that holds already is not concerned.
void Injector::change_machines(std::uint32_t fault, Control& control) {
  Action action = (*faults_)[fault].action;
  std::vector<NodeId> nodes = targets(fault, control);
  if (action.harm) {
    action.harm->which = stream(fault, Draw::harm).next();
    action.harm->how = stream(fault, Draw::harm).next();
  }
  std::erase_if(nodes, [&](NodeId node) { return !set_machine(node, action, control); });
  if (nodes.empty()) return;
  action.target = these(nodes);
  announce(fault, action, nodes, control);
  conclude(fault, {fault, std::move(nodes), {}, describe(action, control.names())}, control);
}

// What `newest` does not say, the latest of the effects still in force says.
bool Injector::set_machine(NodeId node, const Action& newest, Control& control) {
  if (newest.harm) return control.set_disk(node, {.harm = newest.harm});
  if (newest.verb == Verb::disk) {
    return control.set_disk(node,
                            {newest.sync ? newest.sync : latest(node, &Action::sync),
                             newest.stall ? newest.stall : latest(node, &Action::stall),
                             newest.lie ? newest.lie : latest(node, &Action::lie),
                             newest.full ? newest.full : latest(node, &Action::full),
                             newest.read_only ? newest.read_only : latest(node, &Action::read_only),
                             {}});
  }
  return control.set_work(node, {newest.cost ? newest.cost : latest(node, &Action::cost),
                                 newest.slow ? newest.slow : latest(node, &Action::slow)});
}

// It is told as one fault, however often it swings.
void Injector::strobe(std::uint32_t fault, Effect effect, Control& control) {
  const Fault& what = (*faults_)[fault];
  const bool ends = what.ends_by_itself();
  effect.until = ends ? control.now() + length(fault) : Time::never();
  effect.ahead.resize(effect.nodes.size());
  effect.line = progress_[fault].line;
  effect.number = ++last_effect_;
  swing(effects_.emplace(effect.number, std::move(effect)).first->second, control);
  trigger_followers(fault, control);
}

// Each of its clocks is so far ahead or behind, either being equally likely: one draw a clock.
void Injector::swing(Effect& effect, Control& control) {
  const Action& action = (*faults_)[effect.fault].action;
  for (std::size_t i = 0; i < effect.nodes.size(); ++i) {
    const bool behind = stream(effect.fault, Draw::side).below(2) != 0;
    const Duration wanted = behind ? -action.strobe : action.strobe;
    if (wanted != effect.ahead[i]) control.step_clock(effect.nodes[i], wanted - effect.ahead[i]);
    effect.ahead[i] = wanted;
  }
  const Time next = control.now() + action.strobe_every;
  control.call_injector(std::min(next, effect.until), token_of(effect.number));
}

void Injector::set_clocks_back(const Effect& effect, Control& control) {
  const Action& action = (*faults_)[effect.fault].action;
  for (std::size_t i = 0; i < effect.nodes.size(); ++i) {
    const NodeId node = effect.nodes[i];
    if (action.drift) {
      control.set_drift(node, latest(node, &Action::drift));
    } else if (action.jitter) {
      control.set_jitter(node, latest(node, &Action::jitter));
    } else if (action.smear) {
      control.take_back_smear(node, smear_of(effect.fault, effect.number));
    } else {
      control.step_clock(node, effect.ahead.empty() ? -action.jump : -effect.ahead[i]);
    }
  }
}

}  // namespace quorate
