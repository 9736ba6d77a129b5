// What parse_json must accept and must reject, as tables: one of our own, in which strings stand as
// raw literals (what is read is what is written here), and json_test_suite.txt, made by others.
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/json.hpp"
#include "tests/support/process.hpp"

using namespace quorate;
using namespace std::string_view_literals;

namespace {

struct Accepted {
  std::string_view text;
  std::string_view compact;  // what to_json writes for it
};

constexpr Accepted accepted[] = {
    {"null", "null"},
    {"true", "true"},
    {"false", "false"},
    {"0", "0"},
    {"42", "42"},
    {"-1", "-1"},
    {" 7 ", "7"},
    {"\t\r\n 7\n", "7"},
    {"9223372036854775807", "9223372036854775807"},
    {"-9223372036854775808", "-9223372036854775808"},
    {"0.1", "0.1"},
    {"0.10", "0.10"},
    {"-0.5", "-0.5"},
    {"0.0", "0.0"},
    {"1.0", "1.0"},
    {"1e3", "1e3"},
    {"1E3", "1E3"},
    {"1e+3", "1e+3"},
    {"1e-3", "1e-3"},
    {"1.5e300", "1.5e300"},
    {"1e-400", "1e-400"},
    {"0e0", "0e0"},
    {"3.141592653589793238462643383279", "3.141592653589793238462643383279"},
    {"0.30000000000000000000000000000001", "0.30000000000000000000000000000001"},
    {R"("")", R"("")"},
    {R"("a")", R"("a")"},
    {R"("a b")", R"("a b")"},
    {R"("\"\\\/\b\f\n\r\t")", R"("\"\\/\b\f\n\r\t")"},
    {R"("\u0041")", R"("A")"},
    {R"("\u00e9")", "\"\u00e9\""},
    {R"("\u20AC")", "\"\u20ac\""},
    {R"("\ud83d\ude00")", "\"\U0001f600\""},
    {R"("\uD83D\uDE00")", "\"\U0001f600\""},
    {R"("\u0000")", R"("\u0000")"},
    {R"("\u001f")", R"("\u001f")"},
    {R"("\u007f")", "\"\x7f\""},
    {"\"\u00fcber\"", "\"\u00fcber\""},
    {"\"\U0001f600\"", "\"\U0001f600\""},
    {"\"\xF4\x8F\xBF\xBF\"", "\"\xF4\x8F\xBF\xBF\""},
    {"\"\xEF\xBF\xBF\"", "\"\xEF\xBF\xBF\""},
    {"\"\xEF\xBB\xBF\"", "\"\xEF\xBB\xBF\""},
    {R"("// no comment")", R"("// no comment")"},
    {R"("/* no comment */")", R"("/* no comment */")"},
    {R"("'")", R"("'")"},
    {"[]", "[]"},
    {"[ ]", "[]"},
    {"[\n]", "[]"},
    {"[1]", "[1]"},
    {"[1,2,3]", "[1,2,3]"},
    {"[ 1 , 2 ]", "[1,2]"},
    {"[[],[[]]]", "[[],[[]]]"},
    {"[null,true,false]", "[null,true,false]"},
    {R"([1,"a",{}])", R"([1,"a",{}])"},
    {"[-1,-2.5]", "[-1,-2.5]"},
    {"[0]", "[0]"},
    {"{}", "{}"},
    {"{ }", "{}"},
    {R"({"a":1})", R"({"a":1})"},
    {R"({"b":1,"a":2})", R"({"b":1,"a":2})"},
    {R"({ "a" : 1 , "b" : [ ] })", R"({"a":1,"b":[]})"},
    {R"({"":0})", R"({"":0})"},
    {R"({"a\nb":0})", R"({"a\nb":0})"},
    {R"({"a":{"a":{"a":1}}})", R"({"a":{"a":{"a":1}}})"},
    {R"({"a":1,"A":2})", R"({"a":1,"A":2})"},
    {R"({"\u0061":1})", R"({"a":1})"},
    {"// first\n1", "1"},
    {"1 // last", "1"},
    {"1 // last\n", "1"},
    {"/* a */ 1 /* b */", "1"},
    {"/**/1", "1"},
    {"/***/1", "1"},
    {"/* * / // */1", "1"},
    {"/* \" { */1", "1"},
    {"// \" {\n1", "1"},
    {"//\n//\n1", "1"},
    {"// cr\r1", "1"},
    {"[1/**/,/**/2]", "[1,2]"},
    {"[1,// one\n2]", "[1,2]"},
    {"{/**/\"a\"/**/:/**/1/**/}", R"({"a":1})"},
    {"[1//\n]", "[1]"},
};

struct Rejected {
  std::string_view text;
  int code;
  std::uint32_t line;
  std::uint32_t column;
};

constexpr Rejected rejected[] = {
    // Nothing, or not all of it.
    {"", 3, 1, 1},
    {"  \n ", 3, 1, 1},
    {"// only\n", 3, 1, 1},
    {"[", 10, 1, 2},
    {"[1", 10, 1, 3},
    {"[1,", 10, 1, 4},
    {"[1 ,\n\n", 10, 1, 5},
    {"{", 10, 1, 2},
    {R"({"a")", 10, 1, 5},
    {R"({"a":)", 10, 1, 6},
    {R"({"a":1)", 10, 1, 7},
    {R"({"a":1,)", 10, 1, 8},
    {"[[]", 10, 1, 4},
    {"[\n[ // x\n", 10, 2, 2},
    // Bytes that may stand nowhere.
    {"\xEF\xBB\xBF{}", 5, 1, 1},
    {"\0"sv, 4, 1, 1},
    {"1\0"sv, 4, 1, 2},
    {"{}\n\0garbage"sv, 4, 2, 1},
    {"\"a\0b\""sv, 4, 1, 3},
    {"// \0\n1"sv, 4, 1, 4},
    {"\"\xFF\"", 6, 1, 2},
    {"\"\x80\"", 6, 1, 2},
    {"\"\xC0\xAF\"", 6, 1, 2},
    {"\"\xC3\"", 6, 1, 2},
    {"\"\xE0\x80\x80\"", 6, 1, 2},
    {"\"\xED\xA0\x80\"", 6, 1, 2},
    {"\"\xF0\x80\x80\x80\"", 6, 1, 2},
    {"\"\xF4\x90\x80\x80\"", 6, 1, 2},
    {"\"\xF5\x80\x80\x80\"", 6, 1, 2},
    {"// \xFF\n1", 6, 1, 4},
    {"[1,\n \xE2\x82]", 6, 2, 2},
    // Commas, colons and brackets.
    {"[1,]", 8, 1, 3},
    {"[1 , ]", 8, 1, 4},
    {"[1,\n]", 8, 1, 3},
    {R"({"a":1,})", 8, 1, 7},
    {R"({"a":1 /**/ , // x
})",
     8, 1, 13},
    {"[,1]", 7, 1, 2},
    {"[,]", 7, 1, 2},
    {"[1,,2]", 7, 1, 4},
    {"[1 2]", 7, 1, 4},
    {R"(["a" "b"])", 7, 1, 6},
    {"[1:2]", 7, 1, 3},
    {"[1}", 7, 1, 3},
    {"{]", 7, 1, 2},
    {"{,}", 7, 1, 2},
    {"{1:2}", 7, 1, 2},
    {"{null:2}", 7, 1, 2},
    {R"({"a" 1})", 7, 1, 6},
    {R"({"a",1})", 7, 1, 5},
    {R"({"a"})", 7, 1, 5},
    {R"({"a"::1})", 7, 1, 6},
    {R"({"a":})", 7, 1, 6},
    {R"({"a":,})", 7, 1, 6},
    {R"({"a":1 "b":2})", 7, 1, 8},
    {R"({"a":1,"b"})", 7, 1, 11},
    {R"({"a":1,2})", 7, 1, 8},
    {R"({"a":1,,})", 7, 1, 8},
    {R"({"a":1])", 7, 1, 7},
    {"]", 7, 1, 1},
    {"}", 7, 1, 1},
    {",", 7, 1, 1},
    {":", 7, 1, 1},
    // Text behind the value.
    {"1 2", 9, 1, 3},
    {"{}{}", 9, 1, 3},
    {"{} x", 15, 1, 4},
    {"[] ]", 9, 1, 4},
    {"1,", 9, 1, 2},
    {R"("a" "b")", 9, 1, 5},
    {"null\nnull", 9, 2, 1},
    // Words and characters.
    {"NaN", 15, 1, 1},
    {"-NaN", 13, 1, 1},
    {"Infinity", 15, 1, 1},
    {"-Infinity", 13, 1, 1},
    {"True", 15, 1, 1},
    {"nul", 15, 1, 1},
    {"nulll", 15, 1, 5},
    {"truefalse", 9, 1, 5},
    {"[tru]", 15, 1, 2},
    {"{a:1}", 15, 1, 2},
    {"[a]", 15, 1, 2},
    {"'a'", 7, 1, 1},
    {"{'a':1}", 7, 1, 2},
    {"# no\n1", 7, 1, 1},
    {"@", 7, 1, 1},
    {"[\u00fc]", 7, 1, 2},
    {"\x01", 7, 1, 1},
    {"[1,\f2]", 7, 1, 4},
    {"\\u0031", 7, 1, 1},
    // Numbers.
    {"01", 13, 1, 1},
    {"[-01]", 22, 1, 2},
    {"0x10", 13, 1, 1},
    {"[00]", 13, 1, 2},
    {"+1", 13, 1, 1},
    {".5", 13, 1, 1},
    {"5.", 13, 1, 1},
    {"[5.]", 13, 1, 2},
    {"-", 13, 1, 1},
    {"[-]", 13, 1, 2},
    {"--1", 13, 1, 1},
    {"1e", 13, 1, 1},
    {"1e+", 13, 1, 1},
    {"1.e3", 13, 1, 1},
    {"1.2.3", 13, 1, 1},
    {"1-2", 13, 1, 1},
    {"5ms", 13, 1, 1},
    {"[5%]", 7, 1, 3},
    {"1_000", 13, 1, 1},
    {"9223372036854775808", 21, 1, 1},
    {"-9223372036854775809", 21, 1, 1},
    {"[18446744073709551616]", 21, 1, 2},
    {"123456789012345678901234567890", 21, 1, 1},
    {"1e999", 23, 1, 1},
    {"[1,-1e999]", 23, 1, 4},
    {"-0", 22, 1, 1},
    {"-0.0", 22, 1, 1},
    {"[-0e7]", 22, 1, 2},
    {"[1,-0.00E-1]", 22, 1, 4},
    // Strings.
    {"\"", 11, 1, 1},
    {"\"a", 11, 1, 1},
    {"[\"a]", 11, 1, 2},
    {"[\"a\n\"]", 11, 1, 2},
    {"[\"a\r\n\"]", 11, 1, 2},
    {"\"a\tb\"", 11, 1, 3},
    {"\"\x1f\"", 11, 1, 2},
    {R"("\a")", 11, 1, 2},
    {R"("ab\x41")", 11, 1, 4},
    {R"("\")", 11, 1, 1},
    {R"("\u12")", 11, 1, 2},
    {R"("\u12G4")", 11, 1, 2},
    {R"("a\u")", 11, 1, 3},
    {R"("\U0041")", 11, 1, 2},
    {R"({"a\z":1})", 11, 1, 4},
    {R"("\ud800")", 12, 1, 2},
    {R"("ab\ud800cd")", 12, 1, 4},
    {R"("\udc00")", 12, 1, 2},
    {R"("\ud800\ud800")", 12, 1, 8},
    {R"("\ud800\n")", 12, 1, 2},
    {R"("\ud800\u0041")", 12, 1, 2},
    {R"({"\uDFFF":1})", 12, 1, 3},
    // Comments.
    {"/", 25, 1, 1},
    {"/* a", 25, 1, 1},
    {"/*/", 25, 1, 1},
    {"1 /* a", 25, 1, 3},
    {"[1, / 2]", 25, 1, 5},
    {"[1 /x ]", 25, 1, 4},
    // Keys twice.
    {R"({"a":1,"a":2})", 14, 1, 8},
    {"{\"a\":1,\n\"b\":2,\n \"a\":3}", 14, 3, 2},
    {R"({"x":{"a":1,"a":2}})", 14, 1, 13},
    {R"({"a":1,"\u0061":2})", 14, 1, 8},
    {R"({"":1,"":2})", 14, 1, 7},
};

// A test of JSONTestSuite; the file's head says how to read it.
struct Foreign {
  std::string name;
  std::string text;
  std::string wanted;  // a code, "accepted" or "refused"
  bool differs{};      // from what the name says
};

// The text with "%0A" as a byte and "%{500*[}" as 500 times "[".
std::string decoded(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool many = text.substr(i).starts_with("%{");
    if (many) {
      const std::size_t star = text.find('*', i);
      const std::size_t end = text.find('}', star);
      int times = std::stoi(std::string(text.substr(i + 2, star - i - 2)));
      while (times-- > 0) result += text.substr(star + 1, end - star - 1);
      i = end;
    } else if (text[i] == '%') {
      result += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    } else {
      result += text[i];
    }
  }
  return result;
}

std::vector<Foreign> json_test_suite() {
  std::ifstream file(testing::source("tests/scenario/json_test_suite.txt"));
  std::vector<Foreign> result;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#') continue;
    if (line.starts_with("    ")) {
      const std::string wanted = line.substr(4, line.find(' ', 4) - 4);
      CHECK_MESSAGE(line.size() > 4 + wanted.size() + 1, "no reason below " << result.back().name);
      result.back().differs = true;
      result.back().wanted = wanted;
      continue;
    }
    const std::size_t blank = std::min(line.find(' '), line.size() - 1);
    result.push_back({.name = line.substr(0, blank),
                      .text = decoded(std::string_view(line).substr(blank + 1)),
                      .wanted = line.front() == 'y' ? "accepted" : "refused"});
  }
  return result;
}

// A code or "accepted"; whatever is read must read back.
std::string what_becomes_of(std::string_view text) {
  Diagnostics diagnostics("suite");
  const auto value = parse_json(text, diagnostics);
  if (diagnostics.failed()) return to_text(diagnostics.list().front().code);
  REQUIRE(value);
  Diagnostics again;
  const auto second = parse_json(to_json(*value), again);
  REQUIRE(second);
  CHECK(to_json(*second) == to_json(*value));
  return "accepted";
}

}  // namespace

TEST_CASE("well-formed JSON is accepted and keeps its meaning") {
  for (const Accepted& wanted : accepted) {
    CAPTURE(wanted.text);
    Diagnostics diagnostics("corpus");
    const auto value = parse_json(wanted.text, diagnostics);
    CAPTURE(diagnostics.rendered());
    REQUIRE(value);
    CHECK(!diagnostics.failed());
    CHECK(to_json(*value) == wanted.compact);
    Diagnostics again;
    const auto second = parse_json(to_json(*value), again);
    REQUIRE(second);
    CHECK(to_json(*second) == wanted.compact);
  }
}

TEST_CASE("every malformed text is refused with its code at its place") {
  for (const Rejected& wanted : rejected) {
    CAPTURE(wanted.text);
    Diagnostics diagnostics("corpus");
    parse_json(wanted.text, diagnostics);
    const auto list = diagnostics.list();
    CAPTURE(diagnostics.rendered());
    REQUIRE(list.size() == 1);
    CHECK(static_cast<int>(list[0].code) == wanted.code);
    CHECK(list[0].at.line == wanted.line);
    CHECK(list[0].at.column == wanted.column);
    CHECK(diagnostics.errors() == 1);
  }
}

TEST_CASE("json: the texts of JSONTestSuite fare as their names say, or as is stated") {
  const std::vector<Foreign> suite = json_test_suite();
  CHECK(suite.size() == 318);
  for (const Foreign& test : suite) {
    const std::string found = what_becomes_of(test.text);
    const bool right = test.wanted == "refused" ? found != "accepted" : found == test.wanted;
    CHECK_MESSAGE(right, test.name << ": " << found);
    if (test.name.front() == 'i') CHECK_MESSAGE(test.differs, test.name);
  }
}

TEST_CASE("json: we differ from JSONTestSuite in comments, equal keys and the sign of zero alone") {
  for (const Foreign& test : json_test_suite()) {
    if (!test.differs || test.name.front() == 'i') continue;
    const bool refused = test.wanted == to_text(ErrorCode::duplicate_key) ||
                         test.wanted == to_text(ErrorCode::negative_zero);
    const bool comment = test.wanted == "accepted" && test.text.find('/') != std::string::npos;
    const bool right = test.name.front() == 'y' ? refused : comment;
    CHECK_MESSAGE(right, test.name);
  }
}
