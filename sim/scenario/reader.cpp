#include "sim/scenario/reader.hpp"

#include <algorithm>

namespace quorate {
namespace {

void report_kind(const Value& value, std::string_view what, std::string_view wanted,
                 Diagnostics& diagnostics) {
  diagnostics.error(ErrorCode::wrong_type, value.at,
                    std::string(what) + " must be " + std::string(wanted) + ", not " +
                        std::string(kind_words(value.kind)));
}

// "a", "b" or "c".
template <class Words>
std::string listed(const Words& words, std::string_view last_joint) {
  std::string result;
  std::size_t left = words.size();
  for (const std::string_view word : words) {
    result += in_quotes(word);
    --left;
    if (left == 1) result += last_joint;
    if (left > 1) result += ", ";
  }
  return result;
}

bool is_free_key(std::string_view key) { return key == "$schema" || key.starts_with("x-"); }

}  // namespace

bool is_name(std::string_view text) {
  constexpr std::string_view letters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-";
  return !text.empty() && text.size() <= 64 && text.find_first_not_of(letters) == text.npos;
}

bool expect_kind(const Value& value, Value::Kind kind, std::string_view what,
                 Diagnostics& diagnostics) {
  if (value.kind == kind) return true;
  report_kind(value, what, kind_words(kind), diagnostics);
  return false;
}

std::optional<bool> read_boolean(const Value& value, std::string_view what,
                                 Diagnostics& diagnostics) {
  if (!expect_kind(value, Value::Kind::boolean, what, diagnostics)) return std::nullopt;
  return value.boolean;
}

std::optional<std::int64_t> read_integer(const Value& value, std::string_view what,
                                         std::int64_t lowest, std::int64_t highest,
                                         Diagnostics& diagnostics) {
  if (!expect_kind(value, Value::Kind::integer, what, diagnostics)) return std::nullopt;
  if (value.integer >= lowest && value.integer <= highest) return value.integer;
  diagnostics.error(ErrorCode::out_of_range, value.at,
                    std::string(what) + " is " + std::to_string(value.integer) +
                        "; it must be from " + std::to_string(lowest) + " to " +
                        std::to_string(highest));
  return std::nullopt;
}

std::optional<std::string> read_string(const Value& value, std::string_view what,
                                       Diagnostics& diagnostics) {
  if (!expect_kind(value, Value::Kind::string, what, diagnostics)) return std::nullopt;
  return value.text;
}

std::optional<std::string> read_name(const Value& value, std::string_view what,
                                     Diagnostics& diagnostics) {
  if (!expect_kind(value, Value::Kind::string, what, diagnostics)) return std::nullopt;
  if (is_name(value.text)) return value.text;
  diagnostics.error(ErrorCode::malformed_name, value.at, in_quotes(value.text) + " is not a name",
                    "1 to 64 letters, digits, \"_\", \".\" and \"-\"");
  return std::nullopt;
}

std::optional<std::size_t> read_choice(const Value& value, std::string_view what,
                                       std::span<const std::string_view> words,
                                       Diagnostics& diagnostics) {
  if (!expect_kind(value, Value::Kind::string, what, diagnostics)) return std::nullopt;
  const auto found = std::find(words.begin(), words.end(), value.text);
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  const std::string near = did_you_mean(value.text, words);
  diagnostics.error(ErrorCode::unknown_choice, value.at,
                    std::string(what) + " cannot be " + in_quotes(value.text),
                    near.empty() ? "it is " + listed(words, " or ") : near);
  return std::nullopt;
}

std::vector<std::string> read_strings(const Value& value, std::string_view what,
                                      Diagnostics& diagnostics) {
  if (value.kind == Value::Kind::string) return {value.text};
  std::vector<std::string> result;
  if (value.kind != Value::Kind::array) {
    report_kind(value, what, "a string or an array of strings", diagnostics);
    return result;
  }
  for (const Value& item : value.items) {
    auto text = read_string(item, "an item of " + std::string(what), diagnostics);
    if (text) result.push_back(std::move(*text));
  }
  return result;
}

std::optional<std::string> quantity_text(const Value& value, std::string_view what,
                                         Diagnostics& diagnostics) {
  if (value.kind == Value::Kind::string || value.kind == Value::Kind::decimal) return value.text;
  if (value.kind == Value::Kind::integer) return std::to_string(value.integer);
  report_kind(value, what, "a string", diagnostics);
  return std::nullopt;
}

void report_unparsed(const Value& value, std::string_view sentence, Diagnostics& diagnostics) {
  const bool is_number =
      value.kind != Value::Kind::string ||
      (!value.text.empty() && value.text.find_first_not_of("0123456789.") == std::string::npos);
  diagnostics.error(is_number ? ErrorCode::no_unit : ErrorCode::malformed_value, value.at,
                    sentence);
}

ObjectReader::ObjectReader(const Value& value, std::string_view what, Diagnostics& diagnostics)
    : object_(expect_kind(value, Value::Kind::object, what, diagnostics) ? &value : nullptr),
      what_(what),
      diagnostics_(diagnostics) {}

bool ObjectReader::knows(std::string_view key) const {
  return std::find(known_.begin(), known_.end(), key) != known_.end();
}

const Value* ObjectReader::take(std::string_view key) {
  if (object_ == nullptr) return nullptr;
  diagnostics_.looked_for(what_, key);
  if (!knows(key)) known_.emplace_back(key);
  return object_->find(key);
}

const Value* ObjectReader::require(std::string_view key) {
  const Value* value = take(key);
  if (value == nullptr && object_ != nullptr) {
    diagnostics_.error(ErrorCode::missing_key, object_->at, what_ + " needs " + in_quotes(key));
  }
  return value;
}

std::optional<bool> ObjectReader::optional_boolean(std::string_view key) {
  const Value* value = take(key);
  if (value == nullptr) return std::nullopt;
  return read_boolean(*value, in_quotes(key), diagnostics_);
}

std::optional<std::int64_t> ObjectReader::optional_integer(std::string_view key,
                                                           std::int64_t lowest,
                                                           std::int64_t highest) {
  const Value* value = take(key);
  if (value == nullptr) return std::nullopt;
  return read_integer(*value, in_quotes(key), lowest, highest, diagnostics_);
}

std::optional<std::string> ObjectReader::optional_string(std::string_view key) {
  const Value* value = take(key);
  if (value == nullptr) return std::nullopt;
  return read_string(*value, in_quotes(key), diagnostics_);
}

std::optional<std::string> ObjectReader::optional_name(std::string_view key) {
  const Value* value = take(key);
  if (value == nullptr) return std::nullopt;
  return read_name(*value, in_quotes(key), diagnostics_);
}

std::optional<Duration> ObjectReader::optional_duration(std::string_view key) {
  return parsed(key, parse_duration);
}

std::vector<std::string> ObjectReader::strings(std::string_view key) {
  const Value* value = take(key);
  if (value == nullptr) return {};
  return read_strings(*value, in_quotes(key), diagnostics_);
}

bool ObjectReader::boolean_or(std::string_view key, bool fallback) {
  return optional_boolean(key).value_or(fallback);
}

std::string ObjectReader::string_or(std::string_view key, std::string_view fallback) {
  return optional_string(key).value_or(std::string(fallback));
}

std::string ObjectReader::name_or(std::string_view key, std::string_view fallback) {
  return optional_name(key).value_or(std::string(fallback));
}

Duration ObjectReader::duration_or(std::string_view key, Duration fallback) {
  return optional_duration(key).value_or(fallback);
}

std::vector<const Member*> ObjectReader::present(std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) take(key);
  std::vector<const Member*> found;
  if (object_ == nullptr) return found;
  for (const Member& member : object_->members) {
    if (std::find(keys.begin(), keys.end(), member.key) != keys.end()) found.push_back(&member);
  }
  return found;
}

std::string_view ObjectReader::one_of(std::initializer_list<std::string_view> keys) {
  const auto found = present(keys);
  if (object_ == nullptr) return {};
  if (found.size() == 1) return found.front()->key;
  diagnostics_.error(ErrorCode::needs_exactly_one, found.empty() ? object_->at : found[1]->key_at,
                     what_ + " needs exactly one of " + listed(keys, " and "));
  return {};
}

void ObjectReader::at_most_one_of(std::initializer_list<std::string_view> keys) {
  const auto found = present(keys);
  if (found.size() < 2) return;
  diagnostics_.error(
      ErrorCode::contradiction, found[1]->key_at,
      what_ + " cannot have both " + in_quotes(found[0]->key) + " and " + in_quotes(found[1]->key));
}

void ObjectReader::finish() {
  if (object_ == nullptr) return;
  for (const Member& member : object_->members) {
    if (knows(member.key) || is_free_key(member.key)) continue;
    const std::string near = did_you_mean(member.key, std::span<const std::string>(known_));
    diagnostics_.error(ErrorCode::unknown_key, member.key_at,
                       "unknown key " + in_quotes(member.key) + " in " + what_,
                       near.empty() ? "it has " + listed(known_, " and ") : near);
  }
}

void ObjectReader::error(std::string_view key, ErrorCode code, std::string_view text,
                         std::string_view hint) {
  const Value* value = take(key);
  const SourcePosition at = value != nullptr     ? value->at
                            : object_ != nullptr ? object_->at
                                                 : SourcePosition{};
  diagnostics_.error(code, at, text, hint);
}

}  // namespace quorate
