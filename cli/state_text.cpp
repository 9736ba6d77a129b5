#include "cli/state_text.hpp"

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

std::string summed_up(const Value& value) {
  std::string all = spaced(value);
  if (display_width(all) <= longest) return all;
  if (value.kind == Value::Kind::array && value.items.size() > 1) {
    return "[" + grouped(value.items.size()) + " items, the last: " + spaced(value.items.back()) +
           "]";
  }
  if (value.kind == Value::Kind::object && value.members.size() > 1) {
    const Member& last = value.members.back();
    return "{" + grouped(value.members.size()) + " entries, the last: " + printable(last.key) +
           ": " + spaced(last.value) + "}";
  }
  return all;
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
  for (std::size_t i = 0; i < value->members.size(); ++i) {
    const Member& member = value->members[i];
    const bool last = i + 1 == value->members.size();
    const std::string field = printable(member.key) + ": " +
                              (whole ? spaced(member.value) : summed_up(member.value)) +
                              (last ? "}" : ",");
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
