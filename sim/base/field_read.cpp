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

std::string alter_field(const Settable& target, const Lot& lot) {
  std::string name;
  detail::alter_within(target, lot, name);
  return name;
}

namespace detail {

namespace {

// So many values on, the first one following the last.
std::uint32_t turned(std::uint32_t value, std::int64_t steps, std::uint32_t values) {
  const auto whole = static_cast<std::int64_t>(values);
  const std::int64_t place = (static_cast<std::int64_t>(value) + steps % whole) % whole;
  return static_cast<std::uint32_t>(place < 0 ? place + whole : place);
}

std::uint32_t one_of(std::uint64_t drawn, std::uint32_t values) {
  return static_cast<std::uint32_t>(multiply_high(drawn, values));
}

}  // namespace

bool alter_truth(void* field, const Lot& lot, std::string&) {
  if (!lot.path.empty()) return false;
  bool& value = *static_cast<bool*>(field);
  if (lot.outright) {
    value = lot.value >> 63 != 0;
  } else if (!lot.further || *lot.further % 2 != 0) {
    value = !value;
  }
  return true;
}

std::uint64_t bits_drawn(std::uint64_t bits, const Lot& lot) {
  constexpr std::uint64_t lowest = 0xff;
  if (lot.outright) return (bits & ~lowest) | lot.value >> 56;
  return bits ^ std::uint64_t{1} << (lot.value >> 61);
}

// Not beyond the range of its type.
std::int64_t moved_on(std::int64_t value, std::int64_t steps, std::int64_t min, std::int64_t max) {
  if (steps > 0) return value > max - steps ? max : value + steps;
  return value < min - steps ? min : value + steps;
}

// Any of the others; of nobody, anybody.
bool alter_node(void* field, const Lot& lot, std::string&) {
  if (lot.nodes == 0 || !lot.path.empty()) return false;
  NodeId& node = *static_cast<NodeId*>(field);
  const bool known = node.value < lot.nodes;
  if (lot.outright) node.value = one_of(lot.value, lot.nodes);
  if (lot.further && known) node.value = turned(node.value, *lot.further, lot.nodes);
  if (lot.outright || lot.further) return true;
  const std::uint32_t others = lot.nodes - (known ? 1 : 0);
  if (others == 0) return false;
  const std::uint32_t drawn = one_of(lot.value, others);
  node.value = known && drawn >= node.value ? drawn + 1 : drawn;
  return true;
}

bool alter_byte(std::uint8_t& value, const Lot& lot, std::size_t values) {
  if (values < 2 || !lot.path.empty()) return false;
  const auto all = static_cast<std::uint32_t>(values);
  if (lot.outright) {
    value = static_cast<std::uint8_t>(one_of(lot.value, all));
  } else if (lot.further) {
    value = static_cast<std::uint8_t>(turned(value, *lot.further, all));
  } else {
    const std::uint32_t drawn = one_of(lot.value, all - 1);
    value = static_cast<std::uint8_t>(drawn >= value ? drawn + 1 : drawn);
  }
  return true;
}

namespace {

// The field that the lot's path leads to.
bool alter_named(const Settable& target, const Lot& lot, std::string& name) {
  const ReadableFields& fields = *target.fields;
  const std::size_t dot = lot.path.find('.');
  const std::size_t field = position_of_field(fields, lot.path.substr(0, dot));
  if (field == fields.names.size()) return false;
  const ReadableFields::Reader& reader = fields.readers[field];
  void* const address = fields.address(target.value, field);
  Lot rest = lot;
  rest.path = dot == lot.path.npos ? std::string_view() : lot.path.substr(dot + 1);
  std::string inner;
  if (rest.path.empty() && lot.constant != nullptr) {
    if (!reader.read(*lot.constant, address, lot.names).empty()) return false;
  } else if (reader.alter == nullptr || !reader.alter(address, rest, inner)) {
    return false;
  }
  name = std::string(fields.names[field]) + (inner.empty() ? "" : "." + inner);
  return true;
}

}  // namespace

// What the first draw leaves over, once it has chosen among these fields, chooses among those of
// the one chosen.
bool alter_within(const Settable& target, const Lot& lot, std::string& name) {
  if (!lot.path.empty()) return alter_named(target, lot, name);
  const ReadableFields& fields = *target.fields;
  std::vector<std::size_t> alterable;
  for (std::size_t i = 0; i < fields.readers.size(); ++i) {
    if (fields.readers[i].alter != nullptr) alterable.push_back(i);
  }
  if (alterable.empty()) return false;
  const UInt128 drawn = multiply_wide(lot.field, alterable.size());
  const std::size_t chosen = alterable[static_cast<std::size_t>(drawn.high)];
  Lot rest = lot;
  rest.field = drawn.low;
  std::string inner;
  if (!fields.readers[chosen].alter(fields.address(target.value, chosen), rest, inner)) {
    return false;
  }
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
