// quorate view: a page from a trace or a scenario, whole or not there.
#include <doctest/doctest.h>

#include "tests/cli/command_line.hpp"

namespace quorate::testing {

namespace {

std::string between(const std::string& text, const std::string& open, const std::string& close) {
  const std::size_t at = text.find(open);
  REQUIRE(at != text.npos);
  const std::size_t begin = at + open.size();
  return text.substr(begin, text.find(close, begin) - begin);
}

nlohmann::json data(const std::string& page, const std::string& name) {
  return json_of(between(page, "json\" class=\"" + name + "\">", "</script>"));
}

}  // namespace

TEST_CASE("cli: view makes a page of a trace, named after it, the same bytes each time") {
  const CommandLine quorate;
  quorate("run good.json --trace t.jsonl");
  const Outcome outcome = quorate("view t.jsonl");
  CHECK(outcome.status == 0);
  CHECK(outcome.output == "");
  CHECK(has(outcome.errors, "page: t.html, "));
  const std::string page = quorate.read("t.html");
  CHECK(page.starts_with("<!DOCTYPE html>"));
  CHECK(page.ends_with("</html>\n"));
  CHECK(data(page, "header")["replay"] == "quorate replay t.jsonl");
  CHECK(data(page, "states").size() == 3);
  CHECK(data(page, "end")["verdict"] == "pass");
  quorate("view t.jsonl -o again.html");
  CHECK(quorate.read("again.html") == page);
  CHECK(quorate("view t.jsonl --output - -q").output == page);
}

TEST_CASE("cli: view says as JSON what it wrote") {
  const CommandLine quorate;
  quorate("run good.json --trace t.jsonl");
  const auto report = json_of(quorate("view t.jsonl --json").output);
  CHECK(report["schema"] == "quorate/view/1");
  CHECK(report["page"] == "t.html");
  CHECK(report["events"] == data(quorate.read("t.html"), "end")["events"]);
}

TEST_CASE("cli: view runs a scenario first, with the seed and the settings asked for") {
  const CommandLine quorate;
  CHECK(quorate("view violated.json --seed 9").status == 0);
  const std::string page = quorate.read("violated.html");
  CHECK(data(page, "header")["seed"] == "9");
  CHECK(data(page, "end")["verdict"] == "fail");
  CHECK(data(page, "header")["replay"] ==
        "quorate run violated.json --seed 9 --trace violated.jsonl && "
        "quorate replay violated.jsonl");
  CHECK(quorate("view good.json", {"--set", "protocol.nodes=4"}).status == 0);
  CHECK(data(quorate.read("good.html"), "header")["nodes"].size() == 4);
  CHECK(quorate("view bad.json").status == 3);
  CHECK(quorate("view none.json").status == 3);
  CHECK_FALSE(quorate.exists("bad.html"));
}

TEST_CASE("cli: view of a window has the states at its begin") {
  const CommandLine quorate;
  quorate("run good.json --trace t.jsonl");
  CHECK(quorate("view t.jsonl").status == 0);
  CHECK(quorate("view t.jsonl --window 50ms..80ms -o part.html").status == 0);
  const std::string whole = quorate.read("t.html");
  const std::string part = quorate.read("part.html");
  CHECK(data(part, "header")["from"] == 50'000'000);
  CHECK(data(part, "header")["to"] == 80'000'000);
  CHECK(data(part, "events")["count"] < data(whole, "events")["count"]);
  CHECK(data(part, "states") != data(whole, "states"));
  CHECK(quorate("view t.jsonl --window 50ms.. -o open.html").status == 0);
  CHECK(data(quorate.read("open.html"), "header")["to"].is_null());
  for (const char* bad : {"1s", "5..6", "2s..1s", "x..y", "9s..", ""}) {
    CAPTURE(bad);
    CHECK(quorate("view t.jsonl -o bad.html", {"--window", bad}).status == 2);
    CHECK_FALSE(quorate.exists("bad.html"));
  }
}

TEST_CASE("cli: view replaces no file without --force, and leaves nothing half written") {
  const CommandLine quorate;
  quorate("run good.json --trace t.jsonl");
  quorate.write("t.html", "mine");
  CHECK(quorate("view t.jsonl").status == 73);
  CHECK(quorate.read("t.html") == "mine");
  CHECK(quorate("view t.jsonl --force").status == 0);
  CHECK(quorate.read("t.html") != "mine");
  CHECK(quorate("view t.jsonl --force -o t.jsonl").status == 2);
  CHECK(quorate("view t.jsonl -o no/such/folder.html").status == 73);
  CHECK(quorate("view t.jsonl --seed 4 -o x.html").status == 2);
  CHECK(quorate("view").status == 2);
  CHECK(quorate("view none.jsonl").status == 3);

  std::string text = quorate.read("t.jsonl");
  quorate.write("broken.jsonl", text.substr(0, text.size() / 2) + "\n" + text);
  quorate.write("cut.jsonl", text.substr(0, text.size() / 2));
  const std::size_t before = quorate.things();
  CHECK(quorate("view broken.jsonl").status == 3);
  CHECK(quorate("view cut.jsonl").status == 3);
  CHECK(quorate.things() == before);
  CHECK(quorate("view cut.jsonl --allow-truncated").status == 0);
  CHECK_FALSE(has(quorate.read("cut.html"), "class=\"end\">"));
}

TEST_CASE("cli: view shows a trace of a protocol that this program does not have") {
  const CommandLine quorate;
  quorate("run good.json --trace t.jsonl");
  std::string text = quorate.read("t.jsonl");
  text.replace(text.find("\"protocol\":\"echo\""), 17, "\"protocol\":\"else\"");
  quorate.write("foreign.jsonl", text);
  const Outcome outcome = quorate("view foreign.jsonl");
  CHECK(outcome.status == 0);
  CHECK(has(outcome.errors, "is not of a protocol of this program"));
  CHECK_FALSE(has(quorate.read("foreign.html"), "class=\"states\">"));
}

TEST_CASE("cli: view needs no more memory for a longer trace") {
  const CommandLine quorate;
  quorate("run good.json --trace t.jsonl --trace-level events");
  const std::string text = quorate.read("t.jsonl");
  std::string longer = text.substr(0, text.find('\n') + 1);
  const std::string note = R"(","t":0,"k":"note","text":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx)";
  for (int i = 0; i < 400'000; ++i) {
    longer += "{\"i\":" + std::to_string(i) + note.substr(1) + std::to_string(i) + "\"}\n";
  }
  quorate.write("long.jsonl", longer);
  quorate.write("short.jsonl", longer.substr(0, longer.find('\n', longer.size() / 40) + 1));
  const Outcome small = quorate("view short.jsonl --allow-truncated");
  const Outcome large = quorate("view long.jsonl --allow-truncated");
  CHECK(small.status == 0);
  CHECK(large.status == 0);
  CHECK(large.peak_kb < small.peak_kb + 8'000);
}

}  // namespace quorate::testing
