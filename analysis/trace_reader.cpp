#include "analysis/trace_reader.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "analysis/plain_json.hpp"
#include "sim/base/decimal.hpp"
#include "sim/base/utf8.hpp"
#include "sim/scenario/diagnostics.hpp"
#include "sim/scenario/json.hpp"

namespace quorate {
namespace {

constexpr std::size_t block_bytes = std::size_t{256} << 10;
constexpr std::size_t longest_line = std::size_t{64} << 20;

constexpr std::string_view write_one = "`quorate run SCENARIO --trace FILE` writes a trace";
constexpr std::string_view take_the_original =
    "a program changed it on its way here; take the file as quorate wrote it";

// Blanks are all that is passed over: quorate writes none, and another program may.
std::size_t skip_space(std::string_view text, std::size_t at) {
  while (at < text.size() && text[at] == ' ') ++at;
  return at;
}

// Whether there are only bytes from 0x20 to 0x7F, as nearly always: eight are looked at at once.
bool is_plain_ascii(std::string_view text) {
  constexpr std::uint64_t ones = 0x0101'0101'0101'0101;
  std::uint64_t found = 0;
  std::size_t at = 0;
  for (; at + sizeof found <= text.size(); at += sizeof found) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, sizeof word);
    found |= word | ((word - 0x20 * ones) & ~word);  // a byte's top bit: beyond, or below 0x20
  }
  for (; at < text.size(); ++at) {
    const auto byte = static_cast<std::uint8_t>(text[at]);
    if (byte < 0x20) return false;
    found |= byte;
  }
  return (found & 0x80 * ones) == 0;
}

// Empty where the line may be JSON as far as its bytes tell.
std::string check_bytes(std::string_view line) {
  if (is_plain_ascii(line)) return {};
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t length = utf8_length(line.substr(at, 4));
    const bool control = static_cast<std::uint8_t>(line[at]) < 0x20;
    if (length == 0 || control) {
      return "holds, as its byte " + std::to_string(at + 1) + ", " +
             (control ? "the control character " + printable(line.substr(at, 1))
                      : "one that is not UTF-8");
    }
    at += length;
  }
  return {};
}

bool is_compressed(std::string_view text) {
  constexpr std::string_view magics[] = {"\x1f\x8b", "\x28\xb5\x2f\xfd", "\xfd\x37zXZ", "BZh",
                                         "PK\x03\x04"};
  return std::ranges::any_of(magics, [&](std::string_view m) { return text.starts_with(m); });
}

// One past the closing quote of the string that opens at `at`; npos if it is not closed.
std::size_t skip_string(std::string_view text, std::size_t at) {
  for (++at; at < text.size(); ++at) {
    if (text[at] == '"') return at + 1;
    if (text[at] == '\\') ++at;
  }
  return std::string_view::npos;
}

// One past the value that starts at `at`: the comma or bracket that ends it,
// with all brackets inside it closed by their like. npos if there is none.
// The inside of numbers and words is not looked at.
std::size_t skip_value(std::string_view text, std::size_t at) {
  const std::size_t start = at;
  std::string open;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"') {
      at = skip_string(text, at);
      if (at == std::string_view::npos) return at;
      continue;
    }
    if (c == '{' || c == '[') {
      if (open.size() == json_limits::depth) return std::string_view::npos;
      open += c == '{' ? '}' : ']';
    }
    if (c == '}' || c == ']' || c == ',') {
      if (open.empty()) return at > start ? at : std::string_view::npos;
      if (c != ',' && c != open.back()) return std::string_view::npos;
      if (c != ',') open.pop_back();
    }
    ++at;
  }
  return std::string_view::npos;
}

std::string_view trim_end(std::string_view text) {
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

bool strings_of(const LineMembers& members, std::string_view key,
                std::vector<std::string>& target) {
  const auto value = members.value(key);
  if (!value || value->kind != Value::Kind::array) return false;
  for (const Value& item : value->items) {
    if (item.kind != Value::Kind::string) return false;
    target.push_back(item.text);
  }
  return true;
}

bool is_digest(std::string_view text) {
  return text.size() == 16 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::optional<std::uint64_t> whole_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

std::string LineMembers::scan(std::string_view line) {
  constexpr std::size_t usual_members = 12;
  items_.clear();
  items_.reserve(usual_members);
  if (!line.starts_with('{')) return "does not begin with {";
  std::size_t at = skip_space(line, 1);
  if (at < line.size() && line[at] == '}') return "is empty";
  for (char separator = ','; separator == ',';) {
    if (std::string fault = scan_member(line, at); !fault.empty()) return fault;
    separator = line[at];
    at = skip_space(line, at + 1);
    if (separator == ']') return "is no complete JSON object";
  }
  return at == line.size() ? std::string() : "goes on after its end";
}

// Takes the member that begins at `at` and moves `at` to the comma or bracket behind it.
std::string LineMembers::scan_member(std::string_view line, std::size_t& at) {
  if (at >= line.size() || line[at] != '"') return "has no key where one must stand";
  const std::size_t key_end = skip_string(line, at);
  if (key_end == std::string_view::npos) return "ends inside a key";
  const std::string_view key = line.substr(at + 1, key_end - at - 2);
  const std::size_t colon = skip_space(line, key_end);
  if (colon >= line.size() || line[colon] != ':') return "has a key without a value";
  const std::size_t value = skip_space(line, colon + 1);
  at = skip_value(line, value);
  if (at == std::string_view::npos) return "is no complete JSON object";
  if (has(key)) return "has the key " + quoted(key) + " twice";
  items_.push_back({key, trim_end(line.substr(value, at - value))});
  return {};
}

std::string_view LineMembers::raw(std::string_view key) const {
  for (const Item& item : items_) {
    if (item.key == key) return item.json;
  }
  return {};
}

std::optional<std::uint64_t> LineMembers::number(std::string_view key) const {
  return whole_number(raw(key));
}

std::optional<std::string> LineMembers::text(std::string_view key) const {
  const std::string_view json = raw(key);
  if (json.size() < 2 || json.front() != '"') return std::nullopt;
  if (json.find('\\') == std::string_view::npos)
    return std::string(json.substr(1, json.size() - 2));
  const auto parsed = value(key);
  if (!parsed || parsed->kind != Value::Kind::string) return std::nullopt;
  return parsed->text;
}

std::optional<Value> LineMembers::value(std::string_view key) const {
  const std::string_view json = raw(key);
  if (std::optional<Value> plain = read_plain_json(json)) return plain;
  Diagnostics diagnostics;
  auto parsed = parse_json(json, diagnostics);
  return diagnostics.failed() ? std::nullopt : std::move(parsed);
}

TraceReader::TraceReader(std::string_view text) : window_(text) { read_header(); }

TraceReader::TraceReader(TraceSource source) : source_(std::move(source)) { read_header(); }

// Puts what is left into a new block and fills it up, in however small pieces the source comes;
// lines keep the old block for themselves. False at the end of the trace.
bool TraceReader::read_on() {
  if (!source_) return false;
  auto block = std::make_shared<std::string>();
  const std::string_view kept = rest();
  block->reserve(std::max(block_bytes, 2 * kept.size()));
  block->append(kept);
  block->resize(block->capacity());
  std::size_t filled = kept.size();
  for (std::size_t count = 1; count != 0 && filled < block->size(); filled += count) {
    count = source_(block->data() + filled, block->size() - filled);
  }
  block->resize(filled);
  const bool more = filled != kept.size();
  block_ = std::move(block);
  window_ = *block_;
  window_begin_ = offset_;
  return more;
}

// A line without its '\n' was cut off while it was written, whatever it looks like.
std::optional<std::string_view> TraceReader::take_line() {
  line_offset_ = offset_;
  std::size_t length = rest().find('\n');
  while (length == std::string_view::npos) {
    const std::size_t searched = rest().size();
    if (searched > longest_line) break;
    if (!read_on()) {
      truncated_ = true;
      return fail(has_header() ? "it ends before its footer" : "it ends inside its first line");
    }
    length = rest().find('\n', searched);
  }
  if (length > longest_line) return fail("a line is longer than 64 MiB");
  const std::string_view line = rest().substr(0, length);
  checksum_before_line_ = checksum_;
  checksum_.add(rest().substr(0, length + 1));
  offset_ += length + 1;
  return line;
}

// Whether the first bytes are of something else than a trace: of what, as far as they tell.
bool TraceReader::refuse_foreign() {
  while (rest().size() < 4 && read_on()) {
  }
  const std::string_view text = rest();
  truncated_ = text.empty();
  if (text.empty()) {
    fail("it is empty", write_one);
  } else if (is_compressed(text)) {
    fail("it is compressed", "unpack it first");
  } else if (text.starts_with("\xEF\xBB\xBF")) {
    fail("it begins with a byte order mark", take_the_original);
  } else if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
    fail("it is UTF-16; a trace is UTF-8", take_the_original);
  } else if (text.front() != '{') {
    fail("its first line is no trace header", write_one);
  }
  return !error_.empty();
}

void TraceReader::read_header() {
  if (refuse_foreign()) return;
  const auto line = take_line();
  if (!line) return;
  if (line->ends_with('\r')) {
    fail("its lines end in \\r\\n instead of \\n", take_the_original);
    return;
  }
  LineMembers members;
  if (!members.scan(*line).empty() || !members.has("quorate_trace")) {
    fail("its first line is no trace header", write_one);
    return;
  }
  const std::string_view version = members.raw("quorate_trace");
  if (version != std::to_string(trace_version)) {
    fail("it was written in version " + printable(version) +
             " of the format; this program reads version " + std::to_string(trace_version),
         "use the quorate that wrote it, or run its scenario again");
    return;
  }
  std::string fault = check_bytes(*line);
  if (!fault.empty()) fault = "its header " + fault;
  if (fault.empty()) fault = read_header_members(members);
  if (!fault.empty()) fail(fault);
  has_header_ = fault.empty();
}

std::string TraceReader::read_header_members(const LineMembers& members) {
  const auto protocol = members.text("protocol");
  const auto version = members.number("protocol_version");
  const auto seed_text = members.text("seed");
  const auto seed = seed_text ? whole_number(*seed_text) : std::nullopt;
  if (!protocol || !version || *version > 1'000'000)
    return "its header names no protocol and version";
  if (!seed) return "its header has no seed, a whole number written as a string";
  if (!strings_of(members, "nodes", header_.nodes) ||
      !strings_of(members, "clients", header_.clients)) {
    return "its header does not list its nodes and clients";
  }
  if (!members.raw("scenario").starts_with('{')) return "its header holds no scenario";
  if (members.has("level")) {
    const auto level = enum_value<TraceLevel>(members.text("level").value_or(""));
    if (!level) return "its header names a level that is not known";
    header_.level = *level;
  }
  header_.protocol = *protocol;
  header_.protocol_version = static_cast<int>(*version);
  header_.seed = *seed;
  header_.scenario = std::string(members.raw("scenario"));
  names_ = header_.nodes;
  names_.insert(names_.end(), header_.clients.begin(), header_.clients.end());
  return {};
}

std::optional<TraceLine> TraceReader::next() {
  while (error_.empty() && !end_) {
    const auto line = take_line();
    if (!line) return std::nullopt;
    LineMembers members;
    std::string fault = check_bytes(*line);
    if (fault.empty()) fault = members.scan(*line);
    if (!fault.empty()) return fail("a line " + fault);
    if (members.has("end")) {
      read_end(*line, std::move(members));
      return std::nullopt;
    }
    const auto kind = members.text("k");
    if (!kind) return fail("a line has no kind");
    if (!enum_value<Kind>(*kind)) {
      ++skipped_;
      continue;
    }
    return read_event(*line, std::move(members));
  }
  return std::nullopt;
}

std::optional<TraceLine> TraceReader::read_event(std::string_view line, LineMembers members) {
  TraceLine event;
  const auto index = members.number("i");
  const auto time = members.number("t");
  if (!index || !time || *time > static_cast<std::uint64_t>(Time::never().ns)) {
    return fail("a line has no index or no time");
  }
  event.index = *index;
  event.time = Time{static_cast<std::int64_t>(*time)};
  event.kind = *enum_value<Kind>(*members.text("k"));
  if (members.has("cause")) {
    const auto cause = members.number("cause");
    if (!cause) return fail("a line's cause is no index");
    event.cause = *cause;
  }
  event.line = line;
  event.offset = line_offset_;
  event.members = std::move(members);
  event.block = block_;
  if (const std::string fault = check_order(event); !fault.empty()) return fail(fault);
  if (const std::string fault = check_node(event); !fault.empty()) return fail(fault);
  last_index_ = event.index;
  last_offset_ = event.offset;
  last_time_ = event.time;
  return event;
}

// Indices are dense where nothing was left out and grow everywhere, time never runs back, and
// nothing is caused by what comes after it.
std::string TraceReader::check_order(const TraceLine& event) const {
  const std::uint64_t least = last_index_ ? *last_index_ + 1 : 0;
  const bool dense = header_.level == TraceLevel::all || header_.level == TraceLevel::events;
  const std::string name = "event e" + std::to_string(event.index);
  if (event.index < least) return name + " stands after its time";
  if (dense && skipped_ == 0 && event.index != least) {
    return "event e" + std::to_string(least) + " is missing before e" + std::to_string(event.index);
  }
  if (event.time < last_time_) return name + " lies before the one it follows";
  if (event.cause != no_cause && event.cause >= event.index)
    return name + " is caused by a later one";
  return {};
}

std::string TraceReader::check_node(TraceLine& event) const {
  if (!event.members.has("n")) return {};
  const auto name = event.members.text("n");
  const auto found = name ? std::ranges::find(names_, *name) : names_.end();
  if (found == names_.end()) {
    return "event e" + std::to_string(event.index) + " is at a node the header does not name";
  }
  event.node = NodeId{static_cast<std::uint32_t>(found - names_.begin())};
  return {};
}

void TraceReader::read_end(std::string_view line, LineMembers members) {
  TraceEnd end;
  const auto events = members.number("events");
  const auto digest = members.text("digest");
  const auto verdict = members.text("verdict");
  const bool whole = events && digest && is_digest(*digest) && verdict &&
                     strings_of(members, "diagnosis", end.diagnosis);
  if (!whole) {
    fail("its footer has no events, digest, verdict and diagnosis");
    return;
  }
  const std::uint64_t read = last_index_ ? *last_index_ + 1 : 0;
  const bool dense = header_.level == TraceLevel::all || header_.level == TraceLevel::events;
  if (*events < read || (dense && skipped_ == 0 && *events != read)) {
    fail("its footer counts " + std::to_string(*events) + " events, but " + std::to_string(read) +
         " stand before it");
    return;
  }
  end.block = block_;
  if (!rest().empty() || read_on()) {
    line_offset_ = offset_;
    fail("something follows its footer");
    return;
  }
  end.events = *events;
  end.digest = *digest;
  end.verdict = *verdict;
  end.line = line;
  end.members = std::move(members);
  end_ = std::move(end);
}

std::nullopt_t TraceReader::fail(std::string_view fault, std::string_view advice) {
  error_ = "bad trace at byte " + std::to_string(line_offset_) + ": " + std::string(fault);
  advice_ = advice;
  if (last_index_) {
    error_ += "; the last good record is e" + std::to_string(*last_index_) + " at byte " +
              std::to_string(last_offset_);
  }
  return std::nullopt;
}

}  // namespace quorate
