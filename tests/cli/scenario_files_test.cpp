// fmt, schema, new scenario, completion, the manual page: what a scenario's author needs.
#include <doctest/doctest.h>
#include <sys/stat.h>

#include "cli/command.hpp"
#include "cli/registry.hpp"
#include "tests/cli/command_line.hpp"

namespace quorate::testing {

namespace {

namespace fs = std::filesystem;

// What bash offers for the last of the words, by the script that quorate prints; "" where the
// system has no bash.
std::string offered(const CommandLine& quorate, const std::string& words) {
  quorate.write("complete.bash", quorate("completion bash").output);
  quorate.write("ask.bash", "source complete.bash\nCOMP_WORDS=(quorate " + words +
                                ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n_quorate\n"
                                "printf '%s\\n' \"${COMPREPLY[@]}\"\n");
  const Outcome asked = run({{"bash", "ask.bash"}, quorate.folder(), quorate.environment});
  CHECK(asked.errors == "");
  CHECK(asked.status == 0);
  return "\n" + asked.output;
}

// What zsh is given to choose from, with FILES for names of files, as the last of the words is
// completed. It leaves out by itself what begins otherwise.
std::string offered_by_zsh(const CommandLine& quorate, const std::string& words) {
  quorate.write("complete.zsh", quorate("completion zsh").output);
  quorate.write("ask.zsh",
                "compdef() {}\ncompadd() { shift; print -rl -- \"$@\"; }\n"
                "_files() { print FILES; }\nsource ./complete.zsh\nwords=(quorate " +
                    words + ")\nCURRENT=${#words}\n_quorate\n");
  const Outcome asked = run({{"zsh", "-f", "ask.zsh"}, quorate.folder(), quorate.environment});
  CHECK(asked.errors == "");
  CHECK(asked.status == 0);
  return "\n" + asked.output;
}

// What fish offers for a line; each with a tab and a description, where it has one.
std::string offered_by_fish(const CommandLine& quorate, const std::string& line) {
  quorate.write("complete.fish", quorate("completion fish").output);
  auto environment = quorate.environment;
  environment.emplace_back("HOME", quorate.folder().string());
  const std::string ask = "source complete.fish; complete -C 'quorate " + line + "'";
  const Outcome asked = run({{"fish", "--no-config", "-c", ask}, quorate.folder(), environment});
  CHECK(asked.errors == "");
  CHECK(asked.status == 0);
  return "\n" + asked.output;
}

bool installed(const char* program) { return run({{program, "--version"}, ".", {}}).status == 0; }

}  // namespace

TEST_CASE("cli: fmt rewrites what is laid out otherwise, and says which") {
  const CommandLine quorate;
  quorate.write("a.json", "{\"a\":1 // one\n}");
  quorate.write("b.json", "{\n  \"a\": 1  // one\n}\n");
  fs::permissions(quorate.folder() / "a.json", fs::perms{0640});
  const Outcome checked = quorate("fmt --check a.json b.json");
  CHECK(checked.status == 1);
  CHECK(checked.output == "a.json\n");
  CHECK(quorate.read("a.json") != quorate.read("b.json"));
  const Outcome done = quorate("fmt a.json b.json");
  CHECK(done.status == 0);
  CHECK(done.output == "a.json\n");
  CHECK(quorate.read("a.json") == quorate.read("b.json"));
  CHECK(fs::status(quorate.folder() / "a.json").permissions() == fs::perms{0640});
  CHECK(quorate("fmt --check a.json").status == 0);
}

TEST_CASE("cli: fmt leaves a file that it cannot read as it was") {
  const CommandLine quorate;
  quorate.write("a.json", "{\"a\":1}");
  quorate.write("broken.json", "{\"a\":1,}");
  const std::size_t things = quorate.things();
  const Outcome mixed = quorate("fmt --json broken.json a.json none.json");
  CHECK(mixed.status == 3);
  CHECK(has(mixed.errors, "broken.json:1:7: error[Q008]"));
  CHECK(has(mixed.errors, "none.json"));
  const auto files = json_of(mixed.output)["files"];
  CHECK(files[0]["layout"] == "invalid");
  CHECK(files[1]["layout"] == "changed");
  CHECK(quorate.read("broken.json") == "{\"a\":1,}");
  CHECK(quorate.read("a.json") == "{\n  \"a\": 1\n}\n");
  CHECK(quorate.things() == things);
  CHECK(quorate("fmt").status == 2);
}

TEST_CASE("cli: fmt changes no digest") {
  const CommandLine quorate;
  const auto digest = [&] { return json_of(quorate("run --json good.json").output)["digest"]; };
  const auto before = digest();
  CHECK(quorate("fmt good.json").output == "good.json\n");
  CHECK(digest() == before);
}

TEST_CASE("cli: schema prints a document that an editor can be shown") {
  const CommandLine quorate;
  const auto schema = json_of(quorate("schema").output);
  CHECK(schema["$schema"] == "https://json-schema.org/draft/2020-12/schema");
  const auto names = schema["$defs"]["protocol_name"]["enum"];
  CHECK(names == nlohmann::json(protocol_names()));
  std::string named = quorate.read("good.json");
  named.insert(named.find('{') + 1, "\"$schema\": \"./scenario.schema.json\", ");
  quorate.write("named.json", named);
  CHECK(quorate("validate --strict named.json").status == 0);
}

TEST_CASE("cli: a new scenario of any protocol is formatted, valid and passes") {
  const CommandLine quorate;
  for (const std::string& protocol : protocol_names()) {
    CAPTURE(protocol);
    const Outcome made = quorate("new scenario two-" + protocol + " --protocol " + protocol);
    CHECK(made.status == 0);
    const std::string file = "two-" + protocol + ".json";
    CHECK(has(made.output, "quorate run " + file));
    CHECK(has(quorate.read(file), "\"title\": \"two " + protocol + "\""));
    CHECK(has(quorate.read(file), "// "));
    CHECK(quorate("fmt --check " + file).status == 0);
    CHECK(quorate("validate --strict " + file).status == 0);
    CHECK(quorate("run -q " + file).status == 0);
  }
}

TEST_CASE("cli: new scenario refuses what it cannot make") {
  const CommandLine quorate;
  const std::string good = quorate.read("good.json");
  CHECK(quorate("new scenario good --protocol echo").status == 73);
  CHECK(quorate.read("good.json") == good);
  CHECK(quorate("new scenario no/such/folder --protocol echo").status == 73);
  CHECK(quorate("new scenario mine").status == 2);
  const Outcome unknown = quorate("new scenario mine --protocol rafd");
  CHECK(unknown.status == 2);
  CHECK(has(unknown.errors, "did you mean \"raft\"?"));
  CHECK_FALSE(quorate.exists("mine.json"));
  CHECK(quorate("new protocol mine --protocol echo").status == 2);
  CHECK(quorate("new lesson mine").status == 2);
}

TEST_CASE("cli: bash completes commands, options, values and files") {
  if (!installed("bash")) return;
  const CommandLine quorate;
  CHECK(offered(quorate, "valid") == "\nvalidate\n");
  CHECK(has(offered(quorate, "''"), "\nrun\n"));
  CHECK(offered(quorate, "run --trace-l") == "\n--trace-level\n");
  CHECK(offered(quorate, "--json run --see") == "\n--seed\n");
  CHECK(offered(quorate, "run goo") == "\ngood.json\n");
  CHECK(offered(quorate, "run good.json --trace goo") == "\ngood.json\n");
  CHECK(offered(quorate, "run --properties o") == "\non\noff\n");
  CHECK(offered(quorate, "completion z") == "\nzsh\n");
  CHECK(offered(quorate, "new scenario x --protocol ec") == "\necho\n");
  CHECK(has(offered(quorate, "describe ra"), "\nraft\n"));
  CHECK(offered(quorate, "help swe") == "\nsweep\n");
  CHECK(quorate("completion tcsh").status == 2);
}

TEST_CASE("cli: zsh completes commands, options, values and files") {
  if (!installed("zsh")) return;
  const CommandLine quorate;
  CHECK(has(offered_by_zsh(quorate, "valid"), "\nvalidate\n"));
  CHECK(has(offered_by_zsh(quorate, "run --trace-l"), "\n--trace-level\n"));
  CHECK(has(offered_by_zsh(quorate, "--json run --see"), "\n--seed\n"));
  CHECK_FALSE(has(offered_by_zsh(quorate, "validate --see"), "\n--seed\n"));
  CHECK(offered_by_zsh(quorate, "run goo") == "\nFILES\n");
  CHECK(offered_by_zsh(quorate, "run good.json --trace goo") == "\nFILES\n");
  CHECK(offered_by_zsh(quorate, "run --properties o") == "\non\noff\n");
  CHECK(offered_by_zsh(quorate, "completion z") == "\nbash\nzsh\nfish\n");
  CHECK(has(offered_by_zsh(quorate, "help swe"), "\nsweep\n"));
}

TEST_CASE("cli: fish completes commands, options, values and files") {
  if (!installed("fish")) return;
  const CommandLine quorate;
  CHECK(has(offered_by_fish(quorate, "valid"), "\nvalidate\t"));
  CHECK(has(offered_by_fish(quorate, "run --trace-l"), "\n--trace-level\t"));
  CHECK(has(offered_by_fish(quorate, "--json run --see"), "\n--seed\t"));
  CHECK_FALSE(has(offered_by_fish(quorate, "validate --see"), "\n--seed\t"));
  CHECK(offered_by_fish(quorate, "run goo") == "\ngood.json\n");
  CHECK(offered_by_fish(quorate, "run good.json --trace goo") == "\ngood.json\n");
  CHECK(has(offered_by_fish(quorate, "run --properties o"), "\noff\t"));
  CHECK(offered_by_fish(quorate, "completion z") == "\nzsh\n");
  CHECK(has(offered_by_fish(quorate, "help swe"), "\nsweep\n"));
}

TEST_CASE("cli: every shell is told of every command and option") {
  const CommandLine quorate;
  for (const std::string shell : {"bash", "zsh", "fish"}) {
    CAPTURE(shell);
    const std::string script = quorate("completion " + shell).output;
    quorate.write("script", script);
    if (installed(shell.c_str())) {
      const std::string check = shell == "fish" ? "--no-execute" : "-n";
      CHECK(run({{shell, check, "script"}, quorate.folder(), {}}).errors == "");
    }
    for (const auto& command : commands()) {
      CHECK(has(script, command.name));
      for (const Option& option : command.options) {
        CHECK(has(script, (shell == "fish" ? "-l " : "--") + std::string(option.name)));
      }
    }
  }
}

TEST_CASE("cli: the manual page tells of every command and option, and troff reads it") {
  const CommandLine quorate;
  const std::string page = quorate("help --man").output;
  CHECK(has(page, ".TH QUORATE 1"));
  for (const auto& command : commands()) CHECK(has(page, ".SS " + std::string(command.name)));
  quorate.write("quorate.1", page);
  if (!installed("groff")) return;
  const Outcome set = run({{"groff", "-man", "-Tutf8", "-ww", "quorate.1"}, quorate.folder(), {}});
  CHECK(set.errors == "");
  CHECK(has(set.output, "against consensus protocols"));
}

}  // namespace quorate::testing
