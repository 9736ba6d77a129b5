// What Raft's witnesses count: exactly what their words say, so that a sweep's table can be
// believed.
#include <doctest/doctest.h>

#include "tests/support/run_text.hpp"

namespace quorate::raft {

namespace {

using testing::run_to_end;
using testing::scenario_of;

// n1 and n2 stand every 150 ms and nobody else does; what `faults` does keeps them from winning.
std::uint64_t splits(std::string_view second_timeout, std::string_view faults) {
  const auto run = run_to_end(scenario_of(
      R"({ "quorate": 1, "network": { "delay": "10ms" }, "stop": { "at": "400ms" },
           "protocol": { "use": "raft", "nodes": 3, "params": { "election_timeout": "10s" },
             "node_params": { "n1": { "election_timeout": "150ms" },
                              "n2": { "election_timeout": ")" +
      std::string(second_timeout) + R"(" } } }, "faults": )" + std::string(faults) + " }"));
  return run->outcome().witnesses.at("vote_split");
}

}  // namespace

TEST_CASE("raft witness: a vote is split between rivals, not lost by one candidate alone") {
  CHECK(splits("150ms", R"([{ "at": "1ms", "do": { "crash": "n3" } }])") == 2);  // both, at 300 ms
  CHECK(splits("10s", R"([{ "at": "1ms", "do": { "crash": "n3" } },
                          { "at": "2ms", "do": { "crash": "n2" } }])") == 0);
}

TEST_CASE("raft witness: a log that is cut without a conflict was not repaired") {
  const auto run = run_to_end(scenario_of(
      R"json({ "quorate": 1, "network": { "delay": "uniform(1ms, 40ms)", "duplicate": "50%" },
           "protocol": { "use": "raft", "nodes": 3, "bugs": ["truncates_without_conflict"],
             "params": { "election_timeout": "10s" },
             "node_params": { "n1": { "election_timeout": "150ms" } } },
           "check": ["election_safety"], "stop": { "at": "3s" },
           "workload": [{ "client": "c1", "op": "put", "every": "10ms", "from": "500ms",
                          "count": 50 }] })json"));
  CHECK(run->outcome().metrics.at("applied") >= 150);
  CHECK(run->outcome().witnesses.at("log_repaired") == 0);  // there was one leader only
}

}  // namespace quorate::raft
