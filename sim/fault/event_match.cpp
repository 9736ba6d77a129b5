#include "sim/fault/event_match.hpp"

#include <algorithm>

namespace quorate {
namespace {

// One past the end of the string that opens at `at`.
std::size_t skip_string(std::string_view json, std::size_t at) {
  for (++at; at < json.size() && json[at] != '"'; ++at) {
    if (json[at] == '\\') ++at;
  }
  return std::min(at + 1, json.size());
}

// One past the end of the value that starts at `at`. The text was written by JsonWriter, so it is
// well-formed and without spaces.
std::size_t skip_value(std::string_view json, std::size_t at) {
  std::size_t depth = 0;
  while (at < json.size()) {
    const char c = json[at];
    if (c == '"') {
      at = skip_string(json, at);
      continue;
    }
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']' || c == ',') {
      if (depth == 0) return at;
      if (c != ',') --depth;
    }
    ++at;
  }
  return at;
}

bool has_ends(Kind kind) {
  return kind == Kind::send || kind == Kind::recv || kind == Kind::drop || kind == Kind::dup ||
         kind == Kind::unexpected || kind == Kind::alter;
}

bool carries_message(Kind kind) { return has_ends(kind) || kind == Kind::local; }

std::string_view name_at(NodeNames names, NodeId node) {
  return node.value < names.size() ? std::string_view(names[node.value]) : std::string_view();
}

// A field of the trace line that is no field of the body; empty if this kind of line has none.
std::string line_field(const Record& record, std::string_view key, NodeNames names) {
  const Kind kind = record.kind;
  const bool named = kind == Kind::event || kind == Kind::timer;
  if (key == "name" && named) return snake_case(record.body.name());
  if (key == "from" && has_ends(kind)) return std::string(name_at(names, record.from));
  if (key == "to" && has_ends(kind)) return std::string(name_at(names, record.to));
  if (key == "why" && kind == Kind::drop) return std::string(enum_name(record.why));
  if (key == "field" && kind == Kind::alter) return std::string(record.text);
  if (key == "id" && (kind == Kind::fault || kind == Kind::heal)) return std::string(record.text);
  if (key == "property" && kind == Kind::violation) return std::string(record.text);
  const bool client = kind == Kind::op || kind == Kind::ack;
  if (key == "client" && client) return std::string(name_at(names, record.node));
  return {};
}

// An operation's body has its client as a number; its line names it instead.
bool named_by_line(const Record& record, std::string_view key) {
  return key == "client" && (record.kind == Kind::op || record.kind == Kind::ack);
}

}  // namespace

std::string_view json_member(std::string_view object, std::string_view key) {
  if (object.empty() || object.front() != '{') return {};
  std::size_t at = 1;
  while (at < object.size() && object[at] == '"') {
    const std::size_t colon = skip_string(object, at);
    const std::size_t end = skip_value(object, colon + 1);
    if (object.substr(at + 1, colon - at - 2) == key) {
      return object.substr(colon + 1, end - colon - 1);
    }
    at = end + 1;
  }
  return {};
}

bool json_matches(std::string_view json, const Value& wanted) {
  if (wanted.kind != Value::Kind::object) return json == to_json(wanted);
  if (json.empty() || json.front() != '{') return false;
  return std::ranges::all_of(wanted.members, [&](const Member& member) {
    const std::string_view found = json_member(json, member.key);
    return !found.empty() && json_matches(found, member.value);
  });
}

bool glob_match(std::string_view pattern, std::string_view text) {
  if (pattern.empty() || pattern.back() != '*') return pattern == text;
  return text.starts_with(pattern.substr(0, pattern.size() - 1));
}

bool is_snake_case_of(std::string_view name, std::string_view type_name) {
  std::size_t at = 0;
  for (std::size_t i = 0; i < type_name.size(); ++i) {
    const char c = type_name[i];
    const bool upper = c >= 'A' && c <= 'Z';
    if (upper && i > 0 && (at >= name.size() || name[at++] != '_')) return false;
    const char lower = upper ? static_cast<char>(c - 'A' + 'a') : c;
    if (at >= name.size() || name[at++] != lower) return false;
  }
  return at == name.size();
}

EventMatcher::EventMatcher(const EventPattern& pattern)
    : active_(true),
      kind_(enum_value<Kind>(pattern.event).value_or(Kind::event)),
      any_event_(pattern.event == enum_name(Kind::event)),
      pattern_(pattern) {}

bool EventMatcher::matches(const Record& record, NodeNames names) const {
  return could_match(record.kind) && named(record) && at_node(record) &&
         fields_match(record, names);
}

bool EventMatcher::named(const Record& record) const {
  if (kind_ == Kind::event && !any_event_ &&
      !is_snake_case_of(pattern_.event, record.body.name())) {
    return false;
  }
  if (pattern_.message.empty()) return true;
  return carries_message(kind_) && glob_match(pattern_.message, record.body.name());
}

bool EventMatcher::at_node(const Record& record) const {
  if (pattern_.node.kind != Selector::Kind::nodes) return true;
  return std::ranges::find(pattern_.node.nodes, record.node) != pattern_.node.nodes.end();
}

bool EventMatcher::fields_match(const Record& record, NodeNames names) const {
  if (pattern_.fields.empty()) return true;
  JsonWriter body(names);
  if (record.body.type != nullptr) record.body.type->print(record.body.value, body);
  return std::ranges::all_of(pattern_.fields, [&](const Member& wanted) {
    const std::string_view found = json_member(body.buffer(), wanted.key);
    if (!found.empty() && !named_by_line(record, wanted.key))
      return json_matches(found, wanted.value);
    const std::string line = line_field(record, wanted.key, names);
    return wanted.value.kind == Value::Kind::string && !line.empty() && line == wanted.value.text;
  });
}

}  // namespace quorate
