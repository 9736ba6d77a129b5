// The `faults` part: triggers and limits; what they do is read in loader_actions.cpp.
#include <algorithm>

#include "sim/scenario/loader_context.hpp"

namespace quorate::loader {
namespace {

// ---- triggers -----------------------------------------------------------------------------------

// Those of one role; without a role those of all.
std::vector<std::string> statuses_of(const Context& context, std::string_view role) {
  const std::vector<RoleInfo>& roles = context.protocol->roles;
  const auto found = std::ranges::find(roles, role, &RoleInfo::name);
  return found == roles.end() ? status_names(context) : found->statuses;
}

void read_quantified_role(Context& context, ObjectReader& in, StatePattern& pattern) {
  const std::string_view word = in.one_of({"all", "any", "one", "majority"});
  if (word.empty()) return;
  pattern.quantifier = *enum_value<Quantifier>(word);
  const Value& role = *in.take(word);
  const bool every = role.kind == Value::Kind::string && role.text == "*";
  if (every || context.protocol == nullptr) return;
  if (check_name(context, role, ErrorCode::unknown_node, "role", role_names(context))) {
    pattern.role = role.text;
  }
}

StatePattern read_state(Context& context, const Value& value) {
  StatePattern pattern;
  ObjectReader in(value, "\"state\"", context.diagnostics);
  read_quantified_role(context, in, pattern);
  const Value* status = in.require("is");
  if (status != nullptr && context.protocol != nullptr &&
      check_name(context, *status, ErrorCode::unknown_event, "status",
                 statuses_of(context, pattern.role))) {
    pattern.is = status->text;
  }
  in.finish();
  return pattern;
}

void read_on(Context& context, const Value& value, Trigger& trigger) {
  ObjectReader in(value, "\"on\"", context.diagnostics);
  const std::string_view what = in.one_of({"event", "state", "fault"});
  if (what == "event") {
    trigger.kind = Trigger::Kind::event;
    trigger.event = read_pattern(context, in, Place::found_in_run);
  } else if (what == "state") {
    trigger.kind = Trigger::Kind::state;
    trigger.state = read_state(context, *in.take("state"));
  } else if (what == "fault") {
    trigger.kind = Trigger::Kind::fault;
    const Value* fault = in.take("fault");
    refer_to_fault(context, *fault, FaultReference::Use::named);
    trigger.fault = fault->text;
  } else {
    for (const std::string_view key : {"node", "message", "nth", "where"}) in.take(key);
  }
  in.finish();
}

void read_every(ObjectReader& in, Trigger& trigger) {
  trigger.kind = Trigger::Kind::every;
  const auto every = in.parsed("every", parse_distribution);
  if (!every) return;
  trigger.every = *every;
  if (!can_be_positive(*every)) {
    in.error("every", ErrorCode::out_of_range, "\"every\" must be longer than no time");
  }
}

Trigger read_trigger(Context& context, ObjectReader& in) {
  Trigger trigger;
  const std::string_view kind = in.one_of({"at", "every", "on"});
  if (kind == "at") trigger.at = Time{} + in.duration_or("at", {});
  if (kind == "every") read_every(in, trigger);
  if (kind == "on") read_on(context, *in.take("on"), trigger);
  return trigger;
}

// ---- when and how often -------------------------------------------------------------------------

void read_window(ObjectReader& in, Fault& fault) {
  fault.from = Time{} + in.duration_or("from", {});
  if (const auto until = in.optional_duration("until")) fault.until = Time{} + *until;
  if (fault.until <= fault.from) {
    in.error("until", ErrorCode::contradiction, "\"until\" must be later than \"from\"");
  }
  const bool fixed = fault.trigger.kind == Trigger::Kind::at;
  if (fixed && fault.until <= fault.trigger.at && fault.until > fault.from) {
    in.error("until", ErrorCode::contradiction, "\"until\" must be later than \"at\"",
             "a fault does nothing from \"until\" on; for an end to its effect use \"for\"");
  }
}

void read_times(ObjectReader& in, Fault& fault) {
  const Value* times = in.take("times");
  if (times == nullptr) return;
  if (times->kind == Value::Kind::string && times->text == "unlimited") {
    fault.times = ~std::uint64_t{0};
  } else if (times->kind == Value::Kind::integer) {
    fault.times =
        static_cast<std::uint64_t>(in.optional_integer("times", 1, largest_integer).value_or(1));
  } else {
    in.error("times", ErrorCode::wrong_type, "\"times\" must be an integer or \"unlimited\"");
  }
  const bool again = fault.trigger.kind != Trigger::Kind::at;
  if (!again && fault.times.value_or(1) > 1) {
    in.error("times", ErrorCode::contradiction, "\"at\" comes only once",
             "use \"every\", with \"from\" for its start");
  }
}

// "50%": of the time from one occurrence to the next.
void read_share(ObjectReader& in, Fault& fault) {
  fault.share = in.parsed("for", parse_probability);
  if (fault.share == Probability{}) {
    in.error("for", ErrorCode::out_of_range, "a fault \"for\" 0% of the time does nothing");
  }
  if (fault.trigger.kind != Trigger::Kind::every) {
    in.error("for", ErrorCode::contradiction,
             "only \"every\" has a time of which \"for\" is a share",
             "write how long, for example \"2s\"");
  } else if (in.has("after")) {
    in.error(
        "for", ErrorCode::contradiction,
        "\"for\" is a share of the time until the next occurrence, so nothing may come \"after\"");
  }
}

// What it does that is done once: of what the verb can do at a node, the one thing.
std::string_view deed_of(const Action& action) {
  if (action.scramble) return "scramble";
  return action.harm ? enum_name(action.harm->act) : enum_name(action.verb);
}

void read_length(ObjectReader& in, const Value& fault_value, Fault& fault) {
  const Value* length = fault_value.find("for");
  const bool share =
      length != nullptr && length->kind == Value::Kind::string && length->text.ends_with('%');
  if (share) {
    read_share(in, fault);
  } else {
    fault.lasts = in.parsed("for", parse_distribution);
  }
  if (!in.has("for") || can_be_undone(fault.action)) return;
  in.error("for", ErrorCode::contradiction,
           in_quotes(deed_of(fault.action)) + " has no end, so \"for\" cannot end it",
           "crash, pause, partition, cut, link, omit, hold, clock, node, disk and byzantine can be "
           "undone");
}

// Each node comes back before the time is up, so there must be a time.
void check_swizzle(Context& context, const Value& action, const Fault& fault, bool has_length) {
  if (!swizzles(fault.action)) return;
  if (!has_length) {
    context.diagnostics.error(
        ErrorCode::contradiction, action.at, "a partition that swizzles needs \"for\"",
        "nodes leave in the first half of that time and are back in the second");
  }
  if (!fault.lasts || longest_of(*fault.lasts) >= 1us) return;
  context.diagnostics.error(ErrorCode::out_of_range, action.at,
                            "a partition that swizzles lasts at least 1us",
                            "in less nobody is away for long enough to miss anything");
}

void check_replay(Context& context, const Value& action, const Fault& fault) {
  const bool of_send =
      fault.trigger.kind == Trigger::Kind::event && fault.trigger.event.event == "send";
  if (fault.action.verb != Verb::replay || of_send) return;
  context.diagnostics.error(
      ErrorCode::contradiction, action.at,
      "\"replay\" sends again the message whose \"send\" triggered it",
      "write \"on\": {\"event\": \"send\", ...}, and \"after\" for how old it is then");
}

Fault read_fault(Context& context, const Value& value, std::string id) {
  Fault fault;
  fault.id = std::move(id);
  fault.at = value.at;
  context.fault = fault.id;
  ObjectReader in(value, "a fault", context.diagnostics);
  if (!in.is_object()) return fault;
  in.take("id");
  fault.trigger = read_trigger(context, in);
  const Value* action = in.require("do");
  const std::size_t errors_before = context.diagnostics.errors();
  if (action != nullptr) fault.action = read_action(context, *action);
  const bool action_is_known = action != nullptr && context.diagnostics.errors() == errors_before;
  fault.after = in.duration_or("after", {});
  if (action_is_known) read_length(in, value, fault);
  if (action_is_known) check_replay(context, *action, fault);
  if (action_is_known) check_swizzle(context, *action, fault, in.has("for"));
  in.take("for");
  read_window(in, fault);
  read_times(in, fault);
  fault.chance = in.parsed_or("p", parse_probability, certainty);
  if (fault.chance == Probability{}) {
    in.error("p", ErrorCode::out_of_range, "a fault with \"p\" of 0% never fires");
  }
  fault.may_not_fire = in.boolean_or("may_not_fire", false);
  in.finish();
  return fault;
}

// The id given, or "f3" for the third fault.
std::string id_of(Context& context, const Value& value, std::size_t position) {
  std::string generated = "f" + std::to_string(position + 1);
  const Value* id = value.find("id");
  if (value.kind != Value::Kind::object || id == nullptr) return generated;
  return read_name(*id, "\"id\"", context.diagnostics).value_or(generated);
}

void check_unique(Context& context, const Value& list, const std::vector<std::string>& ids) {
  std::map<std::string_view, std::size_t> first;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const auto [entry, is_new] = first.try_emplace(ids[i], i);
    if (is_new) continue;
    const Value* id = list.items[i].find("id");
    const Value* other = list.items[entry->second].find("id");
    const bool given = id != nullptr && other != nullptr;
    const Value& place = id != nullptr ? *id : list.items[i];
    context.diagnostics.error(
        ErrorCode::name_taken, place.at, "two faults have the id " + in_quotes(ids[i]),
        given ? "the other one is on line " + std::to_string(other->at.line) + ", column " +
                    std::to_string(other->at.column)
              : "it is also the name of fault " + ids[i].substr(1) + ", which gives none");
  }
}

}  // namespace

void read_faults(Context& context, ObjectReader& top) {
  std::vector<std::string> ids;
  each_item(context, top, "faults", [&](const Value& item, std::size_t position) {
    ids.push_back(id_of(context, item, position));
    context.scenario.faults.push_back(read_fault(context, item, ids.back()));
  });
  context.fault.clear();
  if (!ids.empty()) check_unique(context, *top.take("faults"), ids);
}

}  // namespace quorate::loader
