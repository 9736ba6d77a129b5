// quorate sweep --out: what a sweep keeps, and how it goes on after any end.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/cli/command_line.hpp"

namespace quorate::testing {

namespace {

constexpr const char* line = "sweep coin.json --seeds 1..60 --vary network.loss=0%,10%";

// Its results, and what it printed.
std::string results(const CommandLine& quorate, const std::string& folder) {
  std::string text;
  for (const char* name : {"runs.csv", "report.txt", "report.json"}) {
    REQUIRE(quorate.exists(folder + "/" + name));
    text += quorate.read(folder + "/" + name);
  }
  return text;
}

std::vector<std::string> names_in(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    names.push_back(entry.path().filename().string());
  }
  std::ranges::sort(names);
  return names;
}

const std::vector<std::string> complete{"journal.jsonl", "report.json", "report.txt", "runs.csv",
                                        "sweep.json"};

// Starts a command, waits until it has told on stderr what it goes on with, and ends it.
std::string until_it_goes_on(const std::string& command) {
  return command +
         " 2>errors & q=$!; until grep -q 'were done before' errors; do sleep 0.05; done; "
         "kill -TERM $q; wait $q; echo ended $?\n";
}

// The first so many lines of a text.
std::string head(const std::string& text, std::size_t lines) {
  std::size_t at = 0;
  for (std::size_t i = 0; i < lines; ++i) at = text.find('\n', at) + 1;
  return text.substr(0, at);
}

}  // namespace

TEST_CASE("cli: sweep --out keeps each run in order, and writes what --csv and --json give") {
  const CommandLine quorate;
  const Outcome kept = quorate(std::string(line) + " --out kept -j3");
  CHECK(kept.status == 0);
  CHECK(names_in(quorate.folder() / "kept") == complete);
  CHECK(kept.output == quorate(std::string(line) + " --csv rows.csv").output);
  CHECK(quorate.read("kept/runs.csv") == quorate.read("rows.csv"));
  CHECK(quorate.read("kept/report.json") == quorate(std::string(line) + " --json").output);
  CHECK(quorate.read("kept/report.txt") == quorate(std::string(line) + " --witness").output);
  std::istringstream journal(quorate.read("kept/journal.jsonl"));
  std::uint64_t run = 0;
  for (std::string row; std::getline(journal, row); ++run) {
    const auto json = json_of(row);
    CHECK(json["run"] == run);
    CHECK(json["seed"] == std::to_string(run % 60 + 1));
    CHECK(json["verdict"] == "pass");
  }
  CHECK(run == 120);
}

TEST_CASE("cli: a sweep goes on from any journal, torn or damaged, to the same bytes") {
  const CommandLine quorate;
  quorate(std::string(line) + " --out whole");
  const std::string wanted = results(quorate, "whole");
  const std::string journal = quorate.read("whole/journal.jsonl");
  std::string flipped = journal;
  flipped[head(journal, 70).size() + 200] ^= 1;  // in the 71st line
  const std::string twice = head(journal, 4) + head(journal, 4) + journal.substr(0, 9);
  const std::string torn = journal.substr(0, head(journal, 31).size() - 1);  // but for its newline
  const std::string zeros = head(journal, 12) + std::string(4096, '\0');
  const std::pair<std::string, const char*> cases[] = {
      {"", ""},         {torn, "30 of 120"},    {head(journal, 120), "120 of 120"},
      {flipped, "70"},  {twice, "4 of 120"},    {journal + head(journal, 1), "120 of 120"},
      {zeros, "12 of"}, {journal.substr(1), ""}};
  for (const auto& [text, told] : cases) {
    std::filesystem::remove_all(quorate.folder() / "part");
    std::filesystem::create_directory(quorate.folder() / "part");
    quorate.write("part/sweep.json", quorate.read("whole/sweep.json"));
    quorate.write("part/journal.jsonl", text);
    quorate.write("part/.runs.csv.part0", "what a killed process left");
    const Outcome outcome = quorate(std::string(line) + " --out part --resume -j2");
    CHECK(outcome.status == 0);
    CHECK_MESSAGE(has(outcome.errors, told), outcome.errors);
    CHECK(results(quorate, "part") == wanted);
    CHECK(quorate.read("part/journal.jsonl") == journal);
    CHECK(names_in(quorate.folder() / "part") == complete);
  }
}

TEST_CASE("cli: failures, crashes of the engine and reasons survive the journal") {
  const CommandLine quorate;
  for (const char* file : {"violated.json", "missed.json", "idle.json"}) {
    const std::string sweep = "sweep " + std::string(file) + " --seeds 1..12";
    const Outcome whole = quorate(sweep + " --out one");
    CHECK(whole.status == 1);
    quorate.write("one/journal.jsonl", head(quorate.read("one/journal.jsonl"), 7));
    const std::string wanted = results(quorate, "one");
    const Outcome resumed = quorate(sweep + " --out one --resume");
    CHECK(resumed.status == 1);
    CHECK(resumed.output == whole.output);
    CHECK(results(quorate, "one") == wanted);
    std::filesystem::remove_all(quorate.folder() / "one");
  }
}

TEST_CASE("cli: --stop-first stops a resumed sweep where it stops a whole one") {
  const CommandLine quorate;
  const std::string sweep = "sweep violated.json --seeds 1..9 --out dir";
  CHECK(quorate(sweep + " --stop-first").status == 1);
  const std::string wanted = results(quorate, "dir");
  CHECK(quorate(sweep + " --stop-first --resume").status == 1);
  CHECK(results(quorate, "dir") == wanted);
  CHECK(has(quorate(sweep + " --resume").output, "9 runs"));
}

TEST_CASE("cli: a directory is for one sweep, and what differs is told") {
  const CommandLine quorate;
  REQUIRE(quorate("sweep good.json --seeds 1..3 --out dir").status == 0);
  const std::string wanted = results(quorate, "dir");
  const auto refused = [&](const std::string& words, const char* why) {
    const Outcome outcome = quorate(words + " --out dir");
    CHECK_MESSAGE(outcome.status == 73, words);
    CHECK_MESSAGE(has(outcome.errors, why), outcome.errors);
    CHECK(outcome.output.empty());
  };
  refused("sweep good.json --seeds 1..3", "dir holds a sweep already\n  --resume goes on");
  refused("sweep good.json --seeds 1..4 --resume",
          R"(what differs: its seeds ("1..3" there, "1..4" here))");
  refused("sweep good.json --seeds 1..3 --vary network.loss=0%,1% --resume", "its variants");
  refused("sweep good.json --seeds 1..3 --set network.loss=1% --resume",
          "what differs: its scenario\n");
  refused("sweep coin.json --seeds 1..3 --resume", R"(its file ("good.json" there)");
  refused("sweep good.json --seeds 1..3 --wall-time 9s --resume", "its wall_time_ns (0 there");
  std::string identity = quorate.read("dir/sweep.json");
  const std::string own = identity;
  identity.replace(identity.find("0."), 2, "9.");
  quorate.write("dir/sweep.json", identity);
  refused("sweep good.json --seeds 1..3 --resume", "its build (");
  quorate.write("dir/sweep.json", own);
  CHECK(results(quorate, "dir") == wanted);
  CHECK(quorate("sweep good.json --seeds 1..3 --out dir --resume").status == 0);
  CHECK(results(quorate, "dir") == wanted);
  CHECK(quorate("sweep good.json --seeds 4..5 --out dir --force").status == 0);
  CHECK(has(quorate.read("dir/report.txt"), "2 runs"));
  CHECK(names_in(quorate.folder() / "dir") == complete);
}

TEST_CASE("cli: --out touches nothing that is no sweep") {
  const CommandLine quorate;
  std::filesystem::create_directory(quorate.folder() / "own");
  quorate.write("own/thesis.txt", "precious");
  for (const char* how : {"", " --resume", " --force"}) {
    const Outcome outcome = quorate("sweep good.json --seeds 1..3 --out own" + std::string(how));
    CHECK(outcome.status == 73);
    CHECK(has(outcome.errors, "own holds other things than a sweep"));
    CHECK(names_in(quorate.folder() / "own") == std::vector<std::string>{"thesis.txt"});
  }
  CHECK(quorate("sweep good.json --seeds 1 --out missing/dir").status == 73);
  CHECK(quorate("sweep good.json --seeds 1 --out good.json").status == 73);
  CHECK(quorate("sweep bad.json --out dir").status == 3);
  CHECK(quorate("sweep good.json --resume").status == 2);
  CHECK(quorate("sweep good.json --out dir --resume --force").status == 2);
  CHECK(quorate("sweep good.json --out dir --csv a.csv").status == 2);
  CHECK(quorate.things() == 7);  // the six scenarios and what was made above
}

TEST_CASE("cli: one process at a time works in a directory, and it is said which") {
  const CommandLine quorate;
  const std::string program = binary("quorate").string();
  const std::string first = program + " sweep good.json --seeds 1..100000000 --out dir -j2";
  const std::string second = program + " sweep good.json --seeds 1..100000000 --out dir --resume";
  // The first is killed with -9: its lock goes with it, although its workers may live on a while.
  const std::string script =
      first + " & p=$!; until [ -s dir/journal.jsonl ]; do sleep 0.02; done\n" + second +
      "; echo status $? owner $p; kill -9 $p; wait $p\n" + until_it_goes_on(second);
  const Outcome outcome = run({{"bash", "-c", script}, quorate.folder(), quorate.environment});
  const std::size_t at = outcome.output.find("status 75 owner ");
  REQUIRE(at != std::string::npos);
  const std::string owner = outcome.output.substr(at + 16, outcome.output.find('\n', at) - at - 16);
  CHECK(has(outcome.errors, "process " + owner + " is working in dir"));
  CHECK(has(outcome.output, "ended 143"));
}

TEST_CASE("cli: an interrupted sweep tells the command that goes on") {
  const CommandLine quorate;
  const std::string program = binary("quorate").string();
  const std::string script =
      program +
      " sweep good.json --seeds 1..100000000 -j2 --vary 'network.delay=uniform(1ms, 2ms),3ms' "
      "--stop-first --out dir & p=$!; until [ -s dir/journal.jsonl ]; do sleep 0.02; done\n"
      "kill -TERM $p; wait $p";
  const Outcome outcome = run({{"bash", "-c", script}, quorate.folder(), quorate.environment});
  CHECK(outcome.status == 143);
  CHECK(outcome.output.empty());
  CHECK(names_in(quorate.folder() / "dir") ==
        std::vector<std::string>{"journal.jsonl", "sweep.json"});
  const std::size_t at = outcome.errors.find("  go on: quorate ");
  REQUIRE(at != std::string::npos);
  std::string again = outcome.errors.substr(at + 17);
  again.resize(again.find('\n'));
  CHECK(has(again, " --vary 'network.delay=uniform(1ms, 2ms),3ms' "));
  CHECK(has(again, " --stop-first "));
  CHECK(again.ends_with(" --resume"));
  const std::string rest = until_it_goes_on(program + " " + again);
  CHECK(run({{"bash", "-c", rest}, quorate.folder(), {}}).output == "ended 143\n");
}

}  // namespace quorate::testing
