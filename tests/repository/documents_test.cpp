// Every folder says what it is, shortly, and no document points to something that is not there.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <set>

#include "tests/repository/source_tree.hpp"

namespace quorate::repository {

namespace {

constexpr std::array documented_rooms{"sim", "protocols", "scenarios", "analysis", "cli", "tests"};
constexpr std::size_t longest_readme = 80;

bool is_documented_room(std::string_view name) {
  return std::ranges::find(documented_rooms, name) != documented_rooms.end();
}

// The rooms and the folders in them; what lies deeper is told by the folder above.
std::set<std::string> folders_of(const std::vector<SourceFile>& files) {
  std::set<std::string> folders;
  for (const SourceFile& file : files) {
    const std::vector<std::string_view> parts = parts_of(file.path);
    if (parts.size() < 2 || !is_documented_room(parts[0])) continue;
    folders.insert(std::string(parts[0]));
    if (parts.size() > 2) folders.insert(std::string(parts[0]) + "/" + std::string(parts[1]));
  }
  return folders;
}

Findings missing_readmes(const std::vector<SourceFile>& files) {
  Findings found;
  for (const std::string& folder : folders_of(files)) {
    const std::string readme = folder + "/README.md";
    if (std::ranges::none_of(files, [&](const SourceFile& file) { return file.path == readme; })) {
      found.push_back(folder + " has no README.md");
    }
  }
  return found;
}

// tests/README.md names every folder beside it as `folder/`.
Findings unnamed_test_folders(const std::vector<SourceFile>& files) {
  std::set<std::string> folders;
  std::string page;
  for (const SourceFile& file : files) {
    const std::vector<std::string_view> parts = parts_of(file.path);
    if (file.path == "tests/README.md") page = file.text;
    if (parts[0] == "tests" && parts.size() > 2) folders.insert(std::string(parts[1]));
  }
  Findings found;
  for (const std::string& folder : folders) {
    if (page.find("`" + folder + "/`") != std::string::npos) continue;
    found.push_back("tests/README.md does not name " + folder + "/");
  }
  return found;
}

Findings long_readmes(const SourceFile& file) {
  const std::vector<std::string_view> parts = parts_of(file.path);
  const bool counts = parts.back() == "README.md" && is_documented_room(parts[0]);
  const std::size_t lines = lines_of(file.text).size();
  if (!counts || lines <= longest_readme) return {};
  return {finding(file.path, lines, "a folder's README ends by line 80")};
}

bool leaves_the_tree(std::string_view target) {
  return target.empty() || target.starts_with("#") || target.starts_with("mailto:") ||
         target.find("://") != std::string_view::npos;
}

// Where a link of a document leads, from the root: "a/README.md" and "../b.md#c" give "b.md".
std::string resolved(std::string_view document, std::string_view target) {
  target = target.substr(0, target.find('#'));
  std::vector<std::string_view> parts = parts_of(document);
  parts.pop_back();
  if (target.starts_with("/")) parts.clear();
  for (std::string_view part : parts_of(target)) {
    if (part == ".." && !parts.empty()) {
      parts.pop_back();
    } else if (part != "." && !part.empty()) {
      parts.push_back(part);
    }
  }
  std::string path;
  for (std::string_view part : parts) path += (path.empty() ? "" : "/") + std::string(part);
  return path;
}

// The targets of "[text](target)" on a line.
std::vector<std::string_view> links_on(std::string_view line) {
  std::vector<std::string_view> links;
  for (std::size_t at = line.find("]("); at != line.npos; at = line.find("](", at + 2)) {
    const std::size_t close = line.find_first_of(") ", at);
    links.push_back(line.substr(at + 2, std::min(close, line.size()) - at - 2));
  }
  return links;
}

Findings dead_links(const SourceFile& file) {
  Findings found;
  if (extension_of(file.path) != ".md") return found;
  bool fenced = false;
  std::size_t number = 0;
  for (std::string_view line : lines_of(file.text)) {
    ++number;
    if (line.starts_with("```")) fenced = !fenced;
    if (fenced) continue;
    for (std::string_view link : links_on(line)) {
      if (leaves_the_tree(link) || in_tree(resolved(file.path, link))) continue;
      found.push_back(finding(file.path, number, "dead link " + std::string(link)));
    }
  }
  return found;
}

}  // namespace

TEST_CASE("repository: every folder has a README, of at most 80 lines") {
  CHECK_NO_FINDINGS(missing_readmes(source_tree()));
  CHECK_NO_FINDINGS(findings_in_tree(long_readmes));
  CHECK_NO_FINDINGS(unnamed_test_folders(source_tree()));
}

TEST_CASE("repository: no document has a dead link") {
  CHECK_NO_FINDINGS(findings_in_tree(dead_links));
}

TEST_CASE("repository: the rules on documents see planted mistakes") {
  CHECK(missing_readmes({{"sim/a/b.hpp", ""}}) ==
        Findings{"sim has no README.md", "sim/a has no README.md"});
  CHECK(missing_readmes({{"tests/README.md", ""}, {"tests/a/b_test.cpp", ""}}) ==
        Findings{"tests/a has no README.md"});
  CHECK(
      missing_readmes({{"sim/README.md", ""}, {"sim/a/README.md", ""}, {"sim/a/b/c", ""}}).empty());
  CHECK(unnamed_test_folders({{"tests/README.md", "`a/`"}, {"tests/a/x", ""}, {"tests/b/x", ""}}) ==
        Findings{"tests/README.md does not name b/"});
  CHECK(long_readmes({"sim/README.md", std::string(81, '\n')}).size() == 1);
  CHECK(long_readmes({"sim/README.md", std::string(80, '\n')}).empty());
  CHECK(resolved("sim/base/README.md", "../net/README.md#fate") == "sim/net/README.md");
  CHECK(dead_links({"tests/README.md", "see [this](absent.md)"}).size() == 1);
  CHECK(dead_links({"tests/README.md", "see [this](main.cpp) or [that](https://example.org)"})
            .empty());
  CHECK(dead_links({"tests/README.md", "```\n[x](absent.md)\n```"}).empty());
}

}  // namespace quorate::repository
