#include "cli/variants.hpp"

#include <algorithm>
#include <set>

#include "sim/scenario/json.hpp"

namespace quorate {
namespace {

constexpr std::uint64_t most_variants = 10'000;
constexpr std::uint64_t most_runs = 1'000'000'000;

struct Range {
  std::uint64_t first{};
  std::uint64_t last{};
};

// "A..B" or "A".
Parsed<Range> parse_range(std::string_view text) {
  const std::size_t dots = text.find("..");
  const Parsed<std::uint64_t> first = parse_seed(text.substr(0, dots));
  if (!first) return Parsed<Range>::failure(first.error);
  if (dots == text.npos) return {{first.value, first.value}, {}};
  const Parsed<std::uint64_t> last = parse_seed(text.substr(dots + 2));
  if (!last) return Parsed<Range>::failure(last.error);
  if (last.value < first.value) {
    return Parsed<Range>::failure(in_quotes(text) + " is empty: it ends before it begins");
  }
  return {{first.value, last.value}, {}};
}

Failure invalid(const Scenario& scenario, std::string_view path, const std::string& sentence) {
  return {ExitCode::invalid_input,
          printable(scenario.file) + ": sweep." + printable(path) + ": " + sentence};
}

// A value as --set takes it: text that is no JSON stands for a string.
std::string as_setting(const Value& value) {
  if (value.kind != Value::Kind::string) return to_json(value);
  Diagnostics scratch;
  const bool json = parse_json(value.text, scratch).has_value() && !scratch.failed();
  return json ? to_json(value) : value.text;
}

std::vector<std::string> values_of(const Scenario& scenario, const Member& member) {
  std::vector<std::string> values;
  if (member.value.kind == Value::Kind::array) {
    for (const Value& item : member.value.items) values.push_back(as_setting(item));
    return values;
  }
  const Parsed<Range> range = parse_range(member.value.text);
  if (!range) throw invalid(scenario, member.key, range.error);
  if (range.value.last - range.value.first >= most_variants) {
    throw invalid(scenario, member.key, "too many values");
  }
  for (std::uint64_t i = range.value.first; i <= range.value.last; ++i) {
    values.push_back(std::to_string(i));
  }
  return values;
}

bool is_set(const Settings& settings, std::string_view path) {
  return std::ranges::find(settings, path, &Setting::path) != settings.end();
}

}  // namespace

std::vector<std::string> split_values(std::string_view text) {
  std::vector<std::string> values(1);
  int depth = 0;
  bool quoted = false;
  for (const char c : text) {
    if (c == '"') quoted = !quoted;
    if (!quoted && (c == '(' || c == '[' || c == '{')) ++depth;
    if (!quoted && (c == ')' || c == ']' || c == '}')) --depth;
    const bool parts = c == ',' && depth <= 0 && !quoted;
    if (parts) {
      values.emplace_back();
    } else if (c != ' ' || !values.back().empty()) {
      values.back() += c;
    }
  }
  return values;
}

Variants::Variants(const std::string& file, const Arguments& arguments, Console& console,
                   OwnAxes own_axes) {
  const Settings settings = settings_of(arguments);
  const Subject plain = load_subject(file, settings, console);
  read_seeds(arguments, *plain.scenario);
  read_axes(arguments);
  refuse_what_is_set(settings);
  if (paths_.empty() && own_axes == OwnAxes::varied) read_own_axes(*plain.scenario, settings);
  check_size();
  if (paths_.empty()) {
    all_.push_back({plain, settings, {}, {}});
  } else {
    if (axes_from_ == "sweep") {
      console.note("varying " + printable(joined(paths_)) +
                   ", as the scenario's own \"sweep\" says; --set sweep={} would not");
    }
    load(file, settings, console);
  }
}

void Variants::read_seeds(const Arguments& arguments, const Scenario& scenario) {
  Range range{1, 100};
  const Value* own = scenario.sweep.find("seed");
  if (arguments.has("seeds")) {
    range = *arguments.parsed("seeds", parse_range);
  } else if (own != nullptr) {
    const Parsed<Range> parsed = parse_range(own->text);
    if (own->kind != Value::Kind::string || !parsed) {
      throw invalid(scenario, "seed", "a range is wanted, such as \"1..100\"");
    }
    range = parsed.value;
  }
  first_seed_ = range.first;
  if (range.last - range.first >= most_runs) {
    throw Failure(ExitCode::bad_usage, "more than a thousand million runs are too many");
  }
  seeds_ = range.last - range.first + 1;
}

// --protocols of `compare`: an axis like any other, the first.
void Variants::read_protocols(const Arguments& arguments) {
  const std::optional<std::string> text = arguments.value("protocols");
  if (!text) return;
  paths_.emplace_back("protocol.use");
  axes_.push_back(split_values(*text));
  if (std::ranges::find(axes_.back(), std::string()) != axes_.back().end()) {
    throw Arguments::bad_value("protocols", in_quotes(*text) + " holds an empty name");
  }
}

void Variants::read_axes(const Arguments& arguments) {
  read_protocols(arguments);
  for (const std::string& text : arguments.values("vary")) {
    auto [path, values] = path_and_text("vary", text);
    if (std::ranges::find(paths_, path) != paths_.end()) {
      throw Arguments::bad_value("vary", in_quotes(path) +
                                             " is varied twice; write all its values "
                                             "in one --vary, parted by commas");
    }
    paths_.push_back(path);
    axes_.push_back(split_values(values));
    const bool empty = std::ranges::find(axes_.back(), std::string()) != axes_.back().end();
    if (empty) throw Arguments::bad_value("vary", in_quotes(text) + " holds an empty value");
    const std::set<std::string> different(axes_.back().begin(), axes_.back().end());
    if (different.size() != axes_.back().size()) {
      throw Arguments::bad_value("vary", in_quotes(text) + " holds a value twice");
    }
  }
}

void Variants::refuse_what_is_set(const Settings& settings) const {
  for (const std::string& path : paths_) {
    if (!is_set(settings, path)) continue;
    throw Failure(ExitCode::bad_usage, in_quotes(path) + " is both set and varied");
  }
}

// What the command line sets is not varied.
void Variants::read_own_axes(const Scenario& scenario, const Settings& settings) {
  axes_from_ = "sweep";
  for (const Member& member : scenario.sweep.members) {
    if (member.key == "seed" || is_set(settings, member.key)) continue;
    paths_.push_back(member.key);
    axes_.push_back(values_of(scenario, member));
  }
}

void Variants::check_size() const {
  std::uint64_t variants = 1;
  for (const auto& axis : axes_) {
    variants *= axis.size();
    if (variants <= most_variants) continue;
    throw Failure(ExitCode::bad_usage, "more than 10,000 variants are too many");
  }
  if (variants * seeds_ > most_runs) {
    throw Failure(ExitCode::bad_usage, "more than a thousand million runs are too many");
  }
}

// All combinations, the last path varying fastest.
void Variants::load(const std::string& file, const Settings& settings, Console& console) {
  std::vector<std::size_t> at(axes_.size());
  for (bool more = true; more;) {
    Variant variant{{}, settings, {}, {}};
    for (std::size_t i = 0; i < axes_.size(); ++i) {
      const std::string& value = axes_[i][at[i]];
      variant.values.push_back(value);
      variant.settings.push_back({paths_[i], value, axes_from_});
      variant.label += (i == 0 ? "" : " ") + paths_[i] + "=" + value;
    }
    variant.subject = load_quietly(file, variant.settings, console);
    all_.push_back(std::move(variant));
    more = false;
    for (std::size_t i = axes_.size(); i-- > 0 && !more;) {
      more = ++at[i] < axes_[i].size();
      if (!more) at[i] = 0;
    }
  }
}

}  // namespace quorate
