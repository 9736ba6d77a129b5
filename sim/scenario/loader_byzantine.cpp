// Nodes that lie: how, about what, and to whom.
#include <algorithm>

#include "sim/scenario/loader_context.hpp"

namespace quorate::loader {
namespace {

// Which of these keys each strategy has.
constexpr std::string_view deceit_keys[] = {"field", "value", "by", "as", "wait"};
constexpr std::string_view keys_of_strategy[] = {
    "", "field by", "field value by", "as", "", "field value", "wait"};
static_assert(std::size(keys_of_strategy) == enum_count<Strategy>, "Every strategy has its keys.");

std::string strategies_with(std::string_view key) {
  std::string words;
  for (std::size_t i = 0; i < enum_count<Strategy>; ++i) {
    if (keys_of_strategy[i].find(key) == std::string_view::npos) continue;
    words += (words.empty() ? "" : ", ") + std::string(enum_names<Strategy>[i]);
  }
  return in_quotes(key) + " goes with: " + words;
}

void check_keys(ObjectReader& in, Strategy strategy) {
  for (const std::string_view key : deceit_keys) {
    const std::string_view own = keys_of_strategy[static_cast<std::size_t>(strategy)];
    if (!in.has(key) || own.find(key) != std::string_view::npos) continue;
    in.error(key, ErrorCode::contradiction,
             in_quotes(enum_name(strategy)) + " has no " + in_quotes(key), strategies_with(key));
  }
}

// The types of messages that it is about.
std::vector<std::string> types_lied_about(const Context& context, const Action& action) {
  if (!action.message.empty()) return {action.message};
  return context.protocol->messages;
}

std::vector<std::string> fields_of_types(const Context& context,
                                         const std::vector<std::string>& types) {
  std::vector<std::string> known;
  for (const std::string& type : types) {
    const auto fields = context.protocol->fields.find(type);
    if (fields == context.protocol->fields.end()) continue;
    known.insert(known.end(), fields->second.begin(), fields->second.end());
  }
  std::sort(known.begin(), known.end());  // a total order: equal names cannot be told apart
  known.erase(std::unique(known.begin(), known.end()), known.end());
  return known;
}

void check_field(Context& context, const Value& field, const Action& action) {
  if (context.protocol == nullptr || !context.protocol->check_lie) return;
  const Deceit& deceit = *action.deceit;
  const std::vector<std::string> types = types_lied_about(context, action);
  const std::vector<std::string> known = fields_of_types(context, types);
  const std::string top = deceit.field.substr(0, deceit.field.find('.'));
  if (!std::ranges::binary_search(known, top)) {
    return report_unknown(context, field.at, ErrorCode::unknown_parameter, "field", top, known);
  }
  const std::vector<std::string> names = context.scenario.names();
  const Value* constant = deceit.value ? &*deceit.value : nullptr;
  const bool possible = std::ranges::any_of(types, [&](const std::string& type) {
    return context.protocol->check_lie(type, deceit.field, constant, names);
  });
  if (possible) return;
  const SourcePosition at = constant != nullptr ? constant->at : field.at;
  const std::string what = in_quotes(deceit.field);
  context.diagnostics.error(ErrorCode::out_of_range, at,
                            constant != nullptr ? what + " cannot be " + to_json(*constant)
                                                : what + " is of a kind that cannot be altered",
                            constant != nullptr ? "" : "give the \"value\" that it is to have");
}

void read_field_and_value(Context& context, ObjectReader& in, Action& action) {
  Deceit& deceit = *action.deceit;
  if (const Value* value = in.take("value")) deceit.value = *value;
  const Value* field = deceit.value ? in.require("field") : in.take("field");
  if (field == nullptr) return;
  deceit.field = read_string(*field, "\"field\"", context.diagnostics).value_or("");
  if (!deceit.field.empty()) check_field(context, *field, action);
}

void read_amounts(Context& context, ObjectReader& in, const Value& value, Deceit& deceit) {
  deceit.by = in.optional_integer("by", -largest_integer, largest_integer);
  if (deceit.by == 0) in.error("by", ErrorCode::out_of_range, "\"by\" 0 changes nothing");
  deceit.wait = in.parsed("wait", parse_distribution);
  if (deceit.wait && !can_be_positive(*deceit.wait)) {
    in.error("wait", ErrorCode::out_of_range, "to \"wait\" no time changes nothing");
  }
  if (deceit.strategy != Strategy::delay || in.has("wait")) return;
  context.diagnostics.error(ErrorCode::contradiction, value.at, "\"delay\" needs \"wait\"",
                            "say how long its messages are held back: \"wait\": \"50ms\"");
}

void read_alias(Context& context, ObjectReader& in, Action& action) {
  const Value* as = in.take("as");
  if (as == nullptr) return;
  const auto node = read_node(context, *as, "\"as\"");
  if (!node) return;
  action.deceit->as = *node;
  if (action.target.nodes == std::vector<NodeId>{*node}) {
    in.error("as", ErrorCode::contradiction, "a message in one's own name is not forged");
  }
}

bool names_one(const Selector& selector) {
  return selector.kind == Selector::Kind::nodes && selector.nodes.size() == 1;
}

void check_numbers(ObjectReader& in, const Action& action) {
  if (lies_by(action, Strategy::collude) && names_one(action.target)) {
    in.error("node", ErrorCode::contradiction, "one node has nobody to collude with");
  }
  if (lies_by(action, Strategy::equivocate) && names_one(action.to)) {
    in.error("to", ErrorCode::contradiction, "it takes two to tell different things to");
  }
  if (names_one(action.to) && action.to.nodes == action.target.nodes) {
    in.error("to", ErrorCode::contradiction, "a node has no link to itself",
             "a message to oneself meets no network");
  }
}

}  // namespace

void read_byzantine(Context& context, const Value& value, Action& action) {
  ObjectReader in(value, "\"byzantine\"", context.diagnostics);
  if (!in.is_object()) return;
  read_node_key(context, in, action);
  in.require("strategy");
  const auto strategy = in.choice<Strategy>("strategy");
  if (const Value* to = in.take("to")) {
    action.to = read_selector(context, *to, "\"to\"", Scope::endpoints);
  }
  read_rule_keys(context, in, action);
  in.at_most_one_of({"value", "by"});
  for (const std::string_view key : deceit_keys) in.take(key);
  if (strategy) {
    action.deceit.emplace().strategy = *strategy;
    check_keys(in, *strategy);
    read_field_and_value(context, in, action);
    read_amounts(context, in, value, *action.deceit);
    read_alias(context, in, action);
    check_numbers(in, action);
  }
  in.finish();
}

}  // namespace quorate::loader
