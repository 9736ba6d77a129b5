#include "sim/scenario/diagnostics.hpp"

#include <doctest/doctest.h>

#include <array>
#include <set>
#include <string>

#include "sim/base/utf8.hpp"

using namespace quorate;

namespace {

constexpr std::array<std::string_view, 5> verbs{"crash", "restart", "pause", "partition", "cut"};

// One error at text[index, index + length), rendered.
std::string rendered(std::string_view text, std::size_t index, std::size_t length,
                     std::string_view hint = {}) {
  Diagnostics diagnostics("bad.json");
  const std::size_t first = diagnostics.add_source(text);
  diagnostics.error(ErrorCode::unknown_action, place_in(text, index, length, first), "text", hint);
  return diagnostics.rendered();
}

// The caret's line of a rendered error.
std::string underline(std::string_view text, std::size_t index, std::size_t length) {
  std::string all = rendered(text, index, length);
  all.pop_back();
  return all.substr(all.rfind('\n') + 1);
}

}  // namespace

TEST_CASE("an error shows its line, an underline and a hint") {
  const std::string text = "{\n  \"do\": { \"crsh\": \"n1\" }\n}\n";
  Diagnostics diagnostics("bad.json");
  diagnostics.add_source(text);
  diagnostics.error(ErrorCode::unknown_action, place_in(text, text.find("\"crsh\""), 6),
                    "unknown action \"crsh\"", did_you_mean("crsh", verbs));
  CHECK(diagnostics.rendered() ==
        "bad.json:2:11: error[Q203]: unknown action \"crsh\"\n"
        "  2 |   \"do\": { \"crsh\": \"n1\" }\n"
        "    |           ^~~~~~ did you mean \"crash\"?\n");
  CHECK(diagnostics.summary() == "1 error");
  CHECK(diagnostics.failed());
}

TEST_CASE("the gutter is as wide as the line number") {
  const std::string text = std::string(99, '\n') + "[1]";
  CHECK(rendered(text, 100, 1) ==
        "bad.json:100:2: error[Q203]: text\n"
        "  100 | [1]\n"
        "      |  ^\n");
}

TEST_CASE("an error without a place has no source line") {
  Diagnostics diagnostics("bad.json");
  diagnostics.error(ErrorCode::cannot_read, {}, "cannot read it", "is it there?");
  CHECK(diagnostics.rendered() == "bad.json: error[Q001]: cannot read it\n    is it there?\n");
}

TEST_CASE("an error on an empty line shows no source line") {
  CHECK(rendered("", 0, 0) == "bad.json:1:1: error[Q203]: text\n");
  CHECK(rendered("1\n\n", 2, 0, "hint") == "bad.json:2:1: error[Q203]: text\n    hint\n");
}

TEST_CASE("a carriage return and tabs do not disturb the underline") {
  CHECK(rendered("\t\t1\r\n", 2, 1) ==
        "bad.json:1:3: error[Q203]: text\n"
        "  1 |   1\n"
        "    |   ^\n");
}

TEST_CASE("columns count bytes, the underline counts characters") {
  const std::string text = "\"\u00fc\u20ac\" x";
  CHECK(rendered(text, text.find('x'), 1) ==
        "bad.json:1:9: error[Q203]: text\n"
        "  1 | \"\u00fc\u20ac\" x\n"
        "    |      ^\n");
  CHECK(underline("\"\u00fc\u20ac\"", 0, 7) == "    | ^~~~");
}

TEST_CASE("a long line is shown as a window around the token") {
  const std::string text = std::string(200, 'a') + "TOKEN" + std::string(200, 'b');
  CHECK(rendered(text, 200, 5) ==
        "bad.json:1:201: error[Q203]: text\n"
        "  1 | ..." +
            std::string(50, 'a') + "TOKEN" + std::string(45, 'b') +
            "...\n"
            "    |    " +
            std::string(50, ' ') + "^~~~~\n");
  SUBCASE("at its beginning") {
    CHECK(rendered(text, 0, 1) ==
          "bad.json:1:1: error[Q203]: text\n"
          "  1 | " +
              std::string(100, 'a') +
              "...\n"
              "    | ^\n");
  }
  SUBCASE("at its end") {
    CHECK(rendered(text, text.size() - 1, 1) ==
          "bad.json:1:405: error[Q203]: text\n"
          "  1 | ..." +
              std::string(100, 'b') +
              "\n"
              "    | " +
              std::string(102, ' ') + "^\n");
  }
  SUBCASE("a token longer than the window is underlined to its edge") {
    CHECK(underline(text, 0, text.size()) == "    | ^" + std::string(99, '~'));
  }
  SUBCASE("and cuts no character") {
    std::string wide;
    for (int i = 0; i < 200; ++i) wide += "\u20ac";
    for (std::size_t at = 0; at < wide.size(); at += 3) {
      CHECK(rendered(wide, at, 3).find("\\x") == std::string::npos);
    }
  }
}

TEST_CASE("a line of continuation bytes is still shown as a window") {
  CHECK(rendered(std::string(1'000'000, '\x80'), 500'000, 1).size() < 1'000);
}

TEST_CASE("nothing hostile reaches the terminal") {
  CHECK(printable("a\x1b[2Jb") == "a\\x1b[2Jb");
  CHECK(printable(std::string_view("\0\n\t\x7f", 4)) == "\\x00\\n\\t\\x7f");
  CHECK(printable("\u0085\u202e\u200b\ufeff\u2066") ==
        "\\u{0085}\\u{202e}\\u{200b}\\u{feff}\\u{2066}");
  CHECK(printable("\xff\xc3") == "\\xff\\xc3");
  CHECK(printable("\u00fc \u20ac \U0001f600") == "\u00fc \u20ac \U0001f600");

  const std::string text = "\"\x1b]0;x\x07\" 1";
  Diagnostics diagnostics("a\nb\x1b.json");
  const std::size_t first = diagnostics.add_source(text);
  diagnostics.error(ErrorCode::wrong_type, place_in(text, 0, 8, first), "\x1b\n", "\r\x9b");
  for (const char byte : diagnostics.rendered()) {
    const bool harmless = byte == '\n' || (byte >= ' ' && byte <= '~');
    CHECK(harmless);
  }
  CHECK(diagnostics.rendered() ==
        "a\\nb\\x1b.json:1:1: error[Q101]: \\x1b\\n\n"
        "  1 | \"\\x1b]0;x\\x07\" 1\n"
        "    | ^~~~~~~~~~~~~~ \\x0d\\x9b\n");
}

TEST_CASE("texts are cut to 240 bytes") {
  Diagnostics diagnostics;
  diagnostics.error(ErrorCode::wrong_type, {}, std::string(1'000'000, 'x'), std::string(241, 'h'));
  diagnostics.error(ErrorCode::wrong_type, {}, std::string(240, 'x'));
  std::string euros;
  for (int i = 0; i < 100; ++i) euros += "\u20ac";
  diagnostics.error(ErrorCode::wrong_type, {}, "a" + euros);
  diagnostics.error(ErrorCode::wrong_type, {}, std::string(240, '\x01'));
  const auto list = diagnostics.list();
  CHECK(list[0].text == std::string(240, 'x') + "...");
  CHECK(list[0].hint == std::string(240, 'h') + "...");
  CHECK(list[1].text == std::string(240, 'x'));
  CHECK(list[2].text == "a" + euros.substr(0, 237) + "...");
  CHECK(list[3].text.size() == 243);
}

TEST_CASE("twenty errors are kept and the rest counted") {
  Diagnostics diagnostics("f");
  for (int i = 0; i < 20; ++i) diagnostics.error(ErrorCode::wrong_type, {}, std::to_string(i));
  CHECK(diagnostics.rendered().find("more") == std::string::npos);
  diagnostics.error(ErrorCode::wrong_type, {}, "one more");
  CHECK(diagnostics.rendered().ends_with("and 1 more error\n"));
  diagnostics.error(ErrorCode::wrong_type, {}, "two more");
  diagnostics.warning(ErrorCode::suspicious, {}, "odd");
  CHECK(diagnostics.list().size() == 21);
  CHECK(diagnostics.errors() == 22);
  CHECK(diagnostics.rendered().ends_with("f: warning[Q401]: odd\nand 2 more errors\n"));
  CHECK(diagnostics.summary() == "22 errors, 1 warning");
}

TEST_CASE("a warning does not fail") {
  Diagnostics diagnostics("f");
  CHECK(diagnostics.summary().empty());
  diagnostics.warning(ErrorCode::suspicious, {}, "odd");
  CHECK(!diagnostics.failed());
  CHECK(diagnostics.summary() == "1 warning");
  CHECK(diagnostics.list()[0].severity == Severity::warning);
}

TEST_CASE("the list is in the order of the files, not of discovery") {
  const std::string text = "1\n2\n3\n";
  Diagnostics diagnostics("first.json");
  const std::size_t first = diagnostics.add_source(text);
  diagnostics.use_file("second.json");
  const std::size_t second = diagnostics.add_source(text);
  diagnostics.error(ErrorCode::wrong_type, place_in(text, 2, 1, second), "d");
  diagnostics.error(ErrorCode::wrong_type, place_in(text, 4, 1, first), "c");
  diagnostics.error(ErrorCode::wrong_type, place_in(text, 0, 1, first), "b");
  diagnostics.error(ErrorCode::wrong_type, {}, "a");
  const auto list = diagnostics.list();
  CHECK(list[0].text == "a");
  CHECK(list[0].file == "second.json");
  CHECK(list[1].text == "b");
  CHECK(list[1].file == "first.json");
  CHECK(list[2].at.line == 3);
  CHECK(list[3].file == "second.json");
  CHECK(diagnostics.rendered().ends_with("second.json:2:1: error[Q101]: d\n  2 | 2\n    | ^\n"));
}

TEST_CASE("the end of one text is not the beginning of the next") {
  Diagnostics diagnostics("first.json");
  const std::size_t first = diagnostics.add_source("[");
  diagnostics.use_file("second.json");
  diagnostics.add_source("]");
  diagnostics.error(ErrorCode::unexpected_end, place_in("[", 1, 0, first), "ends");
  CHECK(diagnostics.list()[0].file == "first.json");
}

TEST_CASE("a consequence of a syntax error is left out") {
  const SourcePosition at{4, 1, 5, 1};
  Diagnostics diagnostics;
  diagnostics.add_source("[1, 99999999999999999999]");
  diagnostics.error(ErrorCode::integer_out_of_range, at, "cause");
  diagnostics.error(ErrorCode::out_of_range, at, "consequence");
  diagnostics.error(ErrorCode::out_of_range, {1, 1, 2, 1}, "another");
  CHECK(diagnostics.errors() == 2);
}

TEST_CASE("places count lines and bytes from one") {
  const auto at = [](std::string_view text, std::size_t index) {
    const SourcePosition place = place_in(text, index, 1);
    return std::pair(place.line, place.column);
  };
  CHECK(at("ab\ncd", 0) == std::pair(1u, 1u));
  CHECK(at("ab\ncd", 2) == std::pair(1u, 3u));
  CHECK(at("ab\ncd", 3) == std::pair(2u, 1u));
  CHECK(at("ab\ncd", 5) == std::pair(2u, 3u));
  CHECK(at("ab\ncd\n", 99) == std::pair(3u, 1u));
  CHECK(place_in("ab", 1, 1, 100).offset == 101);
}

TEST_CASE("the nearest name is proposed, and only a near one") {
  CHECK(nearest_name("crsh", verbs) == "crash");
  CHECK(nearest_name("carsh", verbs) == "crash");
  CHECK(nearest_name("crassh", verbs) == "crash");
  CHECK(nearest_name("Crash", verbs) == "crash");
  CHECK(nearest_name("CRASH", verbs) == "crash");
  CHECK(nearest_name("partiton", verbs) == "partition");
  CHECK(nearest_name("parttiion", verbs) == "partition");
  CHECK(nearest_name("paritoin", verbs) == "partition");
  CHECK(nearest_name("paritoinn", verbs).empty());
  CHECK(nearest_name("cat", verbs) == "cut");
  CHECK(nearest_name("ca", verbs).empty());
  CHECK(nearest_name("", verbs).empty());
  CHECK(nearest_name("explode", verbs).empty());
  CHECK(nearest_name(std::string(1'000'000, 'x'), verbs).empty());
  const std::vector<std::string> nodes{"node1", "node2"};
  CHECK(nearest_name("node3", std::span(nodes)) == "node1");
  CHECK(did_you_mean("nod2", std::span(nodes)) == "did you mean \"node2\"?");
  CHECK(did_you_mean("zzz", verbs).empty());
}

TEST_CASE("error codes are unique, ascending and explained") {
  std::set<std::string> names;
  std::string last;
  for (const ErrorMeaning& row : error_codes()) {
    CAPTURE(row.name);
    CHECK(to_text(row.code) > last);
    last = to_text(row.code);
    CHECK(last.size() == 4);
    CHECK(names.insert(std::string(row.name)).second);
    CHECK(row.meaning.ends_with("."));
  }
  CHECK(to_text(ErrorCode::duplicate_key) == "Q014");
  CHECK(to_text(ErrorCode::no_unit) == "Q110");
  CHECK(to_text(ErrorCode::unknown_action) == "Q203");
}

TEST_CASE("UTF-8 is measured by the standard's table") {
  CHECK(utf8_length("") == 0);
  CHECK(utf8_length("a\xff") == 1);
  CHECK(utf8_length("\u00e9") == 2);
  CHECK(utf8_length("\u20ac!") == 3);
  CHECK(utf8_length("\U0001f600") == 4);
  for (const std::string_view bad :
       {"\x80", "\xc1\xbf", "\xc3", "\xc3(", "\xe2\x82", "\xe0\x9f\xbf", "\xed\xa0\x80",
        "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xff"}) {
    CHECK(utf8_length(bad) == 0);
  }
  CHECK(utf8_code_point("A") == 0x41);
  CHECK(utf8_code_point("\u00e9") == 0xE9);
  CHECK(utf8_code_point("\u20ac") == 0x20AC);
  CHECK(utf8_code_point("\U0001f600") == 0x1F600);
}
