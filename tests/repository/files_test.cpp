// Rules on files as such: size, include guards, and no trace of the machine they were written on.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <fstream>

#include "tests/repository/source_tree.hpp"
#include "tests/support/process.hpp"

namespace quorate::repository {

namespace {

constexpr std::size_t largest_file = 200'000;

Findings large_files(const SourceFile& file) {
  if (file.text.size() <= largest_file) return {};
  return {finding(file.path, 1, std::to_string(file.text.size()) + " bytes are too many")};
}

Findings headers_without_guard(const SourceFile& file) {
  if (extension_of(file.path) != ".hpp") return {};
  if (file.text.find("\n#pragma once\n") != std::string::npos) return {};
  return {finding(file.path, 1, "no #pragma once")};
}

// Split in two so that this file does not find itself.
const std::array home_folders{std::string("/") + "work", std::string("/") + "root",
                              std::string("/") + "home"};

bool continues_path(char c) {
  const std::string_view others = "._-~/$}";
  const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  return word || others.find(c) != std::string_view::npos;
}

// A folder counts where a path begins with it: "/x/..." but neither "a/x" nor "/xy".
bool names_machine(std::string_view line) {
  return std::ranges::any_of(home_folders, [&](const std::string& folder) {
    for (std::size_t at = line.find(folder); at != line.npos; at = line.find(folder, at + 1)) {
      const std::size_t behind = at + folder.size();
      const bool begins = at == 0 || !continues_path(line[at - 1]);
      if (begins && behind < line.size() && line[behind] == '/') return true;
    }
    return false;
  });
}

Findings machine_paths(const SourceFile& file) {
  Findings found;
  std::size_t number = 0;
  for (std::string_view line : lines_of(file.text)) {
    ++number;
    if (names_machine(line)) found.push_back(finding(file.path, number, "a path of one machine"));
  }
  return found;
}

Findings stray_whitespace(const SourceFile& file) {
  Findings found;
  if (!is_code(file.path)) return found;
  std::size_t number = 0;
  for (std::string_view line : lines_of(file.text)) {
    ++number;
    const bool stray = line.ends_with(" ") || line.ends_with("\r") || line.find('\t') != line.npos;
    if (stray) found.push_back(finding(file.path, number, "tab or trailing space"));
  }
  if (!file.text.ends_with('\n')) found.push_back(finding(file.path, number, "no final line end"));
  return found;
}

}  // namespace

TEST_CASE("repository: no file exceeds 200 kB") {
  CHECK_NO_FINDINGS(findings_in_tree(large_files));
}

TEST_CASE("repository: every header is guarded by #pragma once") {
  CHECK_NO_FINDINGS(findings_in_tree(headers_without_guard));
}

TEST_CASE("repository: no file names a path of one machine") {
  CHECK_NO_FINDINGS(findings_in_tree(machine_paths));
}

TEST_CASE("repository: no tabs and no trailing spaces in code") {
  CHECK_NO_FINDINGS(findings_in_tree(stray_whitespace));
}

TEST_CASE("repository: what a user leaves in the tree is no part of the project") {
  using Paths = std::vector<std::string>;
  const testing::TemporaryFolder tree;
  const auto git = [&](std::vector<std::string> words) {
    words.insert(words.begin(), "git");
    return testing::run({.words = words, .folder = tree.path(), .environment = {}});
  };
  for (const char* name : {"ours.cpp", "run.jsonl"}) std::ofstream(tree.path() / name) << "x\n";
  CHECK(project_files(tree.path()) == Paths{"ours.cpp", "run.jsonl"});
  if (git({"init", "-q"}).status != 0) return;  // no git here
  git({"add", "ours.cpp"});
  CHECK(project_files(tree.path()) == Paths{"ours.cpp"});
}

TEST_CASE("repository: the rules on files see planted mistakes") {
  CHECK(large_files({"a", std::string(200'001, 'x')}).size() == 1);
  CHECK(headers_without_guard({"a.hpp", "// A.\nint a;\n"}).size() == 1);
  CHECK(headers_without_guard({"a.hpp", "// A.\n#pragma once\n"}).empty());
  CHECK(stray_whitespace({"a.cpp", "int a; \n"}).size() == 1);
  for (const std::string& folder : home_folders) {
    CHECK(names_machine("see " + folder + "/notes"));
    CHECK(names_machine(folder + "/notes"));
    CHECK_FALSE(names_machine("tests" + folder + "/notes"));
    CHECK_FALSE(names_machine(folder + "s/notes"));
  }
}

}  // namespace quorate::repository
