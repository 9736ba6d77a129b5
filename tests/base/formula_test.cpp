#include "sim/base/formula.hpp"

#include <doctest/doctest.h>

#include <limits>

using namespace quorate;

namespace {

std::int64_t value(std::string_view formula, const Letters& letters = {}) {
  const Parsed<std::int64_t> result = evaluate(formula, letters);
  REQUIRE_MESSAGE(result, result.error);
  return result.value;
}
std::string refusal(std::string_view formula, const Letters& letters = {}) {
  return evaluate(formula, letters).error;
}

}  // namespace

TEST_CASE("a formula is calculated as it is read") {
  const Letters letters{{'n', 5}, {'k', 3}, {'N', 4}};
  CHECK(value("2(n-1)", letters) == 8);
  CHECK(value("n(n+1)/2", letters) == 15);
  CHECK(value("k^2 + n-1", letters) == 13);
  CHECK(value("2^(n-1) - 1", letters) == 15);
  CHECK(value("2kn", letters) == 30);
  CHECK(value("N + N(N-1) + 1", letters) == 17);
  CHECK(value("4floor(n/2) + (n-1)", letters) == 12);
  CHECK(value("floor(-1/2)") == -1);
  CHECK(value("-n + 7", letters) == 2);
  CHECK(value("8/2*2") == 8);
  CHECK(value("2^3^1") == 8);
  CHECK(value(" 7 ") == 7);
}

TEST_CASE("a fraction may stand on the way, but not at the end") {
  CHECK(value("n/2 + n/2", {{'n', 3}}) == 3);
  CHECK(refusal("n/2", {{'n', 3}}) == "the formula \"n/2\": its value is not a whole number");
}

TEST_CASE("what is no formula is refused with a sentence") {
  CHECK(refusal("") == "the formula \"\": it ends too early");
  CHECK(refusal("2(n-1", {{'n', 1}}) == "the formula \"2(n-1\": a ) is missing");
  CHECK(refusal("2m") == "the formula \"2m\": \"m\" has no value");
  CHECK(refusal("1 % 2") == "the formula \"1 % 2\": nothing is known of \"% 2\"");
  CHECK(refusal("1/0") == "the formula \"1/0\": it divides by zero");
  CHECK(refusal("2^64") == "the formula \"2^64\": it does not fit 64 bits");
  CHECK(refusal("2^-1") != "");
  CHECK(refusal("99999999999999999999") != "");
  CHECK(refusal(std::string(100'000, '(')) != "");
}

TEST_CASE("what is beyond all counting is refused, not tried") {
  const Letters least{{'n', std::numeric_limits<std::int64_t>::min()}};
  CHECK_FALSE(evaluate("n", {{'n', 5}}).error.size());
  CHECK(evaluate("0/n + n/2", least).error != "");
  CHECK(letter_choices("n=1..100000"));
  CHECK_FALSE(letter_choices("n=1..100001"));
  CHECK_FALSE(letter_choices("n=1..1000, k=1..1000"));
  CHECK_FALSE(fill_in("$[i=1..99999: $[k=1..99999: ]]", {}));
}

TEST_CASE("letters go through their ranges, later bounds by earlier letters") {
  const auto choices = letter_choices("n=2..3, k=1..n-1");
  REQUIRE(choices);
  CHECK(choices.value ==
        std::vector<Letters>{{{'k', 1}, {'n', 2}}, {{'k', 1}, {'n', 3}}, {{'k', 2}, {'n', 3}}});
  CHECK(letter_choices("").value == std::vector<Letters>{{}});
  CHECK(letter_choices("n=3").error == "\"n=3\" is not like n=3..9");
  CHECK(letter_choices("n=3..m").error == "the formula \"m\": \"m\" has no value");
}

TEST_CASE("formulas in a text are filled in, and texts repeated") {
  const Letters letters{{'n', 3}};
  CHECK(fill_in("nodes: $(n), last n$(n-1)", letters).value == "nodes: 3, last n2");
  CHECK(fill_in("[$[i=1..n: \"p$(i)\"]]", letters).value == "[\"p1\", \"p2\", \"p3\"]");
  CHECK(fill_in("$[i=1..2: [$[j=1..i: $(i)$(j)]]]", letters).value == "[11], [21, 22]");
  CHECK(fill_in("[$[i=1..0: x]]", letters).value == "[]");
  CHECK(fill_in("$leader costs $5", letters).value == "$leader costs $5");
  CHECK(fill_in("$(n", letters).error == "a ) is missing behind \"(n\"");
  CHECK(fill_in("$[i=1..2 x]", letters).error == "a : is missing in \"i=1..2 x\"");
}
