// The known mistakes of two-phase commit and everything going wrong at once.
#include <doctest/doctest.h>

#include "tests/support/lessons.hpp"
#include "tests/support/zoo.hpp"

namespace quorate::p2pc {

TEST_CASE("2pc zoo: each mistake has a lesson that expects what the protocol says it breaks") {
  testing::check_zoo_lessons("2pc");
  testing::check_zoo_first("2pc");
}

TEST_CASE("2pc zoo: each mistake is caught, and without it nothing breaks in the same scenario") {
  testing::check_zoo_caught("2pc");
  testing::check_zoo_innocent("2pc");
}

}  // namespace quorate::p2pc
