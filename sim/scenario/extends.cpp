#include "sim/scenario/extends.hpp"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "sim/scenario/json.hpp"
#include "sim/scenario/read_file.hpp"
#include "sim/scenario/scenario.hpp"

namespace quorate {
namespace {

constexpr std::string_view key = "extends";

// The folder a path lies in, as something to put a name behind: "a/b.json" gives "a/".
std::string folder_of(const std::string& path) { return path.substr(0, path.rfind('/') + 1); }

// Whether a path stays below where it starts, whatever the folders hold.
bool leads_down(std::string_view path) {
  if (path.find('\0') != path.npos) return false;
  while (true) {
    const std::string_view part = path.substr(0, path.find('/'));
    if (part.empty() || part == "." || part == "..") return false;
    if (part.size() == path.size()) return true;
    path.remove_prefix(part.size() + 1);
  }
}

// One chain of files, from the scenario to its last base.
class Chain {
 public:
  Chain(const std::string& path, Diagnostics& diagnostics)
      : path_(path), folder_(folder_of(path)), diagnostics_(diagnostics) {
    seen_.push_back(identity_of(path));
  }

  // The document of the file that `value` names.
  std::optional<Value> next(const Value& value) {
    const auto refuse = [&](const std::string& sentence, std::string_view hint = {}) {
      diagnostics_.error(ErrorCode::bad_include, value.at, sentence, hint);
      return std::nullopt;
    };
    if (!expect_string(value)) return std::nullopt;
    if (!leads_down(value.text)) {
      return refuse(in_quotes(value.text) + " is no path below the folder of this file",
                    "such as \"_base.json\" or \"bases/five.json\", without \"..\"");
    }
    if (seen_.size() > extends_limits::bases) {
      return refuse("more than " + std::to_string(extends_limits::bases) +
                    " files extend one another");
    }
    const std::string name = below_ + value.text;
    Parsed<FileBelow> file = read_file_below(folder_, name, extends_limits::bytes - bytes_);
    if (!file) return refuse(file.error);
    if (std::ranges::find(seen_, file.value.identity) != seen_.end()) {
      return refuse(in_quotes(value.text) + " extends itself, directly or by others");
    }
    seen_.push_back(file.value.identity);
    bytes_ += file.value.bytes.size();
    below_ = folder_of(name);
    diagnostics_.use_file(folder_ + name);
    std::optional<Value> document = parse_json(file.value.bytes, diagnostics_);
    diagnostics_.use_file(path_);
    return document;
  }

 private:
  bool expect_string(const Value& value) {
    if (value.kind == Value::Kind::string) return true;
    diagnostics_.error(
        ErrorCode::wrong_type, value.at,
        in_quotes(key) + " must be a string, not " + std::string(kind_words(value.kind)));
    return false;
  }

  std::string path_;    // of the scenario
  std::string folder_;  // it lies in; empty or ending in "/"
  std::string below_;   // from there to the folder of the file read last
  std::vector<FileIdentity> seen_;
  std::size_t bytes_{};
  Diagnostics& diagnostics_;
};

void merge_members(std::vector<Member>& base, std::vector<Member> over) {
  std::map<std::string_view, std::size_t> places;
  base.reserve(base.size() + over.size());  // keeps the keys where the map found them
  for (std::size_t i = 0; i < base.size(); ++i) places.emplace(base[i].key, i);
  for (Member& member : over) {
    const auto found = places.find(member.key);
    if (found == places.end()) {
      base.push_back(std::move(member));
      continue;
    }
    Member& below = base[found->second];
    below.key_at = member.key_at;
    below.value = merged(std::move(below.value), std::move(member.value));
  }
}

// Whether the base is an object, and of this version if it says which.
bool check_base(const Value& base, const Value& named, Diagnostics& diagnostics) {
  if (base.kind != Value::Kind::object) {
    diagnostics.error(
        ErrorCode::bad_include, named.at,
        in_quotes(named.text) + " holds " + std::string(kind_words(base.kind)) + ", not an object");
    return false;
  }
  const Value* version = base.find("quorate");
  const bool known = version == nullptr || (version->kind == Value::Kind::integer &&
                                            version->integer == scenario_version);
  if (!known) {
    diagnostics.error(
        ErrorCode::unknown_version, version->at,
        "a file and those it extends are of one version, " + std::to_string(scenario_version));
  }
  return known;
}

std::optional<Value> taken(Value& document) {
  const auto found = std::ranges::find(document.members, key, &Member::key);
  if (found == document.members.end()) return std::nullopt;
  Value value = std::move(found->value);
  document.members.erase(found);
  return value;
}

}  // namespace

Value merged(Value base, Value over) {
  const bool objects = base.kind == Value::Kind::object && over.kind == Value::Kind::object;
  if (!objects) return over;
  merge_members(base.members, std::move(over.members));
  base.at = over.at;
  return base;
}

bool resolve_extends(Value& document, const std::string& path, Diagnostics& diagnostics) {
  std::optional<Chain> chain;  // opened by the first file that needs it
  while (const std::optional<Value> named = taken(document)) {
    if (!chain) chain.emplace(path, diagnostics);
    std::optional<Value> base = chain->next(*named);
    if (!base || !check_base(*base, *named, diagnostics)) return false;
    document = merged(std::move(*base), std::move(document));
  }
  return true;
}

}  // namespace quorate
