// help, version, selftest, global options, and the promise that help shows only what works.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "cli/command.hpp"
#include "tests/cli/command_line.hpp"

namespace quorate::testing {

TEST_CASE("cli: every command has help with its options and an example") {
  const CommandLine quorate;
  const Outcome overview = quorate("help");
  CHECK(overview.status == 0);
  for (const quorate::Command& command : commands()) {
    const std::string name(command.name);
    CHECK_MESSAGE(has(overview.output, "\n  " + name + " "), name);
    const Outcome help = quorate("help " + name);
    CHECK(help.status == 0);
    CHECK(help.output == quorate(name + " --help").output);
    CHECK(help.output == quorate("-h " + name).output);
    for (const Option& option : command.options) {
      CHECK_MESSAGE(has(help.output, "--" + std::string(option.name)), option.name);
      CHECK_FALSE(option.text.empty());
    }
    CHECK_FALSE(command.examples.empty());
  }
  CHECK(quorate("--help").output == overview.output);
  CHECK(quorate("help rum").status == 2);
  CHECK(json_of(quorate("help --json").output)["commands"].size() == commands().size());
}

TEST_CASE("cli: the options in the examples of the help exist") {
  for (const quorate::Command& command : commands()) {
    for (const Example& example : command.examples) {
      std::istringstream in{std::string(example.line)};
      std::string first;
      in >> first;
      CHECK(first == command.name);
      std::vector<std::string> words;
      for (std::string word; in >> word;) words.push_back(word);
      CHECK_NOTHROW(read_arguments(words, command.options));
    }
  }
}

TEST_CASE("cli: the scenarios in the examples of the help are there") {
  std::size_t found = 0;
  for (const quorate::Command& command : commands()) {
    if (command.name == "new") continue;  // its examples name what is to be
    for (const Example& example : command.examples) {
      std::istringstream in{std::string(example.line)};
      for (std::string word; in >> word;) {
        if (!word.starts_with("scenarios/") || has(word, "*")) continue;
        CAPTURE(word);
        CHECK(std::filesystem::exists(std::filesystem::path(QUORATE_SOURCE_DIR) / word));
        ++found;
      }
    }
  }
  CHECK(found > 10);
}

TEST_CASE("cli: the version is known, to people and to programs") {
  const CommandLine quorate;
  CHECK(quorate("version").output.starts_with("quorate "));
  CHECK(quorate("--version").output == quorate("version").output);
  CHECK(quorate("run --version").output == quorate("version").output);
  const auto json = json_of(quorate("--json version").output);
  CHECK(json["trace_version"] == 4);
  CHECK(json["version"].get<std::string>().size() >= 5);
}

TEST_CASE("cli: global options stand on both sides; colour obeys") {
  const CommandLine quorate;
  const std::string escape = "\033[";
  CHECK_FALSE(has(quorate("run good.json").output, escape));
  CHECK(has(quorate("--color always run good.json").output, escape));
  CHECK(has(quorate("run good.json --color=always").output, escape));
  CHECK_FALSE(has(quorate("run good.json --color never").output, escape));
  CommandLine ascii;
  ascii.environment[3] = {"LC_ALL", "C"};
  const std::string plain = ascii("run good.json").output;
  CHECK(std::ranges::all_of(plain, [](char c) { return static_cast<unsigned char>(c) < 128; }));
}

TEST_CASE("cli: with --json whatever goes wrong is one object on stdout, for every command") {
  const CommandLine quorate;
  const auto error = [&](const std::string& line, int status) {
    const Outcome outcome = quorate(line);
    CAPTURE(line);
    CHECK(outcome.status == status);
    const auto json = json_of(outcome.output);
    CHECK(json["schema"] == "quorate/error/1");
    CHECK(json["exit_code"] == status);
    CHECK(has(outcome.errors, json["hint"].get<std::string>()));
    return json;
  };
  for (const auto& command : commands()) {
    error(std::string(command.name) + " --json --nonsense", 2);
    error("--nonsense --json " + std::string(command.name), 2);
  }
  CHECK(error("rnu --json good.json", 2)["error"] ==
        "unknown command \"rnu\"; did you mean \"run\"?");
  const auto bad = error("run --json bad.json", 3);
  CHECK(bad["diagnostics"][0]["code"] == "Q301");  // "stop" is mistyped, so it is missing
  CHECK(bad["diagnostics"].back()["code"] == "Q201");
  CHECK(bad["diagnostics"].back()["line"] == 3);
  CHECK(error("sweep --json none.json", 3)["diagnostics"][0]["code"] == "Q001");
  CHECK(error("replay --json none.jsonl", 3)["error"].get<std::string>().size() > 10);
  error("describe --json nothing_at_all", 2);
  error("run --json good.json --trace no/such/folder/t.jsonl", 73);
}

TEST_CASE("cli: nothing that was typed drives the terminal") {
  const CommandLine quorate;
  const std::string red = "\033[31m";
  const std::vector<std::vector<std::string>> lines{{red},
                                                    {"run", red},
                                                    {"run", "--" + red},
                                                    {"run", "good.json", "--seed", red},
                                                    {"run", "good.json", "--set", red + "=1"},
                                                    {"run", "good.json", "--trace", "no/" + red},
                                                    {"--color", red, "run"},
                                                    {"describe", red},
                                                    {"describe", "protocol", red},
                                                    {"list", red},
                                                    {"help", red},
                                                    {"new", "scenario", red, "--protocol", red},
                                                    {"sweep", "good.json", "--vary", red + "=1"},
                                                    {"replay", red},
                                                    {"completion", red}};
  for (const std::vector<std::string>& words : lines) {
    const Outcome outcome = quorate("", words);
    CAPTURE(words.front());
    CHECK(outcome.status != 0);
    CHECK_FALSE(outcome.errors.empty());
    CHECK_FALSE(has(outcome.errors + outcome.output, red));
  }
}

TEST_CASE("cli: a command that is proposed can be pasted, whatever the names in it") {
  const CommandLine quorate;
  for (const std::string name : {"it's.json", "a b.json", "\033[31m'\\.json"}) {
    quorate.write(name, quorate.read("missed.json"));
    const Outcome missed = quorate("run", {name});
    CAPTURE(missed.output);
    CHECK_FALSE(has(missed.output + missed.errors, "\033"));
    const std::size_t from = missed.output.rfind("quorate run ");
    REQUIRE(from != std::string::npos);
    const std::string line = missed.output.substr(from, missed.output.find('\n', from) - from);
    const std::string script = "quorate() { \"$Q\" \"$@\"; }; " + line;
    auto environment = quorate.environment;
    environment.emplace_back("Q", binary("quorate").string());
    const Outcome again = run({{"bash", "-c", script}, quorate.folder(), environment});
    if (again.status == 127) return;  // there is no bash
    const std::string verdict = missed.output.substr(missed.output.find("\nFAIL"));
    CHECK(has(again.output, verdict));
  }
}

TEST_CASE("cli: bash completes names of protocols, metrics, kinds and commands") {
  const CommandLine quorate;
  quorate.write("complete.bash", quorate("completion bash").output);
  // The words of the line, of which the last is begun; prints what it may become.
  const auto completed = [&](const std::string& words) {
    return run(
        {{"bash", "-c",
          ". ./complete.bash; COMP_WORDS=(" + words +
              "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _quorate; echo \"${COMPREPLY[@]}\""},
         quorate.folder(),
         quorate.environment});
  };
  if (completed("quorate c").status == 127) return;  // there is no bash
  CHECK(completed("quorate compl").output == "completion\n");
  CHECK(completed("quorate describe multi_pax").output.starts_with("multi_paxos "));
  CHECK(has(completed("quorate describe raft.elec").output, "raft.election_timeout"));
  CHECK(completed("quorate describe workl").output == "workload\n");
  CHECK(completed("quorate compare good.json --metric leaderless").output ==
        "leaderless_time_us\n");
  CHECK(completed("quorate compare bully.worst_m").output == "bully.worst_messages\n");
  CHECK(completed("quorate compare good.json --protocols 3").output == "3pc\n");
  CHECK(completed("quorate plot runs.csv --kind heat").output == "heatmap\n");
  CHECK(completed("quorate run good.json --trace-level out").output == "outline\n");
  CHECK(completed("quorate plot runs.csv --statistic p9").output == "p95 p99\n");
  CHECK(completed("quorate plot runs.csv --axis lin").output == "linear\n");
  CHECK(completed("quorate run good.json --color al").output == "always\n");
  CHECK(completed("quorate list sc").output == "scenarios\n");
  CHECK(completed("quorate run goo").output == "good.json\n");
  CHECK(completed("quorate run good.json --seed 4").output == "\n");
}

TEST_CASE("cli: the words that an option takes stand in its help, and it takes no other") {
  const CommandLine quorate;
  quorate("run good.json --trace t.jsonl");
  quorate.write("r.csv", "seed,verdict,x\n1,pass,2\n");
  const std::map<std::string_view, std::string> lines{
      {"color", "version"},
      {"trace-level", "run good.json --trace u.jsonl"},
      {"format", "compare good.json"},
      {"to", "export t.jsonl"},
      {"kind", "plot t.jsonl -o x.svg"},
      {"theme", "plot t.jsonl -o x.svg --kind timeline"},
      {"axis", "plot t.jsonl -o x.svg --kind timeline"},
      {"statistic", "plot r.csv -o x.svg --kind lines"}};
  const auto look = [&](std::span<const Option> options) {
    for (const Option& option : options) {
      if (option.words.empty()) continue;
      CAPTURE(option.name);
      REQUIRE(lines.contains(option.name));
      const std::string name(option.name);
      const Outcome other = quorate(lines.at(option.name) + " --" + name + " mauve");
      CHECK(other.status == 2);
      std::istringstream in{std::string(option.words)};
      for (std::string word; in >> word;) {
        CHECK_MESSAGE(has(std::string(option.text), word), word);
        CHECK_MESSAGE(has(other.errors, word), word, other.errors);
      }
    }
  };
  look(global_options());
  for (const auto& command : commands()) look(command.options);
}

TEST_CASE("cli: words behind -- are operands") {
  const CommandLine quorate;
  quorate.write("--odd.json", quorate.read("good.json"));
  CHECK(quorate("run -q -- --odd.json").status == 0);
  CHECK(quorate("run -q --odd.json").status == 2);
}

TEST_CASE("cli: tests of which none has the name asked for are no success") {
  const CommandLine quorate;
  const Outcome none =
      run({{binary("quorate_tests").string(), "--test-case=no such test"}, quorate.folder(), {}});
  CHECK(none.status == 1);
  CHECK(none.output == "0 passed, 0 failed\n");
  CHECK(has(none.errors, "no test case has a name like that"));
}

TEST_CASE("cli: selftest passes on what the tests say") {
  CommandLine quorate;
  quorate.write("tests", "#!/bin/sh\necho \"args:$*\"\necho '3 passed, 1 failed'\nexit 1\n");
  std::filesystem::permissions(quorate.folder() / "tests", std::filesystem::perms::owner_all);
  quorate.environment[2] = {"QUORATE_TESTS", quorate.path("tests")};
  const Outcome plain = quorate("selftest");
  CHECK(plain.status == 1);
  CHECK(plain.output == "args:\n3 passed, 1 failed\n");
  CHECK(has(quorate("selftest --long").output, "args:--long"));
  CHECK(has(quorate("selftest raft").output, "args:--test-case=*raft*\n"));
  CHECK(has(quorate("selftest", {"raft: a *", "--long"}).output,
            "args:--long --test-case=raft: a *\n"));
  CHECK(quorate("selftest raft paxos").status == 2);
  const auto json = json_of(quorate("selftest --json").output);
  CHECK(json["passed"] == 3);
  CHECK(json["failed"] == 1);
  quorate.environment[2] = {"QUORATE_TESTS", quorate.path("absent")};
  const Outcome absent = quorate("selftest");
  CHECK(absent.status == 6);
  CHECK(has(absent.errors, "not built"));
}

}  // namespace quorate::testing
