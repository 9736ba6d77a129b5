#include "cli/state_text.hpp"

#include <algorithm>

#include "analysis/terminal.hpp"
#include "cli/layout.hpp"
#include "sim/scenario/json.hpp"

namespace quorate {
namespace {

constexpr std::size_t longest = 60;  // of a field's value that is shown as it is
constexpr std::size_t indent = 6;    // of lines after the first

// Brackets around the parts, which are parted by commas.
std::string enclosed(char open, const std::vector<std::string>& parts, char close) {
  return open + joined(parts) + close;
}

std::string spaced(const Value& value) {
  std::vector<std::string> parts;
  for (const Value& item : value.items) parts.push_back(spaced(item));
  for (const Member& member : value.members) {
    parts.push_back(printable(member.key) + ": " + spaced(member.value));
  }
  if (value.kind == Value::Kind::array) return enclosed('[', parts, ']');
  if (value.kind == Value::Kind::object) return enclosed('{', parts, '}');
  return to_json(value);
}

// Nothing has come into it yet.
bool is_blank(const Value& value) {
  const auto blank = [](const auto& part) {
    if constexpr (requires { part.value; })
      return is_blank(part.value);
    else
      return is_blank(part);
  };
  switch (value.kind) {
    case Value::Kind::null:
      return true;
    case Value::Kind::boolean:
      return !value.boolean;
    case Value::Kind::integer:
      return value.integer == 0;
    case Value::Kind::array:
      return std::ranges::all_of(value.items, blank);
    case Value::Kind::object:
      return std::ranges::all_of(value.members, blank);
    default:
      return value.text.empty();
  }
}

std::string summed_up(const Value& value, std::size_t room = longest);

// The members in which there is something, as many as there is room for; the others as "...".
std::string members_summed_up(const Value& object, std::size_t room) {
  std::vector<std::string> parts;
  std::size_t taken = 0;
  bool all = true;
  for (const Member& member : object.members) {
    const std::string part =
        printable(member.key) + ": " + summed_up(member.value, room - std::min(room / 2, taken));
    const bool fits = taken + display_width(part) <= room || parts.empty();
    if (is_blank(member.value) || !fits) {
      all = false;
      continue;
    }
    taken += display_width(part) + 2;
    parts.push_back(part);
  }
  if (!all) parts.emplace_back("...");
  return enclosed('{', parts, '}');
}

// Of a list its end, which is where things happen.
std::string summed_up(const Value& value, std::size_t room) {
  std::string all = spaced(value);
  if (display_width(all) <= room) return all;
  if (value.kind == Value::Kind::array && value.items.size() > 1) {
    return "[" + grouped(value.items.size()) +
           " items, the last: " + summed_up(value.items.back(), 2 * longest) + "]";
  }
  return value.kind == Value::Kind::object ? members_summed_up(value, room) : all;
}

bool is_container(const Value& value) {
  return value.kind == Value::Kind::array || value.kind == Value::Kind::object;
}

// The fields as they are shown; but at the end by their names alone those that are empty, and those
// that hold but zeros and other blanks.
std::vector<std::string> fields_of(const Value& state, bool whole) {
  std::vector<std::string> fields;
  std::vector<std::string> empty;
  std::vector<std::string> blank;
  for (const Member& member : state.members) {
    const Value& value = member.value;
    if (!whole && is_container(value) && is_blank(value)) {
      const bool none = value.items.empty() && value.members.empty();
      (none ? empty : blank).push_back(printable(member.key));
      continue;
    }
    fields.push_back(printable(member.key) + ": " + (whole ? spaced(value) : summed_up(value)));
  }
  if (!blank.empty()) fields.push_back("nothing yet: " + joined(blank));
  if (!empty.empty()) fields.push_back("empty: " + joined(empty));
  return fields;
}

}  // namespace

std::string state_text(const std::string& head, std::string_view state, bool whole) {
  Diagnostics diagnostics;
  const std::optional<Value> value = parse_json(state, diagnostics);
  if (!value || diagnostics.failed() || value->members.empty()) {
    return "  " + head + " " + std::string(state) + "\n";
  }
  std::string text;
  std::string line = "  " + head + " {";
  const std::vector<std::string> fields = fields_of(*value, whole);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const std::string field = fields[i] + (i + 1 == fields.size() ? "}" : ",");
    const std::string_view gap = i == 0 ? "" : " ";
    if (display_width(line) + gap.size() + display_width(field) <= text_columns) {
      line += std::string(gap) + field;
    } else {
      text += line + "\n";
      line = std::string(indent, ' ') + wrapped(field, indent);
    }
  }
  return text + line + "\n";
}

}  // namespace quorate
