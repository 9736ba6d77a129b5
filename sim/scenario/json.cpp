// nlohmann's lexer and grammar read the text; what they leave open (places, limits, duplicate keys,
// numbers beyond their range) is settled here, on top of the SAX interface.
#include "sim/scenario/json.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "sim/scenario/syntax_error.hpp"

namespace quorate {
namespace {

// The text on its way into the lexer. The lexer keeps every byte since the last string or number
// for a message of its own, eight bytes for one; so the text seems to end `stretch` bytes after the
// last of them.
struct Feed {
  std::string_view text;
  std::size_t read{};   // bytes handed out, or skipped at the start
  std::size_t limit{};  // where the text seems to end

  void allow_stretch() { limit = std::min(text.size(), read + json_limits::stretch); }
};

struct FeedIterator {
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  Feed* feed{};  // null is the end

  bool at_end() const { return feed == nullptr || feed->read == feed->limit; }
  reference operator*() const { return feed->text[feed->read]; }
  FeedIterator& operator++() {
    ++feed->read;
    return *this;
  }
  FeedIterator operator++(int) { return ++*this; }
  friend bool operator==(const FeedIterator& a, const FeedIterator& b) {
    return a.at_end() == b.at_end();
  }
};

// One open array or object.
struct Frame {
  Value* container;
  std::map<std::string, std::size_t> keys;  // of an object: index of the first of that name
  std::vector<std::size_t> refused;         // members to be dropped at its end, ascending
};

// nlohmann's SAX handler. A callback comes right after its token was read, so the token's beginning
// is found by going on from the end of the token before. Callbacks return false to stop the parser.
class TreeBuilder {
 public:
  TreeBuilder(Feed& feed, std::size_t first, Diagnostics& diagnostics)
      : feed_(feed),
        text_(feed.text),
        start_(feed.read),
        first_(first),
        diagnostics_(diagnostics),
        end_(feed.read) {}

  bool null() { return begin_value(Value::Kind::null, 4) != nullptr; }
  bool boolean(bool value);
  // The lexer read one byte beyond a number, or none at the end; but the number tells its length.
  bool number_unsigned(std::uint64_t value) { return number(std::to_string(value).size()); }
  bool number_integer(std::int64_t value) {
    return number(value == 0 ? 2 : std::to_string(value).size());
  }
  bool number_float(nlohmann::json::number_float_t, const std::string& digits) {
    return number(digits.size());
  }
  bool string(std::string& text);
  bool binary(nlohmann::json::binary_t&) { return false; }
  bool start_object(std::size_t) { return open(Value::Kind::object); }
  bool start_array(std::size_t) { return open(Value::Kind::array); }
  bool key(std::string& name);
  bool end_object();
  bool end_array() { return close(); }
  bool parse_error(std::size_t read, const std::string&, const nlohmann::json::exception& problem) {
    return refuse(explain(read, problem.what(), problem.id));
  }

  // Reports a problem. Always false, the answer that stops the parser.
  bool refuse(const SyntaxError& error);
  bool refuse(ErrorCode code, std::size_t at, std::size_t length, std::string text) {
    return refuse({code, at, length, std::move(text), {}});
  }
  // What was built, after the parser's success.
  std::optional<Value> result();

 private:
  std::size_t next_token(bool* past_separator = nullptr) const;
  SourcePosition token(std::size_t length);
  Value* begin_value(Value::Kind kind, std::size_t length);
  bool number(std::size_t length);
  void read_number(Value& value, std::string_view digits);
  bool open(Value::Kind kind);
  bool close();
  bool in_object() const {
    return !open_.empty() && open_.back().container->kind == Value::Kind::object;
  }
  Standstill standstill(std::size_t read) const;
  SyntaxError explain(std::size_t read, std::string_view problem, int id) const;

  Feed& feed_;
  std::string_view text_;
  std::size_t start_;
  std::size_t first_;
  Diagnostics& diagnostics_;
  Value root_;
  std::vector<Frame> open_;
  LastRead last_{LastRead::nothing};
  std::size_t end_;  // of the token read last
  std::size_t values_{};
  std::uint32_t line_{1};  // of end_
  std::size_t line_begin_{};
};

// The beginning of the token after the one read last,
// past the one comma or colon that may stand between.
std::size_t TreeBuilder::next_token(bool* past_separator) const {
  const std::size_t at = skip_blanks(text_, end_);
  const char separator = last_ == LastRead::key ? ':' : ',';
  const bool allowed = last_ == LastRead::key || (last_ == LastRead::value && !open_.empty());
  const bool there = allowed && at < text_.size() && text_[at] == separator;
  if (past_separator != nullptr) *past_separator = there;
  return there ? skip_blanks(text_, at + 1) : at;
}

// Steps over the next token and tells its place.
SourcePosition TreeBuilder::token(std::size_t length) {
  const std::size_t begin = next_token();
  const std::string_view between = text_.substr(end_, begin - end_);
  line_ += static_cast<std::uint32_t>(std::count(between.begin(), between.end(), '\n'));
  if (const std::size_t last = between.rfind('\n'); last != std::string_view::npos)
    line_begin_ = end_ + last + 1;
  end_ = begin + length;
  return {first_ + begin, line_, static_cast<std::uint32_t>(begin - line_begin_ + 1),
          static_cast<std::uint32_t>(length)};
}

// The place of a new value in the tree; null (and an error) when there are too many.
Value* TreeBuilder::begin_value(Value::Kind kind, std::size_t length) {
  if (++values_ > json_limits::values) {
    refuse(ErrorCode::too_many_values, next_token(), length,
           "the file holds more than 1,000,000 values");
    return nullptr;
  }
  const SourcePosition at = token(length);
  Value* value = &root_;
  if (in_object())
    value = &open_.back().container->members.back().value;
  else if (!open_.empty())
    value = &open_.back().container->items.emplace_back();
  value->kind = kind;
  value->at = at;
  last_ = LastRead::value;
  return value;
}

bool TreeBuilder::boolean(bool value) {
  Value* place = begin_value(Value::Kind::boolean, value ? 4 : 5);
  if (place != nullptr) place->boolean = value;
  return place != nullptr;
}

bool TreeBuilder::number(std::size_t length) {
  if (length > json_limits::number_bytes) {
    return refuse(ErrorCode::number_too_large, next_token(), length,
                  "a number is longer than 256 bytes");
  }
  Value* value = begin_value(Value::Kind::integer, length);
  if (value == nullptr) return false;
  read_number(*value, text_.substr(end_ - length, length));
  feed_.allow_stretch();
  return true;
}

void TreeBuilder::read_number(Value& value, std::string_view digits) {
  const std::size_t begin = end_ - digits.size();
  const std::string_view mantissa = digits.substr(0, digits.find_first_of("eE"));
  if (digits[0] == '-' && mantissa.find_first_of("123456789") == std::string_view::npos) {
    refuse(
        {ErrorCode::negative_zero, begin, digits.size(), "a negative zero is refused", "write 0"});
  } else if (digits.find_first_of(".eE") != std::string_view::npos) {
    value.kind = Value::Kind::decimal;
    value.text = digits;
  } else if (std::from_chars(digits.data(), digits.data() + digits.size(), value.integer).ec !=
             std::errc{}) {
    refuse(ErrorCode::integer_out_of_range, begin, digits.size(),
           std::string(integer_range_sentence));
  }
}

bool TreeBuilder::string(std::string& text) {
  Value* value = begin_value(Value::Kind::string, feed_.read - next_token());
  if (value == nullptr) return false;
  if (text.size() > json_limits::string_bytes) {
    refuse(ErrorCode::string_too_long, end_ - value->at.length, value->at.length,
           "a string is longer than 64 KiB");
  } else {
    value->text = text;
  }
  feed_.allow_stretch();
  return true;
}

bool TreeBuilder::key(std::string& name) {
  const SourcePosition at = token(feed_.read - next_token());
  const std::size_t begin = end_ - at.length;
  Frame& frame = open_.back();
  std::vector<Member>& members = frame.container->members;
  if (members.size() == json_limits::keys) {
    return refuse(ErrorCode::too_many_keys, begin, at.length, "an object has more than 4,096 keys");
  }
  const bool too_long = name.size() > json_limits::key_bytes;
  if (too_long) {
    refuse(ErrorCode::key_too_long, begin, at.length, "a key is longer than 256 bytes");
  }
  const auto [earlier, is_new] = frame.keys.try_emplace(name, members.size());
  if (!is_new) {
    const SourcePosition there = members[earlier->second].key_at;
    refuse(ErrorCode::duplicate_key, begin, at.length,
           "key " + in_quotes(name) + " appears twice (first at " + std::to_string(there.line) +
               ":" + std::to_string(there.column) + ")");
  }
  if (too_long || !is_new) frame.refused.push_back(members.size());
  members.push_back({std::move(name), at, {}});
  feed_.allow_stretch();
  last_ = LastRead::key;
  return true;
}

bool TreeBuilder::open(Value::Kind kind) {
  if (open_.size() == json_limits::depth) {
    return refuse(ErrorCode::too_deep, next_token(), 1, "values are nested more than 64 deep");
  }
  Value* container = begin_value(kind, 1);
  if (container == nullptr) return false;
  open_.push_back({container, {}, {}});
  last_ = LastRead::opening;
  return true;
}

// Drops the members whose key was refused.
bool TreeBuilder::end_object() {
  const Frame& frame = open_.back();
  std::vector<Member>& members = frame.container->members;
  std::size_t kept = 0;
  auto dropped = frame.refused.begin();
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (dropped != frame.refused.end() && *dropped == i)
      ++dropped;
    else if (kept++ != i)
      members[kept - 1] = std::move(members[i]);
  }
  members.resize(kept);
  return close();
}

bool TreeBuilder::close() {
  token(1);
  open_.pop_back();
  last_ = LastRead::value;
  return true;
}

// Finding a place costs a pass over the text, so only errors that will be shown get one.
bool TreeBuilder::refuse(const SyntaxError& error) {
  SourcePosition at;
  if (diagnostics_.errors() < Diagnostics::max_kept) {
    at = place_in(text_, error.at, error.length, first_);
  }
  diagnostics_.error(error.code, at, error.text, error.hint);
  return false;
}

std::optional<Value> TreeBuilder::result() {
  if (feed_.limit < text_.size()) {
    refuse(explain_cut(standstill(feed_.read)));
    return std::nullopt;
  }
  return std::move(root_);
}

Standstill TreeBuilder::standstill(std::size_t read) const {
  Standstill where;
  where.text = text_;
  where.last_end = end_;
  where.begin = next_token(&where.past_separator);
  where.read = feed_.read;
  where.bad = start_ + read - 1;
  where.last = last_;
  if (!open_.empty()) where.container = open_.back().container;
  return where;
}

// nlohmann tells how many bytes it had read (one more at the end of the text). Only its lexer's
// messages quote the text, and they give their reason before: "... - invalid number; expected
// digit; last read: '".
SyntaxError TreeBuilder::explain(std::size_t read, std::string_view problem, int id) const {
  constexpr int number_overflow = 406;
  const Standstill where = standstill(read);
  if (id == number_overflow) return explain_overflow(where);
  if (where.bad >= feed_.limit && feed_.limit < text_.size()) return explain_cut(where);
  if (where.begin == text_.size()) return explain_end(where);
  const std::size_t quotation = problem.find("; last read: '");
  if (quotation == std::string_view::npos) return explain_grammar(where);
  problem = problem.substr(0, quotation);
  const std::size_t reason = problem.find_first_of(":;", problem.find(" - "));
  return explain_lexeme(where, reason == std::string_view::npos ? "" : problem.substr(reason + 2));
}

// Parses the text from `start` on; `first` is the offset of the whole text's first byte.
std::optional<Value> parse_from(std::size_t start, std::string_view text, std::size_t first,
                                Diagnostics& diagnostics) {
  using nlohmann::json;
  Feed feed{text, start, text.size()};
  feed.allow_stretch();
  TreeBuilder builder(feed, first, diagnostics);
  if (auto error = unreadable_byte(text.substr(start))) {
    error->at += start;
    builder.refuse(*error);
    return std::nullopt;
  }
  const bool strict = true;
  const bool ignore_comments = true;
  const bool whole = json::sax_parse(FeedIterator{&feed}, FeedIterator{}, &builder,
                                     json::input_format_t::json, strict, ignore_comments);
  return whole ? builder.result() : std::nullopt;
}

Value* member_of(Value& object, std::string_view name, SourcePosition name_at) {
  for (Member& member : object.members) {
    if (member.key == name) return &member.value;
  }
  Value created;
  created.kind = Value::Kind::object;
  created.at = name_at;
  return &object.members.emplace_back(Member{std::string(name), name_at, std::move(created)}).value;
}

Value* item_of(Value& array, std::string_view index) {
  std::size_t number{};
  const auto [end, problem] = std::from_chars(index.data(), index.data() + index.size(), number);
  const bool is_index = problem == std::errc{} && end == index.data() + index.size();
  return is_index && number < array.items.size() ? &array.items[number] : nullptr;
}

std::string no_part(const Value& parent, std::string_view walked, std::string_view part) {
  const std::string name = walked.empty() ? "the file" : in_quotes(walked);
  if (parent.kind != Value::Kind::array) {
    return name + " is " + std::string(kind_words(parent.kind)) + " and has no part " +
           in_quotes(part);
  }
  const std::size_t size = parent.items.size();
  if (size == 0) return name + " is empty and has no item " + in_quotes(part);
  return name + " has no item " + in_quotes(part) + "; its items are 0 to " +
         std::to_string(size - 1);
}

// "faults[0].do" as a path writes it: "faults.0.do".
std::string with_dots(std::string_view path) {
  std::string text;
  for (const char c : path) {
    if (c != ']') text += c == '[' ? '.' : c;
  }
  return text;
}

std::string malformed_path(std::string_view path) {
  if (path.find('[') != path.npos) {
    return "a path has dots and no brackets; did you mean " + in_quotes(with_dots(path)) + "?";
  }
  if (!is_dotted_path(path)) return "the path " + in_quotes(path) + " has an empty part";
  const auto dots = static_cast<std::size_t>(std::count(path.begin(), path.end(), '.'));
  return dots < json_limits::depth ? "" : "the path has more than 64 parts";
}

// `at` is the place of the path's first byte.
std::string place_value(Value& root, std::string_view path, SourcePosition at, Value value) {
  if (std::string sentence = malformed_path(path); !sentence.empty()) return sentence;
  Value* here = &root;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('.', begin), path.size());
    const std::string_view part = path.substr(begin, end - begin);
    SourcePosition part_at = at;
    part_at.offset += begin;
    part_at.column += static_cast<std::uint32_t>(begin);
    part_at.length = static_cast<std::uint32_t>(part.size());
    Value* child = nullptr;
    if (here->kind == Value::Kind::object)
      child = member_of(*here, part, part_at);
    else if (here->kind == Value::Kind::array)
      child = item_of(*here, part);
    if (child == nullptr) return no_part(*here, path.substr(0, begin == 0 ? 0 : begin - 1), part);
    here = child;
    begin = end + 1;
  }
  *here = std::move(value);
  return {};
}

}  // namespace

std::optional<Value> parse_json(std::string_view text, Diagnostics& diagnostics) {
  if (text.size() > json_limits::bytes) {
    diagnostics.error(ErrorCode::text_too_long, {}, "the file is larger than 16 MiB");
    return std::nullopt;
  }
  return parse_from(0, text, diagnostics.add_source(text), diagnostics);
}

bool is_dotted_path(std::string_view path) {
  return !path.empty() && path.front() != '.' && path.back() != '.' &&
         path.find("..") == std::string_view::npos;
}

std::string set_path(Value& root, std::string_view path, std::string_view text,
                     Diagnostics& diagnostics, std::string_view option) {
  const std::string typed = std::string(path) + "=" + std::string(text);
  if (unreadable_byte(typed)) return "the value for " + in_quotes(path) + " is not UTF-8 text";
  if (text.size() > json_limits::string_bytes)
    return "the value for " + in_quotes(path) + " is longer than 64 KiB";
  const std::size_t first = diagnostics.add_source(typed, option);
  Diagnostics scratch;
  std::optional<Value> value = parse_from(path.size() + 1, typed, first, scratch);
  if (value && scratch.failed()) return scratch.list().front().text;
  if (!value) {
    if (text.starts_with('[') || text.starts_with('{'))
      return "the value for " + in_quotes(path) + " begins like JSON and is none: names in it " +
             "stand in double quotes, '[\"a\", \"b\"]'";
    value = Value::of(text);
    value->at = place_in(typed, path.size() + 1, text.size(), first);
  }
  return place_value(root, path, place_in(typed, 0, 0, first), std::move(*value));
}

std::string set_path(Value& root, std::string_view path, Value value) {
  return place_value(root, path, {}, std::move(value));
}

}  // namespace quorate
