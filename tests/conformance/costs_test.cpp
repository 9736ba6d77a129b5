// What protocols declare to cost something is what it costs: every formula against a run for each
// choice of its letters, n = 3 to 9 at least.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>

#include "sim/run/cost.hpp"
#include "tests/conformance/scenarios.hpp"

namespace quorate::testing {

namespace {

std::string told(const Letters& letters) {
  std::string text;
  for (const auto& [letter, value] : letters) {
    text += std::string(text.empty() ? "" : ", ") + letter + " = " + std::to_string(value);
  }
  return text;
}

std::vector<Letters> choices_of(const Cost& cost) {
  const auto choices = letter_choices(cost.letters);
  REQUIRE_MESSAGE(choices, choices.error);
  return choices.value;
}

// How many nodes, acceptors or participants take part.
std::int64_t size_of(const Letters& letters) {
  for (const char letter : {'n', 'N', 'a'}) {
    if (letters.contains(letter)) return letters.at(letter);
  }
  return 0;
}

}  // namespace

TEST_CASE("costs: every formula is what runs come to") {
  for (const ProtocolEntry& entry : protocols()) {
    for (const Cost& cost : entry.info.costs) {
      CAPTURE(entry.info.name);
      CAPTURE(cost.name);
      for (const Letters& letters : choices_of(cost)) {
        CAPTURE(told(letters));
        const auto expected = evaluate(cost.formula, letters);
        REQUIRE_MESSAGE(expected, expected.error);
        const auto measured = measured_cost(entry, cost, letters);
        REQUIRE_MESSAGE(measured, measured.error);
        CHECK(measured.value == expected.value);
      }
    }
  }
}

TEST_CASE("costs: each is measured for n = 3 to 9, and says when and who says so") {
  for (const ProtocolEntry& entry : protocols()) {
    INFO(entry.info.name);
    std::set<std::string_view> seen;
    for (const Cost& cost : entry.info.costs) {
      CAPTURE(cost.name);
      CHECK(seen.insert(cost.name).second);
      CHECK(cost.when.ends_with("."));
      CHECK_FALSE(cost.source.empty());
      std::set<std::int64_t> sizes;
      for (const Letters& letters : choices_of(cost)) sizes.insert(size_of(letters));
      for (std::int64_t n = 3; n <= 9; ++n) CHECK(sizes.contains(n));
    }
  }
}

// Who has no costs to hold must say why here.
TEST_CASE("costs: every protocol has some, but those of which theory says nothing") {
  const std::map<std::string_view, std::string_view> without{
      {"trivial_consensus", "it sends nothing, or decides nothing"}};
  for (const ProtocolEntry& entry : protocols()) {
    CHECK_MESSAGE(entry.info.costs.empty() == without.contains(entry.info.name), entry.info.name,
                  " must declare `.costs` in its protocol.cpp, or say here why not");
  }
}

TEST_CASE("costs: a message or a delay more is noticed, and a cost that cannot be measured") {
  const ProtocolEntry& echo = protocol("echo");
  const Cost messages = echo.info.costs[0];
  const Cost delays = echo.info.costs[1];
  const Letters letters{{'n', 5}};
  CHECK(measured_cost(echo, messages, letters).value == 8);
  CHECK(measured_cost(echo, delays, letters).value == 2);
  Cost changed = messages;
  changed.counted = "Ping";
  CHECK(measured_cost(echo, changed, letters).value == 4);
  changed = delays;
  changed.since = 95ms;
  CHECK(measured_cost(echo, changed, letters).error ==
        "first answered came 25ms later, which are no whole delays");
  changed.counted = "first elected";
  CHECK(measured_cost(echo, changed, letters).error == "elected did not happen");
  changed = messages;
  changed.with[0] = {"protocol.nodes", "$(m)"};
  CHECK(measured_cost(echo, changed, letters).error == "the formula \"m\": \"m\" has no value");
  changed.with[0] = {"protocol.node", "3"};
  CHECK(measured_cost(echo, changed, letters).error.find("did you mean") != std::string::npos);
  changed.with[0] = {"expect", R"([{ "metric": "messages.Ping.sent", "is": 3 }])"};
  CHECK_FALSE(measured_cost(echo, changed, letters).error.empty());
}

}  // namespace quorate::testing
