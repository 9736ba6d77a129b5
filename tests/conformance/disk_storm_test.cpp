// A crash may leave any of the writes that no sync has covered. A protocol that waits for its syncs
// cannot tell: its promises hold whatever is left.
#include <doctest/doctest.h>

#include "tests/support/sanitized.hpp"
#include "tests/support/soak.hpp"

namespace quorate::testing {

namespace {

// Nodes die all the time, most of them while their disks write; so little gets done.
Settings storm(std::string_view lose) {
  return {
      {"disk", R"json({"sync": "uniform(5ms, 60ms)", "lose": ")json" + std::string(lose) + "\"}"},
      {"faults", R"json([
            {"id": "storm", "every": "exponential(60ms)", "from": "100ms", "until": "3s",
             "for": "exponential(100ms) max 400ms", "may_not_fire": true,
             "do": {"crash": "random"}},
            {"id": "stuck", "every": "exponential(500ms)", "from": "100ms", "until": "3s",
             "for": "exponential(200ms) max 400ms", "may_not_fire": true,
             "do": {"disk": {"node": "random", "stall": true}}}])json"},
      {"stop.at", "4s"},
      {"expect", "[]"}};
}

}  // namespace

TEST_CASE("disks: no promise breaks whatever crashes leave of unsynced writes, of any protocol") {
  constexpr std::uint64_t seeds = seeds_here(40);
  for (const std::string name : {"raft", "multi_paxos", "paxos", "accept_learn", "2pc", "3pc"}) {
    for (const std::string_view lose : {"prefix", "independent"}) {
      CAPTURE(name);
      CAPTURE(lose);
      const Hardships hardships = soak("scenarios/" + name + "/soak.json", seeds, storm(lose));
      CHECK(hardships.witnesses.at("unsynced_tail_lost") >= seeds / 2);
    }
  }
}

}  // namespace quorate::testing
