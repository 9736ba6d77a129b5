// What is asked of the end of a run in which nothing happened is not reached.
#include <doctest/doctest.h>

#include "tests/support/run_text.hpp"

namespace quorate::vacuous {
namespace {

struct Row {
  const char* protocol;
  const char* state;
  const char* something;  // after which it holds
};

constexpr const char* put = R"("workload": [{"client": "c1", "op": "put", "at": "1s"}])";

constexpr Row rows[] = {
    {"raft", "logs_equal", put},
    {"multi_paxos", "logs_equal", put},
    {"accept_learn", "nothing_outstanding", put},
    {"paxos", "all_learned", put},
    {"paxos", "nothing_learned",
     R"("workload": [{"client": "c1", "op": "put", "at": "1s"}],
        "network": {"delay": "5ms", "loss": "100%", "clients": {"loss": "0%"}})"},
    {"failure_detector", "complete", R"("faults": [{"at": "1s", "do": {"crash": "n1"}}])"},
};

bool holds(const Row& row, const std::string& rest) {
  const auto run = testing::run_to_end(
      testing::scenario_of(R"({"quorate": 1, "protocol": {"use": ")" + std::string(row.protocol) +
                           R"(", "nodes": 3}, "stop": {"at": "5s"}, )" + rest +
                           R"("expect": [{"at": "end", "state": ")" + row.state + R"("}]})"),
      1);
  return run->outcome().expectations.at(0).met;
}

}  // namespace

TEST_CASE("states of a run's end are reached by something that happens, and not without") {
  for (const Row& row : rows) {
    INFO(row.protocol, " ", row.state);
    CHECK_FALSE(holds(row, ""));
    CHECK(holds(row, std::string(row.something) + ", "));
  }
}

}  // namespace quorate::vacuous
