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

}  // namespace quorate
