// Faults of the machine beneath a node: how long it takes over its handlers, what its disk does.
// And of clocks: they run at another rate or stand still, their timers are off, or their wall
// clocks are set, once or to and fro.
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
  if (newest.harm) return control.set_disk(node, {{}, {}, {}, {}, {}, newest.harm});
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
    } else {
      control.step_clock(node, effect.ahead.empty() ? -action.jump : -effect.ahead[i]);
    }
  }
}

}  // namespace quorate
