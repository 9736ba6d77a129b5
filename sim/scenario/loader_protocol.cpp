// The `protocol` part: which protocol, its nodes and who plays what, parameters, bugs, first state.
#include <algorithm>

#include "sim/scenario/loader_context.hpp"

namespace quorate::loader {
namespace {

// Beyond this many nodes a product of two counts would not fit; nobody has the memory anyway.
constexpr std::int64_t countable = 100'000'000;

// ---- nodes and roles ----------------------------------------------------------------------------

bool too_many(Context& context, std::int64_t count, SourcePosition at) {
  if (count <= std::int64_t{context.options.max_nodes}) return false;
  const auto nodes = static_cast<std::uint64_t>(count);
  const std::string size =
      count > countable ? "more than 1 EB" : bytes_in_words(nodes * nodes * Network::bytes_of_link);
  context.diagnostics.error(
      ErrorCode::over_budget, at,
      std::to_string(count) + " nodes are more than " + std::to_string(context.options.max_nodes),
      "the links between them would take " + size);
  return true;
}

void add_node(Context& context, const std::string& name, SourcePosition at, std::uint32_t plays) {
  const NodeId id{static_cast<std::uint32_t>(context.scenario.nodes.size())};
  if (context.ids.try_emplace(name, id).second) {
    context.scenario.nodes.push_back({name, plays});
  } else {
    context.diagnostics.error(ErrorCode::name_taken, at,
                              "there are two nodes named " + in_quotes(name));
  }
}

void read_node_list(Context& context, const Value& value, std::uint32_t plays) {
  if (value.items.empty()) {
    context.diagnostics.error(ErrorCode::out_of_range, value.at,
                              "a scenario needs at least one node");
  }
  if (too_many(context, static_cast<std::int64_t>(value.items.size()), value.at)) return;
  for (const Value& item : value.items) {
    const auto name = read_name(item, "a node's name", context.diagnostics);
    if (name) add_node(context, *name, item.at, plays);
  }
}

void read_node_count(Context& context, const Value& value, std::uint32_t plays) {
  if (value.integer < 1) {
    context.diagnostics.error(
        ErrorCode::out_of_range, value.at,
        "a scenario needs at least one node, not " + std::to_string(value.integer));
    return;
  }
  if (too_many(context, value.integer, value.at)) return;
  for (std::int64_t i = 1; i <= value.integer; ++i) {
    add_node(context, "n" + std::to_string(i), value.at, plays);
  }
}

void read_declared_nodes(Context& context, const Value& value, std::uint32_t plays) {
  if (value.kind == Value::Kind::integer) return read_node_count(context, value, plays);
  if (value.kind == Value::Kind::array) return read_node_list(context, value, plays);
  context.diagnostics.error(
      ErrorCode::wrong_type, value.at,
      "\"nodes\" must be a count or an array of names, not " + std::string(kind_words(value.kind)));
}

// One node of a role's list. Where `nodes` declares who there is, a role may only name those.
void read_player(Context& context, const Value& item, std::uint32_t role, bool declared) {
  const auto name = read_name(item, "a node's name", context.diagnostics);
  if (!name) return;
  const std::uint32_t bit = std::uint32_t{1} << role;
  const auto found = context.ids.find(*name);
  if (found == context.ids.end()) {
    if (!declared) return add_node(context, *name, item.at, bit);
    report_unknown(context, item.at, ErrorCode::unknown_node, "node", *name, node_names(context));
    return;
  }
  std::uint32_t& plays = context.scenario.nodes[found->second.value].plays;
  if ((plays & bit) != 0) {
    context.diagnostics.error(ErrorCode::name_taken, item.at,
                              in_quotes(*name) + " has this role twice");
  }
  plays |= bit;
}

std::optional<std::uint32_t> find_role(Context& context, const Member& member) {
  if (context.protocol == nullptr) return 0;
  const std::vector<std::string> known = role_names(context);
  const auto found = std::find(known.begin(), known.end(), member.key);
  if (found != known.end()) return static_cast<std::uint32_t>(found - known.begin());
  report_unknown(context, member.key_at, ErrorCode::unknown_node, "role", member.key, known);
  return std::nullopt;
}

void read_roles(Context& context, const Value& value, bool declared) {
  if (!expect_kind(value, Value::Kind::object, "\"roles\"", context.diagnostics)) return;
  for (const Member& member : value.members) {
    const auto role = find_role(context, member);
    const std::string what = "role " + in_quotes(member.key);
    if (!role || !expect_kind(member.value, Value::Kind::array, what, context.diagnostics))
      continue;
    if (member.value.items.empty()) {
      context.diagnostics.error(ErrorCode::out_of_range, member.value.at,
                                what + " needs at least one node");
    }
    for (const Value& item : member.value.items) read_player(context, item, *role, declared);
  }
  if (too_many(context, static_cast<std::int64_t>(context.scenario.nodes.size()), value.at)) return;
  for (const ScenarioNode& node : context.scenario.nodes) {
    if (node.plays != 0) continue;
    context.diagnostics.error(ErrorCode::contradiction, value.at,
                              "node " + in_quotes(node.name) + " has no role");
  }
}

// Without `roles` every node plays all of them.
std::uint32_t every_role(const Context& context) {
  if (context.protocol == nullptr) return 1;
  return (std::uint32_t{1} << context.protocol->roles.size()) - 1;
}

void read_nodes_and_roles(Context& context, ObjectReader& in) {
  const std::size_t errors_before = context.diagnostics.errors();
  const Value* nodes = in.take("nodes");
  const Value* roles = in.take("roles");
  if (nodes == nullptr && roles == nullptr && in.is_object()) in.require("nodes");
  if (nodes != nullptr) {
    read_declared_nodes(context, *nodes, roles != nullptr ? 0 : every_role(context));
  }
  if (roles != nullptr) read_roles(context, *roles, nodes != nullptr);
  context.nodes_known = context.diagnostics.errors() == errors_before;
  if (context.nodes_known && context.scenario.nodes.empty() && roles != nullptr) {
    context.diagnostics.error(ErrorCode::out_of_range, roles->at,
                              "a scenario needs at least one node");
  }
}

// ---- parameters and first state -----------------------------------------------------------------

// False, after an error, where a quantity lacks its unit or does not parse.
bool check_quantity(Context& context, const ParamInfo& param, const Value& value) {
  const std::string what = in_quotes(param.name);
  if (param.type == "duration") {
    return read_parsed(value, what, parse_duration, context.diagnostics).has_value();
  }
  if (param.type == "distribution") {
    return read_parsed(value, what, parse_distribution, context.diagnostics).has_value();
  }
  if (param.type == "probability") {
    return read_parsed(value, what, parse_probability, context.diagnostics).has_value();
  }
  return true;
}

// False, after an error, where there is a sentence about what is wrong.
bool report_sentence(Context& context, const Member& member, const std::string& sentence) {
  if (sentence.empty()) return true;
  context.diagnostics.error(ErrorCode::malformed_value, member.value.at,
                            in_quotes(member.key) + ": " + sentence);
  return false;
}

void check_range(Context& context, const ParamInfo& param, const Value& value, NodeNames names) {
  const ProtocolInfo& protocol = *context.protocol;
  if (!protocol.param_in_range || protocol.param_in_range(param.name, value, names)) return;
  context.diagnostics.error(ErrorCode::out_of_range, value.at,
                            in_quotes(param.name) + " must be " + param.range);
}

void check_param(Context& context, const Member& member, NodeNames names) {
  const std::vector<ParamInfo>& params = context.protocol->params;
  const auto found = std::find_if(params.begin(), params.end(),
                                  [&](const ParamInfo& param) { return param.name == member.key; });
  if (found == params.end()) {
    return report_unknown(context, member.key_at, ErrorCode::unknown_parameter, "parameter",
                          member.key, names_of(params));
  }
  if (!check_quantity(context, *found, member.value) || !context.protocol->check_param) return;
  const std::string wrong = context.protocol->check_param(member.key, member.value, names);
  if (report_sentence(context, member, wrong)) check_range(context, *found, member.value, names);
}

void check_params(Context& context, const Value& value, std::string_view what, NodeNames names) {
  if (!expect_kind(value, Value::Kind::object, what, context.diagnostics)) return;
  if (context.protocol == nullptr) return;
  for (const Member& member : value.members) check_param(context, member, names);
}

const Member* find_member(const Value& object, std::string_view key) {
  const auto found = std::ranges::find(object.members, key, &Member::key);
  return found == object.members.end() ? nullptr : &*found;
}

// The objects that set parameters of a node, a later one over an earlier one.
std::vector<const Value*> set_at(const Context& context, NodeId node) {
  std::vector<const Value*> set{&context.scenario.params};
  const auto own = context.scenario.node_params.find(node);
  if (own != context.scenario.node_params.end()) set.push_back(&own->second);
  return set;
}

// Points at where the last of the parameters is set.
void report_conflict(Context& context, const ParamConflict& conflict) {
  const Value* protocol = context.scenario.source.find("protocol");
  SourcePosition at = protocol != nullptr ? protocol->at : SourcePosition{};
  for (const Value* object : set_at(context, conflict.node)) {
    if (!object->members.empty()) at = object->at;
    const Member* member = find_member(*object, conflict.name);
    if (member != nullptr) at = member->value.at;
  }
  const Value* other = protocol != nullptr ? protocol->find(conflict.name) : nullptr;
  if (other != nullptr) at = other->at;  // "initial"
  context.diagnostics.error(ErrorCode::contradiction, at,
                            in_quotes(conflict.name) + ": " + conflict.sentence, conflict.hint);
}

std::vector<std::string> fields_at(const Context& context, NodeId node) {
  std::vector<std::string> result;
  for (std::size_t i = 0; i < context.protocol->roles.size(); ++i) {
    if ((context.scenario.nodes[node.value].plays >> i & 1) == 0) continue;
    const std::vector<std::string>& fields = context.protocol->roles[i].fields;
    result.insert(result.end(), fields.begin(), fields.end());
  }
  return result;
}

void check_initial(Context& context, NodeId node, const Value& value, NodeNames names) {
  if (!expect_kind(value, Value::Kind::object, "a node's first state", context.diagnostics)) return;
  if (context.protocol == nullptr) return;
  const std::vector<std::string> known = fields_at(context, node);
  for (const Member& member : value.members) {
    if (std::find(known.begin(), known.end(), member.key) == known.end()) {
      report_unknown(context, member.key_at, ErrorCode::unknown_parameter, "field", member.key,
                     known);
    } else if (context.protocol->check_initial) {
      report_sentence(context, member,
                      context.protocol->check_initial(member.key, member.value, names));
    }
  }
}

// ---- bugs ---------------------------------------------------------------------------------------

bool check_bug(Context& context, const Value& value) {
  if (context.protocol == nullptr) return true;
  return check_name(context, value, ErrorCode::unknown_parameter, "bug",
                    names_of(context.protocol->bugs));
}

BugSwitch read_bug(Context& context, const Value& value) {
  BugSwitch bug;
  if (value.kind == Value::Kind::string) {
    check_bug(context, value);
    bug.name = value.text;
    bug.at = value.at;
    return bug;
  }
  ObjectReader in(value, "a bug", context.diagnostics);
  bug.at = value.at;
  if (const Value* name = in.require("bug")) {
    bug.name = read_string(*name, "\"bug\"", context.diagnostics).value_or("");
    if (name->kind == Value::Kind::string) check_bug(context, *name);
  }
  in.at_most_one_of({"node", "nodes"});
  for (const std::string_view key : {"node", "nodes"}) {
    const Value* nodes = in.take(key);
    if (nodes != nullptr) bug.nodes = read_nodes(context, *nodes, in_quotes(key), Scope::nodes);
  }
  bug.from = Time{} + in.duration_or("from", {});
  if (const auto until = in.optional_duration("until")) {
    bug.until = Time{} + *until;
    if (bug.until <= bug.from) {
      in.error("until", ErrorCode::contradiction, "\"until\" must be later than \"from\"");
    }
  }
  in.finish();
  return bug;
}

bool holds(const Context& context, const ParamValue& wanted, NodeId node, NodeNames names) {
  const std::string text = context.protocol->param_text(wanted.param, set_at(context, node), names);
  const bool quoted = text.starts_with('"');
  const std::string_view value = std::string_view(text).substr(quoted ? 1 : 0);
  return (value.substr(0, value.size() - (quoted ? 1 : 0)) == wanted.value) == wanted.is;
}

// One that no node's parameters let act would pass for one that does no harm. What nodes hold at
// the start may let it act all the same.
void check_bug_acts(Context& context, const BugSwitch& bug) {
  const std::vector<std::string> names = node_names(context);
  std::vector<NodeId> nodes = bug.nodes;
  if (nodes.empty()) nodes = node_range(0, static_cast<std::uint32_t>(names.size()));
  for (const BugNeed& need : context.protocol->bug_needs) {
    if (need.bug != bug.name) continue;
    const bool acts = std::ranges::any_of(nodes, [&](NodeId node) {
      return std::ranges::any_of(
          need.any, [&](const ParamValue& one) { return holds(context, one, node, names); });
    });
    if (acts) continue;
    return context.diagnostics.error(
        ErrorCode::contradiction, bug.at,
        "bug " + in_quotes(bug.name) + " acts only where " + words_of(need),
        "set that under \"params\", or leave the mistake out");
  }
}

void read_use(Context& context, ObjectReader& in) {
  if (const Value* use = in.require("use")) {
    context.scenario.protocol = read_string(*use, "\"use\"", context.diagnostics).value_or("");
  }
}

}  // namespace

void check_params_together(Context& context) {
  if (context.protocol == nullptr || !context.params_right || !context.nodes_known) return;
  const ProtocolInfo& protocol = *context.protocol;
  if (protocol.check_together) {
    if (const auto conflict = protocol.check_together(context.scenario)) {
      report_conflict(context, *conflict);
    }
  }
  if (!context.scenario.initial.empty()) return;
  for (const BugSwitch& bug : context.scenario.bugs) check_bug_acts(context, bug);
  for (const Fault& fault : context.scenario.faults) {
    for (const std::string& bug : fault.action.bugs) {
      check_bug_acts(context, {bug, {}, {}, Time::never(), fault.at});
    }
  }
}

void read_version(Context& context, ObjectReader& in, Action& action) {
  each_item(context, in, "bugs", [&](const Value& item, std::size_t) {
    const auto name = read_string(item, "a bug", context.diagnostics);
    if (!name || !check_bug(context, item)) return;
    const bool of_disk =
        context.protocol != nullptr && std::ranges::count(context.protocol->disk_bugs, *name) != 0;
    if (!of_disk) return action.bugs.push_back(*name);
    context.diagnostics.error(ErrorCode::contradiction, item.at,
                              in_quotes(*name) +
                                  " is a mistake of what a node keeps on its disk, "
                                  "which its next version finds there",
                              "put it under \"bugs\" of the protocol, or leave it out");
  });
}

void read_protocol(Context& context, ObjectReader& top) {
  const Value* value = top.take("protocol");
  if (value == nullptr) return;  // its absence is already known
  Scenario& scenario = context.scenario;
  ObjectReader in(*value, "\"protocol\"", context.diagnostics);
  read_use(context, in);
  read_nodes_and_roles(context, in);
  const std::vector<std::string> names = node_names(context);
  const std::size_t errors_before = context.diagnostics.errors();
  if (const Value* params = in.take("params")) {
    check_params(context, *params, "\"params\"", names);
    scenario.params = *params;
  }
  each_node(context, in.take("node_params"), "\"node_params\"", [&](NodeId node, const Value& own) {
    check_params(context, own, "a node's parameters", names);
    scenario.node_params.emplace(node, own);
  });
  context.params_right = context.diagnostics.errors() == errors_before;
  each_node(context, in.take("initial"), "\"initial\"", [&](NodeId node, const Value& own) {
    check_initial(context, node, own, names);
    scenario.initial.emplace(node, own);
  });
  if (const Value* members = in.take("members")) {
    scenario.members = read_nodes(context, *members, "\"members\"", Scope::nodes);
    // A total order, for equal nodes cannot be told apart. The last one is the highest.
    std::sort(scenario.members.begin(), scenario.members.end());
  }
  each_item(context, in, "bugs", [&](const Value& item, std::size_t) {
    scenario.bugs.push_back(read_bug(context, item));
  });
  in.finish();
}

}  // namespace quorate::loader
