// The `workload` part: clients, in order of their first mention, and what they ask for.
#include "sim/scenario/loader_context.hpp"

namespace quorate::loader {
namespace {

ClientId find_client(Context& context, ObjectReader& in) {
  const std::string name = in.name_or("client", "c1");
  std::vector<std::string>& clients = context.scenario.clients;
  const auto nodes = static_cast<std::uint32_t>(context.scenario.nodes.size());
  const auto next = static_cast<std::uint32_t>(clients.size());
  const auto [entry, is_new] = context.ids.try_emplace(name, NodeId{nodes + next});
  if (is_new) {
    clients.push_back(name);
    return ClientId{next};
  }
  if (context.is_client(entry->second)) return ClientId{entry->second.value - nodes};
  in.error("client", ErrorCode::name_taken, in_quotes(name) + " is the name of a node",
           "a client needs a name of its own");
  return {};
}

void read_target(Context& context, ObjectReader& in, Workload& line) {
  in.at_most_one_of({"node", "target"});
  if (const Value* node = in.take("node")) line.node = read_node(context, *node, "\"node\"");
  line.target = in.choice<TargetPolicy>("target").value_or(line.target);
}

void read_times(ObjectReader& in, Workload& line) {
  in.at_most_one_of({"at", "every", "think"});
  for (const std::string_view key : {"from", "until", "count"}) in.at_most_one_of({"at", key});
  if (const auto at = in.optional_duration("at")) line.at = Time{} + *at;
  line.every = in.parsed("every", parse_distribution);
  line.think = in.parsed_or("think", parse_distribution, {});
  line.from = Time{} + in.duration_or("from", {});
  if (const auto until = in.optional_duration("until")) line.until = Time{} + *until;
  if (const auto count = in.optional_integer("count", 1, largest_integer)) {
    line.count = static_cast<std::uint64_t>(*count);
  }
  if (line.until <= line.from) {
    in.error("until", ErrorCode::contradiction, "\"until\" must be later than \"from\"");
  }
  if (line.every && !can_be_positive(*line.every)) {
    in.error("every", ErrorCode::out_of_range, "\"every\" must be longer than no time");
  }
}

// Whether `count` operations of an open loop take longer than anything
// may; the product is not formed.
void check_length(ObjectReader& in, const Workload& line) {
  if (!line.every || line.count == ~std::uint64_t{0}) return;
  const std::int64_t gap = line.every->a.count();
  if (gap == 0) return;
  const auto gaps = static_cast<std::uint64_t>(max_duration.count() / gap);
  if (line.count - 1 > gaps) {
    in.error("count", ErrorCode::out_of_range,
             std::to_string(line.count) + " operations " + to_text(line.every->a) +
                 " apart take longer than 100 years");
  }
}

Retry read_retry(ObjectReader& in, Diagnostics& diagnostics) {
  const Value* value = in.take("retry");
  if (value == nullptr) return Retry::same;
  if (value->kind == Value::Kind::boolean) return value->boolean ? Retry::same : Retry::nothing;
  const bool word = value->kind == Value::Kind::string;
  if (word && value->text == "new") return Retry::anew;
  diagnostics.error(word ? ErrorCode::unknown_choice : ErrorCode::wrong_type, value->at,
                    "\"retry\" must be true, false or \"new\", not " +
                        (word ? in_quotes(value->text) : std::string(kind_words(value->kind))),
                    "true asks again under the same serial, \"new\" under the next one");
  return Retry::same;
}

void read_line(Context& context, const Value& value) {
  ObjectReader in(value, "a line of \"workload\"", context.diagnostics);
  if (!in.is_object()) return;
  Workload line;
  line.client = find_client(context, in);
  line.operation = read_operation(context, in);
  read_target(context, in, line);
  read_times(in, line);
  check_length(in, line);
  line.timeout = in.duration_or("timeout", line.timeout);
  if (line.timeout == Duration{}) {
    in.error("timeout", ErrorCode::out_of_range, "\"timeout\" must be longer than no time");
  }
  line.retry = read_retry(in, context.diagnostics);
  in.finish();
  context.scenario.workload.push_back(std::move(line));
}

// Whether the protocol, as its parameters make it, does something with the word.
void check_word(Context& context, const Value& op, const std::vector<std::string>& also) {
  if (context.protocol == nullptr || !context.protocol->operations) return;
  if (!context.operations) {
    context.operations =
        names_of(context.protocol->operations(context.scenario.params, node_names(context)));
  }
  std::vector<std::string> known = *context.operations;
  known.insert(known.end(), also.begin(), also.end());
  check_name(context, op, ErrorCode::unknown_operation, "operation", known);
}

}  // namespace

std::optional<Text> read_text(const Value& value, std::string_view what, Diagnostics& diagnostics) {
  if (!expect_kind(value, Value::Kind::string, what, diagnostics)) return std::nullopt;
  if (value.text.size() <= Text::capacity) return Text(value.text);
  diagnostics.error(ErrorCode::malformed_value, value.at,
                    std::string(what) + " has " + std::to_string(value.text.size()) +
                        " bytes; it may have at most 15");
  return std::nullopt;
}

Operation read_operation(Context& context, ObjectReader& in, const std::vector<std::string>& also) {
  Operation result;
  if (context.protocol != nullptr && !context.protocol->takes_requests) {
    in.error("op", ErrorCode::contradiction,
             in_quotes(context.protocol->name) + " takes no requests",
             "none of its roles has  void on(const Request&, Out&)");
  }
  if (const Value* op = in.require("op")) {
    result.verb = read_text(*op, "\"op\"", context.diagnostics).value_or(Text());
    if (op->kind == Value::Kind::string && op->text.empty()) {
      context.diagnostics.error(ErrorCode::malformed_value, op->at, "\"op\" is empty",
                                "an operation such as \"put\" or \"get\"");
    }
    if (!result.verb.empty()) check_word(context, *op, also);
  }
  if (const Value* key = in.take("key")) {
    result.key = read_text(*key, "\"key\"", context.diagnostics).value_or(Text());
  }
  if (const Value* value = in.take("value")) {
    result.value = read_text(*value, "\"value\"", context.diagnostics).value_or(Text());
  }
  return result;
}

void read_workload(Context& context, ObjectReader& top) {
  each_item(context, top, "workload",
            [&](const Value& item, std::size_t) { read_line(context, item); });
  if (context.scenario.clients.size() > context.options.max_nodes) {
    top.error("workload", ErrorCode::over_budget,
              std::to_string(context.scenario.clients.size()) + " clients are more than " +
                  std::to_string(context.options.max_nodes));
  }
}

}  // namespace quorate::loader
