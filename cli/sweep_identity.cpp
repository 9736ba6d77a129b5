#include "cli/sweep_identity.hpp"

#include <algorithm>

#include "cli/build_info.hpp"
#include "cli/variants.hpp"
#include "sim/base/json_writer.hpp"
#include "sim/scenario/json.hpp"

namespace quorate {
namespace {

constexpr std::string_view identity_head = "{\"quorate_sweep\":2,\n";

// ---- writing ------------------------------------------------------------------------------------

class MemberLines {
 public:
  MemberLines() { out_.literal(identity_head); }

  void text(std::string_view name, std::string_view value) {
    begin(name);
    out_.string(value);
  }
  void number(std::string_view name, std::int64_t value) {
    begin(name);
    out_.number(value);
  }
  void raw(std::string_view name, std::string_view json) {
    begin(name);
    out_.raw(json);
  }
  void texts(std::string_view name, const std::vector<std::string>& values) {
    begin(name);
    print(values);
  }
  void rows(std::string_view name, const std::vector<std::vector<std::string>>& values) {
    begin(name);
    out_.open_array();
    for (const auto& row : values) print(row);
    out_.close_array();
  }
  std::string end() {
    out_.literal("}\n");
    return out_.buffer();
  }

 private:
  void begin(std::string_view name) {
    if (begun_) out_.literal(",\n");
    begun_ = true;
    out_.key(name);
  }
  void print(const std::vector<std::string>& values) {
    out_.open_array();
    for (const std::string& value : values) out_.string(value);
    out_.close_array();
  }

  JsonWriter out_;
  bool begun_{};
};

std::string seeds_text(const SweepIdentity& identity) {
  return std::to_string(identity.first_seed) + ".." +
         std::to_string(identity.first_seed + (identity.seeds - 1));
}

// ---- reading ------------------------------------------------------------------------------------

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  for (std::size_t end = 0; (end = text.find('\n')) != text.npos; text.remove_prefix(end + 1)) {
    lines.emplace_back(text.substr(0, end));
    const bool goes_on = lines.back().ends_with(',');
    if (goes_on || (lines.back().ends_with('}') && end + 1 == text.size())) lines.back().pop_back();
  }
  return lines;
}

// `"seeds"` of `"seeds":"1..9"`; empty where it is no member.
std::string key_of(const std::string& line) {
  const std::size_t colon = line.find("\":");
  return line.starts_with('"') && colon != line.npos ? line.substr(0, colon + 1) : std::string();
}

// The members of a text, read one by one; what is missing or of another kind is remembered.
class MemberReader {
 public:
  explicit MemberReader(std::string_view text) : lines_(lines_of(text)) {}

  std::string raw(const std::string& name) {
    const std::string key = "\"" + name + "\":";
    for (const std::string& line : lines_) {
      if (line.starts_with(key)) return line.substr(key.size());
    }
    return lost(name);
  }
  Value value(const std::string& name, Value::Kind kind) {
    Diagnostics ignored;
    auto value = parse_json(raw(name), ignored);
    if (value && !ignored.failed() && value->kind == kind) return *std::move(value);
    lost(name);
    return {};
  }
  std::string text(const std::string& name) { return value(name, Value::Kind::string).text; }
  std::uint64_t number(const std::string& name) {
    const Parsed<std::uint64_t> number = parse_seed(raw(name));
    if (!number) lost(name);
    return number.value;
  }
  std::vector<std::string> texts(const std::string& name) {
    return texts(value(name, Value::Kind::array));
  }
  std::vector<std::vector<std::string>> rows(const std::string& name) {
    std::vector<std::vector<std::string>> rows;
    for (const Value& row : value(name, Value::Kind::array).items) rows.push_back(texts(row));
    return rows;
  }
  const std::string& error() const { return error_; }

 private:
  static std::vector<std::string> texts(const Value& array) {
    std::vector<std::string> texts;
    for (const Value& item : array.items) texts.push_back(item.text);
    return texts;
  }
  std::string lost(const std::string& name) {
    if (error_.empty()) error_ = "its " + name + " cannot be read";
    return {};
  }

  std::vector<std::string> lines_;
  std::string error_;
};

void read_seeds(const std::string& text, SweepIdentity& identity) {
  const std::size_t dots = std::min(text.find(".."), text.size());
  const auto first = parse_seed(std::string_view(text).substr(0, dots));
  const auto last = parse_seed(std::string_view(text).substr(std::min(dots + 2, text.size())));
  identity.seeds = first && last && first.value <= last.value ? last.value - first.value + 1 : 0;
  identity.first_seed = first.value;
}

// Whether the numbers fit together, so that nothing that reads them need ask again.
bool sensible(const SweepIdentity& identity) {
  const auto fits = [&](const auto& row) { return row.size() == identity.varied.size(); };
  return identity.seeds > 0 && !identity.protocols.empty() &&
         identity.values.size() == identity.protocols.size() &&
         std::ranges::all_of(identity.values, fits) && identity.part.number > 0 &&
         identity.part.number <= identity.part.of &&
         identity.part.of <= identity.seeds * identity.protocols.size();
}

}  // namespace

std::string build_name() { return std::string(version()) + " " + std::string(source_revision()); }

std::string SweepIdentity::label(std::size_t variant) const {
  std::string text;
  for (std::size_t i = 0; i < varied.size(); ++i) {
    text += (i == 0 ? "" : " ") + varied[i] + "=" + values[variant][i];
  }
  return text;
}

Settings SweepIdentity::settings(std::size_t variant) const {
  Settings all;
  for (const std::string& text : set) {
    auto [path, value] = path_and_text("set", text);
    all.push_back({std::move(path), std::move(value)});
  }
  for (std::size_t i = 0; i < varied.size(); ++i) all.push_back({varied[i], values[variant][i]});
  return all;
}

std::string SweepIdentity::protocol_names() const {
  std::vector<std::string> names;
  for (const std::string& name : protocols) {
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  return joined(names);
}

std::string SweepIdentity::words() const {
  std::string line = "sweep " + shell_word(file) + " --seeds " + seeds_text(*this);
  for (const std::string& text : set) line += " --set " + shell_word(text);
  for (std::size_t i = 0; i < varied.size(); ++i) {
    std::vector<std::string> axis;
    for (const auto& row : values) {
      if (std::ranges::find(axis, row[i]) == axis.end()) axis.push_back(row[i]);
    }
    std::string word = varied[i] + "=";
    for (const std::string& value : axis) word += (&value == axis.data() ? "" : ",") + value;
    line += " --vary " + shell_word(word);
  }
  return wall_time == Duration{} ? line : line + " --wall-time " + to_text(wall_time);
}

SweepIdentity identity_of(const Variants& variants, const SweepPlan& plan, const std::string& file,
                          const Settings& set) {
  SweepIdentity identity{.build = build_name(),
                         .file = file,
                         .first_seed = plan.first_seed,
                         .seeds = plan.seeds,
                         .wall_time = plan.wall_time,
                         .part = plan.part,
                         .scenario = to_json(variants.all().front().subject.scenario->source),
                         .set = {},
                         .varied = variants.paths(),
                         .values = {},
                         .protocols = {}};
  for (const Setting& setting : set) identity.set.push_back(setting.path + "=" + setting.text);
  for (const Variant& variant : variants.all()) {
    identity.values.push_back(variant.values);
    identity.protocols.push_back(variant.subject.protocol->info.name);
  }
  return identity;
}

std::string to_text(const SweepIdentity& identity) {
  MemberLines out;
  out.text("build", identity.build);
  out.text("file", identity.file);
  out.text("seeds", seeds_text(identity));
  out.number("wall_time_ns", identity.wall_time.count());
  out.number("part", static_cast<std::int64_t>(identity.part.number));
  out.number("parts", static_cast<std::int64_t>(identity.part.of));
  out.rows("variants", identity.values);
  out.texts("varied", identity.varied);
  out.raw("scenario", identity.scenario);
  out.texts("set", identity.set);
  out.texts("protocols", identity.protocols);
  return out.end();
}

bool is_identity(std::string_view text) {
  return text.starts_with(identity_head.substr(0, identity_head.find(':') + 1));
}

Parsed<SweepIdentity> read_identity(std::string_view text) {
  if (!text.starts_with(identity_head) || !text.ends_with("}\n")) {
    return Parsed<SweepIdentity>::failure("it is not whole, or of another version");
  }
  MemberReader in(text);
  SweepIdentity identity{
      .build = in.text("build"),
      .file = in.text("file"),
      .wall_time = Duration{static_cast<std::int64_t>(in.number("wall_time_ns"))},
      .part = {in.number("part"), in.number("parts")},
      .scenario = in.raw("scenario"),
      .set = in.texts("set"),
      .varied = in.texts("varied"),
      .values = in.rows("variants"),
      .protocols = in.texts("protocols")};
  read_seeds(in.text("seeds"), identity);
  if (!in.error().empty()) return Parsed<SweepIdentity>::failure(in.error());
  if (!sensible(identity)) return Parsed<SweepIdentity>::failure("its members do not fit together");
  return {std::move(identity), {}};
}

std::string difference(const std::string& held, const std::string& wanted, Parts parts,
                       const Places& places) {
  constexpr std::size_t shown = 80;
  std::vector<std::string> here = lines_of(held);
  std::vector<std::string> there = lines_of(wanted);
  if (parts == Parts::ignored) {
    for (auto* lines : {&here, &there}) {
      std::erase_if(*lines, [](const std::string& line) { return key_of(line) == "\"part\""; });
    }
  }
  const auto [left, right] = std::ranges::mismatch(here, there);
  if (left == here.end() && right == there.end()) return {};
  if (left == here.end() || right == there.end()) return "its format";
  const std::string key = key_of(*right);
  if (key.empty() || key_of(*left) != key) return "its format";
  std::string name = "its " + key.substr(1, key.size() - 2);
  if (left->size() > shown || right->size() > shown) return name;
  return name + " (" + printable(left->substr(key.size() + 1)) + " " + std::string(places.held) +
         ", " + printable(right->substr(key.size() + 1)) + " " + std::string(places.wanted) + ")";
}

}  // namespace quorate
