#include "analysis/plain_json.hpp"

#include <algorithm>
#include <charconv>

#include "sim/base/utf8.hpp"
#include "sim/scenario/json.hpp"

namespace quorate {
namespace {

// Every step answers false where it meets something that is left to parse_json.
class PlainReader {
 public:
  explicit PlainReader(std::string_view json) : rest_(json) {}

  bool read(Value& target, std::size_t depth);
  bool at_end() const { return rest_.empty(); }

 private:
  // Keys of one object are compared with one another; beyond so many that takes too long.
  static constexpr std::size_t most_keys = 256;
  static constexpr std::size_t usual_keys = 4;

  bool take(char wanted) {
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool word(std::string_view wanted) {
    if (!rest_.starts_with(wanted)) return false;
    rest_.remove_prefix(wanted.size());
    return true;
  }
  bool text(std::string& target, std::size_t most);
  bool number(Value& target);
  bool array(Value& target, std::size_t depth);
  bool object(Value& target, std::size_t depth);
  bool member(Value& target, std::size_t depth);

  std::string_view rest_;
};

bool PlainReader::text(std::string& target, std::size_t most) {
  if (!take('"')) return false;
  std::size_t size = 0;
  std::uint8_t all = 0;
  for (; size < rest_.size() && rest_[size] != '"'; ++size) {
    const auto byte = static_cast<std::uint8_t>(rest_[size]);
    if (byte < 0x20 || byte == '\\') return false;
    all |= byte;
  }
  if (size == rest_.size() || size > most) return false;
  if (all >= 0x80 && !is_utf8(rest_.substr(0, size))) return false;
  target.assign(rest_.substr(0, size));
  rest_.remove_prefix(size + 1);
  return true;
}

bool PlainReader::number(Value& target) {
  target.kind = Value::Kind::integer;
  const std::string_view digits = rest_.substr(rest_.starts_with('-') ? 1 : 0, 2);
  if (digits.starts_with('0') && rest_.starts_with('-')) return false;
  if (digits.size() == 2 && digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9') return false;
  const char* const begin = rest_.data();
  const auto [end, fault] = std::from_chars(begin, begin + rest_.size(), target.integer);
  if (fault != std::errc{}) return false;
  rest_.remove_prefix(static_cast<std::size_t>(end - begin));
  return true;
}

bool PlainReader::array(Value& target, std::size_t depth) {
  target.kind = Value::Kind::array;
  if (take(']')) return true;
  do {
    if (!read(target.items.emplace_back(), depth)) return false;
  } while (take(','));
  return take(']');
}

bool PlainReader::object(Value& target, std::size_t depth) {
  target.kind = Value::Kind::object;
  if (take('}')) return true;
  target.members.reserve(usual_keys);
  do {
    if (!member(target, depth)) return false;
  } while (take(','));
  return take('}');
}

bool PlainReader::member(Value& target, std::size_t depth) {
  std::vector<Member>& members = target.members;
  if (members.size() == most_keys) return false;
  Member& own = members.emplace_back();
  if (!text(own.key, json_limits::key_bytes) || !take(':')) return false;
  const auto same = [&](const Member& other) { return other.key == own.key; };
  if (std::any_of(members.begin(), members.end() - 1, same)) return false;
  return read(own.value, depth);
}

bool PlainReader::read(Value& target, std::size_t depth) {
  if (rest_.empty()) return false;
  const bool opens = rest_.front() == '{' || rest_.front() == '[';
  if (opens && depth == json_limits::depth) return false;
  switch (rest_.front()) {
    case '{':
      rest_.remove_prefix(1);
      return object(target, depth + 1);
    case '[':
      rest_.remove_prefix(1);
      return array(target, depth + 1);
    case '"':
      target.kind = Value::Kind::string;
      return text(target.text, json_limits::string_bytes);
    case 't':
    case 'f':
      target.kind = Value::Kind::boolean;
      target.boolean = rest_.front() == 't';
      return word(target.boolean ? "true" : "false");
    case 'n':
      return word("null");
    default:
      return number(target);
  }
}

}  // namespace

std::optional<Value> read_plain_json(std::string_view json) {
  // So short a text is within all limits of parse_json that are not looked at here.
  if (json.size() > json_limits::stretch) return std::nullopt;
  std::optional<Value> value{std::in_place};
  PlainReader reader(json);
  if (!reader.read(*value, 0) || !reader.at_end()) return std::nullopt;
  return value;
}

}  // namespace quorate
