#include "sim/base/fields.hpp"

namespace quorate {

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
  if (source.kind != Value::Kind::string) return wrong_kind(source, "a node's name");
  for (std::uint32_t i = 0; i < names.size(); ++i) {
    if (names[i] == source.text) {
      target = NodeId{i};
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

}  // namespace detail

std::string snake_case(std::string_view type_name) {
  std::string result;
  for (const char c : type_name) {
    const bool upper = c >= 'A' && c <= 'Z';
    if (upper && !result.empty()) result += '_';
    result += upper ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return result;
}

}  // namespace quorate
