// quorate export: what each format promises to its readers.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <regex>

#include "tests/cli/command_line.hpp"

namespace quorate::testing {

namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// A run with a crash, losses and copies; `format` of its trace.
std::string exported(const CommandLine& quorate, const std::string& format,
                     const std::string& more = "") {
  if (!quorate.exists("t.jsonl")) {
    REQUIRE(quorate("run good.json --set network.loss=10% --set network.duplicate=10% --seed 3 "
                    "--set expect=[] --trace t.jsonl")
                .status != 2);
  }
  const Outcome outcome = quorate("export t.jsonl --to " + format + " -o - " + more);
  REQUIRE(outcome.status == 0);
  return outcome.output;
}

}  // namespace

TEST_CASE("cli: exported CSV has a row for each event, in order") {
  const CommandLine quorate;
  const auto rows = lines_of(exported(quorate, "csv"));
  const auto trace = lines_of(quorate.read("t.jsonl"));
  REQUIRE(rows.size() == trace.size() - 1);  // a head; no footer
  CHECK(rows[0] == "index,time_ns,kind,place,from,to,message,what,cause,detail");
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const auto event = json_of(trace[i]);
    const std::string start = std::to_string(event["i"].get<int>()) + "," +
                              std::to_string(event["t"].get<std::int64_t>()) + "," +
                              event["k"].get<std::string>() + ",";
    CHECK(rows[i].starts_with(start));
  }
}

TEST_CASE("cli: exported vector clocks count their own, and know what was sent to them") {
  using Clock = std::map<std::string, std::uint64_t>;
  const CommandLine quorate;
  const auto lines = lines_of(exported(quorate, "shiviz"));
  REQUIRE(lines.size() > 20);
  CHECK(lines[0] == R"((?<host>\S*) (?<clock>{.*})\n(?<event>.*))");
  CHECK(lines[1].empty());
  std::map<std::string, Clock> last;
  const std::regex host_and_clock(R"((\S*) (\{.*\}))");
  std::size_t learnt = 0;
  for (std::size_t i = 2; i + 1 < lines.size(); i += 2) {
    std::smatch parts;
    REQUIRE(std::regex_match(lines[i], parts, host_and_clock));
    const std::string host = parts[1];
    const auto clock = json_of(parts[2]).get<Clock>();
    CHECK(clock.at(host) == last[host][host] + 1);
    for (const auto& [other, count] : last[host]) CHECK(clock.at(other) >= count);
    if (lines[i + 1].starts_with("receives ")) {
      const std::string from = lines[i + 1].substr(lines[i + 1].find(" from ") + 6);
      CHECK(clock.at(from) <= last[from][from]);
      learnt += clock.at(from) > last[host][from] ? 1 : 0;
    }
    last[host] = clock;
  }
  CHECK(learnt > 10);
}

TEST_CASE("cli: an exported Trace Event file has tracks, and an arrow for each message") {
  const CommandLine quorate;
  const auto file = json_of(exported(quorate, "trace-event"));
  std::map<std::string, int> phases;
  std::map<std::uint64_t, int> arrows;
  std::map<int, int> depth;
  std::map<int, std::string> open;
  nlohmann::json slice;
  for (const auto& event : file["traceEvents"]) {
    const std::string phase = event["ph"];
    ++phases[phase];
    if (phase == "X") slice = event;
    if (phase == "s" || phase == "f") {  // an arrow begins and ends at a slice of this moment
      CHECK(slice["ts"] == event["ts"]);
      CHECK(slice["tid"] == event["tid"]);
      CHECK(slice["dur"] == 0.001);
      CHECK(!depth.contains(event["tid"].get<int>()));
    }
    if (phase == "B") open[event["tid"].get<int>()] = event["name"];
    if (phase == "E") CHECK(event["name"] == open[event["tid"].get<int>()]);
    if (phase == "s") ++arrows[event["id"].get<std::uint64_t>()];
    if (phase == "f") CHECK(arrows.contains(event["id"].get<std::uint64_t>()));
    if (phase == "B") CHECK(++depth[event["tid"].get<int>()] == 1);
    if (phase == "E") CHECK(--depth[event["tid"].get<int>()] == 0);
  }
  for (const auto& [track, slices] : depth) CHECK(slices == 0);
  CHECK(std::ranges::all_of(arrows, [](const auto& arrow) { return arrow.second == 1; }));
  const auto trace = lines_of(quorate.read("t.jsonl"));
  CHECK(phases["i"] + phases["X"] == static_cast<int>(trace.size()) - 2);
  CHECK(phases["X"] == phases["s"] + phases["f"]);
  CHECK(phases["B"] == phases["E"]);
  CHECK(phases["f"] > 20);
}

TEST_CASE("cli: exported diagrams name what they draw") {
  const CommandLine quorate;
  const auto mermaid = lines_of(exported(quorate, "mermaid", "--window 90ms..160ms"));
  CHECK(mermaid[0] == "sequenceDiagram");
  CHECK(mermaid[1] == "  participant p0 as n1");
  const std::regex known(
      R"(  (participant p\d+ as \S+|p\d+(->>|--x)p\d+: .+|Note over p\d+(,p\d+)?: [^;#]+))");
  for (std::size_t i = 1; i < mermaid.size(); ++i) {
    CAPTURE(mermaid[i]);
    CHECK(std::regex_match(mermaid[i], known));
  }
  CHECK(std::ranges::any_of(mermaid, [](const auto& line) { return has(line, "crashes"); }));
  const std::string dot = exported(quorate, "dot", "--window 90ms..160ms");
  CHECK(dot.starts_with("digraph happens_before {\n"));
  CHECK(dot.ends_with("}\n"));
  const std::regex edge(R"(  (e\d+) -> (e\d+) )");
  for (auto at = std::sregex_iterator(dot.begin(), dot.end(), edge); at != std::sregex_iterator();
       ++at) {
    CHECK(has(dot, "  " + (*at)[1].str() + " [label="));
    CHECK(std::stoi((*at)[1].str().substr(1)) < std::stoi((*at)[2].str().substr(1)));
  }
}

TEST_CASE("cli: what cannot be exported, and what is not written then") {
  const CommandLine quorate;
  exported(quorate, "csv");
  quorate.write("there.log", "mine");
  const auto refused = [&](const std::string& line, int status, const char* sentence) {
    CAPTURE(line);
    const std::size_t before = quorate.things();
    const Outcome outcome = quorate(line);
    CHECK(outcome.status == status);
    CHECK(has(outcome.errors, sentence));
    CHECK(quorate.things() == before);
  };
  refused("export t.jsonl", 2, "export needs --to FORMAT");
  refused("export t.jsonl --to svg", 2, "formats: csv, dot, mermaid, shiviz, trace-event");
  refused("export t.jsonl --to csv --window 2s..1s", 2, "ends before it begins");
  refused("export t.jsonl --to csv --window 90s..", 2, "nothing happens in");
  refused("export t.jsonl --to shiviz -o there.log", 73, "--force replaces it");
  refused("export t.jsonl --to csv -o t.jsonl --force", 2, "t.jsonl");
  refused("export nowhere.jsonl --to csv", 3, "nowhere.jsonl");
  refused("export bad.json --to csv", 3, "bad.json");
  CHECK(quorate.read("there.log") == "mine");
  CHECK(quorate("export t.jsonl --to shiviz -o there.log --force").status == 0);
  CHECK(quorate("export t.jsonl --to dot --json -o t.dot").status == 0);
}

}  // namespace quorate::testing
