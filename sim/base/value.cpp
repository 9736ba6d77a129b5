#include "sim/base/value.hpp"

#include "sim/base/json_writer.hpp"

namespace quorate {
namespace {

void append_quoted(std::string& out, std::string_view text) {
  JsonWriter writer;
  writer.string(text);
  out += writer.buffer();
}

void append(std::string& out, const Value& value);

void append_items(std::string& out, const std::vector<Value>& items) {
  out += '[';
  for (const Value& item : items) {
    if (&item != &items.front()) out += ',';
    append(out, item);
  }
  out += ']';
}

void append_members(std::string& out, const std::vector<Member>& members) {
  out += '{';
  for (const Member& member : members) {
    if (&member != &members.front()) out += ',';
    append_quoted(out, member.key);
    out += ':';
    append(out, member.value);
  }
  out += '}';
}

// Recursion is bounded: whoever builds a Value from outside text limits its depth.
void append(std::string& out, const Value& value) {
  switch (value.kind) {
    case Value::Kind::null:
      out += "null";
      break;
    case Value::Kind::boolean:
      out += value.boolean ? "true" : "false";
      break;
    case Value::Kind::integer:
      out += std::to_string(value.integer);
      break;
    case Value::Kind::decimal:
      out += value.text;
      break;
    case Value::Kind::string:
      append_quoted(out, value.text);
      break;
    case Value::Kind::array:
      append_items(out, value.items);
      break;
    case Value::Kind::object:
      append_members(out, value.members);
      break;
  }
}

}  // namespace

const Value* Value::find(std::string_view key) const {
  for (const Member& member : members) {
    if (member.key == key) return &member.value;
  }
  return nullptr;
}

Value Value::of(std::string_view string) {
  Value value;
  value.kind = Kind::string;
  value.text = string;
  return value;
}

Value Value::of(std::int64_t number) {
  Value value;
  value.kind = Kind::integer;
  value.integer = number;
  return value;
}

std::string to_json(const Value& value) {
  std::string out;
  append(out, value);
  return out;
}

std::string_view kind_words(Value::Kind kind) {
  switch (kind) {
    case Value::Kind::null:
      return "null";
    case Value::Kind::boolean:
      return "a boolean";
    case Value::Kind::integer:
      return "an integer";
    case Value::Kind::decimal:
      return "a decimal number";
    case Value::Kind::string:
      return "a string";
    case Value::Kind::array:
      return "an array";
    case Value::Kind::object:
      return "an object";
  }
  return "a value";
}

}  // namespace quorate
