#include "sim/base/field_read.hpp"

#include <algorithm>
#include <vector>

#include "sim/base/random.hpp"
#include "sim/base/uint128.hpp"

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

std::string alter_field(const Settable& target, Lot lot) {
  std::string name;
  detail::alter_within(target, lot, name);
  return name;
}

namespace detail {

bool alter_truth(void* field, Lot, std::string&) {
  bool& value = *static_cast<bool*>(field);
  value = !value;
  return true;
}

// Any of the others; of nobody, anybody.
bool alter_node(void* field, Lot lot, std::string&) {
  NodeId& node = *static_cast<NodeId*>(field);
  const bool known = node.value < lot.nodes;
  const std::uint32_t others = lot.nodes - (known ? 1 : 0);
  if (others == 0) return false;
  const auto drawn = static_cast<std::uint32_t>(multiply_high(lot.value, others));
  node.value = known && drawn >= node.value ? drawn + 1 : drawn;
  return true;
}

bool alter_byte(std::uint8_t& value, Lot lot, std::size_t values) {
  if (values < 2) return false;
  const auto drawn = static_cast<std::uint8_t>(multiply_high(lot.value, values - 1));
  value = static_cast<std::uint8_t>(drawn >= value ? drawn + 1 : drawn);
  return true;
}

// What the first draw leaves over, once it has chosen among these fields, chooses among those of
// the one chosen.
bool alter_within(const Settable& target, Lot lot, std::string& name) {
  const ReadableFields& fields = *target.fields;
  std::vector<std::size_t> alterable;
  for (std::size_t i = 0; i < fields.readers.size(); ++i) {
    if (fields.readers[i].alter != nullptr) alterable.push_back(i);
  }
  if (alterable.empty()) return false;
  const UInt128 drawn = multiply_wide(lot.field, alterable.size());
  const std::size_t chosen = alterable[static_cast<std::size_t>(drawn.high)];
  lot.field = drawn.low;
  std::string inner;
  if (!fields.readers[chosen].alter(fields.address(target.value, chosen), lot, inner)) return false;
  name = std::string(fields.names[chosen]) + (inner.empty() ? "" : "." + inner);
  return true;
}

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
