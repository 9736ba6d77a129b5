// `extends`: what is merged and how, what may be extended, and where errors point.
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "sim/scenario/extends.hpp"
#include "sim/scenario/json.hpp"
#include "tests/scenario/made_up.hpp"
#include "tests/support/process.hpp"

using namespace quorate;

namespace {

namespace fs = std::filesystem;

Value value_of(std::string_view text) {
  Diagnostics diagnostics;
  std::optional<Value> value = parse_json(text, diagnostics);
  REQUIRE_MESSAGE(value, diagnostics.rendered());
  return std::move(*value);
}

std::string merged_text(std::string_view base, std::string_view over) {
  return to_json(merged(value_of(base), value_of(over)));
}

// Files in a folder of their own, loaded by name.
struct Shelf {
  testing::TemporaryFolder folder;
  Diagnostics diagnostics;

  fs::path at(const std::string& name) const { return folder.path() / name; }
  void put(const std::string& name, const std::string& text) const {
    fs::create_directories(at(name).parent_path());
    std::ofstream(at(name)) << text;
  }
  std::shared_ptr<const Scenario> load(const std::string& name = "s.json",
                                       const LoadOptions& options = {}) {
    diagnostics = Diagnostics();
    return load_scenario(at(name).string(), made_up::find_protocol, made_up::protocol_names(),
                         options, diagnostics);
  }
  // The only problem there is.
  Diagnostic problem(const std::string& name = "s.json") {
    CHECK(load(name) == nullptr);
    REQUIRE_MESSAGE(diagnostics.list().size() == 1, diagnostics.rendered());
    return diagnostics.list().front();
  }
};

constexpr auto base = R"({"quorate": 1, "protocol": {"use": "toy", "nodes": 3,
  "params": {"heartbeat": "10ms", "batch": 2}}, "stop": {"at": "5s"},
  "faults": [{"at": "1s", "do": {"crash": "n1"}}]})";

std::string extending(const std::string& file, const std::string& more = "") {
  return R"({"quorate": 1, "extends": ")" + file + "\"" + more + "}";
}

}  // namespace

TEST_CASE("extends: objects are merged, everything else is replaced") {
  CHECK(merged_text(R"({"a": 1, "b": {"c": 1, "d": 2}})", R"({"b": {"d": 3, "e": 4}, "f": 5})") ==
        R"({"a":1,"b":{"c":1,"d":3,"e":4},"f":5})");
  CHECK(merged_text(R"({"list": [1, 2, 3]})", R"({"list": [4]})") == R"({"list":[4]})");
  CHECK(merged_text(R"({"a": {"b": 1}})", R"({"a": null})") == R"({"a":null})");
  CHECK(merged_text(R"({"a": {"b": 1}})", R"({"a": "text"})") == R"({"a":"text"})");
  CHECK(merged_text(R"({"a": [1]})", R"({"a": {"b": 1}})") == R"({"a":{"b":1}})");
  CHECK(merged_text(R"({"a": [{"b": 1}]})", R"({"a": [{"c": 2}]})") == R"({"a":[{"c":2}]})");
  CHECK(merged_text(R"({"a": 1})", R"({})") == R"({"a":1})");
}

TEST_CASE("extends: the merged document is what is read, and it stands alone") {
  Shelf shelf;
  shelf.put("_base.json", base);
  shelf.put("s.json", extending("_base.json", R"(, "protocol": {"nodes": 5,
    "params": {"batch": 7}}, "faults": [])"));
  const auto scenario = shelf.load();
  REQUIRE_MESSAGE(scenario != nullptr, shelf.diagnostics.rendered());
  CHECK(scenario->nodes.size() == 5);
  CHECK(scenario->faults.empty());
  CHECK(to_json(scenario->params) == R"({"heartbeat":"10ms","batch":7})");
  CHECK(scenario->source.find("extends") == nullptr);
  Diagnostics again;
  const auto embedded = made_up::read(to_json(scenario->source), again);
  REQUIRE_MESSAGE(embedded != nullptr, again.rendered());
  CHECK(to_json(embedded->source) == to_json(scenario->source));
}

TEST_CASE("extends: each file of a chain counts from its own folder; --set comes last") {
  Shelf shelf;
  shelf.put("deep/er/_root.json", base);
  shelf.put("deep/_middle.json", extending("er/_root.json", R"(, "title": "middle", "seed": 3)"));
  shelf.put("s.json", extending("deep/_middle.json", R"(, "seed": 4)"));
  const auto scenario = shelf.load("s.json", {{{"seed", "5"}}});
  REQUIRE_MESSAGE(scenario != nullptr, shelf.diagnostics.rendered());
  CHECK(scenario->title == "middle");
  CHECK(scenario->seed == 5);
  CHECK(scenario->faults.size() == 1);
}

TEST_CASE("extends: an error points into the file where the text stands") {
  Shelf shelf;
  shelf.put("deep/_base.json", "{\n  \"stopp\": {},\n  \"stop\": {\"at\": \"5 s\"}\n}");
  shelf.put("s.json", extending("deep/_base.json", ",\n\"protocol\": {\"use\": \"tyo\"}"));
  CHECK(shelf.load() == nullptr);
  const std::string said = shelf.diagnostics.rendered();
  CAPTURE(said);
  const auto problems = shelf.diagnostics.list();
  REQUIRE(problems.size() == 4);
  CHECK(problems[0].file == shelf.at("s.json").string());
  CHECK(problems[0].at.line == 2);
  CHECK(problems[2].file == shelf.at("deep/_base.json").string());
  CHECK(problems[2].text == "unknown key \"stopp\" in the scenario");
  CHECK(problems[2].at.line == 2);
  CHECK(problems[3].file == shelf.at("deep/_base.json").string());
  CHECK(problems[3].at.line == 3);
  CHECK(said.find("  2 |   \"stopp\": {},\n") != said.npos);

  shelf.put("deep/_base.json", "{,}");
  const Diagnostic syntax = shelf.problem();
  CHECK(syntax.file == shelf.at("deep/_base.json").string());
  CHECK(syntax.at.column == 2);
}

TEST_CASE("extends: a file extends nothing outside its own folder") {
  Shelf shelf;
  shelf.put("_base.json", base);
  for (const char* path : {"../_base.json", "/etc/passwd", "", ".", "..", "./_base.json", "a//b",
                           "a/../_base.json", "_base.json/", "a/..", "_base.json\\u0000"}) {
    CAPTURE(std::string(path));
    shelf.put("in/s.json", extending(path));
    const Diagnostic problem = shelf.problem("in/s.json");
    CHECK(to_text(problem.code) == "Q306");
    CHECK(problem.text.find("is no path below the folder of this file") != std::string::npos);
    CHECK(problem.at.column == 27);
  }
  shelf.put("in/s.json", R"({"quorate": 1, "extends": ["_base.json"]})");
  CHECK(to_text(shelf.problem("in/s.json").code) == "Q101");
}

TEST_CASE("extends: only regular files are extended, and no link is followed") {
  Shelf shelf;
  shelf.put("_base.json", base);
  shelf.put("in/real/_base.json", base);
  fs::create_symlink(shelf.at("_base.json"), shelf.at("in/link.json"));
  fs::create_directory_symlink(shelf.at("in/real"), shelf.at("in/folder"));
  fs::create_symlink("nowhere", shelf.at("in/dangling.json"));
  REQUIRE(::mkfifo(shelf.at("in/pipe").c_str(), 0600) == 0);
  const auto said = [&](const std::string& path) {
    shelf.put("in/s.json", extending(path));
    const Diagnostic problem = shelf.problem("in/s.json");
    CHECK(to_text(problem.code) == "Q306");
    return problem.text;
  };
  const std::string link = "it leads through a symbolic link";
  CHECK(said("link.json") == "cannot read \"link.json\": " + link);
  CHECK(said("folder/_base.json") == "cannot read \"folder/_base.json\": " + link);
  CHECK(said("dangling.json") == "cannot read \"dangling.json\": " + link);
  CHECK(said("pipe") == "cannot read \"pipe\": it is no regular file");
  CHECK(said("real") == "cannot read \"real\": it is no regular file");
  CHECK(said("none.json") == "cannot read \"none.json\": No such file or directory");
  CHECK(said("s.json/x") == "cannot read \"s.json/x\": Not a directory");
  shelf.put("in/s.json", extending("real/_base.json"));
  CHECK(shelf.load("in/s.json") != nullptr);
}

TEST_CASE("extends: circles, long chains, large and foreign bases are refused") {
  Shelf shelf;
  shelf.put("a.json", extending("b.json"));
  shelf.put("b.json", extending("a.json"));
  CHECK(shelf.problem("a.json").text == "\"a.json\" extends itself, directly or by others");
  CHECK(shelf.problem("a.json").file == shelf.at("b.json").string());
  shelf.put("self.json", extending("self.json"));
  CHECK(to_text(shelf.problem("self.json").code) == "Q306");
  fs::create_hard_link(shelf.at("self.json"), shelf.at("twin.json"));
  CHECK(shelf.problem("twin.json").text == "\"self.json\" extends itself, directly or by others");

  shelf.put("0.json", base);
  for (int i = 1; i <= 9; ++i) {
    shelf.put(std::to_string(i) + ".json", extending(std::to_string(i - 1) + ".json"));
  }
  CHECK(shelf.load("8.json") != nullptr);
  CHECK(shelf.problem("9.json").text == "more than 8 files extend one another");

  shelf.put("s.json", extending("large.json"));
  shelf.put("large.json", std::string(1 << 20, ' ') + "{}");
  CHECK(shelf.problem().text ==
        "cannot read \"large.json\": the files extended are longer than 1 MiB together");
  shelf.put("large.json", "[]");
  CHECK(shelf.problem().text == "\"large.json\" holds an array, not an object");
  shelf.put("large.json", R"({"quorate": 2})");
  CHECK(to_text(shelf.problem().code) == "Q304");
}

TEST_CASE("extends: a document without a folder of its own extends nothing") {
  Diagnostics diagnostics;
  CHECK(made_up::read(extending("_base.json", R"(, "stop": {"at": "1s"}, "protocol":
    {"use": "toy", "nodes": 3})"),
                      diagnostics) == nullptr);
  REQUIRE(diagnostics.errors() == 1);
  CHECK(to_text(diagnostics.list().front().code) == "Q306");
  Shelf shelf;
  shelf.put("s.json", base);
  CHECK(shelf.load("s.json", {{{"extends", "_base.json"}}}) == nullptr);
  CHECK(to_text(shelf.diagnostics.list().front().code) == "Q306");
}
