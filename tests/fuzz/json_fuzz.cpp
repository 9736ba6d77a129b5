// libFuzzer target for everything that reads a user's JSON: parser, reader, messages and dotted
// paths. Build: clang++ -std=c++20 -g -O1 -fsanitize=fuzzer,address,undefined -I.
// tests/fuzz/json_fuzz.cpp
//   sim/scenario/{json,syntax_error,diagnostics,reader,read_file}.cpp sim/base/*.cpp
// Run with the scenarios as corpus: json_fuzz corpus/ scenarios/
#include <string>
#include <string_view>

#include "sim/base/distribution.hpp"
#include "sim/base/utf8.hpp"
#include "sim/scenario/json.hpp"
#include "sim/scenario/reader.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace quorate;
using fuzz::demand;

namespace {

// Every place is that of a token of this kind, and its line and column follow from its offset.
void check_place(std::string_view text, SourcePosition at, char first) {
  const std::string_view token = text.substr(at.offset, at.length);
  demand(token.size() == at.length && !token.empty(), "A token lies within the text.");
  demand(first == '\0' || token.front() == first, "A token begins as its kind does.");
  demand(first != '"' || (token.size() > 1 && token.back() == '"'), "A string ends with a quote.");
  const SourcePosition place = place_in(text, at.offset, at.length);
  demand(place.line == at.line && place.column == at.column, "Line and column follow from offset.");
}

void check_places(std::string_view text, const Value& value) {
  const bool is_integer = value.kind == Value::Kind::integer;
  const bool is_decimal = value.kind == Value::Kind::decimal;
  const char first = value.kind == Value::Kind::string   ? '"'
                     : value.kind == Value::Kind::array  ? '['
                     : value.kind == Value::Kind::object ? '{'
                                                         : '\0';
  check_place(text, value.at, first);
  const std::string_view token = text.substr(value.at.offset, value.at.length);
  if (is_decimal) demand(token == value.text, "A decimal keeps its lexeme.");
  if (is_integer && value.integer != 0) {
    demand(token == std::to_string(value.integer), "An integer is what is written.");
  }
  for (const Value& item : value.items) check_places(text, item);
  for (const Member& member : value.members) {
    check_place(text, member.key_at, '"');
    check_places(text, member.value);
  }
}

// Reads a value as if it were each of the things a scenario holds.
void read_all(const Value& value, Diagnostics& diagnostics) {
  ObjectReader in(value, "fault", diagnostics);
  in.one_of({"at", "every", "on"});
  in.at_most_one_of({"for", "until"});
  in.optional_duration("at");
  in.parsed("every", parse_distribution);
  in.parsed("p", parse_probability);
  in.integer_or<std::uint32_t>("nth", 1, 1, 1'000'000);
  in.boolean_or("may_not_fire", false);
  in.name_or("id", "");
  in.strings("do");
  constexpr Choice<int> choices[] = {{"fifo", 1}, {"seeded", 2}};
  in.choice("tie_break", choices);
  in.require("on");
  in.each("faults", [&](const Value& item, std::size_t) { read_all(item, diagnostics); });
  in.finish();
}

void check_rendered(const Diagnostics& diagnostics) {
  std::string text = diagnostics.rendered();
  demand(text.size() < 40'000, "Messages are bounded.");
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t length = utf8_length(rest);
    demand(length != 0, "Messages are UTF-8.");
    const bool control = length == 1 && rest[0] != '\n' && (rest[0] < ' ' || rest[0] == '\x7f');
    demand(!control, "No control character reaches the terminal.");
    rest.remove_prefix(length);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  Diagnostics diagnostics("fuzz");
  auto value = parse_json(text, diagnostics);
  demand(value.has_value() || diagnostics.failed(), "A refused text has an error.");
  if (value) {
    check_places(text, *value);
    Diagnostics again;
    const std::string written = to_json(*value);
    const auto second = parse_json(written, again);
    demand(second && !again.failed(), "What is written can be read.");
    demand(to_json(*second) == written, "Reading back gives the same.");
    read_all(*value, diagnostics);
    const std::size_t equals = text.find('=');
    if (equals != text.npos) {
      set_path(*value, text.substr(0, equals), text.substr(equals + 1), diagnostics);
      set_path(*value, text.substr(0, equals), Value::of(1));
      read_all(*value, diagnostics);
    }
  } else if (const std::size_t equals = text.find('='); equals != text.npos) {
    Value root;
    root.kind = Value::Kind::object;
    set_path(root, text.substr(0, equals), text.substr(equals + 1), diagnostics);
    read_all(root, diagnostics);
    to_json(root);
  }
  check_rendered(diagnostics);
  return 0;
}
