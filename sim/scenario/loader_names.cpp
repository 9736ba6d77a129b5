// Names of nodes, roles and whatever else a protocol knows, and the selectors made of them.
#include <algorithm>

#include "sim/scenario/loader_context.hpp"

namespace quorate::loader {
namespace {

constexpr std::size_t listed_at_most = 24;

std::string list_of(std::string_view noun, const std::vector<std::string>& known,
                    std::string_view elsewhere) {
  if (known.empty()) return "there is no " + std::string(noun) + " here";
  if (known.size() > listed_at_most) return std::string(elsewhere);
  std::string text = "known:";
  for (const std::string& name : known) text += (text.back() == ':' ? " " : ", ") + name;
  return text;
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void append(std::vector<std::string>& names, const std::vector<std::string>& more) {
  names.insert(names.end(), more.begin(), more.end());
}

std::vector<NodeId> players_of(const Context& context, std::string_view role) {
  std::uint32_t bit = 0;
  while (context.protocol->roles[bit].name != role) ++bit;
  std::vector<NodeId> result;
  for (std::uint32_t i = 0; i < context.scenario.nodes.size(); ++i) {
    if ((context.scenario.nodes[i].plays >> bit & 1) != 0) result.push_back(NodeId{i});
  }
  return result;
}

// A short name for many nodes costs a few bytes in a file and thousands in memory, so what all of
// them stand for is limited.
std::vector<NodeId> within_reason(Context& context, SourcePosition at, std::vector<NodeId> nodes) {
  constexpr std::uint64_t most = 5'000'000;
  const bool before = context.named <= most;
  context.named += nodes.size();
  if (context.named <= most) return nodes;
  if (before) {
    context.diagnostics.error(ErrorCode::over_budget, at,
                              "all \"*\" and roles together stand for more than 5,000,000 nodes");
  }
  return {};
}

std::vector<NodeId> all_nodes(const Context& context) {
  std::vector<NodeId> result;
  for (std::uint32_t i = 0; i < context.scenario.nodes.size(); ++i) result.push_back(NodeId{i});
  return result;
}

// The node or client, after an error where there is none of this name,
// or a client may not stand here.
std::optional<NodeId> find(Context& context, const Value& value, Scope scope,
                           const std::vector<std::string>& others) {
  const auto found = context.ids.find(value.text);
  if (found == context.ids.end()) {
    if (!context.nodes_known || context.protocol == nullptr) return std::nullopt;
    std::vector<std::string> known = node_names(context);
    if (scope == Scope::endpoints) append(known, context.scenario.clients);
    append(known, others);
    report_unknown(context, value.at, ErrorCode::unknown_node, "node", value.text, known);
    return std::nullopt;
  }
  if (scope == Scope::endpoints || !context.is_client(found->second)) return found->second;
  context.diagnostics.error(ErrorCode::unknown_node, value.at,
                            in_quotes(value.text) + " is a client; a node is wanted here");
  return std::nullopt;
}

std::vector<NodeId> read_list(Context& context, const Value& value, std::string_view what,
                              Scope scope) {
  std::vector<NodeId> result;
  if (value.items.empty()) {
    context.diagnostics.error(ErrorCode::out_of_range, value.at,
                              std::string(what) + " names nobody");
  }
  NodeSet seen;
  for (const Value& item : value.items) {
    if (!expect_kind(item, Value::Kind::string, "an item of " + std::string(what),
                     context.diagnostics)) {
      continue;
    }
    const auto id = find(context, item, scope, {});
    if (!id) continue;
    if (seen.insert(*id)) {
      result.push_back(*id);
    } else {
      context.diagnostics.error(ErrorCode::name_taken, item.at,
                                std::string(what) + " names " + in_quotes(item.text) + " twice");
    }
  }
  return result;
}

bool is_string_or_list(Context& context, const Value& value, std::string_view what) {
  if (value.kind == Value::Kind::string || value.kind == Value::Kind::array) return true;
  context.diagnostics.error(ErrorCode::wrong_type, value.at,
                            std::string(what) + " must be a node or an array of nodes, not " +
                                std::string(kind_words(value.kind)));
  return false;
}

bool has_leader(const Context& context) {
  const std::vector<std::string> roles = role_names(context);
  return !context.protocol->leader_status.empty() || contains(roles, "leader") ||
         contains(roles, "coordinator");
}

// "$leader", "$coordinator", "$kill.node".
Selector read_reference(Context& context, const Value& value) {
  const std::string_view name = std::string_view(value.text).substr(1);
  if (name == "leader" || name == "coordinator") {
    if (context.protocol != nullptr && !has_leader(context)) {
      context.diagnostics.error(ErrorCode::unknown_node, value.at,
                                "a node of " + context.protocol->name + " is never a leader");
    }
    return {Selector::Kind::leader, {}, {}};
  }
  const std::string_view suffix = ".node";
  if (!name.ends_with(suffix) || name.size() == suffix.size()) {
    context.diagnostics.error(ErrorCode::unknown_node, value.at,
                              "unknown selector " + in_quotes(value.text),
                              "\"$leader\", \"$coordinator\" or \"$ID.node\": whom fault ID hit");
    return {};
  }
  const std::string id(name.substr(0, name.size() - suffix.size()));
  if (id == context.fault) {
    context.diagnostics.error(ErrorCode::contradiction, value.at,
                              "a fault cannot aim at whom it hit itself");
  }
  context.references.push_back({id, value.at, FaultReference::Use::named});
  return {Selector::Kind::fault_node, {}, id};
}

// "random" and "random follower"; `picked` is what follows "random ".
Selector read_random(Context& context, const Value& value, std::string_view picked) {
  std::vector<std::string> known = role_names(context);
  append(known, status_names(context));
  if (!picked.empty() && context.protocol != nullptr && !contains(known, picked)) {
    report_unknown(context, value.at, ErrorCode::unknown_node, "role or status", picked, known);
  }
  return {Selector::Kind::random, {}, std::string(picked)};
}

Selector read_word(Context& context, const Value& value, Scope scope) {
  const std::string& word = value.text;
  if (word == "*") return {Selector::Kind::all, {}, {}};
  if (word.starts_with('$')) return read_reference(context, value);
  if (!context.ids.contains(word)) {
    if (word == "random") return read_random(context, value, {});
    if (word.starts_with("random ")) return read_random(context, value, value.text.substr(7));
    std::vector<std::string> words = role_names(context);
    append(words, status_names(context));
    if (contains(words, word)) return {Selector::Kind::role, {}, word};
    const auto region = context.regions.find(word);
    if (region != context.regions.end()) return {Selector::Kind::nodes, region->second, {}};
    for (const auto& [name, nodes] : context.regions) words.push_back(name);
    append(words, {"random", "$leader"});
    find(context, value, scope, words);
    return {};
  }
  const auto id = find(context, value, scope, {});
  if (!id) return {};
  return {Selector::Kind::nodes, {*id}, {}};
}

}  // namespace

std::vector<std::string> role_names(const Context& context) {
  if (context.protocol == nullptr) return {};
  return names_of(context.protocol->roles);
}

std::vector<std::string> status_names(const Context& context) {
  std::vector<std::string> result;
  if (context.protocol == nullptr) return result;
  for (const RoleInfo& role : context.protocol->roles) append(result, role.statuses);
  return result;
}

std::vector<std::string> node_names(const Context& context) {
  return names_of(context.scenario.nodes);
}

void report_unknown(Context& context, SourcePosition at, ErrorCode code, std::string_view noun,
                    std::string_view word, const std::vector<std::string>& known,
                    std::string_view elsewhere) {
  // Beyond what is kept an error is only counted, so hints for it would be wasted time.
  std::string hint;
  if (context.diagnostics.errors() < Diagnostics::max_kept) {
    hint = did_you_mean(word, known);
    if (hint.empty()) hint = list_of(noun, known, elsewhere);
  }
  context.diagnostics.error(code, at, "unknown " + std::string(noun) + " " + in_quotes(word), hint);
}

bool check_name(Context& context, const Value& value, ErrorCode code, std::string_view noun,
                const std::vector<std::string>& known, std::string_view elsewhere) {
  if (!expect_kind(value, Value::Kind::string, "the " + std::string(noun), context.diagnostics)) {
    return false;
  }
  if (contains(known, value.text)) return true;
  report_unknown(context, value.at, code, noun, value.text, known, elsewhere);
  return false;
}

std::optional<NodeId> read_node(Context& context, const Value& value, std::string_view what) {
  if (!expect_kind(value, Value::Kind::string, what, context.diagnostics)) return std::nullopt;
  return find(context, value, Scope::nodes, {});
}

std::vector<NodeId> read_nodes(Context& context, const Value& value, std::string_view what,
                               Scope scope) {
  if (!is_string_or_list(context, value, what)) return {};
  if (value.kind == Value::Kind::array) return read_list(context, value, what, scope);
  if (value.text == "*") return within_reason(context, value.at, all_nodes(context));
  const std::vector<std::string> roles = role_names(context);
  const bool is_node = context.ids.contains(value.text);
  if (!is_node && contains(roles, value.text)) {
    return within_reason(context, value.at, players_of(context, value.text));
  }
  const auto region = context.regions.find(value.text);
  if (!is_node && region != context.regions.end()) return region->second;
  const std::vector<std::string> statuses = status_names(context);
  const bool is_dynamic = value.text.starts_with('$') || value.text.starts_with("random") ||
                          contains(statuses, value.text);
  if (!is_node && is_dynamic) {
    context.diagnostics.error(ErrorCode::unknown_node, value.at,
                              std::string(what) + " cannot be " + in_quotes(value.text),
                              "who that is changes during a run; name nodes, a role or \"*\"");
    return {};
  }
  const auto id = find(context, value, scope, roles);
  if (!id) return {};
  return {*id};
}

Selector read_selector(Context& context, const Value& value, std::string_view what, Scope scope) {
  if (!is_string_or_list(context, value, what)) return {};
  if (value.kind == Value::Kind::string) return read_word(context, value, scope);
  return {Selector::Kind::nodes, read_list(context, value, what, scope), {}};
}

void each_node(Context& context, const Value* object, std::string_view what,
               const std::function<void(NodeId node, const Value& value)>& read) {
  if (object == nullptr) return;
  if (!expect_kind(*object, Value::Kind::object, what, context.diagnostics)) return;
  for (const Member& member : object->members) {
    Value name = Value::of(member.key);
    name.at = member.key_at;
    const auto node = read_node(context, name, "a node");
    if (node) read(*node, member.value);
  }
}

void each_item(Context& context, ObjectReader& in, std::string_view key,
               const std::function<void(const Value& item, std::size_t index)>& read) {
  constexpr std::size_t most = 10'000;
  const Value* list = in.take(key);
  if (list != nullptr && list->items.size() > most) {
    context.diagnostics.error(ErrorCode::over_budget, list->at,
                              in_quotes(key) + " has " + std::to_string(list->items.size()) +
                                  " items; it may have at most 10,000");
    return;
  }
  in.each(key, read);
}

void refer_to_fault(Context& context, const Value& value, FaultReference::Use use) {
  if (!expect_kind(value, Value::Kind::string, "a fault's id", context.diagnostics)) return;
  context.references.push_back({value.text, value.at, use});
}

}  // namespace quorate::loader
