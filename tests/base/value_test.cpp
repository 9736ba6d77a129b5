#include "sim/base/value.hpp"

#include <doctest/doctest.h>

#include <string>

#include "sim/base/json_writer.hpp"

using namespace quorate;

namespace {

std::string written(std::string_view text) {
  JsonWriter writer;
  writer.string(text);
  return writer.buffer();
}

}  // namespace

TEST_CASE("a string is escaped as JSON asks") {
  CHECK(written("") == R"("")");
  CHECK(written("plain") == R"("plain")");
  CHECK(written("\"\\\b\f\n\r\t/") == R"("\"\\\b\f\n\r\t/")");
  CHECK(written(std::string_view("\0\x1f\x7f", 3)) == "\"\\u0000\\u001f\x7f\"");
  CHECK(written("\u00fc\u20ac\U0001f600") == "\"\u00fc\u20ac\U0001f600\"");
}

TEST_CASE("bytes that are not UTF-8 become replacement characters") {
  CHECK(written("a\xff"
                "b") == "\"a\ufffdb\"");
  CHECK(written("\xe2\x82") == "\"\ufffd\ufffd\"");
  CHECK(written("\xed\xa0\x80") == "\"\ufffd\ufffd\ufffd\"");
}

TEST_CASE("strings stand among other elements with their commas") {
  JsonWriter writer;
  writer.open_object();
  writer.key("a");
  writer.string("x");
  writer.key("b");
  writer.open_array();
  writer.string("y");
  writer.string("\n");
  writer.close_array();
  writer.close_object();
  CHECK(writer.buffer() == R"({"a":"x","b":["y","\n"]})");
}

TEST_CASE("a value is found by key, made of a text or number, and written") {
  Value object;
  object.kind = Value::Kind::object;
  object.members.push_back({"b\"", {}, Value::of("text")});
  object.members.push_back({"a", {}, Value::of(-7)});
  REQUIRE(object.find("a") != nullptr);
  CHECK(object.find("a")->integer == -7);
  CHECK(object.find("b\"")->text == "text");
  CHECK(object.find("c") == nullptr);
  CHECK(Value::of("x").find("x") == nullptr);
  CHECK(to_json(object) == R"({"b\"":"text","a":-7})");
  CHECK(to_json(Value{}) == "null");
  CHECK(kind_words(object.kind) == "an object");
}
