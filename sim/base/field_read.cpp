#include "sim/base/field_read.hpp"

#include <algorithm>

#include "sim/base/random.hpp"

namespace quorate {

std::size_t position_of_field(const ReadableFields& fields, std::string_view name) {
  const auto found = std::ranges::find(fields.names, name);
  return static_cast<std::size_t>(found - fields.names.begin());
}

std::string read_from(const Value& source, const Settable& target, NodeNames names) {
  const ReadableFields& fields = *target.fields;
  const auto read = [&](const Value& value, std::size_t field) {
    return fields.readers[field].read(value, fields.address(target.value, field), names);
  };
  if (source.kind != Value::Kind::object) {
    return fields.names.empty() ? detail::wrong_kind(source, "an object") : read(source, 0);
  }
  std::string error;
  for (const Member& member : source.members) {
    const std::size_t field = position_of_field(fields, member.key);
    if (field == fields.names.size()) return detail::unknown_choice(member.key, fields.list);
    if (error.empty()) error = read(member.value, field);
  }
  return error;
}

std::string read_field(const Value& source, std::string_view name, const Settable& target,
                       NodeNames names) {
  const ReadableFields& fields = *target.fields;
  const std::size_t field = position_of_field(fields, name);
  if (field == fields.names.size()) return {};
  return fields.readers[field].read(source, fields.address(target.value, field), names);
}

namespace detail {

std::string wrong_kind(const Value& source, std::string_view wanted) {
  std::string text = "expected ";
  text += wanted;
  text += ", found ";
  text += kind_words(source.kind);
  return text;
}

std::string read_integer(const Value& source, std::int64_t min, std::int64_t max,
                         std::int64_t& target) {
  if (source.kind != Value::Kind::integer) return wrong_kind(source, "an integer");
  if (source.integer < min || source.integer > max) {
    return "must lie between " + std::to_string(min) + " and " + std::to_string(max);
  }
  target = source.integer;
  return {};
}

std::string read_node(const Value& source, NodeId& target, NodeNames names) {
  if (source.kind == Value::Kind::null) {
    target = no_node;
    return {};
  }
  if (source.kind != Value::Kind::string) return wrong_kind(source, "a node's name");
  for (std::uint32_t i = 0; i < names.size(); ++i) {
    if (names[i] == source.text) {
      target = NodeId{i};
      return {};
    }
  }
  if (source.text.starts_with('?')) {  // one that has no name, by its number
    const Parsed<std::uint64_t> number = parse_seed(std::string_view(source.text).substr(1));
    if (number && number.value < no_node.value) {
      target = NodeId{static_cast<std::uint32_t>(number.value)};
      return {};
    }
  }
  return "no node is named \"" + source.text + "\"";
}

std::string unknown_choice(std::string_view found, std::string_view list) {
  std::string text = "unknown name \"";
  text += found;
  text += "\"; known are: ";
  text += list;
  return text;
}

std::string read_node_set(const Value& source, NodeSet& target, NodeNames names) {
  if (source.kind != Value::Kind::array) return wrong_kind(source, "an array of nodes");
  target.clear();
  for (const Value& item : source.items) {
    NodeId node;
    if (std::string error = read_node(item, node, names); !error.empty()) return error;
    target.insert(node);
  }
  return {};
}

}  // namespace detail

}  // namespace quorate
