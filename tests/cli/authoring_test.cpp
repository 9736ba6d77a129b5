// validate, list, describe, new: what an author of scenarios and protocols needs.
#include <doctest/doctest.h>

#include "cli/key_page.hpp"
#include "cli/registry.hpp"
#include "sim/base/bytes.hpp"
#include "sim/base/distribution.hpp"
#include "sim/measure/metrics.hpp"
#include "tests/cli/command_line.hpp"

namespace quorate::testing {

namespace {

namespace fs = std::filesystem;

// A tree with the echo protocol and its scenarios alone.
void furnish(CommandLine& quorate) {
  for (const char* room : {"protocols/echo", "scenarios/echo"}) {
    fs::create_directories(quorate.folder() / room);
    fs::copy(source(room), quorate.folder() / room);
  }
  quorate.environment[1] = {"QUORATE_ROOT", quorate.folder().string()};
}

}  // namespace

TEST_CASE("cli: validate names every mistake with its place") {
  const CommandLine quorate;
  const Outcome good = quorate("validate good.json missed.json");
  CHECK(good.status == 0);
  CHECK(has(good.output, "OK  good.json: echo, 3 nodes, 1 fault, 1 expectation: Made up\n"));
  CHECK(has(good.output, "OK  missed.json"));
  const Outcome mixed = quorate("validate good.json bad.json nothing.json");
  CHECK(mixed.status == 3);
  CHECK(has(mixed.output, "OK  good.json"));
  CHECK(has(mixed.errors, "bad.json:3:3: error[Q201]: unknown key \"stopp\""));
  CHECK(has(mixed.errors, "^~~~~~~ did you mean \"stop\"?"));
  CHECK(has(mixed.errors, "nothing.json"));
  const auto json = json_of(quorate("validate good.json bad.json --json").output);
  CHECK(json["files"][0]["valid"] == true);
  CHECK(json["files"][1]["valid"] == false);
  CHECK(json["files"][1]["diagnostics"][0]["line"].get<int>() > 0);
  CHECK(quorate("validate").status == 2);
}

TEST_CASE("cli: a warning is told and does no harm, but for validate --strict") {
  const CommandLine quorate;
  const Outcome lax = quorate("validate idle.json good.json");
  CHECK(lax.status == 0);
  CHECK(has(lax.errors, "warning[Q405]: fault \"late\" comes at 9.000 s"));
  const Outcome strict = quorate("validate --strict idle.json good.json");
  CHECK(strict.status == 3);
  CHECK(strict.errors == lax.errors);
  CHECK(quorate("validate --strict good.json").status == 0);
  CHECK(has(quorate("run idle.json").errors, "warning[Q405]"));
  const auto json = json_of(quorate("validate --strict --json idle.json").output);
  CHECK(json["files"][0]["valid"] == true);
  CHECK(json["files"][0]["diagnostics"][0]["severity"] == "warning");
}

TEST_CASE("cli: a scenario may extend another, and its trace needs neither") {
  const CommandLine quorate;
  quorate.write("_base.json", quorate.read("good.json"));
  quorate.write("more.json", R"({"quorate": 1, "extends": "_base.json", "title": "On top",
    "expect": [{"metric": "ops.acked", "is": 21}]})");
  CHECK(has(quorate("validate more.json").output, "OK  more.json: echo, 3 nodes, 1 fault"));
  const Outcome run = quorate("run more.json --trace run.jsonl");
  CHECK(run.status == 1);  // 20 are acknowledged
  CHECK(has(quorate("describe more.json").output, "On top"));
  const std::string header = quorate.read("run.jsonl").substr(0, 2000);
  CHECK(has(header, "On top"));
  CHECK_FALSE(has(header, "extends"));
  std::filesystem::remove(quorate.folder() / "_base.json");
  std::filesystem::remove(quorate.folder() / "more.json");
  CHECK(quorate("replay run.jsonl").status == run.status);
  quorate.write("escape.json", R"({"quorate": 1, "extends": "../_base.json"})");
  const Outcome refused = quorate("run escape.json");
  CHECK(refused.status == 3);
  CHECK(has(refused.errors, "escape.json:1:27: error[Q306]"));
}

TEST_CASE("cli: list shows what there is") {
  CommandLine quorate;
  furnish(quorate);
  CHECK(has(quorate("list").output, "echo"));
  CHECK(has(quorate("list protocols").output, "raft"));
  CHECK(has(quorate("list faults").output, "partition"));
  CHECK(has(quorate("list metrics").output, "latency_us_p99"));
  CHECK(has(quorate("list bugs").output, "echo.answers_early"));
  const Outcome scenarios = quorate("list scenarios");
  CHECK(has(scenarios.output, "scenarios/echo/every-node-answers.json"));
  CHECK(has(quorate("list scenarios -v").output, "loss"));
  CHECK(json_of(quorate("list scenarios --json").output)["scenarios"].size() == 3);
  const Outcome mistyped = quorate("list protocol");
  CHECK(mistyped.status == 2);
  CHECK(has(mistyped.errors, "did you mean \"protocols\"?"));
}

TEST_CASE("cli: list shows the scenarios of one folder alone") {
  CommandLine quorate;
  furnish(quorate);
  fs::create_directories(quorate.folder() / "scenarios/mine");
  quorate.write("scenarios/mine/a.json", quorate.read("good.json"));
  const std::string mine = quorate("list scenarios mine").output;
  CHECK(mine == "mine\n  scenarios/mine/a.json  Made up\n");
  CHECK(json_of(quorate("list scenarios mine --json").output)["scenarios"].size() == 1);
  const Outcome none = quorate("list scenarios yours");
  CHECK(none.status == 2);
  CHECK(has(none.errors, "no scenarios are kept under \"yours\""));
  CHECK(has(none.errors, "there are echo, mine"));
  const Outcome other = quorate("list faults mine");
  CHECK(other.status == 2);
  CHECK(has(other.errors, "only scenarios are listed by folder"));
}

// The READMEs say in which order: scenarios/README.md of the folders, theirs of the files.
TEST_CASE("cli: list shows the scenarios as a course") {
  CommandLine quorate;
  furnish(quorate);
  fs::create_directories(quorate.folder() / "scenarios/raft");
  fs::create_directories(quorate.folder() / "scenarios/mine");
  for (const char* file :
       {"raft/a", "raft/bug-z", "raft/c", "raft/d", "raft/f", "raft/g", "mine/e"}) {
    quorate.write(std::string("scenarios/") + file + ".json", quorate.read("good.json"));
  }
  quorate.write("scenarios/README.md", "| `raft/` | last |\n| `echo/` | first |\n");
  quorate.write("scenarios/raft/README.md",
                "# A course\n\n## The end\n| `g`, `c` and `f/x` | x |\n## Encore\n"
                "| `a` | not `d` |\n");
  const std::string shown = quorate("list scenarios").output;
  std::size_t at = 0;
  for (const char* next :
       {"A course\n  The end\n    scenarios/raft/g.json", "\n    scenarios/raft/c.json",
        "\n    scenarios/raft/f.json", "  Encore\n    scenarios/raft/a.json",
        "  Mistakes\n    scenarios/raft/bug-z.json", "  Others\n    scenarios/raft/d.json",
        "\n\nEcho: first steps\n  scenarios/echo/", "\n\nmine\n  scenarios/mine/e.json"}) {
    INFO(next, " in ", shown);
    at = shown.find(next, at);
    REQUIRE(at != std::string::npos);
  }
  const auto listed = json_of(quorate("list scenarios --json").output)["scenarios"];
  CHECK(listed[0]["name"] == "scenarios/raft/g.json");
  CHECK(listed[1]["chapter"] == "The end");
  CHECK(listed[0]["course"] == "A course");
  CHECK(listed[0]["chapter"] == "The end");
  CHECK(listed[0]["text"] == "Made up");
}

TEST_CASE("cli: describe shows a lesson as it is written, but no byte that moves a cursor") {
  const CommandLine quorate;
  std::string text = CommandLine::echo("", "[]", "[]");
  text.replace(text.find("\"Made up\""), 9,
               R"("red \u001b[31m", "teaches": ["bell \u0007"], "lesson": "one\ntwo \u001b[2J")");
  quorate.write("hostile.json", text);
  const Outcome described = quorate("describe hostile.json");
  CHECK(described.status == 0);
  CHECK(has(described.output, "red \\x1b[31m\n"));
  CHECK(has(described.output, "teaches bell \\x07"));
  CHECK(has(described.output, "\none\ntwo \\x1b[2J\n"));
}

TEST_CASE("cli: describe knows every key, event, fault, metric, parameter and property") {
  const CommandLine quorate;
  const auto explained = [&](const std::string& name) {
    const Outcome told = quorate("describe " + name);
    CHECK_MESSAGE(told.status == 0, name, told.errors);
    CHECK_MESSAGE(told.output.size() > name.size() + 8, name);
  };
  for (const Item& item : key_items()) {
    CHECK_MESSAGE(!item.text.empty(), item.name);
  }
  explained("fault.may_not_fire");
  explained("accept");
  explained("faults");
  for (const Item& item : diagnosis_items()) explained(item.name);
  for (const ProtocolEntry& entry : protocols()) {
    for (const Item& item : items_of(entry.info)) {
      const bool words = !item.note.empty() || !item.text.empty() || item.kind == "message" ||
                         item.kind == "timer" || item.kind == "event";
      CHECK_MESSAGE(words, entry.info.name, ".", item.name);
    }
    for (const Item& item : items_of(entry.info)) {
      if (item.kind == "standard event") explained(entry.info.name + "." + item.name);
    }
  }
  for (const Item& item : distribution_items()) {
    const std::size_t from = item.note.rfind('"', item.note.size() - 2) + 1;
    const std::string example = item.note.substr(from, item.note.size() - from - 1);
    CHECK_MESSAGE(parse_distribution(example), example);
    explained(item.name);
  }
}

TEST_CASE("cli: describe explains whatever has a name") {
  const CommandLine quorate;
  const Outcome raft = quorate("describe raft");
  CHECK(raft.status == 0);
  for (const char* part : {"election_timeout", "election_safety", "vote_not_durable", "logs_equal",
                           "leader_changed", "AppendEntries", "heartbeat", "elected"}) {
    CHECK_MESSAGE(has(raft.output, part), part);
  }
  CHECK(has(raft.output, "unsynced_tail_lost"));
  CHECK(has(raft.output,
            "\nevents\n  log_cut              A node cuts off its log from entry {first} on"));
  CHECK(has(raft.output, "\nstandard events\n  elected   The node leads from now on"));
  CHECK(has(quorate("describe raft.election_timeout").output, "uniform(150ms, 300ms)"));
  CHECK(has(quorate("describe echo.answers_early").output, "breaks answered_by_all"));
  CHECK(has(quorate("describe crash").output, "stop"));
  CHECK(has(quorate("describe latency_us_p99").output, "metric"));
  CHECK(has(quorate("describe messages.Ping.sent").output, "metric"));
  for (const std::string& name : metric_names(find_protocol("echo")->info.messages)) {
    const Outcome told = quorate("describe metric " + name);
    CHECK_MESSAGE(told.status == 0, name, told.errors);
    CHECK_MESSAGE(told.output.starts_with(name + ": metric ("), told.output);
    CHECK_MESSAGE(told.output.ends_with(".\n"), told.output);
  }
  CHECK(has(quorate("describe messages.<Type>.bytes").output, "metric (bytes)"));
  CHECK(has(quorate("describe messages.Pin.sent").errors, "\"messages.Ping.sent\"?"));
  CHECK(quorate("describe metric messages.Reply.sent").status == 2);  // a client's
  CHECK(has(quorate("describe Q201").output, "unknown_key"));
  CHECK(has(quorate("describe good.json").output, "Made up"));
  CHECK(has(quorate("describe fault crash").output, "crash: fault"));
  CHECK(has(quorate("describe raft election_timeout").output, "uniform(150ms, 300ms)"));
  CHECK(has(quorate("describe event elected").output, "leads from now on"));
  CHECK(has(quorate("describe raft.elected").output, "(epoch)"));
  CHECK(has(quorate("describe echo.answered").output, "answers request {serial}"));
  CHECK(has(quorate("describe network.loss").output, "key (chance|null, default \"0%\")"));
  CHECK(has(quorate("describe lognormal").output, "99th percentile"));
  CHECK(has(quorate("describe trigger every").output, "gaps are drawn"));
  CHECK(has(quorate("describe $leader").output, "elected last"));
  CHECK(has(quorate("describe predicate logs_equal").output, "same log"));
  CHECK(quorate("describe raft.committed").status == 2);  // raft never emits it
  CHECK(has(quorate("describe evnt elected").errors, "did you mean \"event\"?"));
  CHECK(json_of(quorate("describe raft --json").output)["items"].size() > 30);
  CHECK(quorate("describe bad.json").status == 3);
  const Outcome brief = quorate("describe vote_once");
  CHECK(brief.status == 0);
  CHECK(brief.output == quorate("describe raft.vote_once").output);
  CHECK(brief.output.starts_with("raft.vote_once: property"));
  const Outcome ambiguous = quorate("describe heartbeat");
  CHECK(ambiguous.status == 2);
  CHECK(has(ambiguous.errors, "several meanings"));
  CHECK(has(ambiguous.errors, "raft.heartbeat"));
  const Outcome mistyped = quorate("describe raft.election_timout");
  CHECK(mistyped.status == 2);
  CHECK(has(mistyped.errors, "did you mean \"raft.election_timeout\"?"));
}

TEST_CASE("cli: new protocol writes a renamed copy, whole or not at all") {
  CommandLine quorate;
  furnish(quorate);
  const std::size_t before = quorate.things();
  const Outcome made = quorate("new protocol token-ring");
  CHECK(made.status == 0);
  CHECK(has(made.output, "token_ring.hpp"));
  CHECK(has(made.output, "it is called token_ring: C++ has no '-' in names"));
  CHECK(has(quorate("help new").output, "token-ring is called token_ring"));
  const std::string readme = quorate.read("protocols/token_ring/README.md");
  CHECK(readme.starts_with("# TokenRing\n\nCopied from the smallest protocol"));
  CHECK_FALSE(has(readme, "worth reading"));
  CHECK(has(quorate.read("scenarios/token_ring/README.md"), "|\n\nCopied from the smallest"));
  CHECK_FALSE(has(quorate.read("scenarios/token_ring/README.md"), "new protocol"));
  CHECK_FALSE(has(readme, "new protocol"));
  CHECK(has(readme, "## Making it yours\n1. Run its test, `quorate selftest token_ring`"));
  const std::string header = quorate.read("protocols/token_ring/token_ring.hpp");
  CHECK(has(header, "namespace quorate::token_ring {"));
  CHECK(has(header, "struct TokenRing {"));
  CHECK_FALSE(has(header, "smallest protocol"));
  for (const char* room : {"protocols/token_ring", "scenarios/token_ring"}) {
    for (const fs::directory_entry& entry : fs::directory_iterator(quorate.folder() / room)) {
      const std::string text = contents(entry.path());
      CHECK_MESSAGE(!has(text, "echo"), entry.path().string());
      CHECK_MESSAGE(!has(text, "Echo"), entry.path().string());
    }
  }
  CHECK(quorate.things() == before);
  const std::string longest = "a-name-of-all-32-letters-allowed";
  REQUIRE(quorate("new protocol " + longest).status == 0);
  for (const fs::directory_entry& entry :
       fs::directory_iterator(quorate.folder() / "protocols/a_name_of_all_32_letters_allowed")) {
    if (entry.path().extension() == ".md") continue;
    std::istringstream in(contents(entry.path()));
    for (std::string line; std::getline(in, line);) {
      CHECK_MESSAGE(line.size() <= 100, line);
      CHECK_MESSAGE(!(line.starts_with("// ") && line.size() < 10), line);  // a word left over
    }
  }
  const Outcome again = quorate("new protocol token_ring");
  CHECK(again.status == 73);
  CHECK(has(again.errors, "exists already"));
}

TEST_CASE("cli: new protocol refuses names and places it cannot use") {
  CommandLine quorate;
  CHECK(quorate("new protocol mine").status == 3);  // no tree here
  furnish(quorate);
  for (const char* name : {"3pc", "Raft", "a b", "../x", "class", "ping", "a--b", "a-", "_a", "",
                           "a-name-that-goes-on-for-far-too-long"}) {
    CHECK_MESSAGE(quorate("new protocol", {name}).status == 2, name);
  }
  CHECK(quorate("new scenario mine").status == 2);
  CHECK(quorate("new protocol").status == 2);
  CHECK(quorate("new protocol echo").status == 73);
  CHECK_FALSE(quorate.exists("protocols/mine"));
  CHECK(json_of(quorate("new protocol mine --json").output)["protocol"] == "mine");
}

TEST_CASE("cli: describe tells all keys of a part of a scenario, with defaults and an example") {
  const CommandLine quorate;
  const std::string text = quorate("describe workload").output;
  CHECK(text.starts_with("workload: what clients ask\n\nkeys\n"));
  CHECK(has(text, "\n  timeout  how long a try waits for its answer\n"));
  CHECK(has(text, "duration, default \"1s\"\n"));
  CHECK(has(text, "operand, required\n"));
  CHECK(has(text, "\ntypes\n"));
  for (const char* unit : {"B", "kB", "MB", "GB", "KiB", "MiB", "GiB"}) {
    CHECK_MESSAGE(has(quorate("describe budgets").output, unit), unit);
    CHECK_MESSAGE(parse_bytes("1" + std::string(unit)), unit);
  }
  CHECK(has(text, "\nexample\n  { \"client\": "));
  CHECK(has(quorate("describe workload.retry").output, "key (boolean|\"new\", default true)"));
  CHECK(has(quorate("describe faults").output, "\n  may_not_fire"));
  CHECK(has(quorate("describe expect").output, "\n  diagnosis"));
  CHECK(has(quorate("describe crash").output, "crash: fault"));  // not the keys of the action
  const auto json = json_of(quorate("describe workload --json").output);
  CHECK(json["items"][0]["name"] == "client");
  CHECK(json["items"].back()["kind"] == "example");
}

TEST_CASE("cli: a workload does the same where its defaults are written down; examples load") {
  const CommandLine quorate;
  const auto digest = [&](const std::string& more) {
    quorate.write("one.json", R"j({"quorate": 1, "protocol": {"use": "echo", "nodes": 3},
      "stop": {"at": "3s"}, "network": {"delay": "uniform(1ms, 9ms)", "loss": "20%"},
      "workload": [{"op": "say", "every": "40ms")j" +
                                  more + "}]}");
    return json_of(quorate("run one.json --json").output)["digest"].get<std::string>();
  };
  const std::string plain = digest("");
  for (const KeyInfo& key : grammar_keys()) {
    const bool json = !key.otherwise.empty() && nlohmann::json::accept(key.otherwise);
    if (key.object != "workload" || !json) continue;
    CAPTURE(key.key);
    CHECK(digest(", \"" + std::string(key.key) + "\": " + std::string(key.otherwise)) == plain);
  }
  CHECK(digest(R"(, "timeout": "900ms")") != plain);
  const auto validated = [&](const std::string& key, const std::string& value) {
    quorate.write("one.json", R"({"quorate": 1, "protocol": {"use": "raft", "nodes": 3},
      "stop": )" + std::string(example_of("stop")) +
                                  ", \"" + key + "\": " + value + "}");
    return quorate("validate one.json").status;
  };
  for (const char* object : {"network", "disk", "budgets"}) {
    CHECK(validated(object, std::string(example_of(object))) == 0);
  }
  CHECK(validated("workload", "[" + std::string(example_of("workload")) + "]") == 0);
  CHECK(validated("faults", "[" + std::string(example_of("fault")) + "]") == 0);
  CHECK(validated("expect", "[" + std::string(example_of("expectation")) + "]") == 0);
}

TEST_CASE("cli: validate refuses an operation that the protocol does not know") {
  const CommandLine quorate;
  const auto validated = [&](const std::string& params, const std::string& op) {
    quorate.write("one.json",
                  R"({"quorate": 1, "protocol": {"use": "raft", "nodes": 3, "params": {)" + params +
                      R"(}}, "stop": {"at": "3s"},
      "workload": [{"op": ")" +
                      op + R"(", "every": "40ms", "from": "1s", "until": "2s"}]})");
    return quorate("validate one.json");
  };
  CHECK(validated("", "put").status == 0);
  const Outcome typo = validated("", "putt");
  CHECK(typo.status == 3);
  CHECK(has(typo.errors, "error[Q211]: unknown operation \"putt\""));
  CHECK(has(typo.errors, "did you mean \"put\"?"));
  CHECK(validated(R"("state_machine": "counter")", "add").status == 0);
  const Outcome other = validated(R"("state_machine": "counter")", "put");
  CHECK(other.status == 3);
  CHECK(has(other.errors, "known: add, read"));
  CHECK(has(validated("", "add_server").errors, "unknown operation \"add_server\""));
  CHECK(has(quorate("describe raft.cas").output, "raft.cas: operation\n"));
}

}  // namespace quorate::testing
