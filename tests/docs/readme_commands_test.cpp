// The README is followed here as it stands, in a copy of the parts of the tree that commands read
// or write: document.hpp says what counts.
#include <doctest/doctest.h>

#include "tests/docs/document.hpp"
#include "tests/docs/workplace.hpp"
#include "tests/support/process.hpp"

namespace quorate::testing {

namespace fs = std::filesystem;

TEST_CASE("docs: the README's commands do what it says, and print what it shows") {
  if (!fs::exists(source("README.md"))) return;
  const std::vector<Step> steps = steps_in(contents(source("README.md")));
  REQUIRE_MESSAGE(steps.size() >= 2, "README.md shows no quorate commands");
  const TemporaryFolder folder;
  furnish(source("."), steps, folder.path());
  Workplace place = workplace(folder.path());
  // A shown "selftest" would run this test again, so it gets one harmless case instead.
  place.environment.emplace_back("QUORATE_TESTS_ONLY", "docs: commands are found*");
  for (const Step& step : steps) {
    const std::string wrong = follow(step, place);
    CHECK_MESSAGE(wrong.empty(), wrong);
  }
}

TEST_CASE("docs: a reader who followed the README does not get in the way of its test") {
  const TemporaryFolder tree;
  const TemporaryFolder folder;
  fs::create_directories(tree.path() / "scenarios" / "a_ring");
  fs::create_directories(tree.path() / "protocols" / "a_ring");
  fs::create_directories(tree.path() / "protocols" / "raft");
  furnish(tree.path(), steps_in("```sh\n./quorate new protocol a-ring  # yours\n```\n"),
          folder.path());
  CHECK(fs::exists(folder.path() / "protocols" / "raft"));
  CHECK_FALSE(fs::exists(folder.path() / "protocols" / "a_ring"));
  CHECK_FALSE(fs::exists(folder.path() / "scenarios" / "a_ring"));
}

TEST_CASE("docs: commands are found in sh blocks and sessions only") {
  const std::vector<Step> steps = steps_in(
      "./quorate outside\n```sh\nquorate x \\\n  y   # exits 1\ncmake .\n```\n```text\n"
      "./quorate shown\n```\n```text\n$ ./quorate a\none\n\ntwo\n$ ls b # exits 2\n```\n");
  REQUIRE(steps.size() == 3);
  CHECK(steps[0].command == "quorate x \\\n  y   # exits 1");
  CHECK(steps[0].status == 1);
  CHECK_FALSE(steps[0].shown);
  CHECK(steps[1].command == "./quorate a");
  CHECK(steps[1].status == 0);
  CHECK(steps[1].shown == "one\n\ntwo\n");
  CHECK(steps[2].line == 15);
  CHECK(steps[2].status == 2);
  CHECK(steps[2].shown == "");
}

TEST_CASE("docs: files and changes are found by the name behind the language") {
  const std::vector<Step> steps = steps_in(
      "```cpp\nint i;\n```\n```cpp a/b.hpp\nint i;\n```\n```diff a/b.hpp\n-int i;\n+int j;\n```\n");
  REQUIRE(steps.size() == 2);
  CHECK(prose_of("a\n```cpp b\nc\n```\nd\n") == "a\nd\n");
  CHECK(steps[0].file == "a/b.hpp");
  CHECK(steps[0].text == "int i;\n");
  CHECK_FALSE(steps[0].change);
  CHECK(steps[1].change);
  CHECK(changed(steps[0].text, steps[1].text) == "int j;\n");
}

TEST_CASE("docs: a change fits in one place, or not at all") {
  CHECK(changed("a\nb\nc\n", " b\n+d\n-c\n") == "a\nb\nd\n");
  CHECK_FALSE(changed("a\nb\nc\n", " a\n-c\n"));
  CHECK_FALSE(changed("a\na\n", "-a\n"));
  CHECK_FALSE(changed("ab\n", "-b\n"));
}

TEST_CASE("docs: output is compared line by line, but for measures and what is left out") {
  CHECK(as_shown("PASS in 3 ms\nb\n", "PASS in 1.268 s\nb\n"));
  CHECK(as_shown("a\nb\nc\n", "a\n…\nc\n"));
  CHECK(as_shown("a\nc\n", "a\n…\nc\n…\n"));
  CHECK_FALSE(as_shown("a\nb\nc\n", "a\n…\nb\n"));
  CHECK_FALSE(as_shown("a\nb\n", "a\n"));
  CHECK_FALSE(as_shown("a\n", "a\nb\n"));
  CHECK_FALSE(as_shown("within 3 ms\n", "within 4 ms\n"));
}

TEST_CASE("docs: what is not as a document says is told with its line") {
  const TemporaryFolder folder;
  const Workplace place{folder.path(), {}, {}};
  const std::vector<Step> steps =
      steps_in("```text\n$ echo a\nb\n$ false\n```\n```diff x\n-a\n```\n```text x\na\n```\n");
  REQUIRE(steps.size() == 4);
  CHECK(follow(steps[0], place) == "line 2: echo a\nwas to print\nb\nprinted\na\n");
  CHECK(follow(steps[1], place) == "line 4: false\nexits 1; printed\n");
  CHECK(follow(steps[2], place).starts_with("line 7: x does not hold, once,"));
  CHECK(follow(steps[3], place).empty());
  CHECK(contents(folder.path() / "x") == "a\n");
}

}  // namespace quorate::testing
