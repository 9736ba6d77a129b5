#include "sim/engine/interference.hpp"

#include <algorithm>

namespace quorate {
namespace {

// Its chance is drawn for each message that matches.
bool takes(MessageRule& rule, NodeId from, NodeId to, std::uint16_t type) {
  if (rule.remaining == 0 || !rule.from.contains(from) || !rule.to.contains(to)) return false;
  if (rule.type && *rule.type != type) return false;
  return rule.chance.hit(rule.stream);
}

// Where in the engine it is asked about.
CrashMoment place_of(CrashMoment moment) {
  const bool is_error = moment == CrashMoment::sync_error || moment == CrashMoment::short_write;
  return is_error ? CrashMoment::during_persist : moment;
}

}  // namespace

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
  if (!point.type) return all_ == point.nth;
  return *point.type == type && by_type_[type] == point.nth;
}

MessageRule* Interference::take(RuleEffect effect, NodeId from, NodeId to, std::uint16_t type) {
  if (spares(from, to)) return nullptr;
  for (MessageRule& rule : rules) {
    if (rule.effect != effect || !takes(rule, from, to, type)) continue;
    charge(rule);
    return &rule;
  }
  return nullptr;
}

std::vector<MessageRule*> Interference::lies(NodeId from, NodeId to, std::uint16_t type) {
  std::vector<MessageRule*> told;
  for (MessageRule& rule : rules) {
    if (rule.effect == RuleEffect::lie && takes(rule, from, to, type)) told.push_back(&rule);
  }
  std::stable_partition(told.begin(), told.end(), [](const MessageRule* rule) {
    return rule->deceit->strategy == Strategy::replay;
  });
  return told;
}

void Interference::charge(MessageRule& rule) {
  --rule.remaining;
  if (rule.fault >= caught.size()) caught.resize(rule.fault + std::size_t{1});
  ++caught[rule.fault];
}

const CrashPoint* Interference::after_send(NodeId node, const SendCount& sends,
                                           std::uint16_t type) const {
  for (const CrashPoint& point : crash_points) {
    if (point.node != node || point.moment != CrashMoment::after_sends) continue;
    if (sends.reached(point, type)) return &point;
  }
  return nullptr;
}

const CrashPoint* Interference::at(NodeId node, CrashMoment moment) {
  const CrashPoint* reached = nullptr;
  for (CrashPoint& point : crash_points) {
    if (point.node != node || place_of(point.moment) != moment) continue;
    if (point.nth > 1) {
      --point.nth;
    } else if (reached == nullptr) {
      reached = &point;
    }
  }
  return reached;
}

void Interference::remove(std::uint32_t fault) {
  std::erase_if(rules, [&](const MessageRule& rule) { return rule.fault == fault; });
  std::erase_if(crash_points, [&](const CrashPoint& point) { return point.fault == fault; });
}

void Interference::stop_lying(std::uint32_t fault, NodeId liar) {
  std::erase_if(rules, [&](const MessageRule& rule) {
    return rule.fault == fault && rule.effect == RuleEffect::lie && rule.from.contains(liar);
  });
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

std::optional<Slot> LastMessages::exchange(const Sent& sent, Slot copy) {
  for (auto& [key, slot] : last_) {
    if (key == sent) return std::exchange(slot, copy);
  }
  last_.emplace_back(sent, copy);
  return std::nullopt;
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
