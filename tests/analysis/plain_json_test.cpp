#include "analysis/plain_json.hpp"

#include <doctest/doctest.h>

#include "sim/base/random.hpp"
#include "sim/scenario/json.hpp"

using namespace quorate;

namespace {

// What parse_json makes of it; nothing where it complains.
std::optional<std::string> parsed(const std::string& json) {
  Diagnostics diagnostics;
  const std::optional<Value> value = parse_json(json, diagnostics);
  if (!value || diagnostics.failed()) return std::nullopt;
  return to_json(*value);
}

std::optional<std::string> plain(const std::string& json) {
  const std::optional<Value> value = read_plain_json(json);
  if (!value) return std::nullopt;
  return to_json(*value);
}

std::string nested(std::size_t depth) {
  return std::string(depth, '[') + "1" + std::string(depth, ']');
}

std::string keys(std::size_t count) {
  std::string json = "{";
  for (std::size_t i = 0; i < count; ++i) json += "\"k" + std::to_string(i) + "\":0,";
  json.back() = '}';
  return json;
}

}  // namespace

TEST_CASE("plain JSON: what a trace holds is read at once, and as parse_json reads it") {
  const std::string samples[] = {
      "0",
      "-1",
      "9223372036854775807",
      "-9223372036854775808",
      "true",
      "false",
      "null",
      "\"\"",
      "\"n1\"",
      "\"caf\xC3\xA9\"",
      "[]",
      "{}",
      "[1,[],{}]",
      "{\"a\":{\"b\":[true,null,\"x\"]}}",
      R"({"term":3,"log":{"keep":7,"add":[{"term":1,"command":"put k 1"}]}})",
      nested(64),
      keys(256)};
  for (const std::string& json : samples) {
    CAPTURE(json);
    REQUIRE(plain(json));
    CHECK(plain(json) == parsed(json));
  }
}

TEST_CASE("plain JSON: everything else is left to parse_json") {
  const std::string samples[] = {"",
                                 " 1",
                                 "1 ",
                                 "[1, 2]",
                                 "1.5",
                                 "1e3",
                                 "-0",
                                 "01",
                                 "-01",
                                 "+1",
                                 "-",
                                 "9223372036854775808",
                                 "\"a\\n\"",
                                 "\"a\tb\"",
                                 "\"\xFF\"",
                                 "\"\xED\xA0\x80\"",
                                 "\"open",
                                 "tru",
                                 "truex",
                                 "nul",
                                 "[1",
                                 "[1,]",
                                 "[,1]",
                                 "[1}",
                                 "{\"a\":1,}",
                                 "{\"a\"}",
                                 "{a:1}",
                                 "{\"a\":1,\"a\":2}",
                                 "1 2",
                                 "//\n1",
                                 "[1]]",
                                 nested(65),
                                 keys(257),
                                 std::string(1, '\0'),
                                 "\"" + std::string(70'000, 'x') + "\"",
                                 "{\"" + std::string(300, 'k') + "\":1}"};
  for (const std::string& json : samples) {
    CAPTURE(json);
    CHECK_FALSE(plain(json));
  }
}

TEST_CASE("plain JSON: of texts with any damage, none is read that parse_json refuses") {
  const std::string good =
      R"({"set":{"role":"leader","log":{"keep":0,"add":[{"term":1,"ok":true}]},"v":[-12,null]}})";
  constexpr std::string_view bytes = "\"\\{}[]:,0-9.eE+tfn \x01\x7F\xC3\xA9\xFF";
  Stream random = make_stream(11, Purpose::timer);
  std::size_t taken = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string json = good;
    for (std::uint64_t edits = 1 + random.below(2); edits > 0; --edits) {
      const auto at = static_cast<std::size_t>(random.below(json.size()));
      const std::uint64_t how = random.below(3);
      if (how == 0) json.erase(at, 1 + static_cast<std::size_t>(random.below(3)));
      if (how == 1) json[at] = bytes[static_cast<std::size_t>(random.below(bytes.size()))];
      if (how == 2) json.insert(at, 1, bytes[static_cast<std::size_t>(random.below(bytes.size()))]);
    }
    const std::optional<std::string> read = plain(json);
    if (!read) continue;
    ++taken;
    if (read != parsed(json)) FAIL_CHECK("read otherwise: " << json);
  }
  CHECK(taken > 1'000);
}
