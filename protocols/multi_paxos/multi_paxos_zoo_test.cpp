// The known mistakes of Multi-Paxos, each in a scenario of its own; and Multi-Paxos without any,
// with everything going wrong at once, over many seeds.
#include <doctest/doctest.h>

#include "tests/support/soak.hpp"
#include "tests/support/zoo.hpp"

namespace quorate::multi_paxos {

namespace {

using testing::Settings;

void soak(std::uint64_t seeds, const Settings& settings = {}) {
  testing::check_soak({.file = "scenarios/multi_paxos/soak.json",
                       .situations = {{"leader_changed", 500},
                                      {"value_adopted", 500},
                                      {"gap_filled", 10},
                                      {"chosen_out_of_order", 500},
                                      {"caught_up", 500}},
                       .properties = 9},
                      seeds, settings);
}

const Settings three{{"protocol.nodes", "3"}};

}  // namespace

TEST_CASE("multi_paxos zoo: each mistake has a lesson that expects what it is said to break") {
  testing::check_zoo_lessons("multi_paxos");
}

TEST_CASE("multi_paxos zoo: each mistake is caught, at its lesson's seed and by a short sweep") {
  testing::check_zoo_caught("multi_paxos");
}

TEST_CASE("multi_paxos zoo: each mistake names the property that breaks first") {
  testing::check_zoo_first_broken("multi_paxos");
}

TEST_CASE("multi_paxos zoo: without the mistake nothing breaks in the same scenario") {
  testing::check_zoo_innocent("multi_paxos");
}

TEST_CASE("multi_paxos soak: five servers, three, flexible quorums, news pushed") {
  soak(60);
  soak(60, three);
  soak(40, {{"protocol.params.prepare_quorum", "4"}, {"protocol.params.accept_quorum", "2"}});
  soak(40, {{"protocol.params.push_chosen", "true"}});
}

TEST_SUITE("long") {
  TEST_CASE("multi_paxos soak: five servers, 1,000 seeds") { soak(1'000); }
  TEST_CASE("multi_paxos soak: three servers, 1,000 seeds") { soak(1'000, three); }
}

}  // namespace quorate::multi_paxos
