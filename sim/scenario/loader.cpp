#include "sim/scenario/loader.hpp"
#include "sim/base/bytes.hpp"

#include <algorithm>

#include "sim/scenario/extends.hpp"
#include "sim/scenario/json.hpp"
#include "sim/scenario/loader_context.hpp"

namespace quorate {
namespace {

using loader::Context;
using loader::largest_integer;

// False where the file is of another version, and reading on would only confuse.
bool check_version(ObjectReader& in, Diagnostics& diagnostics) {
  const Value* value = in.require("quorate");
  if (value == nullptr) return true;
  const auto found = read_integer(*value, "\"quorate\"", 1, largest_integer, diagnostics);
  if (!found || *found == scenario_version) return true;
  diagnostics.error(ErrorCode::unknown_version, value->at,
                    "this file is written in version " + std::to_string(*found) +
                        " of the scenario format; this program reads version " +
                        std::to_string(scenario_version),
                    "a newer quorate reads it");
  return false;
}

// ---- small parts --------------------------------------------------------------------------------

void read_words(Context& context, ObjectReader& in) {
  Scenario& scenario = context.scenario;
  scenario.title = in.string_or("title", "");
  scenario.teaches = in.strings("teaches");
  scenario.lesson = in.string_or("lesson", "");
}

void read_seed(Context& context, ObjectReader& in) {
  const Value* seed = in.take("seed");
  if (seed == nullptr) return;
  if (seed->kind == Value::Kind::integer) {
    const auto number = read_integer(*seed, "\"seed\" (a larger one stands in quotes)", 0,
                                     largest_integer, context.diagnostics);
    context.scenario.seed = static_cast<std::uint64_t>(number.value_or(1));
  } else if (seed->kind == Value::Kind::string) {
    context.scenario.seed = in.parsed_or<std::uint64_t>("seed", parse_seed, 1);
  } else {
    in.error("seed", ErrorCode::wrong_type,
             "\"seed\" must be an integer or a string such as \"0x5eed\"");
  }
}

void read_randomness(Context& context, ObjectReader& in) {
  read_seed(context, in);
  constexpr Choice<bool> ties[] = {{"fifo", false}, {"seeded", true}};
  Scenario& scenario = context.scenario;
  scenario.engine = in.choice<Engine>("random").value_or(scenario.engine);
  scenario.seeded_ties = in.choice("tie_break", ties).value_or(scenario.seeded_ties);
}

void read_stop(Context& context, ObjectReader& top) {
  const Value* stop = top.require("stop");
  if (stop == nullptr) return;
  ObjectReader in(*stop, "\"stop\"", context.diagnostics);
  if (in.require("at") != nullptr) {
    const auto at = in.optional_duration("at");
    context.scenario.stop = Time{} + at.value_or(Duration{});
    if (at == Duration{}) {
      in.error("at", ErrorCode::out_of_range, "a run that stops at once shows nothing");
    }
  }
  if (const Value* event = in.take("or")) {
    context.scenario.stop_at_event =
        loader::read_pattern_value(context, *event, "\"or\"", loader::Place::named);
  }
  in.finish();
}

void read_check(Context& context, ObjectReader& top) {
  loader::each_item(context, top, "check", [&](const Value& item, std::size_t) {
    if (context.protocol == nullptr) return;
    if (loader::check_name(context, item, ErrorCode::unknown_property, "property",
                           loader::names_of(context.protocol->properties))) {
      auto& check = context.scenario.check;
      if (std::ranges::find(check, item.text) != check.end()) {
        context.diagnostics.error(ErrorCode::name_taken, item.at,
                                  "\"check\" names " + in_quotes(item.text) + " twice");
      }
      check.push_back(item.text);
    }
  });
}

void read_count(ObjectReader& in, std::string_view key, std::uint64_t& target) {
  if (const auto value = in.optional_integer(key, 1, largest_integer)) {
    target = static_cast<std::uint64_t>(*value);
  }
}

void read_budgets(Context& context, ObjectReader& top) {
  const Value* value = top.take("budgets");
  if (value == nullptr) return;
  Budgets& budgets = context.scenario.budgets;
  ObjectReader in(*value, "\"budgets\"", context.diagnostics);
  read_count(in, "events", budgets.events);
  read_count(in, "events_at_one_instant", budgets.events_at_one_instant);
  read_count(in, "pending", budgets.pending);
  const Value* bytes = in.take("wire_bytes");
  if (bytes != nullptr && bytes->kind == Value::Kind::integer) {
    read_count(in, "wire_bytes", budgets.wire_bytes);
  } else {
    budgets.wire_bytes = in.parsed_or("wire_bytes", parse_bytes, Bytes{budgets.wire_bytes}).count;
  }
  if (const auto wall_time = in.optional_duration("wall_time")) {
    budgets.wall_time = *wall_time;
    if (*wall_time == Duration{}) {
      in.error("wall_time", ErrorCode::out_of_range, "\"wall_time\" must be longer than no time");
    }
  }
  in.finish();
}

// ---- sweep --------------------------------------------------------------------------------------

constexpr std::string_view parts[] = {
    "$schema",   "quorate", "title",   "teaches", "lesson", "protocol", "seed",     "random",
    "tie_break", "stop",    "network", "disk",    "clocks", "nodes",    "workload", "faults",
    "expect",    "check",   "budgets", "sweep",   "accept", "profile"};

void check_sweep_path(Context& context, const Member& member) {
  const std::string_view path = member.key;
  if (!is_dotted_path(path)) {
    context.diagnostics.error(ErrorCode::bad_path, member.key_at,
                              in_quotes(path) + " is not a dotted path",
                              "such as \"network.loss\"");
    return;
  }
  const std::string_view first = path.substr(0, path.find('.'));
  const bool known = std::find(std::begin(parts), std::end(parts), first) != std::end(parts);
  if (known && first != "sweep" && first != "quorate") return;
  context.diagnostics.error(ErrorCode::bad_path, member.key_at,
                            "a sweep cannot vary " + in_quotes(first),
                            known ? std::string() : did_you_mean(first, parts));
}

void read_sweep(Context& context, ObjectReader& top) {
  const Value* value = top.take("sweep");
  if (value == nullptr) return;
  if (!expect_kind(*value, Value::Kind::object, "\"sweep\"", context.diagnostics)) return;
  for (const Member& member : value->members) {
    check_sweep_path(context, member);
    const bool list = member.value.kind == Value::Kind::array;
    if (list && !member.value.items.empty()) continue;
    if (member.value.kind == Value::Kind::string && !member.value.text.empty()) continue;
    context.diagnostics.error(list ? ErrorCode::out_of_range : ErrorCode::wrong_type,
                              member.value.at,
                              "what a sweep tries is an array of values, or a range: \"1..100\"");
  }
  context.scenario.sweep = *value;
}

// ---- the whole ----------------------------------------------------------------------------------

const ProtocolInfo* find_protocol(const Value& document, const FindProtocol& find,
                                  const std::vector<std::string>& known, Context& context) {
  const Value* protocol = document.find("protocol");
  const Value* use = protocol != nullptr ? protocol->find("use") : nullptr;
  if (use == nullptr || use->kind != Value::Kind::string) return nullptr;
  const ProtocolInfo* found = find(use->text);
  if (found == nullptr) {
    loader::report_unknown(context, use->at, ErrorCode::unknown_protocol, "protocol", use->text,
                           known);
  }
  return found;
}

void read_all(Context& context, ObjectReader& top) {
  read_words(context, top);
  loader::read_accept(context, top);
  loader::read_protocol(context, top);
  read_randomness(context, top);
  loader::read_workload(context, top);  // before all that may name clients
  loader::read_network(context, top);
  loader::read_disk(context, top);
  loader::read_clocks(context, top);
  loader::read_work(context, top);
  loader::read_faults(context, top);
  loader::read_profile(context, top);  // which adds one
  loader::read_expect(context, top);
  read_stop(context, top);
  read_check(context, top);
  read_budgets(context, top);
  read_sweep(context, top);
  top.finish();
  loader::check_whole(context);
}

void apply_set(Value& document, const LoadOptions& options, Diagnostics& diagnostics) {
  for (const auto& [path, text, option] : options.set) {
    const std::string sentence = set_path(document, path, text, diagnostics, option);
    if (sentence.empty()) continue;
    diagnostics.error(ErrorCode::bad_path, {}, std::string(option) + ": " + sentence);
  }
}

// A document that stands in a trace or in --set has no folder to look for others in.
void refuse_extends(ObjectReader& top) {
  if (!top.has("extends")) return;
  top.error("extends", ErrorCode::bad_include, "\"extends\" works in a scenario file only");
}

std::shared_ptr<const Scenario> read_document(Value document, std::string_view file_name,
                                              const FindProtocol& find,
                                              const std::vector<std::string>& known_protocols,
                                              const LoadOptions& options,
                                              Diagnostics& diagnostics) {
  apply_set(document, options, diagnostics);
  const auto scenario = std::make_shared<Scenario>();
  scenario->file = std::string(file_name);
  ObjectReader top(document, "the scenario", diagnostics);
  if (!top.is_object() || !check_version(top, diagnostics)) return nullptr;
  refuse_extends(top);
  top.require("protocol");
  Context context{*scenario, options, diagnostics};
  context.protocol = find_protocol(document, find, known_protocols, context);
  scenario->source = document;
  read_all(context, top);
  return diagnostics.failed() ? nullptr : scenario;
}

}  // namespace

std::shared_ptr<const Scenario> read_scenario(std::string_view text, std::string_view file_name,
                                              const FindProtocol& find,
                                              const std::vector<std::string>& known_protocols,
                                              const LoadOptions& options,
                                              Diagnostics& diagnostics) {
  diagnostics.use_file(std::string(file_name));
  std::optional<Value> document = parse_json(text, diagnostics);
  if (!document) return nullptr;
  return read_document(std::move(*document), file_name, find, known_protocols, options,
                       diagnostics);
}

std::shared_ptr<const Scenario> load_scenario(const std::string& path, const FindProtocol& find,
                                              const std::vector<std::string>& known_protocols,
                                              const LoadOptions& options,
                                              Diagnostics& diagnostics) {
  diagnostics.use_file(path);
  const Parsed<std::string> text = read_file_bounded(path);
  if (!text) {
    diagnostics.error(ErrorCode::cannot_read, {}, text.error);
    return nullptr;
  }
  std::optional<Value> document = parse_json(text.value, diagnostics);
  if (!document || !resolve_extends(*document, path, diagnostics)) return nullptr;
  return read_document(std::move(*document), path, find, known_protocols, options, diagnostics);
}

}  // namespace quorate
