// quorate run: verdicts, exit codes, what it prints, and what it leaves behind.
#include <doctest/doctest.h>

#include "tests/cli/command_line.hpp"

namespace quorate::testing {

TEST_CASE("cli: run tells a story and exits 0 when expectations are met") {
  const CommandLine quorate;
  const Outcome outcome = quorate("run good.json");
  CHECK(outcome.status == 0);
  CHECK(has(outcome.output, "echo · 3 nodes · seed 7"));
  CHECK(has(outcome.output, "crash n3"));
  CHECK(has(outcome.output, "PASS"));
  CHECK(outcome.errors.empty());
  CHECK(quorate("run good.json --quiet").output.starts_with("PASS"));
}

TEST_CASE(
    "cli: the story of a split vote shows the split, and a violation stands behind its cause") {
  const CommandLine quorate;
  const Outcome split = quorate("run", {source("scenarios/raft/split-vote.json").string()});
  CHECK(has(split.output, "n4 is not elected in term 1: it has 2 of 4 votes\n"));
  CHECK(has(split.output, "n1 is not elected in term 1: it has 2 of 4 votes\n"));
  const Outcome broken = quorate("run", {source("scenarios/bully/partition.json").string()});
  const std::size_t cause = broken.output.find("n2 becomes coordinator (epoch 2)\n");
  const std::size_t verdict = broken.output.find("one_coordinator is violated: n2 acts");
  CHECK(cause < verdict);
  CHECK(verdict != std::string::npos);
}

TEST_CASE("cli: a run that fails says why and how to run it again") {
  const CommandLine quorate;
  const Outcome missed = quorate("run missed.json --seed 0x10 --set network.loss=1%",
                                 {"--set", "network.delay=uniform(1ms, 2ms)"});
  CHECK(missed.status == 1);
  CHECK(has(missed.output, "FAIL"));
  CHECK(has(missed.output,
            "quorate run missed.json --seed 16 --set network.loss=1% "
            "--set 'network.delay=uniform(1ms, 2ms)'\n"));
  const Outcome violated = quorate("run violated.json");
  CHECK(violated.status == 1);
  CHECK(has(violated.output, "answered_by_all"));
  const Outcome unchecked = quorate("run violated.json --properties off");
  CHECK(unchecked.status == 0);
  CHECK(has(unchecked.output, "PASS  0 properties"));
  const Outcome idle = quorate("run idle.json");
  CHECK(idle.status == 1);
  CHECK(has(idle.output, "late"));
}

TEST_CASE("cli: the command a failing run proposes gives the same run") {
  const CommandLine quorate;
  const Outcome first = quorate("run missed.json --seed 3 --json");
  const std::string again = json_of(first.output)["follow_ups"]["again"];
  REQUIRE(again.starts_with("quorate "));
  const Outcome second = quorate(again.substr(8) + " --json");
  CHECK(json_of(second.output)["digest"] == json_of(first.output)["digest"]);
}

TEST_CASE("cli: seeds are strict numbers") {
  const CommandLine quorate;
  for (const char* seed : {"-1", "1e3", "18446744073709551616", "+1", "1 ", "0x", "eleven", ""}) {
    const Outcome outcome = quorate("run good.json --seed", {seed});
    CHECK_MESSAGE(outcome.status == 2, seed);
    CHECK(has(outcome.errors, "--seed"));
    CHECK(outcome.output.empty());
  }
  CHECK(quorate("run good.json --seed=").status == 2);
  CHECK(quorate("run good.json --seed").status == 2);
  const Outcome largest = quorate("run good.json --seed 18446744073709551615 --json");
  CHECK(largest.status == 0);
  CHECK(json_of(largest.output)["seed"] == "18446744073709551615");
}

TEST_CASE("cli: unknown words get a hint and exit 2") {
  const CommandLine quorate;
  CHECK(has(quorate("rum good.json").errors, "did you mean \"run\"?"));
  const Outcome option = quorate("run good.json --sed 3");
  CHECK(option.status == 2);
  CHECK(has(option.errors, "did you mean \"--seed\"?"));
  CHECK(quorate("run good.json --see 3").status == 2);  // prefixes are not guessed
  CHECK(quorate("run good.json --trace-level loud --trace t").status == 2);
  CHECK(quorate("run good.json --trace-level all").status == 2);
  CHECK(quorate("run good.json --seed 1 --seed 2").status == 2);
  CHECK(quorate("run good.json --set network.loss").status == 2);
  CHECK(quorate("run good.json --properties maybe").status == 2);
  CHECK(quorate("run good.json --until 5").status == 2);
  CHECK(quorate("run good.json --color mauve").status == 2);
  CHECK(quorate("run good.json --quiet=3").status == 2);
  CHECK(quorate("run").status == 2);
  CHECK(quorate("run good.json missed.json").status == 2);
  CHECK(quorate("").status == 2);
  CHECK(quorate.things() == 6);
}

TEST_CASE("cli: files that cannot be read, or hold no scenario, exit 3") {
  const CommandLine quorate;
  const Outcome missing = quorate("run goood.json");
  CHECK(missing.status == 3);
  CHECK(has(missing.errors, "did you mean good.json?"));
  CHECK(quorate("run .").status == 3);
  CHECK(quorate("run", {""}).status == 3);
  const Outcome bad = quorate("run bad.json --trace t.jsonl");
  CHECK(bad.status == 3);
  CHECK(has(bad.errors, "bad.json:3:3: error"));
  CHECK(has(bad.errors, "did you mean \"stop\"?"));
  CHECK(bad.output.empty());
  CHECK_FALSE(quorate.exists("t.jsonl"));
  CHECK(quorate("run good.json --set network.lossy=1%").status == 3);
  CHECK(quorate("run good.json --set protocol.use=ecco").status == 3);
}

TEST_CASE("cli: who names a scenario loosely is told its file") {
  CommandLine quorate;
  quorate.environment[1].second = source(".").string();
  for (const char* words : {"run leader-crash", "run leader-crsh.json", "describe leader-crash"}) {
    const Outcome outcome = quorate(words);
    CHECK_MESSAGE(has(outcome.errors, "raft/leader-crash.json"), words);
    CHECK(outcome.status != 0);
  }
  CHECK(has(quorate("run -").errors, "/dev/stdin"));
  CHECK(has(quorate("run good.json", {"--set", "faults[0].at=1s"}).errors,
            "did you mean \"faults.0.at\"?"));
  CHECK(has(quorate("describe leader_chnged").errors, "did you mean \"leader_changed\"?"));
  CHECK(quorate("describe elected").status == 0);  // bully and raft mean the same
  CHECK(has(quorate("run good.json --set seed=9007199254740993").errors, "in quotes"));
  CHECK(quorate("run good.json", {"--set", "seed=\"9007199254740993\""}).status == 0);
}

TEST_CASE("cli: -v adds the metrics to the verdict") {
  const CommandLine quorate;
  CHECK(has(quorate("run good.json -v").output, "\n      ops.acked "));
  CHECK_FALSE(has(quorate("run good.json").output, "ops.acked "));
}

TEST_CASE("cli: a trace is written completely or not at all") {
  const CommandLine quorate;
  const Outcome traced = quorate("run good.json --trace t.jsonl");
  CHECK(traced.status == 0);
  CHECK(has(traced.errors, "t.jsonl"));
  const std::string first = quorate.read("t.jsonl");
  CHECK(first.starts_with("{\"quorate_trace\":4,"));
  CHECK(first.ends_with("}\n"));
  const Outcome refused = quorate("run good.json --seed 8 --trace t.jsonl");
  CHECK(refused.status == 73);
  CHECK(has(refused.errors, "--force"));
  CHECK(quorate.read("t.jsonl") == first);
  CHECK(quorate("run good.json --seed 8 --trace t.jsonl --force").status == 0);
  CHECK(quorate.read("t.jsonl") != first);
  CHECK(quorate("run good.json --trace nowhere/t.jsonl").status == 73);
  CHECK(quorate("run good.json --trace .").status == 73);
  CHECK(quorate.things() == 7);
}

TEST_CASE("cli: a trace does not depend on what else is shown") {
  const CommandLine quorate;
  quorate("run violated.json --trace a.jsonl");
  quorate("--json run violated.json --trace b.jsonl");
  quorate("run violated.json --quiet --wall-time 1h --trace c.jsonl");
  CHECK(quorate.read("a.jsonl") == quorate.read("b.jsonl"));
  CHECK(quorate.read("a.jsonl") == quorate.read("c.jsonl"));
  CHECK(quorate("run violated.json --trace-level outline --trace d.jsonl").status == 1);
  CHECK(quorate.read("d.jsonl").size() < quorate.read("a.jsonl").size());
}

TEST_CASE("cli: output that cannot be written exits 74") {
  if (!std::filesystem::exists("/dev/full")) return;
  const CommandLine quorate;
  const std::string program = binary("quorate").string();
  CHECK(quorate("run good.json --trace /dev/full").status == 74);
  CHECK(run({{"sh", "-c", program + " run good.json >/dev/full"}, quorate.folder(), {}}).status ==
        74);
  CHECK(run({{"sh", "-c", program + " run good.json >&-"}, quorate.folder(), {}}).status == 74);
}

TEST_CASE("cli: --until and --wall-time end a run early") {
  const CommandLine quorate;
  const Outcome until = quorate("run good.json --until 60ms --json");
  CHECK(until.status == 5);  // neither its expectation nor its fault had their time by then
  CHECK(json_of(until.output)["simulated_ns"] == 60'000'000);
  quorate.write("endless.json", R"({"quorate": 1, "protocol": {"use": "echo", "nodes": 3},
    "stop": {"at": "876000h"}, "network": {"delay": "1ms"},
    "workload": [{"client": "c1", "op": "say", "every": "1ms", "node": "n1"}]})");
  const Outcome wall =
      quorate("run endless.json --wall-time 50ms --trace t.jsonl --trace-level outline");
  CHECK(wall.status == 5);
  CHECK(has(wall.output, "INCONCLUSIVE"));
  CHECK(has(wall.output, "quorate replay t.jsonl\n"));
  CHECK(has(quorate.read("t.jsonl"), "\"verdict\":\"inconclusive\""));
}

TEST_CASE("cli: --wall-time 0s is refused, it would mean no limit or no run") {
  const CommandLine quorate;
  for (const char* command : {"run", "sweep"}) {
    const Outcome zero = quorate(std::string(command) + " good.json --wall-time 0s");
    CHECK(zero.status == 2);
    CHECK(has(zero.errors, "--wall-time: a run needs some time"));
    CHECK(zero.output.empty());
    CHECK(quorate(std::string(command) + " good.json --wall-time -1s").status == 2);
  }
}

TEST_CASE("cli: --trace - gives stdout to the trace alone") {
  const CommandLine quorate;
  quorate("run missed.json --trace t.jsonl");
  const Outcome piped = quorate("run missed.json --trace -");
  CHECK(piped.status == 1);
  CHECK(piped.output == quorate.read("t.jsonl"));
  CHECK(has(piped.errors, "echo · 3 nodes · seed 7"));
  CHECK(has(piped.errors, "again:   quorate run missed.json"));
  CHECK_FALSE(quorate.exists("-"));
  const Outcome both = quorate("run good.json --trace - --json");
  CHECK(both.status == 2);
  CHECK(has(both.output, "quorate/error/1"));
  CHECK(has(both.errors, "only one of --json and"));
  quorate.write("-", "a file of this name");
  CHECK(quorate("run good.json --trace -").status == 0);
  CHECK(quorate.read("-") == "a file of this name");
  const std::string program = binary("quorate").string();
  CHECK(
      run({{"sh", "-c", program + " run good.json --trace - >&-"}, quorate.folder(), {}}).status ==
      74);
}

TEST_CASE("cli: what a violation kept from being judged is not called missed") {
  const CommandLine quorate;
  quorate.write("cut.json", CommandLine::echo(R"(, "bugs": ["answers_early"])", "[]",
                                              R"([{"metric": "ops.acked", "is": 20}])"));
  const Outcome cut = quorate("run cut.json");
  CHECK(cut.status == 1);
  CHECK(has(cut.output, "not judged  {\"metric\":\"ops.acked\",\"is\":20}\n"));
  CHECK_FALSE(has(cut.output, "missed"));
  CHECK(json_of(quorate("run cut.json --json").output)["expectations"][0]["judged"] == false);
}

TEST_CASE("cli: what --until kept from being judged makes a run inconclusive") {
  const CommandLine quorate;
  const Outcome open = quorate("run missed.json --until 60ms --trace t.jsonl");
  CHECK(open.status == 5);
  CHECK(has(open.output,
            "INCONCLUSIVE  the run was cut at 60ms; not all expectations were judged\n"));
  CHECK(has(open.output, "not judged  {\"metric\""));
  const Outcome replayed = quorate("replay t.jsonl");
  CHECK(replayed.status == 5);
  CHECK(has(replayed.output, "the run was cut at 60ms"));
  CHECK(has(replayed.output, "byte for byte"));
  const Outcome early = quorate("run coin.json --until 10ms");
  CHECK(early.status == 5);
  CHECK(has(early.output, "the run was cut at 10ms; the fault \"coin\" never fired\n"));
  CHECK(has(early.output, "again:   quorate run coin.json --seed 7 --until 10ms\n"));
  CHECK(quorate("run missed.json --until 10s").status == 1);  // later than its own end
  CHECK(quorate("run violated.json --until 900ms").status == 1);
  CHECK(quorate("run good.json --until 900ms").status == 0);
  quorate.write("late.json", CommandLine::echo("", "[]",
                                               R"([{"within": "1ms", "event": "elected"},
                                                   {"metric": "ops.acked", "is": 20}])"));
  CHECK(quorate("run late.json --until 60ms").status == 1);  // its millisecond is over
}

TEST_CASE("cli: an unknown event gets the nearest name, or where the names are") {
  const CommandLine quorate;
  quorate.write("raft.json", R"({"quorate": 1, "protocol": {"use": "raft", "nodes": 3},
    "stop": {"at": "1s"}, "expect": [{"within": "1s", "event": "become_king"},
                                     {"never": "electd"}]})");
  const Outcome unknown = quorate("run raft.json");
  CHECK(unknown.status == 3);
  CHECK(has(unknown.errors,
            "`quorate describe raft` lists its events; scenarios/GRAMMAR.md those of"
            " all protocols"));
  CHECK(has(unknown.errors, "did you mean \"elected\"?"));
}

TEST_CASE("cli: an interrupted run leaves nothing behind") {
  const CommandLine quorate;
  quorate.write("endless.json", R"({"quorate": 1, "protocol": {"use": "echo", "nodes": 3},
    "stop": {"at": "876000h"}, "network": {"delay": "1ms"},
    "workload": [{"client": "c1", "op": "say", "every": "1ms", "node": "n1"}]})");
  const std::string program = binary("quorate").string();
  for (const auto& [signal, status] : {std::pair{"TERM", 143}, std::pair{"HUP", 129}}) {
    // Under nohup the tests run with SIGHUP ignored.
    const std::string line =
        until_it_catches + "env --default-signal=HUP " + program +
        " run endless.json --trace t.jsonl & p=$!; until_it_catches $p; sleep 0.1; kill -" +
        signal + " $p; wait $p";
    const Outcome outcome = run({{"bash", "-c", line}, quorate.folder(), {}});
    CHECK(outcome.status == status);
    CHECK(has(outcome.errors, "interrupted"));
    CHECK(quorate.things() == 7);
  }
  const std::string too_large = "ulimit -f 4; " + program + " run endless.json --trace t.jsonl";
  const Outcome cut = run({{"sh", "-c", too_large}, quorate.folder(), {}});
  CHECK(cut.status == 74);
  CHECK(has(cut.errors, "cannot write t.jsonl: File too large"));
  CHECK(quorate.things() == 7);
}

TEST_CASE("cli: --json is one object, numbers of 64 bits are strings") {
  const CommandLine quorate;
  const auto pass = json_of(quorate("run good.json --json").output);
  CHECK(pass["schema"] == "quorate/run/1");
  CHECK(pass["verdict"] == "pass");
  CHECK(pass["seed"] == "7");
  CHECK(pass["digest"].get<std::string>().size() == 16);
  CHECK(pass["metrics"]["ops.acked"] == 20);
  CHECK(json_of(quorate("run violated.json --json").output)["violation"]["property"] ==
        "answered_by_all");
}

}  // namespace quorate::testing
