// Event patterns: what faults wait for, runs stop at, and expectations count.
#include <algorithm>

#include "sim/fault/event_match.hpp"
#include "sim/scenario/loader_context.hpp"
#include "sim/trace/record.hpp"

namespace quorate::loader {
namespace {

bool carries_message(std::string_view event) {
  const auto kind = enum_value<Kind>(event);
  return kind &&
         (*kind == Kind::send || *kind == Kind::recv || *kind == Kind::drop || *kind == Kind::dup ||
          *kind == Kind::local || *kind == Kind::unexpected || *kind == Kind::alter);
}

void check_event(Context& context, const Value& value) {
  if (context.protocol == nullptr) return;
  std::vector<std::string> known = context.protocol->events;
  known.insert(known.end(), enum_names<Kind>.begin(), enum_names<Kind>.end());
  check_name(context, value, ErrorCode::unknown_event, "event", known,
             "`quorate describe " + context.protocol->name +
                 "` lists its events; scenarios/GRAMMAR.md those of all protocols");
}

void check_glob(Context& context, const Value& value) {
  if (context.protocol == nullptr || value.kind != Value::Kind::string) return;
  const std::vector<std::string>& known = context.protocol->messages;
  const bool matches = std::any_of(known.begin(), known.end(), [&](const std::string& name) {
    return glob_match(value.text, name);
  });
  if (matches) return;
  report_unknown(context, value.at, ErrorCode::unknown_event, "message", value.text, known);
}

Selector read_place(Context& context, const Value& value, Place place) {
  if (place == Place::found_in_run)
    return read_selector(context, value, "\"node\"", Scope::endpoints);
  return {Selector::Kind::nodes, read_nodes(context, value, "\"node\"", Scope::endpoints), {}};
}

// What `where` may ask of the lines a pattern is about, beside the fields of their bodies.
std::vector<std::string> line_fields(std::string_view event) {
  if (event == "event" || event == "timer") return {"name"};
  if (event == "drop") return {"from", "to", "why"};
  if (event == "alter") return {"from", "to", "field"};
  if (carries_message(event) && event != "local") return {"from", "to"};
  if (event == "fault" || event == "heal") return {"id"};
  if (event == "violation") return {"property"};
  if (event == "op" || event == "ack") return {"client"};
  return {};
}

// The types whose fields a pattern's lines may have.
std::vector<std::string> types_of(const ProtocolInfo& protocol, const EventPattern& pattern) {
  if (pattern.event == "event") return protocol.events;
  if (pattern.event == "timer") return protocol.timers;
  if (pattern.event == "op") return {"Request"};
  if (pattern.event == "ack") return {"Reply"};
  if (!carries_message(pattern.event)) return {pattern.event};
  std::vector<std::string> types = protocol.messages;
  std::erase_if(types, [&](const std::string& name) {
    return !pattern.message.empty() && !glob_match(pattern.message, name);
  });
  return types;
}

// A field that no line has never matches: `never` would hold and mean nothing.
void check_where(Context& context, const EventPattern& pattern) {
  if (context.protocol == nullptr || context.protocol->fields.empty()) return;
  std::vector<std::string> known = line_fields(pattern.event);
  for (const std::string& type : types_of(*context.protocol, pattern)) {
    const auto fields = context.protocol->fields.find(type);
    if (fields == context.protocol->fields.end()) continue;
    known.insert(known.end(), fields->second.begin(), fields->second.end());
  }
  // A total order: equal names cannot be told apart.
  std::sort(known.begin(), known.end());
  known.erase(std::unique(known.begin(), known.end()), known.end());
  for (const Member& field : pattern.fields) {
    if (std::binary_search(known.begin(), known.end(), field.key)) continue;
    report_unknown(context, field.key_at, ErrorCode::unknown_parameter, "field", field.key, known);
  }
}

}  // namespace

EventPattern read_pattern(Context& context, ObjectReader& in, Place place) {
  EventPattern pattern;
  if (const Value* event = in.require("event")) {
    pattern.event = read_string(*event, "\"event\"", context.diagnostics).value_or("");
    if (event->kind == Value::Kind::string) check_event(context, *event);
  }
  if (const Value* node = in.take("node")) pattern.node = read_place(context, *node, place);
  if (const Value* message = in.take("message")) {
    pattern.message = read_string(*message, "\"message\"", context.diagnostics).value_or("");
    check_glob(context, *message);
    if (!pattern.event.empty() && !carries_message(pattern.event)) {
      context.diagnostics.error(ErrorCode::contradiction, message->at,
                                in_quotes(pattern.event) + " carries no message",
                                "send, recv, drop, dup, local and unexpected do");
    }
  }
  pattern.nth = in.integer_or<std::uint32_t>("nth", 1, 1, 1'000'000'000);
  const Value* where = in.take("where");
  if (where != nullptr &&
      expect_kind(*where, Value::Kind::object, "\"where\"", context.diagnostics)) {
    pattern.fields = where->members;
    check_where(context, pattern);
  }
  return pattern;
}

EventPattern read_pattern_value(Context& context, const Value& value, std::string_view what,
                                Place place) {
  if (value.kind == Value::Kind::string) {
    EventPattern pattern;
    pattern.event = value.text;
    check_event(context, value);
    return pattern;
  }
  ObjectReader in(value, what, context.diagnostics);
  EventPattern pattern;
  if (in.is_object()) pattern = read_pattern(context, in, place);
  in.finish();
  return pattern;
}

std::string read_message(Context& context, const Value& value) {
  if (context.protocol == nullptr) {
    return read_string(value, "\"message\"", context.diagnostics).value_or("");
  }
  const bool known =
      check_name(context, value, ErrorCode::unknown_event, "message", context.protocol->messages);
  return known ? value.text : std::string();
}

}  // namespace quorate::loader
