#include "sim/scenario/reader.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "sim/base/distribution.hpp"
#include "sim/scenario/json.hpp"

using namespace quorate;

namespace {

enum class Order : std::uint8_t { fifo, seeded };
constexpr Choice<Order> orders[] = {{"fifo", Order::fifo}, {"seeded", Order::seeded}};
QUORATE_ENUM(Side, send, receive)

// A document, its reader as "fault", and what came of it.
struct Reading {
  explicit Reading(std::string_view text)
      : value(*parse_json(text, diagnostics)), in(value, "fault", diagnostics) {}
  Diagnostics diagnostics{"f.json"};
  Value value;
  ObjectReader in;

  // "Qnnn line:column text | hint" of all errors, one on each line.
  std::string errors() const {
    std::string result;
    for (const Diagnostic& it : diagnostics.list()) {
      result += to_text(it.code) + " " + std::to_string(it.at.line) + ":" +
                std::to_string(it.at.column) + " " + it.text +
                (it.hint.empty() ? "" : " | " + it.hint) + "\n";
    }
    return result;
  }
};

}  // namespace

TEST_CASE("well-typed keys are read and missing ones fall back") {
  Reading reading(R"json({"id": "kill", "nth": 3, "may_not_fire": true, "at": "150ms", "loss": "5%",
                      "delay": "uniform(1ms, 4ms)", "order": "seeded", "crash": ["n1", "n2"],
                      "restart": "n3", "side": "receive", "items": [1, 2, 3]})json");
  ObjectReader& in = reading.in;
  CHECK(in.is_object());
  CHECK(in.string_or("id", "none") == "kill");
  CHECK(in.name_or("id", "none") == "kill");
  CHECK(in.integer_or<std::uint32_t>("nth", 1, 1, 1'000'000) == 3);
  CHECK(in.boolean_or("may_not_fire", false));
  CHECK(in.optional_duration("at") == Duration{150'000'000});
  CHECK(in.parsed("loss", parse_probability) == parse_probability("5%").value);
  CHECK(in.parsed("delay", parse_distribution) == parse_distribution("uniform(1ms, 4ms)").value);
  CHECK(in.choice("order", orders) == Order::seeded);
  CHECK(in.choice<Side>("side") == Side::receive);
  CHECK(in.strings("crash") == std::vector<std::string>{"n1", "n2"});
  CHECK(in.strings("restart") == std::vector<std::string>{"n3"});
  std::int64_t sum = 0;
  in.each("items", [&](const Value& item, std::size_t index) {
    sum = sum * 10 + item.integer * static_cast<std::int64_t>(index);
  });
  CHECK(sum == 26);

  CHECK(in.string_or("missing1", "none") == "none");
  CHECK(in.name_or("missing2", "none") == "none");
  CHECK(in.integer_or("missing3", 7, 0, 9) == 7);
  CHECK(!in.boolean_or("missing4", false));
  CHECK(in.duration_or("missing5", 5ms) == 5ms);
  CHECK(in.parsed_or("missing6", parse_duration, Duration{6ms}) == 6ms);
  CHECK(!in.choice("missing7", orders));
  CHECK(in.strings("missing8").empty());
  CHECK(in.take("missing9") == nullptr);
  CHECK(!in.has("missing9"));
  in.finish();
  CHECK(reading.errors().empty());
}

TEST_CASE("every wrong type is one error at the value") {
  Reading reading(R"({"a": 1, "b": "x", "c": 1.5, "d": null, "e": [], "f": {}, "g": true,
"h": ["x", 7, null]})");
  ObjectReader& in = reading.in;
  CHECK(!in.optional_boolean("a"));
  CHECK(!in.optional_integer("b", 0, 9));
  CHECK(!in.optional_integer("c", 0, 9));
  CHECK(!in.optional_string("d"));
  CHECK(!in.optional_duration("e"));
  CHECK(!in.choice("f", orders));
  CHECK(!in.optional_integer("g", 0, 9));
  CHECK(in.strings("h") == std::vector<std::string>{"x"});
  in.each("a", [](const Value&, std::size_t) { FAIL("no array"); });
  in.strings("a");
  in.finish();
  CHECK(reading.errors() ==
        "Q101 1:7 \"a\" must be a boolean, not an integer\n"
        "Q101 1:7 \"a\" must be an array, not an integer\n"
        "Q101 1:7 \"a\" must be a string or an array of strings, not an integer\n"
        "Q101 1:15 \"b\" must be an integer, not a string\n"
        "Q101 1:25 \"c\" must be an integer, not a decimal number\n"
        "Q101 1:35 \"d\" must be a string, not null\n"
        "Q101 1:46 \"e\" must be a string, not an array\n"
        "Q101 1:55 \"f\" must be a string, not an object\n"
        "Q101 1:64 \"g\" must be an integer, not a boolean\n"
        "Q101 2:12 an item of \"h\" must be a string, not an integer\n"
        "Q101 2:15 an item of \"h\" must be a string, not null\n");
}

TEST_CASE("ranges hold at both ends") {
  Reading reading(
      R"({"low": 0, "first": 1, "last": 9, "high": 10, "big": 4294967296, "minus": -1})");
  ObjectReader& in = reading.in;
  CHECK(!in.optional_integer("low", 1, 9));
  CHECK(in.optional_integer("first", 1, 9) == 1);
  CHECK(in.optional_integer("last", 1, 9) == 9);
  CHECK(in.integer_or<std::uint8_t>("high", 5, 1, 9) == 5);
  CHECK(in.integer_or<std::uint32_t>("big", 5, 0, 0xFFFF'FFFF) == 5);
  CHECK(in.integer_or<std::uint64_t>("minus", 5, 0, 9) == 5);
  in.finish();
  CHECK(reading.errors() ==
        "Q102 1:9 \"low\" is 0; it must be from 1 to 9\n"
        "Q102 1:43 \"high\" is 10; it must be from 1 to 9\n"
        "Q102 1:54 \"big\" is 4294967296; it must be from 0 to 4294967295\n"
        "Q102 1:75 \"minus\" is -1; it must be from 0 to 9\n");
  CHECK_THROWS_AS(in.integer_or<std::uint8_t>("low", 0, 0, 256), AssertionFailure);
}

TEST_CASE("a quantity without its unit is refused however it is written") {
  Reading reading(R"({"a": 5, "b": "5", "c": 2.5, "d": "5 parsecs", "e": 0.05, "f": -5})");
  ObjectReader& in = reading.in;
  CHECK(!in.optional_duration("a"));
  CHECK(!in.optional_duration("b"));
  CHECK(!in.optional_duration("c"));
  CHECK(!in.optional_duration("d"));
  CHECK(!in.parsed("e", parse_probability));
  CHECK(!in.optional_duration("f"));
  const auto list = reading.diagnostics.list();
  REQUIRE(list.size() == 6);
  CHECK(list[0].text == "\"5\" has no unit; write \"5ms\" or \"5s\"");
  CHECK(list[1].text == list[0].text);
  for (const std::size_t i : {0, 1, 2, 4, 5}) CHECK(to_text(list[i].code) == "Q110");
  CHECK(to_text(list[3].code) == "Q103");
}

TEST_CASE("a bare number is refused even where the parse function would take it") {
  Reading reading(R"({"a": 5})");
  CHECK(!reading.in.parsed<int>("a", [](std::string_view) { return Parsed<int>{1, {}}; }));
  CHECK(reading.errors() == "Q110 1:7 \"a\" must be a string: \"5\"\n");
}

TEST_CASE("unknown keys are named with the nearest known one") {
  Reading reading(R"({"at": "1s", "fro": "2s", "$schema": "s", "x-note": 1, "zzz": 1})");
  ObjectReader& in = reading.in;
  in.optional_duration("at");
  in.optional_duration("for");
  in.finish();
  CHECK(reading.errors() ==
        "Q201 1:14 unknown key \"fro\" in fault | did you mean \"for\"?\n"
        "Q201 1:56 unknown key \"zzz\" in fault | it has \"at\" and \"for\"\n");
}

TEST_CASE("a mistyped choice or name is explained") {
  Reading reading(
      R"({"a": "seded", "b": "random", "c": "no spaces", "d": "", "e": "n1.left_2-x"})");
  ObjectReader& in = reading.in;
  CHECK(!in.choice("a", orders));
  CHECK(!in.choice("b", orders));
  CHECK(!in.optional_name("c"));
  CHECK(!in.optional_name("d"));
  CHECK(in.optional_name("e") == "n1.left_2-x");
  CHECK(reading.errors() ==
        "Q202 1:7 \"a\" cannot be \"seded\" | did you mean \"seeded\"?\n"
        "Q202 1:21 \"b\" cannot be \"random\" | it is \"fifo\" or \"seeded\"\n"
        "Q104 1:36 \"no spaces\" is not a name | 1 to 64 letters, digits, \"_\", \".\" and \"-\"\n"
        "Q104 1:54 \"\" is not a name | 1 to 64 letters, digits, \"_\", \".\" and \"-\"\n");
  CHECK(is_name(std::string(64, 'a')));
  CHECK(!is_name(std::string(65, 'a')));
  CHECK(!is_name("\u00fc"));
}

TEST_CASE("required and exclusive keys") {
  Reading none("\n {}");
  CHECK(none.in.require("do") == nullptr);
  CHECK(none.in.one_of({"at", "every", "on"}).empty());
  none.in.at_most_one_of({"from", "after"});
  CHECK(none.errors() ==
        "Q301 2:2 fault needs \"do\"\n"
        "Q302 2:2 fault needs exactly one of \"at\", \"every\" and \"on\"\n");

  Reading one(R"({"do": 1, "every": "1s", "from": 1})");
  CHECK(one.in.require("do")->integer == 1);
  CHECK(one.in.one_of({"at", "every", "on"}) == "every");
  one.in.at_most_one_of({"from", "after"});
  one.in.finish();
  CHECK(one.errors().empty());

  Reading two(R"({"on": 1, "at": "1s", "from": 1, "after": 2})");
  CHECK(two.in.one_of({"at", "every", "on"}).empty());
  two.in.at_most_one_of({"from", "after"});
  two.in.finish();
  CHECK(two.errors() ==
        "Q302 1:11 fault needs exactly one of \"at\", \"every\" and \"on\"\n"
        "Q303 1:34 fault cannot have both \"from\" and \"after\"\n");
}

TEST_CASE("what is no object is one error and otherwise empty") {
  Reading reading("[1]");
  ObjectReader& in = reading.in;
  CHECK(!in.is_object());
  CHECK(in.take("a") == nullptr);
  CHECK(in.require("do") == nullptr);
  CHECK(in.one_of({"at", "on"}).empty());
  CHECK(in.integer_or("n", 4, 0, 9) == 4);
  in.finish();
  CHECK(reading.errors() == "Q101 1:1 fault must be an object, not an array\n");
}

TEST_CASE("the caller's own errors stand at the key or at the object") {
  Reading reading(R"({"a": 1})");
  reading.in.error("a", ErrorCode::contradiction, "one");
  reading.in.error("b", ErrorCode::contradiction, "two", "hint");
  reading.in.finish();
  CHECK(reading.errors() == "Q303 1:1 two | hint\nQ303 1:7 one\n");
}
