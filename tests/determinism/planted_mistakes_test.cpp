// The twelve mistakes of tests/tools/planted.cpp, each before the detector that must see it. The
// two that no run shows reliably, threads and locales, are the repository lint's:
// tests/repository/banned_names_test.cpp reads the same program.
#include <doctest/doctest.h>

#include "tests/determinism/worlds.hpp"

namespace quorate::testing {
namespace {

std::string printed(const std::string& program, const std::string& mode) {
  const Outcome outcome = run({{binary(program).string(), mode}, ".", {}});
  REQUIRE(outcome.status == 0);
  REQUIRE_FALSE(outcome.output.empty());
  return outcome.output;
}

std::string printed_elsewhere(const std::string& program, const std::string& mode) {
  const TemporaryFolder folder;
  const Outcome outcome = run(in_another_world({binary(program).string(), mode}, folder.path()));
  REQUIRE(outcome.status == 0);
  return outcome.output;
}

std::string printed_shuffled(const std::string& mode, const std::string& seed) {
  return run({{binary("quorate_planted_shuffled").string(), mode},
              ".",
              {{"QUORATE_SHUFFLE_SEED", seed}}})
      .output;
}

}  // namespace

TEST_CASE("planted mistakes: shuffled addresses show an order by address") {
  for (const char* mode : {"pointer_set", "pointer_sort", "pointer_hash"}) {
    INFO(std::string(mode));
    CHECK(printed("quorate_planted", mode).size() == 86);  // all of 0 to 31, a line each
    CHECK(printed_shuffled(mode, "1") != printed_shuffled(mode, "2"));
    CHECK(printed_shuffled(mode, "1").size() == 86);
  }
}

TEST_CASE("planted mistakes: dirty memory shows what is read before it is written on the heap") {
  const std::string mode = "uninitialised_heap";
  CHECK(printed("quorate_planted", mode) != printed_elsewhere("quorate_planted_shuffled", mode));
}

TEST_CASE("planted mistakes: two fillings of variables show what is read too early on the stack") {
  const std::string mode = "uninitialised_stack";
  CHECK(printed("quorate_planted_zero", mode) != printed("quorate_planted_pattern", mode));
  CHECK(printed("quorate_planted_zero", mode) == printed("quorate_planted_zero", mode));
}

TEST_CASE("planted mistakes: a second run shows a clock and an address taken for values") {
  for (const char* mode : {"wall_clock", "stack_address"}) {
    INFO(std::string(mode));
    CHECK(printed("quorate_planted", mode) != printed_elsewhere("quorate_planted", mode));
  }
}

TEST_CASE("planted mistakes: another world shows what is read from the environment") {
  for (const char* mode : {"environment", "time_zone"}) {
    INFO(std::string(mode));
    CHECK(printed("quorate_planted", mode) == printed("quorate_planted", mode));
    CHECK(printed("quorate_planted", mode) != printed_elsewhere("quorate_planted", mode));
  }
}

TEST_CASE("planted mistakes: valgrind shows bytes that nobody wrote, padding among them") {
  constexpr int found_some = 9;
  const auto under_valgrind = [](const std::string& mode) {
    return run({{"valgrind", "--quiet", "--error-exitcode=" + std::to_string(found_some),
                 binary("quorate_planted").string(), mode},
                ".",
                {}})
        .status;
  };
  if (run({{"valgrind", "--version"}, ".", {}}).status != 0) {
    MESSAGE("valgrind is not installed: nothing looks at padding here");
    return;
  }
  for (const char* mode : {"padding", "uninitialised_heap", "uninitialised_stack"}) {
    INFO(std::string(mode));
    CHECK(under_valgrind(mode) == found_some);
  }
  CHECK(under_valgrind("environment") == 0);
}

}  // namespace quorate::testing
