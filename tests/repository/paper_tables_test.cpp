// A protocol's README sets sentences of its paper beside the function that does what they say and
// the test case that holds it to that: both are there.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/repository/source_tree.hpp"

namespace quorate::repository {

namespace {

using Cells = std::vector<std::string_view>;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blank = " \t";
  const std::size_t first = text.find_first_not_of(blank);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

std::vector<std::string_view> split(std::string_view text, std::string_view mark) {
  std::vector<std::string_view> parts;
  for (std::size_t at = text.find(mark); at != text.npos; at = text.find(mark)) {
    parts.push_back(trimmed(text.substr(0, at)));
    text.remove_prefix(at + mark.size());
  }
  parts.push_back(trimmed(text));
  return parts;
}

// Of "| a | b |"; none where the line is of no table.
Cells cells_of(std::string_view line) {
  if (!line.starts_with("|")) return {};
  Cells cells = split(line.substr(1), "|");
  cells.pop_back();
  return cells;
}

std::string in_lower_case(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

// A name that is too long for one line stands in several literals.
std::string with_whole_names(std::string text) {
  for (std::size_t end = text.find("\"\n"); end != text.npos; end = text.find("\"\n", end + 1)) {
    const std::size_t next = text.find_first_not_of(' ', end + 2);
    if (next != text.npos && text[next] == '"') text.erase(end, next - end + 1);
  }
  return text;
}

struct Folder {
  std::string code;
  std::string tests;  // in lower case
};

Folder folder_of(std::string_view path, const std::vector<SourceFile>& files) {
  const std::string_view room = path.substr(0, path.rfind('/') + 1);
  Folder folder;
  for (const SourceFile& file : files) {
    if (!file.path.starts_with(room) || !is_code(file.path)) continue;
    (is_test(file.path) ? folder.tests : folder.code) += file.text;
  }
  folder.tests = in_lower_case(with_whole_names(std::move(folder.tests)));
  return folder;
}

// "`Coordinator::on(Vote)`, `count`": what stands in backticks and is no sentence.
Findings unknown_functions(std::string_view cell, const Folder& folder) {
  Findings unknown;
  const std::vector<std::string_view> parts = split(cell, "`");
  for (std::size_t i = 1; i < parts.size(); i += 2) {
    if (parts[i].find(' ') != parts[i].npos) continue;
    const std::string_view name = split(parts[i], "::").back();
    const std::size_t open = name.find('(');
    const bool handler = name.starts_with("on(");
    const std::string wanted = handler ? std::string(name.substr(3, name.size() - 4)) + "&"
                                       : std::string(name.substr(0, open));
    if (folder.code.find(wanted) == std::string::npos) unknown.emplace_back(parts[i]);
  }
  return unknown;
}

// "a test; another that …": what is told of each name, however shortened.
Findings unknown_tests(std::string_view cell, const Folder& folder) {
  Findings unknown;
  for (const std::string_view name : split(cell, ";")) {
    if (name.starts_with("`") || name.starts_with("the same")) continue;
    for (const std::string_view part : split(name, "…")) {
      if (folder.tests.find(in_lower_case(std::string(part))) == std::string::npos) {
        unknown.emplace_back(part);
      }
    }
  }
  return unknown;
}

Findings stale_rows(const SourceFile& document, const std::vector<SourceFile>& files) {
  const std::vector<std::string_view> parts = parts_of(document.path);
  const bool counts = parts.size() == 3 && parts[0] == "protocols" && parts[2].ends_with(".md");
  if (!counts) return {};
  const Folder folder = folder_of(document.path, files);
  Findings found;
  std::size_t function = 0;
  bool in_table = false;
  std::size_t number = 0;
  for (const std::string_view line : lines_of(document.text)) {
    ++number;
    const Cells cells = cells_of(line);
    if (cells.empty()) in_table = false;
    if (cells.empty() || cells.back().starts_with("---")) continue;
    if (!in_table) {
      const auto named = std::ranges::find(cells, "function");
      in_table = named != cells.end() && cells.back().starts_with("test case");
      function = static_cast<std::size_t>(named - cells.begin());
      continue;
    }
    for (const std::string& name : unknown_functions(cells[function], folder)) {
      found.push_back(finding(document.path, number, "there is no function " + name));
    }
    for (const std::string& name : unknown_tests(cells.back(), folder)) {
      found.push_back(finding(document.path, number, "there is no test case " + name));
    }
  }
  return found;
}

}  // namespace

TEST_CASE("repository: the functions and test cases that a protocol's tables name are there") {
  CHECK_NO_FINDINGS(
      findings_in_tree([](const SourceFile& file) { return stale_rows(file, source_tree()); }));
}

TEST_CASE("repository: the rule on a protocol's tables sees planted mistakes") {
  const std::vector<SourceFile> files{
      {"protocols/p/a.cpp", "void A::ask(Out&) {} void A::on(NodeId, const Vote& m, Out&) {}"},
      {"protocols/p/a_test.cpp", "TEST_CASE(\n    \"p: who is asked \"\n    \"Votes, once\") {}"}};
  const auto rows = [&](const std::string& row) {
    const std::string head = "| sentence | function | test case (`p: …`) |\n|---|---|---|\n";
    return stale_rows({"protocols/p/README.md", head + row + "\n\n| a | `b` | c |\n"}, files);
  };
  CHECK(rows("| s | `A::ask`, `on(Vote)` | who is asked votes, … |").empty());
  CHECK(rows("| s | property `x y` | the same |").empty());
  CHECK(rows("| s | `tell` | who is asked |") ==
        Findings{"protocols/p/README.md:3: there is no function tell"});
  CHECK(rows("| s | `on(Note)` | who is asked |") ==
        Findings{"protocols/p/README.md:3: there is no function on(Note)"});
  CHECK(rows("| s | `ask` | who is asked; who is not |") ==
        Findings{"protocols/p/README.md:3: there is no test case who is not"});
}

}  // namespace quorate::repository
