// Nodes that lie: one rule for each, which the engine asks of every message that leaves it.
#include "sim/fault/injector.hpp"

namespace quorate {

// Nothing where no message could match.
std::vector<MessageRule> Injector::lies(std::uint32_t fault, const Action& action,
                                        const Control& control) {
  const std::vector<NodeId>& liars = action.target.nodes;
  MessageRule rule;
  rule.fault = fault;
  rule.effect = RuleEffect::lie;
  rule.to = end_of(action.to, control);
  rule.chance = action.chance;
  rule.remaining = action.count;
  if (liars.empty() || rule.to.empty() || !find_type(action, control, rule.type)) return {};
  const auto turn = static_cast<std::uint32_t>(fired_[fault]) << 16 ^ fault;
  Deceit deceit = *action.deceit;
  Stream agreement = make_stream(seed_, Purpose::byzantine, no_node.value, turn, engine_);
  deceit.agreed_field = agreement();
  deceit.agreed_value = agreement();
  rule.deceit = std::make_shared<const Deceit>(std::move(deceit));
  std::vector<MessageRule> rules(liars.size(), rule);
  for (std::size_t i = 0; i < liars.size(); ++i) {
    rules[i].from.insert(liars[i]);
    rules[i].stream = make_stream(seed_, Purpose::byzantine, liars[i].value, turn, engine_);
  }
  return rules;
}

// Who lies by this fault already begins anew, with a fresh count.
void Injector::add_liars(std::uint32_t fault, Control& control) {
  Action action = (*faults_)[fault].action;
  if (action.to.kind != Selector::Kind::none) action.to = these(resolve(action.to, fault, control));
  action.target = these(targets(fault, control));
  std::vector<MessageRule> rules = lies(fault, action, control);
  if (rules.empty()) return;
  begin_anew(fault, control);
  announce(fault, action, action.target.nodes, control);
  for (MessageRule& rule : rules) control.interference().rules.push_back(std::move(rule));
  conclude(fault, {fault, action.target.nodes, {}, describe(action, control.names())}, control);
}

}  // namespace quorate
