// The known mistakes of three-phase commit and everything going wrong at once.
#include <doctest/doctest.h>

#include "tests/support/lessons.hpp"
#include "tests/support/sanitized.hpp"
#include "tests/support/zoo.hpp"

namespace quorate::p3pc {

TEST_CASE("3pc zoo: each mistake has a lesson that expects what the protocol says it breaks") {
  testing::check_zoo_lessons("3pc");
  testing::check_zoo_first_broken("3pc");
}

TEST_CASE("3pc zoo: each mistake is caught, and without it nothing breaks in the same scenario") {
  testing::check_zoo_caught("3pc");
  testing::check_zoo_innocent("3pc");
}

namespace {

// The runs were hard enough for their green to mean something.
void soak(const char* file, const testing::Settings& settings = {}) {
  constexpr std::uint64_t seeds = testing::seeds_here(200);
  auto witnesses = testing::check_weathered(file, seeds, settings);
  for (const char* hardship : {"committed", "aborted", "crashed_undecided", "taken_over"}) {
    CAPTURE(hardship);
    CHECK(witnesses[hardship] >= seeds);
  }
}

}  // namespace

TEST_CASE("3pc soak: crashes, loss, partitions; a quorum") { soak("scenarios/3pc/soak.json"); }

TEST_CASE("3pc soak: clients that ask again, of a coordinator that has forgotten") {
  soak("scenarios/3pc/soak.json",
       {{"network.clients", R"({ "delay": "2ms", "loss": "20%", "duplicate": "20%" })"},
        {"protocol.params.ack", "true"}});
}

TEST_CASE("3pc soak: crashes alone; an elected terminator") {
  soak("scenarios/3pc/soak-crashes.json");
}

}  // namespace quorate::p3pc
