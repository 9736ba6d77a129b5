// quorate check: the verdict from a trace alone, and its exit status.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/cli/command_line.hpp"

namespace quorate::testing {

TEST_CASE("cli: check comes to the verdict that the run came to") {
  const CommandLine quorate;
  for (const auto& [scenario, status, word] :
       {std::tuple{"good.json", 0, "PASS"}, std::tuple{"missed.json", 1, "FAIL"},
        std::tuple{"violated.json", 1, "FAIL"}, std::tuple{"idle.json", 1, "FAIL"}}) {
    const auto of_run =
        json_of(quorate(std::string("run --json --force --trace t.jsonl ") + scenario).output);
    const Outcome outcome = quorate("check t.jsonl");
    INFO(outcome.output, outcome.errors);
    CHECK(outcome.status == status);
    CHECK(outcome.output.starts_with(word));
    CHECK(has(outcome.output, " events, and the trace agrees with itself"));
    const auto json = json_of(quorate("check t.jsonl --json").output);
    CHECK(json["contradictions"] == 0);
    CHECK(json["told_verdict"] == json["judged"]["verdict"]);
    CHECK(json["judged"]["digest"] == of_run["digest"]);
  }
}

// What changed is told by a note, which no handler ran for.
TEST_CASE("cli: check and replay follow a run in which memories are hit") {
  const CommandLine quorate;
  quorate.write("hit.json", R"j({"quorate": 1, "stop": {"at": "4s"}, "network": {"delay": "5ms"},
      "protocol": {"use": "raft", "nodes": 3}, "workload": [{"op": "put", "every": "50ms"}],
      "check": ["election_safety"], "faults": [
      {"every": "90ms", "do": {"node": {"node": "random", "scramble": true}}},
      {"every": "370ms", "do": {"node": {"node": "*", "scramble": true}}}]})j");
  for (const std::string seed : {"1", "2", "3"}) {
    for (const char* level : {"all", "events", "messages", "outline"}) {
      const auto of_run = json_of(quorate("run hit.json --json --force --trace t.jsonl --seed " +
                                          seed + " --trace-level " + level)
                                      .output);
      const Outcome outcome = quorate("check t.jsonl");
      INFO(level, outcome.output, outcome.errors);
      CHECK(has(outcome.output, "and the trace agrees with itself"));
      CHECK(has(quorate("replay t.jsonl").output, "byte for byte"));
      const auto json = json_of(quorate("check t.jsonl --json").output);
      CHECK(json["contradictions"] == 0);
      if (std::string_view(level) != "all") continue;
      CHECK(json["told_verdict"] == of_run["verdict"]);
      CHECK(json["judged"]["verdict"] == of_run["verdict"]);
    }
  }
  quorate("run hit.json --force --trace t.jsonl --trace-level all");
  const std::string text = quorate.read("t.jsonl");
  const std::size_t note = text.find("\"text\":\"in the memory of n");
  REQUIRE(note != text.npos);
  const std::size_t line = text.rfind('\n', note) + 1;
  CHECK(has(text.substr(line, text.find('\n', note) - line), "\"set\":{"));
}

TEST_CASE("cli: check exits 3 where a trace contradicts itself, and says where") {
  const CommandLine quorate;
  quorate("run good.json --trace t.jsonl");
  std::string text = quorate.read("t.jsonl");
  const std::size_t verdict = text.rfind("\"pass\"");
  quorate.write("forged.jsonl", text.replace(verdict, 6, "\"fail\""));
  const Outcome outcome = quorate("check forged.jsonl");
  CHECK(outcome.status == 3);
  CHECK(has(outcome.output, "the trace contradicts itself in 1 place"));
  CHECK(has(outcome.output, "the footer's verdict is fail; judged again it is pass"));
  CHECK(json_of(quorate("check forged.jsonl --json").output)["contradictions"] == 1);
}

TEST_CASE("cli: check begins with the contradiction, before what it judges from such lines") {
  const CommandLine quorate;
  quorate("run good.json --trace t.jsonl");
  std::string text = quorate.read("t.jsonl");
  quorate.write("forged.jsonl", replaced(text, "\"verdict\":\"pass\"", "\"verdict\":\"fail\""));
  CHECK(quorate("check forged.jsonl")
            .output.starts_with(
                "CONTRADICTION  what follows is judged from lines that are not all true\nPASS  "));
  CHECK_FALSE(has(quorate("check t.jsonl").output, "CONTRADICTION"));
}

TEST_CASE("cli: check counts the events that stand in the trace, at every level") {
  const CommandLine quorate;
  std::size_t before = ~std::size_t{0};
  for (const char* level : {"all", "messages", "outline"}) {
    quorate(std::string("run good.json --force --trace t.jsonl --trace-level ") + level);
    const std::string text = quorate.read("t.jsonl");
    // All lines but the first and the last.
    const auto events = static_cast<std::size_t>(std::ranges::count(text, '\n')) - 2;
    CAPTURE(level);
    CHECK(events < before);
    before = events;
    const std::string checked = quorate("check t.jsonl").output;
    CHECK(has(checked, "checked     " + std::to_string(events) + " events"));
    CHECK(json_of(quorate("check t.jsonl --json").output)["events"] == events);
  }
}

TEST_CASE("cli: check does not judge what it cannot, and exits 5") {
  const CommandLine quorate;
  quorate("run good.json --trace t.jsonl --trace-level messages");
  const Outcome outcome = quorate("check t.jsonl");
  CHECK(outcome.status == 5);
  CHECK(
      has(outcome.output, "not judged  answered_by_all: the trace was written at level messages"));

  quorate("run good.json --trace whole.jsonl");
  const std::string text = quorate.read("whole.jsonl");
  quorate.write("half.jsonl", text.substr(0, text.size() / 2));
  CHECK(quorate("check half.jsonl").status == 3);
  CHECK(has(quorate("check half.jsonl").errors, "the last good record is e"));
  const Outcome half = quorate("check half.jsonl --allow-truncated");
  CHECK(half.status == 5);
  CHECK(has(half.output, "up to where the trace was cut off"));
}

TEST_CASE("cli: check refuses what is no trace of this program") {
  const CommandLine quorate;
  CHECK(quorate("check good.json").status == 3);
  CHECK(quorate("check none.jsonl").status == 3);
  quorate("run good.json --trace t.jsonl");
  std::string text = quorate.read("t.jsonl");
  text.replace(text.find("\"quorate_trace\":4"), 17, "\"quorate_trace\":5");
  quorate.write("newer.jsonl", text);
  const Outcome newer = quorate("check newer.jsonl");
  CHECK(newer.status == 3);
  CHECK(has(newer.errors, "version 5 of the format; this program reads version 4"));
}

}  // namespace quorate::testing
