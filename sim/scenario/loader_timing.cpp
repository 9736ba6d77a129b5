// When timers go off, and what clocks show: what faults do to both.
#include <algorithm>

#include "sim/scenario/loader_context.hpp"

namespace quorate::loader {
namespace {

// One of several timers of a name, by what it says: {"node": "n2"}.
void read_where(Context& context, ObjectReader& in, Action& action) {
  const Value* where = in.take("where");
  if (where == nullptr) return;
  if (!expect_kind(*where, Value::Kind::object, "\"where\"", context.diagnostics)) return;
  action.where = where->members;
  if (context.protocol == nullptr || context.protocol->fields.empty()) return;
  const auto fields = context.protocol->fields.find(action.timer);
  const std::vector<std::string> known =
      fields == context.protocol->fields.end() ? std::vector<std::string>{} : fields->second;
  for (const Member& field : action.where) {
    if (std::ranges::count(known, field.key) != 0) continue;
    report_unknown(context, field.key_at, ErrorCode::unknown_parameter, "field", field.key, known);
  }
}

// Who swings at every nanosecond leaves no event for anything else.
void read_strobe(Context& context, const Value& value, Action& action) {
  ObjectReader in(value, "\"strobe\"", context.diagnostics);
  if (!in.is_object()) return;
  for (const std::string_view key : {"by", "every"}) {
    in.require(key);
    const Duration length = in.duration_or(key, Duration{1});
    (key == "by" ? action.strobe : action.strobe_every) = length;
    if (length >= 1us || !in.has(key)) continue;
    in.error(key, ErrorCode::out_of_range, in_quotes(key) + " must be at least 1us");
  }
  in.finish();
}

void read_smear(Context& context, const Value& value, Action& action) {
  ObjectReader in(value, "\"smear\"", context.diagnostics);
  if (!in.is_object()) return;
  in.require("by");
  in.require("over");
  Smear smear{in.parsed_or("by", parse_shift, Duration{1}), in.duration_or("over", Duration{1})};
  if (smear.by == Duration{}) {
    in.error("by", ErrorCode::out_of_range, "a smear of no time changes nothing");
  }
  if (smear.over <= Duration{}) {
    in.error("over", ErrorCode::out_of_range, "a smear over no time is a jump",
             "write \"jump\", or a time above 0");
    smear.over = Duration{1};
  }
  action.smear = smear;
  in.finish();
}

}  // namespace

void read_timer_change(Context& context, const Value& value, Action& action) {
  ObjectReader in(value, in_quotes(enum_name(action.verb)), context.diagnostics);
  if (!in.is_object()) return;
  read_node_key(context, in, action);
  if (const Value* timer = in.require("timer")) {
    action.timer = read_string(*timer, "\"timer\"", context.diagnostics).value_or("");
    if (context.protocol != nullptr && timer->kind == Value::Kind::string) {
      check_name(context, *timer, ErrorCode::unknown_event, "timer", context.protocol->timers);
    }
  }
  read_where(context, in, action);
  if (action.verb == Verb::postpone && in.require("by") != nullptr) {
    action.later = in.parsed_or("by", parse_distribution, Distribution::constant(1ns));
    if (!can_be_positive(*action.later)) {
      in.error("by", ErrorCode::out_of_range, "to postpone by no time changes nothing");
    }
  }
  in.finish();
}

void read_clock(Context& context, const Value& value, Action& action) {
  ObjectReader in(value, "\"clock\"", context.diagnostics);
  if (!in.is_object()) return;
  read_node_key(context, in, action);
  const std::string_view way = in.one_of({"drift", "jump", "freeze", "strobe", "jitter", "smear"});
  if (way == "drift") action.drift = in.parsed("drift", parse_drift);
  if (way == "jitter") action.jitter = in.parsed("jitter", parse_probability);
  if (way == "freeze" && is_true(in, "freeze")) action.drift = frozen;
  if (way == "strobe") read_strobe(context, *in.take("strobe"), action);
  if (way == "smear") read_smear(context, *in.take("smear"), action);
  if (way == "jump") {
    action.jump = in.parsed_or("jump", parse_shift, Duration{1});
    if (action.jump == Duration{}) {
      in.error("jump", ErrorCode::out_of_range, "a jump of no time changes nothing");
    }
  }
  in.finish();
}

}  // namespace quorate::loader
