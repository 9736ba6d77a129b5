// quorate plot: options, files and exit codes. No test here needs matplotlib: a stand-in plays
// Python and answers what it is told to.
#include <doctest/doctest.h>

#include <cstdlib>

#include "tests/cli/command_line.hpp"

namespace quorate::testing {

namespace {

namespace fs = std::filesystem;

// A Python that hears everything and answers the bytes of the file "answer".
class StandIn : public CommandLine {
 public:
  explicit StandIn(const std::string& answer = "") {
    write("answer", answer);
    write("python", "#!/bin/sh\ncase $2 in *begin*) cat >" + path("heard") + "; cat " +
                        path("answer") + ";; esac\n");
    fs::permissions(path("python"), fs::perms::owner_all);
    environment.emplace_back("QUORATE_PYTHON", path("python"));
    write("runs.csv", "nodes,seed,verdict\n3,1,pass\n");
  }

  // What the stand-in was told: the order, then the bytes of the files.
  nlohmann::json order() const {
    const std::string heard = read("heard");
    return json_of(heard.substr(0, heard.find('\n')));
  }
  std::string bytes() const {
    const std::string heard = read("heard");
    return heard.substr(heard.find('\n') + 1);
  }
};

const std::string a_figure = R"({"exit":0,"figure":6,"data":4,"note":"a remark"})"
                             "\nFIGUREa,b\n";

}  // namespace

TEST_CASE("cli: without matplotlib a plot exits 6, names the package and leaves nothing") {
  CommandLine quorate;
  quorate.write("runs.csv", "nodes,seed,verdict\n3,1,pass\n");
  quorate.environment.emplace_back("QUORATE_PYTHON", "/bin/false");
  const std::size_t before = quorate.things();
  const Outcome outcome = quorate("plot runs.csv --kind cdf -o figure.svg");
  CHECK(outcome.status == 6);
  CHECK(has(outcome.errors, "QUORATE_PYTHON=/bin/false cannot import matplotlib"));
  CHECK(has(outcome.errors, "python3-matplotlib"));
  CHECK(quorate.things() == before);
  quorate.environment.back().second = "/nowhere/python3";
  CHECK(quorate("plot runs.csv --kind cdf -o figure.svg").status == 6);
}

TEST_CASE("cli: a Python that draws is looked for on the whole PATH") {
  StandIn quorate(a_figure);
  quorate.environment.back().second = "";
  for (const char* folder : {"first", "second"}) {
    fs::create_directories(quorate.path(folder));
    fs::copy(quorate.path("python"), quorate.folder() / folder / "python3");
  }
  quorate.write("first/python3", "#!/bin/sh\nexit 1\n");  // as one of a version manager
  quorate.environment.emplace_back(
      "PATH", quorate.path("first") + ":" + quorate.path("second") + ":/usr/bin:/bin");
  CHECK(quorate("plot runs.csv --kind cdf -o figure.svg").status == 0);
  CHECK(quorate.exists("heard"));
  fs::create_directories(quorate.path("venv/bin"));
  quorate.write("venv/bin/python3", "#!/bin/sh\necho venv >" + quorate.path("venv/asked"));
  fs::permissions(quorate.path("venv/bin/python3"), fs::perms::owner_all);
  quorate.environment.emplace_back("VIRTUAL_ENV", quorate.path("venv"));
  CHECK(quorate("plot runs.csv --kind cdf -o other.svg").status == 70);  // it draws nothing
  CHECK(quorate.exists("venv/asked"));
}

TEST_CASE("cli: a figure and its data are written whole, and nothing is replaced unasked") {
  const StandIn quorate(a_figure);
  const Outcome outcome = quorate("plot runs.csv --kind cdf -o figure.svg");
  CHECK(outcome.status == 0);
  CHECK(quorate.read("figure.svg") == "FIGURE");
  CHECK(quorate.read("figure.svg.csv") == "a,b\n");
  CHECK(has(outcome.errors, "a remark"));
  CHECK(outcome.output.empty());
  CHECK(quorate("plot runs.csv --kind cdf -o figure.svg").status == 73);
  CHECK(quorate("plot runs.csv --kind cdf -o figure.svg --force").status == 0);
  fs::remove(quorate.path("figure.svg"));
  CHECK(quorate("plot runs.csv --kind cdf -o figure.svg").status == 73);  // the data are there
  CHECK_FALSE(quorate.exists("figure.svg"));
  CHECK(quorate("plot runs.csv --kind cdf -o nowhere/figure.svg").status == 73);
  const auto json = json_of(quorate("plot runs.csv --kind cdf -o f.pdf --json").output);
  CHECK(json["schema"] == "quorate/plot/1");
  CHECK(json["data"] == "f.pdf.csv");
  CHECK(json["notes"][0] == "a remark");
}

TEST_CASE("cli: Python is told all it needs and opens no file") {
  const StandIn quorate(a_figure);
  quorate("run good.json --trace run.jsonl");
  CHECK(quorate("plot runs.csv run.jsonl --kind messages -o f.png --theme dark --log off --label a "
                "--label b --window 1ms..2s")
            .status == 0);
  const auto order = quorate.order();
  CHECK(order["modules"].contains("plots"));
  CHECK(order["modules"].contains("plots.timeline"));
  const auto& job = order["job"];
  CHECK(job["kind"] == "messages");
  CHECK(job["format"] == "png");
  CHECK(job["theme"] == "dark");
  CHECK(job["log"] == false);
  CHECK(job["title"].is_null());
  CHECK(job["labels"] == nlohmann::json{"a", "b"});
  CHECK(job["window"] == nlohmann::json{1'000'000, 2'000'000'000});
  CHECK(job["inputs"][0]["format"] == "csv");
  CHECK(job["inputs"][1]["format"] == "trace");
  CHECK(quorate.bytes() == quorate.read("runs.csv") + quorate.read("run.jsonl"));
}

TEST_CASE("cli: a folder of a sweep is as good as its runs.csv") {
  const StandIn quorate(a_figure);
  quorate("sweep good.json --seeds 1..2 --out night");
  CHECK(quorate("plot night --kind cdf -o f.svg").status == 0);
  CHECK(quorate.bytes() == quorate.read("night/runs.csv"));
  const nlohmann::json input = quorate.order()["job"]["inputs"][0];
  CHECK(json_of(input["sweep"].get<std::string>())["file"] == "good.json");
  fs::create_directories(quorate.path("empty"));
  const Outcome empty = quorate("plot empty --kind cdf -o g.svg");
  CHECK(empty.status == 3);
  CHECK(has(empty.errors, "without runs.csv"));
}

TEST_CASE("cli: what lies beside rows of no sweep is not taken for one") {
  const StandIn quorate(a_figure);
  const auto told = [&](const std::string& words) {
    CHECK(quorate("plot " + words + " --kind cdf -o f.svg --force").status == 0);
    return quorate.order()["job"]["inputs"][0]["sweep"].get<std::string>();
  };
  CHECK(told("runs.csv") == "");
  quorate.write("sweep.json", "not text: \xff");
  CHECK(told("runs.csv") == "");
  quorate.write("sweep.json", "{}");
  CHECK(told("runs.csv") == "{}");
  quorate.write("other.csv", quorate.read("runs.csv"));
  CHECK(told("other.csv") == "");
}

TEST_CASE("cli: bad words for a plot exit 2 before anything is read") {
  const StandIn quorate(a_figure);
  const auto refused = [&](const std::string& words, std::string_view part) {
    const Outcome outcome = quorate("plot " + words);
    CAPTURE(words);
    CHECK(outcome.status == 2);
    CHECK_MESSAGE(has(outcome.errors, part), outcome.errors);
    CHECK_FALSE(quorate.exists("heard"));
  };
  refused("--kind cdf -o f.svg", "FILE");
  refused("runs.csv -o f.svg", "which kind of figure?");
  refused("runs.csv --kind cfd -o f.svg", "did you mean cdf?");
  refused("runs.csv --kind cdf", "where to?");
  refused("runs.csv --kind cdf -o f.gif", "does not end in .svg, .pdf or .png");
  refused("runs.csv --kind cdf -o -", "does not end in");
  refused("runs.csv --kind cdf -o f.svg --theme drak", "did you mean dark?");
  refused("runs.csv --kind cdf -o f.svg --statistic least", "mean, median, p95, p99");
  refused("run.jsonl --kind timeline -o f.svg --axis sideways", "time, linear, events");
  refused("run.jsonl --kind timeline -o f.svg --window 1s", "600ms..1s");
  refused("run.jsonl --kind timeline -o f.svg --window 2s..1s", "end after it begins");
  refused("run.jsonl --kind timeline -o f.svg --window 1..2s", "unit");
  quorate.write("data.svg.csv", "nodes,seed,verdict\n3,1,pass\n");
  refused("data.svg.csv --kind cdf -o data.svg --force", "is the file to read, too");
}

TEST_CASE("cli: files that cannot be drawn exit 3, with or without matplotlib") {
  const StandIn quorate(a_figure);
  quorate("run good.json --trace run.jsonl");
  const std::string text = quorate.read("run.jsonl");
  quorate.write("cut.jsonl", text.substr(0, text.size() / 2));
  quorate.write("old.jsonl", replaced(text, R"("quorate_trace":4)", R"("quorate_trace":1)"));
  for (const char* name : {"none.csv", "cut.jsonl", "old.jsonl", "good.json"}) {
    const Outcome outcome = quorate(std::string("plot ") + name + " --kind timeline -o f.svg");
    CAPTURE(name);
    CHECK(outcome.status == 3);
    CHECK_FALSE(quorate.exists("f.svg"));
    CHECK_FALSE(quorate.exists("heard"));
  }
  CHECK(quorate("plot cut.jsonl --kind timeline --output f.svg --allow-truncated").status == 0);
  CHECK(quorate.bytes().ends_with("}\n"));
  CHECK(text.starts_with(quorate.bytes()));
}

TEST_CASE("cli: what Python refuses ends with its code, its sentence and its hint") {
  const StandIn quorate(R"({"exit":3,"error":"no such column","hint":"there is another"})"
                        "\n");
  const std::size_t before = quorate.things();
  const Outcome outcome = quorate("plot runs.csv --kind cdf -o f.svg");
  CHECK(outcome.status == 3);
  CHECK(has(outcome.errors, "no such column"));
  CHECK(has(outcome.errors, "there is another"));
  CHECK(quorate.things() == before + 1);  // "heard"
}

TEST_CASE("cli: an answer that is none is our mistake, and leaves nothing") {
  for (const std::string answer : {"", "Traceback (most recent call last):\n", "{}\n",
                                   "{\"exit\":0,\"figure\":6,\"data\":4,\"note\":\"\"}\nFIGU"}) {
    const StandIn quorate(answer);
    CHECK(quorate("plot runs.csv --kind cdf -o f.svg").status == 70);
    CHECK_FALSE(quorate.exists("f.svg"));
    CHECK_FALSE(quorate.exists("f.svg.csv"));
  }
}

TEST_CASE("cli: a plot that is interrupted ends its Python and leaves nothing") {
  const StandIn quorate;
  quorate.write("python", "#!/bin/sh\ncase $2 in *begin*) echo $$ >" + quorate.path("heard") +
                              "; exec sleep 100;; esac\n");
  const std::size_t before = quorate.things();
  const std::string line = binary("quorate").string() +
                           " plot runs.csv --kind cdf -o f.svg & p=$!; until [ -s heard ]; do "
                           "sleep 0.01; done; kill -TERM $p; wait $p";
  const Outcome outcome =
      run({{"bash", "-c", line}, quorate.folder(), {{"QUORATE_PYTHON", quorate.path("python")}}});
  CHECK(outcome.status == 143);
  CHECK(has(outcome.errors, "interrupted"));
  CHECK(quorate.things() == before + 1);  // "heard"
  const std::string gone = "kill -0 " + quorate.read("heard");
  CHECK(run({{"bash", "-c", gone}, quorate.folder(), {}}).status != 0);
}

TEST_CASE("cli: a trace larger than a pipe holds reaches a Python that reads nothing") {
  StandIn quorate;
  quorate.write("python", "#!/bin/sh\nexit 0\n");
  std::string rows = "nodes,seed,verdict\n";
  for (int i = 0; i < 100'000; ++i) rows += "3,1,pass\n";
  quorate.write("runs.csv", rows);
  CHECK(quorate("plot runs.csv --kind cdf -o f.svg").status == 70);
}

TEST_CASE("cli: the Python that computes figures passes its own tests") {
  const std::string source_tree = source(".").string();
  const Outcome outcome = run({.words = {"python3", "-B", "-m", "unittest", "discover", "-s",
                                         "tests/plots", "-p", "*_test.py"},
                               .folder = source_tree,
                               .environment = {{"PYTHONPATH", source_tree + "/analysis"}}});
  if (outcome.status == 127) return;  // there is no Python here
  CHECK_MESSAGE(outcome.status == 0, outcome.errors);
}

}  // namespace quorate::testing
