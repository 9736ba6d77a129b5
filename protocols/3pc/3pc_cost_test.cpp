// What the ways to end a transaction cost while none is needed: nothing. The costs themselves are
// declared in costs.hpp and held against runs by `costs: …`.
#include <doctest/doctest.h>

#include "sim/run/cost.hpp"
#include "tests/conformance/scenarios.hpp"

namespace quorate::p3pc {

TEST_CASE("3pc cost: the same, whatever the termination") {
  const ProtocolEntry& entry = testing::protocol("3pc");
  for (Cost cost : entry.info.costs) {
    for (const char* termination : {"naive", "elected", "quorum"}) {
      cost.with[3] = {"protocol.params.termination", termination};
      for (std::int64_t n = 2; n <= 9; ++n) {
        INFO(cost.name, " N = ", n, " ", termination);
        const auto measured = measured_cost(entry, cost, {{'N', n}});
        REQUIRE_MESSAGE(measured, measured.error);
        CHECK(measured.value == evaluate(cost.formula, {{'N', n}}).value);
      }
    }
  }
}

}  // namespace quorate::p3pc
