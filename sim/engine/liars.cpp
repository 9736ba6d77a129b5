#include "sim/engine/liars.hpp"

#include "sim/engine/alter.hpp"

namespace quorate {
namespace {

// How many of those that a rule is about stand before this one. Nobody sends to itself.
std::int64_t rank(const MessageRule& rule, const Letter& letter) {
  std::int64_t before = 0;
  rule.to.for_each([&](NodeId node) { before += node < letter.to && node != letter.from ? 1 : 0; });
  return before;
}

Lot lot_of(MessageRule& rule, const Letter& letter) {
  const Deceit& deceit = *rule.deceit;
  Lot lot{.field = deceit.agreed_field, .value = deceit.agreed_value};
  lot.path = deceit.field;
  lot.constant = deceit.value ? &*deceit.value : nullptr;
  switch (deceit.strategy) {
    case Strategy::equivocate:
      lot.further = rank(rule, letter) * deceit.by.value_or(1);
      break;
    case Strategy::collude:
      lot.outright = true;
      break;
    default:
      lot.further = deceit.by;
      lot.field = rule.stream();
      lot.value = rule.stream();
  }
  return lot;
}

// What is set to what it is already is no lie.
std::string altered(const SetupBase& setup, const Letter& letter, MessageRule& rule) {
  const std::uint64_t before = letter.body.type->hash(letter.body.value);
  const std::string field = alter_body(setup, letter.address, letter.type, lot_of(rule, letter));
  return letter.body.type->hash(letter.body.value) == before ? std::string() : field;
}

std::string forged(const SetupBase& setup, const Letter& letter, MessageRule& rule) {
  const auto nodes = static_cast<std::uint32_t>(setup.names.size()) - setup.clients;
  NodeId name = rule.deceit->as;
  if (name == no_node && nodes > 1) {
    const auto drawn = static_cast<std::uint32_t>(rule.stream.below(nodes - 1));
    name.value = drawn + (drawn >= letter.from.value ? 1 : 0);
  }
  if (name == no_node || name == letter.from) return {};
  letter.named = name;
  return "its sender: " + setup.names[name.value];
}

}  // namespace

Lie lie(const SetupBase& setup, const Letter& letter, MessageRule& rule) {
  switch (rule.deceit->strategy) {
    case Strategy::silent:
      return {"that it is sent"};
    case Strategy::forge:
      return {forged(setup, letter, rule)};
    case Strategy::delay: {
      const Duration wait = sample(*rule.deceit->wait, rule.stream);
      if (wait == Duration{}) return {};
      return {"its time: " + to_text(wait) + " later", wait};
    }
    case Strategy::replay:
      return {};
    case Strategy::equivocate:
    case Strategy::alter:
    case Strategy::collude:
      break;
  }
  return {altered(setup, letter, rule)};
}

}  // namespace quorate
