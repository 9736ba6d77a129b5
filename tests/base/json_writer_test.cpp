#include "sim/base/json_writer.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

using namespace quorate;

namespace {

std::string escaped(std::string_view text) {
  JsonWriter out;
  out.string(text);
  return out.buffer();
}

}  // namespace

TEST_CASE("commas stand between elements and nowhere else") {
  const std::vector<std::string> names{"n1"};
  JsonWriter out(names);
  out.open_object();
  out.key("empty");
  out.open_array();
  out.close_array();
  out.key("list");
  out.open_array();
  out.number(1);
  out.open_object();
  out.close_object();
  out.boolean(true);
  out.null();
  out.node(NodeId{0});
  out.node(NodeId{1});
  out.close_array();
  out.key("last");
  out.raw("{}");
  out.close_object();
  CHECK(out.view() == R"({"empty":[],"list":[1,{},true,null,"n1","?1"],"last":{}})");
}

TEST_CASE("numbers are written to their limits") {
  JsonWriter out;
  out.number(std::numeric_limits<std::int64_t>::min());
  out.number(std::numeric_limits<std::uint64_t>::max());
  CHECK(out.view() == "-9223372036854775808,18446744073709551615");
}

TEST_CASE("strings are escaped, and what is not UTF-8 is replaced") {
  CHECK(escaped("plain") == "\"plain\"");
  CHECK(escaped("") == "\"\"");
  CHECK(escaped("a\"b\\c\n\t\x01\x7f") == "\"a\\\"b\\\\c\\n\\t\\u0001\x7f\"");
  CHECK(escaped("\xc3\xa9\xe2\x82\xac") == "\"\xc3\xa9\xe2\x82\xac\"");
  CHECK(escaped("a\xff\xc3z") == "\"a\xef\xbf\xbd\xef\xbf\xbdz\"");
  CHECK(escaped(std::string(300, '\x02')).size() == 2 + 6 * 300);
}

TEST_CASE("a writer that was read or cleared goes on correctly") {
  JsonWriter out;
  out.open_array();
  out.number(1);
  CHECK(out.buffer() == "[1");
  for (int i = 0; i < 1000; ++i) out.number(7);
  CHECK(out.buffer().size() == 2 + 2000);
  JsonWriter copy = out;
  copy.close_array();
  CHECK(copy.view().ends_with(",7]"));
  CHECK(out.view().ends_with(",7"));
  out.clear();
  out.literal("{\"a\":");
  out.open_array();
  out.replace(5, '(');
  CHECK(out.view() == "{\"a\":(");
  out.shorten(1);
  CHECK(out.view() == "{");
}
