// quorate report: a folder with a page, whole or not there, whose own lines make it again. No test
// here needs matplotlib: a stand-in draws.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/cli/command_line.hpp"

namespace quorate::testing {

namespace {

namespace fs = std::filesystem;

struct Reporter : CommandLine {
  explicit Reporter(const std::string& python = "/bin/false") {
    environment.emplace_back("QUORATE_PYTHON", python);
  }
  std::string page(const std::string& folder) const { return read(folder + "/index.html"); }
  std::vector<std::string> files(const std::string& of) const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder() / of)) {
      names.push_back(entry.path().filename().string());
    }
    std::ranges::sort(names);
    return names;
  }
};

// The lines of the page that make everything again, but that of the page itself.
std::string lines_in(const std::string& page) {
  const std::string head = "<h2>All of it again</h2>\n<pre>";
  const std::size_t at = page.find(head) + head.size();
  const std::string lines = page.substr(at, page.find("</pre>", at) - at);
  return lines.substr(lines.find('\n') + 1);
}

const std::vector<std::string> without_figures{"good.csv", "index.html", "run.html", "run.jsonl"};

}  // namespace

TEST_CASE("cli: a report without matplotlib says so, and is complete otherwise") {
  const Reporter quorate;
  const Outcome outcome = quorate("report good.json --seeds 1..20 -j2");
  CHECK(outcome.status == 0);
  CHECK(outcome.output.empty());
  CHECK(outcome.errors == "page: good-report/index.html\n");
  CHECK(quorate.files("good-report") == without_figures);
  const std::string page = quorate.page("good-report");
  CHECK(page.starts_with("<!DOCTYPE html>"));
  CHECK(page.ends_with("</html>\n"));
  CHECK(has(page, "QUORATE_PYTHON=/bin/false cannot import matplotlib"));
  CHECK_FALSE(has(page, "<img"));
  CHECK_FALSE(has(page, ".part0"));
  const auto run = json_of(quorate("run good.json --json").output);
  for (const std::string& part :
       {std::string("run by quorate 0."), std::string("<span class=\"verdict pass\">pass</span>"),
        run["digest"].get<std::string>(), std::string("<h2>Beside theory</h2>"),
        std::string("&quot;title&quot;: &quot;Made up&quot;"), std::string("20 pass"),
        "<tr><td>messages.sent</td><td class=\"number\">" +
            run["metrics"]["messages.sent"].dump()}) {
    CHECK_MESSAGE(has(page, part), part);
  }
  CHECK(quorate.read("good-report/good.csv") ==
        quorate("sweep good.json --seeds 1..20 --csv -").output);
}

TEST_CASE("cli: a report is the same bytes each time, and its lines make each file again") {
  const Reporter quorate;
  REQUIRE(quorate("report good.json --seeds 1..9 --seed 5 --set network.loss=1% -j1").status == 0);
  fs::rename(quorate.folder() / "good-report", quorate.folder() / "kept");
  fs::create_directory(quorate.folder() / ".good-report.part0");  // left by one that was killed
  REQUIRE(quorate("report good.json --seeds 1..9 --seed 5 --set network.loss=1% -j3").status == 0);
  for (const std::string& file : without_figures) {
    CHECK_MESSAGE(quorate.read("good-report/" + file) == quorate.read("kept/" + file), file);
  }
  fs::remove_all(quorate.folder() / "good-report");
  fs::create_directory(quorate.folder() / "good-report");
  auto environment = quorate.environment;
  environment.emplace_back("Q", binary("quorate").string());
  const std::string script =
      "set -e; quorate() { \"$Q\" \"$@\"; }\n" + lines_in(quorate.page("kept"));
  const Outcome again = run({{"bash", "-c", script}, quorate.folder(), environment});
  CHECK_MESSAGE(again.status == 0, again.errors);
  for (const char* file : {"run.jsonl", "run.html", "good.csv"}) {
    CHECK_MESSAGE(quorate.read(std::string("good-report/") + file) ==
                      quorate.read(std::string("kept/") + file),
                  file);
  }
}

TEST_CASE("cli: figures that can be drawn stand in the page, and beside it") {
  Reporter quorate;
  quorate.write("answer", R"({"exit":0,"figure":6,"data":4,"note":""})"
                          "\nFIGUREa,b\n");
  quorate.write("python", "#!/bin/sh\ncase $2 in *begin*) cat >/dev/null; cat " +
                              quorate.path("answer") + ";; esac\n");
  fs::permissions(quorate.path("python"), fs::perms::owner_all);
  quorate.environment.back().second = quorate.path("python");
  const auto json = json_of(quorate("report good.json --seeds 1..5 -o r --json").output);
  CHECK(json["schema"] == "quorate/report/1");
  CHECK(json["page"] == "r/index.html");
  CHECK(json["figures"] == 3);
  for (const char* figure : {"timeline", "messages", "distribution"}) {
    CHECK(quorate.read("r/" + std::string(figure) + ".svg") == "FIGURE");
    CHECK(has(quorate.page("r"), "-o r/" + std::string(figure) + ".svg\n"));
  }
  CHECK(has(quorate.page("r"), "src=\"data:image/svg+xml;base64,RklHVVJF\""));
}

TEST_CASE("cli: a report of a run that failed tells so, and nothing in a name is markup") {
  const Reporter quorate;
  quorate.write("a <b>'&.json", replaced(quorate.read("violated.json"), "Made up",
                                         "</title><script>alert(1)</script>"));
  const Outcome outcome = quorate("report -o r --seeds 1..3", {"a <b>'&.json"});
  CHECK_MESSAGE(outcome.status == 0, outcome.errors);
  const std::string page = quorate.page("r");
  CHECK(has(page, "<span class=\"verdict fail\">fail</span>"));
  CHECK(has(page, "<td>violated</td>"));
  CHECK(has(page, "FAIL  0 pass, 3 fail"));
  CHECK_FALSE(has(page, "<script"));
  CHECK_FALSE(has(page, "<b>"));
}

TEST_CASE("cli: a report that cannot be made leaves nothing, and replaces nothing but a report") {
  const Reporter quorate;
  REQUIRE(quorate("report good.json --seeds 1..3").status == 0);
  fs::create_directory(quorate.folder() / "own");
  quorate.write("own/index.html", "precious");
  const std::size_t things = quorate.things();
  const auto ends = [&](const std::string& words, int status, std::string_view told) {
    const Outcome outcome = quorate("report " + words);
    CHECK_MESSAGE(outcome.status == status, words);
    CHECK_MESSAGE(has(outcome.errors, told), outcome.errors);
    CHECK(quorate.things() == things);
  };
  ends("good.json --seeds 1..3", 73, "good-report exists already\n  --force replaces it");
  ends("good.json --seeds 1..3 --force", 0, "");
  ends("good.json -o own --force", 73, "own exists already\n  give it another name");
  ends("good.json -o no/report", 73, "no/report");
  ends("bad.json", 3, "bad.json:3:3");
  ends("good.json --seeds 3..1 -o r", 2, "sweep: --seeds");
  ends("good.json --jobs 0 -o r", 2, "sweep: --jobs");
  ends("good.json --seed x -o r", 2, "--seed");
  CHECK(quorate.read("own/index.html") == "precious");
}

}  // namespace quorate::testing
