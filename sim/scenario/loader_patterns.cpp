// Event patterns: what faults wait for, runs stop at, and expectations count.
#include <algorithm>

#include "sim/fault/event_match.hpp"
#include "sim/scenario/loader_context.hpp"
#include "sim/trace/record.hpp"

namespace quorate::loader {
namespace {

std::vector<std::string> kind_names() {
  std::vector<std::string> result;
  for (std::size_t i = 0; i < detail::list_size(enum_list(Kind{})); ++i) {
    result.emplace_back(detail::list_item(enum_list(Kind{}), i));
  }
  return result;
}

bool carries_message(std::string_view event) {
  const auto kind = enum_value<Kind>(event);
  return kind && (*kind == Kind::send || *kind == Kind::recv || *kind == Kind::drop ||
                  *kind == Kind::dup || *kind == Kind::local || *kind == Kind::unexpected);
}

void check_event(Context& context, const Value& value) {
  if (context.protocol == nullptr) return;
  std::vector<std::string> known = context.protocol->events;
  for (std::string& kind : kind_names()) known.push_back(std::move(kind));
  check_name(context, value, ErrorCode::unknown_event, "event", known);
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
