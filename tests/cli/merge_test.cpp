// quorate sweep --shard and quorate merge: a sweep in parts gives the bytes of a whole one.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/cli/command_line.hpp"

namespace quorate::testing {

namespace {

namespace fs = std::filesystem;

// 120 runs, four variants; of coin.json, whose fault fires under about half of the seeds.
constexpr const char* grid =
    "sweep coin.json --seeds 1..30 --vary network.loss=0%,10% --vary protocol.nodes=3,4";

// Makes all parts of a sweep, in folders NAME1, NAME2, ..., and returns the words that name them.
std::string make_parts(const CommandLine& quorate, const std::string& sweep, int parts,
                       const std::string& name) {
  std::string words;
  for (int i = 1; i <= parts; ++i) {
    const std::string folder = name + std::to_string(i);
    const Outcome made = quorate(sweep + " --shard " + std::to_string(i) + "/" +
                                 std::to_string(parts) + " --out " + folder + " -j2");
    CHECK_MESSAGE(made.status == 0, made.errors);
    words = " " + folder + words;  // in no particular order
  }
  return words;
}

void check_same_folders(const CommandLine& quorate, const std::string& a, const std::string& b) {
  for (const char* name :
       {"runs.csv", "report.txt", "report.json", "journal.jsonl", "sweep.json"}) {
    CHECK_MESSAGE(quorate.read(a + "/" + name) == quorate.read(b + "/" + name), name);
  }
}

}  // namespace

TEST_CASE("cli: merged parts give the bytes of a whole sweep, whatever --jobs was") {
  const CommandLine quorate;
  const Outcome text = quorate(std::string(grid) + " --out whole -j1");
  CHECK(text.output == quorate(std::string(grid) + " -j3 --csv whole.csv").output);
  const std::string json = quorate(std::string(grid) + " --json").output;
  const std::string tables = quorate(std::string(grid) + " --witness -v").output;
  for (const int parts : {2, 7}) {
    const std::string words = make_parts(quorate, grid, parts, std::to_string(parts) + "-");
    const std::string all = "all" + std::to_string(parts);
    const Outcome merged = quorate("merge" + words + " --out " + all);
    CHECK(merged.status == 0);
    CHECK(merged.output == text.output);
    check_same_folders(quorate, "whole", all);
    CHECK(quorate("merge" + words + " --json").output == json);
    CHECK(quorate("merge" + words + " --witness -v").output == tables);
    CHECK(quorate("merge" + words + " --csv -").output == quorate.read("whole.csv"));
  }
  CHECK(quorate("merge whole").output == text.output);
}

TEST_CASE("cli: failing seeds, idle faults and their exit codes survive the way through parts") {
  const CommandLine quorate;
  for (const char* file : {"violated.json", "missed.json", "idle.json", "good.json"}) {
    const std::string sweep = "sweep " + std::string(file) + " --seeds 1..25 --set network.loss=1%";
    const Outcome whole = quorate(sweep);
    const std::string words = make_parts(quorate, sweep, 3, file);
    const Outcome merged = quorate("merge" + words);
    CHECK(merged.status == whole.status);
    CHECK(merged.output == whole.output);
    CHECK(quorate("merge --json" + words).output == quorate(sweep + " --json").output);
  }
}

TEST_CASE("cli: a part tells what it ran, keeps it, and leaves the verdict to merge") {
  const CommandLine quorate;
  const std::string line = "sweep violated.json --seeds 1..25 --shard 2/3 --out part";
  const Outcome part = quorate(line);
  CHECK(part.status == 0);
  CHECK(has(part.output, "echo · part 2 of 3 · 8 of 25 runs · seeds 1..25 · violated.json\n"));
  CHECK(has(part.output, "DONE  0 pass, 8 fail\n  seed 2: answered_by_all"));
  CHECK_FALSE(has(part.output, "never"));
  CHECK_FALSE(quorate.exists("part/report.txt"));
  const auto json = json_of(quorate(line + " --resume --json").output);
  CHECK(json["schema"] == "quorate/sweep_part/1");
  CHECK(json["part"] == 2);
  CHECK(json["runs"] == 8);
  CHECK(json["runs_of_all_parts"] == 25);
  CHECK_FALSE(json.contains("verdict"));
  std::istringstream journal(quorate.read("part/journal.jsonl"));
  int run = 1;
  for (std::string row; std::getline(journal, row); run += 3) {
    CHECK(json_of(row)["run"] == run);
    CHECK(json_of(row)["seed"] == std::to_string(run + 1));
  }
  CHECK(run == 25);
  CHECK(has(quorate(line).errors, "part holds a sweep already"));
  const Outcome other = quorate(replaced(line, "2/3", "3/3") + " --resume");
  CHECK(other.status == 73);
  CHECK(has(other.errors, "what differs: its part (2 there, 3 here)"));
}

TEST_CASE("cli: a part that was cut short goes on, and its rows stand for no other part") {
  const CommandLine quorate;
  const std::string words = make_parts(quorate, grid, 4, "p");
  const std::string whole = quorate("merge" + words + " --csv -").output;
  const std::string journal = quorate.read("p3/journal.jsonl");
  const std::string line = std::string(grid) + " --shard 3/4 --out p3 --resume";
  for (const std::string& text : {journal.substr(0, journal.size() / 2), std::string(),
                                  quorate.read("p2/journal.jsonl"), journal.substr(1)}) {
    quorate.write("p3/journal.jsonl", text);
    CHECK(quorate("merge" + words).status == 3);
    CHECK(quorate(line).status == 0);
    CHECK(quorate.read("p3/journal.jsonl") == journal);
  }
  CHECK(quorate("merge" + words + " --csv -").output == whole);
}

namespace {

// Parts of several sweeps, whole and broken ones.
void make_good_and_bad_parts(const CommandLine& quorate) {
  make_parts(quorate, "sweep good.json --seeds 1..9", 3, "p");
  make_parts(quorate, "sweep good.json --seeds 1..8", 3, "other");
  make_parts(quorate, "sweep good.json --seeds 1..9", 2, "half");
  make_parts(quorate, "sweep good.json --seeds 1..9 --set network.loss=1%", 3, "lossy");
  make_parts(quorate, "sweep good.json --seeds 1..9", 3, "cut");
  for (const char* part : {"cut1", "cut3"}) {
    const std::string name = std::string(part) + "/journal.jsonl";
    const std::string journal = quorate.read(name);
    quorate.write(name, journal.substr(0, journal.find('\n') + 99));
  }
  const std::string good = quorate.read("p1/sweep.json");
  const std::pair<const char*, std::string> made[] = {
      {"later", replaced(quorate.read("other1/sweep.json"), "\"build\":\"0", "\"build\":\"9")},
      {"torn", good.substr(0, 300)},
      {"odd", replaced(good, "\"part\":1", "\"part\":4")}};
  for (const auto& [folder, identity] : made) {
    fs::create_directory(quorate.folder() / folder);
    quorate.write(std::string(folder) + "/sweep.json", identity);
  }
}

}  // namespace

TEST_CASE("cli: parts that make no whole are refused, and nothing is written") {
  const CommandLine quorate;
  make_good_and_bad_parts(quorate);
  const std::size_t things = quorate.things();
  const auto refused = [&](const std::string& parts, std::string_view why) {
    for (const char* output : {" --out all", " --csv all.csv", " --json"}) {
      const Outcome outcome = quorate("merge " + parts + output);
      CHECK_MESSAGE(outcome.status == 3, parts);
      CHECK_MESSAGE(has(outcome.errors, why), outcome.errors);
    }
    CHECK(quorate.things() == things);
  };
  refused("p1 p3",
          "part 2 of 3 is missing\n  to make it: quorate sweep good.json --seeds 1..9 "
          "--shard 2/3 --out DIR --resume\n");
  refused("half2", "part 1 of 2 is missing");
  refused("p3", "parts 1, 2 of 3 are missing");
  refused("p1 p2 p3 p2", "p2 and p2 are both part 2 of 3");
  refused("p1 p2 other3",
          "p1 and other3 are no parts of one sweep; what differs: its seeds "
          "(\"1..9\" in p1, \"1..8\" in other3)");
  refused("p1 p2 lossy3", "what differs: its scenario");
  refused("p1 half2", "what differs: its parts (3 in p1, 2 in half2)");
  refused("later", "the parts are of quorate 9.");
  refused("later other2", "what differs: its build (");
  refused("cut1 p2 cut3", "cut1 has 1 of 3 runs, cut3 has 1 of 3 runs\n  to make it: ");
  refused("p1 torn", "torn holds no part of a sweep: of its sweep.json, it is not whole");
  refused("odd", "its members do not fit together");
  refused("p1 absent", "absent holds no part of a sweep: cannot read");
  refused("good.json", "good.json holds no part of a sweep");
  CHECK(quorate("merge").status == 2);
}

TEST_CASE("cli: the outputs of merge refuse what is there, and take no part's place") {
  const CommandLine quorate;
  const std::string words = make_parts(quorate, "sweep good.json --seeds 1..6", 2, "p");
  REQUIRE(quorate("merge" + words + " --out all --quiet").status == 0);
  quorate.write("thesis.txt", "precious");
  fs::create_directory(quorate.folder() / "own");
  quorate.write("own/thesis.txt", "precious");
  const std::size_t things = quorate.things();
  const auto ends = [&](const std::string& line, int status, std::string_view told) {
    const Outcome outcome = quorate("merge" + words + line);
    CHECK_MESSAGE(outcome.status == status, line);
    CHECK_MESSAGE(has(outcome.errors, told), outcome.errors);
    CHECK(quorate.things() == things);
  };
  ends(" --out all", 73, "all exists already\n  --force replaces it");
  ends(" --out all --force", 0, "");
  ends(" --out own --force", 73, "own exists already\n  give it another name");
  ends(" --csv thesis.txt", 73, "thesis.txt exists already");
  ends(" --out no/all", 73, "cannot create the directory no/all: No such file");
  ends(" --out p1 --force", 2, "p1 is the file to read, too");
  ends(" --out new --csv new.csv", 2, "drop --csv");
  CHECK(quorate.read("own/thesis.txt") == "precious");
  CHECK(quorate.read("thesis.txt") == "precious");
}

TEST_CASE("cli: --shard wants a part that there is, and a place to keep it") {
  const CommandLine quorate;
  for (const char* part : {"0/3", "4/3", "1/0", "1", "/", "1/", "/3", "-1/3", "1/3/3", "a/b", ""}) {
    const Outcome outcome = quorate("sweep good.json --seeds 1..9 --out p --shard", {part});
    CHECK_MESSAGE(outcome.status == 2, part);
    CHECK(has(outcome.errors, "--shard"));
  }
  CHECK(has(quorate("sweep good.json --seeds 1..9 --out p --shard 1/10").errors,
            "there are but 9 runs, so some part would have none"));
  CHECK(has(quorate("sweep good.json --seeds 1..9 --shard 1/3").errors, "--out DIR names it"));
  CHECK(quorate("sweep good.json --seeds 1..9 --shard 1/3 --csv a.csv").status == 2);
  CHECK(quorate("sweep good.json --seeds 1..9 --shard 1/3 --out p --stop-first").status == 2);
  CHECK(quorate.things() == 6);
  CHECK(quorate("sweep good.json --seeds 1..9 --shard 1/1").status == 0);
}

}  // namespace quorate::testing
