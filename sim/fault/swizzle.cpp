// A partition that swizzles: nodes leave the others one by one, and come back in another order.
#include <algorithm>

#include "sim/fault/injector.hpp"

namespace quorate {

// All moments are drawn at once, so that whom it hits moves no draw of the next time. The line of
// the firing says what is to come; each node that leaves has a line of its own.
void Injector::swizzle(std::uint32_t fault, Control& control) {
  Action action = (*faults_)[fault].action;
  const std::vector<NodeId> nodes = targets(fault, control);
  if (nodes.empty() || control.nodes() < 2) return;
  const std::vector<Absence> absences =
      swizzled(nodes.size(), length(fault), partition_stream(fault, 1));
  action.target = these(nodes);
  const std::uint64_t line = announce(fault, action, nodes, control);
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    action.shape = PartitionShape::isolate;
    action.target.nodes = {nodes[i]};
    Effect effect{fault, {nodes[i]}, {}, describe(action, control.names()), line, ++last_effect_};
    effect.links = severed_pairs(isolated_sides(endpoints_of(control), {nodes[i]}), action.one_way);
    control.call_injector(control.now() + absences[i].from, token_of(last_effect_));
    planned_.emplace(last_effect_, Plan{std::move(effect), control.now() + absences[i].to});
  }
  trigger_followers(fault, control);
}

void Injector::leave(std::uint32_t id, Control& control) {
  Plan plan = std::move(planned_.extract(id).mapped());
  Effect& effect = plan.effect;
  const Fault& fault = (*faults_)[effect.fault];
  leave_out_spared(effect.links, control.interference());
  if (effect.links.empty()) return;
  effect.line = control.announce(Kind::fault, fault.id, effect.words, effect.line);
  Cuts& cuts = control.network().cuts;
  for (const Direction pair : effect.links) {
    cuts.cut(pair.from, pair.to, fault.action.in_flight);
  }
  effects_.emplace(id, std::move(effect));
  control.call_injector(plan.until, token_of(id));
}

// Nobody else leaves, of one fault or of all. False if nobody was going to.
bool Injector::call_off(std::string_view fault) {
  return std::erase_if(planned_, [&](const auto& entry) {
           return fault.empty() || (*faults_)[entry.second.effect.fault].id == fault;
         }) != 0;
}

}  // namespace quorate
