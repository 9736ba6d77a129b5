// The duel of two proposers: when it ends, and when it never does.
#include <doctest/doctest.h>

#include "protocols/paxos/messages.hpp"
#include "tests/support/run_text.hpp"

namespace quorate::paxos {

namespace {

using testing::run_to_end;
using testing::scenario_of;

constexpr Duration d = 10ms;

std::int64_t sent(const Outcome& outcome, const std::string& type) {
  const auto found = outcome.metrics.find("messages." + type + ".sent");
  return found == outcome.metrics.end() ? 0 : found->second;
}

// p2 begins `later` than p1; both try again at once when they are told of a higher number. A write
// costs two of three acceptors time: phase 1 waits for one of them, and a refusal for none.
std::unique_ptr<Run> duel(Duration later, Duration sync) {
  const std::string disk = R"({ "sync": ")" + to_text(sync) + R"(" })";
  return run_to_end(scenario_of(
      R"({ "quorate": 1, "network": { "delay": "10ms" }, "stop": { "at": "5s" },
        "disk": { "nodes": { "a2": )" +
      disk + R"(, "a3": )" + disk + R"( } },
        "protocol": { "use": "paxos", "roles": { "proposer": ["p1", "p2"],
          "acceptor": ["a1", "a2", "a3"], "learner": ["p1", "p2"] }, "params": { "nack": true } },
        "workload": [
          { "client": "c1", "op": "set", "at": "10ms", "node": "p1", "timeout": "9s" },
          { "client": "c2", "op": "set", "at": ")" +
      to_text(10ms + later) + R"(", "node": "p2", "timeout": "9s" }] })"));
}

}  // namespace

TEST_CASE("paxos duel: with equal delays and free writes it ends after one pre-emption") {
  for (Duration later{0}; later <= 50ms; later += 1ms) {
    CAPTURE(to_text(later));
    const auto run = duel(later, 0ms);
    CHECK(run->outcome().metrics.at("ops.acked") == 2);
    CHECK(sent(run->outcome(), "Prepare") <= 3 * 4);
  }
}

// A promise that costs a write of w lets two proposers pass each other for ever: exactly where the
// second begins x later, 2d < x < 2d + w. Were all three disks slow, each acceptor's refusal would
// leave behind the promise it is writing, so that the rival's proposal is never overtaken.
TEST_CASE("paxos duel: with a write of w it never ends iff 2d < x < 2d + w") {
  constexpr Duration w = 6ms;
  for (Duration later = 15ms; later <= 30ms; later += 1ms) {
    CAPTURE(to_text(later));
    const bool endless = later > 2 * d && later < 2 * d + w;
    CHECK(duel(later, w)->outcome().metrics.at("ops.acked") == (endless ? 0 : 2));
  }
}

}  // namespace quorate::paxos
