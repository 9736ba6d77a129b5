// quorate replay: identical bytes, the first difference, and traces that are none.
#include <doctest/doctest.h>

#include <algorithm>

#include "sim/base/time.hpp"
#include "tests/cli/command_line.hpp"

namespace quorate::testing {

namespace {}  // namespace

TEST_CASE("cli: a replay is identical and exits as the run did") {
  const CommandLine quorate;
  for (const char* name : {"good", "missed", "violated", "idle"}) {
    const std::string file(name);
    for (const char* level : {"all", "events", "messages", "outline"}) {
      const Outcome traced =
          quorate("run " + file + ".json --force --trace t.jsonl --trace-level " + level);
      const Outcome replayed = quorate("replay t.jsonl");
      CHECK_MESSAGE(replayed.status == traced.status, file << " " << level << replayed.errors);
      CHECK(has(replayed.output, "byte for byte"));
    }
  }
  CHECK(json_of(quorate("replay t.jsonl --json").output)["identical"] == true);
}

TEST_CASE("cli: a trace made with --set and --until carries the changed scenario") {
  const CommandLine quorate;
  quorate("run good.json --seed 99 --set network.loss=10% --until 1s --trace t.jsonl");
  std::filesystem::remove(quorate.folder() / "good.json");
  CHECK(has(quorate("replay t.jsonl").output, "seed 99"));
}

TEST_CASE("cli: a failing run with a trace proposes its replay up to the violation") {
  const CommandLine quorate;
  const std::string line =
      json_of(quorate("run violated.json --trace t.jsonl --json").output)["follow_ups"]["replay"];
  REQUIRE(line.starts_with("quorate replay t.jsonl --until e"));
  const Outcome outcome = quorate(line.substr(8));
  CHECK(outcome.status == 1);  // the violation is where the run ends
  CHECK(has(outcome.output, "\n  n1 {"));
}

TEST_CASE("cli: replay --until shows everybody's state behind an event or a moment") {
  const CommandLine quorate;
  quorate("run good.json --trace t.jsonl");
  const auto middle = json_of(quorate("replay t.jsonl --until e40 --json").output);
  CHECK(middle["identical"] == true);
  CHECK(middle["events"] >= 41);
  CHECK(middle["nodes"].size() == 3);
  const auto moment = json_of(quorate("replay t.jsonl --until 120ms --json").output);
  CHECK(moment["nodes"][2]["up"] == false);
  CHECK(moment["nodes"][0]["state"].contains("last_serial"));
  const Outcome text = quorate("replay t.jsonl --until 120ms");
  CHECK(text.status == 0);
  CHECK(has(text.output, "n3 (down) {"));
  const Duration simulated{
      json_of(quorate("run good.json --json").output)["simulated_ns"].get<std::int64_t>()};
  const std::string end = to_text(simulated);
  for (const auto& [until, asked] : {std::pair{"1h", "1h"}, std::pair{"e99999", "event e99999"}}) {
    const Outcome beyond = quorate(std::string("replay t.jsonl --until ") + until);
    CHECK(has(beyond.output, "byte for byte"));
    CHECK(has(beyond.output, "\n  n1 {"));
    CHECK(has(beyond.errors, "--until: " + std::string(asked) + " is never reached"));
    CHECK(has(beyond.errors, "the run ends at " + end + ", behind event e"));
  }
  CHECK(quorate("replay t.jsonl --until " + end).errors.empty());
  for (const char* until : {"e", "e-1", "40", "5 s", ""}) {
    CHECK_MESSAGE(quorate("replay t.jsonl --until", {until}).status == 2, until);
  }
}

TEST_CASE("cli: the states a replay stops at fit a terminal; -v shows them whole") {
  const CommandLine quorate;
  quorate.write("raft.json", R"j({"quorate": 1, "protocol": {"use": "raft", "nodes": 3},
    "stop": {"at": "2s"}, "network": {"delay": "uniform(1ms, 5ms)"},
    "workload": [{"client": "c1", "op": "put", "every": "10ms", "from": "500ms", "count": 80}]})j");
  REQUIRE(quorate("run raft.json --trace t.jsonl").status == 0);
  const std::string text = quorate("replay t.jsonl --until 1900ms").output;
  CHECK(has(text, "  n1 {current_term: "));
  CHECK(has(text, " items, the last: {term: "));
  CHECK(std::ranges::count(text, '\n') < 40);
  const std::string whole = quorate("replay t.jsonl --until 1900ms -v").output;
  CHECK_FALSE(has(whole, "items, the last"));
  CHECK(has(whole, "serial: 42,"));
  for (const std::string& shown : {text, whole}) {
    std::istringstream in(shown.substr(shown.find("STOPPED")));
    for (std::string line; std::getline(in, line);) CHECK_MESSAGE(line.size() <= 100, line);
  }
}

TEST_CASE("cli: the first line that differs is shown from both sides, exit 4") {
  const CommandLine quorate;
  quorate("run good.json --trace t.jsonl");
  const std::string good = quorate.read("t.jsonl");
  quorate.write("t.jsonl", replaced(good, "\"type\":\"Ping\"", "\"type\":\"Pinc\""));
  const Outcome edited = quorate("replay t.jsonl");
  CHECK(edited.status == 4);
  CHECK(has(edited.output, "Pinc"));
  CHECK(has(edited.output, "Ping"));
  const auto json = json_of(quorate("replay t.jsonl --json").output);
  CHECK(json["identical"] == false);
  CHECK(json["line"] > 1);
  quorate.write("t.jsonl", replaced(good, "\"seed\":\"7\"", "\"seed\":\"8\""));
  CHECK(quorate("replay t.jsonl").status == 4);
  quorate.write("t.jsonl", replaced(good, "\"digest\":\"", "\"digest\":\"0"));
  CHECK(quorate("replay t.jsonl").status >= 3);
}

TEST_CASE("cli: of a long line that differs the place around the difference is shown") {
  const CommandLine quorate;
  quorate("run good.json --trace t.jsonl");
  quorate.write("t.jsonl", replaced(quorate.read("t.jsonl"), "\n", " \n"));  // the header's end
  const Outcome edited = quorate("replay t.jsonl");
  CHECK(edited.status == 4);
  std::istringstream in(edited.output.substr(edited.output.find("  trace:")));
  for (std::string line; std::getline(in, line);) CHECK_MESSAGE(line.size() <= 110, line);
}

TEST_CASE("cli: broken and foreign traces exit 3") {
  const CommandLine quorate;
  quorate("run good.json --trace t.jsonl");
  const std::string good = quorate.read("t.jsonl");
  const std::string broken[] = {
      "",
      "{}\n",
      good.substr(0, good.size() / 2),
      good.substr(0, good.rfind("{\"end\"")),
      good + "more\n",
      replaced(good, "\"quorate_trace\":4", "\"quorate_trace\":5"),
      replaced(good, "\"protocol_version\":1", "\"protocol_version\":2"),
      replaced(good, "\"use\":\"echo\"", "\"use\":\"ecco\""),
  };
  for (const std::string& text : broken) {
    quorate.write("t.jsonl", text);
    const Outcome outcome = quorate("replay t.jsonl");
    CHECK_MESSAGE(outcome.status == 3, text.substr(0, 60) << "\n" << outcome.errors);
    CHECK_FALSE(outcome.errors.empty());
    CHECK(outcome.output.empty());
  }
  CHECK(quorate("replay nothing.jsonl").status == 3);
  CHECK(quorate("replay .").status == 3);
  CHECK(quorate("replay good.json").status == 3);
  CHECK(quorate("replay").status == 2);
}

TEST_CASE("cli: a trace cut short by real time replays as far as it goes") {
  const CommandLine quorate;
  quorate.write("endless.json", R"({"quorate": 1, "protocol": {"use": "echo", "nodes": 3},
    "stop": {"at": "876000h"}, "network": {"delay": "1ms"},
    "workload": [{"client": "c1", "op": "say", "every": "1ms", "node": "n1"}]})");
  quorate("run endless.json --wall-time 20ms --trace t.jsonl");
  const Outcome outcome = quorate("replay t.jsonl");
  CHECK(outcome.status == 5);
  CHECK(has(outcome.output, "byte for byte"));
}

}  // namespace quorate::testing
