// Who may include whom: floors are built on lower floors and never look up, protocols see a small
// part of the engine, and heavy headers stay in the few rooms that need them.
#include <doctest/doctest.h>

#include <map>
#include <set>

#include "tests/repository/source_tree.hpp"

namespace quorate::repository {

namespace {

using Rooms = std::set<std::string_view>;

// What each room of sim/ may include beside itself. Rooms of one floor do not know each other.
const std::map<std::string_view, Rooms>& sim_floors() {
  static const Rooms engine_floor{"base", "trace", "net", "node", "engine"};
  static const std::map<std::string_view, Rooms> floors = [] {
    std::map<std::string_view, Rooms> all;
    all["base"] = {};
    all["trace"] = {"base"};
    for (auto room : {"net", "node"}) all[room] = {"base", "trace"};
    all["engine"] = {"base", "trace", "net", "node"};
    for (auto room : {"client", "check", "measure", "fault"}) all[room] = engine_floor;
    Rooms below = engine_floor;
    below.insert({"client", "check", "measure", "fault"});
    for (auto room : {"scenario", "run", "search"}) {
      all[room] = below;
      below.insert(room);
    }
    return all;
  }();
  return floors;
}

bool sim_may_include(std::string_view room, const std::vector<std::string_view>& target) {
  if (target[0] != "sim") return false;
  const auto floor = sim_floors().find(room);
  return floor != sim_floors().end() && (target[1] == room || floor->second.contains(target[1]));
}

bool protocol_may_include(const std::vector<std::string_view>& from,
                          const std::vector<std::string_view>& target) {
  const std::string_view file = from.back();
  const bool entry = file == "protocol.cpp";
  const bool properties = entry || file.starts_with("properties");
  if (target[0] == "protocols") return target[1] == from[1] || target[1] == "common";
  if (target[0] != "sim") return false;
  if (target[1] == "base" || target[1] == "engine") return true;
  const bool costs = target.size() > 2 && target[1] == "scenario" && target[2] == "cost.hpp" &&
                     file == "costs.hpp";
  return (target[1] == "check" && properties) || (target[1] == "run" && entry) || costs;
}

bool may_include(const SourceFile& file, std::string_view included) {
  const std::vector<std::string_view> from = parts_of(file.path);
  const std::vector<std::string_view> target = parts_of(included);
  if (target.size() < 2) return false;
  if (from[0] == "tests" || (is_test(file.path) && target[0] != "analysis")) return true;
  if (from[0] == "sim") return sim_may_include(from[1], target);
  if (from[0] == "protocols") return protocol_may_include(from, target);
  if (from[0] == "analysis") return target[0] == "sim" || target[0] == "analysis";
  return from[0] == "cli" && target[0] != "tests";
}

// Each costs seconds per file that includes it, so none may be in a header.
bool may_include_heavy(const SourceFile& file, std::string_view header) {
  const std::string_view path = file.path;
  if (is_test(path)) return true;
  if (!header.starts_with("nlohmann/") && !header.starts_with("boost/")) return true;
  if (path.ends_with(".hpp")) return header == "nlohmann/json_fwd.hpp";
  if (header.starts_with("nlohmann/")) return path == "sim/scenario/json.cpp";
  if (header.starts_with("boost/graph/")) {
    const bool causality = path.starts_with("analysis/") && path.find("caus") != path.npos;
    return path.starts_with("sim/net/topology") || causality;
  }
  if (header.starts_with("boost/program_options")) return path == "cli/arguments.cpp";
  return header.starts_with("boost/random/") && path == "sim/base/random.cpp";
}

struct Include {
  std::string_view target;
  bool quoted{};
};

// "#include <x>" or "#include "x"" as it stands on a line; an empty target for any other line.
Include include_on(std::string_view line) {
  const std::string_view word = "#include ";
  if (!line.starts_with(word)) return {};
  line.remove_prefix(word.size());
  const std::size_t close = line.find_first_of(">\"", 1);
  if (close == std::string_view::npos) return {};
  return {line.substr(1, close - 1), line.front() == '"'};
}

std::string_view fault_of(const SourceFile& file, const Include& include) {
  if (!include.quoted) {
    return may_include_heavy(file, include.target) ? "" : "this file may not include the heavy ";
  }
  if (!in_tree(include.target)) return "not a path from the repository root: ";
  return may_include(file, include.target) ? "" : "must not know ";
}

Findings wrong_includes(const SourceFile& file) {
  Findings found;
  if (!is_code(file.path)) return found;
  std::size_t number = 0;
  for (std::string_view line : lines_of(file.text)) {
    ++number;
    const Include include = include_on(line);
    if (include.target.empty()) continue;
    const std::string_view fault = fault_of(file, include);
    if (!fault.empty()) {
      found.push_back(finding(file.path, number, std::string(fault) + std::string(include.target)));
    }
  }
  return found;
}

bool allowed(std::string_view path, std::string_view include) {
  const Include one = include_on(include);
  const SourceFile file{std::string(path), ""};
  return one.quoted ? may_include(file, one.target) : may_include_heavy(file, one.target);
}

}  // namespace

TEST_CASE("repository: includes point downwards only") {
  CHECK_NO_FINDINGS(findings_in_tree(wrong_includes));
}

TEST_CASE("repository: the include rule sees planted mistakes") {
  CHECK(allowed("sim/engine/world.hpp", "#include \"sim/net/network.hpp\""));
  CHECK_FALSE(allowed("sim/net/network.hpp", "#include \"sim/engine/world.hpp\""));
  CHECK_FALSE(allowed("sim/check/a.hpp", "#include \"sim/measure/b.hpp\""));
  CHECK_FALSE(allowed("sim/run/a.cpp", "#include \"sim/search/sweep.hpp\""));
  CHECK_FALSE(allowed("sim/run/a.cpp", "#include \"cli/registry.hpp\""));
  CHECK_FALSE(allowed("sim/base/a.cpp", "#include \"protocols/raft/server.hpp\""));
  CHECK(allowed("protocols/raft/server.hpp", "#include \"sim/engine/out.hpp\""));
  CHECK_FALSE(allowed("protocols/raft/server.hpp", "#include \"sim/run/protocol_entry.hpp\""));
  CHECK_FALSE(allowed("protocols/raft/server.hpp", "#include \"sim/check/property.hpp\""));
  CHECK(allowed("protocols/raft/properties.hpp", "#include \"sim/check/property.hpp\""));
  CHECK(allowed("protocols/raft/protocol.cpp", "#include \"sim/run/protocol_entry.hpp\""));
  CHECK(allowed("protocols/raft/costs.hpp", "#include \"sim/scenario/cost.hpp\""));
  CHECK_FALSE(allowed("protocols/raft/server.hpp", "#include \"sim/scenario/cost.hpp\""));
  CHECK_FALSE(allowed("protocols/raft/costs.hpp", "#include \"sim/scenario/loader.hpp\""));
  CHECK_FALSE(allowed("protocols/raft/server.hpp", "#include \"protocols/bully/node.hpp\""));
  CHECK_FALSE(allowed("analysis/a.cpp", "#include \"protocols/bully/node.hpp\""));
  CHECK_FALSE(allowed("protocols/raft/server.hpp", "#include \"analysis/a.hpp\""));
}

TEST_CASE("repository: the heavy-header rule sees planted mistakes") {
  CHECK(allowed("sim/scenario/json.cpp", "#include <nlohmann/json.hpp>"));
  CHECK_FALSE(allowed("sim/scenario/json.hpp", "#include <nlohmann/json.hpp>"));
  CHECK_FALSE(allowed("sim/scenario/loader.cpp", "#include <nlohmann/json.hpp>"));
  CHECK_FALSE(allowed("protocols/raft/protocol.cpp", "#include <nlohmann/json.hpp>"));
  CHECK(allowed("sim/net/topology.cpp", "#include <boost/graph/adjacency_list.hpp>"));
  CHECK(allowed("sim/net/topology_shape.cpp", "#include <boost/graph/adjacency_list.hpp>"));
  CHECK_FALSE(allowed("sim/net/network.cpp", "#include <boost/graph/adjacency_list.hpp>"));
  CHECK(allowed("cli/arguments.cpp", "#include <boost/program_options/parsers.hpp>"));
  CHECK_FALSE(allowed("cli/run_command.cpp", "#include <boost/program_options/parsers.hpp>"));
  CHECK_FALSE(allowed("sim/base/distribution.cpp", "#include <boost/random/uniform_int.hpp>"));
  CHECK_FALSE(allowed("sim/base/id.hpp", "#include <boost/container/flat_map.hpp>"));
  CHECK(allowed("sim/run/run.hpp", "#include <vector>"));
}

}  // namespace quorate::repository
