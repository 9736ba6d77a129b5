// What quorate must survive: one row per promise, each with its exit code, what is told, and every
// file that is left. tests/cli/README.md says which tests keep the promises that fit no row.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/cli/command_line.hpp"
#include "tests/support/sanitized.hpp"

namespace quorate::testing {

namespace {

struct Row {
  const char* promise;
  const char* script;  // of bash, in a folder of its own; $Q is quorate
  int status;
  const char* told;  // on stderr
  const char* left;  // all that is there but the scenarios, hidden files too, sorted
};

// $Q runs good.json in 200 ms of virtual time; endless.json comes to no end.
constexpr Row rows[] = {
    {"no JSON", "printf '{' >x.json; $Q run x.json --trace t", 3, "x.json:1:2: error", "x.json"},
    {"unknown fields", "$Q run bad.json --trace t", 3, "bad.json:3:3: error", ""},
    {"no such file", "$Q sweep absent.json --out dir", 3, "absent.json", ""},
    {"no node", "$Q run good.json --set protocol.nodes=0 --trace t", 3, "protocol.nodes", ""},
    {"more nodes than memory", "$Q sweep good.json --set protocol.nodes=1000000000 --csv t", 3,
     "more than 1 EB", ""},
    {"unknown node", "$Q run good.json --set faults.0.do.crash=n4 --trace t", 3, "\"n4\"", ""},
    {"negative time", "$Q run good.json --set stop.at=-1s --trace t", 3, "is negative", ""},
    {"endless time", "$Q run good.json --set stop.at=876001h", 3, "longer than 100 years", ""},
    {"seed -1", "$Q run good.json --seed -1 --trace t", 2, "--seed", ""},
    {"seed 1e3", "$Q run good.json --seed 1e3 --trace t", 2, "--seed", ""},
    {"seed 2^64", "$Q run good.json --seed 18446744073709551616 --trace t", 2, "--seed", ""},
    {"empty seed", "$Q run good.json --seed '' --trace t", 2, "--seed", ""},
    {"a loop at one instant",
     "$Q run good.json --set network.delay=0ms --set budgets.events_at_one_instant=5 --trace t", 5,
     "", "t"},
    {"runaway events", "$Q run good.json --set budgets.events=50 --trace t", 5, "", "t"},
    {"runaway queue", "$Q run good.json --set budgets.pending=3 --trace t", 5, "", "t"},
    {"runaway bytes", "$Q run good.json --set budgets.wire_bytes=99 --trace t", 5, "", "t"},
    {"runaway real time", "$Q run endless.json --wall-time 20ms --trace t", 5, "", "t"},
    {"runaway real time in a sweep", "$Q sweep endless.json --wall-time 9ms --seeds 1..3 --csv t",
     5, "", "t"},
    {"no memory", "ulimit -v 300000; $Q run good.json --set protocol.nodes=5000 --trace t", 70,
     "out of memory", ""},
    {"no memory in a worker",
     "ulimit -v 300000; $Q sweep good.json --seeds 1..2 --set protocol.nodes=5000 --out dir", 70,
     "", "dir dir/journal.jsonl dir/report.json dir/report.txt dir/runs.csv dir/sweep.json"},
    {"a full disk under a trace", "$Q run good.json --trace /dev/full", 74, "/dev/full: No space",
     ""},
    {"a full disk under a table", "$Q sweep good.json --csv /dev/full", 74, "/dev/full: No space",
     ""},
    {"a quota under a trace", "ulimit -f 4; $Q run endless.json --trace t", 74,
     "cannot write t: File too large", ""},
    {"a quota under a table", "ulimit -f 4; $Q sweep good.json --seeds 1..500 --csv t", 74,
     "cannot write t: File too large", ""},
    {"a quota under a journal", "ulimit -f 9; $Q sweep good.json --seeds 1..500 --out dir", 74,
     "cannot write dir/journal.jsonl: File too large\n  go on: ",
     "dir dir/journal.jsonl dir/sweep.json"},
    {"a full stdout", "$Q run good.json >/dev/full", 74, "standard output", ""},
    {"a closed stdout", "$Q run good.json --trace t >&-", 74, "standard output", "t"},
    {"a closed stdout of a sweep", "$Q sweep good.json --seeds 1..3 --csv t >&-", 74,
     "standard output", "t"},
    {"a closed stdout of help", "$Q help >&-", 74, "standard output", ""},
    {"a closed stdout of a list", "$Q list --json >&-", 74, "standard output", ""},
    {"a full stdout of a replay", "$Q run good.json --trace t -q >&2; $Q replay t >/dev/full", 74,
     "standard output", "t"},
    {"a reader of a pipe that left",
     "{ until [ -e left ]; do sleep 0.01; done; rm left; $Q run good.json --trace t; echo $? >&2; "
     "} "
     "| { exec <&-; : >left; }",
     0, "141", "t"},
    {"a closed stderr", "$Q run good.json --trace t >&2 2>&-", 0, "", "t"},
    {"a missing folder", "$Q run good.json --trace no/t", 73, "cannot create no/t", ""},
    {"a missing folder of a table", "$Q sweep good.json --csv no/t", 73, "cannot create no/t", ""},
    {"a missing folder of a sweep", "$Q sweep good.json --out no/dir", 73, "no/dir", ""},
    {"a folder nobody can write in", "$Q run good.json --trace /proc/t", 73, "/proc/t", ""},
    {"such a folder for a sweep", "$Q sweep good.json --out /proc/dir", 73, "/proc/dir", ""},
    {"a trace that exists", "echo a >t; $Q run good.json --trace t", 73, "t exists already", "t"},
    {"a trace that is the scenario",
     "$Q run good.json --trace ./good.json --force; s=$?; $Q validate good.json -q && exit $s", 2,
     "is the file to read, too", ""},
    {"a table that is the scenario",
     "$Q sweep good.json --csv good.json --force; s=$?; $Q validate good.json -q && exit $s", 2,
     "is the file to read, too", ""},
    {"a table that exists", "echo a >t; $Q sweep good.json --csv t", 73, "t exists already", "t"},
    {"a sweep that exists", "$Q sweep good.json --seeds 1 --out d; $Q sweep good.json --out d", 73,
     "d holds a sweep already",
     "d d/journal.jsonl d/report.json d/report.txt d/runs.csv d/sweep.json"},
    {"SIGTERM in endless runs",
     "$Q sweep endless.json -j2 --out d & p=$!; until [ -e d/sweep.json ]; do sleep 0.02; done; "
     "sleep 0.2; kill -TERM $p; wait $p",
     143, "interrupted after 0 runs of 100\n  go on: ", "d d/journal.jsonl d/sweep.json"},
    {"SIGTERM in a report",
     "$Q report endless.json & p=$!; until [ -e .endless-report.part0 ]; do sleep 0.02; done; "
     "sleep 0.1; kill -TERM $p; wait $p",
     143, "interrupted", ""},
    {"SIGTERM in the sweep of a report",
     "$Q report good.json --seeds 1..100000000 & p=$!; "
     "until ls -A .good-report.part0 2>/dev/null | grep -q good.csv; do sleep 0.02; done; "
     "kill -TERM $p; wait $p",
     143, "interrupted", ""},
    {"a quota under a report", "ulimit -f 4; $Q report good.json --seeds 1..3", 74,
     "File too large", ""},
    {"a part without its rows",
     "for i in 1 2; do $Q sweep good.json --seeds 1..4 -q --shard $i/2 --out p$i; done; "
     "rm p2/journal.jsonl; $Q merge p1 p2 --out all; s=$?; rm -r p1 p2; exit $s",
     3, "p2 has 0 of 2 runs\n  to make it: ", ""},
    {"a second signal where the first cannot help",
     "mkfifo t; sleep 30 <t & r=$!; env --default-signal=HUP $Q sweep endless.json --wall-time 1ms "
     "--seeds 1..100000 --csv "
     "t "
     "& p=$!; sleep 1; kill -TERM $p; sleep 0.1; kill -HUP $p; wait $p; s=$?; kill $r; "
     "[ $s = 143 ] || [ $s = 129 ]",
     0, "", "t"},
    {"a trace cut short", "$Q run good.json --trace t; head -c 9999 t >u; $Q replay u", 3, "u",
     "t u"},
    {"a trace of another version",
     "$Q run good.json --trace t; sed -i '1s/:[0-9]/:99/' t; $Q replay t", 3, "t", "t"},
    {"a trace that was edited", "$Q run good.json --trace t; sed -i 9s/Pong/Pang/ t; $Q replay t",
     4, "", "t"},
    {"bytes that move a cursor",
     R"(printf '{"quorate": 1, "\033[2Jx": 2}' >x.json; $Q run x.json 2>u; ! grep -q $'\033' u)", 0,
     "", "u x.json"},
};

constexpr const char* endless = R"({"quorate": 1, "protocol": {"use": "echo", "nodes": 3},
 "stop": {"at": "876000h"}, "network": {"delay": "1ms"},
 "workload": [{"client": "c1", "op": "say", "every": "1ms", "node": "n1"}]})";

std::string left_in(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const std::string name = std::filesystem::relative(entry.path(), folder).string();
    const bool given = entry.path().parent_path() == folder && name != "x.json" &&
                       entry.path().extension() == ".json";
    if (!given) names.push_back(name);
  }
  std::ranges::sort(names);
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : " ") + name;
  return text;
}

Outcome in_bash(const CommandLine& quorate, const std::string& script) {
  auto environment = quorate.environment;
  environment.emplace_back("Q", binary("quorate").string());
  return run({{"bash", "-c", script}, quorate.folder(), environment});
}

// Kills the workers of process $p with -9; in bash, since pgrep may not be there. A sanitizer's
// search for leaks is a child too, and its parent would wait for it without end.
constexpr const char* kill_workers =
    "export ASAN_OPTIONS=detect_leaks=0\n"
    "kill_workers() { for s in /proc/[0-9]*/stat; do "
    "read -r pid _ _ parent _ 2>/dev/null <$s && [ \"$parent\" = $p ] && kill -9 $pid && echo "
    "killed; done; true; }\n";

}  // namespace

TEST_CASE("cli: whatever happens, exit code, message and files are those that were promised") {
  for (const Row& row : rows) {
    const std::string promise = row.promise;
    if (sanitized && promise.starts_with("no memory")) continue;
    const CommandLine quorate;
    quorate.write("endless.json", endless);
    const Outcome outcome = in_bash(quorate, row.script);
    CAPTURE(promise);
    CAPTURE(outcome.errors);
    CHECK(outcome.status == row.status);
    CHECK(has(outcome.errors, row.told));
    CHECK(left_in(quorate.folder()) == row.left);
  }
}

TEST_CASE("cli: a sweep that ran into a quota goes on when there is room") {
  const CommandLine quorate;
  const Outcome outcome =
      in_bash(quorate,
              "line='sweep good.json --seeds 1..60 --out'\n"
              "(ulimit -f 20; $Q $line a) && exit 9\n$Q $line a --resume -q && $Q $line b -q\n"
              "for f in runs.csv report.txt report.json journal.jsonl; do cmp a/$f b/$f; done");
  CHECK_MESSAGE(outcome.status == 0, outcome.errors);
  CHECK(has(outcome.errors, "File too large"));
}

TEST_CASE("cli: a worker that is killed takes no run with it") {
  const CommandLine quorate;
  // While the sweep stands still, none of its workers can come to an end by itself.
  const Outcome outcome = in_bash(
      quorate, kill_workers +
                   std::string("$Q sweep good.json --seeds 1..4000 -j2 --out a >/dev/null & p=$!\n"
                               "until [ -s a/journal.jsonl ]; do :; done\n"
                               "kill -STOP $p; kill_workers; kill -CONT $p\n"
                               "wait $p || exit\n$Q sweep good.json --seeds 1..4000 -q --out b\n"
                               "cmp a/runs.csv b/runs.csv && cmp a/report.json b/report.json"));
  CHECK_MESSAGE(outcome.status == 0, outcome.errors);
  CHECK(has(outcome.output, "killed\n"));
}

TEST_CASE("cli: a run whose worker is killed twice is a row, and the others go on") {
  const CommandLine quorate;
  quorate.write("endless.json", endless);
  const Outcome outcome = in_bash(
      quorate,
      kill_workers + std::string("$Q sweep endless.json --seeds 5..7 -j1 --out a & p=$!\n"
                                 "while kill -0 $p 2>/dev/null; do kill_workers; done; wait $p"));
  CHECK(outcome.status == 70);
  CHECK(has(outcome.output, "FAIL  0 pass, 3 crashed\n"));
  CHECK(has(outcome.output, "seed 6: crashed, the process that ran it died, twice\n"));
  CHECK(has(outcome.output, "quorate run endless.json --seed 6\n"));
  CHECK(has(quorate.read("a/runs.csv"), "\n7,crashed,,,,\"the process that ran it died, twice\","));
  CHECK(quorate("sweep endless.json --seeds 5..7 --out a --resume").status == 70);
}

TEST_CASE("cli: a sweep takes no more memory for twelve thousand runs than for two thousand" *
          doctest::skip(sanitized)) {
  const CommandLine quorate;
  const Outcome few = quorate("sweep good.json --seeds 1..2000 -j1 --out few");
  const Outcome many = quorate("sweep good.json --seeds 1..12000 -j1 --out many");
  CHECK(few.status == 0);
  CHECK(many.status == 0);
  CHECK(few.peak_kb > 1000);
  CHECK(many.peak_kb < few.peak_kb + 1000);
  CHECK(quorate("merge many -q").peak_kb < quorate("merge few -q").peak_kb + 1000);
}

}  // namespace quorate::testing
