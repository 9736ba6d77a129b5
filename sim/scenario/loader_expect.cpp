// The `expect` part: what must have happened, or must not, when a run is over.
#include "sim/base/bytes.hpp"
#include "sim/measure/metrics.hpp"
#include "sim/scenario/loader_context.hpp"

namespace quorate::loader {
namespace {

using Expected = Expectation::Kind;

constexpr std::string_view diagnoses[] = {"blocked", "deadlock", "livelock", "outside_model"};

// Metrics and witnesses are asked for in the same way.
std::vector<std::string> countable_names(const ProtocolInfo& protocol) {
  std::vector<std::string> names = metric_names(protocol.messages);
  for (const NamedText& witness : protocol.witnesses) names.push_back(witness.name);
  return names;
}

void read_origin(Context& context, ObjectReader& in, Expectation& expectation) {
  const Value* of = in.take("of");
  if (of == nullptr) return;
  refer_to_fault(context, *of, FaultReference::Use::named);
  expectation.of = of->text;
}

void read_within(Context& context, ObjectReader& in, Expectation& expectation) {
  expectation.kind = Expected::event_within;
  expectation.within = in.duration_or("within", {});
  read_origin(context, in, expectation);
  expectation.event = read_pattern(context, in, Place::named);
}

void read_never(Context& context, ObjectReader& in, Expectation& expectation) {
  expectation.kind = Expected::never;
  expectation.event = read_pattern_value(context, *in.take("never"), "\"never\"", Place::named);
  read_origin(context, in, expectation);
}

void read_predicate(Context& context, ObjectReader& in, Expectation& expectation) {
  expectation.kind = Expected::state_at_end;
  const Value* state = in.take("state");
  if (context.protocol == nullptr) return;
  if (check_name(context, *state, ErrorCode::unknown_event, "state",
                 names_of(context.protocol->predicates))) {
    expectation.name = state->text;
  }
}

void read_field(Context& context, ObjectReader& in, Expectation& expectation) {
  expectation.kind = Expected::field_at_end;
  if (const Value* node = in.require("node")) {
    expectation.node = {
        Selector::Kind::nodes, read_nodes(context, *node, "\"node\"", Scope::nodes), {}};
  }
  std::vector<std::string> known;
  if (context.protocol != nullptr) {
    for (const RoleInfo& role : context.protocol->roles) {
      known.insert(known.end(), role.fields.begin(), role.fields.end());
    }
    check_name(context, *in.take("field"), ErrorCode::unknown_parameter, "field", known);
  }
  expectation.name = in.take("field")->text;
  if (const Value* is = in.require("is")) expectation.is = *is;
}

void read_at_end(Context& context, ObjectReader& in, Expectation& expectation) {
  constexpr std::string_view ends[] = {"end"};
  read_choice(*in.take("at"), "\"at\"", ends, context.diagnostics);
  const std::string_view what = in.one_of({"state", "field"});
  if (what == "state") read_predicate(context, in, expectation);
  if (what == "field") read_field(context, in, expectation);
}

// What the metric is counted in; of a witness nothing.
std::string_view unit_of(std::string_view name) {
  const MetricInfo* metric = find_metric(name);
  return metric == nullptr ? std::string_view() : metric->unit;
}

// A time in the unit of the metrics of time. The rest of a microsecond would be lost silently.
std::optional<std::int64_t> microseconds(const Value& value, std::string_view what,
                                         Diagnostics& diagnostics) {
  const auto time = read_parsed(value, what, parse_duration, diagnostics);
  if (time && time->count() % 1000 != 0) {
    diagnostics.error(ErrorCode::malformed_value, value.at,
                      std::string(what) + " must be a whole number of microseconds");
    return std::nullopt;
  }
  return time ? std::optional(time->count() / 1000) : std::nullopt;
}

// A bound as it is counted: "40ms" and "2MB" where the metric is a time or a size, else a number.
std::optional<std::int64_t> read_bound(const Value& value, std::string_view key,
                                       const Expectation& expectation, Diagnostics& diagnostics) {
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  const std::string what = in_quotes(key);
  const std::string_view unit = unit_of(expectation.name);
  if (value.kind == Value::Kind::integer)
    return read_integer(value, what, -most, most, diagnostics);
  if (unit == "us") return microseconds(value, what, diagnostics);
  if (unit == "bytes") {
    const auto size = read_parsed(value, what, parse_bytes, diagnostics);
    return size ? std::optional(static_cast<std::int64_t>(size->count)) : std::nullopt;
  }
  const bool text = value.kind == Value::Kind::string;
  diagnostics.error(text ? ErrorCode::malformed_value : ErrorCode::wrong_type, value.at,
                    what + " must be an integer, not " + std::string(kind_words(value.kind)),
                    unit.empty() ? "" : "it is a number of " + std::string(unit));
  return std::nullopt;
}

void read_metric(Context& context, ObjectReader& in, Expectation& expectation) {
  expectation.kind = Expected::metric;
  const Value* metric = in.take("metric");
  if (context.protocol != nullptr) {
    check_name(context, *metric, ErrorCode::unknown_metric, "metric",
               countable_names(*context.protocol));
  }
  expectation.name = metric->text;
  const auto bound = [&](std::string_view key) {
    const Value* value = in.take(key);
    return value == nullptr ? std::nullopt
                            : read_bound(*value, key, expectation, context.diagnostics);
  };
  expectation.min = bound("min");
  expectation.max = bound("max");
  if (const auto is = bound("is")) expectation.is = Value::of(*is);
  if (in.has("is")) {
    in.at_most_one_of({"is", "min"});
    in.at_most_one_of({"is", "max"});
  }
  if (!in.has("min") && !in.has("max") && !in.has("is")) {
    in.error("metric", ErrorCode::missing_key, "this asks nothing of the metric",
             "add \"min\", \"max\" or \"is\"");
  }
  if (expectation.min && expectation.max && *expectation.min > *expectation.max) {
    in.error("max", ErrorCode::contradiction, "\"max\" is less than \"min\"");
  }
}

void read_violation(Context& context, ObjectReader& in, Expectation& expectation) {
  expectation.kind = Expected::violation;
  const Value* property = in.take("violation");
  expectation.name = property->text;
  if (context.protocol == nullptr) return;
  std::vector<std::string> known = names_of(context.protocol->properties);
  known.insert(known.end(), {"assertion", "durability"});
  check_name(context, *property, ErrorCode::unknown_property, "property", known);
}

void read_diagnosis(Context& context, ObjectReader& in, Expectation& expectation) {
  expectation.kind = Expected::diagnosis;
  const Value* diagnosis = in.take("diagnosis");
  read_choice(*diagnosis, "\"diagnosis\"", diagnoses, context.diagnostics);
  expectation.name = diagnosis->text;
}

void read_one(Context& context, const Value& value) {
  ObjectReader in(value, "an expectation", context.diagnostics);
  Expectation expectation;
  expectation.at = value.at;
  expectation.text = to_json(value);
  in.take("note");
  const std::string_view kind =
      in.one_of({"within", "never", "at", "metric", "violation", "diagnosis"});
  if (kind.empty()) {  // which of the others belong here cannot be told
    for (const std::string_view key :
         {"of", "event", "node", "message", "nth", "where", "state", "field", "is", "min", "max"}) {
      in.take(key);
    }
  }
  if (kind == "within") read_within(context, in, expectation);
  if (kind == "never") read_never(context, in, expectation);
  if (kind == "at") read_at_end(context, in, expectation);
  if (kind == "metric") read_metric(context, in, expectation);
  if (kind == "violation") read_violation(context, in, expectation);
  if (kind == "diagnosis") read_diagnosis(context, in, expectation);
  in.finish();
  context.scenario.expect.push_back(std::move(expectation));
}

}  // namespace

void read_expect(Context& context, ObjectReader& top) {
  each_item(context, top, "expect",
            [&](const Value& item, std::size_t) { read_one(context, item); });
}

}  // namespace quorate::loader
