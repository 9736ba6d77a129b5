// Sizes that keep code readable in one look: functions, files, lines.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/repository/functions.hpp"
#include "tests/repository/source_tree.hpp"

namespace quorate::repository {

namespace {

constexpr std::size_t longest_function = 60;
constexpr std::size_t longest_file = 500;
constexpr std::size_t longest_line = 100;
constexpr std::size_t median_function = 10;

Findings long_functions(const SourceFile& file) {
  Findings found;
  if (!is_code(file.path)) return found;
  for (const Function& function : functions_of(file.text)) {
    if (function.lines > longest_function) {
      const std::string size = std::to_string(function.lines);
      found.push_back(finding(file.path, function.first_line, "a function of " + size + " lines"));
    }
  }
  return found;
}

// Code points, not bytes: every byte but those that continue one.
std::size_t columns(std::string_view line) {
  return static_cast<std::size_t>(std::ranges::count_if(
      line, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

bool has_limits(std::string_view path) {
  const std::string_view extension = extension_of(path);
  return is_code(path) || extension == ".sh" || extension == ".cmake" || extension == ".py" ||
         extension == ".js" || path == "quorate" || path == ".ci/run" ||
         path.ends_with("CMakeLists.txt");
}

Findings long_lines_and_files(const SourceFile& file) {
  Findings found;
  if (!has_limits(file.path)) return found;
  const std::vector<std::string_view> lines = lines_of(file.text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (columns(lines[i]) > longest_line)
      found.push_back(finding(file.path, i + 1, "too long a line"));
  }
  if (lines.size() > longest_file) {
    found.push_back(finding(file.path, lines.size(), "too long a file"));
  }
  return found;
}

std::vector<std::size_t> function_lengths() {
  std::vector<std::size_t> lengths;
  for (const SourceFile& file : source_tree()) {
    if (!on_simulation_path(file.path)) continue;
    for (const Function& function : functions_of(file.text)) lengths.push_back(function.lines);
  }
  return lengths;
}

std::vector<std::size_t> lengths_in(std::string_view code) {
  std::vector<std::size_t> lengths;
  for (const Function& function : functions_of(code)) lengths.push_back(function.lines);
  return lengths;
}

using Lengths = std::vector<std::size_t>;

}  // namespace

TEST_CASE("repository: no function is longer than 60 lines") {
  CHECK_NO_FINDINGS(findings_in_tree(long_functions));
}

TEST_CASE("repository: the median function of engine and protocols has at most 10 lines") {
  std::vector<std::size_t> lengths = function_lengths();
  REQUIRE_FALSE(lengths.empty());
  std::ranges::sort(lengths);
  CHECK(lengths[lengths.size() / 2] <= median_function);
}

TEST_CASE("repository: lines end by column 100, files by line 500") {
  CHECK_NO_FINDINGS(findings_in_tree(long_lines_and_files));
}

TEST_CASE("repository: function lengths are measured from brace to brace") {
  CHECK(lengths_in("int f() { return 1; }") == Lengths{1});
  CHECK(lengths_in("namespace a {\nstruct S {\n int x{};\n void g() const\n {\n  if (x) { x; }\n "
                   "}\n};\n}") == Lengths{3});
  CHECK(lengths_in("S::S(int a) : a_(a), b_{a} {\n\n}\nint f();\nauto g() -> std::set<int> {\n}") ==
        Lengths{3, 2});
  CHECK(lengths_in("int x = f();\nint table[] = {1, 2};\nenum class E : int { a, b };") ==
        Lengths{});
  CHECK(lengths_in(
            "void f(Options o = {}) {\n}\nTEST_CASE(\"}\") {\n auto g = [] { return 1; };\n}") ==
        Lengths{2, 3});
  CHECK(lengths_in(
            "template <class T> requires C<T> struct A { bool operator()(int) { return 1; } };") ==
        Lengths{1});
}

TEST_CASE("repository: a macro without a semicolon begins no function") {
  CHECK(lengths_in("ENUM(E, a, b)\n\nstruct S {\n int x{};\n};") == Lengths{});
  CHECK(lengths_in("struct S {\n FIELDS(S, x)\n int x{};\n void f() const {\n }\n};") ==
        Lengths{2});
}

TEST_CASE("repository: the size rules see planted mistakes") {
  const std::string lines(62, '\n');
  CHECK(long_functions({"sim/a.cpp", "void f() {" + lines + "}"}).size() == 1);
  CHECK(long_functions({"sim/a.cpp", "namespace a {" + lines + "}"}).empty());
  CHECK(long_lines_and_files({"sim/a.cpp", std::string(101, 'x')}).size() == 1);
  CHECK(long_lines_and_files({"sim/a.cpp", std::string(501, '\n')}).size() == 1);
  CHECK(columns("ü→x") == 3);
}

}  // namespace quorate::repository
