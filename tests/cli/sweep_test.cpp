// quorate sweep: bytes independent of --jobs, verdicts over all seeds, CSV, interruption.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "tests/cli/command_line.hpp"

namespace quorate::testing {

namespace {

std::vector<std::string> rows_of(const std::string& csv) {
  std::vector<std::string> rows;
  std::istringstream in(csv);
  for (std::string row; std::getline(in, row);) rows.push_back(row);
  return rows;
}

}  // namespace

TEST_CASE("cli: a sweep prints the same bytes whatever --jobs is") {
  const CommandLine quorate;
  const std::string line =
      "sweep coin.json --seeds 1..200 --vary network.loss=0%,10%,30% --witness";
  const Outcome one = quorate(line + " -j1 --csv one.csv");
  const Outcome two = quorate(line + " --jobs 2 --csv two.csv");
  const Outcome five = quorate(line + " -j 5");
  CHECK(one.status == 0);
  CHECK(one.output == two.output);
  CHECK(one.output == five.output);
  CHECK(quorate.read("one.csv") == quorate.read("two.csv"));
  CHECK(quorate(line + " -j1 --json").output == quorate(line + " -j2 --json").output);
  CHECK(has(one.output, "network.loss=30%: 200 pass"));
  CHECK(has(one.errors, "600 runs in"));
}

TEST_CASE("cli: every row of a sweep is what a single run gives") {
  const CommandLine quorate;
  quorate("sweep coin.json --seeds 5..14 --csv rows.csv");
  const std::vector<std::string> rows = rows_of(quorate.read("rows.csv"));
  REQUIRE(rows.size() == 11);
  CHECK(rows[0].starts_with("seed,verdict,events,digest,property,reason,"));
  std::string names = rows[0].substr(rows[0].find("reason,") + 7) + ",";
  std::vector<std::string> metrics;
  for (std::size_t comma = 0; (comma = names.find(',')) != names.npos; names.erase(0, comma + 1)) {
    metrics.push_back(names.substr(0, comma));
  }
  CHECK(std::ranges::is_sorted(metrics));
  for (int seed = 5; seed <= 14; ++seed) {
    const auto single =
        json_of(quorate("run coin.json --json --seed " + std::to_string(seed)).output);
    const std::string start = std::to_string(seed) + ",pass," + single["events"].dump() + "," +
                              single["digest"].get<std::string>() + ",,,";
    CHECK(rows[static_cast<std::size_t>(seed - 4)].starts_with(start));
  }
}

TEST_CASE("cli: the row of a run that did not pass says why") {
  const CommandLine quorate;
  quorate("sweep violated.json --seeds 1 --csv violated.csv");
  const std::string violated = rows_of(quorate.read("violated.csv"))[1];
  const auto single = json_of(quorate("run violated.json --seed 1 --json").output);
  CHECK(has(violated, ",answered_by_all,"));
  CHECK(has(violated, single["reason"].get<std::string>()));
  quorate("sweep missed.json --seeds 1 --csv missed.csv");
  CHECK(has(rows_of(quorate.read("missed.csv"))[1], ",,"));
  CHECK(has(rows_of(quorate.read("missed.csv"))[1], "ops.acked"));
}

TEST_CASE("cli: variants come from one place, each value once, and it is said from where") {
  const CommandLine quorate;
  std::string text = quorate.read("good.json");
  text.replace(text.rfind('}'), 1, R"(, "sweep": {"protocol.nodes": [3, 5]}})");
  quorate.write("own.json", text);
  CHECK(has(quorate("sweep own.json --seeds 1..2").errors,
            "varying protocol.nodes, as the scenario's own \"sweep\" says"));
  CHECK_FALSE(has(quorate("sweep good.json --seeds 1..2").errors, "varying"));
  for (const char* twice : {"protocol.nodes=5,5", "protocol.nodes=3,5,3"}) {
    const Outcome outcome = quorate("sweep good.json --vary", {twice});
    CHECK(outcome.status == 2);
    CHECK(has(outcome.errors, "holds a value twice"));
  }
}

TEST_CASE("cli: a fault fails a sweep only if it fired under no seed") {
  const CommandLine quorate;
  const Outcome some = quorate("sweep coin.json --seeds 1..50");
  CHECK(some.status == 0);
  CHECK(has(some.output, "50 pass"));
  const Outcome none = quorate("sweep idle.json --seeds 1..50");
  CHECK(none.status == 1);
  CHECK(has(none.output, "never fired late"));
  CHECK(has(quorate("sweep idle.json --seeds 1..3 -q").output, "never fired late"));
  CHECK(json_of(quorate("sweep idle.json --seeds 1..5 --json").output)["never_fired"][0] == "late");
  quorate.write("allowed.json",
                CommandLine::echo(
                    "", R"([{"at": "9s", "may_not_fire": true, "do": {"crash": "n3"}}])", "[]"));
  CHECK(quorate("sweep allowed.json --seeds 1..5").status == 0);
}

TEST_CASE("cli: failing seeds are told with the command that runs them again") {
  const CommandLine quorate;
  const Outcome text = quorate("sweep violated.json --seeds 1..25 --set network.loss=1%");
  CHECK(text.status == 1);
  CHECK(has(text.output, "quorate run violated.json --seed 1 --set network.loss=1%\n"));
  CHECK(has(text.output, "answered_by_all"));
  CHECK(has(text.output, "and 15 more"));
  const auto json = json_of(quorate("sweep violated.json --seeds 1..25 --json").output);
  CHECK(json["verdicts"]["fail"] == 25);
  CHECK(json["failed"].size() == 25);
  const std::string again = json["failed"][3]["again"];
  CHECK(quorate(again.substr(8)).status == 1);
  const auto first = json_of(quorate("sweep violated.json --stop-first --json -j3").output);
  CHECK(first["runs"] == 1);
}

TEST_CASE("cli: the file's own sweep is used where none is asked for") {
  const CommandLine quorate;
  std::string text = quorate.read("good.json");
  text.replace(
      text.rfind('}'), 1,
      R"(, "sweep": {"network.loss": ["0%", "1%"], "protocol.nodes": [3, 5], "seed": "1..6"}})");
  quorate.write("grid.json", text);
  const auto own = json_of(quorate("sweep grid.json --json").output);
  CHECK(own["runs"] == 24);
  CHECK(own["variants"][1]["variant"] == "network.loss=0% protocol.nodes=5");
  const auto asked = json_of(quorate("sweep grid.json --json --seeds 3..4",
                                     {"--vary", "network.delay=uniform(1ms, 2ms),3ms"})
                                 .output);
  CHECK(asked["runs"] == 4);
  CHECK(asked["variants"][0]["variant"] == "network.delay=uniform(1ms, 2ms)");
}

TEST_CASE("cli: what --set sets is not varied, neither by the file nor by --vary") {
  const CommandLine quorate;
  std::string text = quorate.read("good.json");
  text.replace(text.rfind('}'), 1,
               R"(, "sweep": {"network.loss": ["0%", "1%"], "protocol.nodes": [3, 5]}})");
  quorate.write("grid.json", text);
  const auto set =
      json_of(quorate("sweep grid.json --seeds 1..2 --set protocol.nodes=7 --json").output);
  CHECK(set["runs"] == 4);
  CHECK(set["variants"][0]["variant"] == "network.loss=0%");
  CHECK(set["variants"][1]["variant"] == "network.loss=1%");
  const Outcome both =
      quorate("sweep grid.json --seeds 1..2 --set network.loss=2% --vary network.loss=0%,1%");
  CHECK(both.status == 2);
  CHECK(has(both.errors, "\"network.loss\" is both set and varied"));
  CHECK(both.output.empty());
}

TEST_CASE("cli: the line that runs a seed again gives it as much real time") {
  const CommandLine quorate;
  CHECK(has(quorate("sweep violated.json --seeds 1 --wall-time 1h").output,
            "quorate run violated.json --seed 1 --wall-time 1h\n"));
  CHECK(has(quorate("run violated.json --seed 1 --wall-time 90s").output,
            "quorate run violated.json --seed 1 --wall-time 90s\n"));
}

TEST_CASE("cli: what is known of all variants together does not look like the last one's") {
  const CommandLine quorate;
  const std::string line = "sweep coin.json --seeds 1..50 --witness --vary network.loss=";
  const std::string two = quorate(line + "0%,10%").output;
  CHECK(has(two, "\n  all variants\n      witness "));
  CHECK_FALSE(has(quorate(line + "0%").output, "all variants"));
}

TEST_CASE("cli: means have decimals, and times a unit") {
  const CommandLine quorate;
  const Outcome text = quorate("sweep coin.json --seeds 1..7");
  const std::string& table = text.output;
  CHECK(has(table, "ops.acked"));
  CHECK(has(table, " 20.00 "));
  const std::size_t latency = table.find("latency_us_p50");
  REQUIRE(latency != std::string::npos);
  CHECK(has(table.substr(latency, table.find('\n', latency) - latency), " ms"));
  const auto json = json_of(quorate("sweep coin.json --seeds 1..7 --json").output);
  std::int64_t sum = 0;
  for (int seed = 1; seed <= 7; ++seed) {
    const Outcome single = quorate("run coin.json --json --seed " + std::to_string(seed));
    sum += json_of(single.output)["metrics"]["messages.sent"].get<std::int64_t>();
  }
  const double mean = json["variants"][0]["metrics"]["messages.sent"]["mean"];
  CHECK(std::llround(mean * 100) == (sum * 200 + 7) / 14);
}

TEST_CASE("cli: --csv - gives stdout to the rows alone") {
  const CommandLine quorate;
  quorate("sweep good.json --seeds 1..3 --csv rows.csv");
  const Outcome piped = quorate("sweep good.json --seeds 1..3 --csv -");
  CHECK(piped.status == 0);
  CHECK(piped.output == quorate.read("rows.csv"));
  CHECK(has(piped.errors, "3 pass"));
  CHECK_FALSE(quorate.exists("-"));
  CHECK(quorate("sweep good.json --seeds 1..3 --csv - --json").status == 2);
}

TEST_CASE("cli: a mistake in a variant speaks of where it was typed") {
  const CommandLine quorate;
  const Outcome again =
      quorate("sweep good.json --vary network.loss=0% --vary seed=1 --vary network.loss=1%");
  CHECK(again.status == 2);
  CHECK(has(again.errors, "\"network.loss\" is varied twice"));
  const Outcome vary = quorate("sweep good.json --vary network.lss=0%,1%");
  CHECK(vary.status == 3);
  CHECK(has(vary.errors, "--vary:1:9: error"));
  CHECK_FALSE(has(vary.errors, "--set"));
  CHECK(has(quorate("sweep good.json --vary faults.7.at=1s").errors, "--vary: "));
  CHECK(has(quorate("sweep good.json --set network.lss=0%").errors, "--set:1:9: error"));
  std::string text = quorate.read("good.json");
  text.replace(text.rfind('}'), 1, R"(, "sweep": {"network.lss": ["0%", "1%"]}})");
  quorate.write("grid.json", text);
  CHECK(has(quorate("sweep grid.json").errors, "sweep:1:9: error"));
  CHECK(has(quorate("run good.json --until 0s").errors, "--until"));
}

TEST_CASE("cli: bad sweeps exit 2 or 3 and write nothing") {
  const CommandLine quorate;
  for (const char* seeds :
       {"5..1", "-1..4", "1..", "..4", "1..1e3", "", "0..18446744073709551615"}) {
    CHECK_MESSAGE(quorate("sweep good.json --csv s.csv --seeds", {seeds}).status == 2, seeds);
  }
  for (const char* jobs : {"0", "-1", "1025", "two"}) {
    CHECK_MESSAGE(quorate("sweep good.json --csv s.csv --jobs", {jobs}).status == 2, jobs);
  }
  CHECK(quorate("sweep good.json --vary network.loss").status == 2);
  CHECK(quorate("sweep good.json --vary network.loss=1%,,2%").status == 2);
  CHECK(quorate("sweep good.json --stop-first --keep-going").status == 2);
  CHECK(quorate("sweep good.json --csv s.csv --vary network.lossy=1%").status == 3);
  CHECK(quorate("sweep bad.json --csv s.csv").status == 3);
  CHECK(quorate("sweep good.json --csv nowhere/s.csv").status == 73);
  CHECK(quorate.things() == 6);
  CHECK(quorate("sweep good.json --seeds 1 --csv s.csv").status == 0);
  CHECK(quorate("sweep good.json --seeds 1 --csv s.csv").status == 73);
  if (std::filesystem::exists("/dev/full")) {
    CHECK(quorate("sweep good.json --csv /dev/full").status == 74);
  }
}

TEST_CASE("cli: an interrupted sweep ends soon, with no worker and no file left") {
  const CommandLine quorate;
  const std::string program = binary("quorate").string();
  for (const auto& [signal, status] : {std::pair{"TERM", 143}, std::pair{"INT", 130}}) {
    // A shell starts what is in the background with SIGINT ignored; env -i style tricks are not
    // needed where python or perl is absent, so the child sets it back through `trap`.
    const std::string line = until_it_catches + program +
                             " sweep good.json --seeds 1..100000000 -j2 --csv s.csv & p=$!; "
                             "until_it_catches $p; sleep 0.1; kill -" +
                             signal + " $p; wait $p";
    const Outcome outcome = run({{"bash", "-mc", line}, quorate.folder(), {}});
    CHECK(outcome.status == status);
    CHECK(has(outcome.errors, "interrupted after"));
    CHECK(outcome.output.empty());
  }
  CHECK(quorate.things() == 6);
}

}  // namespace quorate::testing
