// `quorate fmt`: one layout, the same document, and formatting twice changes nothing more.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <random>

#include "sim/scenario/format.hpp"
#include "sim/scenario/json.hpp"
#include "tests/support/process.hpp"

using namespace quorate;

namespace {

std::string document(std::string_view text) {
  Diagnostics diagnostics;
  const std::optional<Value> value = parse_json(text, diagnostics);
  REQUIRE_MESSAGE((value && !diagnostics.failed()), std::string(text));
  return to_json(*value);
}

// The comments of a text, in any order, one character after the other.
std::string comment_letters(const std::string& text) {
  std::string letters;
  for (const char c : text) {
    if (c >= 'A' && c <= 'Z') letters += c;  // only comments have capitals below
  }
  std::sort(letters.begin(), letters.end());
  return letters;
}

// A random document with random space and comments between all tokens.
class Scribbler {
 public:
  explicit Scribbler(std::uint64_t seed) : random_(seed) {}

  std::string text() {
    text_.clear();
    gap();
    value(0);
    gap();
    return text_;
  }

 private:
  std::uint64_t below(std::uint64_t n) { return random_() % n; }

  void gap() {
    while (below(3) == 0) {
      switch (below(6)) {
        case 0:
          text_ += std::string("// ") + letter() + " b \n";
          break;
        case 1:
          text_ += std::string("/*") + letter() + "*/";
          break;
        case 2:
          text_ += std::string("/* ") + letter() + "\n   " + letter() + " // */";
          break;
        case 3:
          text_ += "\n\n\n";
          break;
        default:
          text_ += below(2) == 0 ? " \t" : "\r\n";
      }
    }
  }

  char letter() { return static_cast<char>('A' + below(26)); }

  void value(int depth) {
    const std::uint64_t kind = below(depth > 4 ? 4 : 7);
    if (kind == 0) text_ += "-12.5e3";
    if (kind == 1) text_ += "true";
    if (kind == 2) text_ += R"("a // b \" \\")";
    if (kind == 3) text_ += "\"" + std::string(below(70), 'x') + "\"";
    if (kind > 3) container(depth, kind == 4);
  }

  void container(int depth, bool list) {
    text_ += list ? '[' : '{';
    gap();
    const std::uint64_t size = below(5);
    for (std::uint64_t i = 0; i < size; ++i) {
      if (i > 0) text_ += ',';
      gap();
      if (!list) {
        text_ += "\"k" + std::to_string(i) + "\"";
        gap();
        text_ += ':';
        gap();
      }
      value(depth + 1);
      gap();
    }
    text_ += list ? ']' : '}';
  }

  std::mt19937_64 random_;
  std::string text_;
};

}  // namespace

TEST_CASE("format: two spaces a level, short things on one line") {
  CHECK(formatted(R"({"a":1,"b":[1,2,{"c":[]}],"d":{}})") ==
        "{\n  \"a\": 1,\n  \"b\": [1, 2, { \"c\": [] }],\n  \"d\": {}\n}\n");
  CHECK(formatted("[ ]") == "[]\n");
  CHECK(formatted("{}") == "{}\n");
  CHECK(formatted("  7 ") == "7\n");
}

TEST_CASE("format: a line break behind the opening bracket is kept, any other is not") {
  CHECK(formatted("{\"a\": {\n\"b\": 1}}") == "{\n  \"a\": {\n    \"b\": 1\n  }\n}\n");
  CHECK(formatted("{\"a\": {\"b\": 1,\n\"c\": 2}}") == "{\n  \"a\": { \"b\": 1, \"c\": 2 }\n}\n");
  CHECK(formatted("{\"a\": {\n}}") == "{\n  \"a\": {}\n}\n");
}

TEST_CASE("format: what does not fit into a line is one item a line") {
  const auto line = [](std::size_t length) {
    return "{\n  \"a\": [1, \"" + std::string(length - 15, 'x') + "\"]\n}\n";
  };
  CHECK(formatted(line(format_width)) == line(format_width));
  CHECK(formatted(line(format_width + 1)).find("[\n    1,\n    \"xx") != std::string::npos);
}

TEST_CASE("format: comments and single blank lines stay where they were") {
  const std::string good =
      "// Head.\n\n{  // opened\n  \"a\": 1,  // behind\n\n  // Own line.\n  \"b\": [\n"
      "    1\n    // Last.\n  ],\n  /* two\n lines */\n  \"c\": 2\n  // Tail.\n}\n// Foot.\n";
  CHECK(formatted(good) == good);
  CHECK(formatted("{ // opened\n\n\n\"a\":1 // behind\n,\n\n\n// Own.\n\"b\":/*x*/2}") ==
        "{  // opened\n  \"a\": 1,  // behind\n\n  // Own.\n  /*x*/\n  \"b\": 2\n}\n");
  CHECK(formatted("[1, /* two */ 2]") == "[\n  1,\n  /* two */\n  2\n]\n");
}

TEST_CASE("format: any document stays the same, and formatting twice changes nothing more") {
  for (std::uint64_t seed = 0; seed < 3'000; ++seed) {
    const std::string text = Scribbler(seed).text();
    const std::string once = formatted(text);
    CAPTURE(text);
    CAPTURE(once);
    REQUIRE(document(once) == document(text));
    REQUIRE(comment_letters(once) == comment_letters(text));
    REQUIRE(formatted(once) == once);
  }
}

TEST_CASE("format: every shipped scenario has the canonical layout") {
  const std::filesystem::path root = testing::source("scenarios");
  std::size_t files = 0;
  for (const auto& file : std::filesystem::recursive_directory_iterator(root)) {
    if (file.path().extension() != ".json") continue;
    const std::string text = testing::contents(file.path());
    CHECK_MESSAGE(formatted(text) == text, "quorate fmt ", file.path().string());
    ++files;
  }
  CHECK(files >= 40);
}
