// quorate why and quorate diff: where an event came from, and where two traces part.
#include <doctest/doctest.h>

#include "tests/cli/command_line.hpp"

namespace quorate::testing {

namespace {

std::string without_last_line(const std::string& text) {
  return text.substr(0, text.rfind('\n', text.size() - 2) + 1);
}

}  // namespace

TEST_CASE("cli: why goes from an event back to its root, one cause a line") {
  const CommandLine quorate;
  quorate("run good.json --trace t.jsonl");
  const auto why = json_of(quorate("why t.jsonl e40 --json").output);
  CHECK(why["complete"] == true);
  REQUIRE(why["events"].size() > 1);
  CHECK(why["events"][0]["i"] == 40);
  for (std::size_t i = 0; i + 1 < why["events"].size(); ++i) {
    CHECK(why["events"][i]["cause"] == why["events"][i + 1]["i"]);
  }
  CHECK(!why["events"].back().contains("cause"));

  const auto first = json_of(quorate("why t.jsonl 40 --depth 1 --json").output);
  CHECK(first["events"].size() == 2);
  CHECK(quorate("why t.jsonl e40 --json --depth 18446744073709551615").output ==
        quorate("why t.jsonl e40 --json").output);
  CHECK(has(quorate("why t.jsonl e40 --depth 0").output, "and so on; --depth was reached before"));
}

TEST_CASE("cli: why without an event explains the violation") {
  const CommandLine quorate;
  quorate("run violated.json --trace t.jsonl");
  const Outcome outcome = quorate("why t.jsonl");
  CHECK(outcome.status == 0);
  CHECK(has(outcome.output.substr(0, outcome.output.find('\n')), " is violated: "));

  quorate("run good.json --trace good.jsonl");
  const Outcome none = quorate("why good.jsonl");
  CHECK(none.status == 2);
  CHECK(has(none.errors, "good.jsonl holds no violation and no missed expectation"));
}

TEST_CASE("cli: why sends whose fault never fired to the run, which knows the reason") {
  const CommandLine quorate;
  quorate("run idle.json --trace t.jsonl");
  const Outcome idle = quorate("why t.jsonl");
  CHECK(idle.status == 2);
  CHECK(has(idle.errors, "the fault \"late\", which never fired"));
  CHECK(has(idle.errors, "quorate replay t.jsonl tells what it waited for"));
  CHECK(has(quorate("replay t.jsonl").output,
            "never fired fault \"late\": it was due at 9s, and the run ended at "));
}

TEST_CASE("cli: why takes a time, and begins at the last event by then") {
  const CommandLine quorate;
  quorate("run good.json --trace t.jsonl");
  const auto by_time = json_of(quorate("why t.jsonl 60ms --json").output);
  const std::uint64_t index = by_time["events"][0]["i"];
  CHECK(by_time["events"][0]["t"] <= 60'000'000);
  CHECK(by_time == json_of(quorate("why t.jsonl --json", {std::to_string(index)}).output));
  const auto next = json_of(quorate("why t.jsonl --json", {std::to_string(index + 1)}).output);
  CHECK(next["events"][0]["t"] > 60'000'000);
  quorate("run good.json --trace late.jsonl --set workload.0.from=9ms");
  CHECK(has(quorate("why late.jsonl 8ms").errors, "nothing happened by 8ms"));
  CHECK(has(quorate("why t.jsonl 5x").errors, "neither an event like e56 nor a time like 700ms"));
  CHECK(quorate("why t.jsonl 60ms").errors.empty());
  CHECK(has(quorate("why t.jsonl 100h").errors, "nothing happens after the last event, at 0."));
}

TEST_CASE("cli: why without a violation explains each missed expectation") {
  const CommandLine quorate;
  const auto missed = [&](const std::string& expect) {
    quorate.write("m.json", CommandLine::echo("", R"([{"id": "kill", "at": "100ms", "for": "50ms",
                                             "do": {"crash": "n3"}}])",
                                              "[" + expect + "]"));
    quorate("run m.json --force --trace m.jsonl");
    const auto json = json_of(quorate("why m.jsonl --json").output);
    REQUIRE(json["missed"].size() == 1);
    return json["missed"][0];
  };
  // It came, but too late: the restart, 50 ms after the crash.
  const auto late = missed(R"({"within": "20ms", "of": "kill", "event": "restart"})");
  CHECK(late["from"] == 100'000'000);
  CHECK(late["until"] == 120'000'000);
  CHECK(late["about"] == "it came 30 ms too late");
  CHECK(late["instead"][0]["k"] == "fault");
  CHECK(late["instead"][1]["k"] == "crash");
  CHECK(late["events"][0]["k"] == "restart");
  CHECK(late["events"].back()["k"] == "fault");  // whose end it was
  const auto never = missed(R"({"never": {"event": "crash", "node": "n3"}, "of": "kill"})");
  CHECK(never["about"] == "what must never happen");
  CHECK(never["events"][0]["k"] == "crash");
  const auto nothing = missed(R"({"within": "20ms", "of": "kill", "event": "pause"})");
  CHECK(nothing["about"] == "it never came; what came last");
  // One came, too late; the second, which was awaited, never did.
  const auto second = missed(R"({"within": "20ms", "of": "kill", "event": "restart", "nth": 2})");
  CHECK(second["about"] == "it never came; what came last");
  const auto open = missed(R"({"metric": "ops.acked", "is": 21})");
  CHECK(open["why"] == "metric \"ops.acked\" is 20, expected 21");
  CHECK(open["instead"].empty());
  const auto many = missed(R"({"metric": "ops.issued", "max": 19})");
  CHECK(many["about"] == "");  // whatever was not answered has nothing to do with it
  const auto field = missed(R"({"at": "end", "node": "n1", "field": "last_serial", "is": 7})");
  CHECK(field["about"] == "what set it last");
  CHECK(field["events"][0]["n"] == "n1");
  CHECK(field["events"][0]["set"].contains("last_serial"));

  const std::string text = quorate("why m.jsonl").output;
  CHECK(text.starts_with("MISSED  {\"at\":\"end\",\"node\":\"n1\""));
  CHECK(has(text, "\nwhat set it last, back to its root\n"));
  quorate("run m.json --force --trace m.jsonl --trace-level messages");
  CHECK(has(quorate("why m.jsonl").errors, "without the states of nodes"));
}

TEST_CASE("cli: why shows the events of the node whose field is wrong, and of no other") {
  const CommandLine quorate;
  const auto missed = [&](const std::string& nodes) {
    quorate.write("m.json",
                  CommandLine::echo("", R"([{"at": "1s", "do": {"crash": "n3"}}])",
                                    R"([{"at": "end", "field": "last_serial", "is": 7, "node": )" +
                                        nodes + "}]"));
    quorate("run m.json --force --trace m.jsonl");
    const auto json = json_of(quorate("why m.jsonl --json").output);
    REQUIRE(json["missed"].size() == 1);
    return json["missed"][0];
  };
  // Nobody asks n2, whose field is as it was at the start; n1's is wrong too, but not spoken of.
  const auto untouched = missed(R"(["n2", "n1"])");
  CHECK(has(untouched["why"].get<std::string>(), "n2's last_serial is 0"));
  CHECK(untouched["events"].empty());
  const auto touched = missed(R"(["n1", "n2"])");
  CHECK(touched["events"][0]["n"] == "n1");
  const auto down = missed(R"(["n3"])");
  CHECK(down["about"] == "what stopped it");
  CHECK(down["events"][0]["k"] == "crash");
}

TEST_CASE("cli: why counts what happens all the time, and tells one by one what does not") {
  const CommandLine quorate;
  quorate.write("raft.json", R"j({"quorate": 1, "protocol": {"use": "raft", "nodes": 3},
    "stop": {"at": "2s"}, "network": {"delay": "uniform(1ms, 5ms)"},
    "workload": [{"client": "c1", "op": "put", "every": "10ms", "from": "500ms", "count": 80}],
    "expect": [{"within": "2s", "event": "pause"}]})j");
  quorate("run raft.json --trace t.jsonl");
  const auto missed = json_of(quorate("why t.jsonl --json").output)["missed"][0];
  CHECK(has(missed["left_out"].get<std::string>(), " applied"));
  CHECK(missed["instead"].size() <= 8);
  const std::string told = missed["instead"].dump();
  CHECK_FALSE(has(told, "\"applied\""));
  CHECK(has(told, "\"elected\""));
}

TEST_CASE("cli: why shows the operations that nobody answered") {
  const CommandLine quorate;
  quorate.write("m.json", CommandLine::echo("", R"([{"at": "100ms", "do": {"crash": "n3"}}])",
                                            R"([{"metric": "ops.acked", "min": 20}])"));
  quorate("run m.json --trace m.jsonl");
  const auto json = json_of(quorate("why m.jsonl --json").output)["missed"][0];
  REQUIRE(!json["instead"].empty());
  CHECK(json["instead"][0]["k"] == "op");
  CHECK(json["events"][0] == json["instead"][0]);
  CHECK(json["about"] == "the first that was never answered");
}

TEST_CASE("cli: why says which events there are, and that a level left out the cause") {
  const CommandLine quorate;
  quorate("run good.json --trace t.jsonl");
  CHECK(quorate("why t.jsonl e999999").status == 2);
  CHECK(has(quorate("why t.jsonl e999999").errors, "its last event is e"));
  CHECK(quorate("why t.jsonl forty").status == 2);
  CHECK(quorate("why none.jsonl e1").status == 3);
  quorate("run good.json --force --trace t.jsonl --trace-level outline");
  const std::string text = quorate.read("t.jsonl");
  const std::size_t ack = text.find("\"k\":\"ack\"");
  REQUIRE(ack != std::string::npos);
  const std::string line = text.substr(text.rfind('\n', ack) + 1, 40);
  const std::string index =
      std::to_string(json_of(line.substr(0, line.find(',')) + "}")["i"].get<int>());
  CHECK(has(quorate("why t.jsonl e" + index).output, "was not written down at this level"));
}

TEST_CASE("cli: diff finds no difference between two traces of one run") {
  const CommandLine quorate;
  quorate("run good.json --trace a.jsonl");
  quorate("run good.json --trace b.jsonl");
  const Outcome outcome = quorate("diff a.jsonl b.jsonl");
  CHECK(outcome.status == 0);
  CHECK(has(outcome.output, "no difference in "));
}

TEST_CASE("cli: diff shows the first event that differs, on both sides") {
  const CommandLine quorate;
  quorate("run good.json --trace a.jsonl");
  quorate("run good.json --trace b.jsonl", {"--set", "faults.0.do={\"pause\": \"n3\"}"});
  const Outcome outcome = quorate("diff a.jsonl b.jsonl --context 1");
  CHECK(outcome.status == 1);
  CHECK(has(outcome.errors, "different scenarios"));
  CHECK(has(outcome.output, " events in common, then:\n   e"));
  CHECK(has(outcome.output, "fault f1: crash n3"));
  CHECK(has(outcome.output, "fault f1: pause n3"));
  const auto json = json_of(quorate("diff a.jsonl b.jsonl --json").output);
  CHECK(json["a"]["i"] == json["shared_events"]);
  CHECK(json["b"]["do"] == "pause n3");
}

TEST_CASE("cli: diff can leave time aside") {
  const CommandLine quorate;
  quorate("run good.json --trace a.jsonl");
  std::string text = quorate.read("a.jsonl");
  const std::size_t last = text.rfind("\"t\":");
  text.insert(text.find(',', last), "0");  // ten times as late, so still in order
  quorate.write("b.jsonl", text);
  CHECK(quorate("diff a.jsonl b.jsonl").status == 1);
  CHECK(quorate("diff a.jsonl b.jsonl --ignore-time").status == 0);

  // Another program's trace: the same event with its time at the end of the line.
  const std::size_t start = text.find('\n') + 1;
  const std::size_t length = text.find('\n', start) - start;
  quorate.write("c.jsonl", text.replace(start, length, R"({"i":0,"k":"note","text":"x","t":0})"));
  CHECK(quorate("diff a.jsonl c.jsonl --ignore-time").status == 1);
}

TEST_CASE("cli: diff compares what is there of a trace that was cut off") {
  const CommandLine quorate;
  quorate("run good.json --trace a.jsonl");
  quorate.write("b.jsonl", without_last_line(quorate.read("a.jsonl")));
  const Outcome outcome = quorate("diff a.jsonl b.jsonl --allow-truncated");
  CHECK(outcome.status == 1);
  CHECK(has(outcome.output, "the run ends here: pass"));
  CHECK(has(outcome.output, "the trace was cut off here"));
}

TEST_CASE("cli: diff refuses what cannot be compared") {
  const CommandLine quorate;
  quorate("run good.json --trace a.jsonl");
  quorate("run good.json --trace b.jsonl --trace-level events");
  CHECK(has(quorate("diff a.jsonl b.jsonl").errors, "at different levels"));
  CHECK(quorate("diff a.jsonl b.jsonl").status == 3);
  CHECK(quorate("diff a.jsonl bad.json").status == 3);
  CHECK(quorate("diff a.jsonl").status == 2);
}

}  // namespace quorate::testing
