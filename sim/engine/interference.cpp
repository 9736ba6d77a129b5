#include "sim/engine/interference.hpp"

namespace quorate {

void SendCount::count(std::uint64_t handler, std::uint16_t type) {
  if (handler_ != handler) {
    handler_ = handler;
    all_ = 0;
    by_type_.clear();
  }
  ++all_;
  if (type >= by_type_.size()) by_type_.resize(type + std::size_t{1});
  ++by_type_[type];
}

bool SendCount::reached(const CrashPoint& point, std::uint16_t type) const {
  if (!point.type) return all_ == point.sends;
  return *point.type == type && by_type_[type] == point.sends;
}

MessageRule* Interference::take(RuleEffect effect, NodeId from, NodeId to, std::uint16_t type) {
  if (spares(from, to)) return nullptr;
  for (MessageRule& rule : rules) {
    if (rule.effect != effect || rule.remaining == 0) continue;
    if (!rule.from.contains(from) || !rule.to.contains(to)) continue;
    if (rule.type && *rule.type != type) continue;
    if (!rule.chance.hit(rule.stream)) continue;
    --rule.remaining;
    if (rule.fault >= caught.size()) caught.resize(rule.fault + std::size_t{1});
    ++caught[rule.fault];
    return &rule;
  }
  return nullptr;
}

const CrashPoint* Interference::after_send(NodeId node, const SendCount& sends,
                                           std::uint16_t type) const {
  for (const CrashPoint& point : crash_points) {
    if (point.node != node || point.moment != CrashMoment::after_sends) continue;
    if (sends.reached(point, type)) return &point;
  }
  return nullptr;
}

const CrashPoint* Interference::at(NodeId node, CrashMoment moment) const {
  for (const CrashPoint& point : crash_points) {
    if (point.node == node && point.moment == moment) return &point;
  }
  return nullptr;
}

void Interference::remove(std::uint32_t fault) {
  std::erase_if(rules, [&](const MessageRule& rule) { return rule.fault == fault; });
  std::erase_if(crash_points, [&](const CrashPoint& point) { return point.fault == fault; });
}

void Interference::stop_holding(std::uint32_t fault) {
  std::erase_if(rules, [&](const MessageRule& rule) {
    return rule.fault == fault && rule.effect == RuleEffect::hold;
  });
}

std::optional<Slot> OldMessages::take(std::uint32_t fault, std::uint64_t send,
                                      std::vector<Slot>& unwanted) {
  std::optional<Slot> found;
  std::erase_if(old_, [&](const Old& old) {
    if (old.fault != fault || old.send > send) return false;
    if (old.send == send)
      found = old.copy;
    else
      unwanted.push_back(old.copy);
    return true;
  });
  return found;
}

std::vector<Slot> HeldMessages::release(std::uint32_t fault) {
  std::vector<Slot> released;
  std::erase_if(held_, [&](const Held& held) {
    if (held.fault == fault) released.push_back(held.message);
    return held.fault == fault;
  });
  return released;
}

}  // namespace quorate
