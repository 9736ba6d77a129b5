// What a fault does: one function for each verb.
#include <algorithm>

#include "sim/base/name_list.hpp"
#include "sim/scenario/loader_context.hpp"

namespace quorate::loader {
namespace {

// An action whose value is a selector, or an object with "node" and more.
void read_target(Context& context, const Value& value, Action& action, std::string_view what,
                 Scope scope = Scope::nodes) {
  action.target = read_selector(context, value, what, scope);
}

// ---- nodes --------------------------------------------------------------------------------------

// true, which is 1, or at which such moment.
std::optional<std::uint32_t> read_nth(Context& context, ObjectReader& in, std::string_view key) {
  const Value* const value = in.take(key);
  if (value == nullptr) return std::nullopt;
  if (value->kind == Value::Kind::boolean) return is_true(in, key) ? 1U : 0U;
  const std::string what = in_quotes(key);
  if (value->kind != Value::Kind::integer) {
    context.diagnostics.error(ErrorCode::wrong_type, value->at,
                              what + " must be true or at which such moment, 1 being the next one");
    return std::nullopt;
  }
  const auto nth = read_integer(*value, what, 1, 1'000'000, context.diagnostics);
  return nth ? std::optional(static_cast<std::uint32_t>(*nth)) : std::nullopt;
}

// A crash inside a handler or a write is a node's matter, as is what is on a disk.
void check_no_client(Context& context, const Value& value, const Action& action,
                     std::string_view why) {
  for (const NodeId target : action.target.nodes) {
    if (!context.is_client(target)) continue;
    const std::string name = in_quotes(context.scenario.names()[target.value]);
    context.diagnostics.error(ErrorCode::contradiction, value.at,
                              name + " is a client, which has no " + std::string(why),
                              in_quotes(enum_name(action.verb)) + ": " + name + " alone");
    return;
  }
}

void read_crash(Context& context, const Value& value, Action& action) {
  if (value.kind != Value::Kind::object) {
    return read_target(context, value, action, "\"crash\"", Scope::endpoints);
  }
  ObjectReader in(value, "\"crash\"", context.diagnostics);
  read_node_key(context, in, action, Scope::endpoints);
  in.at_most_one_of({"after_sends", "before_persist", "during_persist", "after_persist",
                     "sync_error", "short_write"});
  if (in.has("after_sends")) action.moment = CrashMoment::after_sends;
  action.nth = in.integer_or<std::uint32_t>("after_sends", 1, 1, 1'000'000);
  for (const CrashMoment moment :
       {CrashMoment::before_persist, CrashMoment::during_persist, CrashMoment::after_persist,
        CrashMoment::sync_error, CrashMoment::short_write}) {
    if (const auto nth = read_nth(context, in, enum_name(moment))) {
      action.moment = moment;
      action.nth = *nth;
    }
  }
  if (const Value* message = in.take("message")) {
    action.message = read_message(context, *message);
    if (action.moment != CrashMoment::after_sends) {
      in.error("message", ErrorCode::contradiction,
               "\"message\" is counted by \"after_sends\" only");
    }
  }
  if (action.moment) check_no_client(context, value, action, "handlers and no disk");
  in.finish();
}

void read_restart(Context& context, const Value& value, Action& action) {
  if (value.kind != Value::Kind::object) {
    return read_target(context, value, action, "\"restart\"", Scope::endpoints);
  }
  ObjectReader in(value, "\"restart\"", context.diagnostics);
  read_node_key(context, in, action, Scope::endpoints);
  action.amnesia = in.boolean_or("amnesia", false);
  read_version(context, in, action);
  if (action.amnesia) check_no_client(context, value, action, "disk");
  if (!action.bugs.empty()) check_no_client(context, value, action, "code of a protocol");
  in.finish();
}

// Of a list of names, "n1 n4..n6", each and their order.
void check_value_names_nodes(Context& context, const Value& value) {
  const std::vector<std::string> names = node_names(context);
  const auto known = [&](std::string_view name) {
    Value word = value;
    word.text = name;
    return check_name(context, word, ErrorCode::unknown_node, "node", names);
  };
  const std::vector<NameRange> ranges = name_ranges(value.text);
  for (const NameRange& range : ranges) {
    if (!known(range.first) || (range.last != range.first && !known(range.last))) return;
  }
  if (!nodes_named(value.text, names).empty()) return;
  context.diagnostics.error(
      ErrorCode::contradiction, value.at,
      ranges.empty() ? "it names no node" : "a range of nodes ends before it begins");
}

// What an operator asks about a node that is not there would change nothing, and say nothing.
void check_value_names_node(Context& context, ObjectReader& in, const Operation& operation) {
  if (context.protocol == nullptr || !context.nodes_known) return;
  if (operation.verb.view() == context.protocol->names_nodes && !operation.verb.empty()) {
    const Value* value = in.require("value");
    if (value != nullptr && value->kind == Value::Kind::string) {
      check_value_names_nodes(context, *value);
    }
    return;
  }
  const auto& verbs = context.protocol->names_node;
  if (std::ranges::find(verbs, operation.verb.view()) == verbs.end()) return;
  if (const Value* value = in.require("value")) {
    check_name(context, *value, ErrorCode::unknown_node, "node", node_names(context));
  }
}

// What only an operator asks for.
std::vector<std::string> operators_words(const Context& context) {
  if (context.protocol == nullptr) return {};
  std::vector<std::string> words = context.protocol->names_node;
  if (!context.protocol->names_nodes.empty()) words.push_back(context.protocol->names_nodes);
  return words;
}

void read_request(Context& context, const Value& value, Action& action) {
  ObjectReader in(value, "\"request\"", context.diagnostics);
  if (in.is_object()) {
    read_node_key(context, in, action);
    action.operation = read_operation(context, in, operators_words(context));
    check_value_names_node(context, in, action.operation);
  }
  in.finish();
}

// What is done once to the disks of nodes that are down.
void read_disk_harm(Context& context, ObjectReader& in, DiskAct act, Action& action) {
  action.harm.emplace().act = act;
  if (act == DiskAct::truncate) {
    action.harm->entries = in.integer_or<std::uint64_t>("truncate", 1, 1, 1'000'000'000);
  } else if (act == DiskAct::swap) {
    const auto other = read_node(context, *in.take("swap"), "\"swap\"");
    if (other) action.harm->other = *other;
    if (other && action.target.nodes == std::vector<NodeId>{*other}) {
      in.error("swap", ErrorCode::contradiction, "a disk cannot be exchanged for itself");
    }
  } else {
    is_true(in, enum_name(act));
  }
}

void read_disk_change(Context& context, const Value& value, Action& action) {
  ObjectReader in(value, "\"disk\" of a fault", context.diagnostics);
  if (!in.is_object()) return;
  read_node_key(context, in, action);
  const std::string_view what =
      in.one_of({"sync", "stall", "lie", "full", "read_only", "rot", "misdirect", "truncate",
                 "swap", "snapshot", "restore", "read_error", "short_read", "misread"});
  action.sync = in.parsed("sync", parse_distribution);
  if (is_true(in, "stall")) action.stall = true;
  if (is_true(in, "lie")) action.lie = true;
  if (is_true(in, "full")) action.full = true;
  if (is_true(in, "read_only")) action.read_only = true;
  if (const auto act = enum_value<DiskAct>(what)) read_disk_harm(context, in, *act, action);
  in.finish();
}

// What is said of how long handlers take, or of the node's memory.
void read_node_work(Context& context, const Value& value, Action& action) {
  ObjectReader in(value, "\"node\"", context.diagnostics);
  if (!in.is_object()) return;
  read_node_key(context, in, action);
  action.cost = in.parsed("cost", parse_distribution);
  if (const auto slow = in.optional_integer("slow", 1, 1'000'000)) {
    action.slow = static_cast<std::uint32_t>(*slow);
  }
  action.scramble = is_true(in, "scramble");
  if (action.scramble && (in.has("cost") || in.has("slow"))) {
    in.error("scramble", ErrorCode::contradiction,
             "what becomes of a node's memory has nothing to do with how long it takes",
             "write one fault for each");
  }
  if (!in.has("cost") && !in.has("slow") && !action.scramble) in.require("cost");
  if (!in.has("cost") && in.has("slow") && context.scenario.work.empty()) {
    in.error("slow", ErrorCode::contradiction, "no node's handlers take time, so none is slow",
             "say what a handler costs, with \"cost\" here or \"nodes\" in the scenario");
  }
  in.finish();
}

// ---- partitions ---------------------------------------------------------------------------------

void check_groups(Context& context, const Value& value, const Action& action) {
  NodeSet seen;
  for (const std::vector<NodeId>& group : action.groups) {
    for (const NodeId id : group) {
      if (seen.insert(id)) continue;
      context.diagnostics.error(
          ErrorCode::contradiction, value.at,
          in_quotes(context.scenario.names()[id.value]) + " is in two groups of a partition");
      return;
    }
  }
  // Whoever is in no group is in one with the others that are in none.
  const auto some = [](const std::vector<NodeId>& group) { return !group.empty(); };
  const auto groups = std::ranges::count_if(action.groups, some);
  const bool rest = seen.size() < context.scenario.nodes.size();
  if (groups + (rest ? 1 : 0) > 1 || !context.nodes_known) return;
  context.diagnostics.error(ErrorCode::contradiction, value.at,
                            "a partition with everybody in one group divides nobody");
}

void check_ring(Context& context, const Value& value, const Action& action) {
  const bool ring = action.shape == PartitionShape::majorities_ring;
  if (!ring || !context.nodes_known || context.scenario.nodes.size() >= 4) return;
  context.diagnostics.error(ErrorCode::contradiction, value.at,
                            "a ring of majorities takes at least 4 nodes");
}

void read_groups(Context& context, const Value& value, Action& action) {
  action.shape = PartitionShape::groups;
  if (!expect_kind(value, Value::Kind::array, "a partition's groups", context.diagnostics)) return;
  const std::size_t errors_before = context.diagnostics.errors();
  for (const Value& item : value.items) {
    if (!expect_kind(item, Value::Kind::array, "a group of a partition", context.diagnostics)) {
      continue;
    }
    action.groups.push_back(read_nodes(context, item, "a group", Scope::endpoints));
  }
  if (context.diagnostics.errors() == errors_before) check_groups(context, value, action);
}

void read_in_flight(ObjectReader& in, Action& action) {
  action.in_flight = in.choice<InFlight>("in_flight").value_or(action.in_flight);
}

// "random_halves" and "majorities_ring", alone or as a key.
void read_shape(Context& context, const Value& value, Action& action) {
  constexpr std::string_view words[] = {"random_halves", "majorities_ring"};
  const auto choice = read_choice(value, "\"partition\"", words, context.diagnostics);
  action.shape = choice == 1U ? PartitionShape::majorities_ring : PartitionShape::random_halves;
  check_ring(context, value, action);
}

void read_partition(Context& context, const Value& value, Action& action) {
  if (value.kind == Value::Kind::string) return read_shape(context, value, action);
  if (value.kind == Value::Kind::array) return read_groups(context, value, action);
  ObjectReader in(value, "\"partition\"", context.diagnostics);
  const std::string_view shape =
      in.one_of({"groups", "isolate", "bridge", "random_halves", "majorities_ring", "swizzle"});
  if (shape == "groups") read_groups(context, *in.take("groups"), action);
  if (shape == "random_halves" || shape == "majorities_ring") {
    action.shape = *enum_value<PartitionShape>(shape);
    is_true(in, shape);
    check_ring(context, value, action);
  }
  if (shape == "isolate" || shape == "bridge" || shape == "swizzle") {
    action.shape = *enum_value<PartitionShape>(shape);
    read_target(context, *in.take(shape), action, in_quotes(shape));
  }
  action.one_way = in.boolean_or("one_way", false);
  if (action.one_way && action.shape == PartitionShape::majorities_ring) {
    in.error("one_way", ErrorCode::contradiction, "a ring has no side that others do not hear");
  }
  read_in_flight(in, action);
  in.finish();
}

void read_ends(Context& context, ObjectReader& in, Action& action) {
  if (const Value* from = in.take("from")) {
    action.from = read_selector(context, *from, "\"from\"", Scope::endpoints);
  }
  if (const Value* to = in.take("to")) {
    action.to = read_selector(context, *to, "\"to\"", Scope::endpoints);
  }
  const bool one_pair = action.from.nodes.size() == 1 && action.from.nodes == action.to.nodes;
  if (one_pair) {
    in.error("to", ErrorCode::contradiction, "a node has no link to itself",
             "a message to oneself meets no network");
  }
}

void read_cut(Context& context, const Value& value, Action& action) {
  ObjectReader in(value, "\"cut\"", context.diagnostics);
  if (in.is_object() && !in.has("from") && !in.has("to")) in.require("from");
  read_ends(context, in, action);
  read_in_flight(in, action);
  in.finish();
}

// What it replays is the trigger's matter.
void read_replay(Context& context, const Value& value) {
  if (read_boolean(value, "\"replay\"", context.diagnostics) != std::optional(false)) return;
  context.diagnostics.error(ErrorCode::out_of_range, value.at, "\"replay\" is true");
}

// The same keys as an item of the network's "links".
void read_link(Context& context, const Value& value, Action& action) {
  ObjectReader in(value, "\"link\"", context.diagnostics);
  if (!in.is_object()) return;
  in.require("from");
  in.require("to");
  read_ends(context, in, action);
  action.settings = read_link_settings(context, in, action, value.at);
  in.finish();
}

// true, or a fault's id.
void read_undo(Context& context, const Value& value, Action& action) {
  const std::string what = in_quotes(enum_name(action.verb));
  if (value.kind == Value::Kind::boolean && value.boolean) return;
  if (value.kind != Value::Kind::string) {
    context.diagnostics.error(ErrorCode::wrong_type, value.at,
                              what + " must be true or the id of a fault");
    return;
  }
  action.fault = value.text;
  const bool heals = action.verb == Verb::heal;
  refer_to_fault(context, value, heals ? FaultReference::Use::heal : FaultReference::Use::release);
}

// ---- messages -----------------------------------------------------------------------------------

void read_omit(Context& context, const Value& value, Action& action) {
  ObjectReader in(value, "\"omit\"", context.diagnostics);
  read_node_key(context, in, action);
  action.side = in.choice<OmissionSide>("side").value_or(action.side);
  const std::string_view wrong = action.side == OmissionSide::send      ? "from"
                                 : action.side == OmissionSide::receive ? "to"
                                                                        : "";
  if (!wrong.empty() && in.has(wrong)) {
    in.error(wrong, ErrorCode::contradiction,
             action.side == OmissionSide::send
                 ? "\"node\" is the sender here; \"to\" says whom it does not reach"
                 : "\"node\" is the receiver here; \"from\" says whom it misses");
  }
  read_ends(context, in, action);
  read_rule_keys(context, in, action);
  in.finish();
}

void read_hold(Context& context, const Value& value, Action& action) {
  ObjectReader in(value, "\"hold\"", context.diagnostics);
  read_ends(context, in, action);
  read_rule_keys(context, in, action);
  in.finish();
}

// A majority is drawn when the moment has come.
void read_settle(Context& context, const Value& value, Action& action) {
  if (value.kind == Value::Kind::string && value.text == "majority") {
    action.groups = players(context.scenario);
  } else {
    read_target(context, value, action, "\"settle\"");
  }
}

void read_body(Context& context, const Value& value, Action& action) {
  switch (action.verb) {
    case Verb::crash:
      return read_crash(context, value, action);
    case Verb::restart:
      return read_restart(context, value, action);
    case Verb::pause:
    case Verb::resume:
      return read_target(context, value, action, in_quotes(enum_name(action.verb)));
    case Verb::partition:
      return read_partition(context, value, action);
    case Verb::cut:
      return read_cut(context, value, action);
    case Verb::heal:
    case Verb::release:
      return read_undo(context, value, action);
    case Verb::omit:
      return read_omit(context, value, action);
    case Verb::hold:
      return read_hold(context, value, action);
    case Verb::fire:
    case Verb::postpone:
      return read_timer_change(context, value, action);
    case Verb::request:
      return read_request(context, value, action);
    case Verb::clock:
      return read_clock(context, value, action);
    case Verb::node:
      return read_node_work(context, value, action);
    case Verb::disk:
      return read_disk_change(context, value, action);
    case Verb::link:
      return read_link(context, value, action);
    case Verb::replay:
      return read_replay(context, value);
    case Verb::settle:
      return read_settle(context, value, action);
    case Verb::byzantine:
      return read_byzantine(context, value, action);
  }
}

void report_unknown_action(Context& context, const Member& member) {
  const std::vector<std::string> verbs(enum_names<Verb>.begin(), enum_names<Verb>.end());
  report_unknown(context, member.key_at, ErrorCode::unknown_action, "action", member.key, verbs);
}

}  // namespace

bool is_true(ObjectReader& in, std::string_view key) {
  const auto value = in.optional_boolean(key);
  if (value && !*value) {
    in.error(key, ErrorCode::out_of_range, in_quotes(key) + " is true or left out");
  }
  return value.has_value();
}

void read_node_key(Context& context, ObjectReader& in, Action& action, Scope scope) {
  const Value* node = in.require("node");
  if (node != nullptr) read_target(context, *node, action, "\"node\"", scope);
}

void read_rule_keys(Context& context, ObjectReader& in, Action& action) {
  if (const Value* message = in.take("message")) action.message = read_message(context, *message);
  action.chance = in.parsed_or("p", parse_probability, certainty);
  if (const auto count = in.optional_integer("count", 1, largest_integer)) {
    action.count = static_cast<std::uint64_t>(*count);
  }
}

Action read_action(Context& context, const Value& value) {
  Action action;
  if (!expect_kind(value, Value::Kind::object, "\"do\"", context.diagnostics)) return action;
  if (value.members.size() != 1) {
    const bool none = value.members.empty();
    context.diagnostics.error(ErrorCode::needs_exactly_one,
                              none ? value.at : value.members[1].key_at,
                              none ? "\"do\" names no action" : "\"do\" names more than one action",
                              "write one fault for each action");
  }
  for (const Member& member : value.members) {
    const auto verb = enum_value<Verb>(member.key);
    if (!verb) {
      report_unknown_action(context, member);
      continue;
    }
    action.verb = *verb;
    read_body(context, member.value, action);
  }
  return action;
}

bool can_be_undone(const Action& action) {
  constexpr Verb undoable[] = {Verb::crash, Verb::pause, Verb::partition, Verb::cut,
                               Verb::omit,  Verb::hold,  Verb::clock,     Verb::link,
                               Verb::node,  Verb::disk,  Verb::byzantine};
  return !action.harm && !action.scramble &&
         std::find(std::begin(undoable), std::end(undoable), action.verb) != std::end(undoable);
}

}  // namespace quorate::loader
