// Every quorate command that the README shows in a ```sh block is run here, as it stands there, in
// a copy of the parts of the tree that commands read or write. "# exits 1" behind a command says
// what to expect.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <string_view>

#include "tests/support/process.hpp"

namespace quorate::testing {

namespace {

namespace fs = std::filesystem;

struct Shown {
  std::string line;
  int status{};  // the exit status the README promises
};

int promised_status(std::string_view line) {
  const std::string_view mark = "# exits ";
  const std::size_t at = line.find(mark);
  return at == std::string_view::npos ? 0 : std::stoi(std::string(line.substr(at + mark.size())));
}

std::string_view without_prompt(std::string_view line) {
  return line.starts_with("$ ") ? line.substr(2) : line;
}

// Lines of ```sh blocks that call quorate, with or without "./" and a prompt, joined across '\'.
std::vector<Shown> commands_in(const std::string& markdown) {
  std::vector<Shown> commands;
  bool inside = false;
  for (std::size_t at = 0; at < markdown.size();) {
    std::size_t end = std::min(markdown.find('\n', at), markdown.size());
    while (end < markdown.size() && markdown[end - 1] == '\\') {
      end = std::min(markdown.find('\n', end + 1), markdown.size());
    }
    const std::string_view line = without_prompt(std::string_view(markdown).substr(at, end - at));
    if (line.starts_with("```")) inside = line == "```sh" && !inside;
    const bool calls = line.starts_with("./quorate ") || line.starts_with("quorate ");
    if (inside && calls) commands.push_back({std::string(line), promised_status(line)});
    at = end + 1;
  }
  return commands;
}

// The folder that a shown "new protocol NAME" makes, from the root; empty for another command.
fs::path made_by(std::string_view line) {
  const std::string_view mark = "new protocol ";
  const std::size_t at = line.find(mark);
  if (at == line.npos) return {};
  std::string name(line.substr(at + mark.size()));
  name.resize(std::min(name.find(' '), name.size()));
  std::ranges::replace(name, '-', '_');
  return fs::path("protocols") / name;
}

// The binary stands where the launcher would, so that "./quorate" works unchanged. What a reader
// who followed the README made in the tree is not copied: the command makes it again.
void furnish(const fs::path& tree, const std::vector<Shown>& commands, const fs::path& folder) {
  fs::create_symlink(binary("quorate"), folder / "quorate");
  for (const char* room : {"scenarios", "protocols"}) {
    fs::copy(tree / room, folder / room, fs::copy_options::recursive);
  }
  for (const Shown& shown : commands) {
    if (const fs::path made = made_by(shown.line); !made.empty()) fs::remove_all(folder / made);
  }
}

// A shown "selftest" would run this test again, so it gets one harmless case instead.
Outcome run_shown(const Shown& shown, const fs::path& folder) {
  const char* path = std::getenv("PATH");
  return run({{"sh", "-c", shown.line},
              folder,
              {{"PATH", folder.string() + ":" + (path ? path : "")},
               {"QUORATE_ROOT", folder.string()},
               {"QUORATE_TESTS", binary("quorate_tests").string()},
               {"QUORATE_TESTS_ONLY", "docs: commands are found*"}}});
}

}  // namespace

TEST_CASE("docs: every command of the README does what it says") {
  if (!fs::exists(source("README.md"))) return;
  const std::vector<Shown> commands = commands_in(contents(source("README.md")));
  REQUIRE_MESSAGE(commands.size() >= 2, "README.md shows no quorate commands in ```sh blocks");
  const TemporaryFolder folder;
  furnish(source("."), commands, folder.path());
  for (const Shown& shown : commands) {
    const Outcome outcome = run_shown(shown, folder.path());
    CHECK_MESSAGE(outcome.status == shown.status, shown.line << "\n"
                                                             << outcome.output << outcome.errors);
  }
}

TEST_CASE("docs: a reader who followed the README does not get in the way of its test") {
  const TemporaryFolder tree;
  const TemporaryFolder folder;
  fs::create_directories(tree.path() / "scenarios");
  fs::create_directories(tree.path() / "protocols" / "a_ring");
  fs::create_directories(tree.path() / "protocols" / "raft");
  furnish(tree.path(), commands_in("```sh\n./quorate new protocol a-ring  # yours\n```\n"),
          folder.path());
  CHECK(fs::exists(folder.path() / "protocols" / "raft"));
  CHECK_FALSE(fs::exists(folder.path() / "protocols" / "a_ring"));
}

TEST_CASE("docs: commands are found in sh blocks only") {
  const std::vector<Shown> commands = commands_in(
      "./quorate outside\n```sh\n$ ./quorate run a.json\nquorate x \\\n  y   # exits 1\ncmake .\n"
      "```\n```text\n./quorate shown\n```\n");
  REQUIRE(commands.size() == 2);
  CHECK(commands[0].line == "./quorate run a.json");
  CHECK(commands[0].status == 0);
  CHECK(commands[1].line == "quorate x \\\n  y   # exits 1");
  CHECK(commands[1].status == 1);
}

}  // namespace quorate::testing
