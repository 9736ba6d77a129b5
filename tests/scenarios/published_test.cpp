// Numbers that papers print, made again: the script that writes scenarios/raft/PUBLISHED.md, under
// fewer seeds.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/support/process.hpp"

namespace quorate::testing {

TEST_CASE("scenarios: published numbers come out again, within what each may differ by") {
  const std::string script = source("tests/tools/published_numbers.sh").string();
  const Outcome outcome = run({{"bash", script, binary("quorate").string(), "500"}, ".", {}});
  INFO(outcome.output, outcome.errors);
  CHECK(outcome.status == 0);
  CHECK(outcome.output.find("**off**") == std::string::npos);
  CHECK(std::count(outcome.output.begin(), outcome.output.end(), '\n') == 2 + 30);
}

}  // namespace quorate::testing
