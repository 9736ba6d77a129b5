#include "tests/repository/lexer.hpp"

#include <doctest/doctest.h>

namespace quorate::repository {

namespace {

std::string words(std::string_view text) {
  std::string all;
  for (const Token& token : tokens_of(code_only(text))) all += token.text + " ";
  return all;
}

}  // namespace

TEST_CASE("lexer: comments and literals are no code") {
  CHECK(words("int a; // float\nint b; /* double\n double */ int c;") ==
        "int a ; int b ; int c ; ");
  CHECK(words(R"(f("float \" double", 'x', '"', b);)") == "f ( , , , b ) ; ");
  CHECK(words("f(R\"x(float \" )\" double)x\", b)") == "f ( , b ) ");
}

TEST_CASE("lexer: a digit separator opens no character literal") {
  CHECK(words("0x9E37'79B9 + a; 'c' b") == "0x9E37'79B9 + a ; b ");
}

TEST_CASE("lexer: lines are kept and directives can be left out") {
  const std::vector<Token> tokens = tokens_of(without_directives("#define A \\\n  b\nc /*\n*/ d"));
  REQUIRE(tokens.size() == 2);
  CHECK(tokens[0].text == "c");
  CHECK(tokens[0].line == 3);
  CHECK(tokens[1].line == 4);
}

TEST_CASE("lexer: floating literals are told from integers") {
  for (const char* floating : {"0.5", "1e9", ".5", "1.f", "0x1p-3", "1'000.0"}) {
    CHECK_MESSAGE(is_floating_literal(floating), floating);
  }
  for (const char* integer : {"1'000", "0xE5", "0b101", "42u", "0xFFFF'FFFF"}) {
    CHECK_MESSAGE(!is_floating_literal(integer), integer);
  }
  CHECK(words("1e-9*x") == "1e-9 * x ");
  CHECK(words("0xE5+1") == "0xE5 + 1 ");
}

}  // namespace quorate::repository
