// What a whole run is said to have come to, where that depends on more than one thing.
#include <doctest/doctest.h>

#include "tests/support/run_text.hpp"

namespace quorate {

namespace {

// Nothing is asked of these two, so the queue is empty at once.
std::unique_ptr<Run> idle(const std::string& expect) {
  return testing::run_to_end(testing::scenario_of(
      R"({"quorate": 1, "protocol": {"use": "echo", "nodes": 2}, "stop": {"at": "1s"},
          "expect": )" +
      expect + "}"));
}

}  // namespace

TEST_CASE("judge: an empty queue before a goal is a deadlock, which may be expected") {
  const auto run = idle(R"([{"within": "1s", "event": "crash"}, {"diagnosis": "deadlock"}])");
  CHECK(run->outcome().diagnosis == std::vector<std::string>{"deadlock"});
  CHECK(run->outcome().verdict == Verdict::fail);
  CHECK_FALSE(run->outcome().expectations[0].met);
  CHECK(run->outcome().expectations[1].met);
}

TEST_CASE("judge: without a goal an empty queue is peace, whatever is expected") {
  const auto run = idle(R"([{"diagnosis": "deadlock"}])");
  CHECK(run->outcome().diagnosis.empty());
  CHECK(run->outcome().verdict == Verdict::fail);
}

TEST_CASE("judge: a run that stopped at its event before a fault fired has not been put to it") {
  const auto verdict = [](const std::string& may_not_fire) {
    const auto run = testing::run_to_end(testing::scenario_of(
        R"({"quorate": 1, "protocol": {"use": "raft", "nodes": 3},
            "stop": {"at": "5s", "or": {"event": "elected"}},
            "faults": [{"id": "kill", "at": "4s", "do": {"crash": "n1"})" +
        may_not_fire + "}]}"));
    return run->outcome();
  };
  CHECK(verdict("").verdict == Verdict::fail);
  CHECK(verdict("").reason == "the fault \"kill\" never fired");
  CHECK(verdict(R"(, "may_not_fire": true)").verdict == Verdict::pass);
}

}  // namespace quorate
