// Paxos with everything going wrong at once, over many seeds: no promise breaks, everybody is
// answered in the end, and the runs were hard enough for that to mean something.
#include <doctest/doctest.h>

#include "tests/support/soak.hpp"

namespace quorate::paxos {

namespace {

void soak(std::uint64_t seeds, const testing::Settings& settings = {}) {
  testing::check_soak(
      {.file = "scenarios/paxos/soak.json",
       .situations = {{"rounds_at_once", 100}, {"value_adopted", 100}, {"chosen_twice", 50}},
       .properties = 9,
       .exercised = 50},
      seeds, settings);
}

}  // namespace

TEST_CASE("paxos soak: five servers") { soak(200); }
TEST_CASE("paxos soak: three servers") { soak(200, {{"protocol.nodes", "3"}}); }
TEST_CASE("paxos soak: acceptors tell the learners") {
  soak(100, {{"protocol.params.learning", "acceptors"}});
}
TEST_CASE("paxos soak: a distinguished learner") {
  soak(100, {{"protocol.params.learning", "distinguished"}});
}
TEST_CASE("paxos soak: thrifty, without nack") {
  soak(100, {{"protocol.params.thrifty", "true"}, {"protocol.params.nack", "false"}});
}
TEST_CASE("paxos soak: flexible quorums") {
  soak(100, {{"protocol.params.prepare_quorum", "4"}, {"protocol.params.accept_quorum", "2"}});
}

TEST_SUITE("long") {
  TEST_CASE("paxos soak: five servers, 1,000 seeds") { soak(1'000); }
  TEST_CASE("paxos soak: three servers, 1,000 seeds") { soak(1'000, {{"protocol.nodes", "3"}}); }
}

}  // namespace quorate::paxos
